package attention

import "fmt"

// WorkPart is a part of a pass whose work is counted.
type WorkPart string

// The parts, in the order of the pass.
const (
	WorkEmbedding  WorkPart = "embedding"        // looking rows up
	WorkNorm       WorkPart = "norm"             // all RMSNorms
	WorkProjection WorkPart = "projection"       // Q, K and V
	WorkRotation   WorkPart = "rotation"         // RoPE
	WorkAttention  WorkPart = "attention"        // QKᵀ and the weighted sum
	WorkOutput     WorkPart = "attention_output" // W_O
	WorkFFN        WorkPart = "ffn"              // gate, up and down
	WorkGate       WorkPart = "gate"             // SiLU(gate)·up
	WorkResidual   WorkPart = "residual"         // what is added to the stream
	WorkLogits     WorkPart = "logits"           // the output matrix
	// WorkOther is what belongs to none: a Decoder that outgrows its memory
	// copies its cache. It is counted and not predicted.
	WorkOther WorkPart = "other"
)

// WorkParts lists the parts.
var WorkParts = []WorkPart{WorkEmbedding, WorkNorm, WorkProjection, WorkRotation, WorkAttention, WorkOutput, WorkFFN, WorkGate, WorkResidual, WorkLogits, WorkOther}

// Amount is an amount of work.
type Amount struct {
	// Multiplications of float32 by float32: those of products (attention's over
	// the keys that a query sees), 3 per value of a norm (x², and x by scale and
	// gain), 2 per value rotated, 1 per value gated. Softmax, SiLU and divisions
	// are left out.
	Multiplications float64
	// Bytes of the operands and results, each operand and each result once an
	// operation: what crosses the memory where nothing is kept nearby.
	Bytes float64
}

// Plus returns a + b.
func (a Amount) Plus(b Amount) Amount {
	return Amount{a.Multiplications + b.Multiplications, a.Bytes + b.Bytes}
}

// Work is an amount for each part; a part that is missing has none. Numbers are
// whole, and exact up to 2⁵³.
type Work map[WorkPart]Amount

// Total adds the parts up.
func (w Work) Total() (sum Amount) {
	for _, a := range w {
		sum = sum.Plus(a)
	}
	return sum
}

// add adds b's parts to w's.
func (w Work) add(b Work) {
	for part, a := range b {
		w[part] = w[part].Plus(a)
	}
}

// float32Size is the bytes of a value.
const float32Size = 4

// PassWork returns the work of one pass of a model of shape c: rows tokens after
// past others whose keys and values are in the cache, and logits for the last
// scored of them.
func PassWork(c ModelConfig, past, rows, scored int) Work {
	n, t, s := float64(rows), float64(past+rows), float64(scored)
	d, f, v, layers := float64(c.Width), float64(c.FFN), float64(c.Vocab), float64(c.Layers)
	h := float64(c.HeadDim)
	q, k := float64(c.Heads)*h, float64(c.KVHeads)*h // widths of queries and of keys
	seen := n*float64(past) + n*(n+1)/2              // pairs of a query and a key that it sees
	w := Work{}
	put := func(part WorkPart, times, multiplications, values float64) {
		w[part] = w[part].Plus(Amount{times * multiplications, times * values * float32Size})
	}
	put(WorkEmbedding, 1, 0, 2*n*d)
	put(WorkNorm, 2*layers, 3*n*d, 2*n*d+d)
	put(WorkProjection, layers, n*d*(q+2*k), 3*n*d+(d+n)*(q+2*k))
	put(WorkRotation, layers, 2*n*(q+k), 2*n*(q+k)+2*n*h) // h/2 cosines and h/2 sines, twice
	put(WorkAttention, layers, 2*seen*q, 2*n*q+2*t*k+n*t*float64(c.Heads))
	put(WorkOutput, layers, n*q*d, n*q+q*d+n*d)
	put(WorkFFN, layers, 3*n*d*f, 3*(n*d+d*f+n*f))
	put(WorkGate, layers, n*f, 3*n*f)
	put(WorkResidual, 2*layers, 0, 3*n*d)
	if scored > 0 {
		put(WorkNorm, 1, 3*s*d, 2*s*d+d)
		put(WorkLogits, 1, s*d*v, s*d+d*v+s*v)
	}
	return w
}

// GenerationWork returns the work of drawing count tokens after a prompt as a
// Decoder does it. With the cache it reads each token once; without, it reads
// the whole text anew for each token. The last token drawn is not read. A text
// that does not fit is a *ContextError.
func GenerationWork(c ModelConfig, prompt, count int, cached bool) (Work, error) {
	if prompt < 1 || count < 1 {
		return nil, fmt.Errorf("work of generating %d tokens after %d: each must be at least 1", count, prompt)
	}
	if prompt > c.Context || count-1 > c.Context-prompt {
		return nil, fmt.Errorf("work of generation: %w", &ContextError{Read: prompt, Tokens: count - 1, Capacity: c.Context})
	}
	w := Work{}
	for i := range count {
		read := 0 // before this step, and still in the cache
		if cached && i > 0 {
			read = prompt + i - 1
		}
		// A decoder takes long texts through the layers in parts.
		for end := prompt + i; read < end; {
			rows, scored := min(end-read, prefillRows), 0
			if read+rows == end {
				scored = 1
			}
			w.add(PassWork(c, read, rows, scored))
			read += rows
		}
	}
	return w, nil
}

// CacheBytes returns the memory that keys and values of a text take in float32:
// 2·layers·G·h values a token.
func CacheBytes(c ModelConfig, tokens int) float64 {
	return 2 * float64(c.Layers) * float64(c.KVHeads) * float64(c.HeadDim) * float64(tokens) * float32Size
}
