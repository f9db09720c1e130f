package webgpu

import (
	"context"
	"fmt"
	"math"
	"testing"

	"courselab/attention"
)

// emulated is a device of buffers in Go, whose shaders are attention.Go's
// operations.
type emulated struct {
	passes, uploaded, read int // passes; values that crossed, since the test reset them
	made, freed            int
	err                    error // of the next run
}

func (e *emulated) values(b *buffer) []float32 {
	if b.id == 0 {
		e.made++
		b.id, b.handle = e.made, make([]float32, b.values)
	}
	return b.handle.([]float32)
}

func (e *emulated) free(b *buffer) {
	if b.id != 0 {
		e.freed++
	}
	b.id, b.handle = 0, nil
}

func (e *emulated) close() {}

func (e *emulated) run(_ context.Context, p *plan) error {
	if e.err != nil {
		return e.err
	}
	e.passes++
	for _, u := range p.uploads {
		e.uploaded += copy(e.values(u.to)[u.at:], u.from)
	}
	for i := range p.steps {
		e.step(&p.steps[i], p.tokens)
	}
	for _, r := range p.results {
		e.read += copy(r.to, e.values(r.from)[r.at:])
	}
	return nil
}

func (e *emulated) step(s *step, tokens []uint32) {
	n := func(i int) int { return int(s.sizes[i]) }
	wide := 1
	if s.shader == matmulRows4 || s.shader == matmulTiles4 {
		wide = 4
	}
	for i, b := range s.buffers {
		for j, other := range s.buffers {
			if writes := recipes[s.shader].writes; b != nil && b == other && i != j && (i < writes || j < writes) {
				panic(fmt.Sprintf("%s writes what it reads", recipes[s.shader].name))
			}
		}
	}
	// m is operand i as a matrix that begins scale·sizes[i] values into its buffer.
	m := func(i, rows, cols, scale int) attention.Matrix {
		return attention.Matrix{Rows: rows, Cols: cols, Data: e.values(s.buffers[i])[n(i)*scale:][:rows*cols]}
	}
	var g attention.Go
	switch s.shader {
	case matmulTiles, matmulTiles4, matmulRows, matmulRows4:
		c, x := m(0, n(3), n(4), 1), m(1, n(3), n(5)*wide, wide)
		if n(6) != 0 {
			g.MatMul(c, x, m(2, n(5), n(4), 1))
		} else {
			g.MatMulT(c, x, m(2, n(4), n(5)*wide, wide))
		}
	case softmax:
		g.SoftmaxRows(m(0, n(2), n(3), 1), m(1, n(2), n(3), 1))
	case gather:
		y := m(0, n(3), n(4), 1)
		for i := range y.Rows {
			copy(y.Row(i), e.values(s.buffers[1])[n(1)+int(tokens[n(2)+i])*y.Cols:][:y.Cols])
		}
	case norm, normInPlace:
		y := m(0, n(3), n(4), 1)
		x := y
		if s.shader == norm {
			x = m(2, n(3), n(4), 1)
		}
		g.RMSNorm(y, x, m(1, 1, n(4), 1).Data, float64(math.Float32frombits(s.sizes[5])))
	case rotate:
		g.RoPE(m(0, n(3), n(4), 1), m(1, n(3), n(5), 1), m(2, n(3), n(5), 1))
	case attend:
		rows, all, q, kv := n(5), n(5)+n(6), n(7)*n(9), n(8)*n(9)
		g.Attend(m(0, rows, q, 1), m(1, rows*n(7), all, 1), m(2, rows, q, 1), m(3, all, kv, 1), m(4, all, kv, 1), n(7))
	case add, silu:
		y, z, x := m(0, 1, n(3), 1), m(1, 1, n(3), 1), m(2, 1, n(3), 1)
		if s.shader == add {
			g.Add(y, x, z)
		} else {
			g.SiLUGate(y, x, z)
		}
	case addInPlace:
		g.Add(m(0, 1, n(3), 1), m(0, 1, n(3), 1), m(1, 1, n(3), 1))
	case siluInPlace:
		g.SiLUGate(m(0, 1, n(3), 1), m(0, 1, n(3), 1), m(1, 1, n(3), 1))
	case copyCells:
		copy(m(0, 1, n(2), 1).Data, m(1, 1, n(2), 1).Data)
	case clearCells:
		clear(m(0, 1, n(1), 1).Data)
	default:
		panic(fmt.Sprintf("shader %d", s.shader))
	}
}

func TestEmulated(t *testing.T) {
	runSuite(t, newBackend(&emulated{}, ""))
}
