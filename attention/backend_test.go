package attention

import (
	"context"
	"fmt"
	"math"
	"testing"
)

func TestSelfTest(t *testing.T) {
	for _, b := range []Backend{Go{}, Reference{}} {
		if err := SelfTest(context.Background(), b); err != nil {
			t.Error(err)
		}
	}
}

// faulty spoils one operation of Go.
type faulty struct {
	Go
	spoil func(op string, dst Matrix)
}

func (f faulty) MatMul(dst, a, b Matrix)  { f.Go.MatMul(dst, a, b); f.spoil("nn", dst) }
func (f faulty) MatMulT(dst, a, b Matrix) { f.Go.MatMulT(dst, a, b); f.spoil("nt", dst) }
func (f faulty) SoftmaxRows(dst, src Matrix) {
	f.Go.SoftmaxRows(dst, src)
	f.spoil("softmax", dst)
}

func TestSelfTestFindsFaults(t *testing.T) {
	nan := float32(math.NaN())
	for _, op := range []string{"nn", "nt", "softmax"} {
		for what, spoil := range map[string]func(Matrix){
			"last cell off":     func(m Matrix) { m.Data[len(m.Data)-1] *= 1.001 },
			"last cell missing": func(m Matrix) { m.Data[len(m.Data)-1] = nan },
			"all zero":          func(m Matrix) { clear(m.Data) },
		} {
			b := faulty{spoil: func(which string, dst Matrix) {
				if which == op {
					spoil(dst)
				}
			}}
			if SelfTest(context.Background(), b) == nil {
				t.Errorf("%s of %s not found", what, op)
			}
		}
	}
}

func TestSoftmaxRows(t *testing.T) {
	inf := float32(math.Inf(1))
	src := Matrix{4, 3, []float32{0, 0, -inf, -inf, -inf, -inf, 1e30, -1e30, 1e30, 88, 89, 90}}
	got := NewMatrix(4, 3)
	for i := range got.Data {
		got.Data[i] = 7
	}
	Go{}.SoftmaxRows(got, src)
	e := math.E
	sum := 1 + e + e*e
	closeTables(t, "softmax", got, table{{0.5, 0.5, 0}, {0, 0, 0}, {0.5, 0, 0.5}, {1 / sum, e / sum, e * e / sum}}, 1e-6)
}

func TestWrongShapesPanic(t *testing.T) {
	a, b := NewMatrix(2, 3), NewMatrix(4, 5)
	short := Matrix{Rows: 2, Cols: 3, Data: make([]float32, 5)}
	for name, call := range map[string]func(){
		"matmul":        func() { Go{}.MatMul(NewMatrix(2, 5), a, b) },
		"matmul dst":    func() { Go{}.MatMul(NewMatrix(2, 2), a, NewMatrix(3, 5)) },
		"matmulT":       func() { Go{}.MatMulT(NewMatrix(2, 4), a, b) },
		"softmax":       func() { Go{}.SoftmaxRows(a, b) },
		"short data":    func() { Go{}.SoftmaxRows(a, short) },
		"negative size": func() { NewMatrix(-1, 2) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			call()
		}()
	}
}

func FuzzMatMul(f *testing.F) {
	f.Add(uint8(3), uint8(5), uint8(7), uint64(1))
	f.Add(uint8(0), uint8(1), uint8(0), uint64(2))
	f.Fuzz(func(t *testing.T, m, n, k uint8, salt uint64) {
		rows, cols, inner := int(m%40), int(n%40), int(k%80)
		err := CompareToReference(context.Background(), Go{}, testValues(rows, inner, salt), testValues(inner, cols, salt+1), testValues(cols, inner, salt+2))
		if err != nil {
			t.Error(err)
		}
	})
}

func BenchmarkMatMulT(b *testing.B) {
	for _, s := range [][3]int{{256, 1024, 1024}, {64, 256, 256}, {1, 256, 256}} {
		b.Run(fmt.Sprintf("%dx%dx%d", s[0], s[1], s[2]), func(b *testing.B) {
			x, y, out := testValues(s[0], s[2], 1), testValues(s[1], s[2], 2), NewMatrix(s[0], s[1])
			for b.Loop() {
				Go{}.MatMulT(out, x, y)
			}
			b.ReportMetric(2*float64(s[0]*s[1]*s[2])*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

func BenchmarkMatMul(b *testing.B) {
	for _, s := range [][3]int{{256, 1024, 1024}, {64, 256, 256}, {1, 256, 256}} {
		b.Run(fmt.Sprintf("%dx%dx%d", s[0], s[1], s[2]), func(b *testing.B) {
			x, y, out := testValues(s[0], s[2], 1), testValues(s[2], s[1], 2), NewMatrix(s[0], s[1])
			for b.Loop() {
				Go{}.MatMul(out, x, y)
			}
			b.ReportMetric(2*float64(s[0]*s[1]*s[2])*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

// BenchmarkRun is the lab's largest usual state: 4 heads, 16 characters.
func BenchmarkRun(b *testing.B) {
	c := Config{Tokens: []rune("床前明月光疑是地上霜举头望明月低"), Heads: 4, DK: 64, Scale: true, Causal: true, Seed: 1}
	for b.Loop() {
		run(b, c)
	}
}

func BenchmarkEntropyByDK(b *testing.B) {
	c := EntropyConfig{Tokens: []rune("床前明月光疑是地上霜举头望明月低"), Seed: 1, Draws: 8, DK: EntropyDK}
	for b.Loop() {
		if _, err := EntropyByDK(context.Background(), Go{}, c, nil); err != nil {
			b.Fatal(err)
		}
	}
}
