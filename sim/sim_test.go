package sim

import (
	"errors"
	"math"
	"testing"
)

// tiny is small enough to count by hand: d = 4, two query heads of 2 over one
// key head, d_ff = 3, V = 5, two layers.
var tiny = Architecture{Layers: 2, Width: 4, Heads: 2, KVHeads: 1, HeadDim: 2, FF: number(3), Vocab: 5, MLP: mlpGated}

func number(v float64) *float64 { return &v }

func TestHandWorked(t *testing.T) {
	tied, biased, normed := tiny, tiny, tiny
	tied.Tied = true
	biased.QKVBias, biased.OBias = true, true
	normed.QKNorm = true
	for _, c := range []struct {
		name string
		got  func() (Quantity, error)
		want float64
	}{
		// Per layer: W_Q 16, W_O 16, W_K 8, W_V 8, three of 12, norms 8 = 92.
		// 2·92 + two of 20 + final norm 4 = 228.
		{"parameters", tiny.Parameters, 228},
		{"parameters tied", tied.Parameters, 208},
		// Biases per layer: 4 + 2 + 2 + 4 = 12.
		{"parameters biased", biased.Parameters, 252},
		// Norms of queries and keys per layer: 2 + 2.
		{"parameters qk norm", normed.Parameters, 236},
		// Keys and values: 2·2 layers·1 head·2 dims = 8 numbers of 2 bytes.
		{"kv per token", func() (Quantity, error) { return tiny.KVCache(1, 1, 16) }, 16},
		{"kv of 3 × 10 tokens in 4 bit", func() (Quantity, error) { return tiny.KVCache(10, 3, 4) }, 120},
		// Scores: 2·T²·n_h·d_h = 2·9·4 = 72 a layer; weighted sum as much.
		{"attention flops", func() (Quantity, error) { return tiny.AttentionFLOPs(3) }, 288},
		// Matrices: 2·(48+36) + 20 = 188; 2·188·3 + 288.
		{"forward flops", func() (Quantity, error) { return tiny.ForwardFLOPs(3) }, 1416},
		{"forward flops tied", func() (Quantity, error) { return tied.ForwardFLOPs(3) }, 1416},
		{"rough forward flops", func() (Quantity, error) { return RoughForwardFLOPs(7e9, 1000) }, 1.4e13},
		{"train flops", func() (Quantity, error) { return TrainFLOPs(1e9, 2e10) }, 1.2e20},
		{"weights", func() (Quantity, error) { return WeightBytes(7e9, 4.5) }, 3.9375e9},
		// (1·4 + 2·(−3) + 0.5·2 + 0·9) / 2
		{"scaled score", func() (Quantity, error) {
			return ScaledScore([]float64{1, 2, 0.5, 0}, []float64{4, -3, 2, 9})
		}, -0.5},
		{"scaled dot", func() (Quantity, error) { return ScaledDot(24, 64) }, 3},
		// Scores ln 1, ln 2, ln 5 over √1: weights 1/8, 2/8, 5/8.
		{"softmax weight", func() (Quantity, error) {
			return SoftmaxWeight([]float64{0, math.Log(2), math.Log(5)}, 1, 3)
		}, 0.625},
		// Halved by √4: √2 to 1.
		{"softmax weight scaled", func() (Quantity, error) {
			return SoftmaxWeight([]float64{0, math.Log(2)}, 4, 2)
		}, math.Sqrt2 / (1 + math.Sqrt2)},
	} {
		got, err := c.got()
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if math.Abs(got.Value-c.want) > 1e-12*math.Abs(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got.Value, c.want)
		}
		if got.Name == "" || got.Formula == "" || got.Working == "" || len(got.Terms) == 0 {
			t.Errorf("%s: does not explain itself: %+v", c.name, got)
		}
	}
}

func TestWorking(t *testing.T) {
	for _, c := range []struct {
		got  func() (Quantity, error)
		want string
	}{
		{tiny.Parameters, "2 × 5 × 4 + 2 × (2 × 4 × 2 × 2 + 2 × 4 × 1 × 2 + 3 × 4 × 3 + 2 × 4) + 4"},
		{func() (Quantity, error) { return tiny.KVCache(10, 3, 4) }, "2 × 2 × 1 × 2 × 10 × 3 × 4 / 8"},
		{func() (Quantity, error) { return TrainFLOPs(7e10, 1.4e12) }, "6 × 70000000000 × 1400000000000"},
		{func() (Quantity, error) { return ScaledScore([]float64{-1, 2}, []float64{3, -0.5}) }, "((−1) × 3 + 2 × (−0.5)) / √2"},
	} {
		if got, err := c.got(); err != nil || got.Working != c.want {
			t.Errorf("working %q, %v; want %q", got.Working, err, c.want)
		}
	}
}

