package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"

	"courselab/app/engine"
	"courselab/attention"
	"courselab/sim/chart"
)

// entropyDraws is how many independent projections the entropy is averaged over.
const entropyDraws = 16

// entropyInput is the part of the lab's input that the entropy depends on.
type entropyInput struct {
	text    string
	causal  bool
	seed    uint64
	backend string
	source  string // the whole input where Q, K and V come from the model
}

// entropyFigure is a figure that was drawn.
type entropyFigure struct {
	of    entropyInput
	drawn *engine.Figure
}

// entropyByDK answers engine.OpAttentionEntropy. Heads, d_k and edits do not
// count: the figure runs over d_k, and a head is one draw among others.
func (lab *attentionLab) entropyByDK(ctx context.Context, raw json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
	in, err := decodeAttention(engine.OpAttentionEntropy, raw)
	if err != nil {
		return nil, nil, err
	}
	of := entropyInput{in.Text, in.Causal, in.Seed, in.Backend, ""}
	var run *attentionRun
	if in.Source != "" {
		if run, err = lab.run(ctx, engine.OpAttentionEntropy, in, emit); err != nil {
			return nil, nil, err
		}
		of.source = string(raw)
	}
	lab.mu.Lock()
	defer lab.mu.Unlock()
	if lab.entropy.drawn != nil && lab.entropy.of == of {
		return *lab.entropy.drawn, nil, nil
	}
	backend, _ := lab.backends.choose(ctx, in.Backend)
	config := attention.EntropyConfig{Tokens: []rune(in.Text), Causal: in.Causal, Seed: in.Seed, Draws: entropyDraws, DK: attention.EntropyDK}
	points, err := attention.EntropyByDK(ctx, backend, config, func(done, total int) {
		if done%entropyDraws == 0 {
			emit(engine.Reply{Kind: engine.Progress, Progress: &engine.Progressed{What: "计算各个 d_k 的熵", Done: float64(done), Total: float64(total), Unit: "次"}})
		}
		// Between two draws the backend is idle: other requests may have it.
		lab.mu.Unlock()
		_ = Pause(ctx) // its error is the context's, which the loop looks at
		lab.mu.Lock()
	})
	if err != nil {
		return nil, nil, err
	}
	var head *headPoint
	if run != nil {
		head = &headPoint{dk: run.in.DK, n: len(run.labels)}
		if head.with, head.without, err = run.headEntropy(ctx, backend); err != nil {
			return nil, nil, err
		}
	}
	figure, err := drawEntropy(in, points, head)
	if err != nil {
		return nil, nil, err
	}
	lab.entropy = entropyFigure{of, &figure}
	return figure, nil, nil
}

// headPoint is the entropy of one trained head, in nats, over n positions.
type headPoint struct {
	dk, n         int
	with, without float64
}

// drawEntropy draws the points and lists them.
//
// The curves are those of drawn projections; head, if any, is a point beside them.
func drawEntropy(in engine.AttentionInput, points []attention.EntropyPoint, head *headPoint) (engine.Figure, error) {
	most := attention.MaxEntropy(len([]rune(in.Text)), in.Causal)
	with, without, limit := chart.Series{Name: "除以 √d_k"}, chart.Series{Name: "不除"}, chart.Series{Name: "上限（平均分配）"}
	figure := engine.Figure{
		Title: "注意力权重的熵随 d_k 的变化",
		Table: engine.Table{Columns: []engine.Column{{Name: "d_k"}, {Name: "熵，除以 √d_k", Unit: "奈特"}, {Name: "标准差", Unit: "奈特"},
			{Name: "熵，不除", Unit: "奈特"}, {Name: "标准差", Unit: "奈特"}, {Name: "上限", Unit: "奈特"}, {Name: "q·k 的均方"}}},
	}
	for _, p := range points {
		x := float64(p.DK)
		with.Points = append(with.Points, chart.Point{X: x, Y: p.Scaled})
		without.Points = append(without.Points, chart.Point{X: x, Y: p.Unscaled})
		limit.Points = append(limit.Points, chart.Point{X: x, Y: most})
		row := []string{strconv.Itoa(p.DK)}
		for _, v := range []float64{p.Scaled, p.ScaledSD, p.Unscaled, p.UnscaledSD, most} {
			row = append(row, strconv.FormatFloat(v, 'f', 3, 64))
		}
		figure.Table.Rows = append(figure.Table.Rows, append(row, strconv.FormatFloat(p.ScoreVariance, 'f', 1, 64)))
	}
	first, last := points[0], points[len(points)-1]
	figure.Desc = fmt.Sprintf("d_k 从 %d 增到 %d：除以 √d_k 时，每行权重的平均熵从 %.2f 变为 %.2f 奈特；不除时从 %.2f 变为 %.2f 奈特。上限 %.2f 奈特是平均分配。%d 组随机投影的平均。",
		first.DK, last.DK, first.Scaled, last.Scaled, first.Unscaled, last.Unscaled, most, entropyDraws)
	series := []chart.Series{with, without, limit}
	if head != nil {
		x := float64(head.dk)
		series = append(series, chart.Series{Name: "诗芽这个头，除以", Points: []chart.Point{{X: x, Y: head.with}}},
			chart.Series{Name: "诗芽这个头，不除", Points: []chart.Point{{X: x, Y: head.without}}})
		figure.Table.Rows = append(figure.Table.Rows, []string{fmt.Sprintf("%d（诗芽 第 %d 层 头 %d）", head.dk, in.Layer, in.Head),
			strconv.FormatFloat(head.with, 'f', 3, 64), "", strconv.FormatFloat(head.without, 'f', 3, 64), "",
			strconv.FormatFloat(attention.MaxEntropy(head.n, in.Causal), 'f', 3, 64), ""})
		figure.Desc += fmt.Sprintf("曲线仍由随机投影算出，因为诗芽的 d_k 只有 %d 一个；诗芽第 %d 层头 %d 在这段文字上，除以时平均熵 %.2f 奈特，不除时 %.2f 奈特。",
			head.dk, in.Layer, in.Head, head.with, head.without)
	}
	var err error
	figure.SVG, err = chart.Lines(chart.LinesSpec{
		Frame:  chart.Frame{Key: figureKey("entropy", in), Title: figure.Title, Desc: figure.Desc},
		X:      chart.Axis{Name: "d_k", Scale: chart.Log2},
		Y:      chart.Axis{Name: "每行权重的平均熵", Unit: "奈特", Zero: true},
		Series: series,
	})
	if err != nil {
		return engine.Figure{}, fmt.Errorf("draw entropy: %w", err)
	}
	return figure, nil
}

