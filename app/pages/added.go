package pages

import (
	"courselab/app/env"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Added stands in the page of a lesson that a course has got since the site was
// built, until the program shows the lesson.
func Added(*env.Env) goapp.UI {
	return goapp.Div().Class("plain added").Body(
		heading("请稍候"),
		goapp.P().Class("lead").Text("这一课是网站生成以后加的，由页面里的程序显示。停在这里不动时，请允许 JavaScript，或重新生成网站。"),
	)
}
