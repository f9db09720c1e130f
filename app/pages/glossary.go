package pages

import (
	"slices"
	"strconv"
	"strings"

	"courselab/app/env"
	"courselab/app/route"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// glossaryKey is the entry of env.Env.Static that holds the terms as they were
// prerendered: which lessons use them is known only once all are parsed.
const glossaryKey = "glossary"

// Glossary lists the course's terms by group, each with the places that use it.
type Glossary struct {
	goapp.Compo
	Env  *env.Env
	stop []func()

	// What a rendering makes of the texts, kept while they are the same.
	list string
	from texts
}

func (p *Glossary) OnMount(ctx goapp.Context) {
	ctx.PreventUpdate()
	parse := func(ctx goapp.Context) {
		parseLessons(ctx, p.Env, func(ctx goapp.Context) {
			if now, ok := textsOf(p.Env); ok && now.same(p.from) && p.list != "" {
				ctx.PreventUpdate()
			}
		})
	}
	parse(ctx)
	p.stop = append(p.stop, p.Env.Host.Watch(func() { ctx.Dispatch(parse) }))
}

func (p *Glossary) OnDismount() {
	for _, stop := range p.stop {
		stop()
	}
}

// parseLessons parses the lessons that have not been, one by one so that the
// page stays in hand, and draws anew at the end; then is called with all done.
func parseLessons(ctx goapp.Context, e *env.Env, then func(goapp.Context)) {
	if e.Content == nil || e.Course == nil {
		return
	}
	modules := e.Course.Texts()
	ctx.Async(func() {
		for _, id := range modules {
			if _, _, ok := e.Content.Cached(id); !ok {
				e.Content.Lesson(id)
				pause()
			}
		}
		ctx.Dispatch(then)
	})
}

func (p *Glossary) Render() goapp.UI {
	if p.Env.Content == nil || p.Env.Course == nil {
		return noCourse(p.Env, "glossary")
	}
	terms, err := p.Env.Content.Glossary()
	if terms == nil {
		return goapp.Div().Class("plain").Body(
			heading("术语表"), goapp.P().Class("lead").Text("这门课没有术语表。"))
	}
	body := []goapp.UI{heading(terms.Title), goapp.P().Class("lead").Text(terms.Summary)}
	if err != nil {
		body = append(body, faultBox("术语表的文件有问题，能读懂的部分在下面。", err, nil))
	}
	body = append(body,
		goapp.P().Class("meta").Text("共 "+strconv.Itoa(len(terms.Terms()))+" 个术语"),
		groupLinks(terms))
	list := p.Env.Static[glossaryKey]
	switch now, ok := textsOf(p.Env); {
	case ok && (p.list == "" || !now.same(p.from)):
		p.list, p.from = termsHTML(p.Env, terms, now.lessons), now
		fallthrough
	case ok:
		list = p.list
	case list == "":
		list = termsHTML(p.Env, terms, nil)
	}
	body = append(body, goapp.Raw(`<div class="glossary-list" data-static="`+glossaryKey+`">`+list+`</div>`))
	return goapp.Div().Class("glossary").Body(body...)
}

// texts are the course's lessons and terms as they are at one time.
type texts struct {
	lessons []*lessons.Lesson
	terms   *lessons.Glossary
}

// textsOf returns the texts, ok once all lessons that can be are parsed.
func textsOf(e *env.Env) (t texts, ok bool) {
	if t.lessons, ok = allLessons(e); ok {
		t.terms, _ = e.Content.Glossary()
	}
	return t, ok
}

// same reports whether nothing has been parsed anew since.
func (t texts) same(u texts) bool { return t.terms == u.terms && slices.Equal(t.lessons, u.lessons) }

// allLessons returns the course's lessons, ok once all that can be are parsed.
func allLessons(e *env.Env) (all []*lessons.Lesson, ok bool) {
	for _, id := range e.Course.Texts() {
		lesson, _, ok := find(e, id)
		if !ok {
			return nil, false
		}
		if lesson != nil {
			all = append(all, lesson)
		}
	}
	return all, true
}

func groupLinks(g *lessons.Glossary) goapp.UI {
	var b strings.Builder
	b.WriteString(`<nav class="glossary-groups" aria-label="分组"><ul>`)
	for _, group := range g.Groups {
		b.WriteString(`<li><a href="#` + escape(group.ID) + `">` + escape(group.Title) + `</a></li>`)
	}
	b.WriteString(`</ul></nav>`)
	return goapp.Raw(b.String())
}

// termsHTML writes the entries of a glossary with links to the lessons' sections
// that use them.
func termsHTML(e *env.Env, g *lessons.Glossary, all []*lessons.Lesson) string {
	uses := termUses(e, all)
	var b strings.Builder
	for _, group := range g.Groups {
		b.WriteString(`<section aria-labelledby="` + escape(group.ID) + `"><h2 id="` + escape(group.ID) + `" class="rule-head">` + escape(group.Title) + `</h2>`)
		for _, t := range group.Terms {
			b.WriteString(`<article class="term-entry"><h3 id="` + escape(t.ID) + `" tabindex="-1">` + escape(t.Name))
			if t.English != t.Name {
				b.WriteString(` <span class="term-english" lang="en">` + escape(t.English) + `</span>`)
			}
			b.WriteString(`</h3>`)
			if len(t.Aliases) > 0 {
				b.WriteString(`<p class="term-aliases">又称：` + escape(strings.Join(t.Aliases, "、")) + `</p>`)
			}
			b.WriteString(`<div class="prose">` + t.HTML + `</div>`)
			if links := uses[t.ID]; len(links) > 0 {
				b.WriteString(`<p class="term-uses">见：` + strings.Join(links, "；") + `</p>`)
			}
			b.WriteString(`</article>`)
		}
		b.WriteString(`</section>`)
	}
	return b.String()
}

// mostUses is how many places of one lesson an entry links to.
const mostUses = 2

// termUses returns links to where each term is used, by term.
func termUses(e *env.Env, all []*lessons.Lesson) map[string][]string {
	uses := map[string][]string{}
	for _, lesson := range all {
		titles := map[string]string{}
		for _, s := range lesson.Sections {
			titles[s.ID] = s.Title
		}
		count := map[string]int{}
		for _, use := range lesson.Terms {
			if count[use.ID]++; count[use.ID] > mostUses {
				continue
			}
			text := unit(e, lesson.ID)
			if title := titles[use.Section]; title != "" {
				text += " " + title
			}
			uses[use.ID] = append(uses[use.ID], `<a href="`+escape(route.Lesson(lesson.ID, use.Section))+`">`+escape(text)+`</a>`)
		}
	}
	return uses
}
