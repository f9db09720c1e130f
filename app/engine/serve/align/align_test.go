package align

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/modeltest"
	"courselab/attention"
	"courselab/attention/blas"
	"courselab/attention/verse"
)

// values are a plan of a few steps.
func values() map[string]string {
	return map[string]string{
		"heads": "春花秋月", "rewarded": "form,heads,rhyme,tone", "repeats": "0", "beta": "0.1", "rate": "0.0005", "tune-rate": "0.003",
		"poems": "4", "tune": "2", "steps": "2", "prompts": "2", "samples": "2", "seed": "1", "poem": "床前明月光，疑是地上霜。举头望明月，低头思故乡。",
	}
}

func input(ctx context.Context, t *testing.T, values map[string]string, pause func(context.Context) error) *sheet.Input {
	return sheet.New(ctx, values, sheet.Options{
		Lab: "align", Pause: pause,
		Model: func(context.Context, func(engine.Reply)) (*attention.Model, *attention.Tokenizer, error) {
			m, tokenizer := modeltest.Shiya()
			return m, tokenizer, nil
		},
		Backend: func(context.Context) attention.Backend { return blas.Backend{} },
	})
}

// started returns a run whose pairs are there: written for the course, not by the
// model, which takes long.
func started(t *testing.T, pause func(context.Context) error) *tuning {
	t.Helper()
	got, err := begin(input(t.Context(), t, values(), pause))
	if err != nil {
		t.Fatal(err)
	}
	run := got.(*tuning)
	for _, poem := range verse.HeldOut() {
		pair, err := run.example(poem)
		if !fits(poem) || err != nil {
			continue
		}
		if len(run.held) < 2 {
			run.held = append(run.held, verse.Heads(poem))
			continue
		}
		run.examples, run.pool = append(run.examples, pair), append(run.pool, verse.Heads(poem))
	}
	const few = 4 // each step of tuning sees them all
	run.done, run.batch, run.examples = run.writing(), few, run.examples[:few]
	return run
}

