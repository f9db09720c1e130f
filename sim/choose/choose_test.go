package choose

import (
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"courselab/sim"
)

const contentData = "../../lessons/content/data/"

func read(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(contentData + name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func shipped(t testing.TB) (*sim.Catalogue, []sim.GPU, *TermsFile) {
	t.Helper()
	models, err := sim.ParseCatalogue(read(t, "models.json"))
	if err != nil {
		t.Fatal(err)
	}
	gpus, err := sim.ParseGPUs(read(t, "gpus.json"))
	if err != nil {
		t.Fatal(err)
	}
	terms, err := ParseTerms(read(t, "terms.json"))
	if err != nil {
		t.Fatal(err)
	}
	return models, gpus, terms
}

func fact(v float64) Fact { return known(v) }

func model(name string, facts map[string]float64) Candidate {
	c := Candidate{ID: name, Name: name, Facts: map[string]Fact{}}
	for k, v := range facts {
		c.Facts[k] = fact(v)
	}
	return c
}

// lesson is the worked example of m5.md: accuracy, latency and cost with the
// measures' places on the scale chosen so that they come out as in the text.
func lesson(extra ...Candidate) []Candidate {
	// understanding, availability and scalability stand for accuracy, latency and
	// cost: 0 to 1 on linear scales where minmax is asked for.
	return append([]Candidate{
		model("甲", map[string]float64{"understanding": 86, "availability": 99 - 6.0/10, "generation": 5 - 40.0/10}),
		model("乙", map[string]float64{"understanding": 81, "availability": 99 - 3.0/10, "generation": 5 - 12.0/10}),
		model("丙", map[string]float64{"understanding": 78, "availability": 99 - 2.5/10, "generation": 5 - 5.0/10}),
	}, extra...)
}

var lessonWeights = map[string]float64{"understanding": 50, "availability": 20, "generation": 30}

func near(a, b, tolerance float64) bool { return math.Abs(a-b) <= tolerance }

func TestRankByHand(t *testing.T) {
	r, err := Rank(lesson(), lessonWeights, SpanScale)
	if err != nil {
		t.Fatal(err)
	}
	// m5.md: 乙 0.375 × 0.5 + 0.857 × 0.2 + 0.8 × 0.3 = 0.599, the others 0.500.
	if r.Rows[0].Candidate.Name != "乙" || !near(r.Rows[0].Score.Lo, 0.599, 5e-4) || !near(r.Rows[1].Score.Lo, 0.5, 1e-9) || !near(r.Rows[2].Score.Lo, 0.5, 1e-9) {
		t.Errorf("%+v", r.Rows)
	}
	// 乙 is first for weights of accuracy from 32 % to 57 %.
	for _, v := range r.Ranges() {
		if v.Criterion.ID != "understanding" {
			continue
		}
		if !near(v.Lo, 0.3206, 5e-4) || !near(v.Hi, 0.5683, 5e-4) || r.Rows[v.Below].Candidate.Name != "丙" || r.Rows[v.Above].Candidate.Name != "甲" {
			t.Errorf("range %+v", v)
		}
	}
	k := 0
	reigns := r.Reigns(k)
	names := []string{"丙", "乙", "甲"}
	if len(reigns) != 3 {
		t.Fatalf("reigns %+v", reigns)
	}
	for i, x := range reigns {
		if r.Rows[x.Row].Candidate.Name != names[i] {
			t.Errorf("reign %d: %+v", i, x)
		}
	}
	// With 戊, whom nobody would choose, 丙 wins: minmax depends on the list.
	r, err = Rank(lesson(model("戊", map[string]float64{"understanding": 60, "availability": 99 - 2.5/10, "generation": 5 - 5.0/10})), lessonWeights, SpanScale)
	if err != nil || r.Rows[0].Candidate.Name != "丙" || !near(r.Rows[0].Score.Lo, 0.846, 5e-4) || !near(r.Rows[1].Score.Lo, 0.815, 5e-4) {
		t.Errorf("with 戊: %+v, %v", r.Rows, err)
	}
}

func TestMissingIsAnInterval(t *testing.T) {
	models := lesson()
	delete(models[1].Facts, "availability")
	r, err := Rank(models, lessonWeights, SpanScale)
	if err != nil {
		t.Fatal(err)
	}
	// m5.md: 乙 between 0.428 and 0.628, first at best and third at worst, 80 % known.
	for _, row := range r.Rows {
		switch row.Candidate.Name {
		case "乙":
			if !near(row.Score.Lo, 0.4275, 1e-3) || !near(row.Score.Hi, 0.6275, 1e-3) || row.Best != 1 || row.Worst != 3 || !near(row.Known, 0.8, 1e-9) {
				t.Errorf("%+v", row)
			}
		default:
			if row.Best != 1 || row.Worst != 2 || row.Known != 1 {
				t.Errorf("%+v", row)
			}
		}
	}
	if gaps := r.Gaps(); len(gaps) != 1 || gaps[0].Criterion.ID != "availability" || !near(gaps[0].Swing, 0.2, 1e-9) || gaps[0].Models[0] != "乙" {
		t.Errorf("gaps %+v", gaps)
	}
}

// random makes a ranking of models with gaps and disagreements.
func random(t *testing.T, rng *rand.Rand) *Ranking {
	t.Helper()
	var models []Candidate
	for i := range 2 + rng.IntN(8) {
		m := Candidate{ID: string(rune('a' + i)), Name: string(rune('a' + i)), Facts: map[string]Fact{}}
		for _, c := range Criteria() {
			if rng.IntN(4) == 0 {
				continue
			}
			lo := max(c.Least, 0.001) + rng.Float64()*(min(c.Most, 1e4)-max(c.Least, 0.001))
			hi := lo
			if rng.IntN(3) == 0 {
				hi = min(c.Most, lo*1.1)
			}
			m.Facts[c.ID] = Fact{Lo: lo, Hi: hi}
		}
		models = append(models, m)
	}
	weights := map[string]float64{}
	for _, c := range Criteria() {
		if rng.IntN(2) == 0 {
			weights[c.ID] = rng.Float64()
		}
	}
	weights["understanding"], weights["context"] = 1, 0.5
	r, err := Rank(models, weights, []string{FixedScale, SpanScale}[rng.IntN(2)])
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// winner is who is first at weight w of criterion k, by scoring anew, and by how
// much it leads the next.
func winner(r *Ranking, k int, w float64) (first int, lead float64) {
	scores := make([]float64, len(r.Rows))
	for i, row := range r.Rows {
		for j, cell := range row.Cells {
			weight := w
			if j != k {
				weight = (1 - w) * r.Weights[j] / (1 - r.Weights[k])
			}
			scores[i] += weight * cell.Value.Mid()
		}
	}
	for i := range scores {
		if scores[i] > scores[first] {
			first = i
		}
	}
	lead = math.Inf(1)
	for i := range scores {
		if i != first {
			lead = min(lead, scores[first]-scores[i])
		}
	}
	return first, lead
}

// Within a range the first stays first, beyond it the one named takes over; and
// whoever reigns at a weight wins there.
func TestSensitivityAgainstScoringAnew(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 1))
	for range 300 {
		r := random(t, rng)
		for k, v := range r.Ranges() {
			reigns := r.Reigns(k)
			for i := range 101 {
				w := float64(i) / 100
				first, lead := winner(r, k, w)
				if lead < 1e-9 {
					continue
				}
				if inside := w > v.Lo && w < v.Hi; inside != (first == 0) && math.Abs(w-v.Lo) > 1e-9 && math.Abs(w-v.Hi) > 1e-9 {
					t.Fatalf("criterion %d weight %v: %d is first, the range is %+v", k, w, first, v)
				}
				for _, x := range reigns {
					if w > x.From+1e-9 && w < x.To-1e-9 && x.Row != first {
						t.Fatalf("criterion %d weight %v: %d is first, not %+v", k, w, first, reigns)
					}
				}
			}
			if reigns[0].From != 0 || reigns[len(reigns)-1].To != 1 {
				t.Fatalf("reigns %+v", reigns)
			}
			for _, side := range []struct {
				row int
				w   float64
			}{{v.Below, v.Lo - 1e-6}, {v.Above, v.Hi + 1e-6}} {
				if side.row < 0 || side.w < 0 || side.w > 1 {
					continue
				}
				if first, lead := winner(r, k, side.w); lead > 1e-9 && first != side.row {
					t.Fatalf("criterion %d: %d takes over at %v, not %d", k, first, side.w, side.row)
				}
			}
		}
	}
}

// However the unknowns turn out, a place lies between the best and the worst.
func TestPlacesHold(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 1))
	for range 200 {
		r := random(t, rng)
		for range 20 {
			scores := make([]float64, len(r.Rows))
			for i, row := range r.Rows {
				for k, cell := range row.Cells {
					u := []float64{0, 1, rng.Float64()}[rng.IntN(3)]
					scores[i] += r.Weights[k] * (cell.Value.Lo + u*(cell.Value.Hi-cell.Value.Lo))
				}
			}
			for i, row := range r.Rows {
				place := 1
				for j := range scores {
					if scores[j] > scores[i]+1e-9 {
						place++
					}
				}
				if place < row.Best || place > row.Worst {
					t.Fatalf("place %d of %+v", place, row)
				}
			}
		}
		for _, row := range r.Rows {
			// Both ends are reached: the model's own best against the others' worst.
			best, worst := 1, 1
			for _, other := range r.Rows {
				if other.Candidate.ID == row.Candidate.ID {
					continue
				}
				if other.Score.Lo > row.Score.Hi+slack {
					best++
				}
				if other.Score.Hi > row.Score.Lo+slack {
					worst++
				}
			}
			if best != row.Best || worst != row.Worst || row.Known < 0 || row.Known > 1+1e-9 {
				t.Fatalf("%+v", row)
			}
		}
	}
}

