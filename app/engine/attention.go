package engine

// Operations of the lab "attention".
const (
	// OpAttention: AttentionInput → AttentionOutput, tensors beside it.
	OpAttention = "attention"
	// OpAttentionEntropy: AttentionInput → Figure: the entropy of the weights
	// against d_k, with and without the division by √d_k.
	OpAttentionEntropy = "attention.entropy"
	// OpAttentionExplain: AttentionExplainInput → Explanation of one cell.
	OpAttentionExplain = "attention.explain"
	// OpAttentionStatic: AttentionInput → Figure: the weights of every head as
	// an SVG heatmap, for the page before any engine runs, and for print.
	OpAttentionStatic = "attention.static"
)

// AttentionInput is the whole state of the attention lab's computation.
type AttentionInput struct {
	Text   string `json:"text"`   // 1 to MaxAttentionTokens characters, one token each
	Heads  int    `json:"heads"`  // 1 to 4
	DK     int    `json:"dk"`     // d_k: 2 to 64
	Causal bool   `json:"causal"` // mask out the positions after the query's
	Scale  bool   `json:"scale"`  // divide by √d_k
	Seed   uint64 `json:"seed"`   // of the embeddings and projections
	// Source says where Q, K and V come from: empty, drawn by Seed; "model", from
	// head Head of layer Layer of the course's model as it reads Text. Then there is
	// one head, as wide as the model's, whatever Heads and DK say, and a request
	// fails with NoModel without the model.
	Source string `json:"source,omitempty"`
	Layer  int    `json:"layer,omitempty"`
	Head   int    `json:"head,omitempty"`
	// Edits replace single cells of Q, K or V after projection.
	Edits []CellEdit `json:"edits,omitempty"`
	// Backend forces one: "cpu", "simd" or "webgpu"; empty lets the engine choose.
	Backend string `json:"backend,omitempty"`
}

// Limits of AttentionInput.
const (
	MaxAttentionTokens = 64
	MaxAttentionHeads  = 4
	MinAttentionDK     = 2
	MaxAttentionDK     = 64
)

// CellEdit puts Value into one cell of a head's matrix.
type CellEdit struct {
	Matrix string  `json:"matrix"` // "q", "k" or "v"
	Head   int     `json:"head"`
	Row    int     `json:"row"`
	Col    int     `json:"col"`
	Value  float32 `json:"value"`
}

// AttentionOutput lists every matrix of the computation in the order in which
// they arise.
type AttentionOutput struct {
	Tokens   []string `json:"tokens"` // one character each
	Backend  Backend  `json:"backend"`
	Matrices []Matrix `json:"matrices"`
	// Model is there where Q, K and V come from the course's model. Tokens are then
	// the positions that it read, the mark that begins a text included.
	Model *AttentionModel `json:"model,omitempty"`
}

// AttentionModel is the model that Q, K and V come from.
type AttentionModel struct {
	Info    ModelInfo   `json:"info"`
	Reading NextReading `json:"reading"`
}

// Backend says what computed a result and why it was chosen.
type Backend struct {
	Name   string `json:"name"`   // "cpu", "simd" or "webgpu"
	Title  string `json:"title"`  // for the learner: "CPU SIMD"
	Reason string `json:"reason"` // Chinese: why this one
}

// Axis tells what a matrix's rows or columns run over.
type Axis string

const (
	AxisToken     Axis = "token"     // positions of the text; labels are Tokens
	AxisDimension Axis = "dimension" // 0 … d−1
)

// Matrix describes one matrix of a lab; Tensor indexes the reply's Tensors.
type Matrix struct {
	Name     string `json:"name"`  // "q", "k", "v", "scores", "scaled", "masked", "weights", "output"
	Head     int    `json:"head"`  // −1 where the matrix belongs to no single head
	Title    string `json:"title"` // Chinese, with the symbol: "缩放后 QKᵀ/√d_k"
	Formula  string `json:"formula"`
	Rows     Axis   `json:"rows"`
	Cols     Axis   `json:"cols"`
	Editable bool   `json:"editable"`
	// Sequential matrices are drawn on a scale from zero (probabilities), the
	// others on one centred at zero. Min and Max are of the finite values; −∞
	// (masked) is drawn hatched.
	Sequential bool    `json:"sequential"`
	Min        float32 `json:"min"`
	Max        float32 `json:"max"`
	Tensor     int     `json:"tensor"`
}

// AttentionExplainInput names one cell of one matrix.
type AttentionExplainInput struct {
	Attention AttentionInput `json:"attention"`
	Matrix    string         `json:"matrix"`
	Head      int            `json:"head"`
	Row       int            `json:"row"`
	Col       int            `json:"col"`
}

// Explanation is how one number came about: what it is called, the formula, the
// formula with its operands put in, each operand with its place, the result.
type Explanation struct {
	Title    string    `json:"title"`    // "权重 A[3,1]，头 0"
	Formula  string    `json:"formula"`  // "A[i,j] = exp(M[i,j] − max) / Σ exp(M[i,·] − max)"
	Working  string    `json:"working"`  // the formula with numbers: "exp(0.42 − 1.03) / 3.71"
	Operands []Operand `json:"operands"` // every number that enters
	Result   float64   `json:"result"`
	Text     string    `json:"text"` // one Chinese sentence for a listener
	// Xray is the cell of the course's model's pass that this one is, where it comes
	// from there.
	Xray *XrayCell `json:"xray,omitempty"`
}

// Operand is one number that enters an explanation, and the cell it stands in.
type Operand struct {
	Symbol string  `json:"symbol"` // "Q[3,0]"
	Value  float64 `json:"value"`
	Matrix string  `json:"matrix,omitempty"` // empty: a constant such as √d_k
	Head   int     `json:"head"`
	Row    int     `json:"row"`
	Col    int     `json:"col"`
}
