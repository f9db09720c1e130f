package shrink

import (
	"fmt"

	"courselab/attention"
)

// The students, as the parameter "student" names them.
const (
	narrow = "narrow" // half as wide and half as deep, from nothing
	half   = "half"   // half as deep, its layers the teacher's own
)

// studentConfig is the shape of a student of a teacher of shape c.
func studentConfig(c attention.ModelConfig, kind string) (attention.ModelConfig, error) {
	c.Layers = max(1, c.Layers/2)
	if kind == narrow {
		c.Width = max(2, c.Width/2)
		c.FFN = max(1, c.FFN/2)
		if c.HeadDim%4 == 0 {
			c.HeadDim /= 2
		}
	}
	if err := c.Check(); err != nil {
		return c, fmt.Errorf("student %s: %w", kind, err)
	}
	return c, nil
}

// newStudent returns a student before its first step. Half a teacher has every
// second or so of its layers, the first and the last among them, and its embedding,
// as DistilBERT began (Sanh et al. 2019).
func newStudent(teacher *attention.Model, kind string, seed uint64) (*attention.Model, error) {
	c, err := studentConfig(teacher.Config, kind)
	if err != nil {
		return nil, err
	}
	if kind == narrow {
		return attention.NewModel(c, seed)
	}
	of := teacher.Clone()
	out := &attention.Model{Config: c, Embedding: of.Embedding, Norm: of.Norm, Output: of.Output}
	for _, i := range inherited(teacher.Config.Layers, c.Layers) {
		out.Layers = append(out.Layers, of.Layers[i])
	}
	return out, nil
}

// inherited are the numbers of the n layers taken of so many: evenly apart.
func inherited(layers, n int) []int {
	out := make([]int, n)
	for i := range out {
		if n > 1 {
			out[i] = i * (layers - 1) / (n - 1)
		}
	}
	return out
}
