package quantise

import (
	"fmt"
	"math"

	"courselab/attention"
)

// damping is what is added to H's diagonal, as a share of its mean.
const damping = 0.01

// GPTQ rounds w column by column, each column's error made up for by those that
// follow, given the inputs of w.
func GPTQ(w attention.Matrix, s Scheme, in *Inputs) (*Tensor, error) {
	if s.Float() {
		return Round(w, s)
	}
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("gptq: %w", err)
	}
	if in == nil || in.Size != w.Cols {
		return nil, fmt.Errorf("gptq: no inputs of %d numbers", w.Cols)
	}
	u, err := in.cholesky()
	if err != nil {
		return nil, fmt.Errorf("gptq: %w", err)
	}
	t := newTensor(s, w.Rows, w.Cols)
	if s.Group <= 0 {
		t.fitAll(w)
	}
	k, group := w.Cols, s.group(w.Cols)
	row := make([]float64, k)
	for i := range w.Rows {
		for j, v := range w.Row(i) {
			row[j] = float64(v)
		}
		for j := range k {
			at := t.scale(i, j)
			if s.Group > 0 && j%group == 0 {
				// The group as the columns before have left it.
				var low, high float64
				for _, v := range row[j:min(j+group, k)] {
					low, high = min(low, v), max(high, v)
				}
				t.fit(at, float32(low), float32(high))
			}
			q, value := t.round(at, float32(row[j]))
			t.Q[i*k+j] = q
			off := (row[j] - float64(value)) / u[j*k+j]
			if off == 0 {
				continue
			}
			rest := u[j*k+j+1 : (j+1)*k]
			for l, v := range rest {
				row[j+1+l] -= off * v
			}
		}
	}
	return t, nil
}

// cholesky returns U (k, k), upper triangular, with UᵀU = (H + damping)⁻¹. It
// keeps it for the next time.
func (in *Inputs) cholesky() ([]float64, error) {
	if in.factor != nil {
		return in.factor, nil
	}
	k := in.Size
	h := append([]float64(nil), in.Gram...)
	var mean float64
	for i := range k {
		mean += h[i*k+i] / float64(k)
	}
	if !(mean > 0) || math.IsInf(mean, 0) {
		return nil, fmt.Errorf("the inputs are nothing but zeros")
	}
	for i := range k {
		h[i*k+i] += damping * mean
	}
	inverse, err := invert(h, k)
	if err != nil {
		return nil, err
	}
	// UᵀU = H⁻¹ with U upper: the transpose of the usual lower factor.
	l, err := lower(inverse, k)
	if err != nil {
		return nil, err
	}
	u := make([]float64, k*k)
	for i := range k {
		for j := range i + 1 {
			u[j*k+i] = l[i*k+j]
		}
	}
	in.factor = u
	return u, nil
}

// lower returns L (k, k), lower triangular, with LLᵀ = a symmetric positive
// definite matrix.
func lower(a []float64, k int) ([]float64, error) {
	l := make([]float64, k*k)
	for i := range k {
		for j := range i + 1 {
			sum := a[i*k+j]
			x, y := l[i*k:i*k+j], l[j*k:j*k+j]
			for n := range x {
				sum -= x[n] * y[n]
			}
			if i != j {
				l[i*k+j] = sum / l[j*k+j]
				continue
			}
			if !(sum > 0) {
				return nil, fmt.Errorf("factor inputs: column %d depends on those before", i)
			}
			l[i*k+i] = math.Sqrt(sum)
		}
	}
	return l, nil
}

// invert returns the inverse of a symmetric positive definite matrix, by its
// factor: a⁻¹ = L⁻ᵀ L⁻¹.
func invert(a []float64, k int) ([]float64, error) {
	l, err := lower(a, k)
	if err != nil {
		return nil, err
	}
	// m = L⁻¹, column by column; kept transposed, so that rows lie together.
	m := make([]float64, k*k) // m[j·k+i] = L⁻¹[i,j]
	for j := range k {
		column := m[j*k : (j+1)*k]
		column[j] = 1 / l[j*k+j]
		for i := j + 1; i < k; i++ {
			var sum float64
			for n := j; n < i; n++ {
				sum -= l[i*k+n] * column[n]
			}
			column[i] = sum / l[i*k+i]
		}
	}
	out := make([]float64, k*k)
	for i := range k {
		for j := range i + 1 {
			var sum float64
			for n := i; n < k; n++ {
				sum += m[i*k+n] * m[j*k+n]
			}
			out[i*k+j], out[j*k+i] = sum, sum
		}
	}
	return out, nil
}
