package pages

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"courselab/app/engine"
	"courselab/app/env"
	"courselab/app/labs"
	"courselab/app/progress"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// readableQR is how many bytes a phone still reads from a screen with ease: those
// of a code of 137 modules a side.
const readableQR = 1732

// leaving hands the learner's progress to another device as a link and as QR codes.
type leaving struct {
	goapp.Compo
	Env *env.Env

	ctx   goapp.Context
	link  string // of all progress
	note  string // what is left out
	codes []progressCode
	shown int
	svg   string // of the code shown
	fault string
	said  string
}

// progressCode is one QR code: what it holds, and its link.
type progressCode struct{ label, link string }

func (p *leaving) OnMount(ctx goapp.Context) { p.ctx = ctx }

// spare are the parts of a file that can stay behind, first those that matter least.
// Each is dropped and named, unless the file has none.
var spare = []func(f *progress.File, left *[]string) bool{
	func(f *progress.File, left *[]string) bool {
		had := len(f.Labs) > 0
		if f.Labs = nil; had {
			*left = append(*left, "各实验的设置")
		}
		return had
	},
	func(f *progress.File, left *[]string) bool {
		had := len(f.Exams) > 0
		if f.Exams = nil; had {
			*left = append(*left, "考试记录")
		}
		return had
	},
}

// codesFor divides a file into links that QR codes hold: one for all where it fits,
// else one a lesson. left says what is left out, lost which lessons do not fit.
func codesFor(f progress.File, address string, label func(lesson string) string) (codes []progressCode, left, lost []string) {
	try := func(f progress.File, most int) (string, bool) {
		link, err := f.Link()
		return address + link, err == nil && len(address)+len(link) <= most
	}
	if link, ok := try(f, readableQR); ok {
		return []progressCode{{"全部进度", link}}, nil, nil
	}
	for _, drop := range spare {
		if !drop(&f, &left) {
			continue
		}
		if link, ok := try(f, readableQR); ok {
			return []progressCode{{"全部作答", link}}, left, nil
		}
	}
	cut := false
	for _, id := range f.Known() {
		part := f.Only(id)
		link, ok := try(part, readableQR)
		if !ok {
			brief, dropped := part.Brief()
			if link, ok = try(brief, engine.MaxQRText); ok && dropped > 0 {
				cut = true
			}
		}
		if !ok {
			lost = append(lost, label(id))
			continue
		}
		codes = append(codes, progressCode{label(id), link})
	}
	if cut {
		left = append(left, "一部分题较早的重复作答（首次、首次答对和最近一次都在）")
	}
	return codes, left, lost
}

// begin makes the link and the codes of what is stored now.
func (p *leaving) begin(goapp.Context, goapp.Event) {
	p.link, p.note, p.codes, p.svg, p.fault, p.said = "", "", nil, "", "", ""
	page := labs.Absolute(route.Page("settings"))
	if !strings.HasPrefix(page, "http") {
		p.fault = "这是从磁盘打开的单文件版，地址只在这台设备上有效：请用“导出进度”的文件。"
		return
	}
	f := p.Env.Progress.Export()
	if n, _ := f.Answers(); n+len(f.Exams) == 0 {
		p.fault = "还没有作答，没有什么可带走的。"
		return
	}
	address := page + "#"
	var without []string
	link, err := f.Link()
	for i := 0; i < len(spare) && errors.Is(err, progress.ErrLinkTooLong); i++ {
		if spare[i](&f, &without) {
			link, err = f.Link()
		}
	}
	if err != nil {
		p.fault = "进度太大，链接装不下：请用“导出进度”的文件。"
		return
	}
	if len(without) > 0 {
		p.note = "链接里没有" + strings.Join(without, "和") + "，连同它们太长了；文件里有。"
	}
	p.link = address + link
	var left, lost []string
	p.codes, left, lost = codesFor(f, address, func(id string) string { return unit(p.Env, id) })
	if len(left) > 0 {
		p.note += "二维码里没有" + strings.Join(left, "和") + "；链接和文件里有。"
	}
	if len(lost) > 0 {
		p.note += strings.Join(lost, "、") + "的作答太多，二维码装不下（上限 " + strconv.Itoa(engine.MaxQRText) + " 字节）：请用链接或文件。"
	}
	if len(p.codes) > 0 {
		p.show(0)
	}
}

