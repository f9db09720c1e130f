package labs

import (
	"strings"
	"testing"

	"courselab/app/env"
	"courselab/app/registry"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// The block "notes" says of each lab of a module what the lab itself tells the
// teacher, and nothing of labs that the course hides.
func TestNotes(t *testing.T) {
	notes := func(e *env.Env, params map[string]string) string {
		return goapp.HTMLString(Panel(Props{Name: "notes", Params: params, Env: e}))
	}
	all := 0
	for _, lab := range registry.Labs() {
		text := notes(&env.Env{}, map[string]string{"module": lab.Module})
		want := append([]string{lab.Title, lab.Note.Goal, lab.Note.Timing}, lab.Note.Ask...)
		for _, m := range lab.Note.Wrong {
			want = append(want, m.Belief, m.Answer)
		}
		for _, w := range want {
			if !lab.Coming && !strings.Contains(text, escape(w)) {
				t.Errorf("%s: the notes of %s lack %q", lab.Name, lab.Module, w)
			}
		}
		if !lab.Coming {
			all++
		}
	}
	if n := strings.Count(notes(&env.Env{}, nil), "<details"); n != all {
		t.Errorf("%d notes without a module, %d labs", n, all)
	}
	hiding := notes(&env.Env{Course: &lessons.Course{Hidden: []string{"attention"}}}, map[string]string{"module": "m3"})
	if strings.Contains(hiding, `labs/attention/`) || !strings.Contains(hiding, `labs/xray/`) {
		t.Error("a hidden lab has its notes")
	}
}
