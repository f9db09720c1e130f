package align

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim/chart"
)

// trials are runs that were made natively, one for each of several betas, from
// one tuned model. trials.json is written by
//
//	go test -tags openblas ./app/engine/serve/align -run Trials -trials -timeout 2h
type trials struct {
	Plan    plan     `json:"plan"`
	Before  measured `json:"before"`
	Tuned   measured `json:"tuned"`
	Poem    string   `json:"poem"` // answer to the plan's question after tuning
	Runs    []trial  `json:"runs"`
	Date    string   `json:"date"`
	Backend string   `json:"backend"`
}

type trial struct {
	Beta  float64  `json:"beta"`
	Steps []stage  `json:"steps"` // means over windows of steps
	After measured `json:"after"`
	Poem  string   `json:"poem"`
}

// stage is a climb over a window that ends at Step.
type stage struct {
	Step int `json:"step"`
	climb
}

//go:embed trials.json
var trialsFile []byte

// readTrials returns the trials that were shipped.
func readTrials() (trials, error) {
	var t trials
	if err := json.Unmarshal(trialsFile, &t); err != nil {
		return t, fmt.Errorf("parse trials: %w", err)
	}
	if len(t.Runs) == 0 {
		return t, fmt.Errorf("parse trials: no runs")
	}
	for _, r := range t.Runs {
		if len(r.Steps) == 0 {
			return t, fmt.Errorf("parse trials: beta %v: no steps", r.Beta)
		}
	}
	return t, nil
}

// last is how a run stood at its end.
func (t trial) last() stage { return t.Steps[len(t.Steps)-1] }

// free is the trial without a penalty.
func (t trials) free() trial {
	for _, r := range t.Runs {
		if r.Beta == 0 {
			return r
		}
	}
	return t.Runs[0]
}

// mildest is the trial with the least penalty above none.
func (t trials) mildest() trial {
	out := t.Runs[len(t.Runs)-1]
	for _, r := range t.Runs {
		if r.Beta > 0 && r.Beta < out.Beta {
			out = r
		}
	}
	return out
}

// part shows the trials: reward against divergence, and a table.
func (t trials) part(in *sheet.Input) (engine.Part, error) {
	p := t.Plan
	part := engine.Part{
		Title: "事先跑好的四次",
		Text: fmt.Sprintf("同一个微调过的诗芽，只改 β，各训练 %d 步（学习率 %s，每步 %d 道题、每题 %d 首，随机种子 %d）；%s 编者用 %s 跑出。",
			p.Steps, format.Plain(p.Rate), p.Prompts, p.Samples, p.Seed, t.Date, t.Backend),
	}
	var series []chart.Series
	points := engine.Table{Columns: sheet.Columns("β", "步", "KL（奈特/首）", "得分")}
	desc := "横轴是离参考模型的 KL 散度，纵轴是平均得分；每条线从左下出发。"
	for _, r := range t.Runs {
		name := "β = " + format.Plain(r.Beta)
		line := chart.Series{Name: name}
		for _, s := range r.Steps {
			kl := math.Max(0, s.KL)
			line.Points = append(line.Points, chart.Point{X: kl, Y: s.Reward})
			points.Rows = append(points.Rows, []string{format.Plain(r.Beta), format.Plain(float64(s.Step)), format.Fixed(kl, 2), format.Fixed(s.Reward, 3)})
		}
		series = append(series, line)
		desc += fmt.Sprintf(" %s 到 %s 奈特、%s 分。", name, format.Fixed(math.Max(0, r.last().KL), 1), format.Fixed(r.last().Reward, 2))
	}
	title := "得分与漂移"
	svg, err := chart.Lines(chart.LinesSpec{
		Frame: chart.Frame{Key: in.Key("trials"), Title: title, Desc: desc, Width: in.Width()},
		X:     chart.Axis{Name: "KL", Unit: "奈特/首", Zero: true}, Y: chart.Axis{Name: "得分"}, Series: series, Height: 240,
	})
	figure, err := sheet.Figure(title, desc, points, svg, err)
	if err != nil {
		return part, err
	}
	part.Figures = []engine.Figure{figure}

	columns := append(sheet.Columns("哪一次", "得分", "KL（奈特/首）"), measuredColumns("")[1:]...)
	rows := [][]string{
		append([]string{"微调之前", "—", "—"}, t.Before.percents()...),
		append([]string{"指令微调之后", format.Fixed(t.Runs[0].Steps[0].Reward, 2), "0"}, t.Tuned.percents()...),
	}
	poems := [][]string{{"指令微调之后", t.Poem}}
	for _, r := range t.Runs {
		name := "β = " + format.Plain(r.Beta)
		rows = append(rows, append([]string{name, format.Fixed(r.last().Reward, 2), format.Fixed(math.Max(0, r.last().KL), 1)}, r.After.percents()...))
		poems = append(poems, []string{name, r.Poem})
	}
	table := sheet.Table("四个 β 的结果", columns, rows...)
	table.Text = fmt.Sprintf("得分与 KL 是最后 %d 步的平均，“微调之后”的得分是最初 %d 步的；其余各列在没有参加训练的 32 道题上量。", window, window)
	part.Tables = []engine.FactTable{table, sheet.Table("同一组首字“"+p.Heads+"”", sheet.Columns("哪一次", "诗"), poems...)}
	return part, nil
}
