package sim

import "fmt"

var (
	sourceKeeney = Source{"Keeney, Raiffa, Decisions with Multiple Objectives", "", "1976"}
	sourceCohen  = Source{"Cohen, A Coefficient of Agreement for Nominal Scales", "https://doi.org/10.1177/001316446002000104", "1960-04"}
)

// FlipWeight is the weight of the first of two criteria at which two candidates
// have the same score, the second criterion having the rest. a1, a2, b1 and b2 are
// what A and B score on each, from 0 to 1:
//
//	(b2 − a2) / ((a1 − b1) + (b2 − a2))
//
// It fails with a *FieldError on a1 where one candidate is nowhere worse than the
// other: then no weight changes who leads.
func FlipWeight(a1, a2, b1, b2 float64) (Quantity, error) {
	if err := first(checkRange("a1", a1, 0, 1), checkRange("a2", a2, 0, 1), checkRange("b1", b1, 0, 1), checkRange("b2", b2, 0, 1)); err != nil {
		return Quantity{}, fmt.Errorf("flip weight: %w", err)
	}
	if (a1-b1)*(b2-a2) <= 0 {
		return Quantity{}, fmt.Errorf("flip weight: %w", &FieldError{Field: "a1", Reason: OutOfRange, Detail: "one candidate is nowhere worse: no weight changes who leads"})
	}
	return Quantity{
		Name: "两个候选打平的权重", Unit: Ratio,
		Value:   (b2 - a2) / ((a1 - b1) + (b2 - a2)),
		Formula: "(b2 − a2) / ((a1 − b1) + (b2 − a2))",
		Working: "(" + Number(b2) + " − " + Number(a2) + ") / ((" + Number(a1) + " − " + Number(b1) + ") + (" + Number(b2) + " − " + Number(a2) + "))",
		Terms: []Term{
			{"a1", "甲在第一项的得分", a1, ""}, {"a2", "甲在第二项的得分", a2, ""},
			{"b1", "乙在第一项的得分", b1, ""}, {"b2", "乙在第二项的得分", b2, ""},
		},
		Sources: []Source{sourceKeeney},
	}, nil
}

// Kappa is Cohen's agreement of two judges who choose between two systems: both
// chose A, both chose B, only the first or only the second chose A:
//
//	(p_o − p_e) / (1 − p_e)
//
// where p_o is the share on which they agree and p_e what chance would give. It
// fails with a *FieldError on both_a where chance alone agrees on everything.
func Kappa(bothA, bothB, onlyFirstA, onlySecondA float64) (Quantity, error) {
	if err := first(
		checkWhole("both_a", bothA, 0, maxTokens), checkWhole("both_b", bothB, 0, maxTokens),
		checkWhole("first_a", onlyFirstA, 0, maxTokens), checkWhole("second_a", onlySecondA, 0, maxTokens),
	); err != nil {
		return Quantity{}, fmt.Errorf("kappa: %w", err)
	}
	n := bothA + bothB + onlyFirstA + onlySecondA
	if n == 0 {
		return Quantity{}, fmt.Errorf("kappa: %w", &FieldError{Field: "both_a", Reason: Missing, Detail: "no judgement"})
	}
	observed, p1, p2 := (bothA+bothB)/n, (bothA+onlyFirstA)/n, (bothA+onlySecondA)/n
	expected := p1*p2 + (1-p1)*(1-p2)
	if 1-expected < 1e-12 {
		return Quantity{}, fmt.Errorf("kappa: %w", &FieldError{Field: "both_a", Reason: OutOfRange, Detail: "both always chose the same"})
	}
	return Quantity{
		Name: "Cohen 的 κ", Unit: Ratio,
		Value:   (observed - expected) / (1 - expected),
		Formula: "(p_o − p_e) / (1 − p_e)，p_e = p_1 · p_2 + (1 − p_1) · (1 − p_2)",
		Working: "(" + Number(observed) + " − " + Number(expected) + ") / (1 − " + Number(expected) + ")",
		Terms: []Term{
			{"p_o", "一致率", observed, ""}, {"p_1", "第一人选甲的比例", p1, ""}, {"p_2", "第二人选甲的比例", p2, ""}, {"p_e", "碰巧一致", expected, ""},
		},
		Sources: []Source{sourceCohen},
	}, nil
}

// OutcomeCost is what it costs to get one thing done, when each failure is mended
// by hand:
//
//	c + (1 − p) · h
func OutcomeCost(call, success, repair float64) (Quantity, error) {
	if err := first(checkRange("call", call, 0, maxPrice), checkRange("success", success, 0, 1), checkRange("repair", repair, 0, maxPrice)); err != nil {
		return Quantity{}, fmt.Errorf("outcome cost: %w", err)
	}
	return Quantity{
		Name: "办成一件事的花费", Unit: Currency,
		Value:   call + (1-success)*repair,
		Formula: "c + (1 − p) · h",
		Working: Number(call) + " + (1 − " + Number(success) + ") × " + Number(repair),
		Terms:   []Term{{"c", "每次调用", call, Currency}, {"p", "成功率", success, ""}, {"h", "失败一次的补救", repair, Currency}},
	}, nil
}
