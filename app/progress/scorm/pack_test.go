package scorm

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"courselab/app/progress"
	"courselab/lessons"
)

var start = time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)

// module is a lesson with n questions.
func module(n int) *lessons.Lesson {
	l := &lessons.Lesson{ID: "m3", Quiz: &lessons.Quiz{}}
	for i := range n {
		l.Quiz.Questions = append(l.Quiz.Questions, lessons.Question{ID: fmt.Sprintf("q-question-%d", i), Fingerprint: fmt.Sprintf("%016x", i)})
	}
	return l
}

// answered has so many attempts at each question, with that much typed text, the
// last one right.
func answered(l *lessons.Lesson, attempts, text int) progress.Lesson {
	random := rand.New(rand.NewPCG(1, 2))
	record := progress.Lesson{Questions: map[string]progress.Question{}}
	at := start
	for _, q := range l.Quiz.Questions {
		var list []progress.Attempt
		for k := range attempts {
			at = at.Add(time.Duration(random.IntN(100000)) * time.Millisecond)
			var typed strings.Builder
			for range text {
				typed.WriteRune(rune('一' + random.IntN(5000)))
			}
			a := progress.Attempt{At: at, Fingerprint: q.Fingerprint, Correct: k == attempts-1, Seed: random.Uint64(), Hint: k == 1}
			if k == 2 {
				a.Clock = start
			}
			if text > 0 {
				a.Answer.Texts = []string{typed.String()}
			} else {
				a.Answer.Options = []string{fmt.Sprintf("o%d", random.IntN(5))}
			}
			list = append(list, a)
		}
		record.Questions[q.ID] = progress.Question{Attempts: list}
	}
	return record
}

func TestPackRoundTrip(t *testing.T) {
	l := module(14)
	record := answered(l, 3, 0)
	record.Completed = start
	text, left, err := Pack(l, record, V2004.SuspendLimit())
	if err != nil || left != 0 {
		t.Fatalf("%d left, %v", left, err)
	}
	back, err := Unpack(text)
	if err != nil || !reflect.DeepEqual(back, record) {
		t.Errorf("%v\ngot  %+v\nwant %+v", err, back, record)
	}
	if text, _, err := Pack(l, progress.Lesson{}, 10); text != "" || err != nil {
		t.Errorf("an empty record packs as %q, %v", text, err)
	}
	if empty, err := Unpack(""); err != nil || !reflect.DeepEqual(empty, progress.Lesson{}) {
		t.Errorf("no text unpacks as %+v, %v", empty, err)
	}
}

// TestPackFits asks for the limit of SCORM 1.2 at every size of record, and for
// the score, as long as no question had to go.
func TestPackFits(t *testing.T) {
	for _, tt := range []struct{ questions, attempts, text int }{
		{14, 1, 0}, {14, 3, 0}, {14, 30, 0}, {14, 30, 20}, {14, 2, 600}, {200, 3, 30},
	} {
		l := module(tt.questions)
		record := answered(l, tt.attempts, tt.text)
		text, left, err := Pack(l, record, V12.SuspendLimit())
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > 4096 {
			t.Errorf("%+v: %d characters", tt, len(text))
		}
		back, err := Unpack(text)
		if err != nil {
			t.Fatal(err)
		}
		if len(back.Questions) != tt.questions-left {
			t.Errorf("%+v: %d questions come back, %d were left out", tt, len(back.Questions), left)
		}
		if got, want := progress.ScoreOf(l, back), progress.ScoreOf(l, record); left == 0 && (got.Points != want.Points || got.FirstTry != want.FirstTry) {
			t.Errorf("%+v: score %+v, want %+v", tt, got, want)
		}
		if tt.questions == 14 && left > 0 {
			t.Errorf("%+v: a module as large as the course's loses %d questions", tt, left)
		}
		if tt.questions == 200 && left == 0 {
			t.Errorf("%+v: all of it fits, so the last resort is not tried", tt)
		}
	}
}

// TestPackForgetsOldVersions: what no longer counts takes no room.
func TestPackForgetsOldVersions(t *testing.T) {
	l := module(1)
	record := answered(l, 2, 0)
	l.Quiz.Questions[0].Fingerprint = "changed"
	if text, _, err := Pack(l, record, 4096); text != "" || err != nil {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestUnpackRefuses(t *testing.T) {
	for _, text := range []string{"2.abc", "1.###", "1.abcd", "someone else's"} {
		if l, err := Unpack(text); err == nil {
			t.Errorf("%q unpacks as %+v", text, l)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	l := module(3)
	good, _, err := Pack(l, answered(l, 2, 5), 4096)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("1.")
	f.Fuzz(func(t *testing.T, text string) {
		record, err := Unpack(text)
		if err != nil {
			return
		}
		store := progress.Open(&progress.Memory{}, progress.Options{Course: "c", Base: "/"})
		store.MergeLesson("m3", record)
		if problems := store.Problems(); len(problems) > 0 {
			t.Errorf("%q damages the store: %v", text, problems)
		}
	})
}
