package pages

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"courselab/app/engine"
	"courselab/app/env"
	"courselab/app/route"
	"courselab/app/search"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// shownResults is how many results a page lists.
const shownResults = 30

// Search finds sections, terms and labs. The query stands in the address, so
// that it can be passed on and the browser's back and forward work.
type Search struct {
	goapp.Compo
	Env *env.Env

	ctx    goapp.Context
	stop   []func()
	cancel func()

	query  string // as asked
	typing bool   // the present entry of the history is that of the text being typed
	corpus search.Corpus
	from   texts // what the corpus was gathered from
	ready  bool  // the corpus is gathered
	asked  int   // counts questions, so that a late answer is known
	busy   bool
	found  *engine.SearchOutput // nil before an answer
	failed string
}

func (p *Search) OnMount(ctx goapp.Context) {
	p.ctx = ctx
	ctx.PreventUpdate()
	gather := func(ctx goapp.Context) { parseLessons(ctx, p.Env, p.gather) }
	p.stop = append(p.stop, p.Env.Host.Watch(func() { ctx.Dispatch(gather) }))
	gather(ctx)
	p.stop = append(p.stop, func() {
		if p.cancel != nil {
			p.cancel()
		}
		p.asked++
	})
}

func (p *Search) OnDismount() {
	for _, stop := range p.stop {
		stop()
	}
	p.stop = nil
}

// OnNav takes the query from the address.
func (p *Search) OnNav(ctx goapp.Context) {
	p.ctx = ctx
	query := ctx.Page().URL().Query().Get("q")
	ctx.Defer(func(goapp.Context) { fillField(query) })
	if query != p.query {
		p.query, p.typing = query, false
		p.look()
	}
}

// fillField shows a query in the field, unless it is there already: the page
// never writes into a field that is being typed in.
func fillField(query string) {
	if field := goapp.Window().GetElementByID("search-query"); field.Truthy() && field.Get("value").String() != query {
		field.Set("value", query)
	}
}

// gather takes up the texts as they are now.
func (p *Search) gather(ctx goapp.Context) {
	now, ok := textsOf(p.Env)
	if !ok || p.ready && now.same(p.from) {
		ctx.PreventUpdate()
		return
	}
	corpus := search.NewCorpus(now.lessons, now.terms, p.Env.Course, func(id string) string { return placeOfLesson(p.Env, id) })
	changed := !p.ready || corpus.Mark != p.corpus.Mark
	p.corpus, p.from, p.ready = corpus, now, true
	if changed {
		p.look()
	}
}

// placeOfLesson names a lesson: "第 3 单元　模型架构与工作原理".
func placeOfLesson(e *env.Env, id string) string {
	place := unit(e, id)
	if lesson := head(e, id); lesson != nil {
		place += "　" + lesson.Title
	}
	return place
}

// look asks for what fits the query.
func (p *Search) look() {
	if p.cancel != nil {
		p.cancel()
		p.cancel = nil
	}
	p.asked++
	p.failed, p.busy = "", false
	if strings.TrimSpace(p.query) == "" {
		p.found = nil
		return
	}
	p.busy = true
	if p.ready {
		p.ask(false)
	}
}

// ask sends the query; indexed: the engine has just been given the texts.
func (p *Search) ask(indexed bool) {
	input := engine.SearchQueryInput{Mark: p.corpus.Mark, Query: cutText(p.query, engine.MaxSearchQuery+1), Limit: shownResults}
	p.send(engine.OpSearchQuery, input, func(r engine.Reply) {
		if r.Kind == engine.Failed && r.Error.Code == engine.NeedsData && !indexed {
			p.send(engine.OpSearchIndex, p.corpus.Input(), func(r engine.Reply) {
				if r.Kind == engine.Failed {
					p.fail(r.Error)
					return
				}
				p.ask(true)
			})
			return
		}
		if r.Kind == engine.Failed {
			p.fail(r.Error)
			return
		}
		var out engine.SearchOutput
		if err := json.Unmarshal(r.Output, &out); err != nil {
			p.failed, p.busy = "结果读不出来："+err.Error(), false
			return
		}
		p.found, p.busy = &out, false
	})
}

func (p *Search) fail(e *engine.Error) { p.failed, p.busy = e.Message, false }

// send asks the engine; done gets the final reply unless another question has
// been asked meanwhile.
func (p *Search) send(op string, input any, done func(engine.Reply)) {
	id := p.asked
	if p.Env.Engine == nil {
		p.failed, p.busy = "这个浏览器里没有计算引擎", false
		return
	}
	p.cancel = p.Env.Engine.Do(context.Background(), "", op, input, func(r engine.Reply) {
		if r.Kind != engine.Done && r.Kind != engine.Failed {
			return
		}
		p.ctx.Dispatch(func(goapp.Context) {
			if id == p.asked {
				done(r)
			}
		})
	})
}

// cutText returns the first n characters of a text.
func cutText(text string, n int) string {
	for i := range text {
		if n--; n < 0 {
			return text[:i]
		}
	}
	return text
}

// typed takes what stands in the field. The first change after a search makes an
// entry in the history, those after it go on with that.
func (p *Search) typed(ctx goapp.Context, e goapp.Event) {
	if e.Get("isComposing").Truthy() {
		ctx.PreventUpdate()
		return
	}
	query := cutText(e.Get("target").Get("value").String(), engine.MaxSearchQuery+1)
	if query == p.query {
		ctx.PreventUpdate()
		return
	}
	p.query = query
	p.look()
	if !p.typing {
		p.typing = true
		ctx.Navigate(route.Search(query))
		return
	}
	history := goapp.Window().Get("history")
	history.Call("replaceState", history.Get("state"), "", route.Search(query))
}

