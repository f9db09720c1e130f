package sim

import (
	"fmt"
	"math"
)

var (
	sourceChen   = Source{"Chen et al., Evaluating Large Language Models Trained on Code", "https://arxiv.org/abs/2107.03374", "2021-07-07"}
	sourceChow   = Source{"Chow, Shao, Wang, Sample Size Calculations in Clinical Research（两个独立比例是否相等）", "http://www2.ccrb.cuhk.edu.hk/stat/proportion/tspp_equality.htm", "2008"}
	sourceMiller = Source{"Miller, Adding Error Bars to Evals", "https://arxiv.org/abs/2411.00640", "2024-11-01"}
)

// maxSamples bounds the samples of one task.
const maxSamples = 1e6

// PassAtK estimates without bias how likely at least one of k samples passes,
// from n samples of which c passed:
//
//	1 − C(n − c, k) / C(n, k)
//
// It is computed as 1 − Π (1 − k / i) over i from n − c + 1 to n, which neither
// overflows nor cancels. Source: Chen et al. 2021, section 2.1.
func PassAtK(n, c, k float64) (Quantity, error) {
	if err := first(
		checkWhole("n", n, 1, maxSamples),
		checkWhole("c", c, 0, n),
		checkWhole("k", k, 1, n),
	); err != nil {
		return Quantity{}, fmt.Errorf("pass at k: %w", err)
	}
	none := 1.0
	if n-c < k {
		none = 0 // too few failed to fill a draw
	} else {
		for i := n - c + 1; i <= n; i++ {
			none *= 1 - k/i
		}
	}
	N, C, K := Number(n), Number(c), Number(k)
	return Quantity{
		Name: "pass@" + K, Unit: Ratio,
		Value:   1 - none,
		Formula: "1 − C(n − c, k) / C(n, k)",
		Working: "1 − C(" + N + " − " + C + ", " + K + ") / C(" + N + ", " + K + ")",
		Terms: []Term{
			{"n", "每题抽的份数", n, ""}, {"c", "其中通过的", c, ""}, {"k", "给几次机会", k, ""},
		},
		Sources: []Source{sourceChen},
	}, nil
}

// z95 is the deviation of a two-sided test at 5 %.
const z95 = 1.959963984540054

// deviation is the z below which a share p of a standard normal lies.
func deviation(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }

// smallestDifference of two shares for which questions are counted.
const smallestDifference = 1e-3

// QuestionsNeeded is how many questions each of two models needs, answered each
// by itself, so that true shares p1 and p2 are told apart at 5 %, two-sided, with
// a power:
//
//	(z_0.975 + z_power)² · (p1 · (1 − p1) + p2 · (1 − p2)) / (p1 − p2)²
//
// rounded up: the normal approximation for two independent proportions.
func QuestionsNeeded(p1, p2, power float64) (Quantity, error) {
	if err := first(
		checkRange("p1", p1, 0, 1), checkRange("p2", p2, 0, 1), checkRange("power", power, 0.5, 0.999),
	); err != nil {
		return Quantity{}, fmt.Errorf("questions needed: %w", err)
	}
	if math.Abs(p1-p2) < smallestDifference {
		return Quantity{}, fmt.Errorf("questions needed: %w", &FieldError{Field: "p2", Reason: OutOfRange, Detail: "两者要相差 0.1 分以上，相等的分不开"})
	}
	z := z95 + deviation(power)
	P, Q, Z := Number(p1), Number(p2), Number(deviation(power))
	return Quantity{
		Name: "不配对：每个模型要答的题数", Unit: Ratio,
		Value:   math.Ceil(z*z*(p1*(1-p1)+p2*(1-p2))/((p1-p2)*(p1-p2)) - 1e-9),
		Formula: "(z_0.975 + z_β)² · (p₁ · (1 − p₁) + p₂ · (1 − p₂)) / (p₁ − p₂)²",
		Working: "(1.95996 + " + Z + ")² × (" + P + " × (1 − " + P + ") + " + Q + " × (1 − " + Q + ")) / (" + P + " − " + Q + ")²",
		Terms: []Term{
			{"p₁", "甲的真实正确率", p1, ""}, {"p₂", "乙的真实正确率", p2, ""}, {"z_β", "把握所对应的标准差倍数", deviation(power), ""},
		},
		Sources: []Source{sourceChow},
	}, nil
}

// PairedQuestionsNeeded is QuestionsNeeded where both models answer the same
// questions: difference is p1 − p2, discordant the share of questions that one of
// them alone gets right.
//
//	(z_0.975 + z_power)² · (ψ − δ²) / δ²
//
// rounded up: ψ − δ² is the variance of the difference on one question.
func PairedQuestionsNeeded(difference, discordant, power float64) (Quantity, error) {
	if err := first(
		checkRange("difference", difference, smallestDifference, 1), checkRange("discordant", discordant, smallestDifference, 1),
		checkRange("power", power, 0.5, 0.999),
	); err != nil {
		return Quantity{}, fmt.Errorf("paired questions needed: %w", err)
	}
	if discordant < difference-1e-12 {
		return Quantity{}, fmt.Errorf("paired questions needed: %w", &FieldError{Field: "discordant", Reason: OutOfRange,
			Detail: "一对一错的题至少要占 " + Number(100*difference) + "%，两者的差就在这些题里"})
	}
	z := z95 + deviation(power)
	D, S, Z := Number(difference), Number(discordant), Number(deviation(power))
	return Quantity{
		Name: "配对：同一批题的题数", Unit: Ratio,
		Value:   math.Max(1, math.Ceil(z*z*(discordant-difference*difference)/(difference*difference)-1e-9)),
		Formula: "(z_0.975 + z_β)² · (ψ − δ²) / δ²",
		Working: "(1.95996 + " + Z + ")² × (" + S + " − " + D + "²) / " + D + "²",
		Terms: []Term{
			{"δ", "正确率的差", difference, ""}, {"ψ", "一对一错的题的比例", discordant, ""}, {"z_β", "把握所对应的标准差倍数", deviation(power), ""},
		},
		Sources: []Source{sourceMiller},
	}, nil
}
