package evaluate

import (
	"fmt"
	"slices"

	"courselab/app/engine/serve/sheet"
	"courselab/attention"
	"courselab/attention/evaluate"
)

// kindNames are the kinds of questions as the learner reads them.
var kindNames = map[evaluate.Kind]string{evaluate.Line: "接下句", evaluate.End: "补末字", evaluate.Span: "长短不一"}

// ruleNames are the rules by the value of the parameter "rule".
var ruleNames = []struct {
	value, name string
	rule        evaluate.Rule
}{
	{"sum", "合计", evaluate.Sum},
	{"character", "按字平均", evaluate.PerCharacter},
	{"byte", "按字节平均", evaluate.PerByte},
	{"lift", "比没有题干时多出的", evaluate.Lift},
	{"noprompt", "不看题干（按字平均）", evaluate.NoPrompt},
}

// taskNames are what a poem must satisfy.
var taskNames = map[evaluate.Task]string{evaluate.Form: "格式对", evaluate.Rhyme: "格式对且押韵", evaluate.Tone: "格式对、押韵且合平仄"}

// ruleOf reads the rule; a fault where there is none such.
func ruleOf(in *sheet.Input) (evaluate.Rule, string) {
	for _, r := range ruleNames {
		if r.value == in.Text("rule") {
			return r.rule, r.name
		}
	}
	in.Fault("rule", "没有这种判法")
	return evaluate.Sum, ""
}

// taskOf reads what a poem must satisfy.
func taskOf(in *sheet.Input) evaluate.Task {
	task := evaluate.Task(in.Text("check"))
	if !slices.Contains(evaluate.Tasks(), task) {
		in.Fault("check", "没有这种检查")
	}
	return task
}

// allItems are the questions of both sets, the public ones first.
func allItems(t *attention.Tokenizer) []evaluate.Item {
	return append(evaluate.Items(evaluate.Public, t), evaluate.Items(evaluate.Fresh, t)...)
}

// whole reads a whole number within bounds.
func whole(in *sheet.Input, name string, low, high int) int {
	v := in.Number(name)
	if v != float64(int(v)) || v < float64(low) || v > float64(high) {
		in.Fault(name, fmt.Sprintf("要是 %d 到 %d 的整数", low, high))
		return low
	}
	return int(v)
}

// share reads a number of per cent as a ratio.
func share(in *sheet.Input, name string) float64 {
	v := in.Number(name)
	if v < 0 || v > 100 {
		in.Fault(name, "要在 0% 到 100% 之间")
	}
	return v / 100
}

// open returns the model with its tokenizer.
func open(in *sheet.Input) (*attention.Model, *attention.Tokenizer, error) { return in.Shiya() }

// scorer returns what scores with a model.
func scorer(in *sheet.Input, m *attention.Model, t *attention.Tokenizer) (*evaluate.Scorer, error) {
	d, err := attention.NewDecoder(m, in.Backend(), m.Config.Context)
	if err != nil {
		return nil, err
	}
	return evaluate.NewScorer(d, t)
}
