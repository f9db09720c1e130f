package pages

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/env"
	"courselab/app/practice"
	"courselab/app/progress"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// examPage is the page in a test engine, with a context of its own. No events come
// from there: tests call the methods.
type examPage struct {
	Exam
	t      *testing.T
	engine goapp.TestEngine
}

// OnPreRender is the one call of a component that a test engine makes.
func (p *examPage) OnPreRender(ctx goapp.Context) { p.ctx = ctx }

// html draws the page as it stands: what was drawn before stays as it was.
func (p *examPage) html() string {
	p.engine.ConsumeAll()
	return goapp.HTMLString(&Exam{Env: p.Env, ready: p.ready, offered: p.offered, choice: p.choice, exam: p.exam, at: p.at, judging: p.judging,
		fault: p.fault, said: p.said, asking: p.asking, opened: p.opened, used: p.used})
}

// wait lets the engine answer until the exam is judged, or cannot be.
func (p *examPage) wait() string {
	p.t.Helper()
	for range 500 {
		p.engine.ConsumeAll()
		if !p.judging {
			return p.html()
		}
		time.Sleep(10 * time.Millisecond)
	}
	p.t.Fatal("the exam is not judged")
	return ""
}

// opened loads the page anew, as a reload does.
func opened(t *testing.T, e *env.Env, query string) *examPage {
	t.Helper()
	p := &examPage{Exam: Exam{Env: e}, t: t, engine: goapp.NewTestEngine()}
	if err := p.engine.Load(p); err != nil {
		t.Fatal(err)
	}
	p.engine.ConsumeAll() // OnPreRender has given the context by now
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	p.choice = readExamChoice(values)
	p.offered = p.choice
	textsOf(e) // parses the lessons
	p.arrive()
	return p
}

// sum answers what 2 + x makes.
func sumEngine(t *testing.T, broken *bool) *engine.Client {
	t.Helper()
	s := serve.New()
	s.Register(engine.OpQuestionDraw, func(context.Context, json.RawMessage, func(engine.Reply)) (any, []engine.Tensor, error) {
		if *broken {
			return nil, nil, errors.New("broken")
		}
		return engine.DrawOutput{Values: map[string]float64{"x": 3}, Shown: map[string]string{"x": "3"}}, nil, nil
	})
	s.Register(engine.OpQuestionGrade, func(_ context.Context, raw json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
		var in engine.GradeInput
		if err := json.Unmarshal(raw, &in); err != nil {
			return nil, nil, err
		}
		return engine.GradeOutput{Correct: in.Answer == 2+in.Values["x"], Expected: 2 + in.Values["x"], Unit: in.Unit, Working: "2 + 3"}, nil, nil
	})
	client := engine.NewClient(serve.InProcess(s), engine.Options{})
	t.Cleanup(client.Stop)
	return client
}

// examEnv has a course with two single choices and a computed question.
func examEnv(t *testing.T, now *time.Time, broken *bool) *env.Env {
	t.Helper()
	course := smallCourse()
	course["zh/m1.md"].Data = append(course["zh/m1.md"].Data, "\n### 几？ {#q3}\n\n2 + {x} 是几？\n\n```compute sum\nx: range 1..9\nunit: GB\ntolerance: 1%\n```\n"...)
	e := environmentOf(t, course, lessons.Registry{Functions: map[string]lessons.FunctionSpec{"sum": {Title: "和", Params: map[string]lessons.ParamSpec{"x": {Kind: lessons.IntParam, Min: 1, Max: 9}}, Units: []string{"GB"}}}})
	e.Progress = progress.Open(&progress.Memory{}, progress.Options{Course: "c", Base: "/", Now: func() time.Time { return *now }})
	e.Engine = sumEngine(t, broken)
	return e
}

// respond answers a question on the page.
func (p *examPage) respond(question string, a progress.Answer) {
	p.t.Helper()
	for i, item := range p.exam.Items {
		if item.Question == question {
			p.turn(i)
			p.answer(i, a)
			return
		}
	}
	p.t.Fatalf("no question %s", question)
}

