package serve

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"courselab/app/engine"
	"courselab/sim"
)

// ProbeQuestion draws a computed question's parameters often, as learners will,
// and returns in Chinese what is wrong with any of the draws, "" where nothing
// is: ranges that the function does not take, draws that contradict each other
// time after time, answers that are not finite in the unit they are asked in.
func ProbeQuestion(function string, texts map[string]string, unit string, draws int) string {
	f, ok := sim.Functions()[function]
	if !ok {
		return "没有名为 " + function + " 的计算"
	}
	ranges, err := questionRanges(f, texts)
	if err != nil {
		return problemOf(err)
	}
	from := rand.New(rand.NewPCG(1, questionStream))
	for range draws {
		values, q, err := drawValues(f, ranges, from)
		if err != nil {
			return "取值互相矛盾，抽不出能算的参数：" + problemOf(questionError(engine.OpQuestionDraw, err))
		}
		answer, err := q.In(unit)
		if err != nil {
			return "“" + unit + "”不是" + q.Name + "的单位"
		}
		if math.IsNaN(answer) || math.IsInf(answer, 0) {
			return fmt.Sprintf("抽到 %s 时答案不是有限的数", shownValues(f, values))
		}
	}
	return ""
}

// drawValues draws until the values do not contradict each other, and returns
// what f makes of them.
func drawValues(f sim.Function, ranges map[string]rangeOf, from *rand.Rand) (values map[string]float64, q sim.Quantity, err error) {
	for range drawTries {
		values = make(map[string]float64, len(f.Params))
		for _, p := range f.Params {
			values[p.Name] = ranges[p.Name].draw(from)
		}
		if q, err = f.Eval(values); err == nil {
			return values, q, nil
		}
	}
	return nil, q, err
}

// shownValues lists drawn values in the function's order.
func shownValues(f sim.Function, values map[string]float64) string {
	text := ""
	for i, p := range f.Params {
		if i > 0 {
			text += "、"
		}
		text += p.Name + "=" + shown(values[p.Name])
	}
	return text
}

// problemOf is the part of an error that is meant for people.
func problemOf(err error) string {
	var known *engine.Error
	if errors.As(err, &known) {
		return known.Message
	}
	return err.Error()
}
