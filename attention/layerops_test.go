package attention

import (
	"context"
	"math"
	"strings"
	"testing"
)

var layerShapes = []LayerShape{
	{1, 0, 1, 1, 2, 1}, {3, 0, 2, 2, 4, 5}, {1, 9, 4, 2, 6, 8}, {5, 3, 6, 2, 2, 7}, {4, 0, 3, 1, 8, 13}, {17, 40, 4, 2, 32, 128},
}

func TestLayers(t *testing.T) {
	for i, shape := range layerShapes {
		for _, b := range []LayerBackend{Go{}, ForLayers(struct{ Backend }{Reference{}})} {
			if err := CompareLayersToReference(context.Background(), b, shape, uint64(i)); err != nil {
				t.Error(err)
			}
		}
	}
}

func FuzzLayers(f *testing.F) {
	f.Add(uint8(3), uint8(2), uint8(2), uint8(3), uint8(4), uint8(9), uint64(1))
	f.Fuzz(func(t *testing.T, rows, past, kv, group, half, width uint8, salt uint64) {
		kvHeads := 1 + int(kv%4)
		shape := LayerShape{1 + int(rows%20), int(past % 40), kvHeads * (1 + int(group%4)), kvHeads, 2 * (1 + int(half%20)), 1 + int(width)}
		if err := CompareLayersToReference(context.Background(), Go{}, shape, salt); err != nil {
			t.Error(err)
		}
	})
}

// spoilt moves the last cell of one operation's result.
type spoilt struct {
	Go
	op string
}

func (s spoilt) end(op string, m Matrix) {
	if op == s.op {
		m.Data[len(m.Data)-1] += 0.01
	}
}
func (s spoilt) Gather(dst, table Matrix, tokens []int) {
	s.Go.Gather(dst, table, tokens)
	s.end("gather", dst)
}
func (s spoilt) RMSNorm(dst, x Matrix, gain []float32, eps float64) {
	s.Go.RMSNorm(dst, x, gain, eps)
	s.end("norm", dst)
}
func (s spoilt) RoPE(x, cos, sin Matrix)    { s.Go.RoPE(x, cos, sin); s.end("rotation", x) }
func (s spoilt) Add(dst, a, b Matrix)       { s.Go.Add(dst, a, b); s.end("sum", dst) }
func (s spoilt) SiLUGate(dst, g, up Matrix) { s.Go.SiLUGate(dst, g, up); s.end("gate", dst) }
func (s spoilt) Attend(dst, weights, q, keys, values Matrix, heads int) {
	s.Go.Attend(dst, weights, q, keys, values, heads)
	s.end("attention", dst)
	s.end("attention weights", weights)
}

func TestLayersFindFaults(t *testing.T) {
	for _, op := range []string{"gather", "norm", "rotation", "attention", "attention weights", "sum", "gate"} {
		err := CompareLayersToReference(context.Background(), spoilt{op: op}, layerShapes[3], 1)
		if err == nil || !strings.Contains(err.Error(), op) {
			t.Errorf("a fault of %s: %v", op, err)
		}
	}
}

// TestFarScores asks for weights without overflow where scores are far apart.
func TestFarScores(t *testing.T) {
	q := Matrix{1, 2, []float32{1e18, 0}}
	keys := Matrix{2, 2, []float32{1e18, 0, -1e18, 0}}
	out, weights := NewMatrix(1, 2), NewMatrix(1, 2)
	Go{}.Attend(out, weights, q, keys, keys, 1)
	if weights.Data[0] != 1 || weights.Data[1] != 0 || math.IsNaN(float64(out.Data[0])) {
		t.Errorf("weights %v, out %v", weights.Data, out.Data)
	}
}

func TestWrongLayerShapesPanic(t *testing.T) {
	a, b := NewMatrix(2, 4), NewMatrix(2, 6)
	for name, call := range map[string]func(){
		"gather":         func() { Go{}.Gather(a, b, []int{0, 1}) },
		"gather tokens":  func() { Go{}.Gather(a, a, []int{0}) },
		"norm":           func() { Go{}.RMSNorm(a, b, make([]float32, 6), 0) },
		"norm gain":      func() { Go{}.RMSNorm(a, a, make([]float32, 3), 0) },
		"rotation":       func() { Go{}.RoPE(b, a, a) },
		"rotation rows":  func() { Go{}.RoPE(a, NewMatrix(1, 2), NewMatrix(1, 2)) },
		"attend heads":   func() { Go{}.Attend(a, a, a, a, a, 3) },
		"attend weights": func() { Go{}.Attend(a, a, a, a, a, 2) },
		"attend keys":    func() { Go{}.Attend(a, NewMatrix(2, 1), a, NewMatrix(1, 4), NewMatrix(1, 4), 1) },
		"sum":            func() { Go{}.Add(a, a, b) },
		"gate":           func() { Go{}.SiLUGate(b, a, a) },
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
