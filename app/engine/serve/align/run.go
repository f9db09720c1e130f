package align

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"courselab/app/engine"
	"courselab/app/engine/serve/run"
	"courselab/app/engine/serve/sheet"
	"courselab/attention"
	"courselab/attention/train"
	"courselab/attention/verse"
)

// Run makes the runs of the lab.
func Run() run.Lab {
	return run.Lab{
		Bytes: func(in *sheet.Input) (int64, error) {
			p, err := read(in)
			if err != nil {
				return 0, err
			}
			m, err := p.memory()
			return m.total(), err
		},
		Begin:   begin,
		Version: "1",
	}
}

// Places where random numbers are drawn, so that none are drawn twice.
const (
	streamPairs = iota + 1
	streamOrder
	streamMeasure
	streamPolicy
	streamSample
)

// tuning is a run under way.
type tuning struct {
	plan
	language
	in      *sheet.Input
	backend attention.Backend

	model     *attention.Model // 诗芽 as it is at first, then tuned in place
	writer    *train.Writer
	tuner     *train.Tuner
	policy    *train.Policy // nil before its first step
	reference *attention.Model

	done     int // steps, of all phases
	poems    int // written for the pairs
	held     []string
	examples []train.Weighted
	pool     []string // first characters of the examples
	batch    int      // pairs in a step of tuning
	log
}

// begin makes a run of 诗芽.
func begin(in *sheet.Input) (run.Run, error) {
	p, err := read(in)
	if err != nil {
		return nil, err
	}
	m, tokenizer, err := in.Shiya()
	if err != nil {
		return nil, err
	}
	t, err := newTuning(p, m, tokenizer, in.Backend())
	var unseen *attention.UnseenError
	if errors.As(err, &unseen) {
		in.Faultf("heads", "诗芽的 3,000 个字里没有这几个字中的某一个（%s），请换一个常见的字", p.Heads)
		return nil, in.Err()
	}
	if err != nil {
		return nil, err
	}
	t.in = in
	pause := func(context.Context) error { return in.Pause() }
	t.writer.Pause, t.tuner.Pause = pause, pause
	return t, nil
}

// newTuning makes a run that works on a copy of m.
func newTuning(p plan, m *attention.Model, tokenizer *attention.Tokenizer, b attention.Backend) (*tuning, error) {
	t := &tuning{plan: p, language: language{m.Config, tokenizer}, backend: b, model: m.Clone(), batch: tunedAtOnce}
	if _, err := t.question(p.Heads); err != nil {
		return nil, err
	}
	t.writer = train.NewWriter(t.model, b)
	return t, t.optimise()
}

// optimise begins a new tuner of the model.
func (t *tuning) optimise() (err error) {
	o := train.Default()
	o.Decay = 0
	pause := func(context.Context) error { return nil }
	if t.tuner != nil {
		pause = t.tuner.Pause
	}
	t.tuner, err = train.NewTuner(t.model, t.backend, o)
	if err == nil {
		t.tuner.Pause = pause
	}
	return err
}

// seed returns a seed for one place and step.
func (t *tuning) seed(stream, step int) uint64 {
	return t.plan.Seed*0x9e3779b97f4a7c15 + uint64(stream)<<32 + uint64(step)
}

// phase is what a step belongs to.
type phase int

const (
	writing phase = iota
	measuring
	tuned
	improving
	over
)

// due returns the phase of the next step, and the number of steps that it has
// had.
func (t *tuning) due() (phase, int) {
	at := t.done
	for _, p := range []struct {
		phase phase
		steps int
	}{{writing, t.writing()}, {measuring, 1}, {tuned, t.Tune}, {measuring, 1}, {improving, t.Steps}, {measuring, 1}} {
		if at < p.steps {
			return p.phase, at
		}
		at -= p.steps
	}
	return over, 0
}

