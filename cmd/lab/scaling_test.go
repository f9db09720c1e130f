package main

import (
	"os"
	"regexp"
	"strconv"
	"testing"

	"courselab/attention"
	"courselab/sim/scaling"
)

// TestMeasuredSizes holds the sizes of the course's own scaling points to the
// shapes that the commands of their sources give.
func TestMeasuredSizes(t *testing.T) {
	data, err := os.ReadFile("../../lessons/content/data/scaling.json")
	if err != nil {
		t.Fatal(err)
	}
	file, err := scaling.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Measured) != 5 {
		t.Fatalf("%d points", len(file.Measured))
	}
	flag := regexp.MustCompile(`--([a-z-]+) (\d+)`)
	for _, m := range file.Measured {
		shape := map[string]int{"vocab": 3003}
		for _, f := range flag.FindAllStringSubmatch(m.Source, -1) {
			if shape[f[1]], err = strconv.Atoi(f[2]); err != nil {
				t.Fatal(err)
			}
		}
		c := attention.ModelConfig{
			Vocab: shape["vocab"], Width: shape["width"], Layers: shape["layers"], Heads: shape["heads"], KVHeads: shape["kv-heads"],
			HeadDim: shape["width"] / max(shape["heads"], 1), FFN: shape["ffn"], Context: 72, RopeTheta: 10000, NormEps: 1e-5, Tied: true,
		}
		model, err := attention.NewModel(c, 1)
		if err != nil {
			t.Fatalf("%s: %v", m.Name, err)
		}
		var n int
		for _, p := range model.Parameters() {
			n += len(p.Values)
		}
		if float64(n) != m.Params {
			t.Errorf("%s: %v parameters, its shape has %d", m.Name, m.Params, n)
		}
	}
}
