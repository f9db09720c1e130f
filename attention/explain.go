package attention

import (
	"fmt"
	"math"
	"strconv"
)

// Cell is a place in a Trace or a ModelTrace. Head is −1 where a matrix is not
// that of one head.
type Cell struct {
	Matrix   Name
	Head     int
	Row, Col int
}

// Kind is the operation that made a cell.
type Kind string

// The operations, with the order of an Explanation's operands.
const (
	Drawn     Kind = "drawn"     // z · s: a standard normal draw, its scale
	Embedded  Kind = "embedded"  // s · (e + p): scale, character's draw, position
	Product   Kind = "product"   // Σ a·b: a₀, b₀, a₁, b₁, …
	Quotient  Kind = "quotient"  // a / b
	Copied    Kind = "copied"    // a
	Hidden    Kind = "hidden"    // a is replaced by −∞: a
	Softmaxed Kind = "softmaxed" // exp(a_j − max a) / Σ exp(a − max a): the row a
	Replaced  Kind = "replaced"  // a learner's edit a, then the value it replaced

	// Of a ModelTrace.
	Given          Kind = "given"        // a: put in, or learned
	Ablated        Kind = "ablated"      // the learned a is replaced by 0: a
	Cosine         Kind = "cosine"       // cos(i·θ^e): i, θ, e
	Sine           Kind = "sine"         // sin(i·θ^e): i, θ, e
	Looked         Kind = "looked up"    // a, from row b of a table: a, b
	RootMeanSquare Kind = "rms"          // √(mean of a² + ε): a₀, a₁, …, ε
	Normed         Kind = "normed"       // a / r · g: a, r, g
	Rotated        Kind = "rotated"      // a·c − b·s: a, c, b, s
	Sum            Kind = "sum"          // a + b
	SiLU           Kind = "silu"         // a/(1 + exp(−a)): a
	Tempered       Kind = "tempered"     // (a − b)/T: a, the greatest b, T
	BeyondTopK     Kind = "beyond top-k" // 0, since r ≥ k: a, its rank r, k
	BeyondTopP     Kind = "beyond top-p" // 0, since s ≥ P: a, what likelier ones have s, P
	BelowMinP      Kind = "below min-p"  // 0, since a < m·b: a, m, the greatest b
	Share          Kind = "share"        // a/Σ b: a, b₀, b₁, …
	Greatest       Kind = "greatest"     // the column of the greatest a: the row a
	Chosen         Kind = "chosen"       // the column of p, since l ≤ u < h: u, l, h, p
)

// Explanation is how one cell came about. Recompute puts it together again.
type Explanation struct {
	Cell     Cell
	Kind     Kind
	Formula  string    // with indices: "S[i,j] = Σ_d Q[i,d]·K[j,d]"
	Working  string    // the right side with numbers; long sums are cut by "…"
	Operands []Operand // every number that enters, in the order Kind states
	Result   float64   // the cell's value
}

// Operand is one number that enters, and where it stands.
type Operand struct {
	Symbol string // "Q[3,0]"
	Value  float64
	// Cell is where the value stands; its Matrix is empty for a constant.
	Cell Cell
}

// Explain tells how the value of a cell came about. head counts for all
// matrices but X. It fails when there is no such cell.
func (t *Trace) Explain(name Name, head, row, col int) (Explanation, error) {
	m, ok := t.Matrix(name, head)
	if !ok {
		return Explanation{}, fmt.Errorf("explain %s of head %d: no such matrix", name, head)
	}
	if !m.Has(row, col) {
		return Explanation{}, fmt.Errorf("explain %s[%d,%d] of head %d: outside (%d, %d)", name, row, col, head, m.Rows, m.Cols)
	}
	if name == X {
		head = -1
	}
	x := Explanation{
		Cell:   Cell{Matrix: name, Head: head, Row: row, Col: col},
		Result: float64(m.At(row, col)),
	}
	t.explain(&x)
	x.Working = x.working()
	return x, nil
}

