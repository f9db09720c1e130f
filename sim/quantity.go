package sim

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Quantity is a number that explains itself.
type Quantity struct {
	Name    string // Chinese: "KV 缓存"
	Value   float64
	Unit    string // of Value, as in Units
	Formula string // "2 · L · n_kv · d_h · T · b / 8"
	Working string // Formula with the numbers put in, without the result
	Terms   []Term // every operand of Formula, or the parts of a sum
	Sources []Source
}

// Term is one operand or part of a Quantity.
type Term struct {
	Symbol string // "n_kv"
	Name   string // Chinese: "键值头数"
	Value  float64
	Unit   string // empty for pure numbers
}

// Source is where a formula or a fact comes from. Date is the source's own, ISO
// 8601, as precise as known.
type Source struct {
	Title string
	URL   string
	Date  string
}

var (
	sourceAttention = Source{"Vaswani et al., Attention Is All You Need", "https://arxiv.org/abs/1706.03762", "2017-06-12"}
	sourceKaplan    = Source{"Kaplan et al., Scaling Laws for Neural Language Models", "https://arxiv.org/abs/2001.08361", "2020-01-23"}
	sourcePope      = Source{"Pope et al., Efficiently Scaling Transformer Inference", "https://arxiv.org/abs/2211.05102", "2022-11-09"}
	sourceLlama     = Source{"Touvron et al., LLaMA: Open and Efficient Foundation Language Models", "https://arxiv.org/abs/2302.13971", "2023-02-27"}
	sourceGQA       = Source{"Ainslie et al., GQA: Training Generalized Multi-Query Transformer Models", "https://arxiv.org/abs/2305.13245", "2023-05-22"}
	sourceMoE       = Source{"Shazeer et al., Outrageously Large Neural Networks: The Sparsely-Gated Mixture-of-Experts Layer", "https://arxiv.org/abs/1701.06538", "2017-01-23"}
	sourceMLA       = Source{"DeepSeek-AI, DeepSeek-V2: A Strong, Economical, and Efficient Mixture-of-Experts Language Model", "https://arxiv.org/abs/2405.04434", "2024-05-07"}
	sourceWindow    = Source{"Beltagy et al., Longformer: The Long-Document Transformer", "https://arxiv.org/abs/2004.05150", "2020-04-10"}
	sourceHoffmann  = Source{"Hoffmann et al., Training Compute-Optimal Large Language Models", "https://arxiv.org/abs/2203.15556", "2022-03-29"}
	sourceBesiroglu = Source{"Besiroglu et al., Chinchilla Scaling: A Replication Attempt", "https://arxiv.org/abs/2404.10102", "2024-04-15"}
	sourceRoofline  = Source{"Williams, Waterman, Patterson, Roofline: An Insightful Visual Performance Model for Multicore Architectures", "https://doi.org/10.1145/1498765.1498785", "2009-04"}
	sourceErlang    = Source{"Erlang, Solution of Some Problems in the Theory of Probabilities of Significance in Automatic Telephone Exchanges", "", "1917"}
	sourceWilson    = Source{"Wilson, Probable Inference, the Law of Succession, and Statistical Inference", "https://doi.org/10.1080/01621459.1927.10502953", "1927-06"}
)

// Reasons of a FieldError.
const (
	Missing    = "missing"
	Unknown    = "unknown"
	NotFinite  = "not a finite number"
	NotInteger = "not a whole number"
	OutOfRange = "out of range"
	Malformed  = "not understood"
	// NeverPaysBack is Breakeven's: there is no such month.
	NeverPaysBack = "never pays back"
)

// FieldError says which input is wrong and why. Reason is one of the constants
// above; Detail adds the value or the bounds.
type FieldError struct {
	Field  string
	Reason string
	Detail string
}

func (e *FieldError) Error() string {
	if e.Detail == "" {
		return e.Field + ": " + e.Reason
	}
	return e.Field + ": " + e.Reason + ": " + e.Detail
}

// checkRange returns a *FieldError unless v is finite and in [lo, hi].
func checkRange(field string, v, lo, hi float64) error {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return &FieldError{Field: field, Reason: NotFinite}
	}
	if v < lo || v > hi {
		return &FieldError{Field: field, Reason: OutOfRange, Detail: fmt.Sprintf("%s, want %s to %s", Number(v), Number(lo), Number(hi))}
	}
	return nil
}

// first returns the first error that is not nil.
func first(checks ...error) error {
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	return nil
}

// checkWhole returns a *FieldError unless v is a whole number in [lo, hi].
func checkWhole(field string, v, lo, hi float64) error {
	if err := checkRange(field, v, lo, hi); err != nil {
		return err
	}
	if v != math.Trunc(v) {
		return &FieldError{Field: field, Reason: NotInteger, Detail: Number(v)}
	}
	return nil
}

// Number writes v for a formula: whole numbers below 10¹⁵ in full, others with
// six significant digits, powers of ten as ×10ⁿ, and a true minus sign.
func Number(v float64) string {
	var s string
	switch size := math.Abs(v); {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return strconv.FormatFloat(v, 'g', -1, 64)
	case size < 1e15 && v == math.Trunc(v):
		s = strconv.FormatFloat(v, 'f', 0, 64)
	case size >= 1e15 || size < 1e-4:
		s = power(strconv.FormatFloat(v, 'e', 5, 64))
	default:
		decimals := max(0, 5-int(math.Floor(math.Log10(size))))
		s = trimZeros(strconv.FormatFloat(v, 'f', decimals, 64))
	}
	return strings.Replace(s, "-", "−", 1)
}

// power rewrites "5.88000e+23" as "5.88×10²³".
func power(s string) string {
	mantissa, exponent, _ := strings.Cut(s, "e")
	n, err := strconv.Atoi(exponent)
	if err != nil {
		return s
	}
	var b strings.Builder
	for _, r := range strconv.Itoa(n) {
		if r == '-' {
			b.WriteRune('⁻')
		} else {
			b.WriteRune([]rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[r-'0'])
		}
	}
	return trimZeros(mantissa) + "×10" + b.String()
}

func trimZeros(s string) string {
	if !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// product writes factors as "2 × 32 × 128".
func product(factors ...float64) string {
	parts := make([]string, len(factors))
	for i, f := range factors {
		parts[i] = Number(f)
	}
	return strings.Join(parts, " × ")
}