// The parts of a sum that a Quantity lists add up to it.
func TestParameterTermsAddUp(t *testing.T) {
	q, err := (&Architecture{Layers: 80, Width: 8192, Heads: 64, KVHeads: 8, HeadDim: 128, FF: number(28672), Vocab: 32000, MLP: mlpGated}).Parameters()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, term := range q.Terms {
		sum += term.Value
	}
	if sum != q.Value || q.Value != 68976648192 {
		t.Errorf("terms add up to %v, value %v, want 68976648192", sum, q.Value)
	}
}

func TestSoftmax(t *testing.T) {
	for _, x := range [][]float64{{0}, {1, 2, 3}, {1e300, -1e300, 0}, {-1e308, 1e308}, {5, 5, 5, 5}} {
		w, err := Softmax(x)
		if err != nil {
			t.Errorf("softmax %v: %v", x, err)
			continue
		}
		sum := 0.0
		for _, v := range w {
			sum += v
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("softmax %v = %v, adds up to %v", x, w, sum)
		}
	}
	for _, x := range [][]float64{nil, {math.NaN()}, {0, math.Inf(1)}, {math.Inf(-1)}} {
		if w, err := Softmax(x); err == nil {
			t.Errorf("softmax %v = %v, want an error", x, w)
		}
	}
}

func TestUnits(t *testing.T) {
	for _, c := range []struct {
		value      float64
		base, unit string
		want       float64
	}{
		{1 << 31, Byte, "GiB", 2}, {1 << 31, Byte, "GB", 2.147483648}, {1536, Byte, "KiB", 1.5}, {7, Byte, "字节", 7},
		{5.88e23, FLOP, "ZFLOP", 588}, {2e12, FLOP, "TFLOP", 2},
		{6738415616, Parameter, "B", 6.738415616}, {7e9, Parameter, "亿", 70}, {0.625, Ratio, "%", 62.5}, {3, Ratio, "", 3},
	} {
		got, err := Quantity{Value: c.value, Unit: c.base}.In(c.unit)
		if err != nil || math.Abs(got-c.want) > 1e-12*c.want {
			t.Errorf("%v %s = %v %s, %v; want %v", c.value, c.base, got, c.unit, err, c.want)
		}
	}
	for _, c := range [][2]string{{Byte, "FLOP"}, {Byte, "gib"}, {"KiB", "B"}, {Ratio, "B"}} {
		if got, err := (Quantity{Value: 1, Unit: c[0]}).In(c[1]); err == nil {
			t.Errorf("1 %s = %v %s, want an error", c[0], got, c[1])
		}
	}
	// A unit that two dimensions share is told apart by the base unit.
	if got, _ := (Quantity{Value: 3, Unit: Byte}).In("B"); got != 3 {
		t.Errorf("3 bytes = %v B", got)
	}
}

func TestInvalidFieldsAreNamed(t *testing.T) {
	ok := map[string]float64{"layers": 32, "kv_heads": 8, "head_dim": 128, "tokens": 4096, "batch": 1, "bits": 16}
	for _, c := range []struct {
		field, reason string
		change        func(map[string]float64)
	}{
		{"tokens", Missing, func(v map[string]float64) { delete(v, "tokens") }},
		{"layers", OutOfRange, func(v map[string]float64) { v["layers"] = -1 }},
		{"head_dim", NotFinite, func(v map[string]float64) { v["head_dim"] = math.NaN() }},
		{"bits", NotFinite, func(v map[string]float64) { v["bits"] = math.Inf(1) }},
		{"batch", NotInteger, func(v map[string]float64) { v["batch"] = 1.5 }},
		{"colour", Unknown, func(v map[string]float64) { v["colour"] = 1 }},
	} {
		in := map[string]float64{}
		for k, v := range ok {
			in[k] = v
		}
		c.change(in)
		_, err := Functions()["kv-cache"].Eval(in)
		var field *FieldError
		if !errors.As(err, &field) || field.Field != c.field || field.Reason != c.reason {
			t.Errorf("%s %s: got %v", c.field, c.reason, err)
		}
	}
	bad := tiny
	bad.KVHeads, bad.Heads = 3, 4
	if _, err := bad.Parameters(); err == nil {
		t.Error("3 key heads for 4 query heads: no error")
	}
}
