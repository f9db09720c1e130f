package judge

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

// TestSignTestIsExact counts the tosses of a fair coin.
func TestSignTestIsExact(t *testing.T) {
	for n := range 40 {
		for k := 0; 2*k <= n; k++ {
			sum := new(big.Int)
			for i := 0; i <= k; i++ {
				sum.Add(sum, new(big.Int).Binomial(int64(n), int64(i)))
			}
			want, _ := new(big.Rat).SetFrac(sum.Lsh(sum, 1), new(big.Int).Lsh(big.NewInt(1), uint(n))).Float64()
			if got := SignTest(k, n-k); math.Abs(got-min(1, want)) > 1e-9 {
				t.Errorf("%d to %d: %v, want %v", k, n-k, got, want)
			}
		}
	}
	if got := SignTest(16, 6); math.Abs(got-0.052) > 5e-4 { // m5.md
		t.Errorf("16 to 6: %v", got)
	}
}

func TestCompare(t *testing.T) {
	yes, no := true, false
	c, err := Compare([]bool{yes, yes, yes, no, no, yes}, []bool{yes, no, no, yes, no, no}, []int{1, 1, 2, 2, 3, 3}, 4)
	if err != nil {
		t.Fatal(err)
	}
	if c.Both != 1 || c.OnlyA != 3 || c.OnlyB != 1 || c.Neither != 1 || c.Questions() != 6 || math.Abs(c.Difference-1./3) > 1e-12 ||
		math.Abs(c.Discordant()-2./3) > 1e-12 || math.Abs(c.P-2*(1+4)/16.) > 1e-12 || !(c.Drawn.Lo <= c.Difference && c.Difference <= c.Drawn.Hi) {
		t.Errorf("%+v", c)
	}
	if _, err := Compare([]bool{yes}, nil, nil, 1); err == nil {
		t.Error("answers of different numbers compared")
	}
	if none, err := Compare(nil, nil, nil, 1); err != nil || !math.IsNaN(none.Difference) || none.P != 1 {
		t.Errorf("of nothing: %+v, %v", none, err)
	}
}

// TestGroupsWidenTheInterval: questions of one group that go right or wrong
// together are worth one, and the interval says so.
func TestGroupsWidenTheInterval(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	var single, sums, counts []float64
	for range 60 {
		v := float64(rng.IntN(2))
		sums, counts = append(sums, 4*v), append(counts, 4)
		single = append(single, v, v, v, v)
	}
	p, apart := Bootstrap(single, 1)
	q, together := BootstrapRatio(sums, counts, 1)
	if math.Abs(p-q) > 1e-12 {
		t.Errorf("shares %v and %v", p, q)
	}
	if ratio := (together.Hi - together.Lo) / (apart.Hi - apart.Lo); ratio < 1.7 || ratio > 2.3 { // √4
		t.Errorf("%v is %v times as wide as %v", together, ratio, apart)
	}
	if again, i := BootstrapRatio(sums, counts, 1); again != q || i != together {
		t.Error("the same seed, another interval")
	}
}
