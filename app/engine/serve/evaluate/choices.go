package evaluate

import (
	"context"
	"fmt"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/attention"
	"courselab/attention/evaluate"
	"courselab/attention/verse"
)

// choices is the run over multiple choice and perplexity. A step is one question,
// or after those one poem, put to every version.
type choices struct {
	in       *sheet.Input
	rule     evaluate.Rule
	ruleName string
	seed     uint64
	items    []evaluate.Item
	poems    []int // indices in verse.HeldOut
	versions []*version
	done     int
	// answers[v][i] are those of version v to question i; likelihoods[v][p] of poem p.
	answers     [][]evaluate.Answered
	likelihoods [][]evaluate.Likelihood
}

func newChoices(in *sheet.Input, m *attention.Model, t *attention.Tokenizer) (*choices, error) {
	wanted, err := versionsOf(in)
	if err != nil {
		return nil, err
	}
	r := &choices{in: in, items: allItems(t), seed: uint64(in.Number("seed"))}
	r.rule, r.ruleName = ruleOf(in)
	r.poems = append(evaluate.Poems(evaluate.Public, t), evaluate.Poems(evaluate.Fresh, t)...)
	if r.versions, err = build(in, m, t, wanted); err != nil {
		return nil, err
	}
	r.answers = make([][]evaluate.Answered, len(r.versions))
	r.likelihoods = make([][]evaluate.Likelihood, len(r.versions))
	return r, in.Err()
}

// Step implements run.Run.
func (r *choices) Step(ctx context.Context) error {
	if at := r.done; at < len(r.items) {
		fresh := make([]evaluate.Answered, len(r.versions))
		for i, v := range r.versions {
			var err error
			if fresh[i], err = v.scorer.Answer(ctx, r.items[at]); err != nil {
				return err
			}
			if err := r.in.Pause(); err != nil {
				return err
			}
		}
		for i := range r.versions {
			r.answers[i] = append(r.answers[i], fresh[i])
		}
	} else {
		poem := verse.HeldOut()[r.poems[at-len(r.items)]]
		fresh := make([]evaluate.Likelihood, len(r.versions))
		for i, v := range r.versions {
			var err error
			if fresh[i], err = v.scorer.Document(ctx, poem); err != nil {
				return err
			}
			if err := r.in.Pause(); err != nil {
				return err
			}
		}
		for i := range r.versions {
			r.likelihoods[i] = append(r.likelihoods[i], fresh[i])
		}
	}
	r.done++
	return nil
}

// At implements run.Run.
func (r *choices) At() engine.Progressed {
	at := engine.Progressed{Done: float64(r.done), Total: float64(len(r.items) + len(r.poems)), Unit: "步", What: "做选择题"}
	if r.done >= len(r.items) {
		at.What = "量困惑度"
	}
	return at
}

// Bytes implements run.Run.
func (r *choices) Bytes() int64 {
	n := int64(len(r.versions))
	perAnswer := int64(2*evaluate.Choices*32 + 128)
	return (n-1)*modelBytes(r.versions[0].model) + n*decoderBytes(r.versions[0].model.Config) + n*int64(len(r.items))*perAnswer
}

// marks are which answers of a version the rule gets right, groups the poems that
// the questions come from.
func marks(all []evaluate.Answered, rule evaluate.Rule) (right []bool, groups []int) {
	for _, a := range all {
		right, groups = append(right, rule.Right(a)), append(groups, a.Poem)
	}
	return right, groups
}

// Sheet implements run.Run.
func (r *choices) Sheet(context.Context) (engine.Sheet, error) {
	var out engine.Sheet
	answered := len(r.answers[0])
	if answered == 0 {
		out.Verdict.Text = "还没有做完一道题。"
		return out, nil
	}
	scores := make([]score, len(r.versions))
	for i := range r.versions {
		right, groups := marks(r.answers[i], r.rule)
		scores[i] = scored(right, groups, r.seed)
	}
	out.Verdict = r.verdict(scores)
	out.Notes = []engine.Note{
		{Text: fmt.Sprintf("判法：%s。网站带的权重本来就是 fp16，所以 fp32 与 fp16 是同一个模型，一个数也不会变。", r.ruleName)},
		{Text: "Wilson 区间把每道题当独立的；按诗抽取的区间把同一首诗的三道题一起抽（Miller 2024 所说的按组算）。后者要是宽得多，说明同一首诗的三道题一起对、一起错；差不多宽，说明它们还算独立。"},
	}
	main, err := r.scoresPart(scores)
	if err != nil {
		return out, err
	}
	compared, err := r.comparePart()
	if err != nil {
		return out, err
	}
	out.Parts = []engine.Part{main, compared, rulesPart(r.answers[0]), r.wrongPart()}
	return out, nil
}

// verdict says whether any version can be told from the original.
func (r *choices) verdict(scores []score) engine.Verdict {
	n := len(r.answers[0])
	v := engine.Verdict{Text: fmt.Sprintf("原版 %d 题对 %d 题，%s。", n, scores[0].right, scores[0].text())}
	if n < len(r.items) {
		v.Detail = fmt.Sprintf("共 %d 题，还在做。", len(r.items))
		return v
	}
	var apart, close []string
	for i := 1; i < len(r.versions); i++ {
		if c, err := r.compare(i); err == nil && c.P < 0.05 {
			apart = append(apart, r.versions[i].name)
		} else {
			close = append(close, r.versions[i].name)
		}
	}
	if len(apart) > 0 {
		v.Detail = "这些题分得出与原版不同的：" + joined(apart) + "。"
	}
	if len(close) > 0 {
		v.Detail += "分不出的：" + joined(close) + "；分不出不等于一样。"
	}
	return v
}
