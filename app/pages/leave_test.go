package pages

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"courselab/app/engine"
	"courselab/app/progress"
)

// filled is a learner's file with answers to so many questions of each module.
func filled(t *testing.T, modules, questions, attempts int) progress.File {
	t.Helper()
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	r := rand.New(rand.NewPCG(1, 2))
	f := progress.File{Format: progress.Format, Version: progress.Version, Course: "llm", Exported: now, Name: "王五", Named: now, Lessons: map[string]progress.Lesson{}}
	for m := range modules {
		l := progress.Lesson{Questions: map[string]progress.Question{}}
		for q := range questions {
			var record progress.Question
			for range attempts {
				now = now.Add(time.Duration(1000+r.IntN(90000)) * time.Millisecond)
				record.Attempts = append(record.Attempts, progress.Attempt{At: now, Answer: progress.Answer{Options: []string{"1"}}, Seed: r.Uint64(),
					Fingerprint: fmt.Sprintf("%016x", uint64(m*1000+q+1)*0x9e3779b97f4a7c15)})
			}
			l.Questions[fmt.Sprintf("q-question-%d", q)] = record
		}
		f.Lessons[fmt.Sprintf("m%d", m+1)] = l
	}
	return f
}

func TestCodes(t *testing.T) {
	const address = "https://example.org/course/settings/#"
	label := func(id string) string { return id }
	for _, tt := range []struct {
		modules, questions, attempts int
		labs, exam                   bool
		codes                        string
		left, lost                   int
	}{
		{1, 10, 1, false, false, "全部进度", 0, 0},
		{1, 10, 1, true, false, "全部作答", 1, 0},
		{6, 15, 1, false, false, "m1 m2 m3 m4 m5 m6", 0, 0},
		{6, 15, 1, true, false, "m1 m2 m3 m4 m5 m6", 1, 0},
		{6, 15, 1, true, true, "m1 m2 m3 m4 m5 m6", 2, 0},
		{2, 20, 25, false, false, "m1 m2", 1, 0},
		{2, 200, 1, false, false, "", 0, 2},
	} {
		f := filled(t, tt.modules, tt.questions, tt.attempts)
		if tt.labs {
			r := rand.New(rand.NewPCG(3, 4))
			noise := make([]byte, 4000)
			for i := range noise {
				noise[i] = byte('!' + r.IntN(90))
			}
			f.Labs = map[string]progress.LabRecord{"tokens": {At: f.Exported, Values: map[string]string{"text": string(noise)}}}
		}
		if tt.exam {
			f.Exams = map[string]progress.Exam{"x": {Started: f.Exported, Minutes: 60, Items: []progress.ExamItem{{Lesson: "m1", Question: "q", Fingerprint: strings.Repeat("f", 100)}}}}
		}
		codes, left, lost := codesFor(f, address, label)
		var labels []string
		held := progress.Open(&progress.Memory{}, progress.Options{Course: "llm"})
		for _, c := range codes {
			labels = append(labels, c.label)
			if len(c.link) > engine.MaxQRText {
				t.Errorf("%+v: %s has %d bytes", tt, c.label, len(c.link))
			}
			part, present, err := progress.ParseLink(strings.TrimPrefix(c.link, address), "llm")
			if !present || err != nil {
				t.Fatalf("%+v: %v", tt, err)
			}
			held.Take(part)
		}
		if got := strings.Join(labels, " "); got != tt.codes || len(left) != tt.left || len(lost) != tt.lost {
			t.Errorf("%+v: %q, left out %v, lost %v", tt, got, left, lost)
		}
		if questions, _ := held.Export().Answers(); tt.lost == 0 && questions != tt.modules*tt.questions {
			t.Errorf("%+v: the codes hold %d questions", tt, questions)
		}
	}
}
