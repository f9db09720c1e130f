package pages

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"courselab/app/progress"
	"courselab/app/quiz"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Render draws the page as markup around the question, which is a component: of
// this page's many small controls each would cost the program a few hundred bytes
// as an element of go-app. A button says in data-do what it does, and the page
// listens for all of them.
func (p *Exam) Render() goapp.UI {
	if p.Env.Course == nil {
		return noCourse(p.Env, "exam")
	}
	var head, main, foot string
	var question goapp.UI
	switch {
	case p.exam.Judged:
		head, main = p.recordControls(), `<div class="record-sheet">`+p.sheet()+`</div>`
	case !p.exam.Finished.IsZero():
		main = p.closed()
	case p.exam.Running():
		head, main, foot = p.clock(), p.leaves(), p.turns()
		question = p.paper()
	default:
		main, foot = p.choosing(), p.past()
	}
	page := goapp.Div().Class("record exam")
	if p.Env.Interactive() {
		page = page.OnClick(p.onClick).OnChange(p.onChange)
	}
	if question == nil {
		question = goapp.Raw(`<div></div>`)
	}
	return page.Body(heading("综合考试"), box(head), box(main), question, box(foot), box(p.problems()),
		goapp.P().Class("visually-hidden").Role("status").Aria("live", "polite").Text(p.said))
}

// box is markup as one element.
func box(markup string) goapp.UI { return goapp.Raw(`<div>` + markup + `</div>`) }

// button is a button of the page as markup.
func button(do, text, attributes string) string {
	return `<button type="button" data-do="` + do + `" id="exam-` + do + `"` + attributes + `>` + text + `</button>`
}

func (p *Exam) onClick(ctx goapp.Context, e goapp.Event) {
	b := closest(e.Value, "[data-do]")
	if !b.Truthy() {
		ctx.PreventUpdate()
		return
	}
	p.do(b.Get("dataset").Get("do").String())
}

// onChange takes up a choice; the question's inputs are not its own.
func (p *Exam) onChange(ctx goapp.Context, e goapp.Event) {
	target := e.Get("target")
	n, err := strconv.Atoi(target.Get("value").String())
	switch target.Get("name").String() {
	case "exam-n":
		p.choice.questions = n
	case "exam-min":
		p.choice.minutes = n
	default:
		err = strconv.ErrSyntax
	}
	if err != nil {
		ctx.PreventUpdate()
	}
}

// do is what a button of the page does.
func (p *Exam) do(what string) {
	name, which, _ := strings.Cut(what, "-")
	n, _ := strconv.Atoi(which)
	switch name {
	case "start":
		p.begin()
	case "turn":
		p.turn(n)
	case "end":
		p.asking = true
		p.focus("exam-turn-" + strconv.Itoa(p.at))
	case "hand":
		p.finish()
		p.place()
	case "judge":
		if p.Env.Engine != nil {
			p.Env.Engine.Retry()
		}
		p.judge()
	case "print":
		goapp.Window().Call("print")
	case "save":
		download("考试-"+day(p.exam.Started)+".html", "text/html", recordDocument("综合考试成绩单", p.sheet()))
	case "again":
		p.exam = progress.Exam{}
		p.choice.seed = readExamChoice(nil).seed
		p.focus("exam-start")
	case "show":
		if e := p.Env.Progress.Exam(which); !e.Started.IsZero() {
			p.take(e)
			p.judge()
			p.place()
		}
	}
}

