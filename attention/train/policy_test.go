package train

import (
	"context"
	"math"
	"testing"

	"courselab/attention"
)

// slopes compares the gradient that is set with the slope of a function of m's
// weights.
func slopes(t *testing.T, m, gradient *attention.Model, f func() float64) {
	t.Helper()
	const delta = 1.0 / 128
	gradients := gradient.Parameters()
	for i, p := range m.Parameters() {
		for j := 0; j < len(p.Values); j += max(1, len(p.Values)/5) {
			v := p.Values[j]
			p.Values[j] = v + delta
			up := f()
			p.Values[j] = v - delta
			down := f()
			p.Values[j] = v
			if got, want := float64(gradients[i].Values[j]), (up-down)/(2*delta); math.Abs(got-want) > 1e-4+5e-3*math.Abs(want) {
				t.Errorf("%s[%d]: gradient %v, slope %v", p.Name, j, got, want)
			}
		}
	}
}

func tuner(t *testing.T, m *attention.Model) *Tuner {
	t.Helper()
	out, err := NewTuner(m, attention.Reference{}, Default())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestWeightedGradientIsTheSlope has weights of zero and below zero among them.
func TestWeightedGradientIsTheSlope(t *testing.T) {
	m := model(t, tiny)
	tuner := tuner(t, m)
	batch := []Weighted{Answer(Document{0, 2, 3, 4, 5, 1}, 3), {Document{0, 7, 3, 1}, []float64{0.5, 0, -1.5}}}
	if want := []float64{0, 0, 1, 1, 1}; !equal(batch[0].Weights, want) {
		t.Fatalf("weights %v of an answer, want %v", batch[0].Weights, want)
	}
	loss := func() float64 {
		var sum float64
		p := pass{model: m, backend: attention.Reference{}}
		for _, w := range batch {
			all, err := p.logProbabilities(t.Context(), []Document{w.Document})
			if err != nil {
				t.Fatal(err)
			}
			for i, l := range all[0] {
				sum -= w.Weights[i] * l
			}
		}
		return sum
	}
	got, err := tuner.gradients(t.Context(), batch)
	if err != nil || math.Abs(got-loss()) > 1e-5 {
		t.Fatalf("loss %v, %v; want %v", got, err, loss())
	}
	slopes(t, m, tuner.trainer.pass.gradient, loss)
}

func equal(a, b []float64) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if math.Abs(a[i]-b[i]) > 1e-12 {
			return false
		}
	}
	return true
}

func TestMeanSumsToOne(t *testing.T) {
	batch := []Weighted{Answer(Document{0, 2, 3, 1}, 2), Answer(Document{0, 2, 1}, 2)}
	Mean(batch)
	if !equal(batch[0].Weights, []float64{0, 1. / 3, 1. / 3}) || !equal(batch[1].Weights, []float64{0, 1. / 3}) {
		t.Errorf("%v", batch)
	}
	nothing := []Weighted{{Document{0, 1}, []float64{0}}}
	Mean(nothing)
	if nothing[0].Weights[0] != 0 {
		t.Errorf("%v", nothing)
	}
}

