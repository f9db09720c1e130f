package shrink

import (
	"courselab/attention"
)

// weights counts the parameters of a model of shape c.
func weights(c attention.ModelConfig) int64 {
	d, f := int64(c.Width), int64(c.FFN)
	q, k := int64(c.Heads*c.HeadDim), int64(c.KVHeads*c.HeadDim)
	n := int64(c.Vocab)*d + d
	if !c.Tied {
		n += int64(c.Vocab) * d
	}
	return n + int64(c.Layers)*(2*d+2*q*d+2*k*d+3*f*d)
}

// passBytes estimates what a pass of training over rows tokens keeps: of each layer
// its activations and attention weights, beside them scratch and logits.
func passBytes(c attention.ModelConfig, rows int64) int64 {
	d, f, t := int64(c.Width), int64(c.FFN), int64(c.Context)
	q, k := int64(c.Heads*c.HeadDim), int64(c.KVHeads*c.HeadDim)
	layer := 4*d + 2*q + 2*k + 3*f + int64(c.Heads)*t
	return 4 * (rows*(int64(c.Layers)*layer+6*d+3*q+2*k+2*f+int64(c.Heads)*t) + rows*int64(c.Vocab))
}

// trainingBytes estimates a trainer of a model: weights, gradient, two moments and
// the pass.
func trainingBytes(c attention.ModelConfig) int64 { return 4*4*weights(c) + passBytes(c, batchRows) }

// teachingBytes estimates what a teacher adds: its pass and three matrices of
// logits.
func teachingBytes(c attention.ModelConfig) int64 {
	return passBytes(c, batchRows) + 4*3*batchRows*int64(c.Vocab)
}

// textBytes estimates poems as tokens.
func textBytes(c attention.ModelConfig, poems int) int64 {
	return int64(poems) * int64(c.Context+1) * 8
}
