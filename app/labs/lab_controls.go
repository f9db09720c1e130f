package labs

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"courselab/app/format"
	"courselab/app/registry"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// errUnreadable is the fault of a file that was chosen and cannot be read.
var errUnreadable = errors.New("文件读不出来")

// tooLarge is the fault of a file of size bytes where most are taken.
func tooLarge(size, most int) error {
	return errors.New("文件有 " + format.Value(float64(size), "B") + "，最多 " + format.Value(float64(most), "B"))
}

// maxChosen bounds a file that is read into a field, in bytes.
const maxChosen = 4 << 20

func (p *sheetPanel) off() bool { return !p.Props.Env.Interactive() }

func (p *sheetPanel) controlID(name string) string { return p.Props.Key + "-in-" + name }

// typedID is the field beside a slider.
func (p *sheetPanel) typedID(name string) string { return p.controlID(name) + "-typed" }

func (p *sheetPanel) wrongID(name string) string { return p.controlID(name) + "-wrong" }

// controls draws every parameter: those without a group first in sight, the
// groups folded behind their titles, in the order in which they first occur.
func (p *sheetPanel) controls() goapp.UI {
	var open []goapp.UI
	var groups []string
	members := map[string][]goapp.UI{}
	changed := map[string]int{}
	for i, param := range p.lab.Inputs {
		c := &controlPiece{Panel: p, At: i, Value: p.state.get(param.Name), Wrong: p.wrongText(param.Name), Shown: p.state.met(param.Only), Off: p.off(), Choices: p.choices}
		if param.Group == "" {
			open = append(open, c)
			continue
		}
		if !slices.Contains(groups, param.Group) {
			groups = append(groups, param.Group)
		}
		members[param.Group] = append(members[param.Group], c)
		if p.state.get(param.Name) != p.defaults.get(param.Name) {
			changed[param.Group]++
		}
	}
	for _, g := range groups {
		title := g + "（" + strconv.Itoa(len(members[g])) + " 项"
		if n := changed[g]; n > 0 {
			title += "，改了 " + strconv.Itoa(n) + " 项"
		}
		open = append(open, goapp.Details().Class("lab-more", "lab-wide").Body(
			goapp.Summary().Text(title+"）"),
			goapp.Div().Class("lab-controls").Body(members[g]...),
		))
	}
	if hook := hookOf(p.lab.Name).controls; hook != nil {
		open = append(open, hook(Bench{p}))
	}
	return goapp.Div().Class("lab-controls").Role("group").Aria("label", "输入").Body(open...)
}

// control draws one parameter with its label, help and what is wrong with what
// was typed. While its condition is not met it keeps its place, hidden.
func (p *sheetPanel) control(param registry.Param) goapp.UI {
	box := goapp.Div().Class("lab-control")
	if param.Kind == registry.LongText {
		box = goapp.Div().Class("lab-control", "lab-wide")
	}
	if !p.state.met(param.Only) {
		return box.Hidden(true)
	}
	wrong := goapp.P().Class("lab-wrong").ID(p.wrongID(param.Name)).Role("alert").Text(p.wrongText(param.Name))
	help := goapp.P().Class("lab-words").Text(param.Help)
	if param.Kind == registry.Toggle {
		return box.Body(p.toggle(param), help, wrong)
	}
	label := goapp.UI(goapp.Label().For(p.controlID(param.Name)).Class("lab-label").Text(p.label(param)))
	if param.Kind == registry.List {
		label = goapp.P().Class("lab-label").ID(p.controlID(param.Name) + "-label").Text(p.label(param))
	}
	return box.Body(label, p.field(param), help, wrong)
}

// label names a parameter, with its present value where the control shows it in
// other words.
func (p *sheetPanel) label(param registry.Param) string {
	if param.Kind != registry.Number {
		return param.Label
	}
	return param.Label + "：" + param.Shown(p.state.get(param.Name))
}

// wrongText is what the learner's last entry or the engine says of a parameter.
func (p *sheetPanel) wrongText(name string) string {
	if text := p.wrong[name]; text != "" {
		return text
	}
	for _, f := range p.inputFaults {
		if f.Field == name {
			return f.Message + "。"
		}
	}
	return ""
}

func (p *sheetPanel) field(param registry.Param) goapp.UI {
	switch param.Kind {
	case registry.Number:
		return p.number(param)
	case registry.Choice:
		return p.selection(param, [][]registry.Option{param.Options}, []string{""})
	case registry.Model, registry.GPU:
		return p.catalogue(param)
	case registry.Text:
		return p.line(param)
	case registry.LongText:
		return p.longText(param)
	case registry.List:
		if len(param.Options) == 0 {
			return p.picked(param)
		}
		return p.checks(param)
	}
	return goapp.Div()
}

