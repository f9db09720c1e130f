package quantise

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/app/modeltest"
	"courselab/attention"
	"courselab/attention/quantise"
	"courselab/attention/train"
	"courselab/attention/verse"
)

// small is a model of one layer that knows every character of the held-out verse.
func small(t *testing.T) (*attention.Model, *attention.Tokenizer) {
	t.Helper()
	symbols := []string{"<bos>", "<eos>", "<unk>"}
	seen := map[rune]bool{}
	for _, text := range verse.HeldOut() {
		for _, r := range text {
			if !seen[r] {
				seen[r] = true
				symbols = append(symbols, string(r))
			}
		}
	}
	tokenizer, err := attention.NewTokenizer(symbols, 3)
	if err != nil {
		t.Fatal(err)
	}
	m, err := attention.NewModel(attention.ModelConfig{
		Vocab: len(symbols), Width: 16, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 8, FFN: 24, Context: 72,
		RopeTheta: 10000, NormEps: 1e-5, Tied: true, BOS: 0, EOS: []int{1},
	}, 3)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.Parameters() {
		for i := range p.Values {
			if len(p.Shape) == 2 {
				p.Values[i] *= 12
			}
		}
	}
	return m, tokenizer
}

func input(ctx context.Context, m *attention.Model, tokenizer *attention.Tokenizer, change map[string]string) *sheet.Input {
	values := map[string]string{"bits": "4", "group": "channel", "zero": "symmetric", "method": "nearest", "part": "up", "layer": "0", "prompt": "明月", "seed": "1", "poems": "8"}
	for k, v := range change {
		values[k] = v
	}
	return sheet.New(ctx, values, sheet.Options{Lab: "quantise", Model: func(context.Context, func(engine.Reply)) (*attention.Model, *attention.Tokenizer, error) {
		return m, tokenizer, nil
	}})
}

// sound fails on numbers that are none.
func sound(t *testing.T, s engine.Sheet) {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"NaN", "+Inf", "-Inf", `"-0"`, "−0\"", "%!"} {
		if strings.Contains(string(text), bad) {
			t.Errorf("%q in the sheet", bad)
		}
	}
}

func TestSheetOfOneMatrix(t *testing.T) {
	m, tokenizer := small(t)
	for _, bits := range []string{"32", "16", "8", "4", "3", "2"} {
		for _, group := range []string{"whole", "channel", "32"} {
			for _, zero := range []string{"symmetric", "asymmetric"} {
				for _, part := range []string{"embedding", "down"} {
					s, err := Sheet(input(t.Context(), m, tokenizer, map[string]string{"bits": bits, "group": group, "zero": zero, "part": part}))
					if err != nil {
						t.Fatal(err)
					}
					sound(t, s)
					if s.Answer != "more" || !strings.Contains(s.Because, "28.1") || len(s.Parts[0].Figures[0].Table.Rows) != bins {
						t.Errorf("answer %q because %q", s.Answer, s.Because)
					}
				}
			}
		}
	}
	s, err := Sheet(input(t.Context(), m, tokenizer, nil))
	if err != nil {
		t.Fatal(err)
	}
	w := quantise.Matrix(m.Parameters()[slices.IndexFunc(m.Parameters(), func(p attention.Parameter) bool { return strings.HasSuffix(p.Name, "up_proj.weight") })])
	tensor, err := quantise.Round(w, quantise.Scheme{Bits: 4})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, p := range s.Parts {
		for _, q := range p.Quantities {
			got[q.Name] = *q.Value
		}
	}
	if want := 100 * quantise.Distance(w, tensor.Matrix()); got["相对误差"] != want || got["这个矩阵占"] != float64(len(tensor.Pack())) {
		t.Errorf("error %v, %v bytes; want %v, %d", got["相对误差"], got["这个矩阵占"], want, len(tensor.Pack()))
	}
	if v := got["读回来 ŵ"]; v != float64(tensor.Matrix().Data[0]) && math.Abs(v-float64(tensor.Matrix().Data[0])) > 1e-7 {
		t.Errorf("first weight comes back as %v, want %v", v, tensor.Matrix().Data[0])
	}
	whole, err := quantise.Quantise(t.Context(), m, quantise.Options{Scheme: quantise.Scheme{Bits: 4}})
	if err != nil || modelBytes(m, quantise.Scheme{Bits: 4}) != whole.Bytes {
		t.Errorf("%d bytes, want %d (%v)", modelBytes(m, quantise.Scheme{Bits: 4}), whole.Bytes, err)
	}
}

func TestInputsThatCannotBeUsed(t *testing.T) {
	m, tokenizer := small(t)
	for field, change := range map[string]map[string]string{
		"layer": {"layer": "1"}, "group": {"group": "x"}, "part": {"part": "norm"}, "bits": {"bits": "1"},
	} {
		_, err := Sheet(input(t.Context(), m, tokenizer, change))
		var faults *sheet.Faults
		if !errors.As(err, &faults) || faults.All[0].Field != field {
			t.Errorf("%v: %v", change, err)
		}
	}
	for _, prompt := range []string{"qwerty", strings.Repeat("月", 80)} {
		_, err := Run.Begin(input(t.Context(), m, tokenizer, map[string]string{"prompt": prompt}))
		var faults *sheet.Faults
		if !errors.As(err, &faults) || faults.All[0].Field != "prompt" {
			t.Errorf("prompt %.9q: %v", prompt, err)
		}
	}
}

// started begins a run over a few poems of the held-out verse, and without what
// takes its time from the clock.
func started(t *testing.T, in *sheet.Input) *measurement {
	t.Helper()
	begun, err := Run.Begin(in)
	if err != nil {
		t.Fatal(err)
	}
	r := begun.(*measurement)
	r.held = r.held[:4]
	r.steps = slices.DeleteFunc(r.steps, func(s step) bool { return s.what == "测速" })
	return r
}

