package serve

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"sort"

	"courselab/app/engine"
	"courselab/sim"
)

// questionStream tells the draws of questions from other uses of a seed.
const questionStream = 0x71756573

// drawTries is how often a draw is repeated whose values contradict each other,
// such as key heads that do not divide the query heads.
const drawTries = 100

// drawQuestion answers engine.OpQuestionDraw: engine.DrawInput → engine.DrawOutput.
// The same input gives the same values.
func drawQuestion(_ context.Context, in json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	const op = engine.OpQuestionDraw
	var input engine.DrawInput
	if err := json.Unmarshal(in, &input); err != nil {
		return nil, nil, badQuestion(op, "", "请求的内容读不出来")
	}
	f, ok := sim.Functions()[input.Function]
	if !ok {
		return nil, nil, badQuestion(op, "function", "没有名为“"+input.Function+"”的函数")
	}
	ranges, err := questionRanges(f, input.Ranges)
	if err != nil {
		return nil, nil, err
	}
	from := rand.New(rand.NewPCG(input.Seed, questionStream))
	values, _, err := drawValues(f, ranges, from)
	if err != nil {
		return nil, nil, questionError(op, err)
	}
	output := engine.DrawOutput{Values: values, Shown: make(map[string]string, len(values))}
	for name, v := range values {
		output.Shown[name] = shown(v)
	}
	return output, nil, nil
}

// questionRanges reads the range of every parameter of f, no more and no fewer.
func questionRanges(f sim.Function, texts map[string]string) (map[string]rangeOf, error) {
	const op = engine.OpQuestionDraw
	ranges := make(map[string]rangeOf, len(f.Params))
	for _, p := range f.Params {
		text, ok := texts[p.Name]
		if !ok {
			return nil, badQuestion(op, p.Name, "缺少参数 "+p.Name+" 的取值范围")
		}
		r, err := parseRange(text, p.Whole)
		if err != nil {
			return nil, badQuestion(op, p.Name, "参数 "+p.Name+" 的取值范围“"+text+"”写法不对；可写 8、32 | 40 | 80 或 4096..32768 step 4096")
		}
		if lo, hi := r.ends(); lo < p.Min || hi > p.Max {
			return nil, badQuestion(op, p.Name, "参数 "+p.Name+" 的取值范围“"+text+"”超出 "+sim.Number(p.Min)+" 到 "+sim.Number(p.Max))
		}
		ranges[p.Name] = r
	}
	if len(texts) > len(ranges) {
		var extra []string
		for name := range texts {
			if _, ok := ranges[name]; !ok {
				extra = append(extra, name)
			}
		}
		sort.Strings(extra)
		return nil, badQuestion(op, extra[0], "这个函数没有参数 "+extra[0])
	}
	return ranges, nil
}

// gradeQuestion answers engine.OpQuestionGrade: engine.GradeInput →
// engine.GradeOutput. The answer is compared in the unit it was asked in.
func gradeQuestion(_ context.Context, in json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	const op = engine.OpQuestionGrade
	var input engine.GradeInput
	if err := json.Unmarshal(in, &input); err != nil {
		return nil, nil, badQuestion(op, "", "请求的内容读不出来")
	}
	f, ok := sim.Functions()[input.Function]
	if !ok {
		return nil, nil, badQuestion(op, "function", "没有名为“"+input.Function+"”的函数")
	}
	if !(input.Tolerance >= 0 && input.Tolerance <= 1) {
		return nil, nil, badQuestion(op, "tolerance", "容差要在 0 到 1 之间")
	}
	q, err := f.Eval(input.Values)
	if err != nil {
		return nil, nil, questionError(op, err)
	}
	expected, err := q.In(input.Unit)
	if err != nil {
		return nil, nil, badQuestion(op, "unit", "“"+input.Unit+"”不是"+q.Name+"的单位")
	}
	working := q.Working
	if expected != q.Value { // else the two units are two names, and the asked one does
		working += " = " + measured(q.Value, q.Unit)
	}
	working += " = " + measured(expected, input.Unit)
	return engine.GradeOutput{
		Correct:  near(input.Answer, expected, input.Tolerance),
		Expected: expected,
		Unit:     input.Unit,
		Formula:  q.Formula,
		Working:  working,
	}, nil, nil
}

// near reports whether answer is within a relative tolerance of expected. A
// billionth more is granted, so that an answer at the limit counts, and for
// answers copied from a calculator.
func near(answer, expected, tolerance float64) bool {
	return math.Abs(answer-expected) <= tolerance*math.Abs(expected)+1e-9*math.Max(1, math.Abs(expected))
}

func measured(v float64, unit string) string {
	if unit == "" || unit == "%" {
		return sim.Number(v) + unit
	}
	return sim.Number(v) + " " + unit
}

func badQuestion(op, field, message string) *engine.Error {
	return &engine.Error{Code: engine.BadInput, Op: op, Field: field, Message: message}
}

// questionError puts an error of sim into words for the learner.
func questionError(op string, err error) *engine.Error {
	var field *sim.FieldError
	if !errors.As(err, &field) {
		return &engine.Error{Code: engine.Internal, Op: op, Message: "计算出错：" + err.Error()}
	}
	reasons := map[string]string{
		sim.Missing:    "缺少",
		sim.Unknown:    "这个函数没有这个参数",
		sim.NotFinite:  "不是有限的数",
		sim.NotInteger: "要是整数",
		sim.OutOfRange: "超出允许的范围",
	}
	return badQuestion(op, field.Field, "参数 "+field.Field+"："+reasons[field.Reason])
}
