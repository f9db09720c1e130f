package labs

import (
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// linkSaid shows the note that a link came with, apart from the course's own text.
type linkSaid struct {
	goapp.Compo
	Props Props

	from    string // the fragment read last
	begun   bool
	note    string
	damaged bool
}

func (s *linkSaid) OnNav(goapp.Context) { s.read() }

// read takes the note of the address, unless it has been read: what the lab
// writes there itself leaves the note where it is.
func (s *linkSaid) read() {
	f, mine := s.Props.linked()
	if s.begun && f == s.from {
		return
	}
	s.begun, s.from = true, f
	s.note, s.damaged = "", false
	if mine {
		s.note, s.damaged = linkNote(f)
	}
}

// Render draws an empty element where there is no note.
func (s *linkSaid) Render() goapp.UI {
	if !s.begun {
		s.read()
	}
	text := s.note
	if s.damaged {
		text = "链接里的说明已损坏，读不出来；实验的设置不受影响。"
	}
	if text == "" {
		return goapp.Div()
	}
	return goapp.Div().Class("lab-said").Role("note").Aria("label", "来自链接的说明").Body(
		goapp.P().Class("lab-said-from").Text("来自链接的说明 · 由给出链接的人写，不是课文"),
		goapp.P().Class("lab-said-text").Text(text),
		goapp.Button().Type("button").Class("lab-button").Text("收起说明").OnClick(func(goapp.Context, goapp.Event) {
			s.note, s.damaged = "", false
			focus(s.Props.Key + "-figures")
		}),
	)
}

// linker is a panel whose state goes into a link.
type linker interface{ fragment() string }

// linkForm makes a link with a note in it.
type linkForm struct {
	goapp.Compo
	Props Props
	Panel linker

	note, said string
}

// Render draws the form, closed.
func (f *linkForm) Render() goapp.UI {
	id := f.Props.Key + "-note"
	field := goapp.Textarea().ID(id).Class("lab-note-text").Rows(2).MaxLength(maxNote).
		Aria("describedby", id+"-words").
		OnInput(func(ctx goapp.Context, _ goapp.Event) {
			f.note, f.said = ctx.JSSrc().Get("value").String(), ""
		})
	off := !f.Props.Env.Interactive()
	if off {
		field = field.Disabled(true)
	}
	buttons := []goapp.UI{button("复制带说明的链接", off, func(ctx goapp.Context, _ goapp.Event) {
		f.copy(ctx, route.Lab(f.Props.Name)+"#", "")
	})}
	if !f.Props.Page {
		// Relative to the lesson that is shown.
		buttons = append(buttons, button("复制链接，打开课文的这一处", off, func(ctx goapp.Context, _ goapp.Event) {
			f.copy(ctx, "#", f.Props.Key)
		}))
	}
	return goapp.Details().Class("lab-link-note").Body(
		goapp.Summary().Text("给链接附一句话"),
		goapp.Label().For(id).Class("lab-label").Text("说明（可以不填，最多 200 字）"),
		field,
		goapp.P().ID(id+"-words").Class("lab-words").Text("打开链接的人会在实验上方看到它，标明不是课文。说明写在链接里，不发给任何服务器。"),
		goapp.Div().Class("lab-tools").Body(buttons...),
		goapp.P().Class("lab-notice").Role("status").Text(f.said),
	)
}

// copy puts the link on the clipboard. address ends before the fragment.
func (f *linkForm) copy(ctx goapp.Context, address, place string) {
	fragment := linkTo(f.Panel.fragment(), place, f.note)
	if len(fragment) > maxPermalink {
		f.said = "内容太长，链接装不下：请把文字下载成文件再交给别人。"
		return
	}
	link := absolute(address + fragment)
	with := "链接已复制，里面有现在的全部设置。"
	if cleanNote(f.note) != "" {
		with = "链接已复制，里面有现在的全部设置和你的说明。"
	}
	copyText(link, func(ok bool) {
		ctx.Dispatch(func(goapp.Context) {
			f.said = with
			if !ok {
				f.said = "浏览器不让复制，请手动复制：" + link
			}
		})
	})
}
