package attention

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

// This file holds a second, independent way through the computation: float64,
// slices of slices, one loop per formula. Only the drawn numbers are shared.

// table is a matrix as rows.
type table [][]float64

func tableOf(m Matrix) table {
	t := make(table, m.Rows)
	for i := range t {
		for j := range m.Cols {
			t[i] = append(t[i], float64(m.At(i, j)))
		}
	}
	return t
}

func (t table) times(u table) table {
	out := make(table, len(t))
	for i, row := range t {
		out[i] = make([]float64, len(u[0]))
		for l, v := range row {
			for j, w := range u[l] {
				out[i][j] += v * w
			}
		}
	}
	return out
}

func (t table) transposed() table {
	out := make(table, len(t[0]))
	for j := range out {
		for i := range t {
			out[j] = append(out[j], t[i][j])
		}
	}
	return out
}

// byDefinition is softmax(QKᵀ/√d_k)V as the paper writes it, without taking the
// greatest score off first.
func byDefinition(c Config, q, k, v table) (scores, weights, output table) {
	scores = q.times(k.transposed())
	weights = make(table, len(scores))
	for i, row := range scores {
		var sum float64
		for j, s := range row {
			if c.Scale {
				s /= math.Sqrt(float64(c.DK))
			}
			e := math.Exp(s)
			if c.Causal && j > i {
				e = 0
			}
			weights[i] = append(weights[i], e)
			sum += e
		}
		for j := range weights[i] {
			weights[i][j] /= sum
		}
	}
	return scores, weights, weights.times(v)
}

func closeTables(t *testing.T, what string, got Matrix, want table, tolerance float64) {
	t.Helper()
	if got.Rows != len(want) || got.Cols != len(want[0]) {
		t.Fatalf("%s: shape (%d, %d), want (%d, %d)", what, got.Rows, got.Cols, len(want), len(want[0]))
	}
	for i, row := range want {
		for j, w := range row {
			if g := float64(got.At(i, j)); !(math.Abs(g-w) <= tolerance*(1+math.Abs(w))) {
				t.Errorf("%s[%d,%d] = %v, want %v", what, i, j, g, w)
			}
		}
	}
}

// settings covers masks, scales, head counts, widths, repeated characters and
// edits.
func settings() map[string]Config {
	text := []rune("床前明月光，疑是地上霜")
	return map[string]Config{
		"plain":       {Tokens: text, Heads: 1, DK: 8, Scale: true, Seed: 1},
		"causal":      {Tokens: text, Heads: 2, DK: 16, Scale: true, Causal: true, Seed: 2},
		"unscaled":    {Tokens: text, Heads: 1, DK: 4, Causal: true, Seed: 3},
		"one token":   {Tokens: []rune("人"), Heads: 4, DK: 2, Scale: true, Causal: true, Seed: 4},
		"repeated":    {Tokens: []rune("啊啊啊a🌱"), Heads: 3, DK: 5, Scale: true, Seed: 1 << 63},
		"wide":        {Tokens: []rune(strings.Repeat("大模型选", 16)), Heads: 1, DK: 64, Scale: true, Causal: true, Seed: 6},
		"edited":      {Tokens: text, Heads: 2, DK: 3, Scale: true, Causal: true, Seed: 7, Edits: []Edit{{Q, 0, 3, 1, 2.5}, {K, 1, 0, 0, -4}, {V, 0, 10, 2, 0}, {Q, 0, 3, 1, -1.5}}},
		"edited, all": {Tokens: text[:3], Heads: 1, DK: 2, Seed: 8, Edits: []Edit{{Q, 0, 0, 0, 1}, {K, 0, 2, 1, 3}, {V, 0, 1, 1, 1000}}},
	}
}

func run(t testing.TB, c Config) *Trace {
	t.Helper()
	trace, err := Run(context.Background(), Go{}, c)
	if err != nil {
		t.Fatal(err)
	}
	return trace
}

