package deploy

import (
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
)

// nearest is how many measurements are shown beside a prediction.
const nearest = 6

// measuredWords name the quantities of measurements.
var measuredWords = map[string]string{
	sim.MeasuredMemory: "显存", sim.MeasuredPrefill: "预填充时间", sim.MeasuredDecode: "解码速度", sim.MeasuredThroughput: "合计吞吐",
}

// measuredPart sets predictions beside dated measurements: those nearest to the
// deployment, and how far off the model is over all of them.
func measuredPart(in *sheet.Input, d *sim.Deployment, title string, quantities ...string) (engine.Part, error) {
	all, err := measurements(in)
	if err != nil {
		return engine.Part{}, fmt.Errorf("measurements: %w", err)
	}
	table := engine.FactTable{
		Title: "最接近的公开实测", Name: "measurements",
		Columns: sheet.Columns("测的是什么", "实测", "按同一模型预测", "误差", "日期"),
	}
	known := data(in)
	predictions, err := predictions(in, all, d.Assumptions)
	if err != nil {
		return engine.Part{}, err
	}
	text := ""
	medians := sim.MedianErrors(predictions)
	for _, quantity := range quantities {
		near := d.Nearest(all, quantity)
		for _, m := range near[:min(nearest/len(quantities), len(near))] {
			table.Rows = append(table.Rows, measuredRow(m, m.Predict(known, d.Assumptions)))
		}
		if e, ok := medians[quantity]; ok {
			text += fmt.Sprintf("%s：全部 %d 个实测的中位误差 %s，最大 %s。", measuredWords[quantity], e.Count, format.Ratio(round3(e.Median)), format.Ratio(round3(e.Worst)))
		}
	}
	table.Text = text + "预测用的是左边那组假设，没有向任何一次实测凑。"
	return engine.Part{Title: title, Tables: []engine.FactTable{table}}, nil
}

func round3(v float64) float64 { return math.Round(v*1000) / 1000 }

func measuredRow(m sim.Measurement, p sim.Prediction) engine.FactRow {
	source := m.URL
	note := m.Source
	if source == "" {
		source, note = m.Source, ""
	}
	if m.Note != "" {
		note += "；" + m.Note
	}
	cell := func(text string) engine.Fact { return engine.Fact{Text: text} }
	row := engine.FactRow{Cells: []engine.Fact{
		cell(m.Model + "，" + m.Label + "，" + m.What),
		{Text: format.Number(m.Measured) + " " + m.Unit, Origins: []engine.Origin{{Text: format.Number(m.Measured) + " " + m.Unit, Source: source, Date: m.Date, Note: note}}},
	}}
	if p.Unknown != nil {
		return engine.FactRow{Cells: append(row.Cells, cell("缺少公布的数据，不能预测"), cell("—"), cell(m.Date))}
	}
	predicted := format.Number(p.Value) + " " + m.Unit
	if p.BandwidthOnly {
		predicted += "（只按带宽）"
	}
	sign := ""
	if p.Error > 0 {
		sign = "+"
	}
	if math.Abs(p.Error) > 0.25 {
		row.Tone = engine.Warn
	}
	row.Cells = append(row.Cells, cell(predicted), cell(sign+format.Ratio(round3(p.Error))), cell(m.Date))
	return row
}
