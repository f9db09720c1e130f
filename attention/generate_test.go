package attention

import (
	"context"
	"errors"
	"slices"
	"testing"
)

func generate(t *testing.T, m *Model, s Sampling, capacity int, prompt []int, count int) ([]int, Stop) {
	t.Helper()
	d, err := NewDecoder(m, Go{}, capacity)
	if err != nil {
		t.Fatal(err)
	}
	sampler, err := NewSampler(s, m.Config.Vocab)
	if err != nil {
		t.Fatal(err)
	}
	tokens, stop, err := Generate(t.Context(), d, sampler, prompt, count, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tokens, stop
}

func TestGenerate(t *testing.T) {
	c := configs()[0]
	c.EOS = nil
	m := lively(t, c, 2)
	greedy := Sampling{TopP: 1, RepetitionPenalty: 1}
	tokens, stop := generate(t, m, greedy, 16, []int{3, 4}, 6)
	if len(tokens) != 6 || stop != StopCount {
		t.Fatalf("%v, %s", tokens, stop)
	}
	text := []int{3, 4}
	for _, token := range tokens { // without the cache
		logits := forward(t, m, Go{}, text)
		row := logits.Row(len(text) - 1)
		if best := slices.Index(row, slices.Max(row)); best != token {
			t.Fatalf("after %v comes %d, not %d", text, best, token)
		}
		text = append(text, token)
	}
	// The last token drawn need not fit: it is not read again.
	if tokens, stop := generate(t, m, greedy, 4, []int{3, 4}, 9); len(tokens) != 3 || stop != StopContext {
		t.Errorf("at the context's end: %v, %s", tokens, stop)
	}
	if tokens, stop := generate(t, m, greedy, 4, []int{3, 4}, 3); len(tokens) != 3 || stop != StopCount {
		t.Errorf("just fitting: %v, %s", tokens, stop)
	}
	if tokens, stop := generate(t, m, greedy, 4, []int{3, 4}, 0); len(tokens) != 0 || stop != StopCount {
		t.Errorf("none asked for: %v, %s", tokens, stop)
	}
	m.Config.EOS = []int{tokens[0]}
	if tokens, stop := generate(t, m, greedy, 16, []int{3, 4}, 6); len(tokens) != 0 || stop != StopEnd {
		t.Errorf("at the end mark: %v, %s", tokens, stop)
	}
	m.Config.EOS = nil
	warm := Sampling{Temperature: 1.5, TopP: 1, RepetitionPenalty: 1, Seed: 1}
	a, _ := generate(t, m, warm, 16, []int{3}, 12)
	b, _ := generate(t, m, warm, 16, []int{3}, 12)
	warm.Seed = 2
	other, _ := generate(t, m, warm, 16, []int{3}, 12)
	if !slices.Equal(a, b) || slices.Equal(a, other) {
		t.Errorf("seeds 1, 1, 2: %v, %v, %v", a, b, other)
	}
}

func TestGenerateRefuses(t *testing.T) {
	m := lively(t, configs()[0], 2)
	d, _ := NewDecoder(m, Go{}, 4)
	sampler, _ := NewSampler(plain, m.Config.Vocab)
	_, _, err := Generate(t.Context(), d, sampler, nil, 1, nil)
	says(t, "empty prompt", err, "prompt", "empty")
	_, _, err = Generate(t.Context(), d, sampler, []int{1}, -1, nil)
	says(t, "count", err, "-1")
	_, _, err = Generate(t.Context(), d, sampler, []int{1, 1, 1, 1, 1}, 1, nil)
	var full *ContextError
	if !errors.As(err, &full) {
		t.Errorf("long prompt: %v", err)
	}
	tokens, stop, err := Generate(t.Context(), d, sampler, []int{2}, 3, func(int) bool { return false })
	if err != nil || stop != StopCaller && stop != StopEnd || stop == StopCaller && len(tokens) != 1 {
		t.Errorf("stopped by the caller: %v, %s, %v", tokens, stop, err)
	}
}

// shiya is the shape of the course's own model.
var shiya = ModelConfig{Vocab: 3003, Width: 128, Layers: 4, Heads: 4, KVHeads: 2, HeadDim: 32, FFN: 352, Context: 72, RopeTheta: 10000, NormEps: 1e-5, Tied: true, BOS: 0, EOS: []int{1}}

// decodeStep returns a step that reads one token and draws the next.
func decodeStep(t testing.TB, b Backend) func() {
	m, err := NewModel(shiya, 1)
	if err != nil {
		t.Fatal(err)
	}
	d, err := NewDecoder(m, b, shiya.Context)
	if err != nil {
		t.Fatal(err)
	}
	sampler, err := NewSampler(Sampling{Temperature: 0.8, TopK: 50, TopP: 0.95, RepetitionPenalty: 1.1, Seed: 1}, shiya.Vocab)
	if err != nil {
		t.Fatal(err)
	}
	token := []int{7}
	text := make([]int, 0, shiya.Context)
	ctx := context.Background()
	return func() {
		if d.Len() == d.Capacity() {
			d.Truncate(0)
			text = text[:0]
		}
		logits, err := d.Next(ctx, token)
		if err != nil {
			t.Fatal(err)
		}
		text = append(text, token[0])
		if token[0], err = sampler.Sample(logits, text); err != nil {
			t.Fatal(err)
		}
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	for _, b := range []Backend{Go{}, struct{ Backend }{Go{}}} {
		step := decodeStep(t, b)
		step()
		if n := testing.AllocsPerRun(100, step); n != 0 {
			t.Errorf("%v allocations per token", n)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	step := decodeStep(b, Go{})
	b.ReportAllocs()
	for b.Loop() {
		step()
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}

func BenchmarkPrefill(b *testing.B) {
	m, err := NewModel(shiya, 1)
	if err != nil {
		b.Fatal(err)
	}
	d, err := NewDecoder(m, Go{}, shiya.Context)
	if err != nil {
		b.Fatal(err)
	}
	tokens := someTokens(shiya, 64, 1)
	b.ReportAllocs()
	for b.Loop() {
		d.Truncate(0)
		if _, err := d.Next(b.Context(), tokens); err != nil {
			b.Fatal(err)
		}
	}
}
