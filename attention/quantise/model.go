package quantise

import (
	"context"
	"fmt"
	"strings"

	"courselab/attention"
)

// Options say how a model is quantised.
type Options struct {
	Scheme Scheme
	// Calibration: GPTQ with these inputs; nil: to the nearest. A matrix that it
	// lacks is rounded to the nearest.
	Calibration Calibration
	// Only chooses matrices by name; nil: all.
	Only func(name string) bool
	// Pause is called between matrices, where it is set.
	Pause func(context.Context) error
}

// Model is a model some of whose matrices are quantised.
type Model struct {
	// Model has what the tensors stand for, in float32: for everything but
	// speed.
	Model   *attention.Model
	Tensors map[string]*Tensor // by the parameter's name
	Bytes   int                // of all parameters; what is not quantised takes two bytes a weight, or four beside a scheme of 32 bits
}

// Quantise returns m with quantised matrices. m stays as it is.
func Quantise(ctx context.Context, m *attention.Model, o Options) (*Model, error) {
	if err := o.Scheme.Check(); err != nil {
		return nil, fmt.Errorf("quantise: %w", err)
	}
	out := &Model{Model: m.Zeros(), Tensors: map[string]*Tensor{}}
	to := out.Model.Parameters()
	for i, p := range m.Parameters() {
		if len(p.Shape) != 2 || o.Only != nil && !o.Only(p.Name) {
			copy(to[i].Values, p.Values)
			out.Bytes += min(4, max(2, o.Scheme.Bits/8)) * len(p.Values)
			continue
		}
		t, err := tensor(Matrix(p), o.Scheme, o.Calibration[p.Name])
		if err != nil {
			return nil, fmt.Errorf("quantise %s: %w", p.Name, err)
		}
		out.Tensors[p.Name] = t
		out.Bytes += t.Bytes()
		copy(to[i].Values, t.Matrix().Data)
		if o.Pause != nil {
			if err := o.Pause(ctx); err != nil {
				return nil, err
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func tensor(w attention.Matrix, s Scheme, in *Inputs) (*Tensor, error) {
	if in == nil {
		return Round(w, s)
	}
	return GPTQ(w, s, in)
}

// Matrix is a parameter as a matrix.
func Matrix(p attention.Parameter) attention.Matrix {
	return attention.Matrix{Rows: p.Shape[0], Cols: p.Shape[1], Data: p.Values}
}

// Matrices lists the names of a model's matrices, in the order of the pass.
func Matrices(m *attention.Model) []string {
	var names []string
	for _, p := range m.Parameters() {
		if len(p.Shape) == 2 {
			names = append(names, p.Name)
		}
	}
	return names
}

// splitName parts "model.layers.3.mlp.up_proj.weight" into "3" and
// "mlp.up_proj.weight"; a name of no layer has none.
func splitName(name string) (layer, part string) {
	rest, ok := strings.CutPrefix(name, "model.layers.")
	if !ok {
		return "", name
	}
	layer, part, _ = strings.Cut(rest, ".")
	return layer, part
}
