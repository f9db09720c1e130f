package quiz

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"courselab/app/engine"
	"courselab/lessons"
)

// request is something to ask the engine about a task.
type request struct {
	question string // id
	seed     uint64 // of the attempt; a reply to an earlier one is dropped
	op       string
	input    any
}

// due lists what the engine is to be asked now, and notes that it is being
// asked: draws first of all, then grades, of an answer that waits for one and of
// a stored answer, whose formula and working are not stored.
func (s *sheet) due() []request {
	var due []request
	for _, t := range s.tasks {
		c := t.q.Compute
		if t.q.Kind != lessons.Compute || c == nil {
			continue
		}
		if t.draw.state == undrawn {
			if t.phase == answering {
				t.draw.seed = s.seed()
			}
			t.draw.state = drawing
			due = append(due, request{t.q.ID, t.draw.seed, engine.OpQuestionDraw,
				engine.DrawInput{Function: c.Function, Ranges: c.Ranges, Seed: t.draw.seed}})
		}
		if t.draw.state != ready || t.phase == answering || t.draw.asked {
			continue
		}
		answer, err := number(t.texts[0])
		if err != nil {
			continue // a stored text that earlier rules took for a number
		}
		t.draw.asked = true
		due = append(due, request{t.q.ID, t.draw.seed, engine.OpQuestionGrade, engine.GradeInput{
			Function: c.Function, Values: t.draw.output.Values, Answer: answer, Unit: c.Unit, Tolerance: c.Tolerance,
		}})
	}
	return due
}

// reply takes the engine's word on a request. It reports whether that was the
// last one.
func (s *sheet) reply(r request, reply engine.Reply) bool {
	t := s.task(r.question)
	if !reply.Kind.Final() {
		return false
	}
	if t == nil || t.q.Kind != lessons.Compute || t.draw.seed != r.seed {
		return true // a later attempt, or another text of the lesson
	}
	switch {
	case reply.Kind != engine.Done:
		t.unanswered(r.op, message(reply))
	case r.op == engine.OpQuestionDraw:
		var out engine.DrawOutput
		if err := json.Unmarshal(reply.Output, &out); err != nil {
			t.unanswered(r.op, "计算引擎的回答读不出来")
			break
		}
		t.draw.state, t.draw.output = ready, out
	default:
		var out engine.GradeOutput
		if err := json.Unmarshal(reply.Output, &out); err != nil {
			t.unanswered(r.op, "计算引擎的回答读不出来")
			break
		}
		s.graded(t, out)
	}
	if t.note != "" {
		s.say(t.note)
		s.focus = t.firstControl()
	}
	return true
}

// graded shows the engine's verdict, and keeps it where it is on a new answer.
func (s *sheet) graded(t *task, out engine.GradeOutput) {
	switch t.phase {
	case grading:
		t.result = lessons.Result{Correct: out.Correct}
		t.phase = checked
		t.draw.grade = &out
		s.keep(t)
	case checked:
		// A stored answer. Where today's engine draws or grades it differently,
		// its working would contradict the stored verdict.
		if out.Correct == t.result.Correct {
			t.draw.grade = &out
		}
	}
}

// unanswered notes that the engine did not answer. What the learner has typed
// stays.
func (t *task) unanswered(op, message string) {
	if op == engine.OpQuestionDraw {
		t.draw.state, t.draw.message = failed, message
		return
	}
	// Of a stored answer only the working is missing: it is not asked for again
	// until the engine has come back.
	if t.phase == grading {
		t.phase, t.draw.asked = answering, false
		t.note = "没有批改成（" + message + "）。答案还在，请再按一次“检查”。"
	}
}

// redraw asks anew for everything that the engine did not answer.
func (s *sheet) redraw() {
	for _, t := range s.tasks {
		if t.draw.state == failed {
			t.draw.state, t.draw.message = undrawn, ""
		}
		if t.phase == checked && t.draw.grade == nil {
			t.draw.asked = false
		}
	}
}

func message(r engine.Reply) string {
	switch {
	case r.Error != nil && r.Error.Message != "":
		return r.Error.Message
	case r.Kind == engine.Cancelled:
		return "请求已取消"
	}
	return "计算引擎没有回答"
}

var plainDigits = strings.NewReplacer(
	"０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7", "８", "8", "９", "9",
	"．", ".", "。", ".", "－", "-", "−", "-", "＋", "+", "Ｅ", "e", "ｅ", "e", "E", "e",
	",", "", "，", "", " ", "", "\u00a0", "", "\u3000", "", "\u202f", "", "_", "")

// number reads what a learner types: full-width digits, thousands separators and
// powers of ten ("1.5e9") included.
func number(text string) (float64, error) {
	s := plainDigits.Replace(strings.TrimSpace(text))
	// ParseFloat also takes hexadecimal and words.
	if strings.Trim(s, "+-.0123456789e") != "" {
		return 0, fmt.Errorf("read number %q: not a decimal", text)
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0, fmt.Errorf("read number %q: %w", text, err)
	}
	if math.IsInf(v, 0) || math.IsNaN(v) {
		return 0, fmt.Errorf("read number %q: out of range", text)
	}
	return v, nil
}
