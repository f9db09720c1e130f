package shrink

import (
	"fmt"
	"slices"

	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/attention"
	"courselab/attention/prune"
	"courselab/attention/train"
)

// The ways to prune, as the parameter "method" names them.
const (
	global  = "global"
	matrix  = "matrix"
	two     = "two"
	heads   = "heads"
	columns = "columns"
)

// methodNames are what points of a method are called.
var methodNames = map[string]string{global: "剪单个权重", matrix: "剪单个权重", two: "剪单个权重", heads: "剪注意力头", columns: "剪前馈的列"}

// The orders in which heads and columns are cut.
const (
	plain   = "plain"   // by importance, the least first
	scaled  = "scaled"  // by importance over its layer's norm, as Michel et al. do
	reverse = "reverse" // the most important first
)

// setting is one way to prune a model.
type setting struct {
	method string
	share  float64 // cut of the weights or of the columns
	heads  int     // that are cut
	order  string
}

// readSetting reads the parameters of the lab "prune".
func readSetting(in *sheet.Input) setting {
	s := setting{method: in.Text("method")}
	switch s.method {
	case two:
		s.share = 0.5
	case heads:
		s.heads = int(in.Number("heads"))
	case global, matrix, columns:
		s.share = in.Number("share") / 100
	default:
		in.Fault("method", "不认识这种剪法；请从列表里选")
	}
	if s.structured() {
		s.order = in.Text("order")
		if s.order != plain && s.order != scaled && s.order != reverse {
			in.Fault("order", "不认识这种次序；请从列表里选")
		}
	}
	return s
}

// structured reports whether whole heads or columns go.
func (s setting) structured() bool { return s.method == heads || s.method == columns }

// words name the setting beside its point.
func (s setting) words() string {
	switch {
	case s.method == heads && s.order == reverse:
		return fmt.Sprintf("最重要的 %d 个头", s.heads)
	case s.method == heads:
		return fmt.Sprintf("%d 个头", s.heads)
	case s.method == two:
		return "2:4"
	case s.method == global:
		return "一起比 " + format.Ratio(s.share)
	case s.method == matrix:
		return "同比例 " + format.Ratio(s.share)
	case s.method == columns && s.order == reverse:
		return "最重要的 " + format.Ratio(s.share)
	}
	return format.Ratio(s.share)
}

// key tells settings apart.
func (s setting) key() string { return fmt.Sprintf("%s %v %d %s", s.method, s.share, s.heads, s.order) }

// pruned is a model without what a setting cuts.
type pruned struct {
	model     *attention.Model // with zeros
	mask      *prune.Mask
	structure *prune.Structure // nil where single weights are cut
	size      prune.Size       // of the smaller matrices, where whole rows and columns go
	bytes     int              // in the smallest layout
	ranked    []prune.Unit     // of heads, in the order in which they are cut; nil but for heads
}

// cut prunes m. imp is what its importances are; only structured settings need it.
func (s setting) cut(m *attention.Model, imp train.Importance) (pruned, error) {
	var out pruned
	var err error
	switch s.method {
	case heads, columns:
		whole := prune.Whole(m.Config)
		out.structure = &whole
		if s.method == heads {
			out.ranked = s.rank(imp.Heads)
			err = whole.CutHeads(out.ranked, s.heads)
		} else {
			importances := imp.Columns
			if s.order == reverse {
				importances = negated(importances)
			}
			err = whole.CutColumns(importances, s.share)
		}
		out.mask = whole.Mask(m)
	default:
		scope := map[string]prune.Scope{global: prune.Global, matrix: prune.PerMatrix, two: prune.TwoOfFour}[s.method]
		out.mask, err = prune.Magnitude(m, scope, s.share)
	}
	if err != nil {
		return pruned{}, err
	}
	out.model = out.mask.Pruned(m)
	out.size = prune.Measure(out.model)
	out.bytes = out.size.Sparse
	if out.structure != nil {
		// The rows and columns are gone: what is left is written as it is.
		out.bytes = prune.Dense.Bytes(out.structure.Parameters(), 0)
	}
	return out, nil
}

// rank lists heads in the order in which the setting cuts them.
func (s setting) rank(importances [][]float64) []prune.Unit {
	if s.order == scaled {
		importances = train.Scaled(importances)
	}
	ranked := prune.Rank(importances)
	if s.order == reverse {
		slices.Reverse(ranked)
	}
	return ranked
}

func negated(x [][]float64) [][]float64 {
	out := make([][]float64, len(x))
	for i, layer := range x {
		for _, v := range layer {
			out[i] = append(out[i], -v)
		}
	}
	return out
}

// sweep are settings of the same method beside s, for a curve.
func (s setting) sweep(c attention.ModelConfig) []setting {
	var all []setting
	switch s.method {
	case heads:
		total := c.Layers * c.Heads
		for _, n := range []int{total / 8, total / 4, total / 2} {
			all = append(all, setting{method: heads, heads: n, order: s.order})
		}
	case two:
		all = []setting{{method: global, share: 0.5}, {method: matrix, share: 0.5}}
	default:
		for _, share := range []float64{0.3, 0.5, 0.7} {
			all = append(all, setting{method: s.method, share: share, order: s.order})
		}
	}
	return slices.DeleteFunc(all, func(o setting) bool { return o.key() == s.key() })
}
