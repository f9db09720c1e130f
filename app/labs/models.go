package labs

import (
	"context"
	"encoding/json"

	"courselab/app/engine"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// ModelsFile is the course's file that tables of models are made from.
const ModelsFile = "data/models.json"

// modelsPanel is the block "models": a table of published facts with a source
// behind each. The prerendered table stands until the engine has made one from
// the present data.
type modelsPanel struct {
	goapp.Compo
	Props Props

	home goapp.Context
	stop func()

	status  status
	message string // what went wrong, when status is failed
	html    string // the table, once there is one
	mark    string // of the data that was asked about last
	asked   int
	cancel  func()
}

// CompoID keeps go-app from turning one placed table into another in place.
func (p *modelsPanel) CompoID() string {
	return p.Props.Key + " " + StaticKey(p.Props.Name, p.Props.Params)
}

// OnMount makes the table from the present data, and anew when that changes.
func (p *modelsPanel) OnMount(ctx goapp.Context) {
	p.home = ctx
	p.stop = p.Props.Env.Host.Watch(func() { ctx.Dispatch(p.hostChanged) })
	p.load(ctx)
}

// OnDismount gives up what was asked for.
func (p *modelsPanel) OnDismount() {
	if p.stop != nil {
		p.stop()
	}
	if p.cancel != nil {
		p.cancel()
	}
}

// hostChanged looks whether the course's data is another than before.
func (p *modelsPanel) hostChanged(ctx goapp.Context) {
	ctx.PreventUpdate()
	p.load(ctx)
}

// load reads the data, and asks for a table where it is not the one asked about.
func (p *modelsPanel) load(ctx goapp.Context) {
	if p.Props.Env.Content == nil || p.Props.Env.Engine == nil {
		return
	}
	ctx.Async(func() {
		text, mark, err := p.Props.Env.Content.Data(ModelsFile)
		ctx.Dispatch(func(ctx goapp.Context) {
			switch {
			case err != nil:
				p.fail("模型数据 " + ModelsFile + " 读不到：" + err.Error())
			case mark == p.mark:
				ctx.PreventUpdate()
			default:
				p.mark = mark
				p.ask(string(text), false)
			}
		})
	})
}

// ask requests the table; send: with the data, which the engine keeps.
func (p *modelsPanel) ask(text string, send bool) {
	p.asked++
	id := p.asked
	input := engine.ModelsOf(p.Props.Params)
	input.Catalogue = p.mark
	if send {
		input.Data = text
	}
	p.status = running
	p.cancel = p.Props.Env.Engine.Do(context.Background(), p.Props.Key+"/table", engine.OpModels, input, func(r engine.Reply) {
		if r.Kind != engine.Done && r.Kind != engine.Failed {
			return
		}
		p.home.Dispatch(func(ctx goapp.Context) {
			if id == p.asked {
				p.reply(r, text, send)
			}
		})
	})
}

func (p *modelsPanel) reply(r engine.Reply, text string, sent bool) {
	var table engine.ModelsOutput
	switch {
	case r.Kind == engine.Failed && r.Error != nil && r.Error.Code == engine.NeedsData && !sent:
		p.ask(text, true)
	case r.Kind == engine.Failed && r.Error != nil:
		p.fail(r.Error.Message)
	case r.Kind == engine.Failed || json.Unmarshal(r.Output, &table) != nil:
		p.fail("引擎的回答读不懂：页面与引擎的版本可能不同，请重新载入。")
	default:
		p.status, p.message, p.html = ready, "", modelsHTML(table)
	}
}

func (p *modelsPanel) fail(message string) {
	p.status, p.message = failed, message
	p.mark = "" // the next change of the surroundings is another chance
}

func (p *modelsPanel) Render() goapp.UI {
	key := StaticKey(p.Props.Name, p.Props.Params)
	html, state := p.html, p.status
	if html == "" && p.Props.Env != nil {
		html = p.Props.Env.Static[key]
	}
	if state == "" {
		state = loading
	}
	return goapp.Section().Class("models").
		DataSet("lab", p.Props.Name).DataSet("state", string(state)).
		Aria("label", "模型表"+p.Props.ordinal()).
		Body(
			goapp.P().Class("models-state").Role("status").Text(p.words(html != "")),
			goapp.Raw(`<div class="models-table" data-static="`+escape(key)+`">`+html+`</div>`),
		)
}

// words say what the table is at; standing: there is one to be seen.
func (p *modelsPanel) words(standing bool) string {
	switch {
	case len(engine.ModelsOf(p.Props.Params).IDs) == 0:
		return "这个模型表没有写明模型（ids）。"
	case p.status == failed && standing:
		return p.message + "（下面是先前的表。）"
	case p.status == failed:
		return p.message
	case !standing:
		return "模型表正在载入……"
	}
	return ""
}