func TestRunAgainstDefinition(t *testing.T) {
	for name, c := range settings() {
		t.Run(name, func(t *testing.T) {
			trace := run(t, c)
			for h, head := range trace.Heads {
				edited := map[Name]table{}
				for which, w := range map[Name]Matrix{Q: head.WQ, K: head.WK, V: head.WV} {
					product := tableOf(trace.X).times(tableOf(w))
					for _, e := range c.Edits {
						if e.Head == h && e.Matrix == which {
							product[e.Row][e.Col] = float64(e.Value)
						}
					}
					edited[which] = product
				}
				scores, weights, output := byDefinition(c, edited[Q], edited[K], edited[V])
				for which, want := range edited {
					m, _ := trace.Matrix(which, h)
					closeTables(t, fmt.Sprint(which, h), m, want, 1e-5)
				}
				closeTables(t, fmt.Sprint("scores", h), head.Scores, scores, 1e-4)
				closeTables(t, fmt.Sprint("weights", h), head.Weights, weights, 1e-5)
				closeTables(t, fmt.Sprint("output", h), head.Output, output, 1e-4)
			}
		})
	}
}

// TestExplanationsRecompute is the promise of the lab: the operands listed for a
// cell, and nothing else, make its value.
func TestExplanationsRecompute(t *testing.T) {
	for name, c := range settings() {
		t.Run(name, func(t *testing.T) { checkExplanations(t, run(t, c)) })
	}
}

func checkExplanations(t testing.TB, trace *Trace) {
	t.Helper()
	cells := func(name Name, head int) {
		m, ok := trace.Matrix(name, head)
		if !ok {
			t.Fatalf("no matrix %s of head %d", name, head)
		}
		for r := range m.Rows {
			for c := range m.Cols {
				x, err := trace.Explain(name, head, r, c)
				if err != nil {
					t.Fatal(err)
				}
				checkExplanation(t, trace, x, m.At(r, c))
			}
		}
	}
	cells(X, -1)
	for h := range trace.Heads {
		for _, name := range Names {
			cells(name, h)
		}
	}
}

func checkExplanation(t testing.TB, trace *Trace, x Explanation, value float32) {
	t.Helper()
	where := fmt.Sprintf("%s[%d,%d] of head %d", x.Cell.Matrix, x.Cell.Row, x.Cell.Col, x.Cell.Head)
	if x.Result != float64(value) {
		t.Errorf("%s: result %v, cell %v", where, x.Result, value)
	}
	if x.Formula == "" || x.Working == "" || len(x.Operands) == 0 {
		t.Errorf("%s: incomplete: %+v", where, x)
	}
	// Relative to the result; where a sum's terms cancel, to the terms.
	size := math.Abs(x.Result)
	if x.Kind == Product {
		size = 0
		for i := 0; i < len(x.Operands); i += 2 {
			size += math.Abs(x.Operands[i].Value * x.Operands[i+1].Value)
		}
	}
	again := x.Recompute()
	if again != x.Result && !(math.Abs(again-x.Result) <= 1e-5*size+1e-37) {
		t.Errorf("%s: operands make %v, cell is %v", where, again, x.Result)
	}
	for _, o := range x.Operands {
		if o.Cell.Matrix == "" {
			continue
		}
		m, ok := trace.Matrix(o.Cell.Matrix, o.Cell.Head)
		if !ok || !m.Has(o.Cell.Row, o.Cell.Col) || float64(m.At(o.Cell.Row, o.Cell.Col)) != o.Value {
			t.Errorf("%s: operand %+v is not where it says", where, o)
		}
		if want := fmt.Sprintf("%s[%d,%d]", o.Cell.Matrix.Symbol(), o.Cell.Row, o.Cell.Col); o.Symbol != want {
			t.Errorf("%s: operand called %s, stands at %s", where, o.Symbol, want)
		}
	}
	_, edited := trace.Edited(x.Cell.Matrix, x.Cell.Head, x.Cell.Row, x.Cell.Col)
	if edited != (x.Kind == Replaced) {
		t.Errorf("%s: edited %v, explained as %s", where, edited, x.Kind)
	}
}

