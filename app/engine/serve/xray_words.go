package serve

import (
	"fmt"
	"math"
	"strings"

	"courselab/attention"
)

// xrayLook is how a tensor is presented.
type xrayLook struct {
	title, formula, group string
	sequential            bool // probabilities
}

// xrayLooks are the tensors by what follows their layer and head in their name.
var xrayLooks = map[string]xrayLook{
	"tokens":             {title: "词元编号 id", formula: "每个字在字表里的编号", group: "input"},
	"rope.cos":           {title: "旋转角的余弦", formula: "cos[i,j] = cos(i·θ^(−2j/h))", group: "input"},
	"rope.sin":           {title: "旋转角的正弦", formula: "sin[i,j] = sin(i·θ^(−2j/h))", group: "input"},
	"zeros":              {title: "零（残差被切断）", formula: "0", group: "input"},
	"embedding":          {title: "词嵌入 X", formula: "X[i,·] = E[id[i],·]", group: "input"},
	"attention_norm.rms": {title: "注意力前的均方根 r", formula: "r[i] = √(均值 x² + ε)", group: "attention"},
	"attention_norm":     {title: "注意力前的归一化 N", formula: "N = x / r · g", group: "attention"},
	"q":                  {title: "查询 Q（各头并排）", formula: "Q = N·W_Qᵀ", group: "attention"},
	"k":                  {title: "键 K（各键值头并排）", formula: "K = N·W_Kᵀ", group: "attention"},
	"v":                  {title: "值 V（各键值头并排）", formula: "V = N·W_Vᵀ", group: "attention"},
	"q_rotated":          {title: "旋转后的查询", formula: "RoPE(Q)：每对分量转 i·θ^(−2j/h)", group: "attention"},
	"k_rotated":          {title: "旋转后的键", formula: "RoPE(K)：每对分量转 i·θ^(−2j/h)", group: "attention"},
	"scores":             {title: "分数 S = QKᵀ", formula: "S = Q·Kᵀ", group: "head"},
	"scaled":             {title: "缩放后 S′ = S/√h", formula: "S′ = S / √h", group: "head"},
	"masked":             {title: "因果掩码后 M", formula: "M[i,j] = S′[i,j]（j ≤ i），否则 −∞", group: "head"},
	"weights":            {title: "注意力权重 A", formula: "A[i,·] = softmax(M[i,·])", group: "head", sequential: true},
	"head.mixed":         {title: "头的输出 O = A·V", formula: "O = A·V", group: "head"},
	"mixed":              {title: "各头并排 C", formula: "C = [O₀ O₁ …]", group: "attention"},
	"attention_output":   {title: "注意力块的输出 P", formula: "P = C·W_Oᵀ", group: "attention"},
	"attention_residual": {title: "加回残差流（注意力后）", formula: "x ← x + P", group: "attention"},
	"ffn_norm.rms":       {title: "前馈前的均方根 r", formula: "r[i] = √(均值 x² + ε)", group: "ffn"},
	"ffn_norm":           {title: "前馈前的归一化 N", formula: "N = x / r · g", group: "ffn"},
	"gate":               {title: "门 G", formula: "G = N·W_gateᵀ", group: "ffn"},
	"up":                 {title: "升维 U", formula: "U = N·W_upᵀ", group: "ffn"},
	"silu":               {title: "SiLU(G)", formula: "SiLU(x) = x / (1 + e^(−x))", group: "ffn"},
	"gated":              {title: "门控后 SiLU(G)·U", formula: "H = SiLU(G) ⊙ U", group: "ffn"},
	"ffn_output":         {title: "前馈块的输出 F", formula: "F = H·W_downᵀ", group: "ffn"},
	"ffn_residual":       {title: "加回残差流（前馈后）", formula: "x ← x + F", group: "ffn"},
	"final_norm.rms":     {title: "最后的均方根 r", formula: "r[i] = √(均值 x² + ε)", group: "output"},
	"final_norm":         {title: "最后的归一化 N", formula: "N = x / r · g", group: "output"},
	"logits":             {title: "分数 z（整张字表）", formula: "z = N·W_outᵀ", group: "output"},

	"sampling.penalised":     {title: "重复惩罚后 z′", formula: "写过的字受罚", group: "sampling"},
	"sampling.scaled":        {title: "除以温度 s", formula: "s = (z′ − max z′) / T", group: "sampling"},
	"sampling.probabilities": {title: "概率 p", formula: "p = softmax(s)", group: "sampling", sequential: true},
	"sampling.kept":          {title: "切过以后 p′", formula: "top-k、top-p、min-p", group: "sampling", sequential: true},
	"sampling.final":         {title: "重新分到 100% p″", formula: "p″ = p′ / Σ p′", group: "sampling", sequential: true},
	"sampling.token":         {title: "抽到的字", formula: "u 落在谁的区间，就是谁", group: "sampling"},

	"input_layernorm.weight":          {title: "注意力前归一化的增益 g"},
	"self_attn.q_proj.weight":         {title: "参数 W_Q"},
	"self_attn.k_proj.weight":         {title: "参数 W_K"},
	"self_attn.v_proj.weight":         {title: "参数 W_V"},
	"self_attn.o_proj.weight":         {title: "参数 W_O"},
	"post_attention_layernorm.weight": {title: "前馈前归一化的增益 g"},
	"mlp.gate_proj.weight":            {title: "参数 W_gate"},
	"mlp.up_proj.weight":              {title: "参数 W_up"},
	"mlp.down_proj.weight":            {title: "参数 W_down"},
	"model.norm.weight":               {title: "最后归一化的增益 g"},
	"model.embed_tokens.weight":       {title: "参数 E（词嵌入表，也作输出矩阵）"},
	"lm_head.weight":                  {title: "参数 W_out（输出矩阵）"},
}

