package pages

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"courselab/app/env"
	"courselab/app/practice"
	"courselab/app/progress"
	"courselab/app/registry"
	"courselab/app/route"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// parseDelay is how long the map stands before lessons are parsed for it.
const parseDelay = 300 * time.Millisecond

// CourseMap is the course's front page: goals, modules, the learner's progress.
type CourseMap struct {
	goapp.Compo
	Env  *env.Env
	stop []func()
}

func (p *CourseMap) OnMount(ctx goapp.Context) {
	update := func() { ctx.Dispatch(nil) }
	p.stop = append(p.stop, p.Env.Host.Watch(update), p.Env.Progress.OnChange(update))
	if p.Env.Content == nil {
		return
	}
	// The scores need the questions; lessons are parsed one by one, so that the
	// page stays in hand.
	modules := p.Env.Course.Modules
	ctx.Async(func() {
		time.Sleep(parseDelay)
		for _, id := range modules {
			if _, _, ok := p.Env.Content.Cached(id); !ok {
				p.Env.Content.Lesson(id)
				ctx.Dispatch(nil)
			}
		}
	})
}

func (p *CourseMap) OnDismount() {
	for _, stop := range p.stop {
		stop()
	}
}

func (p *CourseMap) Render() goapp.UI {
	if p.Env.Course == nil {
		return noCourse(p.Env, "")
	}
	course := p.Env.Course
	goals := make([]goapp.UI, 0, len(course.Goals))
	for _, g := range course.Goals {
		goals = append(goals, goapp.Li().Text(g))
	}
	modules := make([]goapp.UI, 0, len(course.Modules))
	for i, id := range course.Modules {
		modules = append(modules, p.module(i+1, id))
	}
	return goapp.Div().Class("map").Body(
		goapp.Header().Class("map-head").Body(
			goapp.Div().Class("map-intro").Body(
				heading(course.Title),
				goapp.P().Class("lead").Text(course.Summary),
				p.start(),
				&searchBox{Env: p.Env},
			),
			goapp.Section().Class("goals").Aria("labelledby", "goals").Body(
				goapp.H2().ID("goals").Class("small-head").Text("学完这门课，你能"),
				goapp.Ul().Body(goals...),
			),
		),
		goapp.Section().Aria("labelledby", "modules").Body(
			goapp.H2().ID("modules").Class("rule-head").Text(units(len(course.Modules))),
			goapp.Ol().Class("modules").Body(modules...),
		),
		goapp.Section().Class("map-more").Aria("labelledby", "map-more").Body(
			goapp.H2().ID("map-more").Class("rule-head").Text("练习与查阅"),
			goapp.Ul().Body(
				goapp.Li().Body(goapp.A().Href(route.Page("practice")).Text(p.practiceLine())),
				goapp.Li().Body(goapp.A().Href(route.Page("exam")).Text("综合考试：限时，做完才判分")),
				goapp.Li().Body(goapp.A().Href(route.Page("record")).Text("学习记录：打印或保存成绩")),
				goapp.Li().Body(goapp.A().Href(route.Page("glossary")).Text("术语表")),
			),
		),
		goapp.Section().Class("map-labs").Aria("labelledby", "map-labs").Body(
			goapp.H2().ID("map-labs").Class("rule-head").Text("实验"),
			goapp.P().Body(
				goapp.Text(labCount(course)),
				goapp.A().Href(route.Page("labs")).Text("打开实验目录"),
			),
		),
	)
}

// practiceLine says what comes back today, once the questions are known.
func (p *CourseMap) practiceLine() string {
	if deck, ok := wholeDeck(p.Env, 0); ok {
		if n := practice.Today(deck); n > 0 {
			return fmt.Sprintf("综合练习：今天该复习 %d 题", n)
		}
	}
	return "综合练习：错题在前，混合各单元"
}

// units counts modules: "六个单元".
func units(n int) string {
	if small := []rune("零一两三四五六七八九十"); n < len(small) {
		return string(small[n]) + "个单元"
	}
	return strconv.Itoa(n) + " 个单元"
}

func labCount(course *lessons.Course) string {
	all, running := 0, 0
	for _, l := range registry.Labs() {
		if course.Hides(l.Name) {
			continue
		}
		all++
		if !l.Coming {
			running++
		}
	}
	return "课文里的每个结论旁边都有能算的东西。全课程 " + strconv.Itoa(all) + " 个实验，现在可用 " + strconv.Itoa(running) + " 个。"
}