func TestRunMeasures(t *testing.T) {
	m, tokenizer := small(t)
	for _, change := range []map[string]string{{}, {"bits": "16"}, {"bits": "3", "method": "gptq", "zero": "asymmetric", "group": "32"}} {
		r := started(t, input(t.Context(), m, tokenizer, change))
		var last engine.Sheet
		for r.At().Done < r.At().Total {
			if err := r.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
			var err error
			if at := int(r.At().Done); at%5 == 0 || at < 12 || at == len(r.steps) {
				if last, err = r.Sheet(t.Context()); err != nil {
					t.Fatal(err)
				}
				sound(t, last)
			}
		}
		if r.Bytes() <= 0 || len(r.versions) != len(grid()) || len(r.poems) < 2 {
			t.Errorf("%v: %d bytes, %d versions, %d poems", change, r.Bytes(), len(r.versions), len(r.poems))
		}
		// The table's cell of int4 by rows, to the nearest, worked out anew.
		q, err := quantise.Quantise(t.Context(), m, quantise.Options{Scheme: quantise.Scheme{Bits: 4}})
		if err != nil {
			t.Fatal(err)
		}
		loss, err := train.HeldOut(t.Context(), q.Model, attention.Go{}, r.held, 100)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, p := range last.Parts {
			for _, table := range p.Tables {
				for _, row := range table.Rows {
					if row.Cells[0].Text == "int4" && row.Cells[1].Text == "每行" {
						found = true
						if got := row.Cells[3].Text; got != format.Number(math.Exp(loss)) {
							t.Errorf("%v: perplexity %s, want %s", change, got, format.Number(math.Exp(loss)))
						}
					}
				}
			}
		}
		if !found {
			t.Errorf("%v: no row of int4 in %+v", change, last.Parts)
		}
	}
}

// TestRunGoesOnAfterAPause breaks steps off and compares with a run that was left
// alone.
func TestRunGoesOnAfterAPause(t *testing.T) {
	m, tokenizer := small(t)
	left := started(t, input(t.Context(), m, tokenizer, nil))
	in := input(t.Context(), m, tokenizer, nil)
	broken := started(t, in)
	for range 6 {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		in.Under(ctx)
		before := broken.At()
		if err := broken.Step(ctx); !errors.Is(err, context.Canceled) || broken.At() != before {
			t.Fatalf("step %v: %v, then at %v", before, err, broken.At())
		}
		in.Under(t.Context())
		for _, r := range []*measurement{left, broken} {
			if err := r.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	a, err := left.Sheet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b, err := broken.Sheet(t.Context())
	if err != nil || a.Verdict != b.Verdict || len(left.texts) != len(broken.texts) {
		t.Errorf("%+v after pauses, %+v without (%v)", b.Verdict, a.Verdict, err)
	}
}

// TestRise pairs two poems by hand: 1 nat more over 3 tokens, 3 more over 5.
func TestRise(t *testing.T) {
	r := &measurement{held: []train.Document{{0, 3, 4, 1}, {0, 3, 4, 5, 6, 1}}, base: []float64{10, 20}}
	mean, margin := r.rise([]float64{11, 23})
	// Off by 1 − 0.5·3 = −0.5 and 3 − 0.5·5 = 0.5: √(0.5·2) / 8.
	if mean != 0.5 || math.Abs(margin-1.96/8) > 1e-12 {
		t.Errorf("%v ± %v", mean, margin)
	}
}

// TestWhatIsSaidOfTheModel holds the words of the lab's experiments against the
// model that the site carries, on a quarter of the poems.
func TestWhatIsSaidOfTheModel(t *testing.T) {
	if testing.Short() {
		t.Skip("goes through the course's model: not with -short")
	}
	m, tokenizer := modeltest.Shiya()
	documents, err := train.Documents(verse.HeldOut()[:12], tokenizer, m.Config, 2)
	if err != nil {
		t.Fatal(err)
	}
	loss := func(s quantise.Scheme, only string) float64 {
		o := quantise.Options{Scheme: s}
		if only != "" {
			o.Only = func(name string) bool { return name == only }
		}
		q, err := quantise.Quantise(t.Context(), m, o)
		if err != nil {
			t.Fatal(err)
		}
		l, err := train.HeldOut(t.Context(), q.Model, attention.Go{}, documents, 300)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	base := loss(quantise.Scheme{Bits: 32}, "")
	row, whole := loss(quantise.Scheme{Bits: 4}, "")-base, loss(quantise.Scheme{Bits: 4, Group: quantise.Whole}, "")-base
	embedding, query := loss(quantise.Scheme{Bits: 4}, "model.embed_tokens.weight")-base, loss(quantise.Scheme{Bits: 4}, "model.layers.0.self_attn.q_proj.weight")-base
	eight, half := loss(quantise.Scheme{Bits: 8}, "")-base, loss(quantise.Scheme{Bits: 16}, "")-base
	if half != 0 || math.Abs(eight) > 0.02 || row > 0.3 || whole < 2 || embedding < 10*math.Abs(query) {
		t.Errorf("fp16 %+v, int8 %+v, int4 by rows %+v, by the whole matrix %+v; of E alone %+v, of a W_Q %+v", half, eight, row, whole, embedding, query)
	}
	parameters, all := 0, 0
	for _, p := range m.Parameters() {
		all += len(p.Values)
		if p.Name == "model.embed_tokens.weight" {
			parameters = len(p.Values)
		}
	}
	if share := float64(parameters) / float64(all); share < 0.30 || share > 0.37 {
		t.Errorf("E is %v of the model", share)
	}
}
