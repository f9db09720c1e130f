package quiz

import (
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/lessons"
)

func TestAnswersShowAllThatWasWritten(t *testing.T) {
	l := shipped(t)
	objectives := map[string]string{}
	for _, o := range l.Objectives {
		objectives[o.ID] = o.Text
	}
	kinds := map[lessons.QuestionKind]bool{}
	for i, q := range l.Quiz.Questions {
		kinds[q.Kind] = true
		var example *Example
		if q.Kind == lessons.Compute {
			example = &Example{
				Draw:  engine.DrawOutput{Shown: map[string]string{}},
				Grade: engine.GradeOutput{Expected: 2.5, Unit: "GiB", Formula: "a<b", Working: "1 < 2"},
			}
			for name := range q.Compute.Ranges {
				example.Draw.Shown[name] = "数" + name
			}
		}
		got := Answers(q, i+1, objectives, example)
		wants := []string{`id="answers-` + q.ID + `"`, q.Explanation, q.Hint}
		for _, o := range q.Options {
			wants = append(wants, o.HTML, o.Explanation)
		}
		for _, b := range q.Blanks {
			wants = append(wants, b.Accepted[0])
		}
		if n := strings.Count(got, `data-right="yes"`); q.Kind == lessons.Single && n != 1 {
			t.Errorf("%s: %d right options", q.ID, n)
		}
		if q.Kind == lessons.Compute {
			wants = append(wants, "2.5 GiB", "a&lt;b", "1 &lt; 2", q.Compute.Function)
		}
		for _, want := range wants {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", q.ID, want, got)
			}
		}
		if strings.Contains(got, "data-blank") || strings.Contains(got, "data-param") {
			t.Errorf("%s: a placeholder is left in\n%s", q.ID, got)
		}
	}
	for _, kind := range []lessons.QuestionKind{lessons.Single, lessons.Multiple, lessons.Order, lessons.Fill, lessons.Compute} {
		if !kinds[kind] {
			t.Errorf("the lesson has no question of kind %s", kind)
		}
	}
}