func TestExplainNamesOperands(t *testing.T) {
	trace := run(t, Config{Tokens: []rune("明月光"), Heads: 1, DK: 2, Scale: true, Causal: true, Seed: 1,
		Edits: []Edit{{Q, 0, 1, 0, 2}, {Q, 0, 1, 1, -1}, {K, 0, 0, 0, 3}, {K, 0, 0, 1, 0.5}}})
	x, err := trace.Explain(Scores, 0, 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	if want := "2×3 + (−1)×0.5"; x.Working != want || x.Result != 5.5 {
		t.Errorf("working %q = %v, want %q = 5.5", x.Working, x.Result, want)
	}
	if x, err = trace.Explain(Scaled, 0, 1, 0); err != nil || x.Working != "5.5 / 1.414" {
		t.Errorf("scaled: %q, %v", x.Working, err)
	}
	if x, err = trace.Explain(Masked, 0, 0, 2); err != nil || x.Working != "−∞" || !math.IsInf(x.Result, -1) {
		t.Errorf("masked: %q = %v, %v", x.Working, x.Result, err)
	}
	for _, cell := range []Cell{{Scores, 1, 0, 0}, {Scores, -1, 0, 0}, {Q, 0, 0, 2}, {Q, 0, -1, 0}, {"z", 0, 0, 0}, {X, 0, 3, 0}} {
		if _, err := trace.Explain(cell.Matrix, cell.Head, cell.Row, cell.Col); err == nil {
			t.Errorf("explained %+v, which is not there", cell)
		}
	}
}

func TestConfigRefused(t *testing.T) {
	good := Config{Tokens: []rune("ab"), Heads: 1, DK: 2}
	for want, spoil := range map[string]func(*Config){
		"tokens":           func(c *Config) { c.Tokens = nil },
		"heads 0":          func(c *Config) { c.Heads = 0 },
		"d_k -1":           func(c *Config) { c.DK = -1 },
		`matrix "scores"`:  func(c *Config) { c.Edits = []Edit{{Scores, 0, 0, 0, 1}} },
		"head 1 of 1":      func(c *Config) { c.Edits = []Edit{{Q, 1, 0, 0, 1}} },
		"[2,0] of (2, 2)":  func(c *Config) { c.Edits = []Edit{{Q, 0, 2, 0, 1}} },
		"[0,-1] of (2, 2)": func(c *Config) { c.Edits = []Edit{{Q, 0, 0, -1, 1}} },
		"not finite":       func(c *Config) { c.Edits = []Edit{{Q, 0, 0, 0, float32(math.NaN())}} },
	} {
		c := good
		spoil(&c)
		if _, err := Run(context.Background(), Go{}, c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q in it", err, want)
		}
	}
}

func TestRunStopsWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, Go{}, settings()["plain"]); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func FuzzRun(f *testing.F) {
	f.Add("床前明月光", uint8(2), uint8(8), uint8(3), uint64(1), uint8(0), uint8(1), uint8(1), uint8(1), float32(2))
	f.Add("a\xffb\x00", uint8(0), uint8(0), uint8(0), uint64(0), uint8(1), uint8(0), uint8(0), uint8(0), float32(-999))
	f.Fuzz(func(t *testing.T, text string, heads, dk, flags uint8, seed uint64, which, head, row, col uint8, value float32) {
		tokens := []rune(text)
		c := Config{Tokens: tokens[:min(len(tokens), 12)], Heads: int(heads % 5), DK: int(dk % 20), Seed: seed,
			Causal: flags&1 != 0, Scale: flags&2 != 0,
			Edits: []Edit{{[]Name{Q, K, V, X}[which%4], int(head % 5), int(row % 13), int(col % 20), value}}}
		trace, err := Run(context.Background(), Go{}, c)
		if bad := c.Check(); (bad != nil) != (err != nil) {
			t.Fatalf("check says %v, run says %v", bad, err)
		}
		if err != nil || math.Abs(float64(value)) > 1e6 {
			return
		}
		checkExplanations(t, trace)
		for h, head := range trace.Heads {
			for i := range head.Weights.Rows {
				var sum float64
				for j, w := range head.Weights.Row(i) {
					if !(w >= 0 && w <= 1) || c.Causal && j > i && w != 0 {
						t.Fatalf("head %d weight [%d,%d] = %v", h, i, j, w)
					}
					sum += float64(w)
				}
				if math.Abs(sum-1) > 1e-5 {
					t.Fatalf("head %d row %d of the weights adds up to %v", h, i, sum)
				}
			}
		}
	})
}
