package labs

import (
	"strconv"

	"courselab/app/engine"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Render draws the lab from its fields.
func (p *nextPanel) Render() goapp.UI {
	p.begin()
	return frame{
		panel: p,
		props: p.Props, lab: p.lab, status: p.status, live: p.answered, backend: p.backend,
		err: p.err, progress: p.progress, faults: p.faults, notice: p.notice,
		offer:    p.fetchOffer(p.start),
		controls: p.controls(),
		figures:  p.figures(),
		after:    []goapp.UI{p.guessPart()},
		tools:    p.tools(),
		retry:    p.retry,
		apply:    p.apply,
	}.render()
}

func (p *nextPanel) controls() goapp.UI {
	s := p.state
	text := goapp.Input().Type("text").ID(p.id("text")).Class("lab-text").
		Value(route.Attr(s.text)).AutoComplete(false).Spellcheck(false).
		OnInput(p.typedText).On("compositionend", p.typedText)
	seed := goapp.Input().Type("number").ID(p.id("seed")).Class("lab-number").
		Min(0).Max(maxSeed).Step(1).Value(strconv.FormatUint(s.seed, 10)).OnChange(p.typedSeed)
	if p.off() {
		text.Disabled(true)
		seed.Disabled(true)
	}
	whole := func(f func(*nextState, int)) func(goapp.Context, int) {
		return func(ctx goapp.Context, v int) { p.change(func(s *nextState) { f(s, v) }) }
	}
	decimal := func(f func(*nextState, float64)) func(goapp.Context, float64) {
		return func(ctx goapp.Context, v float64) { p.change(func(s *nextState) { f(s, v) }) }
	}
	return goapp.Div().Class("lab-controls").Role("group").Aria("label", "输入").Body(
		goapp.Div().Class("lab-control", "lab-wide").Body(
			goapp.Label().For(p.id("text")).Class("lab-label").Text("开头（至多 "+strconv.Itoa(engine.MaxNextText)+" 个字，可以空着）"),
			text,
			goapp.P().Class("lab-words").Text(p.readingWords()),
		),
		decimalSlider{id: p.id("temperature"), label: "温度", low: 0, high: 2, step: 0.05, value: s.temperature,
			words: temperatureWords(s.temperature), off: p.off(),
			set: decimal(func(s *nextState, v float64) { s.temperature = v })}.render(),
		slider{id: p.id("topk"), label: "top-k", unit: "个", low: 0, high: 100, value: s.topK,
			words: topKWords(s.topK), off: p.off(),
			set: whole(func(s *nextState, v int) { s.topK = v })}.render(),
		decimalSlider{id: p.id("topp"), label: "top-p", low: 0.01, high: 1, step: 0.01, value: s.topP,
			words: topPWords(s.topP), off: p.off(),
			set: decimal(func(s *nextState, v float64) { s.topP = v })}.render(),
		goapp.Details().Class("lab-more", "lab-wide").Body(
			goapp.Summary().Text("更多设置：种子 "+strconv.FormatUint(s.seed, 10)+"，min-p，重复惩罚，字数，计算后端"),
			goapp.Div().Class("lab-controls").Body(
				goapp.Div().Class("lab-control").Body(
					goapp.Label().For(p.id("seed")).Class("lab-label").Text("随机种子"),
					goapp.Div().Class("lab-slide").Body(seed),
					goapp.P().Class("lab-words").Text("同一个种子、同样的设置，写出的总相同。"),
				),
				slider{id: p.id("count"), label: "写多少字", unit: "个", low: 1, high: 70, value: s.count,
					words: "连同固定的字，最多写 " + strconv.Itoa(s.count) + " 个。", off: p.off(),
					set: whole(func(s *nextState, v int) { s.count = v })}.render(),
				decimalSlider{id: p.id("minp"), label: "min-p", low: 0, high: 1, step: 0.01, value: s.minP,
					words: minPWords(s.minP), off: p.off(),
					set: decimal(func(s *nextState, v float64) { s.minP = v })}.render(),
				decimalSlider{id: p.id("penalty"), label: "重复惩罚", low: 0.5, high: 2, step: 0.05, value: s.penalty,
					words: penaltyWords(s.penalty), off: p.off(),
					set: decimal(func(s *nextState, v float64) { s.penalty = v })}.render(),
				p.backendSelect(p.id("backend"), s.backend, func(v string) { p.change(func(s *nextState) { s.backend = v }) }),
			),
		),
	)
}

// readingWords says how the text is read.
func (p *nextPanel) readingWords() string {
	r := p.result.Reading
	if !p.answered {
		return "诗芽一个字一个字地读，最后一个字的后面就是它要猜的。"
	}
	words := "占 " + strconv.Itoa(r.Read) + " 个位置（连开头的记号），上下文一共 " + strconv.Itoa(r.Context) + " 个。"
	if r.Unseen > 0 {
		words += "有 " + strconv.Itoa(r.Unseen) + " 个字诗芽没见过，读不到（下面划掉了）。"
	}
	if r.Dropped > 0 {
		words += "太长：最前面 " + strconv.Itoa(r.Dropped) + " 个字放不下，它读不到（下面变淡了）。"
	}
	return words
}

func temperatureWords(t float64) string {
	switch {
	case t == 0:
		return "0：总取最可能的字，不抽签。"
	case t < 1:
		return "分数除以 " + asSet(t) + "：强的更强，分布变尖。"
	case t == 1:
		return "1：模型给的分布原样。"
	}
	return "分数除以 " + asSet(t) + "：分布变平，冷门字机会变大。"
}

func topKWords(k int) string {
	if k == 0 {
		return "0：不按名次切。"
	}
	return "只留前 " + strconv.Itoa(k) + " 名。"
}

func topPWords(v float64) string {
	if v == 1 {
		return "1：不按累计概率切。"
	}
	return "从大到小累加，够 " + asSet(100*v) + "% 为止。"
}

func minPWords(v float64) string {
	if v == 0 {
		return "0：不用这一刀。"
	}
	return "不到第一名 " + asSet(100*v) + "% 的切掉。"
}

func penaltyWords(v float64) string {
	switch {
	case v == 1:
		return "1：写过的字不受罚。"
	case v > 1:
		return "写过的字，分数往低处压。"
	}
	return "小于 1：写过的字反而受奖。"
}

// asSet writes a setting as it was set: 0.9, not 0.9000.
func asSet(v float64) string {
	return minus(strconv.FormatFloat(v, 'g', 6, 64))
}

// typedText follows the text as it is typed, but not while an input method is
// still composing.
func (p *nextPanel) typedText(ctx goapp.Context, e goapp.Event) {
	if e.Get("isComposing").Truthy() {
		ctx.PreventUpdate()
		return
	}
	t := cleanText(ctx.JSSrc().Get("value").String(), engine.MaxNextText)
	if t == p.state.text {
		ctx.PreventUpdate()
		return
	}
	p.change(func(s *nextState) { s.text, s.kept, s.at = t, "", 0 })
}

func (p *nextPanel) typedSeed(ctx goapp.Context, e goapp.Event) {
	n, err := strconv.ParseUint(ctx.JSSrc().Get("value").String(), 10, 64)
	if err != nil || n > maxSeed {
		p.notice = "随机种子应为 0 到 " + strconv.Itoa(maxSeed) + " 的整数。"
		ctx.JSSrc().Set("value", strconv.FormatUint(p.state.seed, 10))
		return
	}
	p.change(func(s *nextState) { s.seed = n })
}

func (p *nextPanel) nextSeed(ctx goapp.Context, e goapp.Event) {
	p.change(func(s *nextState) { s.seed = (s.seed + 1) % (maxSeed + 1) })
}

// figures are the text as written and the distribution at one place of it.
func (p *nextPanel) figures() goapp.UI {
	return goapp.Div().Class("next").Body(
		goapp.Div().Class("next-writing").Body(p.pathRow(), p.pathButtons(), goapp.P().Class("lab-words", "next-why").Role("status").Text(p.writtenWords())),
		p.distribution(),
	)
}

// pathRow is the text: what was given, then what was written, each character of
// it a button that shows how it was drawn.
func (p *nextPanel) pathRow() goapp.UI {
	var chars []goapp.UI
	for _, t := range p.result.Reading.Tokens {
		if t.Mark || len(chars) >= runeCount(p.state.text) {
			continue
		}
		class, title := givenClass(t)
		chars = append(chars, goapp.Span().Class("next-char", class).Title(route.Attr(title)).Text(t.Symbol))
	}
	for i := range p.places() {
		symbol, label, grade, kept := "？", "下一个字", "", false
		if i < len(p.path) {
			s := p.path[i]
			symbol, label, kept = s.symbol, "第 "+strconv.Itoa(i+1)+" 个字 "+s.symbol, s.drawn == nil
			if s.drawn != nil {
				label += "，模型给它 " + percent(s.drawn.Plain)
				grade = surprise(s.drawn.Plain)
			}
		}
		b := goapp.Button().Type("button").ID(p.placeID(i)).Class("next-char", "next-drawn").Text(symbol).
			Aria("label", route.Attr(label)).Aria("pressed", strconv.FormatBool(i == p.state.at)).
			OnClick(func(ctx goapp.Context, e goapp.Event) { p.look(i) }, goapp.EventScope("place", i)).
			OnKeyDown(func(ctx goapp.Context, e goapp.Event) { p.pathKey(ctx, e, i) }, goapp.EventScope("place", i))
		if grade != "" {
			b.DataSet("surprise", grade)
		}
		if kept {
			b.DataSet("kept", "yes")
		}
		if i == p.state.at {
			b.TabIndex(0)
		} else {
			b.TabIndex(-1)
		}
		chars = append(chars, b)
	}
	return goapp.Div().Class("next-path").Role("group").Aria("label", "文字：左右键走到任何一个字，看它是怎样抽出来的").Body(chars...)
}

// givenClass says how a character of the text is shown, and why so.
func givenClass(t engine.TextToken) (class, title string) {
	switch {
	case t.Token < 0:
		return "next-unseen", "诗芽没见过这个字，读不到"
	case t.Dropped:
		return "next-dropped", "超出上下文，读不到"
	}
	return "next-given", ""
}

func (p *nextPanel) placeID(i int) string { return p.id("place-" + strconv.Itoa(i)) }

// pathKey walks along the text.
func (p *nextPanel) pathKey(ctx goapp.Context, e goapp.Event, i int) {
	to := i
	switch e.Get("key").String() {
	case "ArrowLeft", "ArrowUp":
		to--
	case "ArrowRight", "ArrowDown":
		to++
	case "Home":
		to = 0
	case "End":
		to = p.places() - 1
	default:
		ctx.PreventUpdate()
		return
	}
	e.PreventDefault()
	p.look(to)
	focus(p.placeID(p.state.at))
}

// surprise grades a probability: "0" for what was expected, "3" for what was
// not.
func surprise(plain float64) string {
	switch {
	case plain >= 0.3:
		return "0"
	case plain >= 0.1:
		return "1"
	case plain >= 0.02:
		return "2"
	}
	return "3"
}

func (p *nextPanel) pathButtons() goapp.UI {
	run := button("换个种子重写", p.off(), p.nextSeed)
	if p.status == running || p.status == loading && p.answered {
		run = button("停", p.off(), func(goapp.Context, goapp.Event) { p.halt() })
	}
	return goapp.Div().Class("next-buttons").Body(
		run,
		button("固定前 "+strconv.Itoa(p.state.at)+" 个字", p.off() || p.state.at == 0 || p.before(p.state.at) == p.state.kept,
			func(goapp.Context, goapp.Event) { p.hold() }, "hold", p.state.at),
		button("全部放开", p.off() || p.state.kept == "", func(goapp.Context, goapp.Event) { p.free() }),
	)
}

// writtenWords says how the writing ended and how fast it went.
func (p *nextPanel) writtenWords() string {
	words := p.result.Why
	if p.result.Rate > 0 {
		words += "读开头用了 " + number(p.result.PrefillMS) + " 毫秒，之后每秒 " + strconv.FormatFloat(p.result.Rate, 'f', 0, 64) + " 个字。"
	}
	return words
}

func percent(v float64) string {
	switch {
	case v == 0:
		return "0%"
	case v < 0.0001:
		return "<0.01%"
	case v < 0.1:
		return strconv.FormatFloat(100*v, 'f', 2, 64) + "%"
	}
	return strconv.FormatFloat(100*v, 'f', 1, 64) + "%"
}

// tools are the buttons below the figures.
func (p *nextPanel) tools() []goapp.UI {
	table := "表格"
	if p.table {
		table = "收起表格"
	}
	return []goapp.UI{
		button("重置", p.off(), func(goapp.Context, goapp.Event) {
			p.change(func(s *nextState) { *s = p.defaults })
			p.notice = "已恢复默认设置。"
		}),
		button("复制链接", p.off(), func(goapp.Context, goapp.Event) { p.copyLink(p.fragment()) }),
		button(table, p.off(), func(goapp.Context, goapp.Event) { p.table = !p.table }).Aria("expanded", strconv.FormatBool(p.table)),
		button("下载整张字表 CSV", p.off() || p.prediction == nil, p.saveAll),
		p.elsewhere(p.fragment()),
	}
}

// guessPart asks what temperature does to top-p, then shows it.
func (p *nextPanel) guessPart() goapp.UI {
	box := goapp.Div().Class("lab-entropy")
	title := goapp.P().Class("lab-part").Text("温度和 top-p 谁管谁")
	options := []struct{ name, text string }{
		{"same", "一样多：top-p 定的是比例"}, {"more", "变多：要更多的字才凑得够"}, {"fewer", "变少：概率散了，够格的少"},
	}
	if p.guess == "" {
		var list []goapp.UI
		for _, o := range options {
			list = append(list, button(o.text, p.off(), func(goapp.Context, goapp.Event) { p.answer(o.name) }, o.name))
		}
		list = append(list, button("不猜，直接看", p.off(), func(goapp.Context, goapp.Event) { p.answer("skipped") }))
		return box.Body(title,
			goapp.P().ID(p.id("guess")).Text("先猜一猜：在现在这个位置，top-p 不动，把温度从 1 提到 2，留下来的字会……"),
			goapp.Div().Class("lab-guesses").Role("group").Aria("labelledby", p.id("guess")).Body(list...),
		)
	}
	var said, told string
	for _, o := range options {
		if o.name == p.guess {
			said = "你猜：" + o.text + "。"
		}
	}
	told = "正在算……"
	if a, b := p.compare[0], p.compare[1]; a != nil && b != nil {
		told = "在这里，温度 1 留下 " + strconv.Itoa(a.MinP) + " 个字，温度 2 留下 " + strconv.Itoa(b.MinP) + " 个。"
		switch {
		case b.MinP > a.MinP:
			told += "温度先把分布压平，top-p 再去累加：每个字分到的少了，要更多的字才够数。"
		case b.MinP == a.MinP:
			told += "这里一样多，是因为名次（top-k）或别的一刀先切住了；把 top-k 调到 0、top-p 调到 0.9 再看。"
		default:
			told += "少了：min-p 或 top-k 先起了作用。"
		}
	}
	return box.Body(title,
		goapp.Div().Role("status").Body(goapp.P().Class("lab-words").Text(said), goapp.P().Text(told)),
		button("再猜一次", false, func(goapp.Context, goapp.Event) { p.guess = "" }),
	)
}

// answer takes the guess and computes the comparison.
func (p *nextPanel) answer(guess string) {
	p.guess, p.wanted = guess, true
	if !p.answered {
		p.write()
		return
	}
	p.askCompare()
}
