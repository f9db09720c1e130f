package pages

import (
	"strconv"
	"strings"
	"time"

	"courselab/app/engine"
	"courselab/app/env"
	"courselab/lessons"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// editPause is how long the author must have stopped typing before the page is
// drawn anew.
const editPause = 500 * time.Millisecond

const editorID = "author-text"

// Author is the page of whoever writes the course: it opens a folder of lessons,
// shows them as learners will see them, says what is wrong, and hands the folder
// out again. Nothing leaves the browser, and nothing of the learner's progress is
// touched.
type Author struct {
	goapp.Compo
	Env *env.Env

	ctx    goapp.Context
	stop   []func()
	busy   bool
	said   string
	failed bool
}

// desk returns the folder that lies open, nil where none does.
func (p *Author) desk() *desk {
	d, _ := p.Env.Desk.(*desk)
	return d
}

func (p *Author) OnMount(ctx goapp.Context) {
	p.ctx = ctx
	p.stop = append(p.stop,
		p.Env.Host.Watch(func() {
			ctx.Dispatch(func(ctx goapp.Context) {
				ctx.PreventUpdate()
				if d := p.desk(); d != nil {
					d.follow(p.Env.Host.State())
				}
			})
		}),
		p.listen("dragover", func(e goapp.Value) {
			// Words may still be dragged within the editor.
			if e.Get("dataTransfer").Get("types").Call("includes", "Files").Bool() {
				e.Call("preventDefault")
			}
		}),
		p.listen("drop", func(e goapp.Value) {
			entries := droppedEntries(e)
			if len(entries) == 0 {
				return
			}
			e.Call("preventDefault")
			p.ctx.Dispatch(func(goapp.Context) {
				p.open(func() (engine.Folder, error) {
					files, err := unfold(entries)
					if err != nil {
						return engine.Folder{}, err
					}
					return readFolder(files, p.unzip)
				})
			})
		}),
		p.listen("beforeunload", func(e goapp.Value) {
			if d := p.desk(); d != nil && !d.saved {
				e.Call("preventDefault")
			}
		}))
	if d := p.desk(); d != nil {
		p.showText(0)
		if !d.checked {
			p.recheck()
		}
	}
}

func (p *Author) OnDismount() {
	for _, stop := range p.stop {
		stop()
	}
	p.stop = nil
}

// listen handles an event of the window, until stop.
func (p *Author) listen(event string, do func(goapp.Value)) (stop func()) {
	handler := goapp.FuncOf(func(_ goapp.Value, args []goapp.Value) any {
		do(args[0])
		return nil
	})
	goapp.Window().Call("addEventListener", event, handler)
	return func() {
		goapp.Window().Call("removeEventListener", event, handler)
		handler.Release()
	}
}

func (p *Author) say(failed bool, text string) { p.failed, p.said = failed, text }

// open reads a folder and lays it open in the place of the one before, which
// stays where reading fails.
func (p *Author) open(read func() (engine.Folder, error)) {
	if p.busy {
		return
	}
	if d := p.desk(); d != nil {
		if p.apply(); !d.saved {
			p.say(true, "改过的文件还没有下载：先下载或关闭，再打开别的。")
			return
		}
	}
	p.busy = true
	p.say(false, "正在读取……")
	p.ctx.Async(func() {
		folder, err := read()
		var d *desk
		if err == nil {
			d, err = newDesk(p.Env, folder)
		}
		p.ctx.Dispatch(func(goapp.Context) {
			p.busy = false
			if err != nil {
				p.say(true, "没有打开："+err.Error())
				return
			}
			if old := p.desk(); old != nil {
				old.round.Add(1)
			}
			p.Env.Desk = d
			p.say(false, "已打开“"+d.folder.Name()+"”，共 "+strconv.Itoa(len(d.folder.Files()))+" 个文件。")
			p.recheck()
		})
	})
}

func (p *Author) unzip(data []byte) (engine.Folder, error) {
	var folder engine.Folder
	err := (&desk{around: p.Env}).call(engine.OpFolderOpen, engine.FolderOpenInput{Data: data}, &folder)
	return folder, err
}

// recheck looks for faults anew, behind what is drawn.
func (p *Author) recheck() {
	d := p.desk()
	p.ctx.Async(func() {
		faults, unasked, examples, ok := d.check()
		p.ctx.Dispatch(func(ctx goapp.Context) {
			if !ok || p.desk() != d {
				ctx.PreventUpdate()
				return
			}
			d.faults, d.unasked, d.examples, d.checked, d.counted = faults, unasked, examples, true, true
		})
	})
}

// typing takes the text over once the author has paused.
func (p *Author) typing(ctx goapp.Context, e goapp.Event) {
	ctx.PreventUpdate()
	d := p.desk()
	area := closest(e.Value, "#"+editorID)
	if d == nil || !area.Truthy() {
		return
	}
	d.typed = area.Get("value").String()
	d.keystrokes++
	at := d.keystrokes
	p.ctx.Async(func() {
		time.Sleep(editPause)
		p.ctx.Dispatch(func(ctx goapp.Context) {
			if at != d.keystrokes || !p.apply() {
				ctx.PreventUpdate()
			}
		})
	})
}

// apply takes over what was typed and reports whether anything changed.
func (p *Author) apply() bool {
	d := p.desk()
	if !d.take() {
		return false
	}
	p.ctx.Async(func() {
		d.reload()
		p.ctx.Dispatch(func(goapp.Context) { p.recheck() })
	})
	return true
}

// edit opens a file in the editor, at a line unless it is 0.
func (p *Author) edit(file string, line int) {
	d := p.desk()
	p.apply()
	d.file, d.typed = file, d.folder.Text(file)
	if file != "" {
		p.showText(line)
	}
}

// showText puts the open file's text into the editor once that stands, and with
// a line the focus and the selection there.
func (p *Author) showText(line int) {
	d := p.desk()
	p.ctx.Defer(func(goapp.Context) {
		if goapp.IsServer {
			return
		}
		area := goapp.Window().GetElementByID(editorID)
		if !area.Truthy() {
			return
		}
		if line < 1 {
			area.Set("value", d.typed)
			return
		}
		// What stands above the line is measured by showing nothing else.
		start, end := lineAt(d.typed, line)
		area.Set("value", d.typed[:start])
		height := area.Get("scrollHeight").Float()
		area.Set("value", d.typed)
		area.Call("focus", map[string]any{"preventScroll": true})
		area.Call("setSelectionRange", utf16Length(d.typed[:start]), utf16Length(d.typed[:end]))
		area.Set("scrollTop", height-area.Get("clientHeight").Float()/2)
	})
}

// lineAt returns where a line, counted from 1, starts and ends, in bytes.
func lineAt(text string, line int) (start, end int) {
	for n := 1; n < line; n++ {
		i := strings.IndexByte(text[start:], '\n')
		if i < 0 {
			break
		}
		start += i + 1
	}
	end = len(text)
	if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
		end = start + i
	}
	return start, end
}

