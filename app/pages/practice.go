package pages

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"courselab/app/env"
	"courselab/app/practice"
	"courselab/app/progress"
	"courselab/app/quiz"
	"courselab/app/route"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Practice asks the questions of all modules one at a time, or only those that
// come back today. "?seed=7" fixes the order within each group, for a class that
// is to see the same.
type Practice struct {
	goapp.Compo
	Env  *env.Env
	stop []func()

	dealt  bool
	review bool // the round holds only what comes back today
	deck   []practice.Card
	at     int
	tally  tally
	// How the whole stands, as of the last question shown.
	today, wrong int
	coming       time.Time // when the next question comes back, of those that do not today
}

// tally counts a round. before is how many attempts at the present question were
// stored when it was shown.
type tally struct{ done, right, before int }

func (p *Practice) OnMount(ctx goapp.Context) {
	ctx.PreventUpdate()
	deal := func(ctx goapp.Context) { parseLessons(ctx, p.Env, p.deal) }
	deal(ctx)
	p.stop = append(p.stop, p.Env.Host.Watch(func() { ctx.Dispatch(deal) }))
}

func (p *Practice) OnDismount() {
	for _, stop := range p.stop {
		stop()
	}
}

// deal makes a deck once the questions are known.
func (p *Practice) deal(ctx goapp.Context) {
	if p.dealt {
		ctx.PreventUpdate()
		return
	}
	seed, err := strconv.ParseUint(ctx.Page().URL().Query().Get("seed"), 10, 64)
	if err != nil {
		seed = rand.Uint64()
	}
	p.shuffle(seed, false)
}

func (p *Practice) shuffle(seed uint64, review bool) {
	deck, ok := wholeDeck(p.Env, seed)
	if !ok {
		return
	}
	if review {
		deck = deck[:practice.Today(deck)]
	}
	p.deck, p.at, p.dealt, p.review = deck, 0, true, review
	p.tally = tally{}
	p.show()
}

// wholeDeck returns the questions of all lessons as the learner stands now; ok is
// false until they are known.
func wholeDeck(e *env.Env, seed uint64) (deck []practice.Card, ok bool) {
	all, ok := allLessons(e)
	if !ok || !e.Interactive() {
		return nil, false
	}
	return practice.Deck(all, e.Progress.Lesson, seed, e.Progress.Now()), true
}

// attempts returns the stored attempts at the present question.
func (p *Practice) attempts() []progress.Attempt {
	if p.at >= len(p.deck) {
		return nil
	}
	lesson, q := p.question(p.deck[p.at])
	if q == nil {
		return nil
	}
	return p.Env.Progress.Lesson(lesson.ID).Questions[q.ID].Valid(q.Fingerprint)
}

// show begins with the present question.
func (p *Practice) show() {
	p.tally.before = len(p.attempts())
	if deck, ok := wholeDeck(p.Env, 0); ok {
		p.today, p.wrong, p.coming = practice.Today(deck), practice.Count(deck, practice.Wrong), practice.Next(deck)
	}
}

// question returns the lesson and the question of a card.
func (p *Practice) question(c practice.Card) (*lessons.Lesson, *lessons.Question) {
	return questionOf(p.Env, c.Lesson, c.Question)
}

// questionOf returns a lesson and one of its questions; nil where the present text
// has it not.
func questionOf(e *env.Env, lessonID, id string) (*lessons.Lesson, *lessons.Question) {
	lesson, _, _ := find(e, lessonID)
	if lesson == nil || lesson.Quiz == nil {
		return nil, nil
	}
	for i := range lesson.Quiz.Questions {
		if q := &lesson.Quiz.Questions[i]; q.ID == id {
			return lesson, q
		}
	}
	return nil, nil
}

// advance goes on to the next question, and counts the one before if it was
// answered since it was shown.
func (p *Practice) advance() {
	if now := p.attempts(); len(now) > p.tally.before {
		p.tally.done++
		if now[len(now)-1].Correct {
			p.tally.right++
		}
	}
	p.at++
	p.show()
}

func (p *Practice) next(ctx goapp.Context, _ goapp.Event) {
	p.advance()
	p.focusPlace(ctx)
}

func (p *Practice) focusPlace(ctx goapp.Context) {
	ctx.Defer(func(goapp.Context) {
		if place := goapp.Window().GetElementByID("practice-place"); place.Truthy() {
			place.Call("focus")
		}
	})
}

func (p *Practice) Render() goapp.UI {
	if p.Env.Course == nil {
		return noCourse(p.Env, "practice")
	}
	body := []goapp.UI{
		heading("综合练习"),
		goapp.P().Class("lead").Text("把各单元的自测题混在一起，一次一题：先是上次答错的和今天该复习的，再是没做过的，最后是还记得住的。作答记在各单元名下。"),
	}
	if e := runningExam(p.Env); e != "" {
		body = append(body, goapp.P().Body(goapp.A().Href(route.Page("exam")).Text(e)))
	}
	if p.dealt && len(p.deck)+p.today > 0 {
		body = append(body, p.standing())
	}
	switch {
	case !p.Env.Interactive():
		body = append(body, goapp.P().Text("题目要等页面的程序载入后才能作答。下面是各单元的自测，题干可以先读。"), p.quizzes())
	case !p.dealt:
		body = append(body, goapp.P().Role("status").Text("正在读题……"))
	case len(p.deck) == 0 && !p.review:
		body = append(body, goapp.P().Text("还没有题目。"))
	case p.at >= len(p.deck):
		body = append(body, p.finished())
	default:
		body = append(body, p.card())
	}
	return goapp.Div().Class("practice").Body(body...)
}

