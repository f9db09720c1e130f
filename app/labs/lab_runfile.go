package labs

import (
	"encoding/json"
	"errors"

	"courselab/app/engine"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// What may go wrong with keeping a run in the browser.
var (
	errNoStore = errors.New("这个浏览器不让网页存放数据")
	errNoRoom  = errors.New("浏览器给网页的空间满了")
)

// maxRunFile bounds a file of a run, in bytes.
const maxRunFile = 64 << 20

// fileBar is the row that keeps a run in this browser or in a file, and opens it
// again; an empty element where the lab's runs are not kept.
func (p *sheetPanel) fileBar() goapp.UI {
	box := goapp.Div().Class("lab-run-buttons")
	if !p.lab.Run.Kept {
		return box.Hidden(true)
	}
	off := p.off() || p.run.going || p.readsData() && p.files == nil
	none := off || !p.run.state.Saves
	id := p.controlID("runfile")
	choose := goapp.Input().Type("file").ID(id).Class("lab-file").Accept(".safetensors").
		Aria("label", "从文件打开运行").OnChange(p.fileChosen)
	if off {
		choose.Disabled(true)
	}
	draft := p.Props.Env.Draft
	return box.Body(
		button("存在这个浏览器里", none || draft, func(goapp.Context, goapp.Event) { p.saveRun(false) }, "run-keep"),
		button("打开存下的", off, func(goapp.Context, goapp.Event) { p.openKept() }, "run-kept"),
		button("存成文件", none, func(goapp.Context, goapp.Event) { p.saveRun(true) }, "run-file"),
		goapp.Label().For(id).Class("lab-words").Text("从文件打开："),
		choose,
		goapp.If(draft, func() goapp.UI {
			return goapp.Span().Class("lab-words").Text("预览里不存进浏览器，学员存下的运行不会被换掉；可以存成文件。")
		}),
	)
}

// saveRun has the engine write the run, and keeps it in the browser or hands it
// out as a file. What was kept before stays when it fails.
func (p *sheetPanel) saveRun(asFile bool) {
	p.run.fault, p.run.said = "", "正在保存……"
	p.Props.Env.Engine.Do(p.home, "", engine.OpRunSave, p.runInput(false), func(r engine.Reply) {
		if !r.Kind.Final() {
			return
		}
		p.home.Dispatch(func(goapp.Context) {
			var f engine.RunFile
			if r.Kind != engine.Done || json.Unmarshal(r.Output, &f) != nil {
				p.run.said, p.run.fault = "", "没有存成：引擎没有交出运行。"
				if r.Error != nil {
					p.run.fault = "没有存成：" + p.runFault(r.Error)
				}
				return
			}
			if asFile {
				saveFile(f.Name, "application/octet-stream", f.Data)
				p.run.said = "已存成 " + f.Name + "（" + bytesText(int64(len(f.Data))) + "）。"
				return
			}
			keepRun(p.lab.Name, f.Data, func(err error) {
				p.home.Dispatch(func(goapp.Context) {
					if err != nil {
						p.run.said, p.run.fault = "", "没有存成："+err.Error()+"。运行还在内存里，可以存成文件。"
						return
					}
					p.run.said = "已存在这个浏览器里（" + runAt(p.run.state.At) + "，" + bytesText(int64(len(f.Data))) + "）。"
				})
			})
		})
	})
}

// openKept goes on from the run that this browser keeps.
func (p *sheetPanel) openKept() {
	p.run.fault, p.run.said = "", ""
	keptRun(p.lab.Name, func(data []byte, err error) {
		p.home.Dispatch(func(goapp.Context) {
			switch {
			case err != nil:
				p.run.fault = "没有打开：" + err.Error() + "。"
			case data == nil:
				p.run.fault = "这个浏览器里还没有存过这个实验的运行。"
			default:
				p.openRun(data)
			}
		})
	})
}

func (p *sheetPanel) fileChosen(goapp.Context, goapp.Event) {
	p.run.fault, p.run.said = "", ""
	chosenBytes(p.controlID("runfile"), maxRunFile, func(name string, data []byte, err error) {
		p.home.Dispatch(func(goapp.Context) {
			if err != nil {
				p.run.fault = "“" + shorten(name) + "”打不开：" + err.Error() + "。现有的运行没有变。"
				return
			}
			p.openRun(data)
		})
	})
}

// openRun has the engine go on from a file; the controls then show its inputs.
func (p *sheetPanel) openRun(data []byte) {
	p.wanted, p.run.said = true, "正在打开……"
	p.askOpen(engine.RunOpenInput{LabInput: p.runInput(true).LabInput, File: data})
}

func (p *sheetPanel) askOpen(in engine.RunOpenInput) {
	p.run.asked++
	id := p.run.asked
	p.run.cancel = p.Props.Env.Engine.Do(p.home, p.Props.Key+"/run", engine.OpRunOpen, in, func(r engine.Reply) {
		if !r.Kind.Final() || r.Kind == engine.Cancelled {
			return
		}
		p.home.Dispatch(func(goapp.Context) {
			if id != p.run.asked {
				return
			}
			p.run.said = ""
			p.runReply(engine.OpRunOpen, r)
			if r.Kind == engine.Done && p.run.state.Exists {
				p.toRun()
				p.run.said = "已打开，停在" + runAt(p.run.state.At) + "，可以继续。"
			}
		})
	})
}
