// Package train trains models of attention on texts: the pass that keeps what
// the gradients need, the gradients, AdamW, the order of the documents and the
// checkpoints.
//
// A document is one text; the model reads bos and its characters and is to
// predict its characters and eos. A batch is several documents laid one after
// the other: products, norms and gates run over all their rows at once,
// attention over the rows of each. A Task says what is asked of the model: the
// next token, hidden tokens from both sides, or, as a mistake to be looked at, the
// next token with nothing hidden. Pack lays texts end to end in place of padding.
//
// # Notation and shapes
//
// As in attention, and
//
//	N   rows of a batch: the tokens read, of all its documents
//	dx  gradient of the loss by x, in the shape of x
//
// The loss is the mean of −log p(target), in nats, over what a batch predicts. A
// model, data and Options being the same, so is every loss, on one backend of
// one machine; a run that is stopped and resumed goes on as if it had not been.
//
// Distillation makes a run learn from a teacher's distribution as well as from the
// text; Importances says how much a model's loss hangs on each of its heads and
// feed-forward columns.
//
// A Tuner takes steps on batches that its caller makes, in which tokens count
// differently: supervised fine-tuning counts the answer alone. A Writer lets a
// model write many texts at once, and a Policy makes a model write what is
// rewarded without going too far from a reference.
//
// # Imports
//
// attention, attention/safetensors and the standard library: it runs natively
// and in the browser alike. Nothing here touches files or prints.
package train
