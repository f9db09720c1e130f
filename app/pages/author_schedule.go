package pages

import (
	"strconv"
	"strings"

	"courselab/app/author"
)

// Limits of a schedule.
const (
	mostSessions = 60
	mostMinutes  = 600
)

// scheduleControls say how the class meets; they are not printed.
func (p *Author) scheduleControls() string {
	d := p.desk()
	number := func(id, label string, value, most int) string {
		return `<div class="field"><label for="author-` + id + `">` + label + `</label><input type="number" id="author-` + id + `" data-do="` + id + `" min="1" max="` + strconv.Itoa(most) + `" value="` + strconv.Itoa(value) + `"></div>`
	}
	checked := ""
	if d.byModule {
		checked = " checked"
	}
	return `<div class="author-controls">` + number("sessions", "上课次数", d.sessions, mostSessions) + number("minutes", "每次分钟数", d.minutes, mostMinutes) +
		`<div class="choice"><input type="checkbox" id="author-by-module" data-do="by-module"` + checked + `><label for="author-by-module">一个单元一行</label></div>` +
		authorButton("print", "print", "打印", "") + `</div>`
}

// meet sets how often the class meets, or for how long.
func (p *Author) meet(what, value string) {
	d := p.desk()
	at, label, most := &d.sessions, "上课次数", mostSessions
	if what == "minutes" {
		at, label, most = &d.minutes, "每次分钟数", mostMinutes
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > most {
		p.say(true, label+"应为 1 到 "+strconv.Itoa(most)+" 的整数；没有改。")
		return
	}
	p.say(false, "")
	*at = n
}

// schedule is the table that is printed.
func (p *Author) schedule() string {
	d := p.desk()
	modules := p.modules()
	if len(modules) == 0 {
		return `<p>课程打不开，排不出课表。</p>`
	}
	minutes := make([]int, len(modules))
	sum := 0
	for i, m := range modules {
		minutes[i] = m.Minutes
		sum += m.Minutes
	}
	var b strings.Builder
	b.WriteString(`<div class="author-schedule"><p>` + escape(d.draft.Course.Title) + `：课文共 ` + strconv.Itoa(sum) + ` 分钟`)
	columns := []string{"单元", "课文", "目标", "实验", "题目"}
	if !d.byModule {
		b.WriteString(`，` + strconv.Itoa(d.sessions) + ` 次课、每次 ` + strconv.Itoa(d.minutes) + ` 分钟，共 ` + strconv.Itoa(d.sessions*d.minutes) + ` 分钟`)
		columns = append([]string{"课次"}, columns...)
		columns[2] = "课文 / 余下"
	}
	b.WriteString(`。</p><div class="table" tabindex="0" role="region" aria-label="课表"><table><thead><tr>`)
	for _, c := range columns {
		b.WriteString(`<th scope="col">` + c + `</th>`)
	}
	b.WriteString(`</tr></thead><tbody>`)
	if d.byModule {
		for i, m := range modules {
			b.WriteString(`<tr><th scope="row">` + strconv.Itoa(i+1) + ` ` + escape(m.Title) + `</th><td>` + strconv.Itoa(m.Minutes) + ` 分钟</td>` + work([]author.Module{m}) + `</tr>`)
		}
	} else {
		for i, s := range author.Sessions(minutes, d.sessions) {
			b.WriteString(sessionRow(i+1, s, modules, d.minutes))
		}
	}
	b.WriteString(`</tbody></table></div><p class="note">课文分钟数是各单元文件头里的 minutes；余下的时间留给实验、自测与讨论。</p></div>`)
	return b.String()
}

func sessionRow(number int, s author.Session, modules []author.Module, length int) string {
	var names []string
	var held []author.Module
	for _, i := range s.Modules {
		name := strconv.Itoa(i+1) + " " + modules[i].Title
		if s.Parts > 1 {
			name += "（" + strconv.Itoa(s.Part) + " / " + strconv.Itoa(s.Parts) + "）"
		}
		names = append(names, escape(name))
		held = append(held, modules[i])
	}
	left := "余 " + strconv.Itoa(length-s.Minutes) + " 分钟"
	if s.Minutes > length {
		left = "<strong>超出 " + strconv.Itoa(s.Minutes-length) + " 分钟</strong>"
	}
	return `<tr><th scope="row">第 ` + strconv.Itoa(number) + ` 次</th><td>` + strings.Join(names, "<br>") + `</td><td>` +
		strconv.Itoa(s.Minutes) + ` 分钟<br>` + left + `</td>` + work(held) + `</tr>`
}

// work is what a class does with modules, as cells.
func work(modules []author.Module) string {
	var objectives, labs, questions strings.Builder
	for _, m := range modules {
		for _, o := range m.Objectives {
			objectives.WriteString(`<li>` + escape(o.Text) + `</li>`)
		}
		for _, l := range m.Labs {
			labs.WriteString(`<li>` + escape(l) + `</li>`)
		}
		if questions.Len() > 0 {
			questions.WriteString(" + ")
		}
		questions.WriteString(strconv.Itoa(m.Questions))
	}
	return `<td><ul>` + objectives.String() + `</ul></td><td><ul>` + labs.String() + `</ul></td><td>` + questions.String() + ` 题</td>`
}