// static answers engine.OpAttentionStatic.
func (lab *attentionLab) static(ctx context.Context, raw json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
	in, err := decodeAttention(engine.OpAttentionStatic, raw)
	if err != nil {
		return nil, nil, err
	}
	trace, err := lab.run(ctx, engine.OpAttentionStatic, in, emit)
	if err != nil {
		return nil, nil, err
	}
	figure, err := drawWeights(trace)
	if err != nil {
		return nil, nil, err
	}
	return figure, nil, nil
}

// drawWeights draws the weights of every head and lists them.
func drawWeights(trace *attentionRun) (engine.Figure, error) {
	in, names := trace.in, trace.labels
	figure := engine.Figure{
		Title: "“" + in.Text + "”的注意力权重",
		Table: engine.Table{Columns: []engine.Column{{Name: "头"}, {Name: "查询"}}},
	}
	for j, name := range names {
		figure.Table.Columns = append(figure.Table.Columns, engine.Column{Name: fmt.Sprintf("键 %d %s", j, name)})
	}
	figure.Desc = fmt.Sprintf("%d 个头，d_k = %d，%s，%s。每行是一个字的查询，各格是它分给每个字的权重，一行之和为 1。",
		in.Heads, in.DK, choice(in.Scale, "除以 √d_k", "不除以 √d_k"), choice(in.Causal, "有因果掩码", "没有掩码"))
	if trace.source != nil {
		figure.Desc = fmt.Sprintf("Q、K、V 来自诗芽第 %d 层头 %d。", in.Layer, in.Head) + figure.Desc
	}
	spec := chart.HeatmapSpec{
		Frame: chart.Frame{Key: figureKey("weights", in), Title: figure.Title, Desc: figure.Desc},
		Rows:  chart.Labels{Name: "查询", Names: names},
		Cols:  chart.Labels{Name: "键", Names: names},
		Scale: chart.ColourScale{Name: "权重", Max: 1},
	}
	for h, head := range trace.Heads {
		panel := chart.Panel{Title: fmt.Sprintf("头 %d", h)}
		for i := range names {
			row := []string{strconv.Itoa(h), fmt.Sprintf("%d %s", i, names[i])}
			values := make([]float64, len(names))
			for j := range names {
				// What is masked is hatched, not shown as a weight that happens
				// to be zero.
				values[j] = float64(head.Masked.At(i, j))
				if !in.Causal || j <= i {
					values[j] = float64(head.Weights.At(i, j))
				}
				row = append(row, strconv.FormatFloat(float64(head.Weights.At(i, j)), 'f', 3, 32))
			}
			panel.Values = append(panel.Values, values)
			figure.Table.Rows = append(figure.Table.Rows, row)
		}
		spec.Panels = append(spec.Panels, panel)
	}
	var err error
	if figure.SVG, err = chart.Heatmap(spec); err != nil {
		return engine.Figure{}, fmt.Errorf("draw weights: %w", err)
	}
	return figure, nil
}

func choice(on bool, yes, no string) string {
	if on {
		return yes
	}
	return no
}

// figureKey returns an id that two figures on one page share only when they show
// the same.
func figureKey(what string, in engine.AttentionInput) string {
	h := fnv.New64a()
	_ = json.NewEncoder(h).Encode(in) // neither the input nor the hash can fail
	return fmt.Sprintf("attention-%s-%x", what, h.Sum64())
}
