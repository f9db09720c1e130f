package labs

import (
	"strings"

	"courselab/app/env"
	"courselab/app/registry"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// teacherNote is what a lab tells the teacher. It is a component of its own for
// it never changes: go-app then passes it by on every update of the lab.
type teacherNote struct {
	goapp.Compo
	Lab string
}

func (n *teacherNote) Render() goapp.UI {
	lab, _ := registry.Find(n.Lab)
	note := lab.Note
	var ask, wrong []goapp.UI
	for _, q := range note.Ask {
		ask = append(ask, goapp.Li().Text(q))
	}
	for _, m := range note.Wrong {
		wrong = append(wrong, goapp.Dt().Text(m.Belief), goapp.Dd().Text(m.Answer))
	}
	return goapp.Details().Class("lab-teacher").Body(
		goapp.Summary().Text("给老师"),
		goapp.P().Text("目标："+note.Goal),
		goapp.P().Class("lab-sub").Text("问全班"),
		goapp.Ul().Body(ask...),
		goapp.P().Class("lab-sub").Text("常见的误解"),
		goapp.Dl().Body(wrong...),
		goapp.P().Text("安排："+note.Timing),
	)
}

// notesHTML lists what the labs of a module tell the teacher, for a block "notes";
// of all modules where it names none.
func notesHTML(e *env.Env, module string) string {
	var b strings.Builder
	b.WriteString(`<div class="notes">`)
	for _, lab := range registry.Labs() {
		if module != "" && lab.Module != module || lab.Coming || e.Course.Hides(lab.Name) {
			continue
		}
		b.WriteString(`<details class="lab-teacher"><summary>` + escape(lab.Title) + `</summary><p><a href="` + route.Lab(lab.Name) +
			`">打开实验</a>　目标：` + escape(lab.Note.Goal) + `</p><p class="lab-sub">问全班</p><ul>`)
		for _, q := range lab.Note.Ask {
			b.WriteString(`<li>` + escape(q) + `</li>`)
		}
		b.WriteString(`</ul><p class="lab-sub">常见的误解</p><dl>`)
		for _, m := range lab.Note.Wrong {
			b.WriteString(`<dt>` + escape(m.Belief) + `</dt><dd>` + escape(m.Answer) + `</dd>`)
		}
		b.WriteString(`</dl><p>安排：` + escape(lab.Note.Timing) + `</p></details>`)
	}
	b.WriteString(`</div>`)
	return b.String()
}
