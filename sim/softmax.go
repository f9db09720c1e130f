package sim

import (
	"fmt"
	"math"
	"strings"
)

// maxScore bounds scores and the components of vectors.
const maxScore = 1e6

// Softmax returns exp(xᵢ) / Σ exp(xⱼ) for finite x, not empty. The largest
// element is subtracted first, which changes nothing but keeps exp finite.
func Softmax(x []float64) ([]float64, error) {
	if len(x) == 0 {
		return nil, fmt.Errorf("softmax: %w", &FieldError{Field: "x", Reason: Missing})
	}
	largest := math.Inf(-1)
	for i, v := range x {
		if err := checkRange(fmt.Sprintf("x[%d]", i), v, -math.MaxFloat64, math.MaxFloat64); err != nil {
			return nil, fmt.Errorf("softmax: %w", err)
		}
		largest = math.Max(largest, v)
	}
	weights := make([]float64, len(x))
	sum := 0.0
	for i, v := range x {
		weights[i] = math.Exp(v - largest)
		sum += weights[i]
	}
	for i := range weights {
		weights[i] /= sum
	}
	return weights, nil
}

// SoftmaxWeight is the weight of key number key (from 1) for a query whose dot
// products with the keys are scores, in d_k dimensions:
//
//	exp(s_j / √d_k) / Σᵢ exp(sᵢ / √d_k)
//
// Source: Vaswani et al. 2017, equation 1.
func SoftmaxWeight(scores []float64, dk float64, key int) (Quantity, error) {
	if err := checkWhole("d_k", dk, 1, maxWidth); err != nil {
		return Quantity{}, fmt.Errorf("softmax weight: %w", err)
	}
	if key < 1 || key > len(scores) {
		return Quantity{}, fmt.Errorf("softmax weight: %w",
			&FieldError{Field: "key", Reason: OutOfRange, Detail: fmt.Sprintf("%d of %d keys", key, len(scores))})
	}
	scaled := make([]float64, len(scores))
	sum := make([]string, len(scores))
	var terms []Term
	for i, s := range scores {
		if err := checkRange(fmt.Sprintf("s%d", i+1), s, -maxScore, maxScore); err != nil {
			return Quantity{}, fmt.Errorf("softmax weight: %w", err)
		}
		scaled[i] = s / math.Sqrt(dk)
		sum[i] = "exp(" + Number(scaled[i]) + ")"
		terms = append(terms, Term{fmt.Sprintf("s%d", i+1), fmt.Sprintf("查询与第 %d 个键的点积", i+1), s, ""})
	}
	weights, err := Softmax(scaled)
	if err != nil {
		return Quantity{}, fmt.Errorf("softmax weight: %w", err)
	}
	return Quantity{
		Name: fmt.Sprintf("第 %d 个键的注意力权重", key), Unit: Ratio,
		Value:   weights[key-1],
		Formula: "exp(s_j / √d_k) / Σ exp(s_i / √d_k)",
		Working: sum[key-1] + " / (" + strings.Join(sum, " + ") + ")",
		Terms:   append(terms, Term{"d_k", "键的维数", dk, ""}),
		Sources: []Source{sourceAttention},
	}, nil
}

// ScaledScore is q·k / √d_k of two vectors of one length d_k. Source: Vaswani et
// al. 2017, equation 1.
func ScaledScore(q, k []float64) (Quantity, error) {
	if len(q) == 0 || len(q) != len(k) {
		return Quantity{}, fmt.Errorf("scaled score: %w",
			&FieldError{Field: "k", Reason: OutOfRange, Detail: fmt.Sprintf("%d components, q has %d", len(k), len(q))})
	}
	dot := 0.0
	var products []string
	var terms []Term
	for i := range q {
		for _, c := range []error{
			checkRange(fmt.Sprintf("q%d", i+1), q[i], -maxScore, maxScore),
			checkRange(fmt.Sprintf("k%d", i+1), k[i], -maxScore, maxScore),
		} {
			if c != nil {
				return Quantity{}, fmt.Errorf("scaled score: %w", c)
			}
		}
		dot += q[i] * k[i]
		products = append(products, factor(q[i])+" × "+factor(k[i]))
		terms = append(terms, Term{fmt.Sprintf("q%d", i+1), fmt.Sprintf("查询的第 %d 维", i+1), q[i], ""},
			Term{fmt.Sprintf("k%d", i+1), fmt.Sprintf("键的第 %d 维", i+1), k[i], ""})
	}
	dk := float64(len(q))
	return Quantity{
		Name: "缩放后的分数", Unit: Ratio,
		Value:   dot / math.Sqrt(dk),
		Formula: "(Σ q_i · k_i) / √d_k",
		Working: "(" + strings.Join(products, " + ") + ") / √" + Number(dk),
		Terms:   append(terms, Term{"d_k", "键的维数", dk, ""}),
		Sources: []Source{sourceAttention},
	}, nil
}

// ScaledDot is a dot product already known, divided by √d_k. Source: Vaswani et
// al. 2017, equation 1.
func ScaledDot(dot, dk float64) (Quantity, error) {
	for _, c := range []error{checkRange("dot", dot, -maxScore, maxScore), checkWhole("d_k", dk, 1, maxWidth)} {
		if c != nil {
			return Quantity{}, fmt.Errorf("scaled dot: %w", c)
		}
	}
	return Quantity{
		Name: "缩放后的分数", Unit: Ratio,
		Value:   dot / math.Sqrt(dk),
		Formula: "(q · k) / √d_k",
		Working: Number(dot) + " / √" + Number(dk),
		Terms:   []Term{{"q · k", "点积", dot, ""}, {"d_k", "键的维数", dk, ""}},
		Sources: []Source{sourceAttention},
	}, nil
}

// factor puts a negative number in brackets.
func factor(v float64) string {
	if v < 0 {
		return "(" + Number(v) + ")"
	}
	return Number(v)
}
