package judge

import (
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func TestParseItems(t *testing.T) {
	want := []Item{{"问一", [2]string{"a1", "b1"}, "r"}, {"问二", [2]string{"a2", ""}, ""}}
	for name, text := range map[string]string{
		"named":   "参考,乙,题目,甲\nr,b1,问一,a1\n,,问二,a2",
		"ordered": "问一\ta1\tb1\tr\n问二\ta2",
		"english": "Question,A,B,Reference\n问一,a1,b1,r\n问二,a2,,",
	} {
		got, err := ParseItems(text)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	if got, err := ParseItems("一\n二\n"); err != nil || len(got) != 2 || got[1].Question != "二" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"题目,甲\n,只有答案", "题目\n" + strings.Repeat("长", MaxItemChars+1), strings.Repeat("问\n", MaxItems+1)} {
		if _, err := ParseItems(bad); err == nil {
			t.Errorf("%.20q: accepted", bad)
		}
	}
}

func TestShuffle(t *testing.T) {
	for n := range 40 {
		for judge := 1; judge <= 3; judge++ {
			turns := Shuffle(n, 7, judge)
			if !reflect.DeepEqual(turns, Shuffle(n, 7, judge)) {
				t.Fatal("not repeatable")
			}
			seen, swapped := map[int]bool{}, 0
			for _, x := range turns {
				seen[x.Item] = true
				if x.Swapped {
					swapped++
				}
			}
			if len(seen) != n || swapped < n/2 || swapped > (n+1)/2 {
				t.Fatalf("n %d: %+v", n, turns)
			}
		}
	}
	// Whether a question is swapped tells nothing of its place.
	first := 0
	for seed := range uint64(1000) {
		if Shuffle(20, seed, 1)[0].Swapped {
			first++
		}
	}
	if first < 420 || first > 580 {
		t.Errorf("first swapped %d of 1000", first)
	}
}

func randomJudgements(rng *rand.Rand, n, judges int) []Judgement {
	var all []Judgement
	for judge := 1; judge <= judges; judge++ {
		for i := range n {
			if rng.IntN(5) == 0 {
				continue
			}
			all = append(all, Judgement{Judge: judge, Item: i, Accuracy: Choice(rng.IntN(4)), Fluency: Choice(rng.IntN(4)),
				Done: [2]int8{int8(rng.IntN(3) - 1), int8(rng.IntN(3) - 1)}, Satisfaction: [2]int8{int8(rng.IntN(6)), int8(rng.IntN(6))}})
		}
	}
	return all
}

func TestEncodeDecode(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 100 {
		n := 1 + rng.IntN(20)
		all := randomJudgements(rng, n, 1+rng.IntN(4))
		seed := rng.Uint64()
		text := Encode(all, n, seed)
		got, err := Decode(text, n, seed)
		if err != nil || len(got) != len(all) || len(all) > 0 && !reflect.DeepEqual(got, all) {
			t.Fatalf("%s: %+v, %v; want %+v", text, got, err, all)
		}
	}
	for _, bad := range []string{"x", "1", "0:0=ltyn43", "1:9=ltyn43", "1:0=ltyn4", "1:0=xtyn43", "1:0=ltyn46", "1:0=ltzn43", "1:0=ltyn43,0=ltyn43", "10:0=------"} {
		if _, err := Decode(bad, 3, 1); err == nil {
			t.Errorf("%s: accepted", bad)
		}
	}
}

// The lesson's worked numbers: 62 wins, 38 losses, 20 ties.
func TestPreferenceOfTheLesson(t *testing.T) {
	var all []Judgement
	for i := range 120 {
		c := Tie
		switch {
		case i < 62:
			c = WinsA
		case i < 100:
			c = WinsB
		}
		all = append(all, Judgement{Judge: 1, Item: i, Accuracy: c})
	}
	r, err := Analyse(all, 120, 1)
	if err != nil {
		t.Fatal(err)
	}
	p := r.Accuracy
	if p.Wins != 62 || p.Losses != 38 || p.Ties != 20 || math.Abs(p.Rate-0.6) > 1e-12 || math.Abs(p.Wilson.Lo-0.522) > 5e-4 || math.Abs(p.Wilson.Hi-0.709) > 5e-4 {
		t.Errorf("%+v", p)
	}
	// The bootstrap of 120 values of standard deviation σ is about ± 1.96 σ / √120.
	sigma := math.Sqrt((62*0.16 + 38*0.36 + 20*0.01) / 120)
	if math.Abs((p.Drawn.Hi-p.Drawn.Lo)/2-1.96*sigma/math.Sqrt(120)) > 0.006 || p.Drawn.Lo > 0.6 || p.Drawn.Hi < 0.6 {
		t.Errorf("bootstrap %+v, σ %v", p.Drawn, sigma)
	}
	for rate, want := range map[float64]float64{0.65: 85, 0.60: 194, 0.55: 783, 0.45: 783} {
		if q, err := Needed(rate); err != nil || q.Value != want {
			t.Errorf("needed at %v: %v, %v; want %v", rate, q.Value, err, want)
		}
	}
	if _, err := Needed(0.5); err == nil {
		t.Error("a half was accepted")
	}
	// 16 to 6: 0.052.
	if p := SignTest(16, 6); math.Abs(p-0.0525) > 5e-4 {
		t.Errorf("sign test %v", p)
	}
	if SignTest(0, 0) != 1 || SignTest(5, 5) != 1 || math.Abs(SignTest(5, 0)-2.0/32) > 1e-12 {
		t.Error("sign test")
	}
}

// The lesson's κ, and Fleiss' own example (1971, 10 subjects, 14 raters).
func TestKappaByHand(t *testing.T) {
	label := func(pairs ...[3]int) (a, b []int) {
		for _, p := range pairs {
			for range p[2] {
				a, b = append(a, p[0]), append(b, p[1])
			}
		}
		return a, b
	}
	a, b := label([3]int{0, 0, 40}, [3]int{1, 1, 30}, [3]int{0, 1, 20}, [3]int{1, 0, 10})
	if k, o, e := Cohen(a, b, 2); math.Abs(k-0.4) > 1e-12 || math.Abs(o-0.7) > 1e-12 || math.Abs(e-0.5) > 1e-12 {
		t.Error(k, o, e)
	}
	a, b = label([3]int{0, 0, 88}, [3]int{1, 1, 2}, [3]int{0, 1, 5}, [3]int{1, 0, 5})
	if k, _, e := Cohen(a, b, 2); math.Abs(k-0.23) > 5e-3 || math.Abs(e-0.8698) > 1e-9 {
		t.Error(k, e)
	}
	k, o, e := Fleiss([][]int{
		{0, 0, 0, 0, 14}, {0, 2, 6, 4, 2}, {0, 0, 3, 5, 6}, {0, 3, 9, 2, 0}, {2, 2, 8, 1, 1},
		{7, 7, 0, 0, 0}, {3, 2, 6, 3, 0}, {2, 5, 3, 2, 2}, {6, 5, 2, 1, 0}, {0, 2, 2, 3, 7},
	})
	if math.Abs(k-0.210) > 5e-4 || math.Abs(o-0.378) > 5e-4 || math.Abs(e-0.213) > 5e-4 {
		t.Error(k, o, e)
	}
	if k, _, _ := Cohen([]int{0, 0}, []int{0, 0}, 2); !math.IsNaN(k) {
		t.Error(k)
	}
	if k, o, _ := Cohen([]int{0, 1, 2}, []int{0, 1, 2}, 3); k != 1 || o != 1 {
		t.Error(k, o)
	}
}

// Judges who differ: the question decides by the mean, agreement by the pairs.
func TestSeveralJudges(t *testing.T) {
	all := []Judgement{
		{Judge: 1, Item: 0, Accuracy: WinsA, Done: [2]int8{1, -1}, Satisfaction: [2]int8{5, 3}},
		{Judge: 2, Item: 0, Accuracy: WinsA, Done: [2]int8{1, 1}, Satisfaction: [2]int8{3, 3}},
		{Judge: 3, Item: 0, Accuracy: WinsB, Done: [2]int8{1, -1}},
		{Judge: 1, Item: 1, Accuracy: WinsA}, {Judge: 2, Item: 1, Accuracy: WinsB},
		{Judge: 1, Item: 2, Accuracy: WinsB}, {Judge: 2, Item: 2, Accuracy: WinsB}, {Judge: 3, Item: 2, Accuracy: Tie},
	}
	r, err := Analyse(all, 4, 9)
	if err != nil {
		t.Fatal(err)
	}
	if p := r.Accuracy; p.Judged != 3 || p.Wins != 1 || p.Losses != 1 || p.Ties != 1 || math.Abs(p.Rate-(2.0/3+0.5+0.5/3)/3) > 1e-12 {
		t.Errorf("%+v", p)
	}
	if c := r.Completion; c[0].Done != 1 || c[1].Done != 0 || c[0].Judged != 1 || r.OnlyA != 1 || r.OnlyB != 0 {
		t.Errorf("%+v", r)
	}
	if r.Satisfaction[0].Mean != 4 || r.Satisfaction[1].Mean != 3 || r.Difference.Mean != 1 || r.Difference.Judged != 1 {
		t.Errorf("%+v", r.Satisfaction)
	}
	if len(r.Agreement) != 3 || r.Agreement[0].Items != 2 || r.Agreement[0].Method != "Fleiss" || r.Agreement[0].Judges != 3 {
		t.Errorf("%+v", r.Agreement)
	}
	// Without a judgement there is nothing to say, and no crash.
	if r, err := Analyse(nil, 0, 1); err != nil || !math.IsNaN(r.Accuracy.Rate) || r.Accuracy.P != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

// A judge who always takes the left one shows up, and does not move the win rate
// beyond chance.
func TestLeftHandedJudge(t *testing.T) {
	n := 200
	var parts []string
	for i := range n {
		parts = append(parts, itoa(i)+"=l-----")
	}
	all, err := Decode("1:"+strings.Join(parts, ","), n, 3)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Analyse(all, n, 3)
	if err != nil || r.LeftPreferred.Rate != 1 || r.Accuracy.Rate != 0.5 {
		t.Errorf("%+v, %v", r, err)
	}
}

func itoa(i int) string {
	return string(rune('0'+i/100%10)) + string(rune('0'+i/10%10)) + string(rune('0'+i%10))
}

// Wilson's interval covers the truth about as often as it says.
func TestIntervalsCover(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	covered, drawn, runs := 0, 0, 300
	for range runs {
		var all []Judgement
		for i := range 100 {
			c := WinsB
			if rng.Float64() < 0.6 {
				c = WinsA
			}
			all = append(all, Judgement{Judge: 1, Item: i, Accuracy: c})
		}
		p := preference(all, 100, rng.Uint64(), func(j Judgement) Choice { return j.Accuracy })
		if p.Wilson.Lo <= 0.6 && 0.6 <= p.Wilson.Hi {
			covered++
		}
		if p.Drawn.Lo <= 0.6 && 0.6 <= p.Drawn.Hi {
			drawn++
		}
	}
	if covered < runs*90/100 || covered > runs*99/100 || drawn < runs*88/100 {
		t.Errorf("covered %d and %d of %d", covered, drawn, runs)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("1:0=ltyn43,2=r--y-5;2:0=------", 3)
	f.Fuzz(func(t *testing.T, text string, n int) {
		if n < 0 || n > 30 {
			return
		}
		all, err := Decode(text, n, 5)
		if err != nil {
			return
		}
		if _, err := Analyse(all, n, 5); err != nil {
			t.Error(err)
		}
		if again, err := Decode(Encode(all, n, 5), n, 5); err != nil || len(again) != len(all) {
			t.Errorf("%v, %v", again, err)
		}
	})
}

func BenchmarkAnalyse(b *testing.B) {
	all := randomJudgements(rand.New(rand.NewPCG(1, 1)), 200, 3)
	for b.Loop() {
		if _, err := Analyse(all, 200, 1); err != nil {
			b.Fatal(err)
		}
	}
}
