package sim

import (
	"fmt"
	"math"
)

var (
	sourceSchaeffer = Source{"Schaeffer, Miranda, Koyejo, Are Emergent Abilities of Large Language Models a Mirage?", "https://arxiv.org/abs/2304.15004", "2023-04-28"}
	sourceWei       = Source{"Wei et al., Emergent Abilities of Large Language Models", "https://arxiv.org/abs/2206.07682", "2022-06-15"}
)

// maxAnswer bounds the tokens of an answer that must be right as a whole.
const maxAnswer = 10000

// ExactMatch is the probability that all tokens of an answer are right, each with
// probability perToken and independently of the others:
//
//	p^L
//
// Tokens of real answers depend on one another; the formula is Schaeffer et al.'s
// approximation (2023).
func ExactMatch(perToken, tokens float64) (Quantity, error) {
	if err := first(checkRange("per_token", perToken, 0, 1), checkWhole("tokens", tokens, 1, maxAnswer)); err != nil {
		return Quantity{}, fmt.Errorf("exact match: %w", err)
	}
	return Quantity{
		Name: "整串全对的概率", Unit: Ratio, Value: math.Pow(perToken, tokens),
		Formula: "p^L", Working: Number(perToken) + "^" + Number(tokens),
		Terms:   []Term{{"p", "每个词元答对的概率", perToken, ""}, {"L", "答案的词元数", tokens, ""}},
		Sources: []Source{sourceSchaeffer},
	}, nil
}

// ZeroScore is the probability that a test of questions questions shows not a
// single right answer, where each is right with probability score:
//
//	(1 − s)^n
func ZeroScore(score, questions float64) (Quantity, error) {
	if err := first(checkRange("score", score, 0, 1), checkWhole("questions", questions, 1, 1e9)); err != nil {
		return Quantity{}, fmt.Errorf("zero score: %w", err)
	}
	return Quantity{
		Name: "测出零分的概率", Unit: Ratio, Value: math.Pow(1-score, questions),
		Formula: "(1 − s)^n", Working: "(1 − " + Number(score) + ")^" + Number(questions),
		Terms:   []Term{{"s", "真实的得分", score, ""}, {"n", "题数", questions, ""}},
		Sources: []Source{sourceSchaeffer},
	}, nil
}

// Emergence is a family of models of which the loss of a token falls as a power
// of their size, and a task whose answers have Tokens tokens. With l for the loss
// of a token,
//
//	l(N) = (Scale / N)^Exponent     nats
//	p(N) = exp(−l)                  a token is right
//	p^L                             all are right
//	L · (1 − p)                     tokens that are wrong, on average
//
// It is the model of Schaeffer et al. 2023, section 2. Scale is the size at which
// a token is right with probability 1/e.
type Emergence struct {
	Scale    float64 // parameters
	Exponent float64
	Tokens   float64 // L
}

func (e Emergence) check() error {
	return first(
		checkRange("scale", e.Scale, 1, maxParams),
		checkRange("exponent", e.Exponent, 0.01, 5),
		checkWhole("tokens", e.Tokens, 1, maxAnswer),
	)
}

// Scores are what one model of the family gets, by each ruler.
type Scores struct {
	Loss     float64 // nats per token
	PerToken float64 // probability that a token is right
	Exact    float64 // probability that all are
	Wrong    float64 // tokens of an answer that are wrong, on average
}

// At returns the scores of the model with params parameters.
func (e Emergence) At(params float64) (Scores, error) {
	if err := first(e.check(), checkRange("params", params, 1, maxParams)); err != nil {
		return Scores{}, fmt.Errorf("emergence: %w", err)
	}
	loss := math.Pow(e.Scale/params, e.Exponent)
	p := math.Exp(-loss)
	return Scores{Loss: loss, PerToken: p, Exact: math.Exp(-loss * e.Tokens), Wrong: e.Tokens * -math.Expm1(-loss)}, nil
}

// SizeFor is the size at which share of the answers are right as a whole:
//
//	Scale · (L / −ln s)^(1 / Exponent)   parameters
//
// It moves with the length of the answers though the models stay the same.
func (e Emergence) SizeFor(share float64) (Quantity, error) {
	if err := first(e.check(), checkRange("share", share, 1e-6, 1-1e-6)); err != nil {
		return Quantity{}, fmt.Errorf("emergence: %w", err)
	}
	return Quantity{
		Name: "整串全对达到 " + Number(share*100) + "% 的规模", Unit: Parameter,
		Value:   e.Scale * math.Pow(e.Tokens/-math.Log(share), 1/e.Exponent),
		Formula: "N₀ · (L / −ln s)^(1 / α)",
		Working: Number(e.Scale) + " × (" + Number(e.Tokens) + " / " + Number(-math.Log(share)) + ")^(1 / " + Number(e.Exponent) + ")",
		Terms: []Term{
			{"N₀", "每个词元答对的概率为 1/e 的规模（假设）", e.Scale, Parameter}, {"α", "损失随规模下降的指数（假设）", e.Exponent, ""},
			{"L", "答案的词元数", e.Tokens, ""}, {"s", "整串全对的比例", share, ""},
		},
		Sources: []Source{sourceSchaeffer, sourceWei},
	}, nil
}
