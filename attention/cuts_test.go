package attention

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestDistributionIsWhatIsDrawnFrom compares, over random logits and settings,
// what Distribute keeps with what Sampler draws from.
func TestDistributionIsWhatIsDrawnFrom(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 3))
	pick := func(all ...float64) float64 { return all[random.IntN(len(all))] }
	for range 500 {
		logits := make([]float32, 1+random.IntN(60))
		for i := range logits {
			// Coarse, so that there are equals.
			logits[i] = float32(random.IntN(12)) - 6
		}
		text := []int{random.IntN(len(logits)), random.IntN(len(logits))}
		s := Sampling{Temperature: pick(0, 1e-6, 0.5, 1, 3), TopK: int(pick(0, 1, 5, 100)), TopP: pick(1e-9, 0.3, 0.9, 1),
			MinP: pick(0, 0.05, 1), RepetitionPenalty: pick(1, 1.3), Seed: random.Uint64()}
		d, err := s.Distribute(logits, text)
		if err != nil {
			t.Fatal(err)
		}
		sampler, err := NewSampler(s, len(logits))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := sampler.Sample(logits, text); err != nil {
			t.Fatal(err)
		}
		want := make([]float64, len(logits))
		for _, c := range sampler.Candidates() {
			want[c.Token] = c.Probability
		}
		kept := 0
		var sum, plain, tempered float64
		for token := range logits {
			if math.Abs(d.Final[token]-want[token]) > 1e-9 {
				t.Fatalf("%+v: token %d of %v has %v, is drawn with %v", s, token, logits, d.Final[token], want[token])
			}
			if (d.Cuts[token] == Kept) != (want[token] > 0) {
				t.Fatalf("%+v: token %d cut by %q, drawn with %v", s, token, d.Cuts[token], want[token])
			}
			if d.Cuts[token] == Kept {
				kept++
			}
			sum += d.Final[token]
			plain += d.Plain[token]
			tempered += d.Tempered[token]
		}
		for _, total := range []float64{sum, plain, tempered} {
			if math.Abs(total-1) > 1e-9 {
				t.Fatalf("%+v: sums %v, %v, %v", s, sum, plain, tempered)
			}
		}
		if kept != d.MinP || d.MinP > d.TopP || d.TopP > d.TopK {
			t.Fatalf("%+v: %d kept, counts %d, %d, %d", s, kept, d.TopK, d.TopP, d.MinP)
		}
		if !slices.IsSortedFunc(d.Order, func(a, b int) int { return cmp.Compare(d.Tempered[b], d.Tempered[a]) }) {
			t.Fatalf("%+v: order %v of %v", s, d.Order, d.Tempered)
		}
	}
}

// TestCutsByHand is the example of a lesson: scores 3, 2, 1, 0.
func TestCutsByHand(t *testing.T) {
	logits := []float32{0, 3, 1, 2}
	d, err := Sampling{Temperature: 1, TopK: 3, TopP: 0.9, RepetitionPenalty: 1}.Distribute(logits, nil)
	if err != nil {
		t.Fatal(err)
	}
	// exp: 20.086, 7.389, 2.718, 1; of 31.193 the first has 64.4 %.
	if !slices.Equal(d.Order, []int{1, 3, 2, 0}) || math.Abs(d.Plain[1]-0.6439) > 1e-4 {
		t.Errorf("%v, %v", d.Order, d.Plain)
	}
	// top-k leaves 96.8 % of it; 0.9 of that needs 87.1 %, which two reach.
	if d.TopK != 3 || d.TopP != 2 || d.Cuts[0] != CutTopK || d.Cuts[2] != CutTopP || math.Abs(d.Final[3]-0.2689) > 1e-4 {
		t.Errorf("%+v", d)
	}
	if _, err := (Sampling{TopP: 0, RepetitionPenalty: 1}).Distribute(logits, nil); err == nil {
		t.Error("top-p 0 passes")
	}
	if _, err := (Sampling{TopP: 1, RepetitionPenalty: 1}).Distribute([]float32{float32(math.NaN())}, nil); err == nil {
		t.Error("a logit that is no number passes")
	}
}

func TestSkippedDrawsAreAsIfDrawn(t *testing.T) {
	logits := make([]float32, 50)
	for _, temperature := range []float64{0, 1} {
		s := Sampling{Temperature: temperature, TopP: 1, RepetitionPenalty: 1, Seed: 9}
		whole, _ := NewSampler(s, len(logits))
		late, _ := NewSampler(s, len(logits))
		var want []int
		for range 6 {
			token, _ := whole.Sample(logits, nil)
			want = append(want, token)
		}
		late.Skip(4)
		for _, w := range want[4:] {
			if token, _ := late.Sample(logits, nil); token != w {
				t.Errorf("temperature %v: %d after a skip, want %d", temperature, token, w)
			}
		}
	}
}