// submit ends the typing of a query.
func (p *Search) submit(_ goapp.Context, e goapp.Event) {
	e.PreventDefault()
	p.typing = false
	if p.failed != "" {
		if p.Env.Engine != nil {
			p.Env.Engine.Retry()
		}
		p.look()
	}
}

func (p *Search) Render() goapp.UI {
	if p.Env.Course == nil {
		return noCourse(p.Env, "search")
	}
	body := []goapp.UI{
		heading("搜索"),
		goapp.P().Class("lead").Text("找课文、术语和实验。中文不必分词，英文不分大小写；在这台设备上查找，离线也能用。"),
		searchForm(p.Env, "search-query", p.submit, p.typed),
	}
	if !p.Env.Interactive() {
		body = append(body, goapp.P().Class("search-status").Body(
			goapp.Text("搜索要等页面的程序载入后才能用。现在可以看"),
			goapp.A().Href(route.Page("")).Text("课程地图"), goapp.Text("、"),
			goapp.A().Href(route.Page("glossary")).Text("术语表"), goapp.Text("和"),
			goapp.A().Href(route.Page("labs")).Text("实验目录"), goapp.Text("，或者用浏览器自带的页内查找。")))
		return goapp.Div().Class("search").Body(body...)
	}
	body = append(body, goapp.P().Class("search-status").Role("status").Aria("live", "polite").Text(p.status()))
	if p.found != nil && strings.TrimSpace(p.query) != "" {
		body = append(body, p.results())
	}
	return goapp.Div().Class("search").Body(body...)
}

// searchForm is a field with its button. input may be nil.
func searchForm(e *env.Env, id string, submit goapp.EventHandler, input goapp.EventHandler) goapp.UI {
	field := goapp.Input().Type("search").ID(id).Name("q").AutoComplete(false).MaxLength(2*engine.MaxSearchQuery).
		Attr("enterkeyhint", "search").Placeholder("例如：KV 缓存、打平点")
	button := goapp.Button().Type("submit").Text("搜索")
	form := goapp.Form().Class("search-form").Role("search")
	if !e.Interactive() {
		field, button = field.Disabled(true), button.Disabled(true)
	} else {
		form = form.OnSubmit(submit)
		if input != nil {
			field = field.OnInput(input).On("compositionend", input)
		}
	}
	return form.Body(
		goapp.Label().For(id).Class("visually-hidden").Text("搜索课程"),
		field, button)
}

// status says how the search stands.
func (p *Search) status() string {
	switch {
	case strings.TrimSpace(p.query) == "":
		return "输入一个词开始。"
	case p.failed != "":
		return "没有搜成：" + p.failed + "。按“搜索”再试一次。"
	case p.found == nil && p.busy && !p.ready:
		return "正在读课文……"
	case p.found == nil && p.busy:
		return "正在建立索引；首次要等计算引擎载入……"
	case p.found == nil:
		return ""
	}
	out := p.found
	said := ""
	switch {
	case out.Words == 0:
		return "这里面没有可以查找的字：请输入汉字、字母或数字。"
	case out.Total == 0:
		said = "没有找到。换一个更短的词试试。"
	case out.Total > len(out.Results):
		said = "找到 " + strconv.Itoa(out.Total) + " 处，列出最相关的 " + strconv.Itoa(len(out.Results)) + " 处。"
	default:
		said = "找到 " + strconv.Itoa(out.Total) + " 处。"
	}
	if out.Total > 0 && !out.Results[0].Whole {
		said += "没有一处含有全部的词，下面是部分相符的。"
	}
	if out.Cut {
		said += "只查找了前 " + strconv.Itoa(engine.MaxSearchQuery) + " 个字。"
	}
	return said
}

func (p *Search) results() goapp.UI {
	items := make([]goapp.UI, 0, len(p.found.Results))
	for _, r := range p.found.Results {
		if r.Document < 0 || r.Document >= len(p.corpus.Entries) {
			continue // an answer about texts that have changed meanwhile
		}
		items = append(items, goapp.Raw(resultHTML(p.corpus.Entries[r.Document], r)))
	}
	return goapp.Ol().Class("results").Body(items...)
}

func resultHTML(e search.Entry, r engine.SearchResult) string {
	place := string(e.Kind)
	if e.Place != "" {
		place += " · " + e.Place
	}
	return `<li class="result"><h2><a href="` + escape(e.Href()) + `">` + markedText(e.Title, r.TitleMarks) + `</a></h2>` +
		`<p class="result-place">` + escape(place) + `</p>` +
		`<p class="result-passage">` + markedText(r.Passage, r.Marks) + `</p></li>`
}

// markedText is a text as markup with places, in characters, marked in it.
func markedText(text string, marks [][2]int) string {
	runes := []rune(text)
	var b strings.Builder
	at := 0
	for _, m := range marks {
		if m[0] < at || m[1] <= m[0] || m[1] > len(runes) {
			continue
		}
		b.WriteString(escape(string(runes[at:m[0]])) + "<mark>" + escape(string(runes[m[0]:m[1]])) + "</mark>")
		at = m[1]
	}
	return b.String() + escape(string(runes[at:]))
}

// searchBox is the field on the course map; it leads to the search page.
type searchBox struct {
	goapp.Compo
	Env *env.Env
}

func (b *searchBox) Render() goapp.UI {
	return searchForm(b.Env, "map-search", func(ctx goapp.Context, e goapp.Event) {
		e.PreventDefault()
		query := goapp.Window().GetElementByID("map-search").Get("value").String()
		ctx.Navigate(route.Search(strings.TrimSpace(cutText(query, engine.MaxSearchQuery+1))))
	}, nil)
}
