package quantise

import (
	"context"
	"fmt"
	"math"

	"courselab/attention"
	"courselab/attention/train"
)

// Inputs are what a matrix was multiplied by on texts, summed up.
type Inputs struct {
	Rows int       // N: inputs seen
	Size int       // k: their width
	Gram []float64 // XᵀX (k, k)

	factor []float64 // of the damped inverse; see cholesky
}

// Calibration holds the inputs of a model's matrices, by the parameter's name.
// Matrices that read the same have the same.
type Calibration map[string]*Inputs

// leads are the matrices that their neighbours share inputs with.
var leads = map[string]string{
	"self_attn.k_proj.weight": "self_attn.q_proj.weight",
	"self_attn.v_proj.weight": "self_attn.q_proj.weight",
	"mlp.up_proj.weight":      "mlp.gate_proj.weight",
}

// Calibrate runs m over documents and sums up what its matrices read. b must
// compute in this program's memory. It calls pause between layers, where it is
// set.
func Calibrate(ctx context.Context, m *attention.Model, b attention.Backend, documents []train.Document, pause func(context.Context) error) (Calibration, error) {
	c := &collector{TrainingBackend: attention.ForTraining(b), inputs: map[*float32]*Inputs{}}
	all := Calibration{}
	layer := map[string]*Inputs{}
	for _, p := range m.Parameters() {
		if len(p.Shape) != 2 || len(p.Values) == 0 {
			continue
		}
		if p.Name == "model.embed_tokens.weight" && !m.Config.Tied {
			continue // looked up, never multiplied by
		}
		_, part := splitName(p.Name)
		if lead, ok := leads[part]; ok {
			all[p.Name] = layer[lead]
			continue
		}
		in := &Inputs{Size: p.Shape[1], Gram: make([]float64, p.Shape[1]*p.Shape[1])}
		all[p.Name], layer[part], c.inputs[&p.Values[0]] = in, in, in
	}
	if _, err := train.Losses(ctx, m, c, documents, 512, pause); err != nil {
		return nil, fmt.Errorf("calibrate: %w", err)
	}
	return all, nil
}

// collector is a backend that keeps what certain matrices are multiplied by.
type collector struct {
	attention.TrainingBackend
	inputs map[*float32]*Inputs // by the matrix's first weight
	gram   []float32
}

// MatMulT: dst = a · bᵀ.
func (c *collector) MatMulT(dst, a, b attention.Matrix) {
	c.TrainingBackend.MatMulT(dst, a, b)
	if len(b.Data) == 0 {
		return
	}
	in := c.inputs[&b.Data[0]]
	if in == nil {
		return
	}
	if cap(c.gram) < in.Size*in.Size {
		c.gram = make([]float32, in.Size*in.Size)
	}
	sum := attention.Matrix{Rows: in.Size, Cols: in.Size, Data: c.gram[:in.Size*in.Size]}
	clear(sum.Data)
	c.AddTMatMul(sum, a, a)
	for i, v := range sum.Data {
		in.Gram[i] += float64(v)
	}
	in.Rows += a.Rows
}

// Error is how far the outputs of ŵ are from those of w on the inputs: the root
// of ‖X(W−Ŵ)ᵀ‖² / ‖XWᵀ‖².
func (in *Inputs) Error(w, rounded attention.Matrix) float64 {
	var off, all float64
	difference := make([]float64, w.Cols)
	plain := make([]float64, w.Cols)
	for i := range w.Rows {
		for j, v := range w.Row(i) {
			plain[j] = float64(v)
			difference[j] = plain[j] - float64(rounded.At(i, j))
		}
		off += in.square(difference)
		all += in.square(plain)
	}
	if !(all > 0) {
		return 0
	}
	return math.Sqrt(max(off, 0) / all)
}

// square is v·XᵀX·v.
func (in *Inputs) square(v []float64) float64 {
	var sum float64
	for i, x := range v {
		if x == 0 {
			continue
		}
		var row float64
		for j, y := range v {
			row += in.Gram[i*in.Size+j] * y
		}
		sum += x * row
	}
	return sum
}

// Distance is ‖W − Ŵ‖ / ‖W‖, Frobenius' norm.
func Distance(w, rounded attention.Matrix) float64 {
	var off, all float64
	for i, v := range w.Data {
		d := float64(v) - float64(rounded.Data[i])
		off += d * d
		all += float64(v) * float64(v)
	}
	if !(all > 0) {
		return 0
	}
	return math.Sqrt(off / all)
}
