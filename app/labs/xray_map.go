package labs

import (
	"strconv"
	"strings"

	"courselab/app/engine"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// xrayMap is the map of the model: a row of places (the text, each layer, the
// end), and the tensors of the one that is open, in the order of the pass.
func (p *xrayPanel) xrayMap() goapp.UI {
	now, _ := p.info(p.state.tensor)
	open := mapPlace(now)
	var places []goapp.UI
	tab := func(name, title string) {
		places = append(places, goapp.Button().Type("button").Class("lab-button", "xray-place").Text(title).
			Aria("pressed", strconv.FormatBool(name == open)).
			Disabled(p.off() || !p.answered).
			OnClick(func(goapp.Context, goapp.Event) { p.goTo(name) }, goapp.EventScope("place", name)))
	}
	tab("input", "文字")
	for layer := range p.pass.Model.Layers {
		tab("layer"+strconv.Itoa(layer), "第 "+strconv.Itoa(layer)+" 层")
	}
	tab("output", "输出")
	tab("sampling", "抽签")

	groups := map[string][]goapp.UI{}
	var heads [][]goapp.UI
	for _, t := range p.pass.Tensors {
		if mapPlace(t) != open {
			continue
		}
		b := goapp.Button().Type("button").Class("xray-tensor").Text(shortTitle(t)).Title(t.Title+"  "+strconv.Itoa(t.Rows)+"×"+strconv.Itoa(t.Cols)).
			Aria("pressed", strconv.FormatBool(t.Name == p.state.tensor)).
			OnClick(func(goapp.Context, goapp.Event) {
				p.look(engine.XrayCell{Tensor: t.Name, Row: p.state.row, Col: p.state.col})
			}, goapp.EventScope("tensor", t.Name))
		if p.off() {
			b.Disabled(true)
		}
		if t.Group == "head" {
			for len(heads) <= t.Head {
				heads = append(heads, nil)
			}
			heads[t.Head] = append(heads[t.Head], b)
			continue
		}
		groups[t.Group] = append(groups[t.Group], b)
	}
	row := func(title string, buttons []goapp.UI) goapp.UI {
		if len(buttons) == 0 {
			return goapp.Div().Class("xray-row")
		}
		return goapp.Div().Class("xray-row").Role("group").Aria("label", title).Body(
			goapp.Span().Class("xray-row-name").Text(title), goapp.Div().Class("xray-row-body").Body(buttons...))
	}
	var rows []goapp.UI
	rows = append(rows, row("文字与位置", groups["input"]), row("注意力块", groups["attention"]))
	for h := range p.pass.Model.Heads {
		var buttons []goapp.UI
		if h < len(heads) {
			buttons = heads[h]
		}
		rows = append(rows, row("头 "+strconv.Itoa(h), buttons))
	}
	rows = append(rows, row("前馈块", groups["ffn"]), row("输出层", groups["output"]), row("抽签", groups["sampling"]), row("参数", groups["parameter"]))
	return goapp.Div().Class("xray-map").Role("group").Aria("label", "模型的地图：选一个张量").Body(
		goapp.Div().Class("xray-places").Body(places...), goapp.Div().Class("xray-rows").Body(rows...))
}

// mapPlace is where on the map a tensor stands.
func mapPlace(t engine.XrayTensor) string {
	switch {
	case t.Layer >= 0 && t.Name != "":
		return "layer" + strconv.Itoa(t.Layer)
	case t.Group == "sampling":
		return "sampling"
	case t.Group == "output", t.Name == "model.norm.weight", t.Name == "lm_head.weight":
		return "output"
	}
	return "input"
}

// shortTitle is a tensor's title without its layer and head, which the map
// tells.
func shortTitle(t engine.XrayTensor) string {
	if i := strings.LastIndex(t.Title, " · "); i >= 0 {
		return t.Title[i+len(" · "):]
	}
	return t.Title
}

// goTo opens a place of the map at the tensor that matches the one shown, or at
// its first.
func (p *xrayPanel) goTo(place string) {
	now, _ := p.info(p.state.tensor)
	first := ""
	for _, t := range p.pass.Tensors {
		if mapPlace(t) != place {
			continue
		}
		if first == "" && t.Group != "parameter" {
			first = t.Name
		}
		if shortTitle(t) == shortTitle(now) && t.Head == now.Head {
			first = t.Name
			break
		}
	}
	if first != "" {
		p.look(engine.XrayCell{Tensor: first, Row: p.state.row, Col: p.state.col})
	}
}

// partButtons take parts out of the model, or put them back.
func (p *xrayPanel) partButtons() goapp.UI {
	var rows []goapp.UI
	for layer := range p.pass.Model.Layers {
		var buttons []goapp.UI
		one := func(text string, part engine.XrayPart) {
			off := false
			for _, a := range p.state.ablate {
				off = off || a == part
			}
			buttons = append(buttons, button(text, p.off(), func(goapp.Context, goapp.Event) { p.ablate(part) }, formatParts([]engine.XrayPart{part})).
				Aria("pressed", strconv.FormatBool(off)).Aria("label", "关掉 "+partTitle(part)))
		}
		for h := range p.pass.Model.Heads {
			one("头 "+strconv.Itoa(h), engine.XrayPart{Part: "head", Layer: layer, Head: h})
		}
		for _, n := range partNames {
			one(n.title, engine.XrayPart{Part: n.name, Layer: layer})
		}
		rows = append(rows, goapp.Div().Class("xray-row").Role("group").Aria("label", "第 "+strconv.Itoa(layer)+" 层").Body(
			goapp.Span().Class("xray-row-name").Text("第 "+strconv.Itoa(layer)+" 层"), goapp.Div().Class("xray-row-body").Body(buttons...)))
	}
	state := "没有关掉任何部件。"
	if n := len(p.state.ablate); n > 0 {
		var names []string
		for _, a := range p.state.ablate {
			names = append(names, partTitle(a))
		}
		state = "关掉了 " + strconv.Itoa(n) + " 处：" + strings.Join(names, "、") + "。"
	}
	return goapp.Details().Class("lab-more", "lab-wide", "xray-parts").Body(
		goapp.Summary().Text("关掉部件，看预测怎样变（"+strconv.Itoa(len(p.state.ablate))+"）"),
		goapp.Div().Body(rows...),
		goapp.P().Class("lab-words").Role("status").Text(state),
		button("全部接回", p.off() || len(p.state.ablate) == 0, func(goapp.Context, goapp.Event) {
			p.change(func(s *xrayState) { s.ablate = nil })
		}),
	)
}
