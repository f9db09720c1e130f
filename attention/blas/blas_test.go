package blas

import (
	"context"
	"math"
	"testing"

	"courselab/attention"
)

func TestSelfTest(t *testing.T) {
	if err := attention.SelfTest(context.Background(), Backend{}); err != nil {
		t.Error(err)
	}
}

// TestEmpty goes through every size that is nothing: BLAS itself refuses some.
func TestEmpty(t *testing.T) {
	for _, s := range [][3]int{{0, 2, 2}, {2, 0, 2}, {2, 2, 0}, {1, 2, 0}, {1, 0, 3}, {0, 0, 0}} {
		m, n, k := s[0], s[1], s[2]
		err := attention.CompareToReference(context.Background(), Backend{}, attention.NewMatrix(m, k), attention.NewMatrix(k, n), attention.NewMatrix(n, k))
		if err != nil {
			t.Errorf("%v: %v", s, err)
		}
	}
}

// shiya is the shape of the course's own model.
var shiya = attention.ModelConfig{Vocab: 3003, Width: 128, Layers: 4, Heads: 4, KVHeads: 2, HeadDim: 32, FFN: 352, Context: 72, RopeTheta: 10000, NormEps: 1e-5, Tied: true, BOS: -1}

func decoder(t testing.TB, b attention.Backend) *attention.Decoder {
	t.Helper()
	m, err := attention.NewModel(shiya, 1)
	if err != nil {
		t.Fatal(err)
	}
	d, err := attention.NewDecoder(m, b, shiya.Context)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestModel compares a whole pass, at once and token by token, with Go's.
func TestModel(t *testing.T) {
	tokens := []int{5, 3002, 0, 17, 400, 401, 5, 1}
	want, err := decoder(t, attention.Go{}).Forward(t.Context(), tokens)
	if err != nil {
		t.Fatal(err)
	}
	whole, single := decoder(t, Backend{}), decoder(t, Backend{})
	got, err := whole.Forward(t.Context(), tokens)
	if err != nil {
		t.Fatal(err)
	}
	for i := range tokens {
		row, err := single.Next(t.Context(), tokens[i:i+1])
		if err != nil {
			t.Fatal(err)
		}
		for j, w := range want.Row(i) {
			if g, s := got.At(i, j), row[j]; math.Abs(float64(g-w)) > 1e-4 || math.Abs(float64(s-w)) > 1e-4 {
				t.Fatalf("logit [%d,%d] is %v at once and %v by itself, want %v", i, j, g, s, w)
			}
		}
	}
}

func TestDecodeAllocatesNothing(t *testing.T) {
	d, token := decoder(t, Backend{}), []int{7}
	step := func() {
		if _, err := d.Next(context.Background(), token); err != nil {
			t.Fatal(err)
		}
		d.Truncate(d.Len() % 60)
	}
	step()
	if n := testing.AllocsPerRun(100, step); n != 0 {
		t.Errorf("%v allocations per token", n)
	}
}

func BenchmarkDecode(b *testing.B) {
	d, token := decoder(b, Backend{}), []int{7}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := d.Next(b.Context(), token); err != nil {
			b.Fatal(err)
		}
		d.Truncate(d.Len() % 60)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
}

// TestConforms compares every operation of layers and of training with
// Reference, few rows and many.
func TestConforms(t *testing.T) {
	for i, s := range []attention.LayerShape{
		{Rows: 1, Heads: 2, KVHeads: 1, HeadDim: 4, Width: 3},
		{Rows: 3, Past: 2, Heads: 4, KVHeads: 2, HeadDim: 6, Width: 9},
		{Rows: 4, Heads: 1, KVHeads: 1, HeadDim: 2, Width: 1},
		{Rows: 21, Past: 5, Heads: 6, KVHeads: 2, HeadDim: 10, Width: 37},
		{Rows: 65, Heads: 4, KVHeads: 2, HeadDim: 32, Width: 128},
	} {
		if err := attention.CompareLayersToReference(t.Context(), Backend{}, s, uint64(40*i)); err != nil {
			t.Error(err)
		}
		if err := attention.CompareTrainingToReference(t.Context(), Backend{}, s, uint64(40*i)); err != nil {
			t.Error(err)
		}
	}
}
