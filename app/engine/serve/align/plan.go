package align

import (
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"

	"courselab/app/engine/serve/sheet"
	"courselab/sim"
)

const (
	writtenAtOnce = 64  // poems written in a step
	tunedAtOnce   = 32  // pairs in a step of tuning
	heldOut       = 32  // questions that are measured with
	temperature   = 0.8 // of poems for the pairs and of those that are measured
	sampleEvery   = 10  // steps between answers to the learner's question
)

// plan is what the learner set.
type plan struct {
	Heads    string
	Rewarded []string // values of parts
	Repeats  bool
	Beta     float64 // reward per nat
	Rate     float64 // of the policy
	TuneRate float64
	Poems    int // written for the pairs
	Tune     int // steps of tuning
	Steps    int // steps of the policy
	Prompts  int // questions in a step of the policy
	Samples  int // answers to each
	Seed     uint64
}

// read reads the plan off the controls.
func read(in *sheet.Input) (plan, error) {
	p := plan{
		Heads: in.Text("heads"), Rewarded: in.List("rewarded"), Repeats: in.On("repeats"),
		Beta: in.Number("beta"), Rate: in.Number("rate"), TuneRate: in.Number("tune-rate"),
		Poems: int(in.Number("poems")), Tune: int(in.Number("tune")), Steps: int(in.Number("steps")),
		Prompts: int(in.Number("prompts")), Samples: int(in.Number("samples")), Seed: uint64(in.Number("seed")),
	}
	if n := utf8.RuneCountInString(p.Heads); n != lines {
		in.Faultf("heads", "要 %d 个字，现在是 %d 个", lines, n)
	}
	for _, r := range p.Heads {
		if !unicode.Is(unicode.Han, r) {
			in.Faultf("heads", "“%c”不是汉字", r)
			break
		}
	}
	if len(p.Rewarded) == 0 {
		in.Fault("rewarded", "至少要奖励一项")
	}
	for _, value := range p.Rewarded {
		if !slices.ContainsFunc(parts, func(x part) bool { return x.value == value }) {
			in.Faultf("rewarded", "没有名为 %.20q 的规则", value)
		}
	}
	return p, in.Err()
}

// writing is how many steps write the pairs.
func (p plan) writing() int { return (p.Poems + writtenAtOnce - 1) / writtenAtOnce }

// total is how many steps there are: writing, tuning, the policy, and three that
// measure.
func (p plan) total() int { return p.writing() + p.Tune + p.Steps + 3 }

// most is the greatest reward.
func (p plan) most() float64 { return float64(len(p.Rewarded)) }

// The shape of 诗芽, for what can be said before it is there.
var shiya = struct{ width, layers, heads, kv, ffn, vocab, context int }{128, 4, 128, 64, 352, 3003, 72}

// memory is what a run holds, by part, in bytes.
type memory struct{ models, gradient, moments, pass, caches int64 }

func (m memory) total() int64 { return m.models + m.gradient + m.moments + m.pass + m.caches }

// answerRows is how many tokens are read of the longest pair: <bos>, the
// question, four lines of seven with their marks.
const answerRows = 1 + lines + 1 + lines*8

// memory estimates from the shape of 诗芽 what the plan holds. Everything is
// float32; a pass keeps every layer's results for the gradients.
func (p plan) memory() (memory, error) {
	count, err := sim.Shiya().Parameters()
	if err != nil {
		return memory{}, fmt.Errorf("count parameters: %w", err)
	}
	s, weights := shiya, int64(count.Value)*4
	rows := int64(max(tunedAtOnce*answerRows, p.Prompts*p.Samples*s.context))
	layer := int64(4*s.width + 2*s.heads + 2*s.kv + 3*s.ffn)
	scratch := int64(5*s.width + 2*s.heads + 2*s.kv + 2*s.ffn)
	attended := rows * int64(s.context) * int64(s.heads/32) * int64(s.layers+1)
	reference := int64(8*s.context) * (int64(s.layers)*layer + scratch)
	pass := rows*(int64(s.layers)*layer+scratch) + attended + reference + 2*256*int64(s.vocab)
	texts := int64(max(writtenAtOnce, heldOut+1, p.Prompts*p.Samples))
	cache := texts * int64(2*s.layers*s.context*s.kv+2*s.vocab+8*s.width+2*s.ffn)
	return memory{models: 2 * weights, gradient: weights, moments: 2 * weights, pass: 4 * pass, caches: 4 * 2 * cache}, nil
}
