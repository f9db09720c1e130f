package engine

// Operations of the lab "xray": the whole pass of the course's model over a
// text. Each fails with NoModel without the model.
const (
	// OpXray: XrayInput → XrayOutput: the list of tensors, and what the model
	// expects next. A first, partial reply holds them without Whole.
	OpXray = "xray.trace"
	// OpXrayTensor: XrayTensorInput → XrayTensorOutput, a block of each tensor
	// asked for beside it.
	OpXrayTensor = "xray.tensor"
	// OpXrayExplain: XrayCellInput → XrayExplanation of one cell.
	OpXrayExplain = "xray.explain"
	// OpXrayHeads: XrayInput → XrayHeads: what each head looks at, in numbers.
	OpXrayHeads = "xray.heads"
	// OpXrayLens: XrayLensInput → XrayLens: what the model would expect if it
	// ended after each layer.
	OpXrayLens = "xray.lens"
	// OpXrayWork: XrayWorkInput → XrayWork: multiplications with and without the
	// KV cache.
	OpXrayWork = "xray.work"
	// OpXrayStatic: XrayCellInput → Figure: the default tensor, for the page
	// before any engine runs, and for print.
	OpXrayStatic = "xray.static"
)

// XrayBlock is the side of the blocks that large tensors are sent in: what is
// not shown does not travel.
const XrayBlock = 128

// MaxXrayText bounds the text; what does not fit into the model's context is not
// read.
const MaxXrayText = 200

// XrayInput is what a pass depends on.
type XrayInput struct {
	Text   string     `json:"text"` // 1 to MaxXrayText characters
	Ablate []XrayPart `json:"ablate,omitempty"`
	// Of the draw after the text; see NextInput.
	Temperature float64 `json:"temperature"`
	Seed        uint64  `json:"seed"`
	Backend     string  `json:"backend,omitempty"`
}

// XrayPart is a part taken out of the model: "head", "attention", "ffn",
// "layer", "attention_residual" or "ffn_residual" of a layer.
type XrayPart struct {
	Part  string `json:"part"`
	Layer int    `json:"layer"`
	Head  int    `json:"head,omitempty"` // of "head"
}

// XrayOutput describes one pass.
type XrayOutput struct {
	Backend Backend      `json:"backend"`
	Model   ModelInfo    `json:"model"`
	Reading NextReading  `json:"reading"`
	Tokens  []string     `json:"tokens"` // labels of the positions read
	Tensors []XrayTensor `json:"tensors"`
	// Now is what may follow, as this pass has it; Whole as the model has it
	// without ablations. Both list the same symbols: the likeliest of either.
	Now   []XrayChance `json:"now"`
	Whole []XrayChance `json:"whole,omitempty"`
	// Divergence is KL(whole ‖ now) in nats: how far the ablations moved the
	// distribution. 0 without any.
	Divergence float64 `json:"divergence"`
	MS         float64 `json:"ms"` // of the pass with every tensor kept
}

// XrayChance is the probability of one symbol.
type XrayChance struct {
	Symbol      string  `json:"symbol"`
	Token       int     `json:"token"`
	Rank        int     `json:"rank"` // from 0
	Probability float64 `json:"probability"`
}

// XrayTensor describes one tensor of a pass.
type XrayTensor struct {
	Name    string   `json:"name"`   // "layers.0.heads.2.weights"
	Symbol  string   `json:"symbol"` // in formulas: "A"
	Title   string   `json:"title"`  // Chinese: "注意力权重 A"
	Formula string   `json:"formula"`
	Op      string   `json:"op"`
	Group   string   `json:"group"` // place on the map: "input", "attention", "head", "ffn", "output", "sampling" or "parameter"
	Layer   int      `json:"layer"` // −1: of none
	Head    int      `json:"head"`  // −1: of none, or of all
	Inputs  []string `json:"inputs,omitempty"`
	Rows    int      `json:"rows"`
	Cols    int      `json:"cols"`
	// What rows and columns stand for, in Chinese: "词元", "残差流的维".
	RowAxis string `json:"rowAxis"`
	ColAxis string `json:"colAxis"`
	// Sequential tensors hold probabilities: their scale runs from zero.
	Sequential bool    `json:"sequential,omitempty"`
	Min        float32 `json:"min"` // of the finite values
	Max        float32 `json:"max"`
}

// XrayTensorInput asks for blocks of tensors: of each the one that holds the
// cell named.
type XrayTensorInput struct {
	Xray  XrayInput  `json:"xray"`
	Cells []XrayCell `json:"cells"`
}

// XrayCell names a cell of a tensor.
type XrayCell struct {
	Tensor string `json:"tensor"`
	Row    int    `json:"row"`
	Col    int    `json:"col"`
}

// XrayTensorOutput describes the blocks; block i is the reply's tensor i.
type XrayTensorOutput struct {
	Blocks []XrayTensorBlock `json:"blocks"`
}

