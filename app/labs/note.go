package labs

import (
	"courselab/app/registry"

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
