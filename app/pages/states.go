package pages

import (
	"errors"
	"strconv"

	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

var errNoContent = errors.New("课程文件没有载入")

// waiting stands where something is on its way.
func waiting(text string) goapp.UI {
	return goapp.Div().Class("waiting").Role("status").Body(
		heading("请稍候"), goapp.P().Text(text))
}

// failure stands where something did not come, and says why.
func failure(title string, err error, retry goapp.EventHandler) goapp.UI {
	return goapp.Div().Class("failure").Body(heading(title), faultBox("", err, retry))
}

// kept shows the prerendered text, with what is wrong with the present one.
func kept(html string, err error, retry goapp.EventHandler) goapp.UI {
	return goapp.Div().Class("kept").Body(
		faultBox("课文的当前版本没有载入，下面是发布时的版本。", err, retry),
		goapp.Raw(`<div class="kept-text">`+html+`</div>`),
	)
}

// faultBox lists what is wrong, each fault with its file and line.
func faultBox(lead string, err error, retry goapp.EventHandler) goapp.UI {
	var body []goapp.UI
	if lead != "" {
		body = append(body, goapp.P().Text(lead))
	}
	if lines := faultLines(err); len(lines) > 0 {
		items := make([]goapp.UI, 0, len(lines))
		for _, line := range lines {
			items = append(items, goapp.Li().Body(goapp.Code().Text(line)))
		}
		body = append(body, goapp.Ul().Body(items...))
	}
	if retry != nil {
		body = append(body, goapp.Button().Type("button").Text("重新载入").OnClick(retry))
	}
	return goapp.Div().Class("fault").Role("alert").Body(body...)
}

// faultLines prints an error as a list: "zh/m3.md:12: …" for faults of a text.
func faultLines(err error) []string {
	if err == nil {
		return nil
	}
	var faults lessons.Faults
	if !errors.As(err, &faults) {
		return []string{err.Error()}
	}
	const most = 8
	var lines []string
	for i, f := range faults {
		if i == most {
			lines = append(lines, "……另有 "+strconv.Itoa(len(faults)-most)+" 处")
			break
		}
		lines = append(lines, f.File+":"+strconv.Itoa(f.Line)+": "+f.Message)
	}
	return lines
}

// FaultLines prints an error of the course's text, one fault a line.
func FaultLines(err error) []string { return faultLines(err) }
