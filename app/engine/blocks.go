package engine

// OpBlocks: BlocksInput → BlocksOutput: how the parameters of a model spread over
// its parts, for Llama 2 7B and, where the site has it, the course's own model.
const OpBlocks = "blocks.count"

// BlocksInput names the diagram and the part that the page shows; the output
// repeats them.
type BlocksInput struct {
	View string `json:"view"`
	Part string `json:"part"`
}

// BlocksOutput lists models with their parts.
type BlocksOutput struct {
	BlocksInput
	Models []BlocksModel `json:"models"`
	// Missing says why the course's own model is not among them.
	Missing string `json:"missing,omitempty"`
}

// BlocksModel is one model of the LLaMA architecture.
type BlocksModel struct {
	Name  string       `json:"name"`
	Shape string       `json:"shape"` // "V = 3003，d = 128 …"
	Parts []BlocksPart `json:"parts"`
	Total float64      `json:"total"` // parameters
}

// BlocksPart is the parameters of one part, over all layers.
type BlocksPart struct {
	Part    string  `json:"part"` // "embedding", "attention", "ffn", "norm" or "output"
	Title   string  `json:"title"`
	Formula string  `json:"formula"`
	Working string  `json:"working"`
	Count   float64 `json:"count"`
}
