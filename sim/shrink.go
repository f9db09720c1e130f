package sim

import (
	"fmt"
)

var sourceDistil = Source{"Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network", "https://arxiv.org/abs/1503.02531", "2015-03-09"}

// BitmapBytes is the size of params weights of which the share sparsity is zero,
// stored as one bit for each, which tells whether it is zero, and bits for each
// that is not.
func BitmapBytes(params, bits, sparsity float64) (Quantity, error) {
	for _, err := range []error{checkRange("params", params, 1, maxParams), checkRange("bits", bits, 1, 64), checkRange("sparsity", sparsity, 0, 1)} {
		if err != nil {
			return Quantity{}, fmt.Errorf("bitmap bytes: %w", err)
		}
	}
	return Quantity{
		Name: "位图加非零值的体积", Unit: Byte, Value: params/8 + params*(1-sparsity)*bits/8,
		Formula: "N / 8 + N · (1 − s) · b / 8",
		Working: fmt.Sprintf("%s / 8 + %s × (1 − %s) × %s / 8", Number(params), Number(params), Number(sparsity), Number(bits)),
		Terms:   []Term{{"N", "权重数", params, ""}, {"b", "每个非零值的位数", bits, ""}, {"s", "零的比例", sparsity, ""}},
	}, nil
}

// SoftTarget is what a teacher at a temperature gives candidate number key (from 1)
// of some: the softmax of its scores over the temperature. Source: Hinton et al.
// 2015, equation 1.
func SoftTarget(scores []float64, temperature float64, key int) (Quantity, error) {
	if key < 1 || key > len(scores) {
		return Quantity{}, fmt.Errorf("soft target: %w", &FieldError{Field: "key", Reason: OutOfRange, Detail: fmt.Sprintf("%d of %d candidates", key, len(scores))})
	}
	if err := checkRange("temperature", temperature, 1e-3, 1e3); err != nil {
		return Quantity{}, fmt.Errorf("soft target: %w", err)
	}
	scaled := make([]float64, len(scores))
	terms := []Term{{"T", "温度", temperature, ""}}
	sum := ""
	for i, s := range scores {
		if err := checkRange(fmt.Sprintf("s%d", i+1), s, -maxScore, maxScore); err != nil {
			return Quantity{}, fmt.Errorf("soft target: %w", err)
		}
		scaled[i] = s / temperature
		terms = append(terms, Term{fmt.Sprintf("s%d", i+1), fmt.Sprintf("第 %d 个候选的分数", i+1), s, ""})
		if i > 0 {
			sum += " + "
		}
		sum += fmt.Sprintf("exp(%s / %s)", Number(s), Number(temperature))
	}
	p, err := Softmax(scaled)
	if err != nil {
		return Quantity{}, fmt.Errorf("soft target: %w", err)
	}
	return Quantity{
		Name: fmt.Sprintf("老师给第 %d 个候选的概率", key), Unit: Ratio, Value: p[key-1],
		Formula: "exp(s_j / T) / Σ exp(s_i / T)",
		Working: fmt.Sprintf("exp(%s / %s) / (%s)", Number(scores[key-1]), Number(temperature), sum),
		Terms:   terms, Sources: []Source{sourceDistil},
	}, nil
}
