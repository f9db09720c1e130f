// Package attention computes scaled dot-product attention,
//
//	softmax(QKᵀ/√d_k) V        (Vaswani et al. 2017, equation 1)
//
// keeps every matrix on the way, and explains any cell of any of them by the
// numbers that entered it.
//
// # Notation and shapes
//
//	n        tokens, one per character of the text
//	d_model  width of an embedding: DModel
//	d_k      width of a head's queries, keys and values
//	X        (n, d_model)    character embedding plus position
//	W_Q, W_K, W_V  (d_model, d_k)  one of each per head
//	Q, K, V  (n, d_k)        X·W_Q, X·W_K, X·W_V, then the learner's edits
//	S        (n, n)          scores QKᵀ: row = query, column = key
//	S′       (n, n)          scaled: S/√d_k, or S where scaling is off
//	M        (n, n)          masked: −∞ where the key comes after the query
//	A        (n, n)          weights: softmax of each row of M
//	O        (n, d_k)        output A·V
//
// All matrices are row-major float32. Indices count from zero.
//
// # The model
//
// Beside single heads stands a whole language model, a Model of the LLaMA
// architecture: ModelConfig is its shape, ReadModel takes its weights from a
// safetensors file, a Decoder reads a text token by token and keeps the keys and
// values of what it has read, a Tokenizer turns characters into tokens and a
// Sampler draws the next one. Decoder.layers is the pass, line by line as in the
// paper. Further notation:
//
//	V  symbols of the vocabulary
//	d  width of the residual stream
//	H  heads of queries, G heads of keys and values, h the width of a head
//	f  width of the feed-forward's middle
//	t  positions in the cache
//
// # Looking inside a model
//
// TraceModel runs Decoder.layers on a backend that gives each result memory of
// its own, and returns a ModelTrace: every tensor of the pass, from the token ids
// to the next token drawn, with its operation, layer, head, inputs and what its
// rows and columns stand for. What a backend computes in one stroke (RMSNorm,
// Attend, SiLUGate) is opened up into steps.
//
//	trace, err := attention.TraceModel(ctx, backend, model, tokens, attention.TraceOptions{
//		Sampler: sampler,          // draws the next token; nil: the trace ends with the logits
//		Ablate:  []attention.Ablation{{Part: attention.PartHead, Layer: 2, Head: 1}},
//		Symbol:  func(id int) string { s, _ := tokenizer.Symbol(id); return s },
//	})
//	weights, ok := trace.Tensor(attention.HeadName(0, 2, "weights")) // .Matrix (n, n), .Op, .Inputs
//	trace.Label(weights.Cols, 3)                                    // "月"
//	x, err := trace.Explain(weights.Name, 5, 3)   // formula, working, operands, result
//	x.Regions()                                   // which cells of which tensors to light up
//	depths, err := trace.Lens(ctx, backend, 5)    // what each layer would predict
//	heads, err := trace.HeadSummaries()           // what each head looks at, in numbers
//	with, err := attention.GenerationWork(model.Config, 10, 20, true) // and false: without the cache
//
// HeadInput takes one head's queries, keys and values out of a pass; Run computes
// attention from them where its Config has them as Given, and HeadCell says where
// in the pass each of them stands.
//
// All names of tensors stand with ModelTrace.Tensors; a parameter has its Hugging
// Face name. Explain of a Trace and of a ModelTrace return the same Explanation:
// Kind says how the operands make the result, and Recompute does it. An Ablation
// takes a part out of a model, for a trace or, by Decoder.Ablate, for a decoder.
// Counter counts the work that a pass asks of a backend, which PassWork and
// GenerationWork predict from the config.
//
// A character that the vocabulary lacks has id −1 and stands in Encode's
// *UnseenError; TraceModel and Decoder refuse the id rather than read anything in
// its place. A text longer than the context is a *ContextError.
//
// # Where the heads' numbers come from
//
// Nothing is trained in Run: embeddings and projections are drawn from a seeded
// normal distribution, the state in which the argument for √d_k is made. They
// are scaled so that the entries of Q and K have about unit variance, and hence
// Var(q·k) ≈ d_k. The generator is ours (normal.go), so that a link to a lab
// state shows the same numbers with every Go release.
//
// # Backends
//
// A Backend does the matrix products and the softmax, a LayerBackend also what
// else a model's layers need; ForLayers makes the second of the first. Go is the
// portable one; package attention/kernel provides the SIMD one, whose committed
// artefacts are assets/kernel.wasm and kernel-relaxed.wasm; package attention/blas is for native programs.
// A backend with memory of its own learns through Place what has to cross. Choose
// opens, checks and times what a machine has, and a Relay goes on with a text on
// the next backend when one is lost.
//
// # Imports
//
// The standard library and attention/safetensors only, and never syscall/js:
// this package runs natively and in the browser alike.
package attention