// input adds to a field what all fields have in common.
func (p *sheetPanel) input(f goapp.HTMLInput, param registry.Param) goapp.HTMLInput {
	if p.off() {
		f.Disabled(true)
	}
	if p.wrongText(param.Name) != "" {
		f.Aria("invalid", "true").Aria("describedby", p.wrongID(param.Name))
	}
	return f
}

// number is a slider with a typed number, or the typed number alone.
func (p *sheetPanel) number(param registry.Param) goapp.UI {
	value := p.state.get(param.Name)
	typed := p.input(goapp.Input().Type("text").Class("lab-number").Value(route.Attr(value)).
		Attr("inputmode", "decimal").AutoComplete(false), param).
		OnChange(func(ctx goapp.Context, e goapp.Event) {
			if p.set(param, ctx.JSSrc().Get("value").String()) {
				// The canonical form may be the one that stands already.
				ctx.JSSrc().Set("value", p.state.get(param.Name))
			}
		}, goapp.EventScope(param.Name))
	if param.Optional && param.Empty != "" {
		typed.Placeholder("%s", param.Empty)
	}
	if param.Bare {
		return goapp.Div().Class("lab-slide").Body(typed.ID(p.controlID(param.Name)))
	}
	place := param.Place(param.Number(value))
	bar := p.input(goapp.Input().Type("range").ID(p.controlID(param.Name)).Class("lab-range").
		Min(0).Max(param.Places()).Step(1).Value(place).
		Aria("valuetext", route.Attr(param.Shown(value))), param).
		OnInput(func(ctx goapp.Context, e goapp.Event) {
			if at, err := strconv.Atoi(ctx.JSSrc().Get("value").String()); err == nil {
				p.set(param, format.Plain(param.At(at)))
			}
		}, goapp.EventScope(param.Name))
	return goapp.Div().Class("lab-slide").Body(bar,
		typed.ID(p.typedID(param.Name)).Aria("label", route.Attr(param.Label+"，输入数字")))
}

// fieldText is what the field called controlID holds.
func (p *sheetPanel) fieldText(param registry.Param) string {
	value := p.state.get(param.Name)
	if param.Kind == registry.Number && !param.Bare {
		return strconv.Itoa(param.Place(param.Number(value)))
	}
	return value
}

// line is a field of one line. It follows the text as it is typed, but not while
// an input method is still composing.
func (p *sheetPanel) line(param registry.Param) goapp.UI {
	typed := func(ctx goapp.Context, e goapp.Event) {
		if e.Get("isComposing").Truthy() {
			ctx.PreventUpdate()
			return
		}
		p.set(param, ctx.JSSrc().Get("value").String())
	}
	return p.input(goapp.Input().Type("text").ID(p.controlID(param.Name)).Class("lab-text").
		Value(route.Attr(p.state.get(param.Name))).AutoComplete(false).Spellcheck(false), param).
		OnInput(typed, goapp.EventScope(param.Name)).
		On("compositionend", typed, goapp.EventScope(param.Name))
}

// longText is a field of several lines, with a file chooser where the parameter
// takes one. What is typed counts once the typing rests.
func (p *sheetPanel) longText(param registry.Param) goapp.UI {
	id := p.controlID(param.Name)
	area := goapp.Textarea().ID(id).Class("lab-area").Rows(6).Spellcheck(false).
		OnInput(func(ctx goapp.Context, e goapp.Event) {
			if p.oversized(param, ctx.JSSrc()) {
				return
			}
			ctx.PreventUpdate()
			if e.Get("isComposing").Truthy() {
				return
			}
			text := ctx.JSSrc().Get("value").String()
			p.home.After(400*time.Millisecond, func(ctx goapp.Context) {
				if valueOf(id) != text {
					ctx.PreventUpdate() // typing goes on, or the lab was reset
					return
				}
				p.set(param, text)
			})
		}, goapp.EventScope(param.Name)).
		OnChange(func(ctx goapp.Context, e goapp.Event) {
			if !p.oversized(param, ctx.JSSrc()) {
				p.set(param, ctx.JSSrc().Get("value").String())
			}
		}, goapp.EventScope(param.Name))
	if goapp.IsClient {
		area.Attr("value", p.state.get(param.Name))
	} else {
		area.Text(p.state.get(param.Name))
	}
	if param.Empty != "" {
		area.Placeholder("%s", param.Empty)
	}
	if p.off() {
		area.Disabled(true)
	}
	if p.wrongText(param.Name) != "" {
		area.Aria("invalid", "true").Aria("describedby", p.wrongID(param.Name))
	}
	if param.Accept == "" {
		return goapp.Div().Class("lab-long").Body(area)
	}
	choose := p.input(goapp.Input().Type("file").ID(id+"-file").Class("lab-file").Accept(param.Accept).
		Aria("label", route.Attr(param.Label+"：从文件读入")), param).
		OnChange(func(ctx goapp.Context, e goapp.Event) { p.choose(param, id) }, goapp.EventScope(param.Name))
	return goapp.Div().Class("lab-long").Body(area, choose)
}

