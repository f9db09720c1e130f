package sim

import "math"

// Deployment is a model on accelerators: what its memory and its speed are
// computed from. Several cards share one copy of the model by tensor
// parallelism.
type Deployment struct {
	Model     *Model
	GPU       *GPU
	GPUs      float64
	Precision Precision
	KVBits    float64 // of each cached number

	Context float64 // tokens that each sequence may reach, prompt and answer
	Batch   float64 // sequences at the same time
	// Prefix are the tokens at the beginning that all sequences have in common: kept
	// once, and computed before. At most Context.
	Prefix float64

	Assumptions
}

// Assumptions are the numbers of a Deployment that no data sheet states. Every
// one is the asker's to change.
type Assumptions struct {
	// Reserve is the share of each card's memory that weights and cache may not use.
	// Activations, the framework and fragmentation live there, and take more where
	// they need more.
	Reserve float64
	// Framework are the bytes that the runtime itself takes on each card.
	Framework float64
	// Chunk is the number of prompt tokens that one prefill step takes, of all
	// sequences together.
	Chunk float64
	// BandwidthShare and RateShare are what a program reaches of a card's published
	// memory bandwidth and arithmetic.
	BandwidthShare, RateShare float64
	// Link is the bandwidth between cards in GB/s, one way; LinkDelay the seconds
	// that one exchange takes whatever its size.
	Link, LinkDelay float64
}

// UsualAssumptions are one set for every model and card, in round numbers: 10 %
// in reserve as vLLM's gpu_memory_utilization of 0.9 leaves it; 0.5 GB for a
// CUDA context; 2048 tokens a step; 70 % of bandwidth and rate, a little below
// the 76 % of Pope et al. 2022; PCIe 4.0 ×16 between cards. They are fitted to no
// measurement: Measurement.Predict shows how far off they are.
func UsualAssumptions() Assumptions {
	return Assumptions{Reserve: 0.1, Framework: 0.5e9, Chunk: 2048, BandwidthShare: 0.7, RateShare: 0.7, Link: 32, LinkDelay: 10e-6}
}

// Ideal returns the assumptions with full bandwidth and rate, and exchanges that
// take no time: the roofline itself.
func (a Assumptions) Ideal() Assumptions {
	a.BandwidthShare, a.RateShare, a.Link, a.LinkDelay = 1, 1, math.MaxInt32, 0
	return a
}

func (a Assumptions) check() error {
	return first(
		checkRange("reserve", a.Reserve, 0, 0.9), checkRange("framework", a.Framework, 0, 1e12),
		checkWhole("chunk", a.Chunk, 1, maxTokens),
		checkRange("bandwidth_share", a.BandwidthShare, 0.01, 1), checkRange("rate_share", a.RateShare, 0.01, 1),
		checkRange("link_gbps", a.Link, 1e-3, maxRate), checkRange("link_delay", a.LinkDelay, 0, 1),
	)
}

// maxCards bounds the cards of one copy of a model.
const maxCards = 1024

func (d *Deployment) check() error {
	switch {
	case d.Model == nil:
		return &FieldError{Field: "model", Reason: Missing}
	case d.GPU == nil:
		return &FieldError{Field: "gpu", Reason: Missing}
	}
	if err := first(
		checkWhole("gpus", d.GPUs, 1, maxCards),
		d.Precision.check(),
		checkRange("kv_bits", d.KVBits, 1, maxBits),
		checkWhole("context", d.Context, 1, maxTokens),
		checkWhole("batch", d.Batch, 1, maxTokens),
		checkWhole("prefix", d.Prefix, 0, d.Context),
		d.Assumptions.check(),
	); err != nil {
		return err
	}
	return d.checkSplit()
}

// checkSplit refuses a number of cards that the heads cannot be shared among.
func (d *Deployment) checkSplit() error {
	if a := d.Model.Arch; a != nil && a.Heads > 0 && math.Mod(a.Heads, d.GPUs) != 0 {
		return &FieldError{Field: "gpus", Reason: OutOfRange, Detail: Number(d.GPUs) + " cards do not divide " + Number(a.Heads) + " heads"}
	}
	return nil
}

// cacheShards is how many cards each hold a different part of the cache: key heads
// are shared out one by one, a latent cache is whole on every card.
func (d *Deployment) cacheShards() (float64, error) {
	if d.GPUs == 1 {
		return 1, nil
	}
	a, err := d.Model.arch()
	if err != nil {
		return 0, err
	}
	if a.MLA != nil {
		return 1, nil
	}
	if err := a.need("n_kv_heads"); err != nil {
		return 0, within("model.arch", err)
	}
	return min(d.GPUs, a.KVHeads), nil
}
