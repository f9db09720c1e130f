package class

import (
	"fmt"
	"html/template"
	"strings"

	"courselab/sim/chart"
)

// mostBars is how many questions a chart compares.
const mostBars = 15

func (s Summary) charts(hardest []Question) ([]reportChart, error) {
	modules, err := s.moduleChart()
	if err != nil {
		return nil, err
	}
	charts := []reportChart{modules}
	if len(hardest) > 0 {
		questions, err := questionChart(hardest[:min(len(hardest), mostBars)])
		if err != nil {
			return nil, err
		}
		charts = append(charts, questions)
	}
	return charts, nil
}

// questionChart shows of those who tried each question how many were right at once,
// later, and not yet.
func questionChart(questions []Question) (reportChart, error) {
	spec := chart.BarsSpec{
		Frame: chart.Frame{Key: "hardest", Title: "最难的题"},
		Value: chart.Axis{Name: "作答过的学员", Unit: "%", Max: 100},
		Parts: []string{"首次就对", "后来答对", "还没有对"},
	}
	var said []string
	for _, q := range questions {
		first, later := 100*q.FirstRate(), 100*(q.RightRate()-q.FirstRate())
		spec.Bars = append(spec.Bars, chart.Bar{Name: barName(q), Values: []float64{first, later, 100 - first - later}})
		said = append(said, fmt.Sprintf("%s：首次就对 %.0f%%，后来答对 %.0f%%，还没有对 %.0f%%", q.Question.Title, first, later, 100-first-later))
	}
	spec.Desc = strings.Join(said, "；") + "。"
	svg, err := chart.Bars(spec)
	return reportChart{template.HTML(svg), "首次答对率最低的题：作答过的学员里，首次就对、后来答对、还没有对的各占多少。"}, err
}

func (s Summary) moduleChart() (reportChart, error) {
	spec := chart.BarsSpec{
		Frame: chart.Frame{Key: "modules", Title: "各单元的完成情况"},
		Value: chart.Axis{Name: "学员", Unit: "人", Max: float64(max(1, len(s.Learners)))},
		Parts: []string{"全部答对", "做了一部分", "没有作答"},
	}
	var said []string
	for _, m := range s.Modules {
		some, none := m.Started-m.Completed, len(s.Learners)-m.Started
		spec.Bars = append(spec.Bars, chart.Bar{Name: m.Lesson.ID + " " + shorten(m.Lesson.Title, 20), Values: []float64{float64(m.Completed), float64(some), float64(none)}})
		said = append(said, fmt.Sprintf("%s：全部答对 %d 人，做了一部分 %d 人，没有作答 %d 人", m.Lesson.Title, m.Completed, some, none))
	}
	spec.Desc = strings.Join(said, "；") + "。"
	svg, err := chart.Bars(spec)
	return reportChart{template.HTML(svg), "各单元的自测：全部答对、做了一部分、没有作答的学员人数。"}, err
}

func barName(q Question) string { return q.Lesson.ID + " " + shorten(q.Question.Title, 20) }

// shorten cuts a text to n characters.
func shorten(text string, n int) string {
	r := []rune(text)
	if len(r) <= n {
		return text
	}
	return string(r[:n-1]) + "…"
}
