package pages

import (
	"strconv"
	"strings"

	"courselab/app/author"
	"courselab/app/quiz"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// views of an open folder, and what they are called.
var views = [...][2]string{{"overview", "检查"}, {"lesson", "课文"}, {"questions", "题目"}, {"schedule", "课表"}}

// mostFaults bounds how many faults are listed.
const mostFaults = 200

// Render draws the page. Its controls are markup, and their events are caught at
// the root: elements with handlers of their own would be a third more of a program
// that every learner downloads. What a control does stands in its data-do.
func (p *Author) Render() goapp.UI {
	d := p.desk()
	status := goapp.P().Class("said").Role("status").Aria("live", "polite").Text(p.said)
	if p.failed {
		status = status.DataSet("failed", "yes")
	}
	if d == nil {
		return p.root("").Body(heading("作者页"), goapp.Raw(p.intake()), status)
	}
	// The view has an element of its own, so that the editor keeps its place, and
	// with it its text, when another view is shown.
	view := goapp.Div().Class("author-view")
	if d.view == "lesson" {
		view = view.Body(p.preview())
	} else {
		view = view.Body(heading(viewTitle(d.view)), goapp.Raw(p.sheet()))
	}
	body := []goapp.UI{goapp.Raw(p.bar()), status, view}
	if d.file != "" {
		body = append(body, goapp.Div().Class("author-editor").Role("region").Aria("label", "编辑").Body(
			goapp.Raw(p.editorHead()),
			goapp.Raw(`<textarea id="`+editorID+`" spellcheck="false" aria-label="文件的文字"></textarea>`),
			goapp.Raw(`<p class="author-here">`+escape(p.faultsHere())+`</p>`)))
	}
	return p.root(d.view).Body(body...)
}

// root is the element that all events come to.
func (p *Author) root(view string) goapp.HTMLDiv {
	return goapp.Div().Class("author").DataSet("view", view).OnClick(p.act).OnChange(p.changed).OnInput(p.typing)
}

func viewTitle(view string) string {
	switch view {
	case "questions":
		return "题目与答案"
	case "schedule":
		return "课表"
	}
	return "作者页"
}

// sheet is the view as markup.
func (p *Author) sheet() string {
	switch p.desk().view {
	case "questions":
		return p.questions()
	case "schedule":
		return `<div>` + p.scheduleControls() + p.schedule() + `</div>`
	}
	return p.overview()
}

// authorButton is a control that act knows.
func authorButton(id, do, text, more string) string {
	return `<button type="button" id="author-` + id + `" data-do="` + do + `" ` + more + `>` + text + `</button>`
}

// authorOption is an entry of a list to choose from.
func authorOption(value, text string, selected bool) string {
	mark := ""
	if selected {
		mark = " selected"
	}
	return `<option value="` + escape(value) + `"` + mark + `>` + escape(text) + `</option>`
}

// intake is how a folder comes in.
func (p *Author) intake() string {
	off := ""
	if !p.Env.Interactive() || p.busy {
		off = " disabled"
	}
	file := func(id, text, more string) string {
		return `<div class="file"><input type="file" id="author-` + id + `" data-do="open" ` + more + off + `><label class="button" for="author-` + id + `">` + text + `</label></div>`
	}
	return `<div class="plain"><p class="lead">打开一个课文文件夹：像学员那样看到课文和实验，列出错在哪个文件哪一行，看题目的答案与解释，排课表，改完再下载。</p>` +
		`<div class="author-intake"><div class="author-buttons">` +
		file("folder", "打开文件夹……", "webkitdirectory multiple") + file("zip", "打开 zip……", `accept=".zip,application/zip"`) +
		authorButton("own", "own", "从这门课的课文开始", off) +
		`</div><p class="note">也可以把文件夹或 zip 拖到这个页面上。` + guideMarkup(p.Env) + `</p></div>` +
		`<ul class="note"><li>文件只在这个浏览器里读，不上传；离线也能用。</li><li>预览里的作答不记入学习进度。</li>` +
		`<li>文件夹里要有 course.md 和 zh 目录，格式与这门课相同；缺术语表或数据文件时用这门课自己的。</li>` +
		`<li>最多 2000 个文件、共 24 MB，一个文件 8 MB 以内。</li></ul></div>`
}

// bar is what stands above every view.
func (p *Author) bar() string {
	d := p.desk()
	name := d.folder.Name()
	if n := len(d.folder.Edited()); n > 0 {
		name += "（改了 " + strconv.Itoa(n) + " 个文件）"
	}
	b := `<div class="author-bar"><p class="author-name">` + escape(name) + `</p><div class="author-turns" role="group" aria-label="看什么">`
	for _, v := range views {
		label := v[1]
		if v[0] == "overview" && d.checked && len(d.faults) > 0 {
			label += "（" + strconv.Itoa(len(d.faults)) + "）"
		}
		b += authorButton("view-"+v[0], "view", label, `data-value="`+v[0]+`" aria-pressed="`+strconv.FormatBool(d.view == v[0])+`"`)
	}
	b += `</div>`
	if (d.view == "lesson" || d.view == "questions") && d.draft.Course != nil {
		b += `<select id="author-module" data-do="module" aria-label="单元">`
		for _, id := range d.draft.Course.Modules {
			title := id
			if l := head(d.draft, id); l != nil {
				title = unit(d.draft, id) + " " + l.Title
			}
			b += authorOption(id, title, id == d.module)
		}
		b += `</select>`
	}
	return b + `<div class="author-buttons">` +
		authorButton("edit", "edit", "编辑", `aria-expanded="`+strconv.FormatBool(d.file != "")+`"`) +
		authorButton("save", "save", "下载 zip", "") + authorButton("close", "close", "关闭", `class="quiet"`) + `</div></div>`
}

// editorHead chooses the file in the editor.
func (p *Author) editorHead() string {
	d := p.desk()
	b := `<div class="author-editor-head"><select id="author-file" data-do="file" aria-label="文件">`
	for _, name := range d.folder.Texts() {
		b += authorOption(name, name, name == d.file)
	}
	return b + `</select>` + authorButton("fold", "edit", "收起", `class="quiet"`) + `</div>`
}

// faultsHere says what is wrong with the file in the editor.
func (p *Author) faultsHere() string {
	d := p.desk()
	var here []string
	for _, f := range d.faults {
		if f.File == d.file && len(here) < 3 {
			here = append(here, "第 "+strconv.Itoa(f.Line)+" 行："+f.Message)
		}
	}
	return strings.Join(here, " ")
}

// close puts the folder away; edits that were not downloaded are asked for twice.
func (p *Author) close() {
	d := p.desk()
	p.apply()
	if !d.saved && !d.closing {
		d.closing = true
		p.say(true, "改过的文件还没有下载。再按一次“关闭”就丢掉它们。")
		return
	}
	d.round.Add(1)
	p.Env.Desk = nil
	p.say(false, "")
}

// preview is the lesson as learners see it.
func (p *Author) preview() goapp.UI {
	d := p.desk()
	switch {
	case d.draft.Content == nil:
		return failure("课程打不开", d.faults, nil)
	case !d.folder.Has(d.draft.Course.Lang + "/" + d.module + ".md"):
		return goapp.Div().Class("failure").Body(heading(d.module), goapp.P().Text("文件夹里没有这一课：course.md 里有 "+d.module+"，却找不到 "+d.draft.Course.Lang+"/"+d.module+".md。"))
	}
	return &Lesson{Env: d.draft, ID: d.module, Open: p.openLesson}
}

// overview lists what is wrong, and what each module holds.
func (p *Author) overview() string {
	d := p.desk()
	var b strings.Builder
	b.WriteString(`<div class="author-overview">`)
	for _, n := range d.folder.Notes() {
		b.WriteString(`<p class="author-note">` + escape(n) + `</p>`)
	}
	if d.unasked != "" {
		b.WriteString(`<p class="author-note">` + escape(d.unasked) + `</p>`)
	}
	switch {
	case !d.checked && len(d.faults) == 0:
		b.WriteString(`<p class="author-verdict">正在检查……</p>`)
	case len(d.faults) == 0:
		b.WriteString(`<p class="author-verdict" data-verdict="good">没有发现错误，与 lab check 用的是同一套检查。</p>`)
	default:
		b.WriteString(`<p class="author-verdict" data-verdict="bad">` + strconv.Itoa(len(d.faults)) + ` 处要改。点位置，就在编辑框里打开那一行。</p><ul class="author-faults">`)
		for i, f := range d.faults {
			if i == mostFaults {
				b.WriteString(`<li>……另有 ` + strconv.Itoa(len(d.faults)-mostFaults) + ` 处</li>`)
				break
			}
			at := escape(faultPlace(f.File, f.Line))
			if d.folder.Has(f.File) {
				at = `<button type="button" class="quiet" data-do="line" data-file="` + escape(f.File) + `" data-line="` + strconv.Itoa(f.Line) + `">` + at + `</button>`
			}
			b.WriteString(`<li>` + at + ` <span>` + escape(f.Message) + `</span></li>`)
		}
		b.WriteString(`</ul>`)
	}
	if modules := p.modules(); d.counted && len(modules) > 0 {
		b.WriteString(`<h2 class="rule-head">各单元</h2>`)
		for i, m := range modules {
			b.WriteString(moduleHTML(i, m))
		}
	}
	b.WriteString(`</div>`)
	return b.String()
}

func moduleHTML(i int, m author.Module) string {
	var b strings.Builder
	b.WriteString(`<section class="author-module"><h3>` + strconv.Itoa(i+1) + ` ` + escape(m.Title) + `</h3><p class="meta"><span>` + strconv.Itoa(m.Minutes) + ` 分钟</span><span>` +
		strconv.Itoa(m.Questions) + ` 题</span><span>` + strconv.Itoa(len(m.Labs)) + ` 个实验` + listed(m.Labs) + `</span></p><ul>`)
	for _, o := range m.Objectives {
		asked := "没有题目考查"
		if len(o.Questions) > 0 {
			asked = "第 " + numbers(o.Questions) + " 题"
		}
		b.WriteString(`<li>` + escape(o.ID) + ` ` + escape(o.Text) + ` <span class="author-asked">` + asked + `</span></li>`)
	}
	b.WriteString(`</ul></section>`)
	return b.String()
}

func listed(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "：" + escape(strings.Join(names, "、"))
}

func numbers(list []int) string {
	var all []string
	for _, n := range list {
		all = append(all, strconv.Itoa(n))
	}
	return strings.Join(all, "、")
}

// modules sums up the lessons that are parsed; the others by their heads.
func (p *Author) modules() []author.Module {
	d := p.desk()
	if d.draft.Content == nil {
		return nil
	}
	var all []author.Module
	for _, id := range d.draft.Course.Modules {
		lesson := p.lesson(id)
		if lesson == nil {
			lesson = head(d.draft, id)
		}
		m := author.Module{ID: id, Title: id}
		if lesson != nil {
			m = author.ModuleOf(lesson)
		}
		all = append(all, m)
	}
	return all
}

// questions is the quiz of a module with what is right.
func (p *Author) questions() string {
	d := p.desk()
	lesson := p.lesson(d.module)
	switch {
	case lesson == nil:
		return `<p>这一课还没有读出来；有错的话，“检查”里会列出。</p>`
	case lesson.Quiz == nil:
		return `<p>这一课没有能作答的题目。</p>`
	}
	objectives := map[string]string{}
	for _, o := range lesson.Objectives {
		objectives[o.ID] = o.Text
	}
	var b strings.Builder
	b.WriteString(`<div class="author-questions quiz"><p class="lead">` + escape(lesson.Title) + `，` + strconv.Itoa(len(lesson.Quiz.Questions)) + ` 题。有错而不能作答的题目不在这里。</p><h2 class="quiz-title">` + escape(lesson.Quiz.Title) + `</h2>`)
	for i, q := range lesson.Quiz.Questions {
		b.WriteString(quiz.Answers(q, i+1, objectives, d.examples[exampleKey(lesson.ID, q)]))
	}
	b.WriteString(`</div>`)
	return b.String()
}
