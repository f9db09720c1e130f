package objectives

import (
	"fmt"
	"strings"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/attention/train"
	"courselab/sim"
	"courselab/sim/chart"
)

// assumedRate is what a browser's SIMD kernel is assumed to do, in floating-point
// operations a second, for the estimate of a run's time.
const assumedRate = 1e10

var (
	sourceBERT = sim.Source{Title: "Devlin 等，BERT（第 3.1 节：15%，其中 80/10/10）", URL: "https://arxiv.org/abs/1810.04805", Date: "2018-10-11"}
	sourceGPT3 = sim.Source{Title: "Brown 等，GPT-3（附录 B：各篇文字首尾相接，以结束符隔开）", URL: "https://arxiv.org/abs/2005.14165", Date: "2020-05-28"}
)

// Sheet answers engine.OpLab: what stands before a run.
func Sheet(in *sheet.Input) (engine.Sheet, error) {
	s, c, err := prepare(in)
	if err != nil {
		return engine.Sheet{}, err
	}
	tasks := s.tasks()
	rows := s.batch * s.window
	asked := [2]int{s.batch * tasks[0].Predicted(s.window), s.batch * tasks[1].Predicted(s.window)}
	n := train.Count(s.config(len(c.vocabulary)))
	seconds := s.flops(c) / assumedRate
	var out engine.Sheet
	out.Verdict.Text = fmt.Sprintf("两个 %s 参数的模型，权重从同一处出发，每步读同样的 %s 个字：因果的答 %s 道题，掩码的答 %s 道。",
		format.Count(float64(n.Total())), format.Count(float64(rows)), format.Count(float64(asked[0])), format.Count(float64(asked[1])))
	out.Verdict.Detail = fmt.Sprintf("按“开始训练”，%s 步约 %s（假设每秒 %s，你的机器会快慢几倍）。", format.Count(float64(s.steps)), format.Value(seconds, "s"), format.Value(assumedRate, "FLOP"))
	out.Answer = "seventh"
	switch share := float64(asked[1]) / float64(asked[0]); {
	case share > 0.5:
		out.Answer = "same"
	case share > 0.25:
		out.Answer = "third"
	}
	out.Because = fmt.Sprintf("每行 %d 个字：因果的每个位置都有下一个字可猜，%d 道；掩码只问被遮住的 %s，%d 道。两边读的字一样多。", s.window, s.window, format.Ratio(s.hide), tasks[1].Predicted(s.window))
	out.Notes = s.notes(c)
	row, err := s.row(c)
	if err != nil {
		return out, err
	}
	parts, err := partsFigure(in, n)
	if err != nil {
		return out, err
	}
	out.Parts = []engine.Part{
		{Title: "同一行字，两种题", Text: "训练集的第一行的开头，按这次的种子遮住。▢ 是 <mask>，¶ 是一段的结束，□ 是词表外的字。", Tables: []engine.FactTable{row}},
		s.size(c, n, asked, seconds),
		{Title: "参数在哪里", Figures: []engine.Figure{parts}},
		s.protocol(c),
	}
	return out, nil
}

// flops is what a run computes: 6 operations a parameter and token for both
// models, forward and backward (Kaplan et al. 2020, section 2.1), with the output
// matrix counted for predicted tokens alone.
func (s settings) flops(c *corpus) float64 {
	n := train.Count(s.config(len(c.vocabulary)))
	var sum float64
	for _, task := range s.tasks() {
		sum += float64(n.Attention+n.FFN+n.Norm)*float64(s.batch*s.window) + float64(n.Embedding)*float64(s.batch*task.Predicted(s.window))
	}
	return 6 * sum * float64(s.steps)
}

