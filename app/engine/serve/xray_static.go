package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"strconv"

	"courselab/app/engine"
	"courselab/attention"
	"courselab/sim/chart"
)

// static answers engine.OpXrayStatic: the block that holds the cell as a
// heatmap; of a head's tensor all heads of its layer, side by side.
func (lab *xrayLab) static(ctx context.Context, in engine.XrayCellInput, p *xrayPass) (any, []engine.Tensor, error) {
	// A site may carry another model, to which the default cell is unknown: the
	// nearest there is stands in the page then.
	t, ok := p.Tensor(attention.Name(in.Cell.Tensor))
	if !ok {
		t, _ = p.Tensor("embedding")
		in.Cell.Tensor = string(t.Name)
	}
	in.Cell.Row = max(0, min(in.Cell.Row, t.Matrix.Rows-1))
	in.Cell.Col = max(0, min(in.Cell.Col, t.Matrix.Cols-1))
	h := fnv.New64a()
	_ = json.NewEncoder(h).Encode(in) // neither the input nor the hash can fail
	figure, err := p.drawTensor(t, in, fmt.Sprintf("xray-%x", h.Sum64()))
	return figure, nil, err
}

func (p *xrayPass) drawTensor(t *attention.Tensor, in engine.XrayCellInput, key string) (engine.Figure, error) {
	shown := []*attention.Tensor{t}
	title := lookOf(t).title
	if t.Head >= 0 && t.Name == attention.HeadName(t.Layer, t.Head, "weights") {
		shown = nil
		for a := range p.Config.Heads {
			if head, ok := p.Tensor(attention.HeadName(t.Layer, a, "weights")); ok {
				shown = append(shown, head)
			}
		}
		title = fmt.Sprintf("第 %d 层各头的注意力权重", t.Layer)
	}
	block, _ := p.block(t, in.Cell.Row, in.Cell.Col)
	figure := engine.Figure{Title: "“" + in.Xray.Text + "”：" + title, Table: engine.Table{Columns: []engine.Column{{Name: "张量"}, {Name: axisWords(t.Rows)}}}}
	for _, label := range block.ColLabels {
		figure.Table.Columns = append(figure.Table.Columns, engine.Column{Name: label})
	}
	spec := chart.HeatmapSpec{
		Rows: chart.Labels{Name: axisWords(t.Rows), Names: block.RowLabels},
		Cols: chart.Labels{Name: axisWords(t.Cols), Names: block.ColLabels},
	}
	least, most := 0.0, 0.0
	for _, s := range shown {
		_, values := p.block(s, in.Cell.Row, in.Cell.Col)
		panel := chart.Panel{Title: fmt.Sprintf("头 %d", s.Head)}
		if s.Head < 0 {
			panel.Title = s.Symbol
		}
		for r := range values.Rows {
			row := make([]float64, values.Cols)
			cells := []string{panel.Title, block.RowLabels[r]}
			for c := range row {
				row[c] = float64(values.At(r, c))
				cells = append(cells, strconv.FormatFloat(row[c], 'f', 3, 64))
				if hidden := s.Op == attention.OpSoftmax && s.Head >= 0 && block.Col+c > block.Row+r; hidden {
					// What is masked is hatched, not shown as a weight that happens
					// to be zero.
					row[c] = math.NaN()
				}
				if v := row[c]; !math.IsNaN(v) && !math.IsInf(v, 0) {
					least, most = min(least, v), max(most, v)
				}
			}
			panel.Values = append(panel.Values, row)
			figure.Table.Rows = append(figure.Table.Rows, cells)
		}
		spec.Panels = append(spec.Panels, panel)
	}
	look := lookOf(t)
	spec.Scale = chart.ColourScale{Name: "值", Max: max(most, -least, 1e-9), Diverging: !look.sequential}
	if look.sequential {
		spec.Scale = chart.ColourScale{Name: "权重", Max: 1}
	}
	chances := p.chances(p.next, likeliest(p.next, 3))
	figure.Desc = fmt.Sprintf("%s。诗芽读完这段文字，最看好的下一个字是“%s”（%.1f%%）、“%s”（%.1f%%）、“%s”（%.1f%%）。", look.formula,
		chances[0].Symbol, 100*chances[0].Probability, chances[1].Symbol, 100*chances[1].Probability, chances[2].Symbol, 100*chances[2].Probability)
	spec.Frame = chart.Frame{Key: key, Title: figure.Title, Desc: figure.Desc}
	var err error
	figure.SVG, err = chart.Heatmap(spec)
	if err != nil {
		return engine.Figure{}, fmt.Errorf("draw tensor: %w", err)
	}
	return figure, nil
}
