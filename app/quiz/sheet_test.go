package quiz

import (
	"slices"
	"strings"
	"testing"

	"courselab/app/progress"
	"courselab/lessons"
)

func TestCheckKeepsEveryKind(t *testing.T) {
	for _, id := range pageKinds {
		t.Run(id, func(t *testing.T) {
			s := newTestSheet(t)
			wrong(s, id)
			s.check(id)
			task := s.task(id)
			if task.phase != checked || task.result.Correct {
				t.Fatalf("phase %v, result %+v, note %q", task.phase, task.result, task.note)
			}
			if !strings.Contains(s.said, "不正确") || s.focus != "quiz-"+id+"-result" {
				t.Errorf("said %q, focus %q", s.said, s.focus)
			}
			// A checked answer does not change.
			before := task.answer()
			s.choose(id, "3", true)
			s.move(id, "1", 1)
			s.write(id, 0, "x")
			s.check(id)
			if got := task.answer(); !slices.Equal(got.Options, before.Options) || !slices.Equal(got.Texts, before.Texts) {
				t.Errorf("answer changed after the check: %v", got)
			}
			if n := len(recorded(s, id)); n != 1 {
				t.Errorf("%d attempts recorded", n)
			}

			s.retry(id)
			if task.phase != answering || s.focus == "" {
				t.Fatalf("after retry: phase %v, focus %q", task.phase, s.focus)
			}
			right(s, id)
			s.check(id)
			if !task.result.Correct || !strings.Contains(s.said, "已答对 1 题") {
				t.Errorf("result %+v, said %q", task.result, s.said)
			}
			want := progress.Score{Questions: 5, Answered: 1, Points: 1, FirstTry: 0, Attempts: 2}
			if got := s.score(); got != want {
				t.Errorf("score %+v, want %+v", got, want)
			}
		})
	}
}

func TestCheckAsksForAnAnswer(t *testing.T) {
	s := newTestSheet(t)
	for _, id := range []string{"q-one", "q-many", "q-fill", "q-compute"} {
		s.check(id)
		task := s.task(id)
		if task.phase != answering || task.note == "" || !strings.HasPrefix(s.said, task.note) || s.focus != task.firstControl() {
			t.Errorf("%s: phase %v, note %q, said %q, focus %q", id, task.phase, task.note, s.said, s.focus)
		}
		if n := len(recorded(s, id)); n != 0 {
			t.Errorf("%s: %d attempts recorded", id, n)
		}
	}
	s.write("q-fill", 0, "softmax")
	if s.task("q-fill").note != "" {
		t.Error("the note stays while answering")
	}
	s.check("q-fill")
	if s.task("q-fill").phase != answering {
		t.Error("checked with an empty gap")
	}
	// Heard twice, though it is the same text.
	first := s.said
	s.check("q-fill")
	if s.said == first {
		t.Errorf("said %q twice", s.said)
	}
}

func TestOrderNeverStartsRight(t *testing.T) {
	for n := 2; n < 6; n++ {
		for _, id := range []string{"a", "b", "c", "d", "e", "f", "g"} {
			q := lessons.Question{ID: id, Kind: lessons.Order}
			for i := range n {
				q.Options = append(q.Options, lessons.Option{Key: string(rune('1' + i))})
			}
			for round := range 5 {
				got := shuffled(q, round)
				if slices.Equal(got, keysOf(q)) {
					t.Errorf("%s, round %d starts right", id, round)
				}
				if !slices.Equal(slices.Sorted(slices.Values(got)), keysOf(q)) {
					t.Errorf("%s: %v is no order of %v", id, got, keysOf(q))
				}
				if !slices.Equal(got, shuffled(q, round)) {
					t.Errorf("%s: the order is not always the same", id)
				}
			}
		}
	}
}

func TestMoveKeepsTheFocusOnTheStep(t *testing.T) {
	s := newTestSheet(t)
	task := s.task("q-order")
	key := task.chosen[0]
	s.move("q-order", key, -1)
	if s.focus != "" || s.said != "" {
		t.Errorf("moved beyond the end: focus %q, said %q", s.focus, s.said)
	}
	s.move("q-order", key, 1)
	if task.chosen[1] != key || s.focus != task.optionID(key, "down") || s.said != "已移到第 2 位，共 3 位。" {
		t.Errorf("order %v, focus %q, said %q", task.chosen, s.focus, s.said)
	}
	s.move("q-order", key, 1)
	// The button pressed is off at the end.
	if s.focus != task.optionID(key, "up") {
		t.Errorf("focus %q at the end", s.focus)
	}
	s.move("q-order", key, -1)
	s.move("q-order", key, -1)
	if s.focus != task.optionID(key, "down") {
		t.Errorf("focus %q at the start", s.focus)
	}
}

func TestRetryWrongOnly(t *testing.T) {
	s := newTestSheet(t)
	for _, id := range []string{"q-one", "q-order"} {
		wrong(s, id)
		s.check(id)
	}
	right(s, "q-many")
	s.check("q-many")
	s.write("q-fill", 0, "halb") // begun, not checked
	if s.wrong() != 2 {
		t.Fatalf("%d wrong", s.wrong())
	}
	s.retryWrong()
	for id, want := range map[string]phase{"q-one": answering, "q-order": answering, "q-many": checked, "q-fill": answering} {
		if got := s.task(id).phase; got != want {
			t.Errorf("%s: phase %v, want %v", id, got, want)
		}
	}
	if got := s.task("q-fill").texts[0]; got != "halb" {
		t.Errorf("a begun answer became %q", got)
	}
	if len(s.task("q-one").chosen) != 0 || s.focus != "quiz-q-one-title" || !strings.Contains(s.said, "2 道错题") {
		t.Errorf("chosen %v, focus %q, said %q", s.task("q-one").chosen, s.focus, s.said)
	}
	// The attempts stay.
	if n := len(recorded(s, "q-one")); n != 1 {
		t.Errorf("%d attempts recorded", n)
	}
	if s.wrong() != 0 {
		t.Errorf("%d wrong after retry", s.wrong())
	}
}

