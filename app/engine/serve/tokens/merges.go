package tokens

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
)

const (
	firstShown  = 10 // merges from the beginning
	latestShown = 15 // and up to the present one
	longest     = 12 // tokens
)

// mergesPart lists what was learnt.
func (a *asked) mergesPart() engine.Part {
	part := engine.Part{Title: "合并表", Text: "每一次都把并排出现最多的一对合成新词元；一样多时，先取左边编号小的，再取右边编号小的。“并排出现”把重叠的位置也各算一次。"}
	t := sheet.Table(fmt.Sprintf("合并：前 %d 次与最近 %d 次", firstShown, latestShown),
		sheet.Columns("第几次", "左", "右", "得到", "字节", "并排出现（次）", "训练文字还剩（词元）"))
	if a.k <= firstShown+latestShown {
		t.Title = "合并：全部"
	}
	t.Name = "tokens-merges"
	for i, m := range a.vocabulary.Merges()[:a.k] {
		if i >= firstShown && i < a.k-latestShown {
			continue
		}
		b, _ := a.vocabulary.Bytes(256 + i)
		t.Rows = append(t.Rows, row(format.Number(float64(i+1)), a.symbol(m.Left), a.symbol(m.Right), shown(b), hex(b), format.Number(float64(m.Count)), format.Number(float64(m.Tokens))))
	}
	if a.k == 0 {
		t.Rows = append(t.Rows, row("0", "", "", "还没有合并：每个字节是一个词元", "", "", format.Number(float64(len(a.text)))))
	}
	part.Tables = []engine.FactTable{t}
	if a.k > 0 {
		part.Tables = append(part.Tables, a.longest())
	}
	return part
}

// longest lists the tokens of most characters.
func (a *asked) longest() engine.FactTable {
	type word struct{ id, characters int }
	var all []word
	for i := range a.k {
		b, _ := a.vocabulary.Bytes(256 + i)
		if utf8.ValidString(b) {
			all = append(all, word{256 + i, utf8.RuneCountInString(b)})
		}
	}
	slices.SortStableFunc(all, func(x, y word) int { return y.characters - x.characters })
	t := sheet.Table("学到的最长的词元", sheet.Columns("词元", "字符（个）", "第几次合并", "合并时并排出现（次）"))
	t.Name = "tokens-longest"
	for _, w := range all[:min(len(all), longest)] {
		t.Rows = append(t.Rows, row(a.symbol(w.id), format.Number(float64(w.characters)), format.Number(float64(w.id-255)), format.Number(float64(a.vocabulary.Merges()[w.id-256].Count))))
	}
	if len(t.Rows) == 0 {
		t.Rows = append(t.Rows, row("还没有一个完整的字", "", "", ""))
	}
	t.Text = "词表里长的词元多半是这份文字自己的套话和术语：词表记得它学过什么。"
	return t
}

func row(cells ...string) engine.FactRow {
	var r engine.FactRow
	for _, text := range cells {
		r.Cells = append(r.Cells, engine.Fact{Text: text})
	}
	return r
}
