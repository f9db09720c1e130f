package sim

import "fmt"

var (
	sourceOuyang   = Source{"Ouyang et al., Training language models to follow instructions with human feedback", "https://arxiv.org/abs/2203.02155", "2022-03-04"}
	sourceAhmadian = Source{"Ahmadian et al., Back to Basics: Revisiting REINFORCE Style Optimization", "https://arxiv.org/abs/2402.14740", "2024-02-22"}
)

// tuningFunctions are those about changing a model that is already trained.
func tuningFunctions() map[string]Function {
	return map[string]Function{
		"penalised-advantage": {
			Title: "带 KL 惩罚的留一优势", Base: Ratio,
			Params: []Param{
				decimal("reward", "这个回答的奖励 R", -1e3, 1e3), decimal("kl", "它离参考模型多远（奈特）", -1e3, 1e3),
				decimal("beta", "惩罚的系数 β（分/奈特）", 0, 100), decimal("others", "同一题其余回答的净得分的平均", -1e6, 1e6),
			},
			eval: func(v values) (Quantity, error) {
				return PenalisedAdvantage(v["reward"], v["kl"], v["beta"], v["others"])
			},
		},
	}
}

// PenalisedAdvantage is how much better an answer did than the other answers to
// its question, after the penalty for leaving the reference model:
//
//	(R − β·KL) − b
//
// KL is Σ ln π − ln π_ref over the answer's tokens, which may fall below zero for
// a single one, and b the mean of the others' net rewards. Sources: Ouyang et al.
// 2022, equation 2, without the pretraining term; Ahmadian et al. 2024, section 3
// (leave one out).
func PenalisedAdvantage(reward, kl, beta, others float64) (Quantity, error) {
	if err := first(checkRange("reward", reward, -1e3, 1e3), checkRange("kl", kl, -1e3, 1e3),
		checkRange("beta", beta, 0, 100), checkRange("others", others, -1e6, 1e6)); err != nil {
		return Quantity{}, fmt.Errorf("penalised advantage: %w", err)
	}
	return Quantity{
		Name: "优势", Unit: Ratio, Value: reward - beta*kl - others,
		Formula: "(R − β·KL) − b", Working: fmt.Sprintf("(%s − %s × %s) − %s", Number(reward), Number(beta), Number(kl), Number(others)),
		Terms: []Term{{"R", "奖励", reward, ""}, {"β", "惩罚的系数", beta, ""}, {"KL", "离参考模型", kl, ""},
			{"b", "其余回答的净得分的平均", others, ""}},
		Sources: []Source{sourceOuyang, sourceAhmadian},
	}, nil
}
