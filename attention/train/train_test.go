package train

import (
	"bytes"
	"context"
	"errors"
	"math"
	"testing"

	"courselab/attention"
	"courselab/attention/blas"
)

var tiny = attention.ModelConfig{Vocab: 11, Width: 8, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 4, FFN: 12, Context: 9, RopeTheta: 100, NormEps: 1e-5, Tied: true, BOS: 0, EOS: []int{1}}

func model(t *testing.T, c attention.ModelConfig) *attention.Model {
	t.Helper()
	m, err := attention.NewModel(c, 7)
	if err != nil {
		t.Fatal(err)
	}
	// Weights large enough for every nonlinearity to matter.
	for _, p := range m.Parameters() {
		for i := range p.Values {
			if len(p.Shape) > 1 {
				p.Values[i] *= 8
			}
		}
	}
	return m
}

// counting documents: the next token is the last plus one.
func counting() []Document {
	var out []Document
	for first := 2; first < 11; first++ {
		for length := 1; length < 8; length++ {
			d := Document{0}
			for i := range length {
				d = append(d, 2+(first-2+i)%9)
			}
			out = append(out, append(d, 1))
		}
	}
	return out
}

// TestLossIsTheModels compares a batch's losses with the decoder's logits.
func TestLossIsTheModels(t *testing.T) {
	m, documents := model(t, tiny), counting()[3:8]
	got, err := HeldOut(t.Context(), m, attention.Go{}, documents, 20)
	if err != nil {
		t.Fatal(err)
	}
	pauses := 0
	each, err := Losses(t.Context(), m, attention.Go{}, documents, 20, func(context.Context) error { pauses++; return nil })
	if err != nil || pauses == 0 {
		t.Fatalf("%d pauses, %v", pauses, err)
	}
	var sum float64
	var count int
	for at, d := range documents {
		before := sum
		decoder, err := attention.NewDecoder(m, attention.Reference{}, tiny.Context)
		if err != nil {
			t.Fatal(err)
		}
		logits, err := decoder.Forward(t.Context(), d[:d.rows()])
		if err != nil {
			t.Fatal(err)
		}
		for i, target := range d[1:] {
			var total float64
			for _, v := range logits.Row(i) {
				total += math.Exp(float64(v))
			}
			sum += math.Log(total) - float64(logits.At(i, target))
			count++
		}
		if want := sum - before; math.Abs(each[at]-want) > 1e-4 {
			t.Errorf("document %d: loss %v, want %v", at, each[at], want)
		}
	}
	if want := sum / float64(count); math.Abs(got-want) > 1e-5 {
		t.Errorf("held-out loss %v, want %v", got, want)
	}
}