// notes are what a run's numbers must not be read without.
func (s settings) notes(c *corpus) []engine.Note {
	notes := []engine.Note{{Text: "两条损失问的题不同（猜下一个字；猜被遮住的字），不能互相比大小。要比，看同一批填空。"}}
	if s.leak {
		notes = append(notes, engine.Note{Tone: engine.Warn, Text: "标签泄漏已打开：因果模型没有因果掩码，每个位置都看得见它要猜的下一个字。它的损失不再说明任何本领。"})
	}
	if c.composed*500 > c.all {
		notes = append(notes, engine.Note{Text: "文字里有组合符号或连接符：这里按 Unicode 码点切字，一个 emoji 或带声调的字母可能算作几个字。"})
	}
	if c.learntSize < 5*s.batch*s.window {
		notes = append(notes, engine.Note{Tone: engine.Warn, Text: fmt.Sprintf("训练只有 %s 个字，每 %s 步就读完一遍：看留出损失会不会回升。", format.Count(float64(c.learntSize)), format.Number(float64(max(1, c.learntSize/(s.batch*s.window)))))})
	}
	return notes
}

// shownRow is how many tokens of the first row are shown.
const shownRow = 16

// row shows how the first row of what is learnt becomes questions of both kinds.
func (s settings) row(c *corpus) (engine.FactTable, error) {
	config := s.config(len(c.vocabulary))
	documents, err := train.Pack(c.learnt, c.tokenizer, config, train.Unknown)
	if err != nil || len(documents) == 0 {
		return engine.FactTable{}, err
	}
	d := documents[0]
	read, asked := s.tasks()[1].Hiding(d, s.seed, config.Vocab)
	table := engine.FactTable{Title: "训练集第一行", Name: "objectives-row", Columns: sheet.Columns("位置", "因果：读入", "因果：要猜", "掩码：读入", "掩码：要猜")}
	for i := range min(len(read), shownRow) {
		hidden := "–"
		if asked[i] {
			hidden = c.signs(d[i : i+1])
		}
		table.Rows = append(table.Rows, engine.FactRow{Cells: []engine.Fact{{Text: format.Plain(float64(i + 1))}, {Text: c.signs(d[i : i+1])}, {Text: c.signs(d[i+1 : i+2])}, {Text: c.signs(read[i : i+1])}, {Text: hidden}}})
	}
	return table, nil
}

// size is the run's size in numbers that unfold.
func (s settings) size(c *corpus, n train.Counts, asked [2]int, seconds float64) engine.Part {
	window, batch := float64(s.window), float64(s.batch)
	quantity := func(name string, value float64, unit, formula, working string, sources ...sim.Source) engine.Quantity {
		return sheet.Quantity(sim.Quantity{Name: name, Value: value, Unit: unit, Formula: formula, Working: working, Sources: sources})
	}
	number := sim.Number
	params := quantity("每个模型的参数", float64(n.Total()), "", "V·d + 层数 × (4·d² + 3·d·f) + 归一化",
		fmt.Sprintf("%s + %s + %s + %s", number(float64(n.Embedding)), number(float64(n.Attention)), number(float64(n.FFN)), number(float64(n.Norm))))
	params.Text = format.Count(float64(n.Total()))
	read := quantity("每步读入（每个模型）", batch*window, sim.Token, "B · C", number(batch)+" × "+number(window))
	causal := quantity("每步的题，因果", float64(asked[0]), "", "B · C", number(batch)+" × "+number(window))
	masked := quantity("每步的题，掩码", float64(asked[1]), "", "B · max(1, 四舍五入(C · 比例))", fmt.Sprintf("%s × %d", number(batch), asked[1]/s.batch), sourceBERT)
	memory := sheet.In(sim.Quantity{Name: "占内存", Value: float64(s.footprint(len(c.vocabulary), c.learntSize+c.heldSize)), Unit: sim.Byte,
		Formula: "两个模型 ×（权重 + 梯度 + AdamW 两个矩 + 各层激活）× 4 字节 + 文字"}, "MiB")
	work := quantity("整次训练的运算", s.flops(c), "FLOP", "6 ×（层内参数 × 读入 + 输出矩阵 × 题数）× 步数，两个模型之和", "",
		sim.Source{Title: "Kaplan 等，Scaling Laws（第 2.1 节）", URL: "https://arxiv.org/abs/2001.08361", Date: "2020-01-23"})
	time := sheet.Plain("估计的时间", seconds, "s")
	time.Note = "假设每秒 " + format.Value(assumedRate, "FLOP")
	return engine.Part{Title: "规模", Quantities: []engine.Quantity{params, read, causal, masked, memory, work, time}}
}

