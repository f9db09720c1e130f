package pages

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"courselab/app/env"
	"courselab/app/progress"
	"courselab/app/route"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Record is what a learner can print or save: the score of each module, with the
// date and their name. It says that it is self-reported.
type Record struct {
	goapp.Compo
	Env  *env.Env
	stop []func()
}

func (p *Record) OnMount(ctx goapp.Context) {
	ctx.PreventUpdate()
	parse := func(ctx goapp.Context) { parseLessons(ctx, p.Env, nil) }
	parse(ctx)
	p.stop = append(p.stop,
		p.Env.Host.Watch(func() { ctx.Dispatch(parse) }),
		p.Env.Progress.OnChange(func() { ctx.Dispatch(nil) }))
}

func (p *Record) OnDismount() {
	for _, stop := range p.stop {
		stop()
	}
}

// recordRow is one module of the record; all cells are text.
type recordRow struct{ module, right, first, completed string }

// rows returns the modules and, as the last, their sum. A module that is not
// written, or whose questions are not known yet, has dashes.
func (p *Record) rows() []recordRow {
	var rows []recordRow
	var sum progress.Score
	known := true
	for _, id := range p.Env.Course.Modules {
		row := recordRow{placeOfLesson(p.Env, id), "—", "—", "—"}
		lesson, _, ok := find(p.Env, id)
		known = known && ok
		if ok && lesson != nil && lesson.Quiz != nil {
			score := progress.ScoreOf(lesson, progress.Lesson{})
			if p.Env.Interactive() {
				score = p.Env.Progress.Score(lesson)
				row.first = firstTry(score)
				if at := p.Env.Progress.Lesson(id).Completed; !at.IsZero() && score.Complete() {
					row.completed = day(at)
				}
			}
			row.right = p.points(score)
			sum.Questions += score.Questions
			sum.Answered += score.Answered
			sum.Points += score.Points
			sum.FirstTry += score.FirstTry
			sum.Attempts += score.Attempts
		}
		rows = append(rows, row)
	}
	total := recordRow{"合计", "—", "—", "—"}
	if known {
		total.right = p.points(sum)
	}
	if known && p.Env.Interactive() {
		total.first = firstTry(sum)
	}
	return append(rows, total)
}

// points says how many questions were answered right; while prerendering, how
// many there are.
func (p *Record) points(s progress.Score) string {
	if !p.Env.Interactive() {
		return "＿ / " + strconv.Itoa(s.Questions)
	}
	return strconv.Itoa(s.Points) + " / " + strconv.Itoa(s.Questions)
}

func firstTry(s progress.Score) string {
	if s.Answered == 0 {
		return "—"
	}
	return fmt.Sprintf("%.0f%%（%d / %d）", 100*s.FirstTryRate(), s.FirstTry, s.Answered)
}

// day writes a date in the learner's own time zone.
func day(t time.Time) string { return t.Local().Format("2006-01-02") }

var recordHead = [...]string{"单元", "答对的题", "首次答对率", "全部答对的日期"}

const recordNote = "这份记录由学习者自己的浏览器根据本机保存的作答生成，没有监考，也没有人核验；它说明做过什么，不是资格证明。首次答对率只算作答过的题，题目改过之后从头算。"

// who returns the learner's name, the course's and today's date as a list.
func (p *Record) who() [][2]string {
	name, date := "＿＿＿＿＿＿", "＿＿＿＿＿＿"
	if p.Env.Interactive() {
		date = day(time.Now())
		if n := p.Env.Progress.Profile().Name; n != "" {
			name = n
		}
	}
	return [][2]string{{"课程", p.Env.Course.Title}, {"姓名或学号", name}, {"打印日期", date}, {"课程版本", version(p.Env)}}
}

func (p *Record) Render() goapp.UI {
	if p.Env.Course == nil {
		return noCourse(p.Env, "record")
	}
	return goapp.Div().Class("record").Body(
		heading("学习记录"),
		p.controls(),
		goapp.Raw(`<div class="record-sheet">`+p.sheet()+`</div>`),
	)
}

// controls are what is not printed.
func (p *Record) controls() goapp.UI {
	name := goapp.Input().Type("text").ID("record-name").AutoComplete(false).MaxLength(100)
	printing, saving := goapp.Button().Type("button").ID("record-print").Text("打印"), goapp.Button().Type("button").ID("record-save").Text("存为文件")
	if p.Env.Interactive() {
		name = name.Value(p.Env.Progress.Profile().Name).OnChange(func(ctx goapp.Context, _ goapp.Event) {
			p.Env.Progress.SetName(ctx.JSSrc().Get("value").String())
		})
		printing = printing.OnClick(func(goapp.Context, goapp.Event) { goapp.Window().Call("print") })
		saving = saving.OnClick(func(goapp.Context, goapp.Event) {
			download(p.fileName(), "text/html", recordDocument("学习记录", p.sheet()))
		})
	} else {
		name, printing, saving = name.Disabled(true), printing.Disabled(true), saving.Disabled(true)
	}
	lead := "各单元自测的成绩，可以打印或存下来交给教师。"
	if !p.Env.Interactive() {
		lead += "成绩要等页面的程序载入后才会填上。"
	}
	return goapp.Div().Class("record-controls").Body(
		goapp.P().Class("lead").Text(lead),
		goapp.Div().Class("field").Body(
			goapp.Label().For("record-name").Text("姓名或学号"), name),
		goapp.P().Class("practice-turn").Body(printing, saving,
			goapp.A().Href(route.Page("practice")).Text("去综合练习")))
}

// sheet is the record itself as markup, for the page and for the file.
func (p *Record) sheet() string {
	var b strings.Builder
	b.WriteString(`<dl class="facts">`)
	for _, line := range p.who() {
		b.WriteString(`<dt>` + escape(line[0]) + `</dt><dd>` + escape(line[1]) + `</dd>`)
	}
	b.WriteString(`</dl><div class="table" tabindex="0" role="region" aria-label="各单元成绩"><table><thead><tr>`)
	for _, h := range recordHead {
		b.WriteString(`<th scope="col">` + h + `</th>`)
	}
	b.WriteString(`</tr></thead><tbody>`)
	for _, r := range p.rows() {
		b.WriteString(`<tr><th scope="row">` + escape(r.module) + `</th><td>` + r.right + `</td><td>` + r.first + `</td><td>` + r.completed + `</td></tr>`)
	}
	b.WriteString(`</tbody></table></div><p class="record-note">` + recordNote + `</p>`)
	return b.String()
}

// recordDocument is a record as a file that any browser shows.
func recordDocument(title, sheet string) string {
	return `<!doctype html><html lang="zh"><meta charset="utf-8"><title>` + title + `</title>` +
		`<style>body{font:16px/1.7 sans-serif;max-width:46em;margin:2em auto;padding:0 1em}table{border-collapse:collapse}th,td{padding:.4em 1em .4em 0;border-bottom:1px solid #bbb;text-align:left}dl{display:grid;grid-template-columns:max-content 1fr;gap:.2em 1.5em}dd{margin:0}</style>` +
		`<h1>` + title + `</h1>` + sheet + `</html>`
}

func (p *Record) fileName() string { return "学习记录-" + day(time.Now()) + ".html" }