func TestConstraintsByHand(t *testing.T) {
	open, closed := true, false
	outside := Terms{Mainland: &closed, Source: sim.Source{Title: "s"}}
	eight := 8192.0
	api := Candidate{Name: "api", OpenWeights: &closed, Licence: "proprietary API", Terms: outside, Retires: "2026-12-11", Context: &eight, Facts: map[string]Fact{"cost": {Lo: 4, Hi: 6}}, Inputs: []string{"text", "image"}}
	free := Candidate{Name: "free", OpenWeights: &open, Licence: "Apache-2.0 (code and weights)", Facts: map[string]Fact{}}
	bound := Candidate{Name: "bound", OpenWeights: &open, Licence: "Llama 2 Community License", Released: "2023-07-18"}
	mixed := Candidate{Name: "mixed", Licence: "Apache-2.0 + Baichuan 2 Community License"}
	for _, c := range []struct {
		m    Candidate
		ask  Constraints
		want State
	}{
		{api, Constraints{OpenWeights: true}, Fails}, {free, Constraints{OpenWeights: true}, Meets}, {mixed, Constraints{OpenWeights: true}, Unclear},
		{api, Constraints{Licence: Commercial}, Meets}, {api, Constraints{Licence: Permissive}, Fails},
		{free, Constraints{Licence: Permissive}, Meets}, {bound, Constraints{Licence: Permissive}, Unclear}, {mixed, Constraints{Licence: Permissive}, Unclear},
		{api, Constraints{Place: MainlandUse}, Fails}, {bound, Constraints{Place: MainlandUse}, Meets}, {mixed, Constraints{Place: MainlandUse}, Unclear},
		{api, Constraints{Place: OnPremises}, Fails}, {free, Constraints{Place: OnPremises}, Meets},
		{api, Constraints{MinContext: 8192}, Meets}, {api, Constraints{MinContext: 8193}, Fails}, {free, Constraints{MinContext: 1}, Unclear},
		{api, Constraints{ServedUntil: "2026-12-11"}, Meets}, {api, Constraints{ServedUntil: "2026-12-12"}, Fails}, {free, Constraints{ServedUntil: "2030-01-01"}, Meets}, {mixed, Constraints{ServedUntil: "2027-01-01"}, Unclear},
		{bound, Constraints{ReleasedFrom: "2023-07"}, Meets}, {bound, Constraints{ReleasedFrom: "2024"}, Fails}, {free, Constraints{ReleasedFrom: "2024"}, Unclear},
		{api, Constraints{MaxCost: 6}, Meets}, {api, Constraints{MaxCost: 5}, Unclear}, {api, Constraints{MaxCost: 3}, Fails}, {free, Constraints{MaxCost: 3}, Unclear},
		{api, Constraints{Images: true}, Meets}, {free, Constraints{Images: true}, Unclear},
	} {
		v := c.ask.Judge(c.m)
		if len(v) != 1 || v[0].State != c.want || v[0].Why == "" {
			t.Errorf("%s under %+v: %+v, want %s", c.m.Name, c.ask, v, c.want)
		}
	}
	ask := Constraints{OpenWeights: true, MinContext: 4096}
	in, out, removals, err := ask.Screen([]Candidate{api, free})
	if err != nil || len(in) != 0 || len(out) != 2 || removals[0] != (Removal{"开放权重", 1, 0, 1}) || removals[1] != (Removal{"上下文", 0, 1, 1}) {
		t.Errorf("%+v %+v %+v %v", in, out, removals, err)
	}
	ask.Unclear = KeepUnclear
	if in, _, _, _ := ask.Screen([]Candidate{api, free}); len(in) != 1 || in[0].Name != "free" {
		t.Errorf("%+v", in)
	}
}

