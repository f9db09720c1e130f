package train

import "courselab/attention"

// Counts are the parameters of a model by part. A tied output matrix is the
// embedding and counts once.
type Counts struct{ Embedding, Output, Attention, FFN, Norm int }

// Count returns those of a model of shape c.
func Count(c attention.ModelConfig) Counts {
	queries, kv := c.Heads*c.HeadDim, c.KVHeads*c.HeadDim
	n := Counts{
		Embedding: c.Vocab * c.Width,
		Attention: c.Layers * c.Width * (2*queries + 2*kv),
		FFN:       c.Layers * 3 * c.Width * c.FFN,
		Norm:      (2*c.Layers + 1) * c.Width,
	}
	if !c.Tied {
		n.Output = n.Embedding
	}
	return n
}

// Total is their sum.
func (n Counts) Total() int { return n.Embedding + n.Output + n.Attention + n.FFN + n.Norm }

// Footprint returns the bytes that a Trainer of a model of shape c holds once it
// has taken a step of a batch of documents, length tokens each, that predicts
// scored tokens: weights, their gradient and both moments, and what a pass leaves
// for the gradients. The texts are not in it.
func Footprint(c attention.ModelConfig, documents, length, scored int) int64 {
	rows := documents * length
	queries, kv := c.Heads*c.HeadDim, c.KVHeads*c.HeadDim
	weights := rows * c.Heads * length
	layer := rows*(4*c.Width+2*queries+2*kv+3*c.FFN) + weights
	pass := rows*(3*c.HeadDim/2+5*c.Width+2*queries+2*kv+2*c.FFN) + weights + scored + c.Context*c.HeadDim
	pass += min(scored, logitRows) * c.Vocab
	if scored < rows {
		pass += 2 * min(scored, logitRows) * c.Width
	}
	return 4 * int64(4*Count(c).Total()+c.Layers*layer+pass)
}
