package sim

import (
	"fmt"
	"math"
)

// Chinchilla holds the constants of Hoffmann's law L = E + A/N^α + B/D^β, fitted
// to one tokenizer and one data set: losses of other models do not compare.
type Chinchilla struct {
	E, A, B, Alpha, Beta float64
	Source               Source
}

// Fits of the law to the same training runs, in this order wherever one is
// chosen by number. Hoffmann's are as printed; Besiroglu's correct the fit.
var (
	HoffmannFit  = Chinchilla{1.69, 406.4, 410.7, 0.34, 0.28, sourceHoffmann}
	BesirogluFit = Chinchilla{1.81686, 482.00572, 2085.4342, 0.34781, 0.36585, sourceBesiroglu}
)

// Loss is the predicted cross-entropy after training params parameters on
// tokens tokens:
//
//	E + A / N^α + B / D^β   nats per token
//
// Source: Hoffmann et al. 2022, equation 10.
func (c Chinchilla) Loss(params, tokens float64) (Quantity, error) {
	if err := first(
		checkRange("params", params, 1, maxParams),
		checkRange("tokens", tokens, 1, maxParams),
	); err != nil {
		return Quantity{}, fmt.Errorf("loss: %w", err)
	}
	model, data := c.A/math.Pow(params, c.Alpha), c.B/math.Pow(tokens, c.Beta)
	return Quantity{
		Name: "预测的损失（每词元）", Unit: Nat,
		Value:   c.E + model + data,
		Formula: "E + A / N^α + B / D^β",
		Working: Number(c.E) + " + " + Number(c.A) + " / " + Number(params) + "^" + Number(c.Alpha) +
			" + " + Number(c.B) + " / " + Number(tokens) + "^" + Number(c.Beta),
		Terms: []Term{
			{"N", "参数量", params, Parameter}, {"D", "训练词元数", tokens, ""},
			{"E", "不可约的损失", c.E, Nat}, {"A / N^α", "模型有限的代价", model, Nat}, {"B / D^β", "数据有限的代价", data, Nat},
		},
		Sources: []Source{c.Source},
	}, nil
}

// Kaplan holds the constants of Kaplan's laws. Nc and AlphaN serve both; Dc and
// AlphaD the joint one. Losses are of his tokenizer and data.
type Kaplan struct {
	Nc, AlphaN, Dc, AlphaD float64
}

// Loss is the predicted cross-entropy of params parameters, embeddings not
// counted, after training on tokens tokens until it stops improving:
//
//	[(N_c / N)^(α_N / α_D) + D_c / D]^α_D   nats per token
//
// Source: Kaplan et al. 2020, equation 1.5.
func (k Kaplan) Loss(params, tokens float64) (Quantity, error) {
	if err := first(
		checkRange("params", params, 1, maxParams),
		checkRange("tokens", tokens, 1, maxParams),
		checkRange("Nc", k.Nc, 1e-9, 1e30), checkRange("aN", k.AlphaN, 1e-3, 2),
		checkRange("Dc", k.Dc, 1e-9, 1e30), checkRange("aD", k.AlphaD, 1e-3, 2),
	); err != nil {
		return Quantity{}, fmt.Errorf("loss: %w", err)
	}
	model, data := math.Pow(k.Nc/params, k.AlphaN/k.AlphaD), k.Dc/tokens
	return finite(Quantity{
		Name: "预测的损失（每词元）", Unit: Nat,
		Value:   math.Pow(model+data, k.AlphaD),
		Formula: "[(N_c / N)^(α_N / α_D) + D_c / D]^α_D",
		Working: "[(" + Number(k.Nc) + " / " + Number(params) + ")^(" + Number(k.AlphaN) + " / " + Number(k.AlphaD) + ") + " +
			Number(k.Dc) + " / " + Number(tokens) + "]^" + Number(k.AlphaD),
		Terms: []Term{
			{"N", "参数量（不计词嵌入）", params, Parameter}, {"D", "训练词元数", tokens, ""},
			{"(N_c / N)^(α_N / α_D)", "模型有限的代价", model, ""}, {"D_c / D", "数据有限的代价", data, ""},
		},
		Sources: []Source{sourceKaplan},
	}, "aN")
}

// LossBySize is the predicted cross-entropy of params parameters, embeddings not
// counted, where data do not limit:
//
//	(N_c / N)^α_N   nats per token
//
// Source: Kaplan et al. 2020, equation 1.1.
func (k Kaplan) LossBySize(params float64) (Quantity, error) {
	if err := first(
		checkRange("params", params, 1, maxParams),
		checkRange("Nc", k.Nc, 1e-9, 1e30), checkRange("aN", k.AlphaN, 1e-3, 2),
	); err != nil {
		return Quantity{}, fmt.Errorf("loss: %w", err)
	}
	return Quantity{
		Name: "预测的损失（每词元）", Unit: Nat,
		Value:   math.Pow(k.Nc/params, k.AlphaN),
		Formula: "(N_c / N)^α_N",
		Working: "(" + Number(k.Nc) + " / " + Number(params) + ")^" + Number(k.AlphaN),
		Terms:   []Term{{"N", "参数量（不计词嵌入）", params, Parameter}, {"N_c", "常数", k.Nc, ""}, {"α_N", "指数", k.AlphaN, ""}},
		Sources: []Source{sourceKaplan},
	}, nil
}

// finite refuses a result that constants have driven out of the numbers.
func finite(q Quantity, field string) (Quantity, error) {
	if math.IsNaN(q.Value) || math.IsInf(q.Value, 0) {
		return Quantity{}, &FieldError{Field: field, Reason: OutOfRange, Detail: "the result is not finite"}
	}
	return q, nil
}

// check bounds constants that come from outside.
func (c Chinchilla) check() error {
	return first(
		checkRange("E", c.E, 0, 1e3),
		checkRange("A", c.A, 1e-9, 1e12), checkRange("B", c.B, 1e-9, 1e12),
		checkRange("a", c.Alpha, 1e-3, 2), checkRange("b", c.Beta, 1e-3, 2),
	)
}

// OptimalParameters is the size that gives the least loss for a training budget
// of flops = 6·N·D:
//
//	(α·A / (β·B))^(1/(α+β)) · (C / 6)^(β/(α+β))   parameters
//
// Source: Hoffmann et al. 2022, equation 4.
func (c Chinchilla) OptimalParameters(flops float64) (Quantity, error) {
	if err := checkRange("flops", flops, 1, 1e36); err != nil {
		return Quantity{}, fmt.Errorf("optimal parameters: %w", err)
	}
	sum := c.Alpha + c.Beta
	return Quantity{
		Name: "算力最优的参数量", Unit: Parameter,
		Value:   math.Pow(c.Alpha*c.A/(c.Beta*c.B), 1/sum) * math.Pow(flops/6, c.Beta/sum),
		Formula: "(α · A / (β · B))^(1 / (α + β)) · (C / 6)^(β / (α + β))",
		Working: "(" + product(c.Alpha, c.A) + " / (" + product(c.Beta, c.B) + "))^(1 / " + Number(sum) + ") × (" + Number(flops) + " / 6)^(" + Number(c.Beta) + " / " + Number(sum) + ")",
		Terms: []Term{
			{"C", "训练计算量", flops, FLOP}, {"A", "模型项的系数", c.A, ""}, {"α", "模型项的指数", c.Alpha, ""},
			{"B", "数据项的系数", c.B, ""}, {"β", "数据项的指数", c.Beta, ""},
		},
		Sources: []Source{c.Source, sourceKaplan},
	}, nil
}