// Step does what is due.
func (t *tuning) Step(ctx context.Context) error {
	due, n := t.due()
	var err error
	switch due {
	case writing:
		err = t.write(ctx, n)
	case measuring:
		err = t.measure(ctx)
	case tuned:
		err = t.tune(ctx, n)
	case improving:
		err = t.improve(ctx, n)
	case over:
		return nil
	}
	if err != nil {
		return err
	}
	t.done++
	return nil
}

// write has 诗芽 write poems and makes pairs of those that fit.
func (t *tuning) write(ctx context.Context, n int) error {
	prompts := make([]train.Document, min(writtenAtOnce, t.Poems-n*writtenAtOnce))
	for i := range prompts {
		prompts[i] = train.Document{t.config.BOS}
	}
	rollouts, err := t.writer.Write(ctx, prompts, temperature, t.seed(streamPairs, n))
	if err != nil {
		return err
	}
	t.poems += len(rollouts)
	for _, r := range rollouts {
		text := t.text(r)
		heads := verse.Heads(text)
		switch {
		case !r.Ended || !fits(text) || slices.Contains(t.held, heads):
			continue
		case len(t.held) < heldOut:
			t.held = append(t.held, heads)
			continue
		}
		pair, err := t.example(text)
		if err != nil {
			return err
		}
		t.examples, t.pool = append(t.examples, pair), append(t.pool, heads)
	}
	if t.poems >= t.Poems && len(t.examples) < tunedAtOnce {
		return &engine.Error{Code: engine.BadInput, Op: engine.OpRun, Field: "poems", Message: fmt.Sprintf("写了 %d 首，合用的只有 %d 首，不够一步的 %d 首：请多写一些。", t.poems, len(t.examples), tunedAtOnce)}
	}
	return nil
}

// tune takes a step on pairs, each pair being taken once before any is taken
// again.
func (t *tuning) tune(ctx context.Context, n int) error {
	batch := make([]train.Weighted, t.batch)
	var order []int
	for i := range batch {
		epoch, at := (n*t.batch+i)/len(t.examples), (n*t.batch+i)%len(t.examples)
		if at == 0 || order == nil {
			order = rand.New(rand.NewPCG(t.seed(streamOrder, epoch), 0)).Perm(len(t.examples))
		}
		pair := t.examples[order[at]]
		batch[i] = train.Weighted{Document: pair.Document, Weights: slices.Clone(pair.Weights)}
	}
	train.Mean(batch)
	sampled, err := t.sample(ctx, "指令微调", n, 2*sampleEvery)
	if err != nil {
		return err
	}
	got, err := t.tuner.Step(ctx, batch, train.Rate(n, t.Tune, min(10, t.Tune), t.TuneRate, 0.1))
	if err != nil {
		return err
	}
	t.losses, t.samples = append(t.losses, got.Loss), append(t.samples, sampled...)
	return nil
}

// improve takes a step of the policy.
func (t *tuning) improve(ctx context.Context, n int) error {
	if t.policy == nil {
		if err := t.optimise(); err != nil { // the moments of tuning belong to another loss
			return err
		}
		t.reference = t.model.Clone()
		p, err := train.NewPolicy(t.tuner, t.reference, train.PolicyOptions{Beta: t.Beta, Samples: t.Samples})
		if err != nil {
			return err
		}
		p.Pause, t.policy = t.tuner.Pause, p
	}
	if err := t.policy.Set(train.PolicyOptions{Beta: t.Beta, Samples: t.Samples}); err != nil {
		return err
	}
	questions, heads := make([]train.Document, t.Prompts), make([]string, t.Prompts)
	for i := range questions {
		var err error
		heads[i] = t.pool[(n*t.Prompts+i)%len(t.pool)]
		if questions[i], err = t.question(heads[i]); err != nil {
			return err
		}
	}
	var texts []string
	var scores judged
	reward := func(r train.Rollout) float64 {
		text := t.text(r)
		j := judge(text, heads[len(texts)/t.Samples], r.Ended, t.Repeats)
		texts, scores = append(texts, text), scores.plus(j, 1/float64(t.Prompts*t.Samples))
		return j.reward(t.Rewarded)
	}
	sampled, err := t.sample(ctx, "强化学习", n, sampleEvery)
	if err != nil {
		return err
	}
	got, err := t.policy.Step(ctx, questions, reward, t.Rate*min(1, float64(n+1)/5), t.seed(streamPolicy, n))
	if err != nil {
		return err
	}
	t.climbs = append(t.climbs, climb{
		judged: scores, Reward: scores.reward(t.Rewarded), KL: got.KL, KLAbove: got.KLAbove, Surprise: got.Surprise,
		Distinct: verse.Distinct(texts, 2), Beta: t.Beta,
	})
	t.samples = append(t.samples, sampled...)
	return nil
}

