package quantise

import (
	"fmt"

	"courselab/attention"
)

// Integers returns b with the products by m's quantised matrices carried out on
// their integers: activations are rounded to eight bits, row by row, as
// attention.RoundRow does. All else is b's. A decoder and the losses of m.Model
// run on it. Weights of fewer bits lie in a byte each while they are computed
// with. It fails where b multiplies no integers.
func (m *Model) Integers(b attention.Backend) (attention.TrainingBackend, error) {
	whole, ok := b.(attention.IntegerBackend)
	if !ok {
		return nil, fmt.Errorf("integers on %s: it multiplies none", b.Name())
	}
	out := &integers{TrainingBackend: attention.ForTraining(b), integer: whole, weights: map[*float32]weights{}}
	for _, p := range m.Model.Parameters() {
		t := m.Tensors[p.Name]
		if t == nil || t.Scheme.Float() || len(p.Values) == 0 {
			continue
		}
		w := weights{matrix: t.Int8()}
		if t.Zeros != nil {
			w.zeros = attention.NewMatrix(t.Rows, w.matrix.Groups())
			for i := range t.Rows {
				for g := range w.zeros.Cols {
					u := t.scale(i, g*w.matrix.Group)
					w.zeros.Set(i, g, t.Scales[u]*float32(t.Zeros[u]))
				}
			}
		}
		out.weights[&p.Values[0]] = w
	}
	return out, nil
}

// Int8 returns the integers with a scale to each group of a row, zero points left
// out.
func (t *Tensor) Int8() attention.Int8Matrix {
	w := attention.Int8Matrix{Rows: t.Rows, Cols: t.Cols, Group: t.Scheme.group(t.Cols), Data: t.Q, Scales: t.Scales}
	if t.Scheme.Group == Whole {
		w.Scales = make([]float32, t.Rows)
		for i := range w.Scales {
			w.Scales[i] = t.Scales[0]
		}
	}
	return w
}

type weights struct {
	matrix attention.Int8Matrix
	zeros  attention.Matrix // s·z (rows, groups); empty where symmetric
}

type integers struct {
	attention.TrainingBackend
	integer attention.IntegerBackend
	weights map[*float32]weights // by the first weight of what they stand for

	q         []int8
	sums, add []float32
}

// Name returns "int8".
func (*integers) Name() string { return "int8" }

// MatMulT: dst = a · bᵀ, on b's integers where it has any.
func (x *integers) MatMulT(dst, a, b attention.Matrix) {
	var w weights
	if len(b.Data) > 0 {
		w = x.weights[&b.Data[0]]
	}
	if w.matrix.Data == nil {
		x.TrainingBackend.MatMulT(dst, a, b)
		return
	}
	x.integer.MatMulT8(dst, a, w.matrix)
	if w.zeros.Rows == 0 {
		return
	}
	// Σ â·s·(q − z) = Σ â·s·q − Σ_groups s·z·Σ â, with the rounded inputs â.
	groups := w.zeros.Cols
	x.q, x.sums, x.add = room(x.q, a.Cols), room(x.sums, a.Rows*groups), room(x.add, len(dst.Data))
	for i := range a.Rows {
		unit := attention.RoundRow(x.q, a.Row(i))
		for g := range groups {
			sum := 0
			for _, v := range x.q[g*w.matrix.Group : min((g+1)*w.matrix.Group, a.Cols)] {
				sum += int(v)
			}
			x.sums[i*groups+g] = -unit * float32(sum)
		}
	}
	add := attention.Matrix{Rows: dst.Rows, Cols: dst.Cols, Data: x.add}
	x.TrainingBackend.MatMulT(add, attention.Matrix{Rows: a.Rows, Cols: groups, Data: x.sums}, w.zeros)
	x.TrainingBackend.Add(dst, dst, add)
}

func room[T any](s []T, n int) []T {
	if n <= cap(s) {
		return s[:n]
	}
	return make([]T, n)
}
