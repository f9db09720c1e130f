package labs

import (
	"courselab/app/engine"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// presetBar offers the presets of a sheet: a button for each, and what they are
// about. It is an empty element until the first sheet.
func presetBar(b Bench) goapp.UI {
	box := goapp.Div().Class("lab-control", "lab-wide", "lab-presets")
	all := b.Sheet().Presets
	if len(all) == 0 {
		return box
	}
	var buttons, about []goapp.UI
	for i, p := range all {
		buttons = append(buttons, button(p.Title, b.Off(), func(ctx goapp.Context, e goapp.Event) {
			// The sheet that is shown now counts, not the one when this was drawn.
			if now := b.Sheet().Presets; i < len(now) && b.SetAll(now[i].Values) {
				b.Say("已设成“" + now[i].Title + "”。")
			}
		}, "preset", i))
		about = append(about, goapp.Dt().Text(p.Title), goapp.Dd().Text(p.About))
	}
	id := b.Key() + "-presets"
	return box.Body(
		goapp.P().ID(id).Class("lab-label").Text("场景库"),
		goapp.Div().Class("lab-guesses").Role("group").Aria("labelledby", id).Body(buttons...),
		goapp.Details().Class("lab-preset-about").Body(goapp.Summary().Text("每个场景说的是什么"), goapp.Dl().Body(about...)),
	)
}

// fileOf returns a file of a sheet; ok is false where it has none such.
func fileOf(s engine.Sheet, name string) (f engine.File, ok bool) {
	for _, f := range s.Files {
		if f.Name == name {
			return f, true
		}
	}
	return engine.File{}, false
}

// promptView shows the prompt that a lab assembled. It is an empty element until
// there is one.
func promptView(b Bench) goapp.UI {
	box := goapp.Div().Class("lab-prompt")
	f, ok := fileOf(b.Sheet(), "prompt.txt")
	if !ok {
		return box
	}
	return box.Body(
		goapp.P().Class("lab-part").Text("拼出的提示词"),
		goapp.Raw(`<pre class="lab-pre" tabindex="0" role="region" aria-label="`+escape("拼出的提示词，可滚动"+b.panel.Props.ordinal())+`">`+escape(f.Text)+`</pre>`),
		button("复制提示词", b.Off(), func(ctx goapp.Context, e goapp.Event) {
			now, _ := fileOf(b.Sheet(), "prompt.txt")
			copyText(now.Text, func(ok bool) {
				b.Context().Dispatch(func(goapp.Context) {
					if ok {
						b.Say("提示词已复制。")
					} else {
						b.Say("浏览器不让复制，请在框里选中再复制。")
					}
				})
			})
		}, "prompt"),
	)
}

// pressed is a button that stands for a value and tells whether it is chosen.
func pressed(text, label string, on, off bool, f goapp.EventHandler, scope ...any) goapp.UI {
	state := "false"
	if on {
		state = "true"
	}
	return button(text, off, f, scope...).Class("lab-press").Aria("pressed", state).Aria("label", route.Attr(label))
}