// start is the one button of the page: to the lesson read last, or the first.
func (p *CourseMap) start() goapp.UI {
	id, label := "", "开始学习"
	if p.Env.Interactive() {
		if id = p.Env.Progress.LastVisited(); id != "" {
			label = "继续学习"
		}
	}
	if head(p.Env, id) == nil {
		id, label = p.first(), "开始学习"
	}
	title := unit(p.Env, id)
	if lesson := head(p.Env, id); lesson != nil {
		title += "　" + lesson.Title
	}
	return goapp.P().Class("start").Body(
		goapp.A().Class("button").Href(lessonHref(id)).Body(
			goapp.Span().Class("start-label").Text(label),
			goapp.Span().Class("start-title").Text(title),
		))
}

// first returns the first lesson that is written.
func (p *CourseMap) first() string {
	for _, id := range p.Env.Course.Modules {
		if lesson := head(p.Env, id); lesson != nil && !lesson.Coming {
			return id
		}
	}
	return p.Env.Course.Modules[0]
}

func (p *CourseMap) module(number int, id string) goapp.UI {
	lesson := head(p.Env, id)
	if whole, _, ok := find(p.Env, id); ok && whole != nil {
		lesson = whole
	}
	if lesson == nil {
		_, err, _ := find(p.Env, id)
		return goapp.Li().Class("module").Body(
			goapp.P().Class("module-number").Text(strconv.Itoa(number)),
			goapp.Div().Class("module-body").Body(
				goapp.H3().Body(goapp.A().Href(lessonHref(id)).Text(id)),
				faultBox("这一单元的文件有问题。", err, nil)))
	}
	objectives := make([]goapp.UI, 0, len(lesson.Objectives))
	for _, o := range lesson.Objectives {
		objectives = append(objectives, goapp.Li().Text(o.Text))
	}
	state := "ready"
	if lesson.Coming {
		state = "coming"
	}
	return goapp.Li().Class("module").DataSet("status", state).Body(
		goapp.P().Class("module-number").Text(strconv.Itoa(number)),
		goapp.Div().Class("module-body").Body(
			goapp.H3().Body(goapp.A().Href(lessonHref(id)).Text(lesson.Title)),
			p.meta(lesson),
			goapp.P().Class("module-summary").Text(lesson.Summary),
			goapp.Details().Body(
				goapp.Summary().Text("学习目标（"+strconv.Itoa(len(objectives))+"）"),
				goapp.Ul().Body(objectives...),
			),
		),
	)
}

func (p *CourseMap) meta(lesson *lessons.Lesson) goapp.UI {
	if lesson.Coming {
		return goapp.P().Class("meta").Body(
			goapp.Span().Class("coming").Text("编写中"),
			goapp.Span().Text("预计 "+strconv.Itoa(lesson.Minutes)+" 分钟"))
	}
	body := []goapp.UI{goapp.Span().Text("约 " + strconv.Itoa(lesson.Minutes) + " 分钟")}
	points, total := p.score(lesson)
	if total == "" {
		return goapp.P().Class("meta").Body(body...)
	}
	label := "自测 " + strconv.Itoa(points) + " / " + total + " 题"
	body = append(body,
		// The number stands in the page, so that the first drawing in the browser
		// has it before the lesson is parsed.
		goapp.Span().Class("score").Body(
			goapp.Text("自测 "+strconv.Itoa(points)+" / "),
			goapp.Span().DataSet("static", questionsKey(lesson.ID)).Text(total),
			goapp.Text(" 题")),
		goapp.Progress().Max(total).Attr("value", strconv.Itoa(points)).Aria("label", label))
	return goapp.P().Class("meta").Body(body...)
}

func questionsKey(id string) string { return "questions " + id }

// score returns how many of a lesson's questions were answered right, and how
// many there are; total is empty where it is not known. Until the lesson has
// been parsed the record is taken at its word: it may hold answers to questions
// that have changed since.
func (p *CourseMap) score(lesson *lessons.Lesson) (points int, total string) {
	whole, _, ok := find(p.Env, lesson.ID)
	if !ok || whole == nil {
		if p.Env.Interactive() {
			for _, q := range p.Env.Progress.Lesson(lesson.ID).Questions {
				if slices.ContainsFunc(q.Attempts, func(a progress.Attempt) bool { return a.Correct }) {
					points++
				}
			}
		}
		return points, p.Env.Static[questionsKey(lesson.ID)]
	}
	score := progress.ScoreOf(whole, progress.Lesson{})
	if p.Env.Interactive() {
		score = p.Env.Progress.Score(whole)
	}
	if score.Questions == 0 {
		return 0, ""
	}
	return score.Points, strconv.Itoa(score.Questions)
}

// noCourse stands where the course's text could not be loaded at all.
func noCourse(e *env.Env, path string) goapp.UI {
	if html := e.Kept[path]; html != "" {
		return kept(html, nil, reload)
	}
	return failure("课程没有载入", errNoContent, reload)
}
