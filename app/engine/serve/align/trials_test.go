package align

import (
	"encoding/json"
	"flag"
	"os"
	"sync"
	"testing"
	"time"

	"courselab/app/modeltest"
	"courselab/attention/blas"
	"courselab/attention/train"
)

var makeTrials = flag.Bool("trials", false, "make trials.json anew; takes about ten minutes on two cores")

// shippedPlan is what trials.json was made with: the lab's defaults.
var shippedPlan = plan{
	Heads: "春花秋月", Rewarded: []string{"form", "heads", "rhyme", "tone"}, Rate: 5e-4, TuneRate: 3e-3,
	Poems: 1920, Tune: 150, Steps: 150, Prompts: 8, Samples: 4, Seed: 1,
}

var shippedBetas = []float64{0, 0.02, 0.1, 0.5}

// TestTrials holds the shipped runs to what the lab says of them; with -trials it
// makes them.
func TestTrials(t *testing.T) {
	if *makeTrials {
		remake(t)
		return
	}
	got, err := readTrials()
	if err != nil {
		t.Fatal(err)
	}
	want := shippedPlan
	if !got.Plan.same(want) || len(got.Runs) != len(shippedBetas) {
		t.Errorf("plan %+v, %d runs", got.Plan, len(got.Runs))
	}
	if got.Before.Heads > 0.1 || got.Tuned.Heads < 0.6 {
		t.Errorf("the instruction is followed in %v of lines before and %v after", got.Before.Heads, got.Tuned.Heads)
	}
	for i, r := range got.Runs {
		if r.Beta != shippedBetas[i] {
			t.Errorf("run %d has beta %v", i, r.Beta)
		}
		if i > 0 && r.last().KL >= got.Runs[i-1].last().KL {
			t.Errorf("beta %v ends %v nats away, beta %v %v", r.Beta, r.last().KL, got.Runs[i-1].Beta, got.Runs[i-1].last().KL)
		}
	}
	free, bound := got.free(), got.Runs[len(got.Runs)-1]
	if free.last().Reward <= free.Steps[0].Reward || free.last().Reward <= bound.last().Reward {
		t.Error("without a penalty the reward does not rise, or not further than with the greatest")
	}
	for _, r := range got.Runs {
		if r.Beta > 0 && free.After.Distinct >= r.After.Distinct {
			t.Errorf("without a penalty no less variety is left than with beta %v", r.Beta)
		}
	}
}

// remake tunes once and improves the tuned model with each beta.
func remake(t *testing.T) {
	m, tokenizer := modeltest.Shiya()
	base, err := newTuning(shippedPlan, m, tokenizer, blas.Backend{})
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for len(base.measured) < 2 {
		if err := base.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		if base.done%20 == 0 {
			t.Logf("%v: %s", time.Since(began), base.verdict().Text)
		}
	}
	t.Logf("tuned after %v: %+v", time.Since(began), base.measured)
	out := trials{
		Plan: shippedPlan, Before: base.measured[0], Tuned: base.measured[1], Poem: base.samples[len(base.samples)-1].Text,
		Date: time.Now().Format(time.DateOnly), Backend: "Go 与 OpenBLAS",
	}
	out.Runs = make([]trial, len(shippedBetas))
	var all sync.WaitGroup
	for i, beta := range shippedBetas {
		all.Go(func() { out.Runs[i] = improveWith(t, base, beta) })
	}
	all.Wait()
	if t.Failed() {
		return
	}
	text, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("trials.json", append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// improveWith goes on from a tuned run with another beta.
func improveWith(t *testing.T, base *tuning, beta float64) trial {
	r := *base
	r.Beta, r.model, r.policy = beta, base.model.Clone(), nil
	r.measured, r.samples, r.climbs = base.measured[:2:2], base.samples[:len(base.samples):len(base.samples)], nil
	r.writer = train.NewWriter(r.model, r.backend)
	began := time.Now()
	for len(r.measured) < 3 {
		if err := r.Step(t.Context()); err != nil {
			t.Errorf("beta %v: %v", beta, err)
			return trial{}
		}
		if n := len(r.climbs); n > 0 && n%window == 0 && len(r.measured) < 3 {
			t.Logf("beta %v, step %d, %v: %+v %s", beta, n, time.Since(began), r.recent(), r.samples[len(r.samples)-1].Text)
		}
	}
	one := trial{Beta: beta, After: r.measured[2], Poem: r.samples[len(r.samples)-1].Text}
	for to := window; to <= len(r.climbs); to += window {
		one.Steps = append(one.Steps, stage{to, r.over(to-window, to)})
	}
	t.Logf("beta %v: %+v %s", beta, one.After, one.Poem)
	return one
}
