package serve

import (
	"encoding/json"
	"io/fs"
	"slices"
	"strconv"
	"testing"
	"time"

	"courselab/app/engine"
	"courselab/app/registry"
	"courselab/lessons/content"
)

func shippedText(t testing.TB, path string) string {
	t.Helper()
	text, err := fs.ReadFile(content.FS, path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// BenchmarkSlider moves a slider of a lab back and forth and reports how
// long the engine takes to its first figure and to the whole answer, and how large
// that is. Under Node (GOOS=js) these are the times in the worker.
func BenchmarkSlider(b *testing.B) {
	for _, x := range []struct {
		lab, slider string
		from, by    float64
	}{
		{"fit", "context", 4096, 512}, {"cost", "daily", 20000, 1000}, {"scaling-law", "log_flops", 22, 0.2},
		{"select", "w_cost", 20, 2}, {"breakeven", "daily", 50000, 1000}, {"serving", "load", 60, 2},
	} {
		b.Run(x.lab, func(b *testing.B) {
			lab, ok := registry.Find(x.lab)
			if !ok {
				b.Fatal("no such lab")
			}
			s := Default()
			n, bytes := 0, 0
			var first []float64
			move := func() {
				n++
				value := strconv.FormatFloat(x.from+x.by*float64(n%7), 'g', -1, 64)
				data := map[string]engine.DataFile{}
				for _, name := range append([]string{"models", "gpus"}, lab.Data...) {
					data["data/"+name+".json"] = engine.DataFile{Mark: "shipped"}
					if n == 1 {
						data["data/"+name+".json"] = engine.DataFile{Mark: "shipped", Text: shippedText(b, "data/"+name+".json")}
					}
				}
				in, err := json.Marshal(engine.LabInput{Lab: x.lab, Width: 640, Data: data, Values: defaults(b, x.lab, map[string]string{x.slider: value})})
				if err != nil {
					b.Fatal(err)
				}
				begun, seen := time.Now(), false
				s.Handle(b.Context(), engine.Request{Version: engine.Version, ID: uint64(n), Op: engine.OpLab, Input: in}, func(r engine.Reply) {
					if r.Kind == engine.Failed {
						b.Fatal(r.Error)
					}
					if (r.Kind == engine.Partial || r.Kind == engine.Done) && !seen {
						seen, bytes = true, len(r.Output)
						if bytes < 1000 {
							b.Fatalf("%s = %s: %s", x.slider, value, r.Output)
						}
						first = append(first, time.Since(begun).Seconds()*1e3)
					}
				})
			}
			move()
			first = first[:0]
			for b.Loop() {
				move()
			}
			slices.Sort(first)
			b.ReportMetric(first[len(first)/2], "first-ms")
			b.ReportMetric(first[len(first)*95/100], "first-p95-ms")
			b.ReportMetric(float64(bytes), "first-B")
		})
	}
}
