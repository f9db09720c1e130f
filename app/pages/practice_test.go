package pages

import (
	"strings"
	"testing"
	"time"

	"courselab/app/env"
	"courselab/app/progress"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// dated is an environment whose learner's clock can be set.
func dated(t *testing.T, now *time.Time) *env.Env {
	t.Helper()
	e := environment(t, smallCourse(), true)
	e.Progress = progress.Open(&progress.Memory{}, progress.Options{Course: "c", Base: "/", Now: func() time.Time { return *now }})
	return e
}

func give(t *testing.T, e *env.Env, question string, correct bool) {
	t.Helper()
	lesson, err := e.Content.Lesson("m1")
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range lesson.Quiz.Questions {
		if q.ID == question {
			if _, err := e.Progress.Record("m1", q.ID, progress.Attempt{Fingerprint: q.Fingerprint, Answer: progress.Answer{Options: []string{"1"}}, Correct: correct}); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Fatalf("no question %s", question)
}

// A right answer comes back after two days, a wrong one on the same day; the
// practice page and the map say so, and a round can hold just those.
func TestReview(t *testing.T) {
	now := time.Date(2026, 3, 4, 12, 0, 0, 0, time.Local)
	e := dated(t, &now)
	page := func() string {
		p := &Practice{Env: e}
		p.shuffle(1, false)
		return goapp.HTMLString(p)
	}
	frontPage := func() string { return goapp.HTMLString(&CourseMap{Env: e}) }
	textsOf(e) // parses the lessons
	if html := page(); !strings.Contains(html, "还没有要复习的题") || !strings.Contains(frontPage(), "错题在前") {
		t.Errorf("before any answer:\n%s", html)
	}
	give(t, e, "q1", true)
	if html := page(); !strings.Contains(html, "下一题在 2026-03-06 到期") || strings.Contains(html, "practice-review") {
		t.Errorf("after a right answer:\n%s", html)
	}
	give(t, e, "q2", false)
	if html := page(); !strings.Contains(html, "今天该复习 1 题，其中上次答错的 1 题。") {
		t.Errorf("after a wrong answer:\n%s", html)
	}
	now = now.AddDate(0, 0, 2)
	if html := page(); !strings.Contains(html, "今天该复习 2 题，其中上次答错的 1 题。") || !strings.Contains(html, "只做这 2 题") {
		t.Errorf("two days later:\n%s", html)
	}
	if html := frontPage(); !strings.Contains(html, "今天该复习 2 题") {
		t.Error("the map does not say what comes back")
	}

	give(t, e, "q2", true)
	p := &Practice{Env: e}
	p.shuffle(1, true)
	if len(p.deck) != 1 || p.deck[0].Question != "q1" {
		t.Fatalf("the round holds %v", p.deck)
	}
	if html := goapp.HTMLString(p); !strings.Contains(html, "该复习</h2>") || !strings.Contains(html, "混合全部的题") {
		t.Errorf("the round:\n%s", html)
	}
	give(t, e, "q1", true)
	p.advance()
	if html := goapp.HTMLString(p); !strings.Contains(html, "做完一轮") || !strings.Contains(html, "今天没有要复习的题") {
		t.Errorf("at the end of the round:\n%s", html)
	}
}
