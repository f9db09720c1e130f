package train

import (
	"context"
	"math"
	"testing"

	"courselab/attention"
)

// naiveDistillation is the loss as its definition has it, over one row.
func naiveDistillation(s, z []float32, target int, temperature, weight float64) (text, divergence, whole float64) {
	softmax := func(x []float32, t float64) []float64 {
		out := make([]float64, len(x))
		var sum float64
		for i, v := range x {
			out[i] = math.Exp(float64(v) / t)
			sum += out[i]
		}
		for i := range out {
			out[i] /= sum
		}
		return out
	}
	p, q := softmax(z, temperature), softmax(s, temperature)
	for j := range p {
		divergence += p[j] * math.Log(p[j]/q[j])
	}
	text = -math.Log(softmax(s, 1)[target])
	return text, divergence, (1-weight)*text + weight*temperature*temperature*divergence
}

func random(rows, cols int, seed uint64) attention.Matrix {
	m := attention.NewMatrix(rows, cols)
	state := seed*2654435761 + 12345
	for i := range m.Data {
		state = state*6364136223846793005 + 1442695040888963407
		m.Data[i] = float32(int64(state>>33)-1<<30) / (1 << 29)
	}
	return m
}

// TestSoftenIsTheDefinition compares losses with the definition and gradients with
// slopes, at cold and hot temperatures and at both ends of the weight.
func TestSoftenIsTheDefinition(t *testing.T) {
	const rows, vocab, scale, delta = 3, 7, 0.25, 1.0 / 512
	targets := []int{2, 6, 0}
	for _, c := range []struct{ temperature, weight float64 }{{1, 0.5}, {2, 1}, {0.5, 0.3}, {8, 0.9}, {3, 0}} {
		student, teacher := random(rows, vocab, 1), random(rows, vocab, 2)
		for _, b := range []attention.TrainingBackend{attention.Go{}, attention.Reference{}} {
			s, z := clone(student), clone(teacher)
			scratch := [3]attention.Matrix{clone(s), clone(s), clone(s)}
			losses, divergences := make([]float32, rows), make([]float32, rows)
			if err := soften(context.Background(), b, s, z, scratch, targets, losses, divergences, c.temperature, c.weight, scale); err != nil {
				t.Fatal(err)
			}
			for i := range rows {
				text, divergence, _ := naiveDistillation(student.Row(i), teacher.Row(i), targets[i], c.temperature, c.weight)
				if math.Abs(text-float64(losses[i])) > 1e-5 || math.Abs(divergence-float64(divergences[i])) > 1e-5 {
					t.Errorf("%s, T %v, row %d: loss %v, divergence %v; want %v, %v", b.Name(), c.temperature, i, losses[i], divergences[i], text, divergence)
				}
				for j := range vocab {
					moved := append([]float32(nil), student.Row(i)...)
					moved[j] += delta
					_, _, up := naiveDistillation(moved, teacher.Row(i), targets[i], c.temperature, c.weight)
					moved[j] -= 2 * delta
					_, _, down := naiveDistillation(moved, teacher.Row(i), targets[i], c.temperature, c.weight)
					want := scale * (up - down) / (2 * delta)
					if got := float64(s.At(i, j)); math.Abs(got-want) > 1e-5+2e-4*math.Abs(want) {
						t.Errorf("%s, T %v, weight %v, cell %d,%d: gradient %v, slope %v", b.Name(), c.temperature, c.weight, i, j, got, want)
					}
				}
			}
		}
	}
}

func clone(m attention.Matrix) attention.Matrix {
	m.Data = append([]float32(nil), m.Data...)
	return m
}

