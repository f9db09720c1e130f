package scaling

import (
	"math"
	"os"
	"testing"
)

// The optima of m3.md at the budget of Gopher, and Kaplan's exponent.
func TestOptimaOfTheLesson(t *testing.T) {
	splits, err := Splits(5.76e23)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]float64{"printed": 32.19e9, "unrounded": 40.4e9, "besiroglu": 72.35e9}
	for _, s := range splits {
		if w, ok := want[s.Law.ID]; ok && math.Abs(s.Params.Value-w) > 0.002*w {
			t.Errorf("%s: %v, want %v", s.Law.ID, s.Params.Value, w)
		}
		if math.Abs(6*s.Params.Value*s.Tokens-5.76e23) > 1e-9*5.76e23 {
			t.Errorf("%s spends %v", s.Law.ID, 6*s.Params.Value*s.Tokens)
		}
	}
	kaplan := Laws()[3]
	a, _ := kaplan.Optimum(1e22)
	b, _ := kaplan.Optimum(1e23)
	// Ten times the budget: 5.4 times the size.
	if math.Abs(b.Value/a.Value-5.37) > 0.01 {
		t.Errorf("Kaplan grows by %v", b.Value/a.Value)
	}
	if day, _ := kaplan.Optimum(petaflopDay); day.Value != 1.3e9 {
		t.Errorf("one petaflop day: %v", day.Value)
	}
}

// The valley's floor is where the law says the optimum is.
func TestValleyFloor(t *testing.T) {
	for _, l := range Laws()[:3] {
		for _, c := range []float64{1e18, 1e21, 5.76e23} {
			best, err := l.Optimum(c)
			if err != nil {
				t.Fatal(err)
			}
			valley, err := l.Valley(c, best.Value/100, best.Value*100, 4001)
			if err != nil {
				t.Fatal(err)
			}
			floor := valley[0]
			for _, p := range valley {
				if p.Loss < floor.Loss {
					floor = p
				}
			}
			if math.Abs(math.Log(floor.N/best.Value)) > 0.01 {
				t.Errorf("%s at %v: floor at %v, optimum %v", l.ID, c, floor.N, best.Value)
			}
		}
	}
}

func TestFitSlope(t *testing.T) {
	var points []Trained
	for _, n := range []float64{1e5, 3e5, 1e6, 3e6} {
		loss := 20 * math.Pow(n, -0.1)
		points = append(points, Trained{Params: n, Loss: &loss})
	}
	s, err := FitSlope(points)
	if err != nil || math.Abs(s.A-20) > 1e-9 || math.Abs(s.B-0.1) > 1e-12 || math.Abs(s.R2-1) > 1e-9 {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := FitSlope(points[:2]); err == nil {
		t.Error("two points were enough")
	}
}

func TestShippedPoints(t *testing.T) {
	data, err := os.ReadFile("../../lessons/content/data/scaling.json")
	if err != nil {
		t.Fatal(err)
	}
	file, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if len(file.Models) < 6 {
		t.Errorf("%d models", len(file.Models))
	}
	// The lesson's accounts: Chinchilla and Gopher spent about the same.
	spent := map[string]float64{}
	for _, m := range file.Models {
		spent[m.Name] = m.FLOPs()
	}
	if r := spent["Chinchilla 70B"] / spent["Gopher 280B"]; r < 0.9 || r > 1.3 {
		t.Errorf("%v", r)
	}
	for _, bad := range []string{``, `{}`, `{"schema_version":1,"x":1}`, `{"schema_version":1,"measured":[{"name":"a","params":1,"tokens":1,"source":"s","as_of":"2026"}]}`,
		`{"schema_version":1,"models":[{"name":"a","params":0,"tokens":1,"source":"s","as_of":"2026"}]}`, `{"schema_version":1,"models":[{"name":"a","params":1,"tokens":1}]}`} {
		if _, err := Parse([]byte(bad)); err == nil {
			t.Errorf("%s: accepted", bad)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []float64{0, -1, math.NaN(), 1e40} {
		if _, err := Splits(c); err == nil {
			t.Errorf("%v: accepted", c)
		}
	}
}

func BenchmarkValley(b *testing.B) {
	l := Laws()[0]
	for b.Loop() {
		if _, err := l.Valley(5.76e23, 1e9, 1e12, 200); err != nil {
			b.Fatal(err)
		}
	}
}
