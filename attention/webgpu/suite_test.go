package webgpu

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"courselab/attention"
)

// The suite that every device goes through: the emulated one natively, a false
// WebGPU under Node, and Chromium's.

func runSuite(t *testing.T, b *Backend) {
	for name, test := range map[string]func(*testing.T, *Backend){
		"products": testProducts, "layers": testLayers, "views": testViews, "aliases": testAliases,
		"residence": testResidence, "many results": testManyResults, "models": testModels,
	} {
		t.Run(name, func(t *testing.T) { test(t, b) })
	}
}

func random(seed uint64, rows, cols int) attention.Matrix {
	r := rand.New(rand.NewPCG(seed, 1))
	m := attention.NewMatrix(rows, cols)
	for i := range m.Data {
		m.Data[i] = float32(r.Float64()*8 - 4)
	}
	return m
}

// testProducts goes through sizes around those of tiles, depths and workgroups,
// and through nothing at all.
func testProducts(t *testing.T, b *Backend) {
	for _, s := range [][3]int{
		{0, 2, 2}, {2, 0, 2}, {2, 2, 0}, {1, 1, 1}, {1, 8, 32}, {1, 9, 33}, {4, 65, 128}, {5, 31, 8}, {32, 32, 32},
		{33, 31, 17}, {64, 33, 36}, {31, 65, 130}, {70, 7, 3}, {3, 300, 20}, {128, 40, 352},
	} {
		m, n, k := s[0], s[1], s[2]
		if err := attention.CompareToReference(t.Context(), b, random(1, m, k), random(2, k, n), random(3, n, k)); err != nil {
			t.Errorf("%v: %v", s, err)
		}
	}
	inf := float32(math.Inf(-1))
	src := attention.Matrix{Rows: 4, Cols: 3, Data: []float32{0, 0, inf, inf, inf, inf, 1e30, -1e30, 1e30, 88, 89, 90}}
	got, want := attention.NewMatrix(4, 3), attention.NewMatrix(4, 3)
	b.SoftmaxRows(got, src)
	wait(t, b)
	attention.Reference{}.SoftmaxRows(want, src)
	near(t, "softmax of edges", got.Data, want.Data, 1e-5)
}

func testLayers(t *testing.T, b *Backend) {
	for i, s := range []attention.LayerShape{
		{Rows: 1, Past: 0, Heads: 1, KVHeads: 1, HeadDim: 2, Width: 1},
		{Rows: 3, Past: 0, Heads: 2, KVHeads: 2, HeadDim: 4, Width: 5},
		{Rows: 17, Past: 40, Heads: 4, KVHeads: 2, HeadDim: 32, Width: 128},
		{Rows: 1, Past: 130, Heads: 6, KVHeads: 2, HeadDim: 22, Width: 300},
		{Rows: 2, Past: 63, Heads: 2, KVHeads: 1, HeadDim: 130, Width: 64},
	} {
		if err := attention.CompareLayersToReference(t.Context(), b, s, uint64(i)); err != nil {
			t.Error(err)
		}
	}
}

