package pages

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"time"

	"courselab/app/engine"
	"courselab/app/env"
	"courselab/app/practice"
	"courselab/app/progress"
	"courselab/app/quiz"
	"courselab/app/route"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Exam is a mixed exam over all modules: chosen, sat, judged, and shown as a
// record to print. "?n=20&min=30&seed=7" fixes the questions, for a class that is
// to see the same. It is kept in the learner's store from the first moment, and
// its time runs on by the clock while the page is away.
type Exam struct {
	goapp.Compo
	Env  *env.Env
	ctx  goapp.Context
	stop []func()

	ready   bool          // the questions are known
	offered examChoice    // at first
	choice  examChoice    // now
	exam    progress.Exam // that is sat or shown; Started is zero while choosing
	at      int           // the question shown
	judging bool
	fault   string // why it is not judged yet
	said    string
	asking  bool // the learner is being asked whether to end
	// The clock of this page, which cannot be set back.
	opened time.Time
	used   time.Duration
	last   time.Duration // what was left when it was last told
}

// examChoice is what an exam is to be: how many questions (0: all), how long, from
// which seed.
type examChoice struct {
	questions, minutes int
	seed               uint64
}

// The choices.
var (
	examQuestions = []int{10, 20, 30, 0}
	examMinutes   = []int{15, 30, 45}
)

var defaultChoice = examChoice{questions: 20, minutes: 30}

// readExamChoice takes what an address says and fills in the rest.
func readExamChoice(q url.Values) examChoice {
	c := defaultChoice
	if n, err := strconv.Atoi(q.Get("n")); err == nil && n >= 0 && n <= 100 {
		c.questions = n
	}
	if n, err := strconv.Atoi(q.Get("min")); err == nil && n >= 1 && n <= 180 {
		c.minutes = n
	}
	var err error
	if c.seed, err = strconv.ParseUint(q.Get("seed"), 10, 64); err != nil {
		c.seed = 1 + rand.Uint64N(999999)
	}
	return c
}

func (c examChoice) address() string {
	return route.PageQuery("exam", fmt.Sprintf("n=%d&min=%d&seed=%d", c.questions, c.minutes, c.seed))
}

func (p *Exam) OnMount(ctx goapp.Context) {
	p.ctx = ctx
	p.choice = readExamChoice(ctx.Page().URL().Query())
	p.offered = p.choice
	known := func(ctx goapp.Context) { parseLessons(ctx, p.Env, func(goapp.Context) { p.arrive() }) }
	known(ctx)
	done := make(chan struct{})
	p.stop = append(p.stop, p.Env.Host.Watch(func() { ctx.Dispatch(known) }),
		p.Env.Progress.OnChange(func() { ctx.Dispatch(func(goapp.Context) { p.follow() }) }),
		func() { close(done) })
	ctx.Async(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(time.Second):
				ctx.Dispatch(func(ctx goapp.Context) { p.tick(ctx) })
			}
		}
	})
}

func (p *Exam) OnDismount() {
	for _, stop := range p.stop {
		stop()
	}
}

// arrive takes up an exam that runs, and closes those whose time is over.
func (p *Exam) arrive() {
	if _, ok := allLessons(p.Env); !ok || p.ready {
		return
	}
	p.ready = true
	now := p.Env.Progress.Now()
	for _, e := range p.Env.Progress.Exams() {
		switch {
		case e.Running() && e.Elapsed(now) >= e.Limit():
			p.take(e)
			p.finish()
			return
		case e.Running():
			p.take(e)
			p.place()
			return
		case !e.Judged:
			p.take(e)
			p.judge()
			return
		}
	}
}

// take makes an exam the one that is sat or shown.
func (p *Exam) take(e progress.Exam) {
	p.opened = p.Env.Progress.Now()
	p.used = e.Elapsed(p.opened)
	p.exam, p.at, p.asking, p.fault, p.last = e, 0, false, "", e.Limit()
}

// follow takes up what another tab has done to the exam.
func (p *Exam) follow() {
	if p.exam.Started.IsZero() {
		return
	}
	switch e := p.Env.Progress.Exam(p.exam.ID()); {
	case e.Started.IsZero(): // erased
		p.exam = progress.Exam{}
	default:
		p.exam = e
	}
}

// elapsed is how much of the time has gone.
func (p *Exam) elapsed() time.Duration {
	now := p.Env.Progress.Now()
	return max(p.exam.Elapsed(now), p.used+now.Sub(p.opened))
}

func (p *Exam) left() time.Duration { return max(0, p.exam.Limit()-p.elapsed()) }

// tick shows the time left and ends the exam when there is none.
func (p *Exam) tick(ctx goapp.Context) {
	if !p.exam.Running() {
		ctx.PreventUpdate()
		return
	}
	left := p.left()
	for _, mark := range []time.Duration{5 * time.Minute, time.Minute} {
		if left <= mark && p.last > mark {
			p.said = "还剩 " + strconv.Itoa(int(mark/time.Minute)) + " 分钟。"
		}
	}
	p.last = left
	if left == 0 {
		p.said = "时间到，考试结束。"
		p.finish()
		p.place()
	}
}

