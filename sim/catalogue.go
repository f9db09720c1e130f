package sim

// Catalogue is what is published about models: a course's data/models.json.
// What is unknown stays unknown: a nil pointer, an empty string or list. The
// fields' JSON names are those of the file.
type Catalogue struct {
	// Generated is the day on which the file was put together.
	Generated string
	// Rule, PriceBasis and Caveats say how to read it; Chinese.
	Rule, PriceBasis string
	Caveats          []string
	Models           []Model // in the file's order

	index map[string]int
}

// Find returns the model with an id.
func (c *Catalogue) Find(id string) (*Model, bool) {
	i, ok := c.index[id]
	if !ok {
		return nil, false
	}
	return &c.Models[i], true
}

// Model is one entry of a Catalogue. Dates are ISO 8601, as precise as known.
type Model struct {
	ID            string `json:"id"` // lower-case letters, digits, '.' and '-'
	Name          string `json:"name"`
	Vendor        string `json:"vendor"`
	InCourse      bool   `json:"in_course"` // named in the course's syllabus
	OpenWeights   *bool  `json:"open_weights"`
	Licence       string `json:"licence"`
	ReleaseDate   string `json:"release_date"`
	ReleaseSource string `json:"release_source"`

	ParamsTotal  *float64 `json:"params_total"`
	ParamsActive *float64 `json:"params_active"` // per token
	ParamsSource string   `json:"params_source"`

	Context       *float64 `json:"context_window"` // tokens
	ModalitiesIn  []string `json:"modalities_in"`  // of Modalities
	ModalitiesOut []string `json:"modalities_out"`

	Price             *Price  `json:"price"`
	PriceAlternatives []Price `json:"price_alternatives"` // what other sources state
	PriceCNY          *Price  `json:"price_cny"`          // the vendor's own list in yuan

	Arch *Architecture `json:"arch"`
	// KVBytesPerToken is of one sequence at 16 bits.
	KVBytesPerToken *float64 `json:"kv_bytes_per_token_fp16"`

	// Benchmarks holds scores by the benchmark's name; nil where unknown.
	Benchmarks map[string]*Score `json:"benchmarks"`

	Sources []string `json:"sources"`
	AsOf    string   `json:"as_of"`
	Notes   string   `json:"notes"`
}

// Modalities that a model may read or write.
var Modalities = []string{"text", "image", "audio", "video"}

// Rate is what one million tokens cost.
type Rate struct {
	Input       *float64 `json:"input"`
	Output      *float64 `json:"output"`
	CachedInput *float64 `json:"cached_input"`
}

// Price is a price list: its base rate, with the tiers and hours in which
// another one holds.
type Price struct {
	Currency string `json:"currency"` // "USD" or "CNY"
	Rate
	CacheWrite *float64        `json:"cache_write"`
	Tiers      []PriceTier     `json:"tiers"`
	Schedule   []PriceSchedule `json:"schedule"`
	AsOf       string          `json:"as_of"`
	Source     string          `json:"source"`
	Note       string          `json:"note"`
}

// PriceTier holds for the whole of a request with more than Start input tokens.
type PriceTier struct {
	Start float64 `json:"start"`
	Rate
}

// PriceSchedule holds from a date on, or between two times of day (UTC); without
// either it is what held before the first date. Later entries go before earlier
// ones.
type PriceSchedule struct {
	StartDate string `json:"start_date"`
	StartTime string `json:"start_time"`
	EndTime   string `json:"end_time"`
	Rate
}

// Score is a benchmark's result in per cent of the questions.
type Score struct {
	Score        float64 `json:"score"`
	Shots        string  `json:"shots"`   // "5-shot"
	Variant      string  `json:"variant"` // of the model, where it is not the one named
	Source       string  `json:"source"`
	Alternatives []Score `json:"alternatives"` // what other sources state
}

// Range is the least and greatest score that any source states.
func (s *Score) Range() (lo, hi float64) {
	lo, hi = s.Score, s.Score
	for _, a := range s.Alternatives {
		lo, hi = min(lo, a.Score), max(hi, a.Score)
	}
	return lo, hi
}

// Architecture is a model's configuration as published. Absent numbers are not
// published or do not apply.
type Architecture struct {
	Layers         float64  `json:"n_layers"`
	Width          float64  `json:"d_model"`
	Heads          float64  `json:"n_heads"`
	KVHeads        float64  `json:"n_kv_heads"`
	HeadDim        float64  `json:"head_dim"`
	FF             *float64 `json:"d_ff"`
	Vocab          float64  `json:"vocab_size"`
	Tied           bool     `json:"tied_embeddings"`
	Attention      string   `json:"attention"`
	MLP            string   `json:"mlp"`
	KVLayers       *float64 `json:"kv_layers"`      // where not every layer keeps a cache that grows
	Window         *float64 `json:"sliding_window"` // tokens that the sliding layers look back
	WindowLayers   *float64 `json:"sliding_layers"` // how many layers slide; the others see everything
	Sinks          *float64 `json:"attn_sinks"`     // learned sinks in each layer
	LinearBias     bool     `json:"linear_bias"`
	QKVBias        bool     `json:"qkv_bias"`
	OBias          bool     `json:"o_bias"`
	QKNorm         bool     `json:"qk_norm"`
	NormBias       bool     `json:"norm_bias"`
	MLA            *MLA     `json:"mla"`
	Experts        *float64 `json:"moe_experts"`
	TopK           *float64 `json:"moe_top_k"`
	SharedExperts  *float64 `json:"moe_shared_experts"`
	ExpertFF       *float64 `json:"moe_d_ff"`
	DenseLayers    *float64 `json:"moe_dense_layers"`
	ExpertBias     bool     `json:"moe_expert_bias"`
	RouterBias     bool     `json:"moe_router_bias"`
	CorrectionBias bool     `json:"moe_score_bias"`
	Source         string   `json:"source"`
}

// MLA is the shape of multi-head latent attention.
type MLA struct {
	KVLoRA float64 `json:"kv_lora"`
	QLoRA  float64 `json:"q_lora"`
	QKNope float64 `json:"qk_nope"`
	QKRope float64 `json:"qk_rope"`
	V      float64 `json:"v"`
}

// GPU is one accelerator of a course's data/gpus.json. Rates are dense ones, in
// decimal units as vendors print them.
type GPU struct {
	ID            string           `json:"id"`
	Name          string           `json:"name"`
	Vendor        string           `json:"vendor"`
	Architecture  string           `json:"architecture"`
	FormFactor    string           `json:"form_factor"`
	MemoryGB      *float64         `json:"memory_gb"`
	MemoryNote    string           `json:"memory_gb_note"`
	BandwidthGBps *float64         `json:"memory_bandwidth_gbps"`
	FP16TFLOPS    *float64         `json:"dense_fp16_tflops"`
	BF16          *bool            `json:"bf16_supported"`
	INT8TOPS      *float64         `json:"dense_int8_tops"`
	FP8TFLOPS     *float64         `json:"dense_fp8_tflops"`
	FP4TFLOPS     *float64         `json:"dense_fp4_tflops"`
	TDPWatts      *float64         `json:"tdp_w"`
	Sources       []string         `json:"sources"`
	AsOf          string           `json:"as_of"`
	Verified      bool             `json:"verified"` // read at a source of the vendor's
	Alternatives  []GPUAlternative `json:"alternatives"`
	Notes         string           `json:"notes"`
}

// GPUAlternative is what another source states for a field.
type GPUAlternative struct {
	Field  string  `json:"field"`
	Value  float64 `json:"value"`
	Source string  `json:"source"`
	Why    string  `json:"why"` // why it is not taken
}