// TestDistilledGradientIsTheSlope moves weights of a whole student, whose loss is
// computed from the decoders' logits.
func TestDistilledGradientIsTheSlope(t *testing.T) {
	teacher, batch := model(t, tiny), counting()[2:6]
	small := tiny
	small.Width, small.Layers, small.FFN = 6, 1, 10
	m := model(t, small)
	trainer, err := New(m, attention.Reference{}, batch, Default())
	if err != nil {
		t.Fatal(err)
	}
	d := Distillation{Teacher: teacher, Temperature: 2, Weight: 0.7}
	if err := trainer.Distil(d); err != nil {
		t.Fatal(err)
	}
	text, err := trainer.gradients(t.Context(), batch)
	if err != nil {
		t.Fatal(err)
	}
	logits := func(m *attention.Model, d Document) attention.Matrix {
		decoder, err := attention.NewDecoder(m, attention.Reference{}, m.Config.Context)
		if err != nil {
			t.Fatal(err)
		}
		out, err := decoder.Forward(t.Context(), d[:d.rows()])
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	var ofTeacher []attention.Matrix
	for _, d := range batch {
		ofTeacher = append(ofTeacher, clone(logits(teacher, d)))
	}
	loss := func() (text, divergence, whole float64) {
		n := 0.0
		for k, document := range batch {
			s := logits(m, document)
			for i, target := range document[1:] {
				a, b, c := naiveDistillation(s.Row(i), ofTeacher[k].Row(i), target, d.Temperature, d.Weight)
				text, divergence, whole, n = text+a, divergence+b, whole+c, n+1
			}
		}
		return text / n, divergence / n, whole / n
	}
	wantText, wantDivergence, _ := loss()
	if got := trainer.pass.distil.mean(); math.Abs(text-wantText) > 1e-5 || math.Abs(got-wantDivergence) > 1e-5 {
		t.Errorf("loss %v and divergence %v, want %v and %v", text, got, wantText, wantDivergence)
	}
	const delta = 1.0 / 128
	gradients := trainer.pass.gradient.Parameters()
	for i, p := range m.Parameters() {
		for j := 0; j < len(p.Values); j += max(1, len(p.Values)/9) {
			v := p.Values[j]
			p.Values[j] = v + delta
			_, _, up := loss()
			p.Values[j] = v - delta
			_, _, down := loss()
			p.Values[j] = v
			if got, want := float64(gradients[i].Values[j]), (up-down)/(2*delta); math.Abs(got-want) > 2e-4+4e-3*math.Abs(want) {
				t.Errorf("%s[%d]: gradient %v, slope %v", p.Name, j, got, want)
			}
		}
	}
}

// TestDistilsTowardsTheTeacher: with the teacher's weight at one the student comes
// to say what the teacher says, even where that is not what the texts say.
func TestDistilsTowardsTheTeacher(t *testing.T) {
	teacher := model(t, tiny)
	m, err := attention.NewModel(tiny, 3)
	if err != nil {
		t.Fatal(err)
	}
	o := short()
	o.Epochs = 40
	trainer, err := New(m, attention.Go{}, counting(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := trainer.Distil(Distillation{Teacher: teacher, Temperature: 2, Weight: 1}); err != nil {
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
	if first.Divergence < 0.02 || last.Divergence > first.Divergence/20 {
		t.Errorf("divergence from %v to %v", first.Divergence, last.Divergence)
	}
}

func TestDistillationRefuses(t *testing.T) {
	m := model(t, tiny)
	wide, short := tiny, tiny
	wide.Vocab, short.Context = 12, 8
	for name, d := range map[string]Distillation{
		"no teacher": {Temperature: 1}, "vocabulary": {Teacher: model(t, wide), Temperature: 1}, "context": {Teacher: model(t, short), Temperature: 1},
		"temperature": {Teacher: m}, "nan": {Teacher: m, Temperature: math.NaN()}, "weight": {Teacher: m, Temperature: 1, Weight: 1.5},
	} {
		if err := d.Check(tiny); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if err := (Distillation{Teacher: m, Temperature: 1, Weight: 1}).Check(tiny); err != nil {
		t.Error(err)
	}
}
