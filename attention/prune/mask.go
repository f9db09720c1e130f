package prune

import (
	"fmt"
	"slices"
	"strings"

	"courselab/attention"
)

// Mask says which weights of a model stay, tensor by tensor in the order of its
// Parameters.
type Mask struct {
	kept [][]bool // nil: the whole tensor stays
}

// newMask returns a mask that keeps all of m.
func newMask(m *attention.Model) *Mask { return &Mask{kept: make([][]bool, len(m.Parameters()))} }

// Apply sets what is cut to zero, in place. m has the shape of the model that the
// mask was made for.
func (k *Mask) Apply(m *attention.Model) {
	parameters := m.Parameters()
	if len(parameters) != len(k.kept) {
		panic(fmt.Sprintf("prune: a mask of %d tensors for a model of %d", len(k.kept), len(parameters)))
	}
	for i, p := range parameters {
		for j, kept := range k.kept[i] {
			if !kept {
				p.Values[j] = 0
			}
		}
	}
}

// Pruned returns a copy of m without what is cut.
func (k *Mask) Pruned(m *attention.Model) *attention.Model {
	out := m.Clone()
	k.Apply(out)
	return out
}

// Cut returns how many weights are cut.
func (k *Mask) Cut() int {
	n := 0
	for _, tensor := range k.kept {
		for _, kept := range tensor {
			if !kept {
				n++
			}
		}
	}
	return n
}

// Prunable reports whether single weights of a tensor are cut: those of the
// layers' matrices. Gains of norms are few and each counts; the embedding, which
// is the output matrix too where they are tied, is left whole as in SparseGPT
// (Frantar and Alistarh 2023) and Wanda (Sun et al. 2023).
func Prunable(p attention.Parameter) bool {
	return len(p.Shape) == 2 && strings.HasPrefix(p.Name, "model.layers.")
}

// prunable are the indices of the tensors of which single weights are cut.
func prunable(parameters []attention.Parameter) []int {
	var out []int
	for i, p := range parameters {
		if Prunable(p) {
			out = append(out, i)
		}
	}
	return out
}

// all returns n times true.
func all(n int) []bool { return slices.Repeat([]bool{true}, n) }
