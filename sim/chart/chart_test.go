package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"courselab/sim/chart"
)

// drawn is what the rules below need to know of a drawing.
type drawn struct {
	ids    []string
	texts  []string
	labels string // aria-labelledby
}

// read parses a drawing strictly and fails on whatever the page's policy or
// themes do not allow.
func read(t *testing.T, svg string) drawn {
	t.Helper()
	var d drawn
	decoder := xml.NewDecoder(strings.NewReader(svg))
	within := ""
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return d
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
		switch e := token.(type) {
		case xml.StartElement:
			within = e.Name.Local
			if !slices.Contains([]string{"svg", "title", "desc", "path", "text"}, within) {
				t.Errorf("element <%s>", within)
			}
			for _, a := range e.Attr {
				checkAttribute(t, within, a)
				switch a.Name.Local {
				case "id":
					d.ids = append(d.ids, a.Value)
				case "aria-labelledby":
					d.labels = a.Value
				}
			}
		case xml.CharData:
			if within == "text" && len(e) > 0 {
				d.texts = append(d.texts, string(e))
			}
		case xml.EndElement:
			within = ""
		default:
			t.Errorf("unexpected %T", token)
		}
	}
}

var (
	colour   = regexp.MustCompile(`^(none|var\(--(s[1-8]|seq-[0-8]|div-[0-8]|text|muted|line|bg)\))$`)
	pathData = regexp.MustCompile(`^[MLHVAQCZ0-9. -]+$`)
)

func checkAttribute(t *testing.T, element string, a xml.Attr) {
	t.Helper()
	switch a.Name.Local {
	case "style", "font-family", "width", "height", "href":
		t.Errorf("<%s %s=%q>", element, a.Name.Local, a.Value)
	case "fill", "stroke":
		if !colour.MatchString(a.Value) {
			t.Errorf("<%s %s=%q> is no variable of the page", element, a.Name.Local, a.Value)
		}
	case "font-size":
		if v, err := strconv.ParseFloat(a.Value, 64); err != nil || v < 12 {
			t.Errorf("font-size %q", a.Value)
		}
	case "d":
		if !pathData.MatchString(a.Value) {
			t.Errorf("path data %.80q", a.Value)
		}
	}
}

func TestDrawingsKeepThePagesRules(t *testing.T) {
	for key, draw := range map[string]func() (string, error){
		"entropy": func() (string, error) { return chart.Lines(entropyLines()) },
		"loss":    func() (string, error) { return chart.Lines(lossLines()) },
		"weights": func() (string, error) { return chart.Heatmap(weightsHeatmap()) },
		"scores":  func() (string, error) { return chart.Heatmap(scoresHeatmap()) },
	} {
		svg, err := draw()
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		d := read(t, svg)
		if want := []string{key + "-title", key + "-desc"}; !slices.Equal(d.ids, want) || d.labels != strings.Join(want, " ") {
			t.Errorf("%s: ids %v, labelled by %q", key, d.ids, d.labels)
		}
		for range 5 {
			if again, _ := draw(); again != svg {
				t.Fatalf("%s: drawn twice, two drawings", key)
			}
		}
	}
}

func TestUnitsAndTicksAreWritten(t *testing.T) {
	for _, c := range []struct {
		name string
		draw func() (string, error)
		want []string
	}{
		{"lines", func() (string, error) { return chart.Lines(entropyLines()) },
			[]string{"平均熵（比特）", "每个头的维数 d_k", "除以 √d_k", "不除", "2", "16", "64", "0", "4"}},
		{"log", func() (string, error) { return chart.Lines(lossLines()) },
			[]string{"训练算力（FLOP）", "10¹⁸", "10²⁵", "Besiroglu 重拟合"}},
		{"weights", func() (string, error) { return chart.Heatmap(weightsHeatmap()) },
			[]string{"行：查询，列：键", "头 4", "床", "地", "权重", "0", "0.5", "1", "已屏蔽"}},
		{"scores", func() (string, error) { return chart.Heatmap(scoresHeatmap()) },
			[]string{"−1", "0", "1", "00", "60"}},
	} {
		svg, err := c.draw()
		if err != nil {
			t.Fatal(err)
		}
		texts := read(t, svg).texts
		for _, w := range c.want {
			if !slices.Contains(texts, w) {
				t.Errorf("%s: no text %q in %q", c.name, w, texts)
			}
		}
	}
}

