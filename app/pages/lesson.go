package pages

import (
	"strconv"
	"strings"

	"courselab/app/env"
	"courselab/app/labs"
	"courselab/app/quiz"
	"courselab/app/registry"
	"courselab/app/route"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Lesson is the page of one lesson.
type Lesson struct {
	goapp.Compo
	Env *env.Env
	ID  string
	// Open shows another lesson of a draft, which has no page of its own; nil
	// where lessons have pages.
	Open func(id, fragment string)

	stop []func()
	pos  reading

	// What a rendering makes of the lesson, kept while the lesson is the same:
	// every event in a lab or the quiz renders the page around it too.
	laidOut *lessons.Lesson
	rows    []row
}

// CompoID makes another lesson another component, with a place of its own.
func (p *Lesson) CompoID() string { return p.ID }

func (p *Lesson) OnMount(ctx goapp.Context) {
	ctx.PreventUpdate()
	p.load(ctx)
	p.stop = append(p.stop,
		p.Env.Host.Watch(func() { ctx.Dispatch(func(ctx goapp.Context) { p.load(ctx) }) }),
		p.watchKeys(ctx))
	if !isGuide(p.Env, p.ID) { // which is no lesson to go on with
		p.stop = append(p.stop, p.pos.start(ctx, p.Env, p.ID))
	}
}

func (p *Lesson) OnDismount() {
	for _, stop := range p.stop {
		stop()
	}
}

// load parses the lesson unless that has been done.
func (p *Lesson) load(ctx goapp.Context) {
	if p.Env.Content == nil {
		return
	}
	if _, _, ok := p.Env.Content.Cached(p.ID); ok {
		return
	}
	ctx.Async(func() {
		p.Env.Content.Lesson(p.ID)
		ctx.Dispatch(p.drawn)
	})
}

// drawn lands in the lesson that takes the place of "请稍候": the focus was on
// that heading, which goes, and what the fragment names stands there only now.
func (p *Lesson) drawn(ctx goapp.Context) {
	host := p.Env.Host
	if goapp.IsServer || host == nil || host.Arrived == nil {
		return
	}
	at := goapp.Window().Get("document").Get("activeElement")
	if !at.Truthy() || at.Get("id").String() != "page-title" {
		return
	}
	ctx.Defer(func(ctx goapp.Context) {
		host.Arrived("lessons/"+p.ID, ctx.Page().URL().Fragment, true)
	})
}

func (p *Lesson) Render() goapp.UI {
	lesson, err, ok := find(p.Env, p.ID)
	switch {
	case lesson != nil && lesson.Coming:
		return p.announced(lesson)
	case lesson != nil:
		return p.whole(lesson, err)
	case p.Env.Kept["lessons/"+p.ID] != "":
		return kept(p.Env.Kept["lessons/"+p.ID], err, reload)
	case ok && p.Open != nil:
		return failure("这一课显示不出来", err, nil)
	case ok:
		return failure("这一课没有载入", err, reload)
	}
	return waiting("正在载入课文……")
}

// reload asks for everything anew: the service worker then fetches the course's
// text as a set.
func reload(ctx goapp.Context, _ goapp.Event) { ctx.Reload() }

// find returns a lesson if it is there already. While prerendering it is parsed
// on the spot.
func find(e *env.Env, id string) (lesson *lessons.Lesson, err error, ok bool) {
	if e.Content == nil {
		return nil, errNoContent, true
	}
	if goapp.IsServer {
		lesson, err = e.Content.Lesson(id)
		return lesson, err, true
	}
	return e.Content.Cached(id)
}

func (p *Lesson) whole(lesson *lessons.Lesson, err error) goapp.UI {
	body := []goapp.UI{}
	switch {
	case err != nil && p.Open != nil:
		body = append(body, faultBox("课文有错，下面是读得懂的部分；答不了的题目没有列出。", err, nil))
	case err != nil:
		body = append(body, faultBox("课文的新版本有问题，下面是上一个完好的版本。", err, nil))
	}
	if p.laidOut != lesson {
		p.laidOut, p.rows = lesson, rows(lesson.Sections, p.Env.Course)
	}
	all := p.rows
	first := []goapp.UI{p.head(lesson), &contents{Lesson: lesson}}
	if len(all) > 0 && all[0].Lab == nil {
		// The contents stand beside the text until the first lab does.
		first = append(first, goapp.Raw(all[0].Before))
		all = all[1:]
	}
	body = append(body, goapp.Div().Class("row row-head").Body(first...))
	for _, r := range all {
		body = append(body, p.row(r))
	}
	if lesson.Quiz != nil {
		body = append(body, goapp.Div().Class("row row-quiz").Body(
			quiz.View(quiz.Props{Lesson: lesson, Env: p.Env})))
	}
	if len(lesson.Sources) > 0 {
		body = append(body, goapp.Div().Class("row").Body(&sources{Lesson: lesson}))
	}
	body = append(body, p.turn(), &resume{Env: p.Env, ID: p.ID, Lesson: lesson}, &terms{Env: p.Env})
	article := goapp.Article().Class("lesson").Aria("labelledby", "page-title").Body(body...)
	if p.Open != nil {
		article = article.OnClick(p.stay)
	}
	return article
}

// stay opens a lesson of the draft where its link was clicked.
func (p *Lesson) stay(ctx goapp.Context, e goapp.Event) {
	link := closest(e.Value, "a[href]")
	if !link.Truthy() || e.Get("ctrlKey").Bool() || e.Get("metaKey").Bool() {
		ctx.PreventUpdate()
		return
	}
	address, fragment, _ := strings.Cut(link.Call("getAttribute", "href").String(), "#")
	for _, id := range p.Env.Course.Modules {
		if address == route.Lesson(id, "") {
			e.PreventDefault()
			e.StopImmediatePropagation()
			p.Open(id, fragment)
			return
		}
	}
	ctx.PreventUpdate()
}

func (p *Lesson) row(r row) goapp.UI {
	if r.Lab == nil {
		return goapp.Div().Class("row").Body(goapp.Raw(r.Before))
	}
	panel := labs.Panel(labs.Props{Key: r.Lab.Key, Name: r.Lab.Name, Params: r.Lab.Params, Env: p.Env})
	if registry.Inline(r.Lab.Name) {
		return goapp.Div().Class("row row-inline").Body(panel)
	}
	body := []goapp.UI{}
	if r.Before != "" {
		body = append(body, goapp.Raw(r.Before))
	}
	body = append(body, goapp.Div().Class("beside").Body(panel))
	if r.After != "" {
		body = append(body, goapp.Raw(r.After))
	}
	return goapp.Div().Class("row row-lab").Body(body...)
}

func (p *Lesson) head(lesson *lessons.Lesson) goapp.UI {
	body := []goapp.UI{
		goapp.P().Class("eyebrow").Text(eyebrow(p.Env, lesson)),
		heading(lesson.Title),
		goapp.P().Class("lead").Text(lesson.Summary),
	}
	if o := p.Env.Opened; o != "" && o != lesson.ID {
		body = append(body, goapp.P().Class("coming-note").Text("学习平台打开的是"+unit(p.Env, o)+"。这一单元可以照读照做，作答存在这个浏览器里；要把成绩交给平台，请从平台的目录打开它。"))
	}
	if len(lesson.Objectives) > 0 {
		items := make([]goapp.UI, 0, len(lesson.Objectives))
		for _, o := range lesson.Objectives {
			items = append(items, goapp.Li().Text(o.Text))
		}
		body = append(body,
			goapp.H2().ID("page-objectives").Class("small-head").Text("学完这一单元，你能"),
			goapp.Ul().Class("objectives").Body(items...))
	}
	return goapp.Header().Class("lesson-head").Body(body...)
}

func eyebrow(e *env.Env, lesson *lessons.Lesson) string {
	text := unit(e, lesson.ID)
	if lesson.Minutes > 0 {
		text += " · 约 " + strconv.Itoa(lesson.Minutes) + " 分钟"
	}
	if n := len(lesson.Sources); n > 0 {
		text += " · " + strconv.Itoa(n) + " 个来源"
	}
	return text
}

// unit names a lesson by its place in the course: "第 3 单元".
func unit(e *env.Env, id string) string {
	if e.Course != nil {
		for i, m := range e.Course.Modules {
			if m == id {
				return "第 " + strconv.Itoa(i+1) + " 单元"
			}
		}
	}
	if isGuide(e, id) {
		return "给教师"
	}
	return id
}

// isGuide reports whether an id is that of the instructor's guide.
func isGuide(e *env.Env, id string) bool { return e.Course != nil && e.Course.Guide == id && id != "" }

// announced is the page of a lesson that is not written yet.
func (p *Lesson) announced(lesson *lessons.Lesson) goapp.UI {
	return goapp.Article().Class("lesson").Aria("labelledby", "page-title").Body(
		goapp.Div().Class("row row-head").Body(p.head(lesson)),
		goapp.P().Class("coming-note").Text("这一单元正在编写。目标先列在这里，课文与实验完成后会出现在同一个地址。"),
		p.turn(),
	)
}