// XrayTensorBlock is a part of a tensor: rows and columns from Row and Col on,
// as many as there are labels.
type XrayTensorBlock struct {
	Tensor    string   `json:"tensor"`
	Row       int      `json:"row"`
	Col       int      `json:"col"`
	RowLabels []string `json:"rowLabels"`
	ColLabels []string `json:"colLabels"`
}

// XrayCellInput asks how a cell came about.
type XrayCellInput struct {
	Xray XrayInput `json:"xray"`
	Cell XrayCell  `json:"cell"`
}

// MaxXrayOperands bounds the operands that an explanation lists.
const MaxXrayOperands = 64

// XrayExplanation is how one cell came about. The operands are the first of
// Count; Regions cover all of them. An operand's Matrix is a tensor's name.
type XrayExplanation struct {
	Explanation Explanation  `json:"explanation"`
	Count       int          `json:"count"`
	Regions     []XrayRegion `json:"regions"`
}

// XrayRegion is a block of a tensor's cells, first to last, both inside.
type XrayRegion struct {
	Tensor  string `json:"tensor"`
	Row     int    `json:"row"`
	Col     int    `json:"col"`
	LastRow int    `json:"lastRow"`
	LastCol int    `json:"lastCol"`
}

// XrayHeads says what each head looks at in the text.
type XrayHeads struct {
	Heads    []XrayHead    `json:"heads"` // by layer, then head
	Patterns []XrayPattern `json:"patterns"`
}

// XrayPattern names the keys that attention may go to.
type XrayPattern struct {
	Name  string `json:"name"`
	Title string `json:"title"` // Chinese: "上一句同一位置"
}

// XrayHead is one head. Masses go with Patterns.
type XrayHead struct {
	Layer  int        `json:"layer"`
	Head   int        `json:"head"`
	Masses []XrayMass `json:"masses"`
	Text   string     `json:"text"` // one Chinese sentence
}

// XrayMass is how much of a head's attention goes where a pattern says, over the
// queries for which it can.
type XrayMass struct {
	Queries int     `json:"queries"` // 0: the pattern says nothing in this text
	Mean    float64 `json:"mean"`
	Uniform float64 `json:"uniform"` // the same, of equal weights
	Stands  bool    `json:"stands,omitempty"`
}

// XrayLensInput asks for the lens at one position.
type XrayLensInput struct {
	Xray     XrayInput `json:"xray"`
	Position int       `json:"position"`
}

// XrayLens is what the model would expect after a position if it ended after
// some of its layers.
type XrayLens struct {
	Position int         `json:"position"`
	Token    string      `json:"token"`
	Next     string      `json:"next,omitempty"` // the symbol that follows in the text
	Depths   []XrayDepth `json:"depths"`
}

// XrayDepth is the outcome after so many layers; 0 is the embedding alone.
type XrayDepth struct {
	Layers    int          `json:"layers"`
	Tensor    string       `json:"tensor"` // that is read
	Top       []XrayChance `json:"top"`
	Following float64      `json:"following"` // probability of Next; 0 without one
}

// XrayWorkInput asks for the work of drawing Count characters after the text.
type XrayWorkInput struct {
	Xray  XrayInput `json:"xray"`
	Count int       `json:"count"` // 1 to what the context holds
}

// XrayWork counts the multiplications of a generation.
type XrayWork struct {
	Prompt  int            `json:"prompt"` // positions read at first
	Count   int            `json:"count"`
	Parts   []XrayWorkPart `json:"parts"`
	Cached  float64        `json:"cached"` // multiplications in all
	Without float64        `json:"without"`
	// CacheBytes is the memory that keys and values take at the end.
	CacheBytes float64 `json:"cacheBytes"`
	Text       string  `json:"text"`
}

// XrayWorkPart is one part of the pass.
type XrayWorkPart struct {
	Title   string  `json:"title"`
	Cached  float64 `json:"cached"`
	Without float64 `json:"without"`
}

// OpXrayBackends: XrayInput → XrayBackends: the same pass on every backend that
// there is.
const OpXrayBackends = "xray.backends"

// XrayBackends compares backends over one pass.
type XrayBackends struct {
	Backends []XrayBackend `json:"backends"`
}

// XrayBackend is one backend. Without a Reason it has run.
type XrayBackend struct {
	Name   string `json:"name"`
	Title  string `json:"title"`
	Reason string `json:"reason,omitempty"` // why it cannot be used here
	// MS is the pass without keeping tensors, as a model's prefill; Difference
	// the largest one of any value of any tensor from plain Go's, in the tensor
	// named.
	MS         float64       `json:"ms"`
	Difference float64       `json:"difference"`
	Tensor     string        `json:"tensor,omitempty"`
	Kernels    []XrayKernels `json:"kernels,omitempty"`
}

// XrayKernels is the time that operations of one kind take in the pass, each
// waited for.
type XrayKernels struct {
	Title string  `json:"title"`
	Calls int     `json:"calls"`
	MS    float64 `json:"ms"`
}
