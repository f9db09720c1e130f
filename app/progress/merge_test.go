package progress

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

func TestMergeLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		lawful(t, MergeLessons, randomLesson(r), randomLesson(r), randomLesson(r))
		lawful(t, MergeQuestions, randomQuestion(r), randomQuestion(r), randomQuestion(r))
		lawful(t, MergeExams, randomExam(r), randomExam(r), randomExam(r))
		lawful(t, MergeReadings, randomReading(r), randomReading(r), randomReading(r))
	}
}

// lawful checks that merge is commutative, associative and idempotent.
func lawful[T any](t *testing.T, merge func(a, b T) T, a, b, c T) {
	t.Helper()
	if x, y := merge(a, b), merge(b, a); !reflect.DeepEqual(x, y) {
		t.Fatalf("not commutative:\n%+v\n%+v", x, y)
	}
	if x, y := merge(merge(a, b), c), merge(a, merge(b, c)); !reflect.DeepEqual(x, y) {
		t.Fatalf("not associative:\n%+v\n%+v", x, y)
	}
	ab := merge(a, b)
	if x := merge(ab, b); !reflect.DeepEqual(x, ab) {
		t.Fatalf("not idempotent:\n%+v\n%+v", x, ab)
	}
}

// TestLimitKeepsScore: whatever the limit drops, the score of every version of
// the answer stays.
func TestLimitKeepsScore(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	dropped := 0
	for range 300 {
		var whole Question
		for i := range LatestAttempts * 3 {
			a := randomAttempt(r)
			a.At = day.Add(time.Duration(i) * time.Second)
			a.Correct = i%40 == 7 // rare, so that the limit matters
			whole.Attempts = append(whole.Attempts, a)
		}
		cut := MergeQuestions(whole, Question{})
		dropped += len(whole.Attempts) - len(cut.Attempts)
		for _, f := range []string{"f0", "f1", "f2"} {
			wantLast, _ := whole.Last(f)
			last, _ := cut.Last(f)
			if cut.Best(f) != whole.Best(f) || cut.FirstTry(f) != whole.FirstTry(f) || !reflect.DeepEqual(last, wantLast) {
				t.Fatalf("%s: best %v, first %v, last %v; before the limit %v, %v, %v",
					f, cut.Best(f), cut.FirstTry(f), last, whole.Best(f), whole.FirstTry(f), wantLast)
			}
		}
		n := len(whole.Attempts)
		if !reflect.DeepEqual(cut.Attempts[len(cut.Attempts)-LatestAttempts:], whole.Attempts[n-LatestAttempts:]) {
			t.Fatal("the newest attempts are not all kept")
		}
	}
	if dropped == 0 {
		t.Fatal("nothing was dropped: the limit was not tested")
	}
}

func TestProfileMerge(t *testing.T) {
	none := Profile{At: day.Add(time.Hour)}
	early, late := Profile{Name: "甲", At: day}, Profile{Name: "乙", At: day.Add(time.Minute)}
	for _, c := range []struct{ a, b, want Profile }{
		{early, late, late}, {none, early, early}, {Profile{}, none, none},
	} {
		if got := MergeProfiles(c.a, c.b); got != c.want {
			t.Errorf("merge %v %v: %v, want %v", c.a, c.b, got, c.want)
		}
		if got := MergeProfiles(c.b, c.a); got != c.want {
			t.Errorf("merge %v %v: %v, want %v", c.b, c.a, got, c.want)
		}
	}
}