// Zero has the scale's own colour: the first of a sequential one, the middle of
// a diverging one; the extremes have the last ones.
func TestHeatmapColours(t *testing.T) {
	one := func(v float64, diverging bool) string {
		svg, err := chart.Heatmap(chart.HeatmapSpec{
			Frame: chart.Frame{Key: "k", Title: "t", Desc: "d"},
			Rows:  chart.Labels{Name: "r", Names: []string{"a"}}, Cols: chart.Labels{Name: "c", Names: []string{"b"}},
			Scale:  chart.ColourScale{Name: "s", Diverging: diverging, Max: 2},
			Panels: []chart.Panel{{Values: [][]float64{{v}}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		first := strings.Index(svg, "<path")
		return regexp.MustCompile(`--[a-z]+(-\d)?`).FindString(svg[first:])
	}
	for _, c := range []struct {
		v         float64
		diverging bool
		want      string
	}{
		{0, false, "--seq-0"}, {2, false, "--seq-8"}, {9, false, "--seq-8"}, {1, false, "--seq-4"},
		{0, true, "--div-4"}, {-2, true, "--div-0"}, {2, true, "--div-8"}, {-9, true, "--div-0"},
		{math.NaN(), false, "--muted"}, {math.Inf(-1), true, "--muted"},
	} {
		if got := one(c.v, c.diverging); got != c.want {
			t.Errorf("%v, diverging %v: %s, want %s", c.v, c.diverging, got, c.want)
		}
	}
}

func TestFaultsAreNamed(t *testing.T) {
	lines := func(change func(*chart.LinesSpec)) error {
		spec := entropyLines()
		change(&spec)
		_, err := chart.Lines(spec)
		return err
	}
	heat := func(change func(*chart.HeatmapSpec)) error {
		spec := weightsHeatmap()
		change(&spec)
		_, err := chart.Heatmap(spec)
		return err
	}
	for want, err := range map[string]error{
		"key":              lines(func(s *chart.LinesSpec) { s.Key = `a" onload="x` }),
		"key: empty":       lines(func(s *chart.LinesSpec) { s.Key = "" }),
		"desc":             lines(func(s *chart.LinesSpec) { s.Desc = " " }),
		"series: none":     lines(func(s *chart.LinesSpec) { s.Series = nil }),
		"no points":        lines(func(s *chart.LinesSpec) { s.Series[0].Points = []chart.Point{{X: 1, Y: math.NaN()}} }),
		"logarithmic axis": lines(func(s *chart.LinesSpec) { s.Series[1].Points[0].X = 0 }),
		"not a number":     lines(func(s *chart.LinesSpec) { s.Series[1].Points[0].Y = math.Inf(1) }),
		"y axis: range":    lines(func(s *chart.LinesSpec) { s.Y.Min, s.Y.Max = 3, 2 }),
		"height":           lines(func(s *chart.LinesSpec) { s.Height = 1e9 }),
		"told apart":       lines(func(s *chart.LinesSpec) { s.Series = make([]chart.Series, 9) }),
		"panels":           heat(func(s *chart.HeatmapSpec) { s.Panels = nil }),
		"labels":           heat(func(s *chart.HeatmapSpec) { s.Rows.Names = nil }),
		"7 labels":         heat(func(s *chart.HeatmapSpec) { s.Cols.Names = s.Cols.Names[:7] }),
		"off the scale":    heat(func(s *chart.HeatmapSpec) { s.Panels[0].Values[7][0] = -1 }),
		"row 7 column 1":   heat(func(s *chart.HeatmapSpec) { s.Panels[0].Values[7][1] = math.Inf(1) }),
		"maximum":          heat(func(s *chart.HeatmapSpec) { s.Scale.Max = math.NaN() }),
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

// Whatever labels say, the drawing is well-formed and holds nothing but itself.
func FuzzLabels(f *testing.F) {
	for _, s := range []string{"熵", `<script>alert(1)</script>`, `"&'`, "\x00\x1f\ufffe", "]]>", "a\nb", strings.Repeat("长", 400), "\xff", "   ", "\u202e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		lines := entropyLines()
		lines.Title, lines.Desc, lines.X.Name, lines.Y.Unit, lines.Series[1].Name = s, s, s, s, s
		if svg, err := chart.Lines(lines); err == nil {
			read(t, svg)
		}
		heat := weightsHeatmap()
		heat.Title, heat.Desc, heat.Rows.Name, heat.Rows.Names[2], heat.Cols.Names[3], heat.Scale.Unit, heat.Masked, heat.Panels[1].Title = s, s, s, s, s, s, s, s
		if svg, err := chart.Heatmap(heat); err == nil {
			read(t, svg)
		}
	})
}

// Whatever the numbers are, a chart is drawn or refused: no panic, no NaN.
func FuzzNumbers(f *testing.F) {
	f.Add(0.0, 1.0, 2.0, byte(0))
	f.Add(1e-300, 1e300, 5e-324, byte(1))
	f.Add(1e99, 1e99, -1e99, byte(2))
	f.Add(1e15, 1e15+1, math.Inf(-1), byte(4))
	f.Fuzz(func(t *testing.T, a, b, c float64, mode byte) {
		lines := entropyLines()
		lines.X.Scale, lines.Y.Scale = chart.AxisScale(mode%3), chart.AxisScale(mode/3%3)
		lines.Series[0].Points = []chart.Point{{X: a, Y: b}, {X: b, Y: c}, {X: c, Y: a}}
		lines.Series = lines.Series[:1]
		if mode > 128 {
			lines.Y.Min, lines.Y.Max = a, c
		}
		if svg, err := chart.Lines(lines); err == nil {
			read(t, svg)
		}
		heat := weightsHeatmap()
		heat.Scale.Diverging, heat.Scale.Max = mode%2 == 0, 0
		heat.Panels[0].Values[0][0], heat.Panels[0].Values[0][1], heat.Panels[0].Values[1][0] = a, b, c
		if svg, err := chart.Heatmap(heat); err == nil {
			read(t, svg)
		}
	})
}

func BenchmarkLines(b *testing.B) {
	for b.Loop() {
		if _, err := chart.Lines(entropyLines()); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkHeatmap(b *testing.B) {
	for b.Loop() {
		if _, err := chart.Heatmap(weightsHeatmap()); err != nil {
			b.Fatal(err)
		}
	}
}
