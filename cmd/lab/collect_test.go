package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"courselab/app/progress"
	"courselab/app/progress/class"
	"courselab/lessons/content"
)

// handIn writes what a learner's browser exports after one answer to the first
// question of the shipped course that has options.
func handIn(t *testing.T, file, name string, right bool) {
	t.Helper()
	course, err := class.OpenCourse(content.FS)
	if err != nil {
		t.Fatal(err)
	}
	store := progress.Open(&progress.Memory{}, progress.Options{Course: course.ID, Now: func() time.Time { return time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC) }})
	store.SetName(name)
	lesson := course.Lessons[0]
	q := lesson.Quiz.Questions[0]
	var chosen []string
	for _, o := range q.Options {
		if o.Correct == right {
			chosen = append(chosen, o.Key)
		}
	}
	if _, err := store.Record(lesson.ID, q.ID, progress.Attempt{Fingerprint: q.Fingerprint, Correct: right, Answer: progress.Answer{Options: chosen}}); err != nil {
		t.Fatal(err)
	}
	data, err := store.Export().Encode()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestCollect(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("in", 0o755); err != nil {
		t.Fatal(err)
	}
	handIn(t, "in/a.json", "甲", true)
	handIn(t, "in/b.json", "乙", false)
	status, stdout, stderr := lab(t, "collect", "in/*.json", "-o", "class.csv", "--html", "report.html")
	if status != 0 || stderr != "" || !strings.Contains(stdout, "2 learners from 2 files") {
		t.Fatalf("exit %d: %s%s", status, stdout, stderr)
	}
	table, err := os.ReadFile("class.csv")
	if err != nil || !strings.Contains(string(table), ",2,2,2,1,50.0,1,50.0,") {
		t.Errorf("%v: %.600s", err, table)
	}
	report, err := os.ReadFile("report.html")
	if err != nil || !strings.Contains(string(report), "首次答对率 50.0%") {
		t.Errorf("%v: no share in the report", err)
	}

	// What cannot be read is named and left out, and the rest counts as before.
	whole, err := os.ReadFile("in/a.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{
		"cut.json": string(whole[:len(whole)/2]), "empty.json": "",
		"other.json": strings.Replace(string(whole), `"course": "llm-selection"`, `"course": "cooking"`, 1),
	} {
		if err := os.WriteFile("in/"+name, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	status, stdout, stderr = lab(t, "collect", "in", "-o", "again.csv", "--html", "again.html")
	if status != 1 || !strings.Contains(stdout, "2 learners from 2 files, 3 left out") {
		t.Errorf("exit %d: %s", status, stdout)
	}
	for _, want := range []string{"in/cut.json: 文件不完整", "in/empty.json: 文件是空的", "in/other.json: 文件属于另一门课程"} {
		if !strings.Contains(stderr, want) {
			t.Errorf("standard error %q, want %q", stderr, want)
		}
	}
	again, err := os.ReadFile("again.csv")
	if err != nil || string(again) != string(table) {
		t.Errorf("%v: the table has changed", err)
	}
	if report, err := os.ReadFile("again.html"); err != nil || !strings.Contains(string(report), "没有计入的文件（3）") {
		t.Errorf("%v: the report does not name what was left out", err)
	}

	// Nothing usable: nothing written.
	if status, _, stderr = lab(t, "collect", "in/empty.json", "-o", "none.csv"); status != 2 || !strings.Contains(stderr, "nothing written") {
		t.Errorf("exit %d: %s", status, stderr)
	}
	if _, err := os.Stat("none.csv"); err == nil {
		t.Error("a table of nobody")
	}
}
