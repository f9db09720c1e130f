package quantise

import (
	"math"
	"testing"

	"courselab/attention"
)

// inputs returns those of n rows whose columns depend on one another.
func inputs(n, k int) (*Inputs, attention.Matrix) {
	x := random(9, n, k)
	for i := range x.Rows {
		row := x.Row(i)
		for j := 1; j < k; j++ {
			row[j] = 0.8*row[j-1] + 0.4*row[j]
		}
	}
	in := &Inputs{Rows: n, Size: k, Gram: make([]float64, k*k)}
	for r := range n {
		for i, a := range x.Row(r) {
			for j, b := range x.Row(r) {
				in.Gram[i*k+j] += float64(a) * float64(b)
			}
		}
	}
	return in, x
}

// TestCholesky multiplies the factor by what it is of.
func TestCholesky(t *testing.T) {
	const k = 9
	in, _ := inputs(40, k)
	u, err := in.cholesky()
	if err != nil {
		t.Fatal(err)
	}
	var mean float64
	for i := range k {
		mean += in.Gram[i*k+i] / k
	}
	h := append([]float64(nil), in.Gram...)
	for i := range k {
		h[i*k+i] += 0.01 * mean
	}
	for i := range k {
		for j := range i {
			if u[i*k+j] != 0 {
				t.Errorf("U[%d,%d] is %v", i, j, u[i*k+j])
			}
		}
		for j := range k {
			var sum float64 // of UᵀU·H
			for l := range k {
				for m := range k {
					sum += u[m*k+i] * u[m*k+l] * h[l*k+j]
				}
			}
			want := 0.0
			if i == j {
				want = 1
			}
			if math.Abs(sum-want) > 1e-9 {
				t.Errorf("UᵀUH[%d,%d] is %v", i, j, sum)
			}
		}
	}
	if _, err := (&Inputs{Size: 2, Gram: make([]float64, 4)}).cholesky(); err == nil {
		t.Error("inputs of zeros have a factor")
	}
}

// TestGPTQByDefinition minimises over the columns that follow, one at a time, by
// solving for them: the update of Frantar et al. before it is made fast.
func TestGPTQByDefinition(t *testing.T) {
	const k = 6
	in, _ := inputs(50, k)
	w := random(4, 3, k)
	s := Scheme{Bits: 3}
	got, err := GPTQ(w, s, in)
	if err != nil {
		t.Fatal(err)
	}
	var mean float64
	for i := range k {
		mean += in.Gram[i*k+i] / k
	}
	want := newTensor(s, w.Rows, k)
	want.fitAll(w)
	for i := range w.Rows {
		row := append([]float32(nil), w.Row(i)...)
		for j := range k {
			q, value := want.round(want.scale(i, j), row[j])
			want.Q[i*k+j] = q
			// Columns F behind j move by δ: least (e, δ)ᵀH(e, δ), so H_FF δ = −H_Fj e,
			// where e = ŵ − w of column j.
			f := k - j - 1
			h, move := make([]float64, f*f), make([]float64, f)
			for a := range f {
				for b := range f {
					h[a*f+b] = in.Gram[(j+1+a)*k+j+1+b]
					if a == b {
						h[a*f+b] += 0.01 * mean
					}
				}
				move[a] = -in.Gram[(j+1+a)*k+j] * float64(value-row[j])
			}
			inverse, err := invert(h, f)
			if err != nil {
				t.Fatal(err)
			}
			for a := range f {
				var sum float64
				for b := range f {
					sum += inverse[a*f+b] * move[b]
				}
				row[j+1+a] += float32(sum)
			}
		}
	}
	for i, q := range want.Q {
		if got.Q[i] != q {
			t.Fatalf("integers %v, want %v", got.Q, want.Q)
		}
	}
}

func TestGPTQLowersTheOutputsError(t *testing.T) {
	in, x := inputs(300, 64)
	w := random(5, 24, 64)
	for _, s := range []Scheme{{Bits: 4}, {Bits: 4, Group: 32}, {Bits: 3, Group: Whole}, {Bits: 3, Group: 32, Asymmetric: true}} {
		nearest, err := Round(w, s)
		if err != nil {
			t.Fatal(err)
		}
		calibrated, err := GPTQ(w, s, in)
		if err != nil {
			t.Fatal(err)
		}
		before, after := in.Error(w, nearest.Matrix()), in.Error(w, calibrated.Matrix())
		if !(after < 0.8*before) {
			t.Errorf("%+v: error of the outputs %v, to the nearest %v", s, after, before)
		}
		if want := outputs(x, w, calibrated.Matrix()); math.Abs(after-want) > 1e-4*want {
			t.Errorf("%+v: error %v, by the outputs %v", s, after, want)
		}
	}
}

// outputs is Inputs.Error by multiplying out.
func outputs(x, w, rounded attention.Matrix) float64 {
	a, b := attention.NewMatrix(x.Rows, w.Rows), attention.NewMatrix(x.Rows, w.Rows)
	attention.Reference{}.MatMulT(a, x, w)
	attention.Reference{}.MatMulT(b, x, rounded)
	return Distance(a, b)
}

// TestGPTQWithoutCorrelation leaves nothing to make up for.
func TestGPTQWithoutCorrelation(t *testing.T) {
	w, s := random(6, 5, 20), Scheme{Bits: 4}
	in := &Inputs{Rows: 20, Size: 20, Gram: make([]float64, 400)}
	for i := range 20 {
		in.Gram[i*20+i] = 1
	}
	a, err := GPTQ(w, s, in)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Round(w, s)
	if err != nil {
		t.Fatal(err)
	}
	for i := range a.Q {
		if a.Q[i] != b.Q[i] {
			t.Fatalf("integers %v, to the nearest %v", a.Q, b.Q)
		}
	}
	if _, err := GPTQ(w, s, &Inputs{Size: 19}); err == nil {
		t.Error("inputs of another width are taken")
	}
}