func option(key string) progress.Answer { return progress.Answer{Options: []string{key}} }

// The whole of an exam: begun, left, come back to, handed in, judged; the record
// has what was given and what is right, and the answers count in practice.
func TestExam(t *testing.T) {
	now, broken := time.Date(2026, 3, 4, 12, 0, 0, 0, time.Local), false
	e := examEnv(t, &now, &broken)
	e.Progress.SetName("李雷 <7>")
	p := opened(t, e, "n=0&min=15&seed=7")
	if html := p.html(); !strings.Contains(html, "种子 7") || !strings.Contains(html, "n=0&amp;min=15&amp;seed=7") && !strings.Contains(html, "n=0&min=15&seed=7") {
		t.Errorf("before the exam:\n%s", html)
	}
	p.begin()
	if html := p.html(); len(p.exam.Items) != 3 || !strings.Contains(html, "第 1 / 3 题") || !strings.Contains(html, "15:00") {
		t.Fatalf("%d questions:\n%s", len(p.exam.Items), html)
	}
	p.respond("q1", option("1"))
	p.respond("q3", progress.Answer{Texts: []string{"5"}})

	now = now.Add(4 * time.Minute)
	p = opened(t, e, "")
	if html := p.html(); !strings.Contains(html, "11:00") || !strings.Contains(html, "已答 2 / 3 题") {
		t.Fatalf("after a reload:\n%s", html)
	}
	if html := goapp.HTMLString(&Practice{Env: e}); !strings.Contains(html, "考试正在进行") {
		t.Error("the practice page does not lead back")
	}
	p.respond("q2", option("2"))
	p.respond("q2", option("1")) // thinks better of it
	for _, hidden := range []string{"正确", "不正确", "提示"} {
		if html := p.html(); strings.Contains(html, hidden) {
			t.Errorf("the running exam says %q:\n%s", hidden, html)
		}
	}
	if len(e.Progress.Lesson("m1").Questions) != 0 {
		t.Error("the answers count before the end")
	}
	now = now.Add(time.Minute)
	p.asking = true
	if html := p.html(); !strings.Contains(html, "不能再改") {
		t.Errorf("before handing in:\n%s", html)
	}
	p.finish()
	html := p.wait()
	for _, want := range []string{"李雷 &lt;7&gt;", "5 分 0 秒，限时 15 分钟", "3 题，种子 7", "2 / 3，67%（95% 区间 21%–94%）", "5 GB", "第一课", ">2 / 3<", "<dt>正确答案</dt><dd>错</dd>"} {
		if !strings.Contains(html, want) {
			t.Errorf("the record lacks %q:\n%s", want, html)
		}
	}
	if got := e.Progress.Lesson("m1").Questions; len(got) != 3 || !got["q3"].Attempts[0].Correct || got["q2"].Attempts[0].Correct {
		t.Errorf("attempts %+v", got)
	}
	deck, _ := wholeDeck(e, 1)
	if practice.Today(deck) != 1 || deck[0].Question != "q2" {
		t.Errorf("what was wrong does not come back: %v", deck)
	}

	// The result goes to another device, and stands there.
	data, err := e.Progress.Export().Encode()
	if err != nil {
		t.Fatal(err)
	}
	other := examEnv(t, &now, &broken)
	if _, err := other.Progress.Import(data); err != nil {
		t.Fatal(err)
	}
	again := opened(t, other, "")
	if html := again.html(); !strings.Contains(html, "3 题，答对 2 / 3") {
		t.Errorf("on another device:\n%s", html)
	}
}