func (p *Exam) begin() {
	all, ok := allLessons(p.Env)
	if !ok {
		return
	}
	n := p.choice.questions
	if n == 0 {
		n = 200
	}
	e, err := p.Env.Progress.KeepExam(progress.Exam{
		Started: p.Env.Progress.Now(), Minutes: p.choice.minutes, Seed: p.choice.seed, Edition: version(p.Env),
		Items: practice.Draw(all, n, p.choice.seed),
	})
	if err != nil {
		p.fault = "考试没有开始：" + err.Error()
		return
	}
	p.take(e)
	p.place()
}

// answer keeps the answer to question i.
func (p *Exam) answer(i int, a progress.Answer) {
	if !p.exam.Running() || i >= len(p.exam.Items) {
		return
	}
	e := p.exam.Clone()
	e.Items[i].Answer = a
	p.keep(e)
}

func (p *Exam) keep(e progress.Exam) {
	e.Used = min(p.elapsed(), e.Limit()).Milliseconds()
	kept, err := p.Env.Progress.KeepExam(e)
	if err != nil {
		p.fault = "这次作答没有存下来：" + err.Error()
		return
	}
	p.exam = kept
}

// finish ends the exam, at its limit at the latest, and has it judged.
func (p *Exam) finish() {
	e := p.exam.Clone()
	e.Finished = e.Started.Add(min(p.elapsed(), e.Limit()))
	p.asking = false
	p.keep(e)
	p.judge()
}

// judge judges the exam item by item; the engine is asked about the computed ones.
func (p *Exam) judge() {
	if p.judging || p.exam.Judged || p.exam.Finished.IsZero() {
		return
	}
	p.judging, p.fault = true, ""
	p.judgeFrom(p.exam.Clone(), 0)
}

func (p *Exam) judgeFrom(e progress.Exam, i int) {
	for ; i < len(e.Items); i++ {
		_, q := questionOf(p.Env, e.Items[i].Lesson, e.Items[i].Question)
		e.Items[i] = practice.Judge(e.Items[i], q)
		if q != nil && q.Kind == lessons.Compute && !e.Items[i].Void {
			p.judgeComputed(e, i, q.Compute)
			return
		}
	}
	e.Judged, p.judging = true, false
	p.keep(e)
	for lesson, record := range practice.Attempts(p.exam) {
		p.Env.Progress.MergeLesson(lesson, record)
		if l, _, _ := find(p.Env, lesson); l != nil && p.Env.Progress.Score(l).Complete() {
			p.Env.Progress.Complete(lesson)
		}
	}
	p.place()
}

// judgeComputed draws the numbers of question i again, has the answer judged, and
// goes on with the next.
func (p *Exam) judgeComputed(e progress.Exam, i int, c *lessons.ComputeSpec) {
	item := e.Items[i]
	p.ask(engine.OpQuestionDraw, engine.DrawInput{Function: c.Function, Ranges: c.Ranges, Seed: item.Seed}, func(raw json.RawMessage) error {
		var drawn engine.DrawOutput
		if err := json.Unmarshal(raw, &drawn); err != nil {
			return fmt.Errorf("read numbers: %w", err)
		}
		given, err := 0.0, error(nil)
		if item.Answer.Given() {
			given, err = quiz.Number(item.Answer.Texts[0])
		}
		readable := err == nil // what is no number is wrong, and the engine still says what is right
		p.ask(engine.OpQuestionGrade, engine.GradeInput{Function: c.Function, Values: drawn.Values, Answer: given, Unit: c.Unit, Tolerance: c.Tolerance}, func(raw json.RawMessage) error {
			var out engine.GradeOutput
			if err := json.Unmarshal(raw, &out); err != nil {
				return fmt.Errorf("read grade: %w", err)
			}
			e.Items[i] = practice.JudgeComputed(item, out.Correct && readable, out.Expected, out.Unit, out.Working)
			p.judgeFrom(e, i+1)
			return nil
		})
		return nil
	})
}

// ask asks the engine; without its answer the exam stays as it is, to be judged
// later.
func (p *Exam) ask(op string, input any, then func(json.RawMessage) error) {
	fail := func(why string) {
		p.judging, p.fault = false, "计算题还没有批改（"+why+"）。答案都在，计算引擎就绪后再批改。"
	}
	if p.Env.Engine == nil {
		fail("这个浏览器里没有计算引擎")
		return
	}
	p.Env.Engine.Do(context.Background(), "", op, input, func(r engine.Reply) {
		if !r.Kind.Final() {
			return
		}
		p.ctx.Dispatch(func(goapp.Context) {
			switch {
			case r.Error != nil:
				fail(r.Error.Message)
			case r.Kind != engine.Done:
				fail("请求没有完成")
			default:
				if err := then(r.Output); err != nil {
					fail(err.Error())
				}
			}
		})
	})
}

// turn shows question i.
func (p *Exam) turn(i int) {
	p.at, p.asking = max(0, min(i, len(p.exam.Items)-1)), false
	p.place()
}

// place moves the focus to what is shown now.
func (p *Exam) place() { p.focus("exam-place") }

func (p *Exam) focus(id string) {
	if p.stop == nil {
		return
	}
	p.ctx.Defer(func(goapp.Context) {
		if place := goapp.Window().GetElementByID(id); place.Truthy() {
			place.Call("focus")
		}
	})
}
