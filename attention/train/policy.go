package train

import (
	"context"
	"fmt"
	"math"
	"slices"

	"courselab/attention"
)

// referenceTexts is how many texts the reference reads at once: a pass keeps all
// its layers' results, which the reference has no use for.
const referenceTexts = 8

// PolicyOptions say how a policy is improved.
type PolicyOptions struct {
	// Beta weighs the penalty for leaving the reference, in reward per nat.
	Beta float64
	// Samples is how many texts are written to each prompt, at least two: each is
	// measured against the mean of the others.
	Samples int
}

// Check returns an error that names the first option out of range.
func (o PolicyOptions) Check() error {
	if !(o.Beta >= 0 && o.Beta <= 100) {
		return fmt.Errorf("beta %v: not in 0 … 100", o.Beta)
	}
	if o.Samples < 2 || o.Samples > 1024 {
		return fmt.Errorf("samples %d: not in 2 … 1024", o.Samples)
	}
	return nil
}

// Policy improves a model by its own texts: it writes some, has them rewarded,
// and makes those above the average likelier (REINFORCE, Williams 1992, with the
// mean of the prompt's other texts as baseline: leave-one-out, Kool et al. 2019,
// Ahmadian et al. 2024). What is climbed is
//
//	J = E[ R(y) − Beta·Σ_t (log π(y_t) − log ref(y_t)) ]    over y drawn from π
//
// with R the reward of a whole text, π the model and ref the reference, which
// stays as it is (Ouyang et al. 2022, equation 2, without the pretraining term).
// The difference of logarithms is the estimator k1 of KL(π ‖ ref) (Schulman 2020)
// and is part of the reward, token by token. One step is taken on each batch, so
// π is what the texts were drawn from, and there is nothing to clip (PPO) or to
// weigh anew.
type Policy struct {
	// Pause is as that of a Trainer.
	Pause func(context.Context) error

	options   PolicyOptions
	tuner     *Tuner
	writer    *Writer
	reference pass
}

// NewPolicy returns a policy that changes the tuner's model in place. reference
// has that model's shape and is only read.
func NewPolicy(t *Tuner, reference *attention.Model, o PolicyOptions) (*Policy, error) {
	if err := o.Check(); err != nil {
		return nil, fmt.Errorf("new policy: %w", err)
	}
	if reference.Config.Vocab != t.Model().Config.Vocab || reference.Config.Context != t.Model().Config.Context {
		return nil, fmt.Errorf("new policy: a reference of %d symbols and %d positions for a model of %d and %d",
			reference.Config.Vocab, reference.Config.Context, t.Model().Config.Vocab, t.Model().Config.Context)
	}
	b := t.trainer.pass.backend
	return &Policy{options: o, tuner: t, writer: NewWriter(t.Model(), b), reference: pass{model: reference, backend: b}}, nil
}

// Set changes the options from the next step on.
func (p *Policy) Set(o PolicyOptions) error {
	if err := o.Check(); err != nil {
		return fmt.Errorf("set policy: %w", err)
	}
	p.options = o
	return nil
}

// Improved is what a step tells, of the texts that were written before it.
type Improved struct {
	Rollouts []Rollout // those of the first prompt, then of the second, …
	Rewards  []float64 // R of each
	// KL estimates KL(π ‖ ref) of a whole text, in nats, by k1: its mean over the
	// texts is without bias, and may fall below zero by chance.
	KL float64
	// KLAbove does so by k3, r − 1 − log r with r = ref(y_t)/π(y_t), which is
	// never below zero and scatters less where the two are close (Schulman 2020).
	KLAbove float64
	// Surprise is the mean of −log π(y_t) over the tokens drawn, in nats: it
	// estimates the policy's entropy.
	Surprise float64
	Tuned
}

// Step writes texts to the prompts, has each rewarded and takes a step at the
// given rate. The texts depend on the weights and on seed alone. After the
// context's error the model is as it was.
func (p *Policy) Step(ctx context.Context, prompts []Document, reward func(Rollout) float64, rate float64, seed uint64) (Improved, error) {
	p.writer.Pause, p.tuner.Pause, p.reference.pause = p.Pause, p.Pause, p.Pause
	var each []Document
	for _, prompt := range prompts {
		for range p.options.Samples {
			each = append(each, prompt)
		}
	}
	rollouts, err := p.writer.Write(ctx, each, 1, seed)
	if err != nil {
		return Improved{}, fmt.Errorf("improve policy: %w", err)
	}
	out := Improved{Rollouts: rollouts, Rewards: make([]float64, len(rollouts))}
	documents := make([]Document, len(rollouts))
	for i, r := range rollouts {
		documents[i] = r.Document
		out.Rewards[i] = reward(r)
		if v := out.Rewards[i]; math.IsNaN(v) || math.IsInf(v, 0) {
			return Improved{}, fmt.Errorf("improve policy: the reward of text %d is %v", i+1, v)
		}
	}
	under := make([][]float64, 0, len(documents))
	for few := range slices.Chunk(documents, referenceTexts) {
		some, err := p.reference.logProbabilities(ctx, few)
		if err != nil {
			return Improved{}, fmt.Errorf("improve policy: reference: %w", err)
		}
		under = append(under, some...)
	}
	ratios := make([][]float64, len(rollouts)) // log π − log ref of each token drawn
	tokens := 0
	for i, r := range rollouts {
		for j, own := range r.LogP {
			d := own - under[i][r.Prompt-1+j]
			ratios[i] = append(ratios[i], d)
			out.KL += d
			out.KLAbove += math.Expm1(-d) + d
			out.Surprise -= own
			tokens++
		}
	}
	n := float64(len(rollouts))
	out.KL, out.KLAbove, out.Surprise = out.KL/n, out.KLAbove/n, out.Surprise/float64(tokens)

	advantages := Advantages(out.Rewards, ratios, p.options.Samples, p.options.Beta)
	batch := make([]Weighted, len(rollouts))
	for i, r := range rollouts {
		weights := make([]float64, r.Document.rows())
		for j, a := range advantages[i] {
			weights[r.Prompt-1+j] = a / n
		}
		batch[i] = Weighted{r.Document, weights}
	}
	if out.Tuned, err = p.tuner.Step(ctx, batch, rate); err != nil {
		return Improved{}, fmt.Errorf("improve policy: %w", err)
	}
	return out, nil
}

// Advantages says how much better each token of each text did than could be
// expected. Texts come in groups of size, all of one prompt; ratios are their
// tokens' log π − log ref. With G the return from a token on, its text's reward
// less beta times the ratios that are still to come (its own included), the
// advantage is G less the mean of G at the same place in the group's other texts
// — a text that has ended by then has its reward alone.
func Advantages(rewards []float64, ratios [][]float64, size int, beta float64) [][]float64 {
	out := make([][]float64, len(rewards))
	for from := 0; from < len(rewards); from += size {
		to := min(from+size, len(rewards))
		longest := 0
		for i := from; i < to; i++ {
			out[i] = make([]float64, len(ratios[i]))
			longest = max(longest, len(ratios[i]))
		}
		returns := append([]float64(nil), rewards[from:to]...)
		for j := longest - 1; j >= 0; j-- {
			var sum float64
			for i := range returns {
				if j < len(ratios[from+i]) {
					returns[i] -= beta * ratios[from+i][j]
				}
				sum += returns[i]
			}
			for i, g := range returns {
				if j < len(ratios[from+i]) && to-from > 1 {
					out[from+i][j] = g - (sum-g)/float64(to-from-1)
				}
			}
		}
	}
	return out
}