func TestOwnModels(t *testing.T) {
	before := []Candidate{model("gpt", map[string]float64{"understanding": 80})}
	all, err := AddOwn(before, "型号,开放权重,上下文长度,MMLU,生成质量,成本效益,停用日期\n我的,是,32768,70,4.2,0.5,\ngpt,,,,4.5,,2027-01-01")
	if err != nil || len(all) != 2 {
		t.Fatal(all, err)
	}
	if m := all[1]; !m.Own || !*m.OpenWeights || *m.Context != 32768 || m.Facts["understanding"].Lo != 70 || m.Facts["cost"].Lo != 0.5 {
		t.Errorf("%+v", m)
	}
	if m := all[0]; m.Own || m.Facts["generation"].Lo != 4.5 || m.Facts["understanding"].Lo != 80 || m.Retires != "2027-01-01" {
		t.Errorf("%+v", m)
	}
	if len(before[0].Facts) != 1 {
		t.Error("the models given were changed")
	}
	for _, table := range []string{
		"型号,鬼\na,1", "型号,MMLU\na,很好", "型号,MMLU\na,101", "型号,开放权重\na,也许", "型号,发布日期\na,昨天",
		"型号,MMLU\n,50", "型号,MMLU\na,50,60", "型号,成本效益\na,0", "型号,MMLU\n" + strings.Repeat("长", 61) + ",5",
	} {
		_, err := AddOwn(before, table)
		var field *sim.FieldError
		if !errors.As(err, &field) {
			t.Errorf("%q: %v", table, err)
		}
	}
	if all, err := AddOwn(before, " \n"); err != nil || len(all) != 1 {
		t.Error(all, err)
	}
}

