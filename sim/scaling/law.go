package scaling

import (
	"fmt"
	"math"

	"courselab/sim"
)

// Law is one published fit.
type Law struct {
	ID, Name string
	About    string // what it was fitted to, Chinese
	Source   sim.Source
	// Fit is the law where it is of Hoffmann's form; nil for Kaplan's.
	Fit *sim.Chinchilla
}

var (
	sourceNotebook = sim.Source{Title: "Epoch AI，analyzing-chinchilla（Hoffmann 等未四舍五入的常数）", URL: "https://github.com/epoch-research/analyzing-chinchilla", Date: "2024-04"}
	sourceKaplan   = sim.Source{Title: "Kaplan et al., Scaling Laws for Neural Language Models", URL: "https://arxiv.org/abs/2001.08361", Date: "2020-01-23"}
)

// unrounded are Hoffmann's constants as they stood before printing.
var unrounded = sim.Chinchilla{E: 1.6933736809989528, A: 406.4010175194737, B: 410.7228269450398, Alpha: 0.33917084, Beta: 0.2849083, Source: sourceNotebook}

// Laws are the fits, in the order in which they are shown.
func Laws() []Law {
	printed, refit, exact := sim.HoffmannFit, sim.BesirogluFit, unrounded
	return []Law{
		{ID: "printed", Name: "Hoffmann 印出的", About: "四舍五入到两位小数", Source: printed.Source, Fit: &printed},
		{ID: "unrounded", Name: "Hoffmann 未舍入的", About: "同一次拟合，舍入之前", Source: exact.Source, Fit: &exact},
		{ID: "besiroglu", Name: "Besiroglu 重新拟合的", About: "同一批实验，从论文的图里重建", Source: refit.Source, Fit: &refit},
		{ID: "kaplan", Name: "Kaplan", About: "不计词嵌入，规模较小；常数见论文表 2 与表 5", Source: sourceKaplan},
	}
}

// Kaplan's optimum, N = kaplanN · (C / petaflopDay)^kaplanExponent, without
// embeddings; and his joint law of loss.
const (
	kaplanN        = 1.3e9
	kaplanExponent = 0.73
	petaflopDay    = 8.64e19
)

var kaplanJoint = sim.Kaplan{Nc: 6.4e13, AlphaN: 0.076, Dc: 1.8e13, AlphaD: 0.103}

// Loss is the predicted loss of n parameters trained on d tokens.
func (l Law) Loss(n, d float64) (sim.Quantity, error) {
	if l.Fit != nil {
		return l.Fit.Loss(n, d)
	}
	return kaplanJoint.Loss(n, d)
}

// Optimum is the size that a law gives a budget of c FLOP.
func (l Law) Optimum(c float64) (sim.Quantity, error) {
	if l.Fit != nil {
		return l.Fit.OptimalParameters(c)
	}
	if err := sim.CheckRange("flops", c, 1, 1e36); err != nil {
		return sim.Quantity{}, fmt.Errorf("optimal parameters: %w", err)
	}
	return sim.Quantity{
		Name: "算力最优的参数量（不计词嵌入）", Unit: sim.Parameter,
		Value:   kaplanN * math.Pow(c/petaflopDay, kaplanExponent),
		Formula: "1.3 × 10⁹ · (C / 8.64 × 10¹⁹)^0.73",
		Working: "1.3 × 10⁹ × (" + sim.Number(c) + " / 8.64 × 10¹⁹)^0.73",
		Terms:   []sim.Term{{Symbol: "C", Name: "训练计算量", Value: c, Unit: sim.FLOP}},
		Sources: []sim.Source{sourceKaplan},
	}, nil
}

// Tokens is how many tokens a budget buys for n parameters, C / (6 · N).
func Tokens(c, n float64) float64 { return c / (6 * n) }

// Split is how a law spends a budget.
type Split struct {
	Law           Law
	Params        sim.Quantity
	Tokens        float64
	TokensPerItem float64 // per parameter
	Loss          sim.Quantity
}

// Splits are how every law spends a budget.
func Splits(c float64) ([]Split, error) {
	var all []Split
	for _, l := range Laws() {
		n, err := l.Optimum(c)
		if err != nil {
			return nil, err
		}
		// A model has at least one parameter and sees at least one token.
		n.Value = max(1, min(n.Value, c/6))
		d := Tokens(c, n.Value)
		loss, err := l.Loss(n.Value, d)
		if err != nil {
			return nil, err
		}
		all = append(all, Split{Law: l, Params: n, Tokens: d, TokensPerItem: d / n.Value, Loss: loss})
	}
	return all, nil
}

// Point is a size with its loss.
type Point struct{ N, Loss float64 }

// Valley is a law's loss over sizes from lo to hi, all trained with the same
// budget: small models see much text, large ones little. Points are even on a
// logarithmic axis.
func (l Law) Valley(c, lo, hi float64, points int) ([]Point, error) {
	all := make([]Point, 0, points)
	for i := range points {
		n := lo * math.Pow(hi/lo, float64(i)/float64(points-1))
		d := Tokens(c, n)
		if d < 1 || n < 1 {
			continue
		}
		q, err := l.Loss(n, d)
		if err != nil {
			return nil, err
		}
		all = append(all, Point{n, q.Value})
	}
	return all, nil
}