// utf16Length is the length of a text as the browser counts it.
func utf16Length(text string) int {
	n := 0
	for _, c := range text {
		n++
		if c > 0xFFFF {
			n++
		}
	}
	return n
}

// save hands the folder out as a zip.
func (p *Author) save() {
	d := p.desk()
	p.apply()
	input := engine.FolderPackInput{Files: d.folder.Files()}
	p.say(false, "正在打包……")
	p.ctx.Async(func() {
		var out engine.FolderPackOutput
		err := d.call(engine.OpFolderPack, input, &out)
		p.ctx.Dispatch(func(goapp.Context) {
			if err != nil {
				p.say(true, "没有打包："+err.Error())
				return
			}
			saveBytes(d.folder.Name()+".zip", "application/zip", out.Data)
			d.saved = true
			p.say(false, "已下载 "+d.folder.Name()+".zip，共 "+strconv.Itoa(len(input.Files))+" 个文件。")
		})
	})
}

// act does what a button asks for.
func (p *Author) act(ctx goapp.Context, e goapp.Event) {
	control := closest(e.Value, "button[data-do]")
	if !control.Truthy() {
		ctx.PreventUpdate()
		return
	}
	data := control.Get("dataset")
	p.do(data.Get("do").String(), data.Get("value").String(), data.Get("file").String(), data.Get("line").String())
	p.keepFocus(control.Get("id").String())
}

// changed does what another control asks for.
func (p *Author) changed(ctx goapp.Context, e goapp.Event) {
	control := closest(e.Value, "input[data-do], select[data-do]")
	if !control.Truthy() {
		ctx.PreventUpdate()
		return
	}
	do := control.Get("dataset").Get("do").String()
	if do == "open" {
		if files := pickedFiles(control); len(files) > 0 {
			p.open(func() (engine.Folder, error) { return readFolder(files, p.unzip) })
		}
		return
	}
	p.do(do, control.Get("value").String(), "", "")
	p.keepFocus(control.Get("id").String())
}

// do is one step of the author's, by the name that its control has. Without a
// folder one can only be opened.
func (p *Author) do(what, value, file, line string) {
	d := p.desk()
	if d != nil && what != "close" {
		d.closing = false
	}
	switch {
	case what == "own":
		p.open(func() (engine.Folder, error) { return startOver(p.Env) })
	case d == nil:
	case what == "view":
		p.show(value, "")
	case what == "module":
		p.show(d.view, value)
	case what == "line":
		n, _ := strconv.Atoi(line)
		p.edit(file, n)
	case what == "file":
		p.edit(value, 0)
	case what == "edit" && d.file != "":
		p.edit("", 0)
	case what == "edit":
		p.edit(d.likely(), 1)
	case what == "save":
		p.save()
	case what == "close":
		p.close()
	case what == "print":
		goapp.Window().Call("print")
	case what == "by-module":
		d.byModule = !d.byModule
	default:
		p.meet(what, value)
	}
}

// keepFocus puts the focus back on a control that was drawn anew.
func (p *Author) keepFocus(id string) {
	p.ctx.Defer(func(goapp.Context) {
		document := goapp.Window().Get("document")
		if document.Get("activeElement").Equal(document.Get("body")) {
			if control := document.Call("getElementById", id); id != "" && control.Truthy() {
				control.Call("focus")
			}
		}
	})
}

// show turns to a view, and to a module unless it is empty.
func (p *Author) show(view, module string) {
	d := p.desk()
	p.apply()
	d.view = view
	if module != "" {
		d.module = module
	}
}

// openLesson shows another lesson of the draft, from its top or a place in it.
func (p *Author) openLesson(id, fragment string) {
	p.show("lesson", id)
	p.ctx.Defer(func(goapp.Context) {
		if goapp.IsServer {
			return
		}
		if fragment == "" {
			fragment = "page-title"
		}
		if at := goapp.Window().GetElementByID(fragment); at.Truthy() {
			at.Call("focus")
			at.Call("scrollIntoView")
		}
	})
}

// lesson returns a lesson of the draft as far as it is parsed.
func (p *Author) lesson(id string) *lessons.Lesson {
	d := p.desk()
	if d.draft.Content == nil {
		return nil
	}
	lesson, _, _ := find(d.draft, id)
	return lesson
}
