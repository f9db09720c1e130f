package class

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"courselab/lessons"
)

// kindNames are how the kinds of questions are called.
var kindNames = map[lessons.QuestionKind]string{
	lessons.Single: "单选", lessons.Multiple: "多选", lessons.Order: "排序",
	lessons.Fill: "填空", lessons.Compute: "计算",
}

var tableHead = []string{
	"单元", "题目编号", "题目", "题型", "交上来的学员", "作答的学员", "作答次数",
	"首次答对的学员", "首次答对率（%）", "最终答对的学员", "最终答对率（%）",
	"最常见的错误", "有此错误的学员", "全部错误（学员数/次数）", "作答而未答对的学员",
}

// Table writes one row a question as a CSV file that spreadsheets open as it is:
// UTF-8 with a mark, and no cell that they would compute.
func (s Summary) Table() ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	rows := [][]string{tableHead}
	for _, m := range s.Modules {
		for _, q := range m.Questions {
			rows = append(rows, s.row(q))
		}
	}
	for _, row := range rows {
		for i := range row {
			row[i] = inert(row[i])
		}
		if err := w.Write(row); err != nil {
			return nil, fmt.Errorf("write table: %w", err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("write table: %w", err)
	}
	return b.Bytes(), nil
}

func (s Summary) row(q Question) []string {
	first, right := "", "" // of nobody
	if q.Answered > 0 {
		first, right = percent(q.FirstRate()), percent(q.RightRate())
	}
	common, by := "", ""
	var all []string
	for i, w := range q.Wrong {
		if i == 0 {
			common, by = w.Said(), strconv.Itoa(w.Learners)
		}
		all = append(all, fmt.Sprintf("%s（%d/%d）", w.Said(), w.Learners, w.Attempts))
	}
	return []string{
		q.Lesson.ID, q.Question.ID, q.Question.Title, kindNames[q.Question.Kind],
		strconv.Itoa(len(s.Learners)), strconv.Itoa(q.Answered), strconv.Itoa(q.Attempts),
		strconv.Itoa(q.FirstRight), first, strconv.Itoa(q.Right), right,
		common, by, strings.Join(all, "\n"), strings.Join(q.Open, "、"),
	}
}

// Said names what was given, with what was left out told as such.
func (w Wrong) Said() string {
	if w.Missed {
		return "漏选：" + w.Text
	}
	return w.Text
}

func percent(share float64) string { return strconv.FormatFloat(100*share, 'f', 1, 64) }

// inert returns a cell that no spreadsheet takes for a formula: names and what was
// filled in are the learners'.
func inert(cell string) string {
	if cell != "" && strings.ContainsAny(firstRune(strings.TrimLeft(cell, " \u00a0\u3000")), "=+-@＝＋－＠") || strings.HasPrefix(cell, "\t") || strings.HasPrefix(cell, "\r") {
		return "'" + cell
	}
	return cell
}

func firstRune(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}
