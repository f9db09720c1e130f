package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/attention"
)

// explain answers engine.OpAttentionExplain. Besides the matrices that the lab
// shows it explains "x", "wq", "wk" and "wv", from which Q, K and V come; the
// head does not count for "x".
func (lab *attentionLab) explain(ctx context.Context, raw json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
	const op = engine.OpAttentionExplain
	var in engine.AttentionExplainInput
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, nil, undecodable(op, err)
	}
	if err := checkAttention(op, in.Attention); err != nil {
		return nil, nil, err
	}
	trace, err := lab.run(ctx, op, in.Attention, emit)
	if err != nil {
		return nil, nil, err
	}
	name := attention.Name(in.Matrix)
	m, ok := trace.Matrix(name, in.Head)
	switch {
	case name.Symbol() == "":
		return nil, nil, badAttention(op, "matrix", "没有名为“%s”的矩阵；可用 x、wq、wk、wv、q、k、v、scores、scaled、masked、weights、output", in.Matrix)
	case !ok && trace.source != nil && in.Head == 0:
		return nil, nil, badAttention(op, "matrix", "Q、K、V 来自诗芽时没有 %s；它们的来历在实验“透视”里", in.Matrix)
	case !ok:
		return nil, nil, badAttention(op, "head", "没有头 %d；可用 0 到 %d", in.Head, trace.in.Heads-1)
	case in.Row < 0 || in.Row >= m.Rows:
		return nil, nil, badAttention(op, "row", "没有第 %d 行；%s 可用 0 到 %d", in.Row, name.Symbol(), m.Rows-1)
	case in.Col < 0 || in.Col >= m.Cols:
		return nil, nil, badAttention(op, "col", "没有第 %d 列；%s 可用 0 到 %d", in.Col, name.Symbol(), m.Cols-1)
	}
	x, err := trace.Explain(name, in.Head, in.Row, in.Col)
	if err != nil {
		return nil, nil, err
	}
	if e, ok, err := trace.fromModel(x); ok || err != nil {
		return e, nil, err
	}
	return explanation(trace, x), nil, nil
}

// matrixNouns are the matrices in words.
var matrixNouns = map[attention.Name]string{
	attention.X: "输入", attention.WQ: "查询投影", attention.WK: "键投影", attention.WV: "值投影",
	attention.Q: "查询", attention.K: "键", attention.V: "值", attention.Scores: "分数",
	attention.Scaled: "缩放后", attention.Masked: "掩码后", attention.Weights: "权重", attention.Output: "输出",
}

// explanation puts x into words.
func explanation(t *attentionRun, x attention.Explanation) engine.Explanation {
	c := x.Cell
	e := engine.Explanation{
		Title:   fmt.Sprintf("%s %s[%d,%d]", matrixNouns[c.Matrix], c.Matrix.Symbol(), c.Row, c.Col),
		Formula: x.Formula, Working: x.Working, Result: x.Result, Text: sentence(t, x),
	}
	if c.Head >= 0 {
		e.Title += fmt.Sprintf("，头 %d", c.Head)
	}
	if x.Kind == attention.Replaced {
		e.Formula = fmt.Sprintf("%s[i,j] ← 你填的数", c.Matrix.Symbol())
	}
	for _, o := range x.Operands {
		operand := engine.Operand{Symbol: o.Symbol, Value: o.Value, Matrix: string(o.Cell.Matrix), Head: o.Cell.Head, Row: o.Cell.Row, Col: o.Cell.Col}
		if o.Symbol == "edit" {
			operand.Symbol = "你填的数"
		}
		e.Operands = append(e.Operands, operand)
	}
	return e
}

// sentence says how the cell came about, for somebody who listens.
func sentence(t *attentionRun, x attention.Explanation) string {
	c, result := x.Cell, attention.Number(x.Result)
	token := func(i int) string {
		if t.source != nil {
			return fmt.Sprintf("第 %d 个位置“%s”", i+1, t.labels[i])
		}
		return fmt.Sprintf("第 %d 个字“%s”", i+1, t.labels[i])
	}
	switch x.Kind {
	case attention.Replaced:
		if t.source != nil {
			return fmt.Sprintf("这一格是你改的：%s，诗芽算出的原值是 %s。", result, attention.Number(x.Operands[1].Value))
		}
		return fmt.Sprintf("这一格是你改的：%s，投影算出的原值是 %s。", result, attention.Number(x.Operands[1].Value))
	case attention.Drawn:
		return fmt.Sprintf("由种子 %d 按正态分布抽出，标准差 1/√%d，得 %s。", t.Config.Seed, attention.DModel, result)
	case attention.Embedded:
		return fmt.Sprintf("%s的嵌入加上位置编码，再乘 √(2/3) 使方差约为 1，得 %s。", token(c.Row), result)
	case attention.Hidden:
		return fmt.Sprintf("%s在%s之后，因果掩码不让它看见：分数换成 −∞。", token(c.Col), token(c.Row))
	}
	switch c.Matrix {
	case attention.Scores:
		return fmt.Sprintf("%s的查询与%s的键逐维相乘再相加，共 %d 项，得 %s。", token(c.Row), token(c.Col), t.Config.DK, result)
	case attention.Scaled:
		if x.Kind == attention.Copied {
			return fmt.Sprintf("没有除以 √d_k，分数照抄，为 %s。", result)
		}
		return fmt.Sprintf("分数除以 √d_k = √%d = %s，得 %s。", t.Config.DK, attention.Number(x.Operands[1].Value), result)
	case attention.Masked:
		if t.Config.Causal {
			return fmt.Sprintf("%s不在%s之后，看得见：照抄，为 %s。", token(c.Col), token(c.Row), result)
		}
		return fmt.Sprintf("没有掩码，照抄，为 %s。", result)
	case attention.Weights:
		if math.IsInf(x.Operands[c.Col].Value, -1) {
			return fmt.Sprintf("%s被遮住，exp(−∞) = 0，权重为 0。", token(c.Col))
		}
		return fmt.Sprintf("%s把 %.1f%% 的注意力放在%s上：这一行各数取指数，再除以它们的和。", token(c.Row), 100*x.Result, token(c.Col))
	case attention.Output:
		return fmt.Sprintf("%s的输出第 %d 维：各字的值按权重相加，共 %d 项，得 %s。", token(c.Row), c.Col, len(t.Config.Tokens), result)
	}
	return fmt.Sprintf("%s的输入与%s矩阵的第 %d 列逐项相乘再相加，共 %d 项，得 %s。", token(c.Row), matrixNouns[c.Matrix]+"投影", c.Col, attention.DModel, result)
}
