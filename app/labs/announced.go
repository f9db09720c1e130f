package labs

import (
	"courselab/app/registry"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// comingPanel announces a lab that is not there yet.
type comingPanel struct {
	goapp.Compo
	Props Props
}

func (p *comingPanel) Render() goapp.UI {
	lab, _ := registry.Find(p.Props.Name)
	return goapp.Section().Class("lab", "lab-coming").
		DataSet("lab", route.Attr(p.Props.Name)).DataSet("state", "coming").
		Aria("label", route.Attr("实验："+lab.Title)).
		Body(
			goapp.Header().Class("lab-head").Body(
				goapp.P().Class("lab-kind").Text("实验 · 准备中"),
				goapp.P().Class("lab-title").Text(lab.Title),
			),
			goapp.P().Class("lab-summary").Text(lab.Summary),
			goapp.P().Class("lab-note").Text("这个实验还没有完成。课文与其余的实验不受影响。"),
		)
}

// unknownPanel says that a lesson names a lab that this program does not know:
// a content file newer than the code.
type unknownPanel struct {
	goapp.Compo
	Props Props
}

func (p *unknownPanel) Render() goapp.UI {
	return goapp.Section().Class("lab", "lab-coming").
		DataSet("lab", route.Attr(p.Props.Name)).DataSet("state", "failed").
		Aria("label", "实验").
		Body(
			goapp.P().Class("lab-title").Text("没有名为“"+p.Props.Name+"”的实验"),
			goapp.P().Class("lab-note").Text("课文可能比程序新：在设置里检查更新，或把实验的名字告诉课程的编者。"),
		)
}
