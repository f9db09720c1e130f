package quantise

import (
	"context"
	"math"
	"testing"

	"courselab/attention"
	"courselab/attention/train"
)

var tiny = attention.ModelConfig{
	Vocab: 13, Width: 16, Layers: 2, Heads: 2, KVHeads: 1, HeadDim: 8, FFN: 24, Context: 12,
	RopeTheta: 10000, NormEps: 1e-5, Tied: true, BOS: 0, EOS: []int{1},
}

func model(t *testing.T) (*attention.Model, []train.Document) {
	t.Helper()
	m, err := attention.NewModel(tiny, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.Parameters() {
		for i := range p.Values {
			if len(p.Shape) == 2 {
				p.Values[i] *= 15
			}
		}
	}
	var documents []train.Document
	for i := range 12 {
		d := train.Document{0}
		for j := range 9 {
			d = append(d, (i*7+j*j*3)%13)
		}
		documents = append(documents, append(d, 1))
	}
	return m, documents
}

// watcher notes what a matrix is multiplied by.
type watcher struct {
	attention.Go
	matrix *float32
	seen   []float32
}

func (w *watcher) MatMulT(dst, a, b attention.Matrix) {
	if &b.Data[0] == w.matrix {
		w.seen = append(w.seen, a.Data...)
	}
	w.Go.MatMulT(dst, a, b)
}

func TestCalibrateSumsInputs(t *testing.T) {
	m, documents := model(t)
	pauses := 0
	all, err := Calibrate(t.Context(), m, attention.Go{}, documents, func(context.Context) error { pauses++; return nil })
	if err != nil || pauses == 0 {
		t.Fatalf("%d pauses, %v", pauses, err)
	}
	for _, p := range m.Parameters() {
		if len(p.Shape) != 2 {
			continue
		}
		w := &watcher{matrix: &p.Values[0]}
		if _, err := train.Losses(t.Context(), m, w, documents, 40, nil); err != nil {
			t.Fatal(err)
		}
		in, k := all[p.Name], p.Shape[1]
		if in == nil || in.Size != k || in.Rows*k != len(w.seen) {
			t.Fatalf("%s: inputs %+v of %d numbers", p.Name, in, len(w.seen))
		}
		for i := range k {
			for j := range k {
				var sum, size float64
				for r := 0; r < len(w.seen); r += k {
					v := float64(w.seen[r+i]) * float64(w.seen[r+j])
					sum += v
					size += math.Abs(v)
				}
				if math.Abs(in.Gram[i*k+j]-sum) > 1e-5*size+1e-12 {
					t.Fatalf("%s: XᵀX[%d,%d] is %v, want %v", p.Name, i, j, in.Gram[i*k+j], sum)
				}
			}
		}
	}
}

func TestQuantiseCountsBytes(t *testing.T) {
	m, documents := model(t)
	all, err := Calibrate(t.Context(), m, attention.Go{}, documents, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range schemes() {
		for _, c := range []Calibration{nil, all} {
			q, err := Quantise(t.Context(), m, Options{Scheme: s, Calibration: c})
			if err != nil {
				t.Fatal(err)
			}
			want := 0
			for _, p := range q.Model.Parameters() {
				if tensor := q.Tensors[p.Name]; tensor != nil {
					want += len(tensor.Pack())
				} else if s.Bits == 32 {
					want += 4 * len(p.Values)
				} else {
					want += 2 * len(p.Values)
				}
			}
			if q.Bytes != want || len(q.Tensors) != len(Matrices(m)) {
				t.Errorf("%+v: %d bytes in %d tensors, want %d", s, q.Bytes, len(q.Tensors), want)
			}
			if loss := loss(t, q.Model, attention.Go{}, documents); s.Float() && math.Abs(loss-loss32(t, m, documents)) > 1e-2 {
				t.Errorf("%+v: loss %v", s, loss)
			}
		}
	}
	only, err := Quantise(t.Context(), m, Options{Scheme: Scheme{Bits: 2}, Only: func(name string) bool { return name == "model.layers.1.mlp.up_proj.weight" }})
	if err != nil || len(only.Tensors) != 1 {
		t.Fatalf("%d tensors, %v", len(only.Tensors), err)
	}
	for i, p := range only.Model.Parameters() {
		same := true
		for j, v := range m.Parameters()[i].Values {
			same = same && p.Values[j] == v
		}
		if same == (only.Tensors[p.Name] != nil) {
			t.Errorf("%s stays: %v", p.Name, same)
		}
	}
}

func loss(t *testing.T, m *attention.Model, b attention.Backend, documents []train.Document) float64 {
	t.Helper()
	l, err := train.HeldOut(t.Context(), m, b, documents, 100)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func loss32(t *testing.T, m *attention.Model, documents []train.Document) float64 {
	return loss(t, m, attention.Go{}, documents)
}

// TestIntegersMultiply compares with floats: the rounded inputs times what the
// integers stand for.
func TestIntegersMultiply(t *testing.T) {
	m, documents := model(t)
	for _, s := range schemes() {
		q, err := Quantise(t.Context(), m, Options{Scheme: s})
		if err != nil {
			t.Fatal(err)
		}
		b, err := q.Integers(attention.Go{})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range q.Model.Parameters() {
			if len(p.Shape) != 2 {
				continue
			}
			w, x := Matrix(p), random(8, 3, p.Shape[1])
			if !s.Float() {
				codes := make([]int8, x.Cols)
				for i := range x.Rows {
					unit := attention.RoundRow(codes, x.Row(i))
					for j, c := range codes {
						x.Set(i, j, unit*float32(c))
					}
				}
			}
			got, want := attention.NewMatrix(3, w.Rows), attention.NewMatrix(3, w.Rows)
			b.MatMulT(got, x, w)
			attention.Reference{}.MatMulT(want, x, w)
			if d := Distance(want, got); d > 1e-5 {
				t.Errorf("%+v, %s: differs by %v", s, p.Name, d)
			}
		}
		// A whole pass: rounding of the inputs is all that is added.
		plain, whole := loss(t, q.Model, attention.Go{}, documents), loss(t, q.Model, b, documents)
		if math.Abs(plain-whole) > 0.03*plain || !s.Float() && plain == whole {
			t.Errorf("%+v: loss on integers %v, on floats %v", s, whole, plain)
		}
	}
	if _, err := (&Model{Model: m}).Integers(noIntegers{}); err == nil {
		t.Error("a backend without integers is taken")
	}
}

type noIntegers struct{ attention.Backend }

func (noIntegers) Name() string { return "none" }
