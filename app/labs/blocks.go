package labs

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"courselab/app/engine"
	"courselab/app/format"
	"courselab/app/registry"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// blocksPanel is the lab "blocks": diagrams of architectures, of which every part
// says what it does and leads to where it is computed.
type blocksPanel struct {
	goapp.Compo
	Props Props

	core
	begun           bool
	defaults, state blocksState
	counts          *engine.BlocksOutput
	table           bool
	guess           string
}

// blocksState is everything a learner can set.
type blocksState struct {
	view string // the diagram
	part string // that is explained
}

func blockNames() []string {
	var names []string
	for _, d := range blockDiagrams {
		names = append(names, d.name)
	}
	return names
}

func partIDs() []string {
	var ids []string
	for _, p := range blockParts {
		ids = append(ids, p.id)
	}
	return ids
}

var blocksFields = []field[blocksState]{
	choiceField("view", "图", blockNames(), func(s *blocksState) *string { return &s.view }),
	choiceField("part", "部件", partIDs(), func(s *blocksState) *string { return &s.part }),
}

func defaultBlocks() blocksState { return blocksState{view: "llama", part: "scores"} }

// CompoID keeps go-app from turning one placed lab into another in place.
func (p *blocksPanel) CompoID() string {
	return p.Props.Key + " " + StaticKey(p.Props.Name, p.Props.Params)
}

func (p *blocksPanel) begin() {
	if p.begun {
		return
	}
	p.begun = true
	p.core.begin(p.Props)
	p.defaults, p.faults = fromParams(defaultBlocks(), blocksFields, p.Props.Params)
	p.state = p.defaults
	if f, mine := p.Props.linked(); mine {
		p.restore(f)
	}
}

func (p *blocksPanel) restore(fragment string) {
	s, present, faults := decodePermalink(p.Props.Name, blocksFields, p.defaults, fragment)
	p.written = fragment
	if present {
		p.state, p.faults = s, faults
	}
}

// OnMount starts the lab in the browser. The diagrams need no engine; the counts
// of parameters do.
func (p *blocksPanel) OnMount(ctx goapp.Context) {
	p.begin()
	p.mount(ctx, func() {})
	p.ask()
}

// OnNav follows a fragment that was typed or gone back to.
func (p *blocksPanel) OnNav(ctx goapp.Context) {
	p.begin()
	p.home = ctx
	if f, mine := p.Props.linked(); mine && f != p.written {
		p.restore(f)
	}
}

// OnDismount gives up what was asked for and stops listening.
func (p *blocksPanel) OnDismount() { p.dismount() }

func (p *blocksPanel) ask() {
	p.status = ready
	p.do("counts", engine.OpBlocks, engine.BlocksInput{View: p.state.view, Part: p.state.part}, func(ctx goapp.Context, r engine.Reply) {
		switch r.Kind {
		case engine.Done:
			var out engine.BlocksOutput
			if json.Unmarshal(r.Output, &out) == nil {
				p.counts, p.status, p.err = &out, ready, nil
			}
		case engine.Failed:
			p.fails(r.Error)
		}
	})
}

func (p *blocksPanel) fragment() string {
	return encodePermalink(p.Props.Name, blocksFields, p.state)
}

// choose explains a part.
func (p *blocksPanel) choose(part string) {
	if _, ok := findPart(part); !ok {
		return
	}
	p.state.part, p.notice = part, ""
	p.remember(p.fragment)
}

// show opens another diagram, at a part that it has.
func (p *blocksPanel) show(view string) {
	p.state.view, p.notice = view, ""
	ids := diagramParts(view)
	if !slices.Contains(ids, p.state.part) {
		p.state.part = ids[0]
	}
	p.remember(p.fragment)
}

// diagramParts lists the parts of a diagram.
func diagramParts(view string) []string {
	var ids []string
	for _, d := range blockDiagrams {
		if d.name != view {
			continue
		}
		for _, c := range d.columns {
			for _, r := range c.rows {
				for _, id := range r.parts {
					if !slices.Contains(ids, id) {
						ids = append(ids, id)
					}
				}
			}
		}
	}
	return ids
}

// pressed chooses the part under the pointer.
func (p *blocksPanel) pressed(ctx goapp.Context, e goapp.Event) {
	part := e.Get("target").Call("closest", "[data-part]")
	if !part.Truthy() {
		ctx.PreventUpdate()
		return
	}
	p.choose(part.Get("dataset").Get("part").String())
	p.refocus(part.Get("id").String())
}

// key chooses the part that has the keyboard.
func (p *blocksPanel) key(ctx goapp.Context, e goapp.Event) {
	if k := e.Get("key").String(); k != "Enter" && k != " " {
		ctx.PreventUpdate()
		return
	}
	e.PreventDefault()
	p.pressed(ctx, e)
}

