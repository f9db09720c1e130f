package tokens

import (
	_ "embed" // the samples
	"fmt"
	"unicode/utf8"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim/chart"
)

var (
	//go:embed samples/zh.txt
	chinese string
	//go:embed samples/en.txt
	english string
	//go:embed samples/code.txt
	code string
	//go:embed samples/digits.txt
	digits string
	//go:embed samples/emoji.txt
	emoji string
)

// sample is a text of one kind.
type sample struct{ name, text string }

// samples are fixed texts, written for the course; the first two say the same. The
// vocabularies of others were measured on these very texts.
var samples = []sample{{"中文", chinese}, {"英文", english}, {"代码", code}, {"数字", digits}, {"表情", emoji}}

// counted is a sample in tokens.
type counted struct {
	sample
	characters, bytes, tokens float64
}

func (c counted) rate() float64 { return c.characters / c.tokens }

// languages are the fixed samples and the learner's, cut with the present merges.
type languages struct {
	all []counted // the learner's last
}

func (a *asked) languages(in *sheet.Input) (languages, error) {
	var out languages
	for _, s := range samples {
		if err := in.Pause(); err != nil {
			return out, err
		}
		out.all = append(out.all, count(s, len(a.vocabulary.Encode(s.text, a.k))))
	}
	out.all = append(out.all, count(sample{"你的文字", a.sample}, len(a.ids)))
	return out, nil
}

func count(s sample, tokens int) counted {
	return counted{s, float64(utf8.RuneCountInString(s.text)), float64(len(s.text)), float64(tokens)}
}

// answer is the right option of the lab's guess.
func (l languages) answer() (answer, because string) {
	zh, en := l.all[0].tokens, l.all[1].tokens
	because = fmt.Sprintf("同一段话，中文 %s 个字切成 %s 个词元，英文 %s 个字母与标点切成 %s 个。", format.Number(l.all[0].characters), format.Number(zh),
		format.Number(l.all[1].characters), format.Number(en))
	switch {
	case zh < 0.9*en:
		return "chinese", because + "词表学的是中文，就偏着中文；学自英文的词表正好反过来。"
	case en < 0.9*zh:
		return "english", because
	}
	return "same", because
}

// part compares the samples with each other and with real vocabularies.
func (l languages) part(in *sheet.Input) (engine.Part, error) {
	table := engine.Table{Columns: sheet.Columns("样本", "字符（个）", "字节（B）", "词元（个）", "每词元的字符（个）", "每词元的字节（B）")}
	var bars []chart.Bar
	for _, c := range l.all {
		table.Rows = append(table.Rows, []string{c.name, format.Plain(c.characters), format.Plain(c.bytes), format.Plain(c.tokens), format.Fixed(c.rate(), 2), format.Fixed(c.bytes/c.tokens, 2)})
		bars = append(bars, chart.Bar{Name: c.name, Values: []float64{c.rate()}, Label: format.Fixed(c.rate(), 2)})
	}
	title := "每词元装几个字符"
	desc := fmt.Sprintf("同一份词表切六段文字：中文每词元 %s 个字符，英文 %s 个，代码 %s 个，数字 %s 个，表情 %s 个，你的文字 %s 个。",
		format.Fixed(l.all[0].rate(), 2), format.Fixed(l.all[1].rate(), 2), format.Fixed(l.all[2].rate(), 2), format.Fixed(l.all[3].rate(), 2), format.Fixed(l.all[4].rate(), 2), format.Fixed(l.all[5].rate(), 2))
	svg, err := chart.Bars(chart.BarsSpec{
		Frame: chart.Frame{Key: in.Key("languages"), Title: title, Desc: desc},
		Value: chart.Axis{Name: "每词元的字符", Unit: "个"}, Parts: []string{"每词元的字符"}, Bars: bars,
	})
	figure, err := sheet.Figure(title, desc, table, svg, err)
	if err != nil {
		return engine.Part{}, err
	}
	return engine.Part{
		Title:   "分语言看",
		Text:    "前五段是课程写的固定样本，中文与英文说的是同一段话。一个汉字的信息比一个英文字母多，所以两种语言要比词元总数，不能只比每词元的字符。",
		Figures: []engine.Figure{figure}, Tables: []engine.FactTable{l.compared(), texts()},
	}, nil
}

// compared sets the lab's own counts beside those of real vocabularies.
func (l languages) compared() engine.FactTable {
	t := sheet.Table("真实的词表切同样的样本", sheet.Columns("词表", "大小（个）", "中文（词元）", "英文（词元）", "中文 ÷ 英文", "代码（词元）", "数字（词元）", "表情（词元）", "中文每词元（字符）"))
	t.Name = "tokens-vocabularies"
	line := func(name, size string, tokens [5]float64) engine.FactRow {
		return row(name, size, format.Plain(tokens[0]), format.Plain(tokens[1]), format.Fixed(tokens[0]/tokens[1], 2),
			format.Plain(tokens[2]), format.Plain(tokens[3]), format.Plain(tokens[4]), format.Fixed(l.all[0].characters/tokens[0], 2))
	}
	var own [5]float64
	for i := range own {
		own[i] = l.all[i].tokens
	}
	t.Rows = append(t.Rows, line("这个实验", "见上", own))
	t.Rows[0].Tone = engine.Good
	for _, v := range vocabularies {
		r := line(v.name, format.Count(v.size), v.tokens)
		r.Cells[2].Origins = []engine.Origin{{Text: format.Plain(v.tokens[0]) + " 词元", Source: v.carrier.url, Date: measuredOn, Note: "npm 包 " + v.carrier.title}}
		t.Rows = append(t.Rows, r)
	}
	t.Text = "真实的几行用带着这些词表的 npm 包量得（" + measuredOn + "，不含首尾记号），点中文一列看是哪个包。"
	return t
}

// texts shows the samples themselves.
func texts() engine.FactTable {
	t := sheet.Table("样本的原文", sheet.Columns("样本", "原文"))
	t.Name = "tokens-samples"
	for _, s := range samples {
		t.Rows = append(t.Rows, row(s.name, s.text))
	}
	return t
}