func FuzzAddOwn(f *testing.F) {
	f.Add("型号,MMLU,开放权重\na,50,是")
	f.Fuzz(func(t *testing.T, table string) {
		all, err := AddOwn(nil, table)
		if err != nil {
			return
		}
		if _, err := Rank(all, map[string]float64{"understanding": 1, "cost": 1, "concurrency": 2}, SpanScale); err != nil {
			t.Error(err)
		}
	})
}

// Every scenario of the library runs over the shipped catalogue and leaves a
// choice to be made.
func TestScenariosOverTheCatalogue(t *testing.T) {
	models, gpus, terms := shipped(t)
	for _, s := range Scenarios() {
		load := s.Load
		load.At, load.YuanPerDollar = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), 6.7379
		for i := range gpus {
			if gpus[i].ID == s.GPU {
				load.GPU = &gpus[i]
			}
		}
		if load.GPU == nil {
			t.Fatalf("%s: no gpu %s", s.ID, s.GPU)
		}
		all, err := Candidates(models, terms, load)
		if err != nil {
			t.Fatal(err)
		}
		in, out, removals, err := s.Constraints.Screen(all)
		if err != nil {
			t.Fatal(err)
		}
		if len(in) < 3 || len(out) < 10 || len(removals) < 3 {
			t.Errorf("%s: %d remain, %d out, %+v", s.ID, len(in), len(out), removals)
			continue
		}
		r, err := Rank(in, s.Weights, FixedScale)
		if err != nil {
			t.Fatal(err)
		}
		total := 0.0
		for _, w := range s.Weights {
			total += w
		}
		if total != 100 {
			t.Errorf("%s: weights sum to %v", s.ID, total)
		}
		t.Logf("%s: %d remain, %d can be first", s.ID, len(in), len(r.Contenders()))
		for _, row := range r.Rows[:min(5, len(r.Rows))] {
			t.Logf("  %-24s %.3f–%.3f places %d–%d known %.0f%%", row.Candidate.Name, row.Score.Lo, row.Score.Hi, row.Best, row.Worst, 100*row.Known)
		}
	}
}