// refocus gives the keyboard back: the drawing is another one now.
func (p *blocksPanel) refocus(id string) {
	p.home.Defer(func(goapp.Context) { focus(id) })
}

// Render draws the lab from its fields.
func (p *blocksPanel) Render() goapp.UI {
	p.begin()
	return frame{
		panel: p,
		props: p.Props, lab: p.lab, status: p.status, live: !p.off(),
		err: p.err, faults: p.faults, notice: p.notice,
		controls: p.controls(),
		figures:  p.figures(),
		after:    []goapp.UI{p.tablePart(), p.guessPart()},
		tools:    p.tools(),
		retry: func(goapp.Context, goapp.Event) {
			p.revive()
			p.ask()
		},
		apply: func(e registry.Experiment) goapp.EventHandler {
			return func(goapp.Context, goapp.Event) {
				p.state, _ = fromParams(p.defaults, blocksFields, e.Params)
				p.remember(p.fragment)
				p.notice = "已照“试一试”设好。"
			}
		},
	}.render()
}

func (p *blocksPanel) controls() goapp.UI {
	var tabs []goapp.UI
	for _, d := range blockDiagrams {
		tabs = append(tabs, button(d.title, p.off(), func(goapp.Context, goapp.Event) { p.show(d.name) }, d.name).
			Aria("pressed", strconv.FormatBool(d.name == p.state.view)))
	}
	return goapp.Div().Class("blocks-views").Role("group").Aria("label", "选一张图").Body(tabs...)
}

func (p *blocksPanel) figures() goapp.UI {
	return goapp.Div().Class("blocks").Body(
		goapp.Div().Class("blocks-figure").OnClick(p.pressed).OnKeyDown(p.key).
			Body(goapp.Raw(`<div>`+diagramSVG(p.state.view, p.state.part, p.Props.Key, !p.off())+`</div>`)),
		p.explanation(),
	)
}

// explanation says what the chosen part does, how many parameters it has, and
// where it is computed.
func (p *blocksPanel) explanation() goapp.UI {
	part, _ := findPart(p.state.part)
	instead := goapp.P().Class("lab-words").Text(part.instead)
	see := "在“透视”里看它被算出来"
	if part.instead != "" {
		see = "在“透视”里看诗芽用的那个"
	}
	return goapp.Div().Class("blocks-why").Role("region").Aria("label", route.Attr("部件的说明"+p.Props.ordinal())).Aria("live", "polite").Body(
		goapp.P().Class("lab-explain-title").Text(part.title),
		goapp.P().Text(part.text),
		goapp.P().Class("lab-formula").Body(goapp.Code().Text(part.formula)),
		goapp.P().Class("lab-words").Text(p.countWords(part)),
		instead,
		goapp.P().Body(goapp.A().Class("lab-link").Href(xrayLink(part)).Text(see)),
	)
}

// xrayLink is the address of the lab "xray" at what a part computes.
func xrayLink(part blockPart) string {
	s := defaultXray()
	s.tensor, s.row, s.col = part.tensor, 3, 1
	return route.Lab("xray") + "#" + encodePermalink("xray", xrayFields, s)
}

// countWords says how many parameters a part has in the models.
func (p *blocksPanel) countWords(part blockPart) string {
	if part.counts == "" {
		return "没有自己的参数，或不在诗芽里。"
	}
	if p.counts == nil {
		return "参数：载入计算引擎后可见。"
	}
	var words []string
	for _, m := range p.counts.Models {
		for _, c := range m.Parts {
			if c.Part == part.counts {
				words = append(words, m.Name+"里"+c.Title+"一共 "+c.Formula+" = "+c.Working+" = "+format.Plain(c.Count)+" 个参数，占 "+percent(c.Count/m.Total))
			}
		}
	}
	return strings.Join(words, "；") + "。"
}

// partTable lists the parts of the diagram.
func partTable(view string) engine.Table {
	t := engine.Table{Columns: []engine.Column{{Name: "部件"}, {Name: "公式"}, {Name: "做什么"}, {Name: "诗芽里"}}}
	for _, id := range diagramParts(view) {
		part, _ := findPart(id)
		here := part.tensor
		if part.instead != "" {
			here = part.instead
		}
		t.Rows = append(t.Rows, []string{part.title, part.formula, part.text, here})
	}
	return t
}

// countTable lists the parameters by part.
func countTable(out engine.BlocksOutput) engine.Table {
	t := engine.Table{Columns: []engine.Column{{Name: "部件"}, {Name: "公式"}}}
	for _, m := range out.Models {
		t.Columns = append(t.Columns, engine.Column{Name: m.Name, Unit: "个"}, engine.Column{Name: m.Name + "，占", Unit: "%"})
	}
	for i, c := range out.Models[0].Parts {
		row := []string{c.Title, c.Formula}
		for _, m := range out.Models {
			row = append(row, format.Plain(m.Parts[i].Count), fixed(100*m.Parts[i].Count/m.Total, 2))
		}
		t.Rows = append(t.Rows, row)
	}
	row := []string{"合计", ""}
	for _, m := range out.Models {
		row = append(row, format.Plain(m.Total), "100")
	}
	t.Rows = append(t.Rows, row)
	return t
}

