package train

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"courselab/attention"
	"courselab/attention/blas"
	"courselab/attention/safetensors"
)

// tasks are one of each objective over the vocabulary of tiny, whose token 2
// stands for a hidden one.
func tasks() []Task {
	return []Task{{}, {Objective: Masked, Hide: 0.4, Mask: 2, First: 3}, {Objective: Leaked}}
}

// TestTaskGradientIsTheSlope moves weights of the model by themselves, for every
// objective.
func TestTaskGradientIsTheSlope(t *testing.T) {
	for _, task := range tasks() {
		m, batch := model(t, tiny), counting()[4:7]
		o := Default()
		o.Task = task
		trainer, err := New(m, attention.Reference{}, batch, o)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := trainer.gradients(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		loss := func() float64 {
			p := pass{model: m, backend: attention.Reference{}}
			random := hiding(o.Seed, 0)
			task.load(&p, batch, func(int) *rand.Rand { return random })
			if err := errors.Join(p.forward(t.Context()), p.score(t.Context(), false)); err != nil {
				t.Fatal(err)
			}
			l, err := p.meanLoss()
			if err != nil {
				t.Fatal(err)
			}
			return l
		}
		const delta = 1.0 / 128
		gradients := trainer.pass.gradient.Parameters()
		for i, p := range m.Parameters() {
			for j := 0; j < len(p.Values); j += max(1, len(p.Values)/5) {
				v := p.Values[j]
				p.Values[j] = v + delta
				up := loss()
				p.Values[j] = v - delta
				down := loss()
				p.Values[j] = v
				if got, want := float64(gradients[i].Values[j]), (up-down)/(2*delta); math.Abs(got-want) > 1e-4+2e-3*math.Abs(want) {
					t.Errorf("objective %d, %s[%d]: gradient %v, slope %v", task.Objective, p.Name, j, got, want)
				}
			}
		}
	}
}

// TestMaskedLossIsOfTheHidden computes the loss of a batch from what a reader
// says of the positions that were hidden.
func TestMaskedLossIsOfTheHidden(t *testing.T) {
	task := tasks()[1]
	m, documents := model(t, tiny), counting()[3:9]
	got, err := task.HeldOut(t.Context(), m, attention.Go{}, documents, 1000, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := pass{model: m, backend: attention.Reference{}}
	task.load(&p, documents, func(i int) *rand.Rand { return hiding(heldOutSeed, uint64(i)) })
	var sum float64
	count := 0
	for i, d := range p.documents {
		read := p.inputs[d.from:d.to]
		changed := 0
		for at, row := range read {
			scored := slices.Index(p.scored, d.from+at)
			if row != documents[i][at] {
				changed++
				if scored < 0 {
					t.Errorf("document %d: token %d was changed and is not asked for", i, at)
				}
			}
			if scored < 0 {
				continue
			}
			if p.targets[scored] != documents[i][at] {
				t.Errorf("document %d: target of %d is %d, want %d", i, at, p.targets[scored], documents[i][at])
			}
			logits, err := NewReader(m, attention.Reference{}, true).Logits(t.Context(), [][]int{read}, []Place{{0, at}})
			if err != nil {
				t.Fatal(err)
			}
			var total float64
			for _, v := range logits.Row(0) {
				total += math.Exp(float64(v))
			}
			sum += math.Log(total) - float64(logits.At(0, documents[i][at]))
			count++
		}
		if want := task.Hidden(len(read)); changed > want {
			t.Errorf("document %d of %d tokens: %d were changed, at most %d", i, len(read), changed, want)
		}
	}
	if want := sum / float64(count); math.Abs(got-want) > 1e-4 {
		t.Errorf("loss %v, want %v", got, want)
	}
	if count != len(p.targets) {
		t.Errorf("%d predictions, want %d", len(p.targets), count)
	}
}

// TestHidesAsSaid counts what becomes of 20,000 hidden tokens.
func TestHidesAsSaid(t *testing.T) {
	c := tiny
	c.Vocab, c.Context = 100, 400
	m, err := attention.NewModel(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	task := Task{Objective: Masked, Hide: 0.15, Mask: 3, First: 4}
	d := make(Document, 401)
	for i := range d {
		d[i] = 4 + i%96
	}
	var masks, same, random, seen int
	for batch := range uint64(400) {
		p := pass{model: m, backend: attention.Go{}}
		task.load(&p, []Document{d}, func(int) *rand.Rand { return hiding(1, batch) })
		if len(p.scored) != 60 {
			t.Fatalf("%d hidden of 400, want 60", len(p.scored))
		}
		for i, at := range p.scored {
			switch p.inputs[at] {
			case 3:
				masks++
			case p.targets[i]:
				same++
			default:
				random++
			}
			if p.inputs[at] < 3 {
				t.Fatalf("token %d was put in", p.inputs[at])
			}
			seen++
		}
	}
	// A tenth is drawn at random, one of 96 of which stays the same by chance.
	for _, share := range []struct {
		name string
		got  int
		want float64
	}{{"mask", masks, 0.8}, {"random", random, 0.1 * 95 / 96}, {"same", same, 0.1 + 0.1/96}} {
		if got := float64(share.got) / float64(seen); math.Abs(got-share.want) > 5*math.Sqrt(share.want*(1-share.want)/float64(seen)) {
			t.Errorf("%s: %.4f of the hidden, want %.4f", share.name, got, share.want)
		}
	}
}

// TestReaderSees: what stands after a position matters where nothing is masked,
// and only there; with the mask a reader says what a decoder does.
func TestReaderSees(t *testing.T) {
	m := model(t, tiny)
	texts := [][]int{{3, 4, 5, 6}, {3, 4, 5, 9}, {7, 7}}
	places := []Place{{0, 1}, {1, 1}, {2, 1}}
	for _, unmasked := range []bool{false, true} {
		got, err := NewReader(m, attention.Go{}, unmasked).Logits(t.Context(), texts, places)
		if err != nil {
			t.Fatal(err)
		}
		if same := slices.Equal(got.Row(0), got.Row(1)); same == unmasked {
			t.Errorf("unmasked %t: the last token matters to the second: %t", unmasked, !same)
		}
		if unmasked {
			continue
		}
		decoder, err := attention.NewDecoder(m, attention.Reference{}, tiny.Context)
		if err != nil {
			t.Fatal(err)
		}
		want, err := decoder.Forward(t.Context(), []int{7, 7})
		if err != nil {
			t.Fatal(err)
		}
		for j, v := range want.Row(1) {
			if math.Abs(float64(v-got.At(2, j))) > 1e-4 {
				t.Errorf("logit %d is %v, the decoder's %v", j, got.At(2, j), v)
			}
		}
	}
	r := NewReader(m, attention.Go{}, true)
	if _, err := r.Logits(t.Context(), texts, nil); err != nil {
		t.Fatal(err)
	}
	w := r.Weights(1, 1)
	for i := range w.Rows {
		var sum float64
		for _, v := range w.Row(i) {
			sum += float64(v)
		}
		if w.Cols != 4 || math.Abs(sum-1) > 1e-5 {
			t.Errorf("row %d of weights (%d, %d) sums to %v", i, w.Rows, w.Cols, sum)
		}
	}
	for name, call := range map[string]func() error{
		"empty":     func() error { _, err := r.Logits(t.Context(), [][]int{{}}, nil); return err },
		"long":      func() error { _, err := r.Logits(t.Context(), [][]int{make([]int, 10)}, nil); return err },
		"token":     func() error { _, err := r.Logits(t.Context(), [][]int{{11}}, nil); return err },
		"no place":  func() error { _, err := r.Logits(t.Context(), texts, []Place{{0, 4}}); return err },
		"no places": func() error { _, err := r.Logits(t.Context(), texts, []Place{{3, 0}}); return err },
	} {
		if call() == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// TestTasksLearn: the counting sequence is known from either side, so a masked
// model learns it; a leaked one copies, and its loss says nothing of what it can
// do.
func TestTasksLearn(t *testing.T) {
	for _, b := range []attention.Backend{attention.Go{}, blas.Backend{}} {
		for _, task := range tasks()[1:] {
			m, err := attention.NewModel(tiny, 1)
			if err != nil {
				t.Fatal(err)
			}
			o := short()
			o.Epochs, o.Task = 150, task
			if task.Objective == Leaked {
				o.Epochs = 60
			}
			var long []Document
			for _, d := range counting() {
				if d.rows() > 3 {
					long = append(long, d)
				}
			}
			trainer, err := New(m, b, long, o)
			if err != nil {
				t.Fatal(err)
			}
			for trainer.Done() < trainer.Steps() {
				if _, err := trainer.Step(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			loss, err := task.HeldOut(t.Context(), m, b, long, 1000, nil)
			if err != nil {
				t.Fatal(err)
			}
			// Guessing without any context costs 2.2.
			if most := map[Objective]float64{Masked: 0.7, Leaked: 0.4}[task.Objective]; loss > most {
				t.Errorf("%s, objective %d: %v nats a prediction, want at most %v", b.Name(), task.Objective, loss, most)
			}
			if task.Objective != Leaked {
				continue
			}
			honest, err := HeldOut(t.Context(), m, b, long, 1000)
			if err != nil {
				t.Fatal(err)
			}
			if honest < 2*loss+0.5 {
				t.Errorf("%s: the leaked model's loss without what leaked is %v, with it %v", b.Name(), honest, loss)
			}
		}
	}
}

// TestTaskResumes stops runs of every objective, with a rate that was changed,
// and goes on from a file of two trainers.
func TestTaskResumes(t *testing.T) {
	start := func(task Task) *Trainer {
		m, err := attention.NewModel(tiny, 1)
		if err != nil {
			t.Fatal(err)
		}
		o := short()
		o.Task = task
		trainer, err := New(m, attention.Go{}, counting(), o)
		if err != nil {
			t.Fatal(err)
		}
		return trainer
	}
	steps := func(n int, trainers ...*Trainer) (losses []float64) {
		for range n {
			for _, trainer := range trainers {
				r, err := trainer.Step(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				losses = append(losses, r.Loss)
			}
		}
		return losses
	}
	causal, masked := start(tasks()[0]), start(tasks()[1])
	steps(5, causal, masked)
	if err := masked.SetRate(2e-2); err != nil {
		t.Fatal(err)
	}
	steps(4, causal, masked)
	var all []safetensors.Source
	about := map[string]string{}
	for name, trainer := range map[string]*Trainer{"a.": causal, "b.": masked} {
		tensors, text, err := trainer.Checkpoint(name)
		if err != nil {
			t.Fatal(err)
		}
		all, about[name] = append(all, tensors...), text
	}
	var file bytes.Buffer
	if err := safetensors.Write(&file, all, about); err != nil {
		t.Fatal(err)
	}
	want := steps(6, causal, masked)

	read, err := safetensors.Parse(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	causal, masked = start(tasks()[0]), start(tasks()[1])
	if _, err := causal.Restore(read, "b.", read.Metadata["b."]); !errors.Is(err, ErrOtherRun) {
		t.Errorf("another task's checkpoint: error %v, want ErrOtherRun", err)
	}
	for name, trainer := range map[string]*Trainer{"a.": causal, "b.": masked} {
		apply, err := trainer.Restore(read, name, read.Metadata[name])
		if err != nil {
			t.Fatal(err)
		}
		if trainer.Done() != 0 {
			t.Error("Restore alone changed the trainer")
		}
		apply()
	}
	if masked.Rate() != 2e-2 {
		t.Errorf("the rate is %v, want 0.02", masked.Rate())
	}
	if got := steps(6, causal, masked); !slices.Equal(got, want) {
		t.Errorf("losses %v, want %v", got, want)
	}
	for _, rate := range []float64{0, -1, 11, math.NaN(), math.Inf(1)} {
		if err := masked.SetRate(rate); err == nil {
			t.Errorf("rate %v was taken", rate)
		}
	}
}

// TestDiverges: a rate that is far too high ends in an error with a name, or in
// numbers, never in NaN.
func TestDiverges(t *testing.T) {
	m, err := attention.NewModel(tiny, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.Parameters() {
		p.Values[0] = float32(math.NaN())
	}
	trainer, err := New(m, attention.Go{}, counting(), short())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trainer.Step(t.Context()); !errors.Is(err, ErrDiverged) {
		t.Errorf("error %v, want ErrDiverged", err)
	}
}

func TestTaskRefuses(t *testing.T) {
	m := model(t, tiny)
	for name, task := range map[string]Task{
		"objective": {Objective: 3}, "hide nothing": {Objective: Masked, First: 3}, "hide": {Objective: Masked, Hide: math.NaN()},
		"mask": {Objective: Masked, Hide: 0.1, Mask: 11}, "first": {Objective: Masked, Hide: 0.1, First: -1},
	} {
		o := short()
		o.Task = task
		if _, err := New(m, attention.Go{}, counting(), o); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

// TestPack: every token but the first is predicted once, nothing is padded.
func TestPack(t *testing.T) {
	tokenizer, err := attention.NewTokenizer([]string{"<bos>", "<eos>", "<unk>", "天", "地"}, 3)
	if err != nil {
		t.Fatal(err)
	}
	c := tiny
	c.Context = 3
	got, err := Pack([]string{"天地", "地人天", "天"}, tokenizer, c, Unknown)
	if err != nil {
		t.Fatal(err)
	}
	want := []Document{{3, 4, 1, 4}, {4, 2, 3, 1}, {1, 3, 1}}
	if !slices.EqualFunc(got, want, func(a, b Document) bool { return slices.Equal(a, b) }) {
		t.Errorf("%v, want %v", got, want)
	}
	if got, err := Pack([]string{"天地天"}, tokenizer, c, -1); err != nil || len(got) != 1 || len(got[0]) != 4 {
		t.Errorf("one document: %v, %v", got, err)
	}
	if _, err := Pack([]string{"人"}, tokenizer, c, -1); err == nil {
		t.Error("an unseen character was taken")
	}
	if got, err := Pack(nil, tokenizer, c, Unknown); err != nil || len(got) != 0 {
		t.Errorf("nothing: %v, %v", got, err)
	}
}
