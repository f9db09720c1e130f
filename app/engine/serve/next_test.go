package serve

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/attention"
)

func nextInput() engine.NextInput {
	return engine.NextInput{Text: "床前明月光，", Count: 8, Temperature: 0.9, TopK: 12, TopP: 0.95, Penalty: 1.1, Seed: 3}
}

// written gathers all steps of a writing.
func written(t testing.TB, s *Server, in engine.NextInput) engine.NextWritten {
	t.Helper()
	replies := repliesTo(t, context.Background(), s, engine.OpNextWrite, in)
	var all engine.NextWritten
	for _, r := range replies {
		if r.Kind == engine.Failed {
			t.Fatal(r.Error)
		}
		if r.Kind != engine.Partial && r.Kind != engine.Done {
			continue
		}
		var part engine.NextWritten
		if err := json.Unmarshal(r.Output, &part); err != nil {
			t.Fatal(err)
		}
		if part.From != len(all.Steps) {
			t.Fatalf("a part from %d after %d steps", part.From, len(all.Steps))
		}
		part.Steps = append(all.Steps, part.Steps...)
		all = part
	}
	return all
}

func textOf(steps []engine.NextStep) string {
	var b strings.Builder
	for _, s := range steps {
		b.WriteString(s.Symbol)
	}
	return b.String()
}