// explain fills in all but Cell, Working and Result.
func (t *Trace) explain(x *Explanation) {
	row, col, head := x.Cell.Row, x.Cell.Col, x.Cell.Head
	switch name := x.Cell.Matrix; name {
	case X:
		x.Kind, x.Formula = Embedded, "X[i,d] = √(2/3)·(E[i,d] + P[i,d])"
		x.Operands = []Operand{
			{Symbol: "√(2/3)", Value: embeddingScale},
			{Symbol: place("E", row, col), Value: character(t.Config.Seed, t.Config.Tokens[row])[col]},
			{Symbol: place("P", row, col), Value: position(row, col)},
		}
	case WQ, WK, WV:
		x.Kind, x.Formula = Drawn, symbols[name]+"[d,j] = z·1/√d_model"
		x.Operands = []Operand{
			{Symbol: "z", Value: projectionColumn(t.Config.Seed, projected[name], head, col)[row]},
			{Symbol: "1/√d_model", Value: 1 / math.Sqrt(DModel)},
		}
	case Q, K, V:
		w := projection[name]
		if e, ok := t.Edited(name, head, row, col); ok {
			x.Kind, x.Formula = Replaced, symbols[name]+"[i,j] ← edit"
			x.Operands = []Operand{
				{Symbol: "edit", Value: float64(e.Value)},
				t.before(name, head, row, col),
			}
			return
		}
		if t.Config.Given != nil {
			x.Kind, x.Formula, x.Operands = Given, symbols[name]+"[i,j]: given", []Operand{t.before(name, head, row, col)}
			return
		}
		x.Kind = Product
		x.Formula = fmt.Sprintf("%s[i,j] = Σ_d X[i,d]·%s[d,j]", symbols[name], symbols[w])
		for d := range DModel {
			x.Operands = append(x.Operands, t.operand(X, -1, row, d), t.operand(w, head, d, col))
		}
	case Scores:
		x.Kind, x.Formula = Product, "S[i,j] = Σ_d Q[i,d]·K[j,d]"
		for d := range t.Config.DK {
			x.Operands = append(x.Operands, t.operand(Q, head, row, d), t.operand(K, head, col, d))
		}
	case Scaled:
		score := t.operand(Scores, head, row, col)
		if !t.Config.Scale {
			x.Kind, x.Formula, x.Operands = Copied, "S′[i,j] = S[i,j]", []Operand{score}
			return
		}
		x.Kind, x.Formula = Quotient, "S′[i,j] = S[i,j] / √d_k"
		x.Operands = []Operand{score, {Symbol: "√d_k", Value: math.Sqrt(float64(t.Config.DK))}}
	case Masked:
		x.Operands = []Operand{t.operand(Scaled, head, row, col)}
		if t.Config.Causal && col > row {
			x.Kind, x.Formula = Hidden, "M[i,j] = −∞ (j > i)"
			return
		}
		x.Kind, x.Formula = Copied, "M[i,j] = S′[i,j]"
		if t.Config.Causal {
			x.Formula += " (j ≤ i)"
		}
	case Weights:
		x.Kind, x.Formula = Softmaxed, "A[i,j] = exp(M[i,j] − max M[i,·]) / Σ_l exp(M[i,l] − max M[i,·])"
		for l := range t.Config.Tokens {
			x.Operands = append(x.Operands, t.operand(Masked, head, row, l))
		}
	case Output:
		x.Kind, x.Formula = Product, "O[i,d] = Σ_j A[i,j]·V[j,d]"
		for j := range t.Config.Tokens {
			x.Operands = append(x.Operands, t.operand(Weights, head, row, j), t.operand(V, head, j, col))
		}
	}
}

// operand returns a cell of the trace as an operand.
func (t *Trace) operand(name Name, head, row, col int) Operand {
	m, _ := t.Matrix(name, head)
	return Operand{
		Symbol: place(symbols[name], row, col),
		Value:  float64(m.At(row, col)),
		Cell:   Cell{Matrix: name, Head: head, Row: row, Col: col},
	}
}

// before returns what a cell of Q, K or V holds unedited.
func (t *Trace) before(name Name, head, row, col int) Operand {
	if t.Config.Given != nil {
		g := t.Config.Given[head]
		m := map[Name]Matrix{Q: g.Q, K: g.K, V: g.V}[name]
		return Operand{Symbol: symbols[name], Value: float64(m.At(row, col))}
	}
	w := projection[name]
	m, _ := t.Matrix(w, head)
	var sum float64
	for d := range DModel {
		sum += float64(t.X.At(row, d)) * float64(m.At(d, col))
	}
	return Operand{Symbol: "Σ_d X[i,d]·" + symbols[w] + "[d,j]", Value: sum}
}

// symbols are the names of the matrices in formulas.
var symbols = map[Name]string{
	X: "X", WQ: "W_Q", WK: "W_K", WV: "W_V", Q: "Q", K: "K", V: "V",
	Scores: "S", Scaled: "S′", Masked: "M", Weights: "A", Output: "O",
}

// Symbol returns a matrix's name in formulas: "W_Q", "S′".
func (n Name) Symbol() string { return symbols[n] }

// projection is the matrix that yields Q, K or V; projected is its inverse.
var (
	projection = map[Name]Name{Q: WQ, K: WK, V: WV}
	projected  = map[Name]Name{WQ: Q, WK: K, WV: V}
)

// place writes a cell: "Q[3,0]".
func place(symbol string, row, col int) string {
	return symbol + "[" + strconv.Itoa(row) + "," + strconv.Itoa(col) + "]"
}