// protocol says what is done with the text, so that a reader can do it again.
func (s settings) protocol(c *corpus) engine.Part {
	count := func(n int) string { return format.Count(float64(n)) }
	rows := [][]string{
		{"文字", fmt.Sprintf("%s 个字，%s 种", count(c.all), count(c.kinds))},
		{"训练与留出", fmt.Sprintf("切成段，每 %d 段留出 1 段：训练 %s 字，留出 %s 字", heldEvery, count(c.learntSize), count(c.heldSize))},
		{"词表", fmt.Sprintf("%s 个：%s 个记号（含 <mask>）与训练文字里最常见的字；留出集里 %s 的字不在词表，记作 <unk>", count(len(c.vocabulary)), count(firstToken), format.Ratio(c.unknownHeld))},
		{"序列打包", fmt.Sprintf("各段首尾相接，之间放一个 <eos>，每 %d 个字一行，不补空位；注意力会越过段的边界", s.window)},
		{"批次", fmt.Sprintf("每步 %d 行，次序由种子 %d 定，两个模型相同", s.batch, s.seed)},
		{"精度", "权重、梯度与优化器都是 32 位浮点；损失的指数与对数求和用 64 位"},
		{"遮住的规则", fmt.Sprintf("每行选 %s 的位置；其中八成换成 <mask>，一成换成随机的字，一成不动（BERT）；损失只算选中的位置", format.Ratio(s.hide))},
		{"优化", fmt.Sprintf("AdamW（β 0.9、0.95，衰减 0.1，梯度范数裁到 1），前 %d 步升温，之后学习率不变", warmup)},
		{"结构", fmt.Sprintf("LLaMA 式：RMSNorm、RoPE、SwiGLU，输入输出共用字表；宽 %d，%d 层，%d 头", s.width, s.layers, max(1, s.width/headDim))},
	}
	table := sheet.Table("怎样做的", sheet.Columns("项目", "做法"), rows...)
	table.Rows[3].Cells[1].Text += "（GPT-3 也这样做）"
	return engine.Part{Title: "做法", Tables: []engine.FactTable{table}, Quantities: []engine.Quantity{
		{Name: "遮住的规则出自", Text: "BERT", Sources: sheet.Sources([]sim.Source{sourceBERT})},
		{Name: "打包的做法出自", Text: "GPT-3", Sources: sheet.Sources([]sim.Source{sourceGPT3})},
	}}
}

// partsFigure draws where the parameters are.
func partsFigure(in *sheet.Input, n train.Counts) (engine.Figure, error) {
	bars := []struct {
		name  string
		count int
	}{{"字表（输入与输出共用）", n.Embedding}, {"前馈", n.FFN}, {"注意力", n.Attention}, {"归一化", n.Norm}}
	table := engine.Table{Columns: sheet.Columns("部分", "参数（个）", "占比（%）")}
	spec := chart.BarsSpec{Value: chart.Axis{Name: "参数"}, Parts: []string{"参数"}}
	var words []string
	for _, b := range bars {
		share := float64(b.count) / float64(n.Total())
		spec.Bars = append(spec.Bars, chart.Bar{Name: b.name, Values: []float64{float64(b.count)}, Label: format.Count(float64(b.count))})
		table.Rows = append(table.Rows, []string{b.name, format.Plain(float64(b.count)), format.Fixed(100*share, 1)})
		words = append(words, b.name+" "+format.Ratio(share))
	}
	title, desc := "一个模型的参数在哪里", "横条，单位是个："+strings.Join(words, "，")+"。"
	spec.Frame = chart.Frame{Key: in.Key("parts"), Title: title, Desc: desc}
	svg, err := chart.Bars(spec)
	return sheet.Figure(title, desc, table, svg, err)
}
