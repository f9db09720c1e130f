package pages

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"courselab/app/practice"
	"courselab/app/progress"
	"courselab/app/route"
)

// examLine says an exam in one line.
func examLine(e progress.Exam) string {
	line := moment(e.Started) + "　" + strconv.Itoa(len(e.Items)) + " 题，"
	switch {
	case e.Judged:
		m := practice.MarksOf(e, "")
		return line + fmt.Sprintf("答对 %d / %d", m.Right, m.Of)
	case e.Running():
		return line + "没有交卷"
	}
	return line + "还没有批改"
}

// moment writes a time in the learner's own time zone.
func moment(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

// recordControls are what is not printed of a judged exam.
func (p *Exam) recordControls() string {
	link := func(page, text string) string { return `<a href="` + route.Page(page) + `">` + text + `</a>` }
	return `<h2 id="exam-place" tabindex="-1" class="small-head">成绩单</h2><div class="record-controls"><p class="practice-turn">` +
		button("print", "打印", "") + button("save", "存为文件", "") + button("again", "再考一场", ` class="quiet"`) +
		link("practice", "复习错题") + link("settings", "改姓名或学号，导出进度") + `</p></div>`
}

const examNote = "这份成绩单由学习者自己的浏览器生成，没有监考，也没有人核验。区间是 Wilson 区间：若题目是从同类的题里随机抽的，真实的正确率有 95% 的把握落在其中。"

// sheet is the record as markup, for the page and for the file.
func (p *Exam) sheet() string {
	e, all := p.exam, practice.MarksOf(p.exam, "")
	name := p.Env.Progress.Profile().Name
	if name == "" {
		name = "＿＿＿＿＿＿"
	}
	used := e.Finished.Sub(e.Started).Round(time.Second)
	var b strings.Builder
	b.WriteString(`<dl class="facts">`)
	for _, line := range [][2]string{
		{"课程", p.Env.Course.Title}, {"姓名或学号", name}, {"开始", moment(e.Started)},
		{"用时", fmt.Sprintf("%d 分 %d 秒，限时 %d 分钟", int(used/time.Minute), int(used%time.Minute/time.Second), e.Minutes)},
		{"题目", fmt.Sprintf("%d 题，种子 %d", len(e.Items), e.Seed)},
		{"成绩", scoreLine(all)}, {"课程版本", e.Edition},
	} {
		b.WriteString(`<dt>` + line[0] + `</dt><dd>` + escape(line[1]) + `</dd>`)
	}
	b.WriteString(`</dl><div class="table" tabindex="0" role="region" aria-label="各单元成绩"><table><thead><tr><th scope="col">单元</th><th scope="col">答对</th></tr></thead><tbody>`)
	for _, id := range p.Env.Course.Modules {
		if m := practice.MarksOf(e, id); m.Of > 0 {
			b.WriteString(fmt.Sprintf(`<tr><th scope="row">%s</th><td>%d / %d</td></tr>`, escape(placeOfLesson(p.Env, id)), m.Right, m.Of))
		}
	}
	b.WriteString(fmt.Sprintf(`<tr><th scope="row">合计</th><td>%d / %d</td></tr></tbody></table></div><ol class="exam-items">`, all.Right, all.Of))
	for _, item := range e.Items {
		b.WriteString(itemHTML(item))
	}
	b.WriteString(`</ol><p class="record-note">` + examNote + `</p>`)
	return b.String()
}

// scoreLine says a score with its interval.
func scoreLine(m practice.Marks) string {
	if m.Of == 0 {
		return "没有计分的题"
	}
	low, high := m.Interval()
	return fmt.Sprintf("%d / %d，%.0f%%（95%% 区间 %.0f%%–%.0f%%）", m.Right, m.Of, 100*float64(m.Right)/float64(m.Of), 100*low, 100*high)
}

func itemHTML(item progress.ExamItem) string {
	if item.Void {
		return `<li><p>这道题在考试期间改过，不计分。</p></li>`
	}
	mark, word, given := "wrong", "✗ 不正确", item.Given
	if item.Correct {
		mark, word = "right", "✓ 正确"
	}
	if given == "" {
		given, word = "没有答", "✗ 没有答"
	}
	text := `<li data-mark="` + mark + `"><p><strong>` + escape(item.Title) + `</strong> <span class="exam-mark">` + word + `</span></p><dl class="facts"><dt>答案</dt><dd>` + escape(given) + `</dd>`
	if !item.Correct {
		text += `<dt>正确答案</dt><dd>` + escape(item.Right) + `</dd>`
	}
	return text + `</dl></li>`
}
