package engine

import "math"

// OpBench: BenchInput → BenchOutput: how fast this browser computes, here and
// now. Without Model and Training it takes about a second. It can be cancelled
// between any two batches, and tells Progress in figures.
const OpBench = "bench"

// Limits of BenchInput.
const (
	MaxBenchMillis  = 2000
	MaxBenchRows    = 4096 // of a product, and tokens of a training step
	MaxBenchProduct = 1 << 28
)

// BenchInput says what is measured. The zero value measures the products of
// DefaultBenchProducts and the memory, on every backend there is.
type BenchInput struct {
	// Backends are names; empty: "cpu", "simd" and "webgpu", as far as there are. A
	// software adapter counts as a "webgpu" only where that is named.
	Backends []string `json:"backends,omitempty"`
	// Products are the sizes to be multiplied; none: DefaultBenchProducts.
	Products []BenchSize `json:"products,omitempty"`
	// Integers are sizes to be multiplied with the second operand in 8-bit integers, 32
	// to a scale; backends without such a product leave them out.
	Integers []BenchSize `json:"integers,omitempty"`
	// Block runs one layer of a transformer.
	Block *BenchBlock `json:"block,omitempty"`
	// Model runs the Shape of the course's model too, with random weights.
	Model bool `json:"model,omitempty"`
	// Training is how many tokens a training step of that model reads, and so
	// whether one is taken; 0: none.
	Training int `json:"training,omitempty"`
	// Millis is how long each figure is measured at least, MaxBenchMillis at most;
	// 0: 60.
	Millis int `json:"millis,omitempty"`
}

// BenchSize is (rows, depth) times (depth, cols), the second operand lying
// transposed as a model's weights do. A floating-point operation is one addition
// or one multiplication: there are 2·Rows·Cols·Depth.
type BenchSize struct {
	Rows  int `json:"rows"`
	Cols  int `json:"cols"`
	Depth int `json:"depth"`
}

// BenchBlock is one layer of a LLaMA model over Rows positions at once: RMSNorm,
// queries, keys and values, RoPE, causal attention, the output, a sum; RMSNorm,
// the gated feed-forward part, a sum. There are as many key heads as query heads.
type BenchBlock struct {
	Rows  int `json:"rows"`
	Width int `json:"width"`
	Heads int `json:"heads"`
	FFN   int `json:"ffn"`
}

// BenchBlockValue is cell i of tensor number salt of a block, whose product sums up depth
// cells: 0 is the input, then follow the weights of q, k, v, o, gate, up and down. It
// lets a peer compute the same.
func BenchBlockValue(i, salt, depth int) float32 {
	return float32((float64((i*7919+salt*104729)%1009)/1009 - 0.5) * 2 / math.Sqrt(float64(depth)))
}

// DefaultBenchProducts are one that computing bounds, with so many rows that
// each weight is used often, and one that memory bounds: a row times 16 MiB of
// weights, as in writing token by token.
var DefaultBenchProducts = []BenchSize{{Rows: 64, Cols: 512, Depth: 512}, {Rows: 1, Cols: 2048, Depth: 2048}}

// BenchOutput holds rates. Each is that of the quickest batch within its time:
// whatever else the machine does at the moment can only slow one down.
type BenchOutput struct {
	// CopyGBps is bytes read and written per second, in 10⁹, in copying blocks
	// of CopyBytes.
	CopyGBps  float64        `json:"copyGBps"`
	CopyBytes int            `json:"copyBytes"`
	Backends  []BenchBackend `json:"backends"`
	// Missing are the backends that were asked for and are not there; Reason
	// says why.
	Missing []Backend `json:"missing,omitempty"`
}

// BenchBackend is what one backend reached. A rate that was not asked for is 0.
type BenchBackend struct {
	Backend  Backend        `json:"backend"`
	Products []BenchProduct `json:"products"`
	Integers []BenchProduct `json:"integers,omitempty"`
	// Block is positions per second through the block, and BlockMean the mean
	// magnitude of what comes out, for comparison with a peer's.
	Block     float64 `json:"block,omitempty"`
	BlockMean float64 `json:"blockMean,omitempty"`
	// Tokens per second of the model: reading a full context at once, writing one
	// token after the other up to it, and in training.
	Prefill  float64 `json:"prefill,omitempty"`
	Decode   float64 `json:"decode,omitempty"`
	Training float64 `json:"training,omitempty"`
	// Steps is training steps per second, of as many tokens as asked for.
	Steps float64 `json:"steps,omitempty"`
}

// BenchProduct is the rate of a product.
type BenchProduct struct {
	BenchSize
	GFLOPs float64 `json:"gflops"` // 10⁹ operations per second
	// GBps is the bytes of the three matrices per second, in 10⁹; of what caches
	// hold it says little.
	GBps float64 `json:"gbps"`
}