func TestRefusals(t *testing.T) {
	models, _, terms := shipped(t)
	good := Load{Input: 1000, Output: 100, Context: 1, Batch: 1, Bits: 16, YuanPerDollar: 7}
	for name, change := range map[string]func(*Load){
		"input": func(l *Load) { l.Input = 0 }, "cached": func(l *Load) { l.Cached = 2000 }, "output": func(l *Load) { l.Output = 0.5 },
		"rate": func(l *Load) { l.YuanPerDollar = math.NaN() }, "bits": func(l *Load) { l.Bits = 64 },
	} {
		bad := good
		change(&bad)
		if _, err := Candidates(models, terms, bad); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	for name, weights := range map[string]map[string]float64{
		"none": {}, "zero": {"cost": 0}, "negative": {"cost": -1, "context": 2}, "unknown": {"charm": 1, "cost": 1}, "nan": {"cost": math.NaN()},
	} {
		if _, err := Rank(nil, weights, FixedScale); err == nil {
			t.Errorf("weights %s: accepted", name)
		}
	}
	for _, c := range []Constraints{{Licence: "x"}, {Place: "x"}, {Unclear: "x"}, {MinContext: -1}, {ServedUntil: "soon"}, {ReleasedFrom: "1.1.2024"}, {MaxCost: math.Inf(1)}} {
		if _, _, _, err := c.Screen(nil); err == nil {
			t.Errorf("%+v: accepted", c)
		}
	}
}

func TestTermsKnowTheCatalogue(t *testing.T) {
	models, _, terms := shipped(t)
	for _, r := range terms.Retirements {
		if _, ok := models.Find(r.ID); !ok {
			t.Errorf("no model %s", r.ID)
		}
	}
	vendors := map[string]bool{}
	for _, m := range models.Models {
		vendors[m.Vendor] = true
	}
	for _, v := range terms.Vendors {
		if !vendors[v.Vendor] {
			t.Errorf("no vendor %s", v.Vendor)
		}
	}
	for _, bad := range []string{``, `{}`, `{"schema_version":1,"more":1}`, `{"schema_version":1,"retirements":[{"id":"a","date":"x","source":"s"}]}`, `{"schema_version":1,"vendors":[{"vendor":"a"}]}`} {
		if _, err := ParseTerms([]byte(bad)); err == nil {
			t.Errorf("%s: accepted", bad)
		}
	}
}

func BenchmarkSelect(b *testing.B) {
	models, gpus, terms := shipped(b)
	s := Scenarios()[0]
	load := s.Load
	load.At, load.YuanPerDollar, load.GPU = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC), 6.7379, &gpus[8]
	for b.Loop() {
		all, err := Candidates(models, terms, load)
		if err != nil {
			b.Fatal(err)
		}
		in, _, _, err := s.Constraints.Screen(all)
		if err != nil {
			b.Fatal(err)
		}
		r, err := Rank(in, s.Weights, FixedScale)
		if err != nil {
			b.Fatal(err)
		}
		r.Ranges()
	}
}
