package pages

import (
	"courselab/app/env"
	"courselab/app/progress"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// notices are the messages that may come up on any page. They lie over the
// page's lower edge and move nothing.
type notices struct {
	goapp.Compo
	Env  *env.Env
	stop []func()
	// hidden notices were put away for as long as the page stands.
	hidden map[string]bool
	// problems is how many of the storage are drawn.
	problems int
}

func (n *notices) OnMount(ctx goapp.Context) {
	n.stop = append(n.stop, n.Env.Host.Watch(func() { ctx.Dispatch(nil) }))
	if n.Env.Interactive() {
		n.stop = append(n.stop, n.Env.Progress.OnChange(func() {
			if len(n.Env.Progress.Problems()) != n.problems {
				ctx.Dispatch(nil)
			}
		}))
	}
	ctx.Update()
}

func (n *notices) OnDismount() {
	for _, stop := range n.stop {
		stop()
	}
}

func (n *notices) Render() goapp.UI {
	s := n.Env.Host.State()
	var shown []goapp.UI
	add := func(key, text string, action goapp.UI) {
		if n.hidden[key] {
			return
		}
		body := []goapp.UI{goapp.P().Text(text)}
		if action != nil {
			body = append(body, action)
		}
		body = append(body, goapp.Button().Type("button").Class("quiet").Text("知道了").
			OnClick(func(goapp.Context, goapp.Event) { n.hide(key) }, goapp.EventScope("hide", key)))
		shown = append(shown, goapp.Div().Class("notice").DataSet("notice", key).Body(body...))
	}
	if s.UpdateReady {
		add("update", "新版本已就绪。", goapp.Button().Type("button").Text("更新").
			OnClick(func(goapp.Context, goapp.Event) { n.Env.Host.ApplyUpdate() }, goapp.EventScope("update")))
	}
	if s.StorageReason != "" {
		add("storage", "浏览器不允许保存数据，进度只在这个页面打开时有效（"+s.StorageReason+"）。离开前可在“设置”里导出。", nil)
	}
	n.problems = 0
	if n.Env.Interactive() {
		problems := n.Env.Progress.Problems()
		n.problems = len(problems)
		for _, p := range problems {
			if p.Kind == progress.Forgetful {
				continue // said above
			}
			add("progress-"+string(p.Kind)+"-"+p.Key, p.Message, goapp.A().Href(route.Page("settings")).Text("到“设置”"))
		}
	}
	if s.PlatformReason != "" {
		add("platform", s.PlatformReason+"。作答先存在这个浏览器里，什么也没有丢；下次从平台打开这个单元时会再交一次，也可以在“设置”里导出。", nil)
	}
	if s.Engine == "unavailable" {
		text := "计算引擎没有启动"
		if s.EngineReason != "" {
			text += "：" + s.EngineReason
		}
		add("engine", text+"。课文与不需要计算的题目照常可用。", goapp.Button().Type("button").Text("重试").
			OnClick(func(goapp.Context, goapp.Event) { n.Env.Host.RetryEngine() }, goapp.EventScope("retry")))
	}
	if len(s.Content) > 0 {
		add("content", "课程文件有问题，页面显示的是上一个完好的版本："+s.Content[0], nil)
	}
	return goapp.Div().Class("notices").Role("status").Aria("live", "polite").Body(shown...)
}

func (n *notices) hide(key string) {
	if n.hidden == nil {
		n.hidden = map[string]bool{}
	}
	n.hidden[key] = true
}
