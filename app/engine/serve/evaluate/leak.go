package evaluate

import (
	"context"
	"fmt"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/attention"
	"courselab/attention/evaluate"
	"courselab/attention/train"
	"courselab/attention/verse"
)

const (
	leakRows   = 512 // tokens of a training step, about
	checkTimes = 4   // how often the questions are asked while training goes on
)

// leak is the run that trains a copy of the model on public questions, and asks
// all questions before, at checkTimes places, and so at the end. A step is one
// question or one step of training.
type leak struct {
	in        *sheet.Input
	rule      evaluate.Rule
	ruleName  string
	seed      uint64
	items     []evaluate.Item
	leaked    map[int]bool // poems that are trained on
	model     *attention.Model
	tokenizer *attention.Tokenizer
	trainer   *train.Trainer
	scorer    *evaluate.Scorer // of the weights as they are; nil after they have changed
	steps     int              // of training
	trained   int
	loss      float64 // of the last step
	checks    []check // the last may be under way
	plan      []int   // training steps at which the questions are asked
}

// check is the questions asked at one place of the training.
type check struct {
	trained int
	right   []bool
}

func newLeak(in *sheet.Input, m *attention.Model, t *attention.Tokenizer) (*leak, error) {
	r := &leak{in: in, tokenizer: t, items: allItems(t), seed: uint64(in.Number("seed")), leaked: map[int]bool{}, steps: whole(in, "steps", 1, 200)}
	r.rule, r.ruleName = ruleOf(in)
	part, rate := share(in, "leaked"), in.Number("rate")
	if err := in.Err(); err != nil {
		return nil, err
	}
	poems := evaluate.Poems(evaluate.Public, t)
	n := max(1, int(part*float64(len(poems))+0.5))
	all := verse.HeldOut()
	var texts []string
	for _, i := range poems[:n] {
		r.leaked[i] = true
		texts = append(texts, all[i])
	}
	documents, err := train.Documents(texts, t, m.Config, -1)
	if err != nil {
		return nil, err
	}
	r.model = m.Clone()
	o := train.Default()
	o.Epochs, o.Rows, o.Rate, o.Warmup, o.Decay, o.Seed = r.steps, leakRows, rate, 2, 0, r.seed
	if r.trainer, err = train.New(r.model, in.Backend(), documents, o); err != nil {
		return nil, err
	}
	r.trainer.Pause = func(context.Context) error { return in.Pause() }
	for i := range checkTimes + 1 {
		if at := i * r.steps / checkTimes; len(r.plan) == 0 || at > r.plan[len(r.plan)-1] {
			r.plan = append(r.plan, at)
		}
	}
	r.checks = []check{{}}
	return r, nil
}

// Step implements run.Run.
func (r *leak) Step(ctx context.Context) error {
	now := &r.checks[len(r.checks)-1]
	if len(now.right) < len(r.items) {
		if r.scorer == nil {
			var err error
			if r.scorer, err = scorer(r.in, r.model, r.tokenizer); err != nil {
				return err
			}
		}
		a, err := r.scorer.Answer(ctx, r.items[len(now.right)])
		if err != nil {
			return err
		}
		now.right = append(now.right, r.rule.Right(a))
		return nil
	}
	if r.scorer != nil { // a decoder holds the weights to be constant
		r.model.Place(r.in.Backend(), attention.Host)
		r.scorer = nil
	}
	result, err := r.trainer.Step(ctx)
	if err != nil {
		return err
	}
	r.loss = result.Loss
	if r.trained++; r.trained == r.plan[len(r.checks)] {
		r.checks = append(r.checks, check{trained: r.trained})
	}
	return nil
}

// At implements run.Run.
func (r *leak) At() engine.Progressed {
	asked := (len(r.checks)-1)*len(r.items) + len(r.checks[len(r.checks)-1].right)
	at := engine.Progressed{Done: float64(r.trained + asked), Total: float64(r.steps + len(r.plan)*len(r.items)), Unit: "步", What: "做题"}
	if len(r.checks[len(r.checks)-1].right) == len(r.items) && at.Done < at.Total {
		at.What = "拿考题训练"
	}
	return at
}

// Bytes implements run.Run.
func (r *leak) Bytes() int64 {
	return 4*modelBytes(r.model) + trainingBytes(r.model.Config) + decoderBytes(r.model.Config)
}

// trainingBytes bounds what a step of training keeps for the gradients: of each
// row the streams, heads, gates and weights of attention of every layer, and its
// logits.
func trainingBytes(c attention.ModelConfig) int64 {
	layer := 6*c.Width + 4*c.Heads*c.HeadDim + 2*c.KVHeads*c.HeadDim + 3*c.FFN + c.Heads*c.Context
	return 4 * leakRows * int64(c.Layers*layer+2*c.Vocab+8*c.Width+4*c.FFN)
}

// group is which questions a score is of.
type group struct {
	name string
	has  func(evaluate.Item) bool
}

// groups are the questions that leaked, the other public ones, and the fresh ones.
func (r *leak) groups() []group {
	public := map[int]bool{}
	for _, item := range r.items[:len(r.items)/2+len(r.items)%2] {
		public[item.Poem] = true
	}
	all := []group{
		{"泄漏的题", func(i evaluate.Item) bool { return r.leaked[i.Poem] }},
		{"公开卷（含没泄漏的）", func(i evaluate.Item) bool { return public[i.Poem] }},
		{"新卷", func(i evaluate.Item) bool { return !public[i.Poem] }},
	}
	if len(r.leaked) >= r.publicPoems() {
		all = append(all[:1], all[2])
	}
	return all
}

// publicPoems is how many poems the public set has.
func (r *leak) publicPoems() int {
	poems := map[int]bool{}
	for _, item := range r.items[:len(r.items)/2+len(r.items)%2] {
		poems[item.Poem] = true
	}
	return len(poems)
}

// score is what a group gets right at a check, of the questions asked.
func (r *leak) score(c check, g group) (score, []bool, []int) {
	var right []bool
	var poems []int
	for i, ok := range c.right {
		if g.has(r.items[i]) {
			right, poems = append(right, ok), append(poems, r.items[i].Poem)
		}
	}
	return scored(right, poems, r.seed), right, poems
}

// Sheet implements run.Run.
func (r *leak) Sheet(context.Context) (engine.Sheet, error) {
	var out engine.Sheet
	first := r.checks[0]
	if len(first.right) < len(r.items) {
		out.Verdict.Text = fmt.Sprintf("训练之前先做一遍全部的题：%d / %d。", len(first.right), len(r.items))
		return out, nil
	}
	complete := r.complete()
	out.Verdict = r.verdict(complete)
	out.Notes = []engine.Note{{Text: fmt.Sprintf("训练用的就是 %d 首公开的诗（题干连同正确答案），每步约 %d 个字，只改一份拷贝，网站的模型不变。判法：%s。", len(r.leaked), leakRows, r.ruleName)}}
	curve, err := r.curvePart(complete)
	if err != nil {
		return out, err
	}
	before, err := r.beforePart(complete)
	out.Parts = []engine.Part{curve, before, fixesPart()}
	return out, err
}

// complete are the checks at which every question has been asked.
func (r *leak) complete() []check {
	n := len(r.checks)
	if len(r.checks[n-1].right) < len(r.items) {
		n--
	}
	return r.checks[:n]
}
