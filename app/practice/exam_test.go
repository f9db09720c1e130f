package practice

import (
	"fmt"
	"math"
	"reflect"
	"testing"

	"courselab/app/progress"
	"courselab/lessons"
	"courselab/sim/judge"
)

func TestDraw(t *testing.T) {
	all := course()
	all[1].Quiz.Questions[3].Kind = lessons.Compute
	for _, n := range []int{1, 7, 20, 30, 100} {
		items := Draw(all, n, 7)
		if want := min(n, 30); len(items) != want {
			t.Fatalf("%d questions, want %d", len(items), want)
		}
		seen, of := map[string]bool{}, map[string]int{}
		for _, item := range items {
			if seen[item.Question] || item.Fingerprint == "" {
				t.Errorf("item %+v: twice, or without a fingerprint", item)
			}
			seen[item.Question] = true
			of[item.Lesson]++
			if (item.Seed != 0) != (item.Question == "q1-3") {
				t.Errorf("item %+v: seed", item)
			}
		}
		for _, l := range []string{"m1", "m2", "m3"} {
			if got := of[l]; got < min(n, 30)/3 || got > (min(n, 30)+2)/3 {
				t.Errorf("of %d questions %d are from %s", n, got, l)
			}
		}
	}
	if !reflect.DeepEqual(Draw(all, 10, 7), Draw(all, 10, 7)) {
		t.Error("one seed gives two exams")
	}
	if reflect.DeepEqual(Draw(all, 10, 7), Draw(all, 10, 8)) {
		t.Error("two seeds give one exam")
	}
	if items := Draw(nil, 10, 1); len(items) != 0 {
		t.Errorf("no course gives %v", items)
	}
}

func TestJudge(t *testing.T) {
	option := func(key, html string, correct bool) lessons.Option {
		return lessons.Option{Key: key, HTML: html, Correct: correct}
	}
	options := []lessons.Option{option("1", "甲 <em>项</em>", true), option("2", "乙", false), option("3", "丙", true)}
	single := &lessons.Question{Kind: lessons.Single, Title: "选", Fingerprint: "f", Options: options[:2]}
	multiple := &lessons.Question{Kind: lessons.Multiple, Title: "选", Fingerprint: "f", Options: options}
	order := &lessons.Question{Kind: lessons.Order, Title: "排", Fingerprint: "f", Options: []lessons.Option{option("1", "先", false), option("2", "后", false)}}
	fill := &lessons.Question{Kind: lessons.Fill, Title: "填", Fingerprint: "f", Blanks: []lessons.Blank{{Accepted: []string{"softmax", "软最大"}}, {Accepted: []string{"√d"}}}}
	for name, c := range map[string]struct {
		q            *lessons.Question
		answer       progress.Answer
		correct      bool
		given, right string
	}{
		"single right":   {single, progress.Answer{Options: []string{"1"}}, true, "甲 项", "甲 项"},
		"single wrong":   {single, progress.Answer{Options: []string{"2"}}, false, "乙", "甲 项"},
		"single none":    {single, progress.Answer{}, false, "", "甲 项"},
		"multiple right": {multiple, progress.Answer{Options: []string{"1", "3"}}, true, "甲 项；丙", "甲 项；丙"},
		"multiple part":  {multiple, progress.Answer{Options: []string{"3"}}, false, "丙", "甲 项；丙"},
		"order right":    {order, progress.Answer{Options: []string{"1", "2"}}, true, "先 → 后", "先 → 后"},
		"order none":     {order, progress.Answer{}, false, "", "先 → 后"},
		"fill right":     {fill, progress.Answer{Texts: []string{" Softmax", "√d"}}, true, " Softmax；√d", "softmax；√d"},
		"fill half":      {fill, progress.Answer{Texts: []string{"softmax", ""}}, false, "softmax；", "softmax；√d"},
		"fill blank":     {fill, progress.Answer{Texts: []string{" ", ""}}, false, "", "softmax；√d"},
	} {
		got := Judge(progress.ExamItem{Fingerprint: "f", Answer: c.answer}, c.q)
		if got.Correct != c.correct || got.Given != c.given || got.Right != c.right || got.Void || got.Title != c.q.Title {
			t.Errorf("%s: %+v", name, got)
		}
	}
	changed := Judge(progress.ExamItem{Fingerprint: "older", Answer: progress.Answer{Options: []string{"1"}}}, single)
	gone := Judge(progress.ExamItem{Fingerprint: "f"}, nil)
	if !changed.Void || changed.Correct || !gone.Void {
		t.Errorf("a question that changed: %+v; that went: %+v", changed, gone)
	}
	compute := &lessons.Question{Kind: lessons.Compute, Title: "算", Fingerprint: "f", Compute: &lessons.ComputeSpec{Unit: "GiB"}}
	got := Judge(progress.ExamItem{Fingerprint: "f", Answer: progress.Answer{Texts: []string{"2.5"}}}, compute)
	got = JudgeComputed(got, true, 2.5, "GiB", "2 + 0.5")
	if !got.Correct || got.Given != "2.5 GiB" || got.Right != "2.5 GiB（2 + 0.5）" {
		t.Errorf("computed: %+v", got)
	}
}

func TestMarks(t *testing.T) {
	var e progress.Exam
	e.Finished = start
	for i := range 10 {
		e.Items = append(e.Items, progress.ExamItem{Lesson: fmt.Sprintf("m%d", i%2+1), Question: fmt.Sprint("q", i), Fingerprint: "f",
			Answer: progress.Answer{Options: []string{"1"}}, Correct: i < 8})
	}
	e.Items = append(e.Items, progress.ExamItem{Lesson: "m1", Void: true}, progress.ExamItem{Lesson: "m2", Question: "none"})
	if all, m1 := MarksOf(e, ""), MarksOf(e, "m1"); all != (Marks{8, 11}) || m1 != (Marks{4, 5}) {
		t.Errorf("marks %v, of m1 %v", all, m1)
	}
	for _, m := range []Marks{{8, 10}, {0, 5}, {5, 5}, {1, 3}, {63, 127}} {
		_, want := judge.Wilson(m.Right, m.Of)
		if low, high := m.Interval(); math.Abs(low-want.Lo) > 1e-6 || math.Abs(high-want.Hi) > 1e-6 {
			t.Errorf("%v: interval %v to %v, by sim/judge %v", m, low, high, want)
		}
	}
	for _, m := range []Marks{{0, 0}, {0, 5}, {5, 5}} {
		if low, high := m.Interval(); low < 0 || high > 1 || low >= high {
			t.Errorf("%v: interval %v to %v", m, low, high)
		}
	}
	attempts := Attempts(e)
	if len(attempts["m1"].Questions) != 5 || len(attempts["m2"].Questions) != 5 || !reflect.DeepEqual(attempts, Attempts(e)) {
		t.Errorf("attempts %+v", attempts)
	}
	if a := attempts["m1"].Questions["q0"].Attempts[0]; !a.At.Equal(start) || !a.Correct {
		t.Errorf("attempt %+v", a)
	}
}
