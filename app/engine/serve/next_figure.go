package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"

	"courselab/app/engine"
	"courselab/attention"
	"courselab/sim/chart"
)

// drawNextCurve draws, over the whole vocabulary, the probability summed from
// the likeliest symbol on.
func drawNextCurve(in engine.NextInput, d attention.Distribution) (engine.Figure, error) {
	plain := slices.Clone(d.Plain) // the penalty may have changed the order
	slices.SortFunc(plain, func(a, b float64) int {
		switch {
		case a > b:
			return -1
		case a < b:
			return 1
		}
		return 0
	})
	as := chart.Series{Name: "模型原样"}
	tempered := chart.Series{Name: "惩罚与温度之后"}
	final := chart.Series{Name: "切掉以后"}
	percent := func(v float64) string { return strconv.FormatFloat(100*v, 'f', 2, 64) }
	figure := engine.Figure{
		Title: fmt.Sprintf("整张字表 %d 个符号，概率从大到小累加", len(plain)),
		Table: engine.Table{Columns: []engine.Column{{Name: "前几名"}, {Name: "模型原样，合计", Unit: "%"}, {Name: "惩罚与温度之后，合计", Unit: "%"}, {Name: "切掉以后，合计", Unit: "%"}}},
	}
	var sums [3]float64
	next := 1.0
	for i, token := range d.Order {
		sums[0] += plain[i]
		sums[1] += d.Tempered[token]
		sums[2] += d.Final[token]
		rank := i + 1
		last := rank == len(d.Order)
		if float64(rank) < next && !last && rank != d.MinP {
			continue
		}
		next = max(next, float64(rank)) * 1.19 // four points an octave
		x := float64(rank)
		as.Points = append(as.Points, chart.Point{X: x, Y: min(100*sums[0], 100)})
		tempered.Points = append(tempered.Points, chart.Point{X: x, Y: min(100*sums[1], 100)})
		if rank <= d.MinP {
			final.Points = append(final.Points, chart.Point{X: x, Y: min(100*sums[2], 100)})
		}
		figure.Table.Rows = append(figure.Table.Rows, []string{strconv.Itoa(rank), percent(sums[0]), percent(sums[1]), percent(sums[2])})
	}
	figure.Desc = fmt.Sprintf("横轴是取前几名，纵轴是它们合占多少。模型原样，前 10 名占 %s%%；惩罚与温度之后占 %s%%。最后留下 %d 个，它们重新分到 100%%。",
		percent(sumFirst(plain, 10)), percent(sumOrder(d, 10)), d.MinP)
	var err error
	figure.SVG, err = chart.Lines(chart.LinesSpec{
		Frame:  chart.Frame{Key: nextKey(in), Title: figure.Title, Desc: figure.Desc},
		X:      chart.Axis{Name: "取前几名", Unit: "个", Scale: chart.Log2},
		Y:      chart.Axis{Name: "合占的概率", Unit: "%", Min: 0, Max: 100},
		Series: []chart.Series{as, tempered, final},
		Height: 170,
	})
	if err != nil {
		return engine.Figure{}, fmt.Errorf("draw curve: %w", err)
	}
	return figure, nil
}

func sumFirst(p []float64, n int) float64 {
	var sum float64
	for _, v := range p[:min(n, len(p))] {
		sum += v
	}
	return sum
}

func sumOrder(d attention.Distribution, n int) float64 {
	var sum float64
	for _, token := range d.Order[:min(n, len(d.Order))] {
		sum += d.Tempered[token]
	}
	return sum
}

// nextKey returns an id that two figures on one page share only when they show
// the same.
func nextKey(in engine.NextInput) string {
	h := fnv.New64a()
	_ = json.NewEncoder(h).Encode(in) // neither the input nor the hash can fail
	return fmt.Sprintf("next-%x", h.Sum64())
}

// static answers engine.OpNextStatic.
func (lab *nextLab) static(ctx context.Context, raw json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
	const op = engine.OpNextStatic
	in, err := decodeNext(op, raw)
	if err != nil {
		return nil, nil, err
	}
	var out engine.NextStatic
	if out.Prediction, err = lab.distribution(ctx, op, in, emit); err != nil {
		return nil, nil, err
	}
	collect := func(r engine.Reply) {
		var part engine.NextWritten
		if r.Kind == engine.Partial && json.Unmarshal(r.Output, &part) == nil {
			out.Written.Steps = append(out.Written.Steps, part.Steps...)
		}
	}
	last, _, err := lab.write(ctx, raw, collect)
	if err != nil {
		return nil, nil, err
	}
	rest := last.(engine.NextWritten)
	rest.Steps = append(out.Written.Steps, rest.Steps...)
	// Times differ from build to build; a page does not.
	rest.From, rest.PrefillMS, rest.Rate = 0, 0, 0
	out.Written = rest
	return out, nil, nil
}