// problems says what could not be stored or judged.
func (p *Exam) problems() string {
	var b strings.Builder
	say := func(text string) { b.WriteString(`<p>` + escape(text) + `</p>`) }
	if p.fault != "" {
		say(p.fault)
	}
	if p.Env.Interactive() {
		for _, problem := range p.Env.Progress.Problems() {
			if problem.Kind == progress.Full || problem.Kind == progress.Denied {
				say(problem.Message)
			}
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return `<div class="fault" role="alert">` + b.String() + `</div>`
}

// choosing is what stands before an exam. What the learner chooses there changes
// none of it, or a radio button would lose the focus.
func (p *Exam) choosing() string {
	offered := p.offered
	if offered.minutes == 0 {
		offered = defaultChoice
	}
	off, lead := "", "从各单元的自测题里平均抽题，限时作答；做完之前不判对错，可以来回改。开始之后刷新或关掉页面，时间照走，答案都在；时间一到自己结束，给出可以打印的成绩单。"
	if !p.Env.Interactive() {
		off, lead = ` disabled`, lead+"考试要等页面的程序载入后才能开始。"
	}
	return `<p class="lead">` + lead + `</p>` +
		radios("exam-n", "题数", examQuestions, offered.questions, "题", off) +
		radios("exam-min", "时间", examMinutes, offered.minutes, "分钟", off)
}

// radios offers numbers; 0 is all. A number that the address asks for is among them.
func radios(name, legend string, all []int, value int, unit, off string) string {
	if !slices.Contains(all, value) {
		all = append([]int{value}, all...)
	}
	text := `<fieldset class="choices"><legend>` + legend + `</legend>`
	for _, n := range all {
		label, id, checked := strconv.Itoa(n)+" "+unit, name+"-"+strconv.Itoa(n), off
		if n == 0 {
			label = "全部"
		}
		if n == value {
			checked += ` checked`
		}
		text += `<div class="choice"><input type="radio" name="` + name + `" id="` + id + `" value="` + strconv.Itoa(n) + `"` + checked + `><label for="` + id + `">` + label + `</label></div>`
	}
	return text + `</fieldset>`
}

// past begins an exam, tells how a class gets the same one, and lists those taken.
func (p *Exam) past() string {
	if !p.Env.Interactive() {
		return `<p class="practice-turn">` + button("start", "开始考试", ` disabled`) + `</p>`
	}
	off, reading := "", ""
	if !p.ready {
		off, reading = ` disabled`, `<p role="status">正在读各单元的题目……</p>`
	}
	text := `<p class="practice-turn">` + button("start", "开始考试", off) + `</p>` + reading + `<p class="note">题目由种子 ` + strconv.FormatUint(p.choice.seed, 10) +
		` 抽出。要让全班做同样的题，把<a id="exam-link" href="` + escape(p.choice.address()) + `">这场考试的地址</a>发给大家。</p>`
	list := ""
	for _, e := range p.Env.Progress.Exams() {
		list += `<li>` + button("show-"+e.ID(), examLine(e), ` class="quiet"`) + `</li>`
	}
	if list == "" {
		return text
	}
	return text + `<h2 class="small-head">考过的</h2><ul class="exam-past">` + list + `</ul>`
}

// paper is the question that is shown.
func (p *Exam) paper() goapp.UI {
	at, item := p.at, p.exam.Items[p.at]
	lesson, q := questionOf(p.Env, item.Lesson, item.Question)
	if q == nil || q.Fingerprint != item.Fingerprint {
		return goapp.Raw(`<p>这道题的课文改过了，不计分。</p>`)
	}
	return quiz.View(quiz.Props{Lesson: lesson, Env: p.Env, Only: q.ID, Number: at + 1,
		Paper: &quiz.Paper{Seed: item.Seed, Given: item.Answer, Answered: func(a progress.Answer) { p.answer(at, a) }}})
}

func (p *Exam) clock() string {
	left := p.left()
	return fmt.Sprintf(`<p class="exam-clock">还剩 <span id="exam-left" role="timer">%d:%02d</span>　已答 %d / %d 题</p>`,
		int(left/time.Minute), int(left%time.Minute/time.Second), len(p.exam.Items)-p.open(), len(p.exam.Items))
}

// open counts what is not answered.
func (p *Exam) open() int {
	n := 0
	for _, item := range p.exam.Items {
		if !item.Answer.Given() {
			n++
		}
	}
	return n
}

// leaves leads to every question, and names the one that is shown.
func (p *Exam) leaves() string {
	text := `<nav aria-label="题目"><ol class="exam-sheet">`
	for i, item := range p.exam.Items {
		state, word := "open", "未答"
		if item.Answer.Given() {
			state, word = "given", "已答"
		}
		n, current := strconv.Itoa(i+1), ""
		if i == p.at {
			current = ` aria-current="step"`
		}
		text += `<li><button type="button" data-do="turn-` + strconv.Itoa(i) + `" data-state="` + state + `" aria-label="第 ` + n + ` 题，` + word + `"` + current + `>` + n + `</button></li>`
	}
	return text + fmt.Sprintf(`</ol></nav><h2 id="exam-place" tabindex="-1" class="small-head">第 %d / %d 题 · %s</h2>`,
		p.at+1, len(p.exam.Items), escape(placeOfLesson(p.Env, p.exam.Items[p.at].Lesson)))
}

func (p *Exam) turns() string {
	turn := func(i int, text string) string {
		off := ""
		if i < 0 || i >= len(p.exam.Items) {
			off = ` disabled`
		}
		return button("turn-"+strconv.Itoa(i), text, off)
	}
	if !p.asking {
		return `<p class="practice-turn">` + turn(p.at-1, "上一题") + turn(p.at+1, "下一题") + button("end", "交卷……", ` class="quiet"`) + `</p>`
	}
	text := "交卷之后不能再改。"
	if n := p.open(); n > 0 {
		text = fmt.Sprintf("还有 %d 题没有答。", n) + text
	}
	return `<div class="confirm" role="group" aria-labelledby="exam-ask"><p id="exam-ask">` + text + `</p><p class="practice-turn">` +
		turn(p.at, "再看看") + button("hand", "交卷", "") + `</p></div>`
}

// closed is an exam that has ended and is not judged yet.
func (p *Exam) closed() string {
	text := `<h2 id="exam-place" tabindex="-1" class="small-head">考试结束，正在批改……</h2>`
	if p.judging {
		return text
	}
	return text + `<p class="practice-turn">` + button("judge", "再批改一次", "") + `</p>`
}