// show asks the engine for one of the codes.
func (p *leaving) show(i int) {
	p.shown, p.svg, p.fault, p.said = i, "", "", ""
	if p.Env.Engine == nil {
		p.fault = "这个浏览器里没有计算引擎，画不出二维码；链接照样能用。"
		return
	}
	p.Env.Engine.Do(context.Background(), "progress-qr", engine.OpQR, engine.QRInput{Text: p.codes[i].link}, func(r engine.Reply) {
		if r.Kind != engine.Done && r.Kind != engine.Failed {
			return
		}
		p.ctx.Dispatch(func(goapp.Context) {
			var out engine.QROutput
			switch {
			case i != p.shown:
			case r.Kind == engine.Failed:
				p.fault = "画不出二维码：" + r.Error.Message + " 链接照样能用。"
			case json.Unmarshal(r.Output, &out) == nil:
				p.svg = out.SVG
			}
		})
	})
}

func (p *leaving) copy(goapp.Context, goapp.Event) {
	labs.CopyText(p.link, func(ok bool) {
		p.ctx.Dispatch(func(goapp.Context) {
			p.said = "链接已复制，共 " + size(p.link) + "。"
			if !ok {
				p.said = "浏览器不让复制，请选中上面的链接手动复制。"
			}
		})
	})
}

func size(link string) string {
	return strconv.FormatFloat(float64(len(link))/1000, 'f', 1, 64) + " KB"
}

func (p *leaving) Render() goapp.UI {
	begin := goapp.Button().Type("button").ID("leave").Text("生成链接与二维码").OnClick(p.begin)
	if !p.Env.Interactive() {
		begin = begin.Disabled(true)
	}
	body := []goapp.UI{begin, goapp.Raw(`<p class="note">在另一台设备上打开链接或扫码，确认后与那里的记录合并。进度压缩在链接的 # 之后，不发给任何服务器；拿到链接的人能看到其中的姓名与作答。</p>`)}
	if p.link != "" {
		body = append(body, goapp.Raw(`<div>`+linkField("leave-link", "全部进度的链接", p.link)+`</div>`),
			goapp.Button().Type("button").ID("leave-copy").Text("复制链接").OnClick(p.copy))
		note := p.note
		if host := goapp.Window().URL().Hostname(); host == "localhost" || strings.HasPrefix(host, "127.") {
			note += "这个地址（" + host + "）只有这台电脑能打开：请从别的设备也能打开的地址进入课程，再生成。"
		}
		body = append(body, goapp.P().Class("note").Text(note))
	}
	if n := len(p.codes); n > 1 {
		choices := []goapp.UI{goapp.P().Text("一个二维码装不下全部进度，按单元分成 " + strconv.Itoa(n) + " 个：逐个扫描并合并，次序不限。")}
		for i, one := range p.codes {
			choices = append(choices, goapp.Button().Type("button").Aria("pressed", strconv.FormatBool(i == p.shown)).Text(one.label).
				OnClick(func(goapp.Context, goapp.Event) { p.show(i) }, goapp.EventScope("code", i)))
		}
		body = append(body, goapp.Div().Class("leave-codes").Body(choices...))
	}
	if len(p.codes) > 0 {
		body = append(body, goapp.Raw(p.codeHTML()))
	}
	status := goapp.P().Class("said").ID("leave-said").Role("status").Text(p.said + p.fault)
	if p.fault != "" {
		status = status.DataSet("failed", "yes")
	}
	return goapp.Div().Class("field leave").Body(append(body, status)...)
}

// codeHTML is the QR code that is shown, with its link as its text alternative.
func (p *leaving) codeHTML() string {
	c := p.codes[p.shown]
	label := "二维码：" + c.label
	if n := len(p.codes); n > 1 {
		label += "（" + strconv.Itoa(p.shown+1) + "/" + strconv.Itoa(n) + "）"
	}
	picture := p.svg
	if picture == "" {
		picture = `<p>正在画二维码……</p>`
	}
	where, field := "上面", ""
	if c.link != p.link {
		where, field = "下面", linkField("leave-code-link", "这个二维码里的链接", c.link)
	}
	return `<div><figure><div class="qr" role="img" aria-label="` + escape(label) + `，内容与` + where + `的链接相同">` + picture +
		`</div><figcaption>` + escape(label) + `</figcaption></figure>` + field + `</div>`
}

func linkField(id, label, link string) string {
	return `<label for="` + id + `">` + label + `（` + size(link) + `）</label><input type="text" class="link-field" id="` + id + `" readonly value="` + escape(link) + `">`
}