func wait(t *testing.T, b *Backend) {
	t.Helper()
	if err := b.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func near(t *testing.T, what string, got, want []float32, tolerance float64) {
	t.Helper()
	for i, w := range want {
		if !(math.Abs(float64(got[i]-w)) <= tolerance*(1+math.Abs(float64(w)))) {
			t.Fatalf("%s: value %d is %v, want %v", what, i, got[i], w)
		}
	}
}

func rows(m attention.Matrix, from, to int) attention.Matrix {
	return attention.Matrix{Rows: to - from, Cols: m.Cols, Data: m.Data[from*m.Cols : to*m.Cols]}
}

// testViews works on rows of matrices: known before as a whole or only in parts.
func testViews(t *testing.T, b *Backend) {
	both := func(what string, run func(b attention.LayerBackend, whole, other attention.Matrix)) {
		t.Helper()
		var got [2]attention.Matrix
		for i, on := range []attention.LayerBackend{b, attention.Go{}} {
			got[i] = random(7, 9, 5)
			run(on, got[i], random(8, 9, 5))
			if err := on.Sync(t.Context()); err != nil {
				t.Fatalf("%s: %v", what, err)
			}
		}
		near(t, what, got[0].Data, got[1].Data, 1e-5)
	}
	both("a part", func(b attention.LayerBackend, m, o attention.Matrix) {
		b.Add(rows(m, 2, 4), rows(o, 1, 3), rows(o, 7, 9))
	})
	both("parts, then the whole", func(b attention.LayerBackend, m, o attention.Matrix) {
		b.Add(rows(m, 2, 4), rows(o, 1, 3), rows(o, 7, 9))
		b.Add(rows(m, 6, 7), rows(o, 0, 1), rows(m, 2, 3))
		b.Add(m, m, o)
	})
	both("the whole, then parts", func(b attention.LayerBackend, m, o attention.Matrix) {
		b.Add(m, m, o)
		b.Add(rows(m, 3, 5), rows(m, 3, 5), rows(o, 0, 2))
		b.Add(rows(m, 4, 6), rows(m, 4, 6), rows(o, 0, 2))
	})
	both("overlapping parts", func(b attention.LayerBackend, m, o attention.Matrix) {
		b.Add(rows(m, 0, 3), rows(o, 0, 3), rows(o, 1, 4))
		b.Add(rows(m, 2, 5), rows(o, 2, 5), rows(m, 5, 8))
		b.Add(rows(m, 1, 4), rows(m, 1, 4), rows(o, 1, 4))
		b.Add(rows(o, 1, 6), rows(m, 1, 6), rows(o, 1, 6))
		b.Add(rows(m, 7, 9), rows(o, 4, 6), rows(o, 0, 2))
	})
	// The host writes between passes, beside what the device wrote.
	m, o := random(1, 4, 3), random(2, 4, 3)
	b.Add(rows(m, 0, 2), rows(o, 0, 2), rows(o, 2, 4))
	wait(t, b)
	copy(o.Data, random(3, 4, 3).Data)
	m.Data[0] = 100
	b.Add(m, m, o)
	wait(t, b)
	want := random(1, 4, 3)
	attention.Go{}.Add(rows(want, 0, 2), rows(random(2, 4, 3), 0, 2), rows(random(2, 4, 3), 2, 4))
	want.Data[0] = 100
	attention.Go{}.Add(want, want, random(3, 4, 3))
	near(t, "between passes", m.Data, want.Data, 1e-5)
}

// testAliases lets results lie in the memory of operands.
func testAliases(t *testing.T, b *Backend) {
	for name, run := range map[string]func(b attention.LayerBackend, m, o attention.Matrix){
		"sum into the second":  func(b attention.LayerBackend, m, o attention.Matrix) { b.Add(m, o, m) },
		"sum with itself":      func(b attention.LayerBackend, m, o attention.Matrix) { b.Add(m, m, m) },
		"gate into the second": func(b attention.LayerBackend, m, o attention.Matrix) { b.SiLUGate(m, o, m) },
		"gate by itself":       func(b attention.LayerBackend, m, o attention.Matrix) { b.SiLUGate(m, m, m) },
		"rows of one matrix": func(b attention.LayerBackend, m, o attention.Matrix) {
			b.Add(m, m, o) // the whole is known
			b.MatMulT(attention.Matrix{Rows: 1, Cols: 4, Data: m.Data[:4]}, rows(m, 3, 4), rows(m, 4, 8))
			b.RMSNorm(rows(m, 1, 2), rows(m, 8, 9), rows(m, 2, 3).Data, 1e-5)
			b.Gather(rows(m, 3, 5), rows(m, 5, 9), []int{3, 0})
			b.SoftmaxRows(rows(m, 5, 6), rows(m, 7, 8))
		},
	} {
		var got [2]attention.Matrix
		for i, on := range []attention.LayerBackend{b, attention.Go{}} {
			got[i] = random(7, 9, 6)
			run(on, got[i], random(8, 9, 6))
			if err := on.Sync(t.Context()); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		near(t, name, got[0].Data, got[1].Data, 1e-5)
	}
}

// testResidence looks at what crosses and when.
func testResidence(t *testing.T, b *Backend) {
	weights, x, hidden, out := random(1, 6, 5), random(2, 3, 5), random(3, 3, 6), attention.NewMatrix(3, 6)
	before := append([]float32(nil), hidden.Data...)
	b.Place(attention.Constant, weights.Data)
	b.Place(attention.Device, hidden.Data)
	want := attention.NewMatrix(3, 6)
	for range 2 {
		b.MatMulT(hidden, x, weights)
		wait(t, b)
		b.Add(out, hidden, hidden)
		wait(t, b)
		attention.Go{}.MatMulT(want, x, weights)
		attention.Go{}.Add(want, want, want)
		near(t, "twice a product", out.Data, want.Data, 1e-4)
		near(t, "device memory, on the host", hidden.Data, before, 0)
		x.Data[0]++
	}
	// A constant that is changed in secret stays, one that is placed anew does not.
	attention.Go{}.MatMulT(want, x, weights)
	old := weights.Data[0]
	weights.Data[0] = 100
	b.Place(attention.Constant, weights.Data)
	b.MatMulT(out, x, weights)
	wait(t, b)
	near(t, "constant", out.Data, want.Data, 1e-4)
	b.Place(attention.Host, weights.Data)
	b.Place(attention.Constant, weights.Data)
	b.MatMulT(out, x, weights)
	wait(t, b)
	attention.Go{}.MatMulT(want, x, weights)
	near(t, "another constant", out.Data, want.Data, 1e-4)
	weights.Data[0] = old
	for name, wrong := range map[string]func(){
		"write to a constant": func() { b.Add(weights, weights, weights) },
		"placed in part": func() {
			whole := attention.NewMatrix(2, 2)
			b.Place(attention.Device, whole.Data[:2])
			b.Add(whole, whole, whole)
		},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			wrong()
		}()
	}
	b.memory.settle(&b.plan, true) // what the two began
	b.plan.reset()
}

// testManyResults traces a chain of operations in one pass.
func testManyResults(t *testing.T, b *Backend) {
	x := random(1, 5, 8)
	var got, want []attention.Matrix
	for range 40 {
		got, want = append(got, attention.NewMatrix(5, 8)), append(want, attention.NewMatrix(5, 8))
	}
	for _, c := range []struct {
		b   attention.LayerBackend
		all []attention.Matrix
	}{{b, got}, {attention.Go{}, want}} {
		last := x
		for _, m := range c.all {
			c.b.RMSNorm(m, last, x.Data[:8], 1e-5)
			last = m
		}
		if err := c.b.Sync(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for i := range got {
		near(t, fmt.Sprintf("result %d", i), got[i].Data, want[i].Data, 1e-3)
	}
}

func lively(t testing.TB, c attention.ModelConfig) *attention.Model {
	t.Helper()
	m, err := attention.NewModel(c, 1)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 7))
	for _, p := range m.Parameters() {
		for i := range p.Values {
			if len(p.Shape) == 1 {
				p.Values[i] = float32(0.5 + r.Float64())
			} else {
				p.Values[i] = float32(r.NormFloat64() / math.Sqrt(float64(p.Shape[1])))
			}
		}
	}
	return m
}

var small = attention.ModelConfig{Vocab: 53, Width: 20, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 6, FFN: 34, Context: 320, RopeTheta: 10000, NormEps: 1e-5, Tied: true, BOS: -1}

// testModels compares whole passes with Go's: at once, token by token, and past
// the decoder's first memory.
func testModels(t *testing.T, b *Backend) {
	odd := small
	odd.Heads, odd.KVHeads, odd.HeadDim, odd.Width, odd.Tied = 3, 1, 10, 33, false
	for _, c := range []attention.ModelConfig{small, odd} {
		m := lively(t, c)
		tokens := make([]int, 200)
		for i := range tokens {
			tokens[i] = (i*i + 3) % c.Vocab
		}
		fast, err := attention.NewDecoder(m, b, c.Context)
		if err != nil {
			t.Fatal(err)
		}
		plain, err := attention.NewDecoder(m, attention.Go{}, c.Context)
		if err != nil {
			t.Fatal(err)
		}
		for at, n := 0, 0; at < len(tokens); at += n {
			n = min([]int{5, 1, 1, 40, 1, 90, 1, 1, 100}[at%9], len(tokens)-at)
			got, err := fast.Forward(t.Context(), tokens[at:at+n])
			if err != nil {
				t.Fatal(err)
			}
			want, err := plain.Forward(t.Context(), tokens[at:at+n])
			if err != nil {
				t.Fatal(err)
			}
			near(t, fmt.Sprintf("logits of tokens %d to %d", at, at+n), got.Data, want.Data, 1e-3)
		}
	}
}