// lookOf says how a tensor is presented: its title tells layer and head.
func lookOf(t *attention.Tensor) xrayLook {
	name := string(t.Name)
	key := name
	if rest, ok := strings.CutPrefix(name, fmt.Sprintf("layers.%d.", t.Layer)); ok {
		key = rest
		if rest, ok := strings.CutPrefix(rest, fmt.Sprintf("heads.%d.", t.Head)); ok {
			if key = rest; rest == "mixed" {
				key = "head.mixed"
			}
		}
	}
	if rest, ok := strings.CutPrefix(name, fmt.Sprintf("model.layers.%d.", t.Layer)); ok {
		key = rest
	}
	look, known := xrayLooks[key]
	if !known {
		look = xrayLook{title: name}
	}
	if t.Op == attention.OpParameter {
		look.group, look.formula = "parameter", "训练得到，推理时不变"
	}
	switch {
	case t.Head >= 0:
		look.title = fmt.Sprintf("第 %d 层 头 %d · %s", t.Layer, t.Head, look.title)
	case t.Layer >= 0:
		look.title = fmt.Sprintf("第 %d 层 · %s", t.Layer, look.title)
	}
	return look
}

// axisWords says what an axis runs over.
func axisWords(a attention.Axis) string {
	switch a.Kind {
	case attention.AxisPosition:
		return "位置"
	case attention.AxisVocabulary:
		return "字表"
	case attention.AxisDimension:
		return "残差流的维"
	case attention.AxisHead:
		return "头·维"
	case attention.AxisHidden:
		return "前馈的维"
	case attention.AxisPair:
		return "旋转的对"
	}
	return "一个"
}

