package chart_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"courselab/sim/chart"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// entropyLines is the example of the documentation: two series over a
// logarithmic axis.
func entropyLines() chart.LinesSpec {
	var scaled, raw []chart.Point
	for e := 1.0; e <= 6; e += 0.5 {
		d := math.Exp2(e)
		scaled = append(scaled, chart.Point{X: d, Y: 3.1 + 0.2*math.Sin(d)})
		raw = append(raw, chart.Point{X: d, Y: 3.2 / (1 + d/20)})
	}
	return chart.LinesSpec{
		Frame: chart.Frame{Key: "entropy", Title: "注意力权重的熵", Desc: "除以 √d_k 时熵几乎不随 d_k 变化，不除时下降。"},
		X:     chart.Axis{Name: "每个头的维数 d_k", Scale: chart.Log2},
		Y:     chart.Axis{Name: "平均熵", Unit: "比特", Zero: true},
		Series: []chart.Series{
			{Name: "除以 √d_k", Points: scaled},
			{Name: "不除", Points: raw},
		},
	}
}

func lossLines() chart.LinesSpec {
	spec := chart.LinesSpec{
		Frame: chart.Frame{Key: "loss", Title: "损失", Desc: "损失随算力下降。"},
		X:     chart.Axis{Name: "训练算力", Unit: "FLOP", Scale: chart.Log10},
		Y:     chart.Axis{Name: "验证集损失", Unit: "奈特/字", Scale: chart.Log10},
	}
	for i, name := range []string{"Hoffmann 印刷值", "Hoffmann 未舍入", "Besiroglu 重拟合", "实测", "五", "六", "七", "八"} {
		s := chart.Series{Name: name}
		for e := 18.0; e <= 25; e++ {
			y := 2.5*math.Pow(10, -(e-18)*0.05) + 0.15*float64(i)
			if i == 3 && e == 21 {
				y = math.NaN()
			}
			s.Points = append(s.Points, chart.Point{X: math.Pow(10, e), Y: y})
		}
		spec.Series = append(spec.Series, s)
	}
	return spec
}

// weightsHeatmap is the example of the documentation: causal attention weights
// of four heads.
func weightsHeatmap() chart.HeatmapSpec {
	names := []string{"床", "前", "明", "月", "光", "疑", "是", "地"}
	spec := chart.HeatmapSpec{
		Frame: chart.Frame{Key: "weights", Title: "注意力权重", Desc: "四个头的权重矩阵，对角线以上被掩码。"},
		Rows:  chart.Labels{Name: "查询", Names: names},
		Cols:  chart.Labels{Name: "键", Names: names},
		Scale: chart.ColourScale{Name: "权重", Max: 1},
	}
	for h, title := range []string{"头 1", "头 2", "头 3", "头 4"} {
		p := chart.Panel{Title: title}
		for r := range names {
			row := make([]float64, len(names))
			for c := range row {
				row[c] = math.Inf(-1)
				if c <= r {
					row[c] = math.Abs(math.Sin(float64((h+2)*(r+1)*(c+3)))) / math.Sqrt(float64(r+1))
				}
			}
			p.Values = append(p.Values, row)
		}
		spec.Panels = append(spec.Panels, p)
	}
	return spec
}

// scoresHeatmap is one large signed matrix whose labels must be thinned.
func scoresHeatmap() chart.HeatmapSpec {
	var spec chart.HeatmapSpec
	spec.Frame = chart.Frame{Key: "scores", Title: "分数", Desc: "十六个字两两之间的分数。"}
	spec.Scale = chart.ColourScale{Name: "QKᵀ/√d_k", Diverging: true}
	spec.Rows.Name, spec.Cols.Name = "查询", "维"
	p := chart.Panel{}
	for r := range 16 {
		row := make([]float64, 64)
		for c := range row {
			row[c] = math.Sin(float64(r*c) / 7)
		}
		p.Values = append(p.Values, row)
		spec.Rows.Names = append(spec.Rows.Names, string([]rune("床前明月光疑是地上霜举头望低思故")[r]))
	}
	for c := range 64 {
		spec.Cols.Names = append(spec.Cols.Names, string(rune('0'+c/10))+string(rune('0'+c%10)))
	}
	spec.Panels = []chart.Panel{p}
	return spec
}

func ExampleLines() {
	svg, err := chart.Lines(chart.LinesSpec{
		Frame:  chart.Frame{Key: "kv", Title: "KV 缓存随上下文增长", Desc: "每增加一个词元，多 128 KiB。"},
		X:      chart.Axis{Name: "上下文", Unit: "词元", Scale: chart.Log2},
		Y:      chart.Axis{Name: "KV 缓存", Unit: "MiB", Zero: true},
		Series: []chart.Series{{Name: "Llama 3 8B，16 位", Points: []chart.Point{{X: 1024, Y: 128}, {X: 2048, Y: 256}, {X: 4096, Y: 512}}}},
	})
	fmt.Println(svg[:strings.Index(svg, "<path")], err)
	// Output:
	// <svg xmlns="http://www.w3.org/2000/svg" class="chart" viewBox="0 0 320 266.6" role="img" aria-labelledby="kv-title kv-desc" font-size="12" fill="var(--text)"><title id="kv-title">KV 缓存随上下文增长</title><desc id="kv-desc">每增加一个词元，多 128 KiB。</desc> <nil>
}

// golden compares got with testdata/name.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs from the drawing; look at both, then run go test -update\n%s", file, got)
	}
}

func TestGolden(t *testing.T) {
	for name, draw := range map[string]func() (string, error){
		"entropy.svg": func() (string, error) { return chart.Lines(entropyLines()) },
		"loss.svg":    func() (string, error) { return chart.Lines(lossLines()) },
		"weights.svg": func() (string, error) { return chart.Heatmap(weightsHeatmap()) },
		"scores.svg":  func() (string, error) { return chart.Heatmap(scoresHeatmap()) },
	} {
		got, err := draw()
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		golden(t, name, got)
	}
}
