package labs

import (
	"strconv"
	"strings"

	"courselab/app/engine"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// sourceChoice lets the learner choose where Q, K and V come from, and of the
// model which head. What belongs to the other source is hidden in its place.
func (p *attentionPanel) sourceChoice() goapp.UI {
	s := p.state
	trained := "诗芽的一个头（训练过）"
	if n := p.Props.Env; n != nil && n.ModelBytes > 0 && p.result.Model == nil {
		trained += "，先载入 " + megabytes(n.ModelBytes)
	}
	source := p.choose("source", []string{"drawn", "model"}, []string{"随机的投影（没有训练）", trained}, s.source, func(v string) {
		if v == "drawn" {
			v = ""
		}
		p.switchTo(v, 0, 0)
	})
	words := "随机：看机制。诗芽：看一个训练过的头在你的文字上做什么。"
	if s.source != "" {
		words = "Q、K 取旋转（RoPE）之后的，V 取投影之后的；诗芽自己总是除以 √d_k、加因果掩码。"
	}
	place := goapp.Div().Class("lab-control")
	if s.source == "" {
		return goapp.Div().Class("lab-pair", "lab-wide").Body(p.labelled("source", "Q、K、V 的来源", source, words), place.Hidden(true))
	}
	values, titles := []string{}, []string{}
	layers, heads := s.layer+1, s.modelHead+1
	known := "诗芽有几层几头，载入后列出。"
	if m := p.result.Model; m != nil {
		layers, heads = max(layers, m.Info.Layers), max(heads, m.Info.Heads)
		known = "诗芽有 " + strconv.Itoa(m.Info.Layers) + " 层，每层 " + strconv.Itoa(m.Info.Heads) + " 个头，每头 d_k = " + strconv.Itoa(m.Info.HeadDim) + "。"
		if m.Info.KVHeads < m.Info.Heads {
			known += "每 " + strconv.Itoa(m.Info.Heads/m.Info.KVHeads) + " 个头共用一份 K、V。"
		}
	}
	for l := range layers {
		for h := range heads {
			values = append(values, strconv.Itoa(l)+"."+strconv.Itoa(h))
			titles = append(titles, "第 "+strconv.Itoa(l)+" 层 头 "+strconv.Itoa(h))
		}
	}
	head := p.choose("mhead", values, titles, strconv.Itoa(s.layer)+"."+strconv.Itoa(s.modelHead), func(v string) {
		l, h, _ := strings.Cut(v, ".")
		layer, _ := strconv.Atoi(l)
		place, _ := strconv.Atoi(h)
		p.switchTo("model", layer, place)
	})
	return goapp.Div().Class("lab-pair", "lab-wide").Body(p.labelled("source", "Q、K、V 的来源", source, words), p.labelled("mhead", "诗芽的层与头", head, known))
}

// switchTo takes another source, layer or head, and says so where edits stay
// behind.
func (p *attentionPanel) switchTo(source string, layer, head int) {
	edits := len(p.state.edits)
	p.change(func(s *attentionState) { s.take(source, layer, head) })
	if edits > 0 {
		p.notice = "换了来源，原来的 " + strconv.Itoa(edits) + " 处修改已撤销。"
	}
}

// choose is a select of values with titles.
func (p *attentionPanel) choose(name string, values, titles []string, now string, set func(string)) goapp.UI {
	if now == "" {
		now = values[0]
	}
	var options []goapp.UI
	for i, v := range values {
		option := goapp.Option().Value(v).Text(titles[i])
		if on := v == now; on || goapp.IsClient {
			option.Selected(on)
		}
		options = append(options, option)
	}
	choice := goapp.Select().ID(p.controlID(name)).Class("lab-select").
		OnChange(func(ctx goapp.Context, e goapp.Event) { set(ctx.JSSrc().Get("value").String()) }, goapp.EventScope(name)).Body(options...)
	if p.off() {
		choice.Disabled(true)
	}
	return choice
}

func (p *attentionPanel) labelled(name, label string, control goapp.UI, words string) goapp.UI {
	return goapp.Div().Class("lab-control").Body(
		goapp.Label().For(p.controlID(name)).Class("lab-label").Text(label), control,
		goapp.P().Class("lab-words").Text(words))
}

// readingWords says how many positions the text makes, and what the model could
// not read of it.
func (p *attentionPanel) readingWords() string {
	m := p.result.Model
	if p.state.source == "" || m == nil || p.shown.text != p.state.text {
		n := strconv.Itoa(runeCount(p.state.text))
		return "现在 " + n + " 个字：一个字作一个词元，矩阵 QKᵀ 有 " + n + " × " + n + " 格。"
	}
	n := strconv.Itoa(len(p.result.Tokens))
	words := "诗芽读作 " + n + " 个位置，矩阵 QKᵀ 有 " + n + " × " + n + " 格。"
	if len(m.Reading.Tokens) > 0 && m.Reading.Tokens[0].Mark {
		words = "诗芽读作 " + n + " 个位置，第一个是表示开头的记号〈始〉，矩阵 QKᵀ 有 " + n + " × " + n + " 格。"
	}
	if unseen := unseenIn(m.Reading); unseen != "" {
		words += "诗芽没见过“" + unseen + "”，读不到，图里没有它。"
	}
	if m.Reading.Dropped > 0 {
		words += "上下文只有 " + strconv.Itoa(m.Reading.Context) + " 个位置：最前面的 " + strconv.Itoa(m.Reading.Dropped) + " 个字放不下，没有读。"
	}
	return words
}

// unseenIn lists the characters that the model does not know, each once.
func unseenIn(r engine.NextReading) string {
	var out strings.Builder
	seen := map[string]bool{}
	for _, t := range r.Tokens {
		if t.Token < 0 && !t.Mark && !seen[t.Symbol] {
			seen[t.Symbol] = true
			out.WriteString(t.Symbol)
		}
	}
	return out.String()
}

// xrayLink leads from a cell that comes from the model to the pass that made it.
func (p *attentionPanel) xrayLink() goapp.UI {
	box := goapp.P().Class("lab-words")
	if p.why == nil || p.why.Xray == nil {
		return box
	}
	x := defaultXray()
	x.text, x.tensor, x.row, x.col = p.shown.text, p.why.Xray.Tensor, p.why.Xray.Row, p.why.Xray.Col
	return box.Body(goapp.A().Class("lab-link").Href(route.Attr(route.Lab("xray") + "#" + encodePermalink("xray", xrayFields, x))).Text("到“透视”里接着往前追：" + x.tensor))
}

// drawnOnly hides a control that says nothing of a model's head.
func (p *attentionPanel) drawnOnly(control goapp.UI) goapp.UI {
	box := goapp.Div().Class("lab-control")
	if p.state.source != "" {
		box.Hidden(true) // a false one would be printed
	}
	return box.Body(control)
}