func TestRestore(t *testing.T) {
	memory := &progress.Memory{}
	s := newSheet(lesson(), newStore(memory), seeds())
	for _, id := range pageKinds {
		wrong(s, id)
		s.check(id)
	}
	s.retry("q-one")
	right(s, "q-one")
	s.check("q-one")

	again := newSheet(lesson(), newStore(memory), seeds())
	for _, id := range pageKinds {
		task, before := again.task(id), s.task(id)
		if task.phase != checked || task.result.Correct != (id == "q-one") {
			t.Errorf("%s: phase %v, result %+v", id, task.phase, task.result)
		}
		if got, want := task.answer(), before.answer(); !slices.Equal(got.Options, want.Options) || !slices.Equal(got.Texts, want.Texts) {
			t.Errorf("%s: answer %v, want %v", id, got, want)
		}
	}
	// The right option of the first question is another one now.
	l := lesson()
	l.Quiz.Questions[0].Fingerprint = "new"
	changed := newSheet(l, newStore(memory), seeds())
	if task := changed.task("q-one"); task.phase != answering || len(task.chosen) != 0 {
		t.Errorf("an invalid answer is shown: %+v", task)
	}
	if got := changed.score(); got.Points != 0 || got.Answered != 3 {
		t.Errorf("score %+v", got)
	}
	if n := len(recorded(changed, "q-one")); n != 2 {
		t.Errorf("%d attempts in the history", n)
	}
}

func TestRestoreRefusesWhatDoesNotFit(t *testing.T) {
	for id, answers := range map[string][]progress.Answer{
		"q-one":     {{Options: []string{"9"}}, {Options: []string{"1", "2"}}, {Texts: []string{"1"}}},
		"q-many":    {{Options: []string{"1", "9"}}},
		"q-order":   {{Options: []string{"1", "2"}}, {Options: []string{"1", "1", "2"}}},
		"q-fill":    {{Texts: []string{"a"}}, {Options: []string{"1"}}},
		"q-compute": {{Texts: []string{"1", "2"}}, {Options: []string{"1"}}},
	} {
		for _, a := range answers {
			s := newTestSheet(t)
			if s.task(id).restore(progress.Attempt{Answer: a}) {
				t.Errorf("%s took %v", id, a)
			}
		}
	}
}

// TestRefreshFollowsTheStore: an import or another tab is shown, an erased
// record disappears, and an answer that has been begun stays.
func TestRefreshFollowsTheStore(t *testing.T) {
	s := newTestSheet(t)
	other := newTestSheet(t)
	for _, id := range []string{"q-one", "q-fill"} {
		right(other, id)
		other.check(id)
	}
	file, err := other.store.Export().Encode()
	if err != nil {
		t.Fatal(err)
	}
	s.write("q-fill", 0, "mine")
	if _, err := s.store.Import(file); err != nil {
		t.Fatal(err)
	}
	s.refresh()
	if s.task("q-one").phase != checked || s.task("q-fill").phase != answering || s.task("q-fill").texts[0] != "mine" {
		t.Errorf("one %v, fill %+v", s.task("q-one").phase, s.task("q-fill"))
	}
	s.store.Erase()
	s.refresh()
	if task := s.task("q-one"); task.phase != answering || len(task.chosen) != 0 {
		t.Errorf("still shown after erase: %+v", task)
	}
}

func TestReloadKeepsWhatIsTyped(t *testing.T) {
	s := newTestSheet(t)
	s.write("q-fill", 1, "typed")
	s.choose("q-one", "1", true)
	l := lesson()
	l.Quiz.Questions[3].Prompt = strings.Replace(l.Quiz.Questions[3].Prompt, "权重", "注意力权重", 1)
	l.Quiz.Questions[0].Options = l.Quiz.Questions[0].Options[:2] // an option is gone
	l.Quiz.Questions = l.Quiz.Questions[:4]
	s.reload(l)
	if task := s.task("q-fill"); task.texts[1] != "typed" || task.entered[1] != "typed" || !strings.Contains(task.q.Prompt, "注意力") {
		t.Errorf("%+v", task)
	}
	if task := s.task("q-one"); len(task.chosen) != 0 {
		t.Errorf("a changed question keeps %v", task.chosen)
	}
	if s.task("q-compute") != nil {
		t.Error("a removed question is still there")
	}
}

func TestCompletion(t *testing.T) {
	l := lesson()
	l.Quiz.Questions = l.Quiz.Questions[:2]
	s := newSheet(l, newStore(&progress.Memory{}), seeds())
	right(s, "q-one")
	s.check("q-one")
	if !s.store.Lesson("m3").Completed.IsZero() {
		t.Error("complete after one of two")
	}
	right(s, "q-many")
	s.check("q-many")
	if s.store.Lesson("m3").Completed.IsZero() {
		t.Error("not complete after both")
	}
}