// TestWritingIsGenerate holds that the lab writes what attention.Generate does.
func TestWritingIsGenerate(t *testing.T) {
	s := modelServer()
	m, err := testModel(t).get(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	stops := map[string]int{}
	for seed := range uint64(30) {
		in := nextInput()
		in.Seed, in.Count = seed, 30
		got := written(t, s, in)
		stops[got.Stop]++
		d, _ := attention.NewDecoder(m.Model, attention.Go{}, m.Config.Context)
		sampler, _ := attention.NewSampler(nextSampling(in), m.Config.Vocab)
		prompt, _ := m.read(in.Text)
		want, stop, err := attention.Generate(t.Context(), d, sampler, prompt, in.Count, nil)
		if err != nil {
			t.Fatal(err)
		}
		var tokens []int
		for _, step := range got.Steps {
			if !step.Mark {
				tokens = append(tokens, step.Token)
			}
		}
		if m.tokenizer.Decode(tokens) != m.tokenizer.Decode(want) || got.Stop != string(stop) || got.Why == "" {
			t.Fatalf("seed %d: %q %s, want %q %s", seed, m.tokenizer.Decode(tokens), got.Stop, m.tokenizer.Decode(want), stop)
		}
	}
	if stops["eos"] == 0 || stops["context"] == 0 {
		t.Errorf("ends not tried: %v", stops)
	}
}

// TestForkedPathGoesOn holds that a text taken up anywhere goes on as it would
// have, and that another character leads elsewhere.
func TestForkedPathGoesOn(t *testing.T) {
	s := modelServer()
	in := nextInput()
	whole := written(t, s, in)
	for at := 1; at < len(whole.Steps); at++ {
		rest := in
		rest.Path = textOf(whole.Steps[:at])
		if got := textOf(written(t, s, rest).Steps); got != textOf(whole.Steps[at:]) {
			t.Errorf("from %d on: %q, want %q", at, got, textOf(whole.Steps[at:]))
		}
	}
	rest := in
	rest.Path = textOf(whole.Steps[:2]) + "海"
	if len(written(t, s, rest).Steps) == 0 {
		t.Error("nothing after a fork")
	}
}

// TestPrediction recomputes the distribution from the model, in float64 and
// without a cache.
func TestPrediction(t *testing.T) {
	s := modelServer()
	m, _ := testModel(t).get(t.Context(), nil)
	in := nextInput()
	in.Rows = 999
	var got engine.NextPrediction
	result(t, s, engine.OpNextPredict, in, &got)
	tokens, _ := m.read(in.Text)
	d, _ := attention.NewDecoder(m.Model, attention.Reference{}, m.Config.Context)
	logits, err := d.Next(t.Context(), tokens)
	if err != nil {
		t.Fatal(err)
	}
	total, sum, final := attention.SumExp(logits, 0), 0.0, 0.0
	for i, c := range got.Rows {
		if c.Rank != i || c.Symbol != m.symbol(c.Token) {
			t.Errorf("row %d: %+v", i, c)
		}
		if want := math.Exp(float64(logits[c.Token])) / total; math.Abs(c.Plain-want) > 1e-5 {
			t.Errorf("%s: probability %v, want %v", c.Symbol, c.Plain, want)
		}
		sum += c.Plain
		final += c.Final
	}
	if len(got.Rows) != got.Vocab || math.Abs(sum-1) > 1e-9 || math.Abs(final-1) > 1e-9 {
		t.Errorf("%d rows, sums %v and %v", len(got.Rows), sum, final)
	}
	if first := written(t, s, in).Steps[0]; first.Token != got.Drawn.Token || math.Abs(first.Final-got.Drawn.Final) > 1e-9 || math.Abs(first.Plain-got.Drawn.Plain) > 1e-9 {
		t.Errorf("%+v is drawn, %+v foretold", first, got.Drawn)
	}
	if got.FinalSpread > got.PlainSpread || got.FinalSpread < 1 {
		t.Errorf("spreads %v, %v", got.PlainSpread, got.FinalSpread)
	}
	if !strings.Contains(got.Figure.SVG, "<svg") || len(got.Figure.Table.Rows) == 0 {
		t.Error("no figure")
	}
}

func TestReadingOfStrangeAndLongText(t *testing.T) {
	s := modelServer()
	in := nextInput()
	in.Text = "床x前y明"
	var got engine.NextPrediction
	result(t, s, engine.OpNextPredict, in, &got)
	if got.Reading.Unseen != 2 || got.Reading.Read != 4 {
		t.Errorf("%+v", got.Reading)
	}
	in.Text = strings.Repeat("春江潮水", 12) // 48 characters into 24 positions
	result(t, s, engine.OpNextPredict, in, &got)
	if got.Reading.Dropped != 25 || got.Reading.Read != 24 || !got.Reading.Tokens[1].Dropped || got.Reading.Tokens[48].Dropped {
		t.Errorf("dropped %d, read %d", got.Reading.Dropped, got.Reading.Read)
	}
	w := written(t, s, in)
	if len(w.Steps) != 1 || w.Stop != "context" && w.Stop != "eos" {
		t.Errorf("%d steps, %s", len(w.Steps), w.Stop)
	}
	in.Text = ""
	if w := written(t, s, in); len(w.Steps) == 0 {
		t.Error("the model cannot begin by itself")
	}
}

func TestNextRefusals(t *testing.T) {
	s := modelServer()
	for field, spoil := range map[string]func(*engine.NextInput){
		"text":        func(in *engine.NextInput) { in.Text = strings.Repeat("长", 201) },
		"path":        func(in *engine.NextInput) { in.Path = "上\n下" },
		"count":       func(in *engine.NextInput) { in.Count = -1 },
		"temperature": func(in *engine.NextInput) { in.Temperature = -0.1 },
		"topK":        func(in *engine.NextInput) { in.TopK = -2 },
		"topP":        func(in *engine.NextInput) { in.TopP = 0 },
		"minP":        func(in *engine.NextInput) { in.MinP = 1.5 },
		"penalty":     func(in *engine.NextInput) { in.Penalty = 0 },
		"rows":        func(in *engine.NextInput) { in.Rows = -1 },
		"backend":     func(in *engine.NextInput) { in.Backend = "tpu" },
	} {
		in := nextInput()
		spoil(&in)
		for _, op := range []string{engine.OpNextPredict, engine.OpNextWrite, engine.OpNextStatic} {
			replies := repliesTo(t, context.Background(), s, op, in)
			e := replies[len(replies)-1].Error
			if e == nil || e.Code != engine.BadInput || e.Field != field || e.Op != op {
				t.Errorf("%s, %s: %+v", field, op, e)
			}
		}
	}
	for _, edge := range []func(*engine.NextInput){
		func(in *engine.NextInput) { in.Temperature = 0 },
		func(in *engine.NextInput) { in.TopP = 1e-12 },
		func(in *engine.NextInput) { in.TopK = 1 },
		func(in *engine.NextInput) { in.MinP = 1 },
	} {
		in := nextInput()
		in.Penalty = 1
		edge(&in)
		var got engine.NextPrediction
		result(t, s, engine.OpNextPredict, in, &got)
		if got.MinP != 1 || got.Drawn.Rank != 0 || got.Drawn.Final != 1 {
			t.Errorf("%+v keeps %d, draws %+v", in, got.MinP, got.Drawn)
		}
	}
	in := nextInput()
	in.Path = "海"
	in.Count = 0
	if w := written(t, s, in); len(w.Steps) != 0 || w.Stop != "max_tokens" {
		t.Errorf("%+v", w)
	}
}

func TestWritingIsGivenUp(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := modelServer()
	raw, _ := json.Marshal(nextInput())
	var last engine.Reply
	s.Handle(ctx, engine.Request{Version: engine.Version, ID: 1, Op: engine.OpNextWrite, Input: raw}, func(r engine.Reply) {
		last = r
		if r.Kind == engine.Partial {
			cancel()
		}
	})
	if last.Kind != engine.Cancelled {
		t.Errorf("%s %v", last.Kind, last.Error)
	}
}

func TestNextStatic(t *testing.T) {
	var got engine.NextStatic
	result(t, modelServer(), engine.OpNextStatic, nextInput(), &got)
	want := written(t, modelServer(), nextInput())
	if textOf(got.Written.Steps) != textOf(want.Steps) || got.Written.Rate != 0 || len(got.Prediction.Rows) != defaultRows {
		t.Errorf("%q, %q", textOf(got.Written.Steps), textOf(want.Steps))
	}
}
