package engine

// OpModelInfo: no input → ModelInfo. It brings the course's language model into
// the engine if it is not there yet, telling Progress in megabytes; the labs'
// own operations do the same. Where there is none, or its files are damaged, it
// fails with NoModel.
const OpModelInfo = "model.info"

// ModelInfo describes the model that the engine holds.
type ModelInfo struct {
	Bytes      int `json:"bytes"`      // of its files
	Parameters int `json:"parameters"` // numbers that were trained
	Vocab      int `json:"vocab"`      // symbols
	Width      int `json:"width"`      // of the residual stream
	Layers     int `json:"layers"`
	Heads      int `json:"heads"`   // of queries
	KVHeads    int `json:"kvHeads"` // of keys and values
	HeadDim    int `json:"headDim"`
	FFN        int `json:"ffn"`     // width of the feed-forward's middle
	Context    int `json:"context"` // positions, the mark that begins a text included
}

// TextToken is one position of a text as the model reads it.
type TextToken struct {
	Symbol string `json:"symbol"`
	Token  int    `json:"token"` // −1: unseen in training, and left out
	// Mark: it stands for the beginning or the end of a text.
	Mark bool `json:"mark,omitempty"`
	// Dropped: it lies before what fits into the context, and is left out.
	Dropped bool `json:"dropped,omitempty"`
}
