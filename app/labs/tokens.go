package labs

import (
	"encoding/json"
	"strconv"
	"strings"

	"courselab/app/engine"
	"courselab/app/format"
	"courselab/app/registry"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// tokenDesk shows a text cut into tokens, each a box that tells its bytes, and
// walks through the merges one by one.
type tokenDesk struct {
	goapp.Compo
	Bench Bench
	// Text is what the desk shows, as engine.TokenText. go-app draws a component
	// anew only where one of its exported fields differs, and the bench is always
	// the same.
	Text string

	at int // token that is looked at
}

// newTokenDesk returns the desk over what the bench has now: nothing while a guess
// is open, which it would give away.
func newTokenDesk(b Bench) goapp.UI {
	d := &tokenDesk{Bench: b}
	if !b.panel.asksFirst() {
		f, _ := fileOf(b.Sheet(), engine.TokensFile)
		d.Text = f.Text
	}
	return d
}

// CompoID keeps one desk per lab.
func (d *tokenDesk) CompoID() string { return d.Bench.Key() + " tokens" }

func (d *tokenDesk) text() (t engine.TokenText, ok bool) {
	return t, json.Unmarshal([]byte(d.Text), &t) == nil && len(t.Tokens) > 0
}

func (d *tokenDesk) Render() goapp.UI {
	box := goapp.Div().Class("tokens", "lab-control", "lab-wide")
	t, ok := d.text()
	if !ok {
		return box
	}
	d.at = max(0, min(d.at, len(t.Tokens)-1))
	boxes := make([]goapp.UI, len(t.Tokens))
	for i, token := range t.Tokens {
		boxes[i] = d.box(i, token)
	}
	more := ""
	if t.More > 0 {
		more = "后面还有 " + strconv.Itoa(t.More) + " 个词元，没有画出来。"
	}
	table := tokenTable(t)
	return box.Body(
		goapp.P().Class("lab-part").Text("切成的词元"),
		d.steps(t),
		goapp.Div().Class("token-row").Role("group").Aria("label", "词元：左右键走到任何一个，看它的字节").Body(boxes...),
		goapp.P().Class("token-detail").Role("status").Text(tokenWords(d.at, t.Tokens[d.at])),
		goapp.P().Class("lab-words").Text(more+"一框一个词元，底色一深一浅相间。虚线框不成整字，⟨ ⟩ 里是它的字节；␣ 是空格，⏎ 是换行。"),
		goapp.Details().Class("lab-figure-table").Body(
			goapp.Summary().Text("词元的表格"),
			goapp.Raw(`<div class="lab-scroll" tabindex="0" role="region" aria-label="词元的表格`+escape(d.Bench.panel.Props.ordinal())+`">`+tableHTML("切成的词元", table, true)+`</div>`),
			button("下载 tokens-pieces.csv", d.Bench.Off(), func(ctx goapp.Context, e goapp.Event) {
				if now, ok := d.text(); ok {
					download("tokens-pieces.csv", csvFile(tokenTable(now)))
					d.Bench.Say("已下载 tokens-pieces.csv。")
				}
			}, "tokens"),
		),
	)
}

// box is one token.
func (d *tokenDesk) box(i int, token engine.Token) goapp.UI {
	b := goapp.Button().Type("button").ID(d.boxID(i)).Class("token").Text(token.Shown).
		Aria("label", route.Attr(tokenWords(i, token))).Aria("pressed", strconv.FormatBool(i == d.at)).
		OnClick(func(ctx goapp.Context, e goapp.Event) { d.at = i }, goapp.EventScope("token", i)).
		OnKeyDown(func(ctx goapp.Context, e goapp.Event) { d.key(ctx, e, i) }, goapp.EventScope("token", i))
	b.DataSet("place", []string{"even", "odd"}[i%2])
	if token.Broken {
		b.DataSet("broken", "yes")
	} else {
		b.DataSet("broken", "no")
	}
	if i == d.at {
		b.TabIndex(0)
	} else {
		b.TabIndex(-1)
	}
	return b
}

func (d *tokenDesk) boxID(i int) string { return d.Bench.Key() + "-token-" + strconv.Itoa(i) }

// key walks along the tokens.
func (d *tokenDesk) key(ctx goapp.Context, e goapp.Event, i int) {
	t, _ := d.text()
	to := i
	switch e.Get("key").String() {
	case "ArrowLeft", "ArrowUp":
		to--
	case "ArrowRight", "ArrowDown":
		to++
	case "Home":
		to = 0
	case "End":
		to = len(t.Tokens) - 1
	default:
		ctx.PreventUpdate()
		return
	}
	e.PreventDefault()
	d.at = max(0, min(to, len(t.Tokens)-1))
	focus(d.boxID(d.at))
}

// tokenWords says all of a token.
func tokenWords(i int, token engine.Token) string {
	words := "第 " + strconv.Itoa(i+1) + " 个：" + token.Shown
	if token.Broken {
		words += "（不成整字）"
	}
	n := strings.Count(token.Bytes, " ") + 1
	return words + "，编号 " + strconv.Itoa(token.ID) + "，" + strconv.Itoa(n) + " 字节 " + token.Bytes + "。" + token.From + "。"
}

// tokenTable lists the tokens.
func tokenTable(t engine.TokenText) engine.Table {
	out := engine.Table{Columns: []engine.Column{{Name: "第几个"}, {Name: "词元"}, {Name: "编号"}, {Name: "字节"}, {Name: "整字"}, {Name: "从哪里来"}}}
	for i, token := range t.Tokens {
		whole := "是"
		if token.Broken {
			whole = "否"
		}
		out.Rows = append(out.Rows, []string{strconv.Itoa(i + 1), token.Shown, strconv.Itoa(token.ID), token.Bytes, whole, token.From})
	}
	return out
}

// steps walks through the merges: a slider over all, fine where they are few, and
// one at a time.
func (d *tokenDesk) steps(t engine.TokenText) goapp.UI {
	scale := registry.Param{Kind: registry.Number, Max: float64(max(1, t.Steps)), Whole: true, Scale: registry.Log}
	id := d.Bench.Key() + "-merges"
	bar := goapp.Input().Type("range").ID(id).Class("lab-range").
		Min(0).Max(scale.Places()).Step(1).Value(scale.Place(float64(t.Step))).
		Aria("valuetext", route.Attr(strconv.Itoa(t.Step)+" 次")).
		OnInput(func(ctx goapp.Context, e goapp.Event) {
			if place, err := strconv.Atoi(ctx.JSSrc().Get("value").String()); err == nil {
				d.take(int(scale.At(place)), t.Steps)
			}
		}, goapp.EventScope("merges", t.Steps))
	if d.Bench.Off() || t.Steps == 0 {
		bar.Disabled(true)
	}
	last := t.Last
	if last == "" {
		last = "还没有合并：一个字节一个词元"
	}
	next := t.Next
	if next == "" {
		next = "没有了，这是最后一次"
	}
	return goapp.Div().Class("token-steps").Body(
		goapp.Label().For(id).Class("lab-label").Text("用前几次合并："+format.Number(float64(t.Step))+" / "+format.Number(float64(t.Steps))),
		goapp.Div().Class("lab-slide").Body(bar),
		goapp.Div().Class("lab-guesses").Role("group").Aria("label", "一步步走").Body(
			button("上一次合并", d.Bench.Off() || t.Step == 0, func(ctx goapp.Context, e goapp.Event) { d.walk(-1) }, "tokens"),
			button("下一次合并", d.Bench.Off() || t.Step == t.Steps, func(ctx goapp.Context, e goapp.Event) { d.walk(1) }, "tokens"),
			button("从头", d.Bench.Off() || t.Step == 0, func(ctx goapp.Context, e goapp.Event) { d.take(0, t.Steps) }, "tokens"),
			button("全部", d.Bench.Off() || t.Step == t.Steps, func(ctx goapp.Context, e goapp.Event) { d.Bench.Set("step", "") }, "tokens"),
		),
		goapp.P().Class("lab-words").Text("刚才："+last+"。"),
		goapp.P().Class("lab-words").Text("接着："+next+"。"),
	)
}

// walk goes one merge on or back, from what was asked for last: its answer may
// still be on the way.
func (d *tokenDesk) walk(by int) {
	t, ok := d.text()
	if !ok {
		return
	}
	from := t.Steps
	if asked, err := strconv.Atoi(d.Bench.Get("step")); err == nil {
		from = min(asked, t.Steps)
	}
	d.take(from+by, t.Steps)
}

// take uses the first k merges of all; all of them is the empty value, so that a
// larger vocabulary is used whole.
func (d *tokenDesk) take(k, all int) {
	if k >= all {
		d.Bench.Set("step", "")
		return
	}
	d.Bench.Set("step", strconv.Itoa(max(0, k)))
}

// tokensStatic is the text cut into tokens as markup, for a page that nothing runs
// behind.
func tokensStatic(s engine.Sheet) string {
	f, _ := fileOf(s, engine.TokensFile)
	t, ok := (&tokenDesk{Text: f.Text}).text()
	if !ok {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<div class="tokens"><p class="lab-part">切成的词元</p><p class="token-row">`)
	for i, token := range t.Tokens {
		broken := "no"
		if token.Broken {
			broken = "yes"
		}
		b.WriteString(`<span class="token" data-place="` + []string{"even", "odd"}[i%2] + `" data-broken="` + broken + `">` + escape(token.Shown) + `</span> `)
	}
	b.WriteString(`</p></div>`)
	return b.String()
}
