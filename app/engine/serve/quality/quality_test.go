package quality

import (
	"context"
	"slices"
	"strings"
	"testing"

	"courselab/app/engine/serve/sheet"
)

func points() []Point {
	return []Point{
		{Method: "原样", Setting: "fp16", Bytes: 2e6, Loss: 4},
		{Method: "量化", Setting: "int8", Bytes: 1e6, Loss: 4.01, Low: 3.9, High: 4.1},
		{Method: "量化", Setting: "int4", Bytes: 5e5, Loss: 4.3, Strong: true},
		{Method: "剪枝", Setting: "一半", Bytes: 1e6, Loss: 4.2},
	}
}

func TestFront(t *testing.T) {
	if got := Front(points()); !slices.Equal(got, []bool{true, true, true, false}) {
		t.Errorf("front %v", got)
	}
	twins := []Point{{Bytes: 1, Loss: 1}, {Bytes: 1, Loss: 1}}
	if got := Front(twins); !slices.Equal(got, []bool{true, true}) {
		t.Errorf("front of twins %v", got)
	}
}

func TestChart(t *testing.T) {
	in := sheet.New(context.Background(), map[string]string{}, sheet.Options{Lab: "quantise"})
	f, err := Chart(in, "quality", "质量与大小", points())
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Table.Rows) != 4 || !strings.Contains(f.SVG, "int4") {
		t.Errorf("%d rows, %s", len(f.Table.Rows), f.SVG)
	}
	if want := []string{"量化", "int8", "1000", "4.0100", "55.15", "3.900 到 4.100", "是"}; !slices.Equal(f.Table.Rows[1], want) {
		t.Errorf("row %q, want %q", f.Table.Rows[1], want)
	}
	far, err := Chart(in, "quality", "质量与大小", append(points(), Point{Method: "量化", Setting: "int2", Bytes: 2e5, Loss: 8}))
	if err != nil || strings.Contains(far.SVG, "int2") || len(far.Table.Rows) != 5 || !strings.Contains(far.Desc, "另有 1 个") {
		t.Errorf("a version that collapsed: %d rows, %s, %v", len(far.Table.Rows), far.Desc, err)
	}
	bad := append(points(), Point{Method: "错", Setting: "零", Loss: 1})
	if _, err := Chart(in, "quality", "质量与大小", bad); err == nil {
		t.Error("a version of no bytes is drawn")
	}
	if _, err := Chart(in, "quality", "质量与大小", nil); err == nil {
		t.Error("a chart of nothing is drawn")
	}
}
