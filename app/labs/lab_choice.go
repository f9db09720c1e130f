package labs

import (
	"slices"
	"strings"

	"courselab/app/registry"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// unset is the value of the option that stands for no value: go-app drops empty
// attributes.
const unset = "-"

// catalogue lets one choose a model or an accelerator, by vendor. Until the
// engine has named them, the present one alone is there.
func (p *sheetPanel) catalogue(param registry.Param) goapp.UI {
	groups, titles := [][]registry.Option{param.Options}, []string{""}
	for _, c := range p.offered(param) {
		i := slices.Index(titles, c.Group)
		if i < 0 {
			i = len(titles)
			titles, groups = append(titles, c.Group), append(groups, nil)
		}
		groups[i] = append(groups[i], registry.Option{Value: c.ID, Label: c.Name})
	}
	return p.selection(param, groups, titles)
}

// selection is a select; the first group stands without a title.
func (p *sheetPanel) selection(param registry.Param, groups [][]registry.Option, titles []string) goapp.UI {
	value := p.state.get(param.Name)
	found := value == "" && param.Optional
	option := func(o registry.Option) goapp.UI {
		on := o.Value == value || o.Value == unset && value == ""
		found = found || on
		e := goapp.Option().Value(route.Attr(o.Value)).Text(o.Label)
		if on || goapp.IsClient {
			e.Selected(on)
		}
		return e
	}
	var all []goapp.UI
	if param.Optional {
		all = append(all, option(registry.Option{Value: unset, Label: param.Empty}))
	}
	for i, group := range groups {
		var options []goapp.UI
		for _, o := range group {
			options = append(options, option(o))
		}
		switch {
		case len(options) == 0:
		case titles[i] == "":
			all = append(all, options...)
		default:
			all = append(all, goapp.OptGroup().Label(route.Attr(titles[i])).Body(options...))
		}
	}
	if !found {
		// Not offered: unknown, or not known yet.
		all = append([]goapp.UI{option(registry.Option{Value: value, Label: p.choiceName(value)})}, all...)
	}
	s := goapp.Select().ID(p.controlID(param.Name)).Class("lab-select").
		OnChange(func(ctx goapp.Context, e goapp.Event) {
			v := ctx.JSSrc().Get("value").String()
			if v == unset {
				v = ""
			}
			p.set(param, v)
		}, goapp.EventScope(param.Name)).Body(all...)
	if p.off() {
		s.Disabled(true)
	}
	if p.wrongText(param.Name) != "" {
		s.Aria("invalid", "true").Aria("describedby", p.wrongID(param.Name))
	}
	return s
}

// picked is a list of models in the learner's order: those chosen, each with a
// button that takes it out, and a select that adds one.
func (p *sheetPanel) picked(param registry.Param) goapp.UI {
	items := registry.Items(p.state.get(param.Name))
	var chips []goapp.UI
	for _, id := range items {
		chips = append(chips, button(p.choiceName(id)+" ✕", p.off(), func(ctx goapp.Context, e goapp.Event) {
			left := slices.DeleteFunc(registry.Items(p.state.get(param.Name)), func(s string) bool { return s == id })
			p.set(param, strings.Join(left, ","))
		}, param.Name, id).Aria("label", route.Attr("去掉 "+p.choiceName(id))))
	}
	options := []goapp.UI{goapp.Option().Value(unset).Text("加一个……")}
	for _, c := range p.offered(param) {
		if !slices.Contains(items, c.ID) {
			options = append(options, goapp.Option().Value(route.Attr(c.ID)).Text(c.Name))
		}
	}
	add := goapp.Select().ID(p.controlID(param.Name)).Class("lab-select").Aria("labelledby", p.controlID(param.Name)+"-label").
		OnChange(func(ctx goapp.Context, e goapp.Event) {
			v := ctx.JSSrc().Get("value").String()
			ctx.JSSrc().Set("value", unset)
			if v != unset {
				p.set(param, strings.Join(append(registry.Items(p.state.get(param.Name)), v), ","))
			}
		}, goapp.EventScope(param.Name)).Body(options...)
	if p.off() {
		add.Disabled(true)
	}
	return goapp.Div().Class("lab-picked").Body(goapp.Div().Class("lab-chips").Body(chips...), add)
}