// sentence says how a cell came about, for somebody who listens.
func (p *xrayPass) sentence(t *attention.Tensor, x attention.Explanation) string {
	i, j, result := x.Cell.Row, x.Cell.Col, attention.Number(x.Result)
	position := func(i int) string {
		return fmt.Sprintf("第 %d 个位置“%s”", i, p.Label(attention.Axis{Kind: attention.AxisPosition}, i))
	}
	row := fmt.Sprintf("第 %d 行", i)
	if t.Rows.Kind == attention.AxisPosition {
		row = position(i)
	}
	value := func(k int) string { return attention.Number(x.Operands[k].Value) }
	switch x.Kind {
	case attention.Given:
		if t.Op == attention.OpParameter {
			return fmt.Sprintf("这是训练得到的参数，值是 %s；它不由别的格子算出，对每一段文字都一样。", result)
		}
		if t.Name == "tokens" {
			return fmt.Sprintf("“%s”在字表里的编号是 %s。", p.Label(attention.Axis{Kind: attention.AxisPosition}, i), result)
		}
		return fmt.Sprintf("给定的数：%s。", result)
	case attention.Ablated:
		return fmt.Sprintf("这个参数原来是 %s；关掉了它所在的部件，当作 0。", value(0))
	case attention.Cosine, attention.Sine:
		return fmt.Sprintf("位置 %d 的第 %d 对分量转过的角，越靠后的对转得越慢；得 %s。", i, j, result)
	case attention.Looked:
		return fmt.Sprintf("按编号 %s 到词嵌入表里取那一行的第 %d 个数，得 %s：这一步只查表，不计算。", value(1), j, result)
	case attention.RootMeanSquare:
		return fmt.Sprintf("%s这一行 %d 个数，平方、求平均、加上很小的 ε、开方，得 %s。", row, len(x.Operands)-1, result)
	case attention.Normed:
		return fmt.Sprintf("%s除以这一行的均方根 %s，再乘学到的增益 %s，得 %s。", value(0), value(1), value(2), result)
	case attention.Rotated:
		return fmt.Sprintf("RoPE：这个分量与它的搭档一起转过一个角，得 %s；角只取决于位置。", result)
	case attention.Sum:
		return fmt.Sprintf("残差：原来的 %s 加上这一块算出的 %s，得 %s。", value(0), value(1), result)
	case attention.SiLU:
		return fmt.Sprintf("SiLU：%s 乘以它自己的 sigmoid，得 %s；负得多的数几乎变成 0。", value(0), result)
	case attention.Hidden:
		return fmt.Sprintf("%s在%s之后，因果掩码不让它看见：分数换成 −∞。", position(j), position(i))
	case attention.Softmaxed:
		if t.Op == attention.OpSoftmax && t.Head >= 0 {
			if x.Result == 0 && j > i {
				return fmt.Sprintf("%s被遮住，exp(−∞) = 0，权重为 0。", position(j))
			}
			return fmt.Sprintf("%s把 %.1f%% 的注意力放在%s上：这一行各数取指数，再除以它们的和。", position(i), 100*x.Result, position(j))
		}
		return fmt.Sprintf("“%s”的概率是 %.3f%%：整张字表的分数取指数，再除以它们的和。", p.label(t.Cols, j), 100*x.Result)
	case attention.Quotient:
		return fmt.Sprintf("%s 除以 %s，得 %s。", value(0), value(1), result)
	case attention.Product:
		return p.productSentence(t, x, row)
	case attention.Tempered:
		return fmt.Sprintf("“%s”的分数减去最大的分数，再除以温度 %s，得 %s。", p.label(t.Cols, j), value(2), result)
	case attention.BeyondTopK, attention.BeyondTopP, attention.BelowMinP:
		return fmt.Sprintf("“%s”被切掉了，概率记作 0。", p.label(t.Cols, j))
	case attention.Share:
		return fmt.Sprintf("“%s”在留下的字里占 %.3f%%。", p.label(t.Cols, j), 100*x.Result)
	case attention.Greatest, attention.Chosen:
		token := int(math.Round(x.Result))
		return fmt.Sprintf("抽到的是编号 %d，“%s”。", token, p.model.symbol(token))
	}
	return fmt.Sprintf("照抄，为 %s。", result)
}

// productSentence is sentence for sums of products.
func (p *xrayPass) productSentence(t *attention.Tensor, x attention.Explanation, row string) string {
	terms, result := len(x.Operands)/2, attention.Number(x.Result)
	switch t.Op {
	case attention.OpScores:
		return fmt.Sprintf("%s的查询与“%s”的键逐维相乘再相加，共 %d 项，得 %s。", row, p.label(t.Cols, x.Cell.Col), terms, result)
	case attention.OpMix:
		return fmt.Sprintf("%s的输出：各位置的值按权重相加，共 %d 项，得 %s。", row, terms, result)
	case attention.OpMultiply:
		return fmt.Sprintf("门 %s 乘以升维后的 %s，得 %s。", attention.Number(x.Operands[0].Value), attention.Number(x.Operands[1].Value), result)
	case attention.OpRotate:
		return fmt.Sprintf("RoPE：这个分量与它的搭档一起转过一个角，得 %s；角只取决于位置。", result)
	}
	if t.Name == "logits" {
		return fmt.Sprintf("%s之后写“%s”的分数：归一化后的向量与这个字的输出向量逐项相乘再相加，共 %d 项，得 %s。", row, p.label(t.Cols, x.Cell.Col), terms, result)
	}
	return fmt.Sprintf("%s的向量与参数矩阵的第 %d 行逐项相乘再相加，共 %d 项，得 %s。", row, x.Cell.Col, terms, result)
}