// An exam ends by itself: while the page stands, and while it is away. An answer
// after that changes nothing.
func TestExamEnds(t *testing.T) {
	now, broken := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC), false
	e := examEnv(t, &now, &broken)
	p := opened(t, e, "n=3&min=15&seed=1")
	p.begin()
	p.respond("q1", option("1"))
	now = now.Add(11 * time.Minute)
	p.tick(p.ctx)
	if p.said != "还剩 5 分钟。" || !p.exam.Running() {
		t.Errorf("said %q", p.said)
	}
	now = now.Add(5 * time.Minute)
	p.tick(p.ctx)
	p.answer(0, option("2"))
	p.wait()
	if !p.exam.Judged || p.exam.Finished.Sub(p.exam.Started) != 15*time.Minute || practice.MarksOf(p.exam, "").Right != 1 {
		t.Errorf("after the time: %+v", p.exam)
	}
	if deck, _ := wholeDeck(e, 1); practice.Count(deck, practice.Unseen) != 2 {
		t.Error("what was not answered counts as answered")
	}

	p = opened(t, e, "n=3&min=15&seed=2")
	p.begin()
	now = now.AddDate(0, 0, 3)
	p = opened(t, e, "")
	p.wait()
	if got := p.exam.Finished.Sub(p.exam.Started); got != 15*time.Minute {
		t.Errorf("left for three days, it took %v", got)
	}

	// A clock that is set back does not give time back.
	p = opened(t, e, "n=3&min=15&seed=3")
	p.begin()
	now = now.Add(10 * time.Minute)
	p.respond("q1", option("1"))
	now = now.Add(-time.Hour)
	p = opened(t, e, "")
	if got := p.left(); got != 5*time.Minute {
		t.Errorf("under a clock set back %v are left", got)
	}
}

// Without the engine nothing is lost: the computed questions are judged later.
func TestExamWithoutEngine(t *testing.T) {
	now, broken := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC), true
	e := examEnv(t, &now, &broken)
	p := opened(t, e, "n=3&seed=1")
	p.begin()
	p.respond("q3", progress.Answer{Texts: []string{"fünf"}})
	p.finish()
	if html := p.wait(); !strings.Contains(html, "计算题还没有批改") || !strings.Contains(html, "再批改一次") {
		t.Errorf("without the engine:\n%s", html)
	}
	if p.exam.Judged || p.exam.Running() {
		t.Errorf("the exam is %+v", p.exam)
	}
	broken = false
	p = opened(t, e, "")
	html := p.wait()
	if !p.exam.Judged || !strings.Contains(html, "fünf GB") || !strings.Contains(html, "5 GB（2 + 3）") {
		t.Errorf("judged later:\n%s", html)
	}
}

func TestExamChoice(t *testing.T) {
	for query, want := range map[string]examChoice{
		"n=10&min=45&seed=9":       {10, 45, 9},
		"n=7&min=20&seed=9":        {7, 20, 9},
		"seed=9":                   {20, 30, 9},
		"n=-1&min=0&seed=9":        {20, 30, 9},
		"n=9999999&min=1e9&seed=9": {20, 30, 9},
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := readExamChoice(values); got != want {
			t.Errorf("%s: %+v, want %+v", query, got, want)
		}
	}
	if a, b := readExamChoice(nil).seed, readExamChoice(nil).seed; a == 0 || b == 0 {
		t.Errorf("seeds %d and %d", a, b)
	}
	blank := goapp.HTMLString(&Exam{Env: environment(t, smallCourse(), false)})
	if !strings.Contains(blank, "载入后才能开始") || strings.Count(blank, " disabled") < 8 {
		t.Errorf("the prerendered page:\n%s", blank)
	}
}

// A full storage is said on the page, and the exam goes on.
func TestExamOnFullStorage(t *testing.T) {
	now, broken := time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC), false
	e := examEnv(t, &now, &broken)
	e.Progress = progress.Open(&progress.Memory{Limit: 10}, progress.Options{Course: "c", Base: "/", Now: func() time.Time { return now }})
	p := opened(t, e, "n=3&seed=1")
	p.begin()
	p.respond("q1", option("1"))
	if html := p.html(); !strings.Contains(html, "存储空间已满") || !strings.Contains(html, "已答 1 / 3 题") {
		t.Errorf("on a full storage:\n%s", html)
	}
	p.finish()
	if html := p.wait(); !strings.Contains(html, "1 / 3，33%") {
		t.Errorf("judged on a full storage:\n%s", html)
	}
}
