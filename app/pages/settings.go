package pages

import (
	"errors"

	"courselab/app/env"
	"courselab/app/progress"
	"courselab/app/route"
	"courselab/app/settings"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Settings is the page of the learner's choices and data.
type Settings struct {
	goapp.Compo
	Env *env.Env

	ctx     goapp.Context // of the page: outlives the button that was pressed
	stop    []func()
	said    string // what the last action did
	failed  bool   // and whether it failed
	erasing bool   // the learner is being asked whether to erase
}

func (p *Settings) OnMount(ctx goapp.Context) {
	p.ctx = ctx
	update := func() { ctx.Dispatch(nil) }
	p.stop = append(p.stop, p.Env.Host.Watch(update), p.Env.Progress.OnChange(update))
}

func (p *Settings) OnDismount() {
	for _, stop := range p.stop {
		stop()
	}
}

// choice is one value of a setting.
type choice struct{ value, label, note string }

var (
	themes = []choice{{string(settings.Auto), "跟随系统", ""}, {string(settings.Light), "浅色", ""}, {string(settings.Dark), "深色", ""}}
	sizes  = []choice{{string(settings.Small), "小", ""}, {string(settings.Medium), "中", ""}, {string(settings.Large), "大", ""}, {string(settings.XLarge), "特大", ""}}
	// The empty value is that of settings.AnyBackend; a radio button needs one.
	backends = []choice{
		{"auto", "自动", "启动时测一测，用最快且结果正确的"},
		{string(settings.CPU), "CPU", "纯 Go，到处能跑"},
		{string(settings.SIMD), "CPU SIMD", "WebAssembly 的 128 位向量指令"},
		{string(settings.WebGPU), "WebGPU", "显卡；没有时退回 CPU，并说明原因"},
	}
)

func (p *Settings) Render() goapp.UI {
	s := p.Env.Settings
	backend := string(s.Backend)
	if s.Backend == settings.AnyBackend {
		backend = "auto"
	}
	return goapp.Div().Class("plain settings").Body(
		heading("设置"),
		&arriving{Env: p.Env},
		goapp.P().Class("lead").Text("这些选择只作用于这台设备的这个浏览器。"),
		p.choices("theme", "主题", themes, string(s.Theme), func(v string) { p.Env.Settings.Theme = settings.Theme(v) }),
		p.choices("size", "字号", sizes, string(s.Size), func(v string) { p.Env.Settings.Size = settings.Size(v) }),
		p.choices("backend", "计算后端（下次打开页面时生效）", backends, backend, func(v string) {
			if v == "auto" {
				v = string(settings.AnyBackend)
			}
			p.Env.Settings.Backend = settings.Backend(v)
		}),
		p.data(),
		p.storage(),
	)
}

func (p *Settings) choices(name, legend string, all []choice, value string, set func(string)) goapp.UI {
	items := []goapp.UI{goapp.Legend().Text(legend)}
	for _, c := range all {
		input := goapp.Input().Type("radio").Name(name).ID(name+"-"+c.value).Value(c.value).
			OnChange(func(goapp.Context, goapp.Event) {
				set(c.value)
				p.Env.Progress.SetSettings(p.Env.Settings)
				p.Env.Host.ApplySettings(p.Env)
			}, goapp.EventScope(name, c.value))
		if c.value == value {
			input = input.Checked(true)
		}
		if !p.Env.Interactive() {
			input = input.Disabled(true)
		}
		label := []goapp.UI{goapp.Span().Text(c.label)}
		if c.note != "" {
			label = append(label, goapp.Span().Class("note").Text(c.note))
		}
		items = append(items, goapp.Div().Class("choice").Body(
			input, goapp.Label().For(name+"-"+c.value).Body(label...)))
	}
	return goapp.FieldSet().Class("choices").DataSet("choices", name).Body(items...)
}

// button makes a button that does nothing before the program runs.
func (p *Settings) button(id, text string, do goapp.EventHandler) goapp.UI {
	b := goapp.Button().Type("button").ID(id).Text(text).OnClick(do, goapp.EventScope(id))
	if !p.Env.Interactive() {
		b = b.Disabled(true)
	}
	return b
}

func (p *Settings) data() goapp.UI {
	name := goapp.Input().Type("text").ID("learner").AutoComplete(false).MaxLength(100).
		Aria("describedby", "learner-note").
		OnChange(func(ctx goapp.Context, _ goapp.Event) {
			p.Env.Progress.SetName(ctx.JSSrc().Get("value").String())
			p.say(false, "已保存。")
		})
	file := goapp.Input().Type("file").ID("import").Accept("application/json,.json").
		OnChange(p.importFile)
	if p.Env.Interactive() {
		name = name.Value(p.Env.Progress.Profile().Name)
	} else {
		name, file = name.Disabled(true), file.Disabled(true)
	}
	status := goapp.P().Class("said").Role("status").Aria("live", "polite").Text(p.said)
	if p.failed {
		status = status.DataSet("failed", "yes")
	}
	return goapp.Section().Class("data").Aria("labelledby", "data").Body(
		goapp.H2().ID("data").Class("rule-head").Text("我的进度"),
		goapp.Div().Class("field").Body(
			goapp.Label().For("learner").Text("姓名或学号"),
			name,
			goapp.P().Class("note").ID("learner-note").Text("只写进你导出的文件和链接，供教师辨认；可以不填。"),
		),
		goapp.Div().Class("field").Body(
			p.button("export", "导出进度", p.export),
			goapp.P().Class("note").Text("得到一个 JSON 文件，含作答、考试成绩与阅读位置。"),
		),
		goapp.Div().Class("field").Body(
			goapp.Div().Class("file").Body(file, goapp.Label().Class("button").For("import").Text("导入进度……")),
			goapp.P().Class("note").Text("与现有记录合并，不会覆盖：每道题保留全部作答，取最好成绩。"),
		),
		&leaving{Env: p.Env},
		p.erase(),
		status,
	)
}

func (p *Settings) erase() goapp.UI {
	if !p.erasing {
		return goapp.Div().Class("field").Body(
			p.button("erase", "清除进度……", func(goapp.Context, goapp.Event) {
				p.erasing = true
				p.focusLater("erase-keep")
			}),
			goapp.P().Class("note").Text("删去这台设备上的姓名、作答与阅读位置。主题等设置保留。"),
		)
	}
	return goapp.Div().Class("field confirm").Role("group").Aria("labelledby", "erase-ask").Body(
		goapp.P().ID("erase-ask").Text("确定清除全部进度？清除后不能恢复，除非事先导出过。"),
		p.button("erase-keep", "保留", func(goapp.Context, goapp.Event) {
			p.erasing = false
			p.focusLater("erase")
		}),
		p.button("erase-yes", "清除", func(goapp.Context, goapp.Event) {
			p.Env.Progress.Erase()
			p.erasing = false
			p.say(false, "进度已清除。")
			p.focusLater("erase")
		}),
	)
}

func (p *Settings) storage() goapp.UI {
	s := p.Env.Host.State()
	rows := []goapp.UI{
		goapp.Dt().Text("保存位置"), goapp.Dd().Text(storageText(s)),
		goapp.Dt().Text("离线使用"), goapp.Dd().Text(offlineText(s)),
		goapp.Dt().Text("计算引擎"), goapp.Dd().Text(engineText(s)),
		goapp.Dt().Text("版本"), goapp.Dd().Class("tabular").Text(version(p.Env)),
	}
	body := []goapp.UI{
		goapp.H2().ID("state").Class("rule-head").Text("状态"),
		goapp.Dl().Class("facts").Body(rows...),
	}
	if s.UpdateReady {
		body = append(body, p.button("update", "更新到新版本", func(goapp.Context, goapp.Event) { p.Env.Host.ApplyUpdate() }))
	}
	if p.Env.Interactive() {
		for _, problem := range p.Env.Progress.Problems() {
			body = append(body, p.problem(problem))
		}
	}
	for _, line := range s.Content {
		body = append(body, goapp.P().Class("fault").Body(goapp.Code().Text(line)))
	}
	body = append(body, goapp.P().Body(goapp.A().Href(route.Page("about")).Text("隐私说明与许可"), goapp.Text(" · "), goapp.A().Href(route.Page("author")).Text("作者页")))
	return goapp.Section().Class("state").Aria("labelledby", "state").Body(body...)
}

func (p *Settings) problem(problem progress.Problem) goapp.UI {
	return goapp.Div().Class("fault").Role("alert").Body(
		goapp.P().Text(problem.Message),
		goapp.Button().Type("button").Class("quiet").Text("知道了").OnClick(func(goapp.Context, goapp.Event) {
			p.Env.Progress.Dismiss(problem)
		}, goapp.EventScope(string(problem.Kind), problem.Key, problem.Kept)))
}

func storageText(s env.State) string {
	if s.StorageReason != "" {
		return "只在内存里，关闭页面后丢失：" + s.StorageReason
	}
	return "这台设备的浏览器"
}

func offlineText(s env.State) string {
	switch s.Offline {
	case "ready":
		return "可以：课程已完整存在这台设备上"
	case "installing":
		return "正在存下课程……"
	case "failed":
		return "不可以：" + s.OfflineReason
	case "unsupported":
		return "不可以：这个浏览器或这种打开方式不支持"
	}
	return "启动后显示"
}

func engineText(s env.State) string {
	switch s.Engine {
	case "ready":
		return "就绪"
	case "loading":
		return "加载中"
	case "restarting":
		return "重启中：" + s.EngineReason
	case "unavailable":
		return "不可用：" + s.EngineReason
	}
	return "需要时才加载"
}

func (p *Settings) say(failed bool, text string) { p.said, p.failed = text, failed }

// export hands the learner's file to the browser as a download.
func (p *Settings) export(goapp.Context, goapp.Event) {
	file := p.Env.Progress.Export()
	data, err := file.Encode()
	if err != nil {
		p.say(true, "导出失败："+err.Error())
		return
	}
	download(file.FileName(), "application/json", string(data))
	p.say(false, "已导出："+file.FileName())
}

func (p *Settings) importFile(ctx goapp.Context, _ goapp.Event) {
	input := ctx.JSSrc()
	file := input.Get("files").Index(0)
	if !file.Truthy() {
		return
	}
	file.Call("text").Then(func(text goapp.Value) {
		data := []byte(text.String())
		ctx.Dispatch(func(goapp.Context) {
			input.Set("value", "")
			sum, err := p.Env.Progress.Import(data)
			var refusal *progress.Refusal
			switch {
			case errors.As(err, &refusal):
				p.say(true, refusal.Error())
			case err != nil:
				p.say(true, "没有导入："+err.Error())
			default:
				p.say(false, sum.Message())
			}
		})
	})
}

// focusLater puts the focus on an element once it has been drawn.
func (p *Settings) focusLater(id string) {
	p.ctx.Defer(func(goapp.Context) {
		if el := goapp.Window().GetElementByID(id); el.Truthy() {
			el.Call("focus")
		}
	})
}

// download hands text to the browser as a file.
func download(name, mime, text string) {
	window := goapp.Window()
	blob := window.Get("Blob").New([]any{text}, map[string]any{"type": mime})
	url := window.Get("URL").Call("createObjectURL", blob)
	a := window.Get("document").Call("createElement", "a")
	a.Set("href", url)
	a.Set("download", name)
	window.Get("document").Get("body").Call("appendChild", a)
	a.Call("click")
	a.Call("remove")
	window.Get("URL").Call("revokeObjectURL", url)
}