func (p *blocksPanel) tablePart() goapp.UI {
	box := goapp.Div().Class("lab-table")
	if !p.table {
		return box
	}
	html := tableHTML("图上的部件", partTable(p.state.view), true)
	if p.counts != nil {
		html += tableHTML("参数在各部件里怎样分布", countTable(*p.counts), true)
	}
	return box.Body(goapp.Raw(`<div class="lab-scroll" tabindex="0" role="region" aria-label="部件的表格` + p.Props.ordinal() + `">` + html + `</div>`))
}

func (p *blocksPanel) tools() []goapp.UI {
	table := "表格"
	if p.table {
		table = "收起表格"
	}
	return []goapp.UI{
		button("重置", p.off(), func(goapp.Context, goapp.Event) {
			p.state, p.guess, p.notice = p.defaults, "", "已恢复默认设置。"
			p.remember(p.fragment)
		}),
		button("复制链接", p.off(), func(goapp.Context, goapp.Event) { p.copyLink(p.fragment()) }),
		button(table, p.off(), func(goapp.Context, goapp.Event) { p.table = !p.table }).Aria("expanded", strconv.FormatBool(p.table)),
		button("下载 CSV", p.off(), func(goapp.Context, goapp.Event) {
			t := partTable(p.state.view)
			if p.counts != nil {
				t = countTable(*p.counts)
			}
			download("blocks.csv", csvFile(t))
			p.notice = "已下载 blocks.csv。"
		}),
		p.elsewhere(p.fragment()),
	}
}

// blockGuesses are the answers to the question before the counts.
var blockGuesses = []struct{ part, text string }{
	{"attention", "注意力（W_Q、W_K、W_V、W_O）"}, {"ffn", "前馈网络"}, {"embedding", "词嵌入"},
}

// guessPart asks where the parameters are, then shows the counts.
func (p *blocksPanel) guessPart() goapp.UI {
	box := goapp.Div().Class("lab-entropy")
	title := goapp.P().Class("lab-part").Text("参数都在哪里")
	if p.guess == "" {
		var list []goapp.UI
		for _, g := range blockGuesses {
			list = append(list, button(g.text, p.off(), func(goapp.Context, goapp.Event) { p.guess = g.part }, g.part))
		}
		list = append(list, button("不猜，直接看", p.off(), func(goapp.Context, goapp.Event) { p.guess = "skipped" }))
		return box.Body(title,
			goapp.P().ID(p.id("guess")).Text("先猜一猜：Llama 2 7B 的参数，哪个部件占得最多？"),
			goapp.Div().Class("lab-guesses").Role("group").Aria("labelledby", p.id("guess")).Body(list...))
	}
	if p.counts == nil {
		return box.Body(title, goapp.P().Class("lab-words").Text("正在数……"))
	}
	llama := p.counts.Models[len(p.counts.Models)-1]
	most := slices.MaxFunc(llama.Parts, func(a, b engine.BlocksPart) int {
		if a.Count > b.Count {
			return 1
		}
		return -1
	})
	said, verdict := "", most.Title+"占 "+percent(most.Count/llama.Total)+"，最多。"
	for _, g := range blockGuesses {
		if g.part == p.guess {
			said = "你猜：" + g.text + "。"
			if g.part == most.Part {
				verdict = "猜对了。" + verdict
			}
		}
	}
	if len(p.counts.Models) > 1 {
		small := p.counts.Models[0]
		verdict += "小模型不一样：" + small.Name + "的词嵌入占 " + percent(small.Parts[0].Count/small.Total) + "，" + llama.Name + "只占 " + percent(llama.Parts[0].Count/llama.Total) + "。"
	}
	return box.Body(title,
		goapp.Div().Role("status").Body(goapp.P().Class("lab-words").Text(said), goapp.P().Text(verdict)),
		goapp.Raw(`<div class="lab-scroll" tabindex="0" role="region" aria-label="参数的分布`+p.Props.ordinal()+`">`+tableHTML("参数在各部件里怎样分布", countTable(*p.counts), true)+`</div>`),
		button("再猜一次", false, func(goapp.Context, goapp.Event) { p.guess = "" }))
}

// blocksStaticHTML returns a diagram with its description.
func blocksStaticHTML(out engine.BlocksOutput) string {
	var caption string
	for _, d := range blockDiagrams {
		if d.name == out.View {
			caption = escape(d.title) + `<span class="lab-desc">` + escape(d.desc) + `</span>`
		}
	}
	return `<figure class="lab-figure">` + diagramSVG(out.View, out.Part, "blocks-static", false) + `<figcaption>` + caption + `</figcaption></figure>`
}