// oversized refuses what a field of several lines holds where it is so long that
// reading it alone would take longer than a frame. Its length counts halves of
// UTF-16, of which a character has at most two.
func (p *sheetPanel) oversized(param registry.Param, area goapp.Value) bool {
	n := area.Get("textLength")
	if !n.Truthy() || float64(n.Int()) <= 2*param.Max {
		return false
	}
	p.wrong[param.Name] = tooLong(param, n.Int())
	return true
}

// tooLong says that a text of n characters is not taken.
func tooLong(param registry.Param, n int) string {
	return "这段文字有 " + format.Count(float64(n)) + " 个字，最多 " + format.Count(param.Max) + " 个字，没有采用；仍按先前的内容计算。"
}

// choose reads the file chosen into the field of a parameter.
func (p *sheetPanel) choose(param registry.Param, id string) {
	chosenFile(id+"-file", maxChosen, func(name, text string, err error) {
		p.home.Dispatch(func(ctx goapp.Context) {
			switch {
			case err != nil:
				p.wrong[param.Name] = "“" + shorten(name) + "”：" + err.Error() + "；原来的内容没有动。"
			case !mostlyText(text):
				p.wrong[param.Name] = "“" + shorten(name) + "”不是 UTF-8 的文本（可能是 GBK 或二进制），请另存为 UTF-8 再读入；原来的内容没有动。"
			case p.set(param, text):
				setValue(id, p.state.get(param.Name))
				p.notice = "已读入 " + name + "。"
			}
		})
	})
}

// mostlyText reports whether a text that was decoded as UTF-8 was that: fewer than
// one in a hundred of its characters stand for bytes that are none.
func mostlyText(text string) bool {
	return 100*strings.Count(text, "\ufffd") <= runeCount(text)
}

// toggle is a checkbox with its label.
func (p *sheetPanel) toggle(param registry.Param) goapp.UI {
	on := p.state.get(param.Name) == "1"
	box := p.input(goapp.Input().Type("checkbox").ID(p.controlID(param.Name)), param).
		OnChange(func(ctx goapp.Context, e goapp.Event) {
			p.set(param, oneOrZero(ctx.JSSrc().Get("checked").Bool()))
		}, goapp.EventScope(param.Name))
	// go-app prints checked="false" natively, which is checked.
	if goapp.IsClient || on {
		box.Checked(on)
	}
	return goapp.Label().For(p.controlID(param.Name)).Class("lab-check").Body(box, goapp.Span().Text(param.Label))
}

func oneOrZero(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

// checks is a list of options, each with a checkbox.
func (p *sheetPanel) checks(param registry.Param) goapp.UI {
	chosen := registry.Items(p.state.get(param.Name))
	var boxes []goapp.UI
	for _, o := range param.Options {
		on := slices.Contains(chosen, o.Value)
		id := p.controlID(param.Name) + "-" + o.Value
		box := goapp.Input().Type("checkbox").ID(id).
			OnChange(func(ctx goapp.Context, e goapp.Event) {
				items := slices.DeleteFunc(registry.Items(p.state.get(param.Name)), func(s string) bool { return s == o.Value })
				if ctx.JSSrc().Get("checked").Bool() {
					items = append(items, o.Value)
				}
				p.set(param, strings.Join(items, ","))
			}, goapp.EventScope(param.Name, o.Value))
		if goapp.IsClient || on {
			box.Checked(on)
		}
		if p.off() {
			box.Disabled(true)
		}
		boxes = append(boxes, goapp.Label().For(id).Class("lab-check").Body(box, goapp.Span().Text(o.Label)))
	}
	return goapp.Div().Class("lab-checks").Role("group").Aria("labelledby", p.controlID(param.Name)+"-label").Body(boxes...)
}