// TestRunGoesThroughItsPhases to the end, shows a sheet after each step, and does
// the same again from the same seed.
func TestRunGoesThroughItsPhases(t *testing.T) {
	first, second := started(t, nil), started(t, nil)
	for first.At().Done < first.At().Total {
		for _, r := range []*tuning{first, second} {
			if err := r.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		s, err := first.Sheet(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if s.Verdict.Text == "" || strings.Contains(s.Verdict.Text, "NaN") {
			t.Errorf("after step %v: verdict %q", first.done, s.Verdict.Text)
		}
	}
	if len(first.losses) != 2 || len(first.climbs) != 2 || len(first.measured) != 3 || len(first.samples) != 3 {
		t.Fatalf("%d losses, %d steps of the policy, %d measurements, %d samples", len(first.losses), len(first.climbs), len(first.measured), len(first.samples))
	}
	if first.losses[1] >= first.losses[0] {
		t.Errorf("losses %v do not fall", first.losses)
	}
	if c := first.climbs[0]; math.Abs(c.KL) > 1e-2 || c.Reward <= 0 || c.Distinct <= 0 {
		t.Errorf("before the policy's first step: %+v", c)
	}
	if second.losses[1] != first.losses[1] || second.climbs[1] != first.climbs[1] || second.samples[2].Text != first.samples[2].Text {
		t.Error("the same seed went another way")
	}
}

// TestStepRests: a step that is given up at any pause can be taken again, and
// leads to the same.
func TestStepRests(t *testing.T) {
	whole := started(t, nil)
	calls, stop := 0, func() {}
	broken := started(t, func(ctx context.Context) error {
		if calls--; calls == 0 {
			stop()
		}
		return ctx.Err()
	})
	for whole.At().Done < whole.At().Total {
		if err := whole.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, at := range []int{1, 4, 1 << 30} {
			ctx, cancel := context.WithCancel(t.Context())
			calls, stop = at, cancel
			broken.in.Under(ctx)
			err := broken.Step(ctx)
			cancel()
			if err == nil {
				break
			}
			if !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
	}
	if broken.done != whole.done || !slices.Equal(broken.losses, whole.losses) || !slices.Equal(broken.climbs, whole.climbs) || !slices.Equal(broken.measured, whole.measured) {
		t.Errorf("interrupted, it went another way: %v, %v", broken.losses, whole.losses)
	}
}

// TestWritingTooFew: what 诗芽 writes is looked at, and too little of it refused.
func TestWritingTooFew(t *testing.T) {
	got, err := begin(input(t.Context(), t, values(), nil))
	if err != nil {
		t.Fatal(err)
	}
	var known *engine.Error
	if err := got.Step(t.Context()); !errors.As(err, &known) || known.Field != "poems" || !strings.Contains(known.Message, "4 首") {
		t.Errorf("%v", err)
	}
}

func TestBetaMayChangeUnderWay(t *testing.T) {
	run := started(t, nil)
	for name, c := range map[string]struct {
		value string
		ok    bool
	}{"beta": {"0.5", true}, "rate": {"0.001", true}, "seed": {"2", false}, "heads": {"山水风云", false}} {
		v := values()
		v[name] = c.value
		ok, err := run.Set(input(t.Context(), t, v, nil))
		if err != nil || ok != c.ok {
			t.Errorf("%s: %t, %v", name, ok, err)
		}
	}
	if run.Beta != 0.1 || run.Rate != 0.001 {
		t.Errorf("beta %v, rate %v", run.Beta, run.Rate)
	}
}

func TestBadInputIsNamed(t *testing.T) {
	for name, value := range map[string]string{"heads": "春花秋", "rewarded": "", "beta": "x"} {
		v := values()
		v[name] = value
		_, err := Sheet(input(t.Context(), t, v, nil))
		var faults *sheet.Faults
		if !errors.As(err, &faults) || faults.All[0].Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	v := values()
	v["heads"] = "魑魅魍魉"
	_, err := begin(input(t.Context(), t, v, nil))
	var faults *sheet.Faults
	if !errors.As(err, &faults) || faults.All[0].Field != "heads" {
		t.Errorf("unseen characters: %v", err)
	}
}

// TestExampleIsAnswer: only the answer counts.
func TestExampleIsAnswer(t *testing.T) {
	m, tokenizer := modeltest.Shiya()
	l := language{m.Config, tokenizer}
	pair, err := l.example("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。")
	if err != nil {
		t.Fatal(err)
	}
	if got := tokenizer.Decode(pair.Document); got != "白黄欲更。白日依山尽，黄河入海流。欲穷千里目，更上一层楼。" {
		t.Errorf("%s", got)
	}
	for i, w := range pair.Weights {
		if want := map[bool]float64{true: 1}[i >= 5]; w != want {
			t.Errorf("token %d weighs %v", i+1, w)
		}
	}
}

func TestSheetScoresThePoem(t *testing.T) {
	s, err := Sheet(input(t.Context(), t, values(), nil))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, q := range s.Parts[0].Quantities {
		got = append(got, q.Text)
	}
	if want := []string{"1.00", "1.00", "0.60", "床疑举低"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestMemoryIsAtLeastTheWeights and less than what all runs may hold.
func TestMemoryIsAtLeastTheWeights(t *testing.T) {
	m, _ := modeltest.Shiya()
	var weights int64
	for _, p := range m.Parameters() {
		weights += 4 * int64(len(p.Values))
	}
	p, err := read(input(t.Context(), t, values(), nil))
	if err != nil {
		t.Fatal(err)
	}
	got, err := p.memory()
	if err != nil {
		t.Fatal(err)
	}
	if got.models != 2*weights || got.moments != 2*weights || got.gradient != weights || got.total() > 200<<20 {
		t.Errorf("%+v for weights of %d", got, weights)
	}
	if c := m.Config; shiya.width != c.Width || shiya.layers != c.Layers || shiya.heads != c.Heads*c.HeadDim || shiya.kv != c.KVHeads*c.HeadDim || shiya.ffn != c.FFN || shiya.vocab != c.Vocab || shiya.context != c.Context {
		t.Errorf("%+v is not %+v", shiya, c)
	}
}