// TestGradientIsTheSlope moves each weight of the model by itself.
func TestGradientIsTheSlope(t *testing.T) {
	untied := tiny
	untied.Tied = false
	for _, c := range []attention.ModelConfig{tiny, untied} {
		m, batch := model(t, c), counting()[2:6]
		o := Default()
		trainer, err := New(m, attention.Reference{}, batch, o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := trainer.gradients(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		loss := func() float64 {
			l, err := HeldOut(t.Context(), m, attention.Reference{}, batch, 1000)
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		const delta = 1.0 / 128
		gradients := trainer.pass.gradient.Parameters()
		for i, p := range m.Parameters() {
			for j := 0; j < len(p.Values); j += max(1, len(p.Values)/9) {
				v := p.Values[j]
				p.Values[j] = v + delta
				up := loss()
				p.Values[j] = v - delta
				down := loss()
				p.Values[j] = v
				if got, want := float64(gradients[i].Values[j]), (up-down)/(2*delta); math.Abs(got-want) > 1e-4+2e-3*math.Abs(want) {
					t.Errorf("%s[%d], tied %t: gradient %v, slope %v", p.Name, j, c.Tied, got, want)
				}
			}
		}
	}
}

func short() Options {
	o := Default()
	o.Epochs, o.Rows, o.Rate, o.Warmup, o.Seed = 12, 60, 1e-2, 5, 3
	return o
}

// TestLearns: a counting sequence is certain but for its first token, one of
// nine, and its length, one of seven: (ln 9 + ln 7)/5 = 0.83 nats a token, five
// on average.
func TestLearns(t *testing.T) {
	for _, b := range []attention.Backend{attention.Go{}, blas.Backend{}} {
		m, err := attention.NewModel(tiny, 1)
		if err != nil {
			t.Fatal(err)
		}
		o := short()
		o.Epochs = 60
		trainer, err := New(m, b, counting(), o)
		if err != nil {
			t.Fatal(err)
		}
		var first, last Result
		for trainer.Done() < trainer.Steps() {
			if last, err = trainer.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
			if last.Step == 1 {
				first = last
			}
		}
		if math.Abs(first.Loss-math.Log(11)) > 0.1 || !last.EpochEnd || last.Epoch != 60 {
			t.Errorf("%s: from %+v to %+v, want ln 11 at first", b.Name(), first, last)
		}
		if loss, err := HeldOut(t.Context(), m, b, counting(), 100); err != nil || loss > 0.9 || loss < 0.82 {
			t.Errorf("%s: %v nats a token, %v; want near 0.83", b.Name(), loss, err)
		}
	}
}

// TestResumes stops a run in its middle, in an epoch's middle too, and compares
// every later loss and the weights with those of a run that was not stopped.
func TestResumes(t *testing.T) {
	run := func(stop int) (losses []float64, weights []byte) {
		m, err := attention.NewModel(tiny, 1)
		if err != nil {
			t.Fatal(err)
		}
		trainer, err := New(m, attention.Go{}, counting(), short())
		if err != nil {
			t.Fatal(err)
		}
		for trainer.Done() < 30 {
			if trainer.Done() == stop {
				var file bytes.Buffer
				if err := trainer.Save(&file); err != nil {
					t.Fatal(err)
				}
				other, err := attention.NewModel(tiny, 99)
				if err != nil {
					t.Fatal(err)
				}
				if trainer, err = New(other, attention.Go{}, counting(), short()); err != nil {
					t.Fatal(err)
				}
				if err := trainer.Load(file.Bytes()); err != nil {
					t.Fatal(err)
				}
				stop = -1
			}
			r, err := trainer.Step(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			losses = append(losses, r.Loss)
		}
		var file bytes.Buffer
		if err := trainer.Save(&file); err != nil {
			t.Fatal(err)
		}
		return losses, file.Bytes()
	}
	want, weights := run(-1)
	for _, stop := range []int{0, 1, 7, 29} {
		got, after := run(stop)
		for i := range want {
			if got[i] != want[i] {
				t.Fatalf("stopped at %d: loss %d is %v, want %v", stop, i, got[i], want[i])
			}
		}
		if !bytes.Equal(after, weights) {
			t.Errorf("stopped at %d: the weights differ", stop)
		}
	}
}

func TestLoadRefuses(t *testing.T) {
	trainer := func(c attention.ModelConfig, documents []Document, o Options) *Trainer {
		m, err := attention.NewModel(c, 1)
		if err != nil {
			t.Fatal(err)
		}
		out, err := New(m, attention.Go{}, documents, o)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	var file bytes.Buffer
	if err := trainer(tiny, counting(), short()).Save(&file); err != nil {
		t.Fatal(err)
	}
	wider, seeded := tiny, short()
	wider.FFN, seeded.Seed = 14, 4
	for name, other := range map[string]*Trainer{
		"model": trainer(wider, counting(), short()), "options": trainer(tiny, counting(), seeded), "documents": trainer(tiny, counting()[1:], short()),
	} {
		if err := other.Load(file.Bytes()); !errors.Is(err, ErrOtherRun) {
			t.Errorf("other %s: error %v, want ErrOtherRun", name, err)
		}
	}
	taught := trainer(tiny, counting(), short())
	if err := taught.Distil(Distillation{Teacher: taught.Model().Zeros(), Temperature: 2, Weight: 1}); err != nil {
		t.Fatal(err)
	}
	if err := taught.Load(file.Bytes()); !errors.Is(err, ErrOtherRun) {
		t.Errorf("a run without a teacher was taken for one with: %v", err)
	}
	same := trainer(tiny, counting(), short())
	for _, cut := range []int{0, 7, 100, file.Len() / 2, file.Len() - 1} {
		if err := same.Load(file.Bytes()[:cut]); err == nil {
			t.Errorf("%d bytes of %d were taken", cut, file.Len())
		}
	}
	if err := same.Load(file.Bytes()); err != nil {
		t.Error(err)
	}
}

// TestEpochIsEachOnce: every document stands in one batch, no batch is too
// large, and two epochs differ.
func TestEpochIsEachOnce(t *testing.T) {
	documents := counting()
	for _, rows := range []int{1, 5, 9, 40, 1 << 20} {
		seen := map[int]int{}
		for _, batch := range Epoch(documents, rows, 1, 0) {
			n := 0
			for _, i := range batch {
				seen[i]++
				n += documents[i].rows()
			}
			if n > rows && len(batch) > 1 || len(batch) == 0 {
				t.Errorf("rows %d: a batch of %d documents, %d rows", rows, len(batch), n)
			}
		}
		for i := range documents {
			if seen[i] != 1 {
				t.Errorf("rows %d: document %d stands there %d times", rows, i, seen[i])
			}
		}
	}
	if a, b := Epoch(documents, 1<<20, 1, 0)[0], Epoch(documents, 1<<20, 1, 1)[0]; a[0] == b[0] && a[1] == b[1] && a[2] == b[2] {
		t.Error("two epochs begin alike")
	}
}

func TestDocuments(t *testing.T) {
	tokenizer, err := attention.NewTokenizer([]string{"<bos>", "<eos>", "<unk>", "天", "地"}, 3)
	if err != nil {
		t.Fatal(err)
	}
	c := tiny
	c.Context = 4
	got, err := Documents([]string{"天地", "天地天地天天"}, tokenizer, c, -1)
	if err != nil {
		t.Fatal(err)
	}
	want := []Document{{0, 3, 4, 1}, {0, 3, 4, 3, 4}, {4, 3, 3, 1}}
	if len(got) != len(want) {
		t.Fatalf("%v, want %v", got, want)
	}
	for i := range want {
		if len(got[i]) != len(want[i]) {
			t.Fatalf("%v, want %v", got, want)
		}
		for j := range want[i] {
			if got[i][j] != want[i][j] {
				t.Errorf("%v, want %v", got, want)
			}
		}
	}
	if _, err := Documents([]string{"天人"}, tokenizer, c, -1); err == nil {
		t.Error("an unseen character was taken")
	}
	if d, err := Documents([]string{"天人"}, tokenizer, c, 2); err != nil || d[0][2] != 2 {
		t.Errorf("unseen character: %v, %v", d, err)
	}
	if _, err := Documents([]string{"天", ""}, tokenizer, c, 2); err == nil {
		t.Error("an empty text was taken")
	}
}

func TestRate(t *testing.T) {
	for _, c := range []struct {
		step int
		want float64
	}{{0, 0.1}, {9, 1}, {10, 1}, {60, 0.6}, {110, 0.2}, {500, 0.2}} {
		if got := Rate(c.step, 110, 10, 1, 0.2); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("rate of step %d is %v, want %v", c.step, got, c.want)
		}
	}
}

func TestOptionsAreNamed(t *testing.T) {
	for name, change := range map[string]func(*Options){
		"epochs": func(o *Options) { o.Epochs = 0 }, "batch-tokens": func(o *Options) { o.Rows = -1 },
		"rate": func(o *Options) { o.Rate = math.NaN() }, "beta2": func(o *Options) { o.Beta2 = 1 },
	} {
		o := Default()
		change(&o)
		if err := o.Check(); err == nil || !bytes.HasPrefix([]byte(err.Error()), []byte(name+" ")) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// TestStepStops: a cancelled step returns the reason, and so does a pause.
func TestStepStops(t *testing.T) {
	m, err := attention.NewModel(tiny, 1)
	if err != nil {
		t.Fatal(err)
	}
	trainer, err := New(m, attention.Go{}, counting(), short())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	trainer.Pause = func(context.Context) error { cancel(); return nil }
	if _, err := trainer.Step(ctx); !errors.Is(err, context.Canceled) || trainer.Done() != 0 {
		t.Errorf("error %v after %d steps", err, trainer.Done())
	}
}