// TestPolicyGradientIsTheSlope enumerates every text that a model with a context
// of three can write, and compares the gradient of Σ π(y)·advantage·log π(y) with
// the slope of J itself: the reward less beta times the divergence. With all
// texts there, weighed by their probability, REINFORCE has no noise.
func TestPolicyGradientIsTheSlope(t *testing.T) {
	c := tiny
	c.Vocab, c.Context = 4, 3
	m, reference := model(t, c), model(t, c)
	for i, p := range reference.Parameters() {
		for j := range p.Values {
			p.Values[j] += 0.1 * float32((i+j)%5-2)
		}
	}
	const beta = 0.3
	var texts []Document // after the prompt {0}: ended by 1, or full
	for a := range 4 {
		if a == 1 {
			texts = append(texts, Document{0, 1})
			continue
		}
		for b := range 4 {
			if b == 1 {
				texts = append(texts, Document{0, a, 1})
				continue
			}
			for d := range 4 {
				texts = append(texts, Document{0, a, b, d})
			}
		}
	}
	reward := func(d Document) float64 { return float64((d[len(d)-1]*3+len(d)*2)%5) - 1 }
	own, other := pass{model: m, backend: attention.Reference{}}, pass{model: reference, backend: attention.Reference{}}
	logs := func(p *pass) [][]float64 {
		all, err := p.logProbabilities(t.Context(), texts)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	under := logs(&other)
	objective := func() float64 {
		var j float64
		for i, each := range logs(&own) {
			var log, ratio float64
			for k, l := range each {
				log += l
				ratio += l - under[i][k]
			}
			j += math.Exp(log) * (reward(texts[i]) - beta*ratio)
		}
		return j
	}
	var batch []Weighted
	var total float64
	for i, each := range logs(&own) {
		ratios, log := make([]float64, len(each)), 0.0
		for k, l := range each {
			ratios[k] = l - under[i][k]
			log += l
		}
		// A group of one has no baseline to subtract; what Advantages makes of a
		// second text, of no reward and no tokens, is the return itself.
		returns := Advantages([]float64{reward(texts[i]), 0}, [][]float64{ratios, nil}, 2, beta)[0]
		weights := make([]float64, len(each))
		for k := range weights {
			weights[k] = -math.Exp(log) * returns[k] // of −log p: the gradient is J's own
		}
		total += math.Exp(log)
		batch = append(batch, Weighted{texts[i], weights})
	}
	if math.Abs(total-1) > 1e-5 {
		t.Fatalf("the texts have probability %v together", total)
	}
	tuner := tuner(t, m)
	if _, err := tuner.gradients(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	slopes(t, m, tuner.trainer.pass.gradient, objective)
}

// TestAdvantages by hand: two groups of two.
func TestAdvantages(t *testing.T) {
	got := Advantages([]float64{1, 0, 5, 5}, [][]float64{{1, 2}, {3}, {0}, {0}}, 2, 0.1)
	want := [][]float64{
		{(1 - 0.3) - (0 - 0.3), (1 - 0.2) - 0},
		{(0 - 0.3) - (1 - 0.3)},
		{0}, {0},
	}
	for i := range want {
		if !equal(got[i], want[i]) {
			t.Errorf("text %d: %v, want %v", i, got[i], want[i])
		}
	}
}

// TestWriterIsTheDecoder holds the probabilities of what was drawn to those that
// a Decoder gives, and the same seed to the same texts whatever their company.
func TestWriterIsTheDecoder(t *testing.T) {
	m := model(t, tiny)
	prompts := []Document{{0}, {0, 4, 5}, {0, 2}, {0}}
	const temperature = 1.3
	all, err := NewWriter(m, attention.Go{}).Write(t.Context(), prompts, temperature, 5)
	if err != nil {
		t.Fatal(err)
	}
	again, err := NewWriter(m, attention.Go{}).Write(t.Context(), prompts[:2], temperature, 5)
	if err != nil {
		t.Fatal(err)
	}
	ended := 0
	for i, r := range all {
		if i < len(again) && !sameTokens(r.Document, again[i].Document) {
			t.Errorf("text %d is %v, alone %v", i, r.Document, again[i].Document)
		}
		if r.Ended {
			ended++
		}
		if r.Ended != (r.Document[len(r.Document)-1] == 1) || !r.Ended && len(r.Document) != tiny.Context+1 {
			t.Errorf("text %d, ended %t: %v", i, r.Ended, r.Document)
		}
		decoder, err := attention.NewDecoder(m, attention.Reference{}, tiny.Context)
		if err != nil {
			t.Fatal(err)
		}
		logits, err := decoder.Forward(t.Context(), r.Document[:len(r.Document)-1])
		if err != nil {
			t.Fatal(err)
		}
		if len(r.LogP) != len(r.Document)-len(prompts[i]) {
			t.Fatalf("text %d: %d probabilities for %v", i, len(r.LogP), r.Document)
		}
		for j, got := range r.LogP {
			at := len(prompts[i]) - 1 + j
			var sum float64
			for _, v := range logits.Row(at) {
				sum += math.Exp(float64(v) / temperature)
			}
			if want := float64(logits.At(at, r.Document[at+1]))/temperature - math.Log(sum); math.Abs(got-want) > 1e-4 {
				t.Errorf("text %d, token %d: log p %v, want %v", i, j, got, want)
			}
		}
	}
	if ended == 0 || ended == len(all) {
		t.Errorf("%d of %d texts ended by the mark: the test wants both kinds", ended, len(all))
	}
	for name, bad := range map[string]func() ([]Rollout, error){
		"empty prompt": func() ([]Rollout, error) {
			return NewWriter(m, attention.Go{}).Write(t.Context(), []Document{{}}, 1, 1)
		},
		"token": func() ([]Rollout, error) {
			return NewWriter(m, attention.Go{}).Write(t.Context(), []Document{{11}}, 1, 1)
		},
		"temperature": func() ([]Rollout, error) {
			return NewWriter(m, attention.Go{}).Write(t.Context(), []Document{{0}}, 0, 1)
		},
	} {
		if _, err := bad(); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func sameTokens(a, b []int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestPickIsTheDistribution(t *testing.T) {
	p := []float32{0.25, 0, 0.5, 0.25}
	for u, want := range map[float64]int{0: 0, 0.24: 0, 0.26: 2, 0.74: 2, 0.76: 3, 0.999999999: 3} {
		if got, err := pick(p, u); err != nil || got != want {
			t.Errorf("%v: %d, %v; want %d", u, got, err, want)
		}
	}
	if _, err := pick([]float32{float32(math.NaN())}, 0.5); err == nil {
		t.Error("no error where there is no distribution")
	}
}

// improve has a tiny model rewarded for the token 5, and returns its mean reward
// and divergence at the end.
func improve(t *testing.T, beta float64, steps int) (reward, kl float64, m *attention.Model) {
	t.Helper()
	reference := model(t, tiny)
	m = reference.Clone()
	tuner, err := NewTuner(m, attention.Go{}, Default())
	if err != nil {
		t.Fatal(err)
	}
	policy, err := NewPolicy(tuner, reference, PolicyOptions{Beta: beta, Samples: 4})
	if err != nil {
		t.Fatal(err)
	}
	fives := func(r Rollout) float64 {
		n := 0.0
		for _, token := range r.Drawn() {
			if token == 5 {
				n++
			}
		}
		return n / float64(len(r.Drawn())+1)
	}
	for s := range steps {
		got, err := policy.Step(t.Context(), []Document{{0}, {0, 2}, {0, 3}, {0, 4}}, fives, 1e-2, uint64(s))
		if err != nil {
			t.Fatal(err)
		}
		if s == 0 && (math.Abs(got.KL) > 1e-4 || math.Abs(got.KLAbove) > 1e-4) {
			t.Errorf("before the first step the divergence is %v, %v", got.KL, got.KLAbove)
		}
		if s >= steps-10 {
			for _, r := range got.Rewards {
				reward += r / float64(10*len(got.Rewards))
			}
			kl += got.KLAbove / 10
		}
	}
	return reward, kl, m
}

// TestPolicyClimbs: the reward rises, less so and nearer to the reference with a
// penalty; the same seeds give the same weights.
func TestPolicyClimbs(t *testing.T) {
	before, _, _ := improve(t, 0, 10)
	free, far, first := improve(t, 0, 60)
	held, near, _ := improve(t, 0.3, 60)
	if free < before+0.3 || held > free || near > far/2 {
		t.Errorf("reward %v; without a penalty %v at %v nats, with one %v at %v", before, free, far, held, near)
	}
	_, _, second := improve(t, 0, 60)
	for i, p := range first.Parameters() {
		for j, v := range p.Values {
			if second.Parameters()[i].Values[j] != v {
				t.Fatalf("%s[%d] is %v, then %v", p.Name, j, v, second.Parameters()[i].Values[j])
			}
		}
	}
}

// TestTuningStops: a step that is cancelled leaves the weights as they were.
func TestTuningStops(t *testing.T) {
	m := model(t, tiny)
	before := m.Clone()
	tuner := tuner(t, m)
	policy, err := NewPolicy(tuner, before.Clone(), PolicyOptions{Samples: 2})
	if err != nil {
		t.Fatal(err)
	}
	for left := range 30 {
		ctx, cancel := context.WithCancel(t.Context())
		calls := left
		policy.Pause = func(context.Context) error {
			if calls--; calls < 0 {
				cancel()
			}
			return nil
		}
		_, err := policy.Step(ctx, []Document{{0}}, func(Rollout) float64 { return 1 }, 1e-2, 1)
		cancel()
		if err == nil {
			return // every pause has been cancelled at by now
		}
		for i, p := range m.Parameters() {
			for j, v := range p.Values {
				if before.Parameters()[i].Values[j] != v {
					t.Fatalf("cancelled at pause %d: %s[%d] changed", left, p.Name, j)
				}
			}
		}
	}
	t.Error("30 pauses and no end")
}

func TestTuningIsRefused(t *testing.T) {
	m := model(t, tiny)
	tuner := tuner(t, m)
	for name, batch := range map[string][]Weighted{
		"none": nil, "weights": {{Document{0, 1}, nil}}, "short": {{Document{0}, nil}}, "empty": {{}}, "token": {{Document{0, 12}, []float64{1}}},
	} {
		if _, err := tuner.Step(t.Context(), batch, 1e-3); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := NewPolicy(tuner, m, PolicyOptions{Samples: 1}); err == nil {
		t.Error("one sample has no others")
	}
	if _, err := NewPolicy(tuner, m, PolicyOptions{Samples: 2, Beta: math.NaN()}); err == nil {
		t.Error("beta is not a number")
	}
}