// standing says what comes back today, and when the next question does.
func (p *Practice) standing() goapp.UI {
	text := ""
	switch {
	case p.today > 0:
		text = fmt.Sprintf("今天该复习 %d 题", p.today)
		if p.wrong > 0 {
			text += fmt.Sprintf("，其中上次答错的 %d 题", p.wrong)
		}
		text += "。"
	case p.coming.IsZero():
		text = "还没有要复习的题：做过的题会隔几天再来，答错的当天就来。"
	default:
		text = "今天没有要复习的题，下一题在 " + day(p.coming) + " 到期。"
	}
	body := []goapp.UI{goapp.Span().ID("practice-today").Text(text)}
	switch {
	case p.review:
		body = append(body, goapp.Button().Type("button").Class("quiet").ID("practice-all").Text("混合全部的题").OnClick(p.again))
	case p.today > 0:
		body = append(body, goapp.Button().Type("button").Class("quiet").ID("practice-review").
			Text(fmt.Sprintf("只做这 %d 题", p.today)).OnClick(p.reviewOnly))
	}
	return goapp.P().Class("practice-standing").Body(body...)
}

func (p *Practice) reviewOnly(ctx goapp.Context, _ goapp.Event) {
	p.shuffle(rand.Uint64(), true)
	p.focusPlace(ctx)
}

// runningExam says that an exam is running, "" where none is.
func runningExam(e *env.Env) string {
	if e.Interactive() {
		for _, exam := range e.Progress.Exams() {
			if exam.Running() {
				return "有一场考试正在进行，时间照走：回到考试"
			}
		}
	}
	return ""
}

// quizzes links to the self-checks of the lessons.
func (p *Practice) quizzes() goapp.UI {
	var items []goapp.UI
	for _, id := range p.Env.Course.Modules {
		lesson, _, _ := find(p.Env, id)
		if lesson == nil || lesson.Quiz == nil {
			continue
		}
		items = append(items, goapp.Li().Body(
			goapp.A().Href(route.Lesson(id, lesson.Quiz.ID)).Text(placeOfLesson(p.Env, id)),
			goapp.Text("："+strconv.Itoa(len(lesson.Quiz.Questions))+" 题")))
	}
	return goapp.Ul().Body(items...)
}

var cardStates = map[practice.State]string{
	practice.Wrong: "上次答错", practice.Due: "该复习", practice.Unseen: "没做过", practice.Right: "答对过",
}

func (p *Practice) card() goapp.UI {
	card := p.deck[p.at]
	body := []goapp.UI{
		goapp.P().Class("meta").Body(
			goapp.Span().Text(fmt.Sprintf("第 %d / %d 题", p.at+1, len(p.deck))),
			goapp.Span().Text(fmt.Sprintf("上次答错 %d，该复习 %d，没做过 %d，答对过 %d", practice.Count(p.deck, practice.Wrong),
				practice.Count(p.deck, practice.Due), practice.Count(p.deck, practice.Unseen), practice.Count(p.deck, practice.Right))),
			goapp.Progress().Max(strconv.Itoa(len(p.deck))).Attr("value", strconv.Itoa(p.at)).
				Aria("label", fmt.Sprintf("第 %d 题，共 %d 题", p.at+1, len(p.deck)))),
		goapp.H2().ID("practice-place").TabIndex(-1).Class("small-head").Text(placeOfLesson(p.Env, card.Lesson) + " · " + cardStates[card.State]),
	}
	if lesson, q := p.question(card); q != nil {
		body = append(body, quiz.View(quiz.Props{Lesson: lesson, Env: p.Env, Only: q.ID, Number: p.at + 1}))
	} else {
		body = append(body, goapp.P().Text("这道题已经不在课文里了。"))
	}
	body = append(body, goapp.P().Class("practice-turn").Body(
		goapp.Button().Type("button").ID("practice-next").Text("下一题").OnClick(p.next),
		goapp.Button().Type("button").Class("quiet").Text("重新洗牌").OnClick(p.again)))
	return goapp.Div().Class("practice-card").Body(body...)
}

func (p *Practice) again(ctx goapp.Context, _ goapp.Event) {
	p.shuffle(rand.Uint64(), false)
	p.focusPlace(ctx)
}

func (p *Practice) finished() goapp.UI {
	return goapp.Div().Class("practice-card").Body(
		goapp.H2().ID("practice-place").TabIndex(-1).Text("做完一轮"),
		goapp.P().Text(fmt.Sprintf("这一轮 %d 题，作答 %d 题，最后答对 %d 题。", len(p.deck), p.tally.done, p.tally.right)),
		goapp.P().Class("practice-turn").Body(
			goapp.Button().Type("button").Text("再来一轮").OnClick(p.again),
			goapp.A().Href(route.Page("record")).Text("看学习记录")))
}