// sample answers the learner's question after step steps of a phase, where that
// is a multiple of every.
func (t *tuning) sample(ctx context.Context, phase string, step, every int) ([]sample, error) {
	if step == 0 || step%every != 0 {
		return nil, nil
	}
	question, err := t.question(t.Heads)
	if err != nil {
		return nil, err
	}
	got, err := t.writer.Write(ctx, []train.Document{question}, temperature, t.seed(streamSample, t.done))
	if err != nil {
		return nil, err
	}
	return []sample{t.sampled(phase, step, got[0])}, nil
}

func (t *tuning) sampled(phase string, step int, r train.Rollout) sample {
	text := t.text(r)
	return sample{Phase: phase, Step: step, Text: text, judged: judge(text, t.Heads, r.Ended, false)}
}

// measure answers the questions that were kept apart, and the learner's.
func (t *tuning) measure(ctx context.Context) error {
	var questions []train.Document
	for _, heads := range append(slices.Clone(t.held), t.Heads) {
		q, err := t.question(heads)
		if err != nil {
			return err
		}
		questions = append(questions, q)
	}
	got, err := t.writer.Write(ctx, questions, temperature, t.seed(streamMeasure, 0))
	if err != nil {
		return err
	}
	var m measured
	var texts []string
	for i, r := range got[:len(t.held)] {
		text := t.text(r)
		j := judge(text, t.held[i], r.Ended, false)
		m.judged = m.judged.plus(j, 1/float64(len(t.held)))
		if j.Heads == 1 {
			m.Followed += 1 / float64(len(t.held))
		}
		texts = append(texts, text)
	}
	m.Distinct = verse.Distinct(texts, 2)
	t.measured = append(t.measured, m)
	t.samples = append(t.samples, t.sampled([]string{"微调之前", "微调之后", "强化学习之后"}[len(t.measured)-1], 0, got[len(t.held)]))
	return nil
}

// At is how far the run has come.
func (t *tuning) At() engine.Progressed {
	due, _ := t.due()
	what := map[phase]string{writing: "写教材", measuring: "量一量", tuned: "指令微调", improving: "强化学习", over: "完成"}[due]
	return engine.Progressed{What: what, Done: float64(t.done), Total: float64(t.total()), Unit: "步"}
}

// Bytes is what the plan says: the parts come and go.
func (t *tuning) Bytes() int64 {
	m, err := t.memory()
	if err != nil {
		return 0
	}
	return m.total()
}

// Set changes beta and the policy's rate.
func (t *tuning) Set(in *sheet.Input) (bool, error) {
	p, err := read(in)
	if err != nil {
		return false, err
	}
	now := t.plan
	now.Beta, now.Rate = p.Beta, p.Rate
	if !now.same(p) {
		return false, nil
	}
	t.plan = p
	return true, nil
}

func (p plan) same(q plan) bool {
	a, b := p, q
	a.Rewarded, b.Rewarded = nil, nil
	return fmt.Sprint(a) == fmt.Sprint(b) && slices.Equal(p.Rewarded, q.Rewarded)
}
