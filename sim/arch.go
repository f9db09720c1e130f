package sim

import (
	"fmt"
	"strings"
)

// Bounds of an Architecture's fields: wide enough for any model known, tight
// enough that every product is finite.
const (
	maxLayers = 1e4
	maxWidth  = 1e6
	maxHeads  = 1e4
	maxVocab  = 1e8
	maxTokens = 1e12
	maxBits   = 64
	maxParams = 1e18
)

// Shapes of a feed-forward layer, in Architecture.MLP.
const (
	mlpGated = "swiglu" // three matrices
	mlpPlain = "gelu"   // two matrices
)

// need returns a *FieldError for the first of the named fields that is zero,
// which is how an absent number reads.
func (a *Architecture) need(fields ...string) error {
	for _, f := range fields {
		var v float64
		limit := maxWidth
		switch f {
		case "n_layers":
			v, limit = a.Layers, maxLayers
		case "d_model":
			v = a.Width
		case "n_heads":
			v, limit = a.Heads, maxHeads
		case "n_kv_heads":
			v, limit = a.KVHeads, maxHeads
		case "head_dim":
			v = a.HeadDim
		case "vocab_size":
			v, limit = a.Vocab, maxVocab
		}
		if v == 0 {
			return &FieldError{Field: f, Reason: Missing}
		}
		if err := checkWhole(f, v, 1, limit); err != nil {
			return err
		}
	}
	return nil
}

// attentionKind is what an Architecture's Attention says, by the words that its
// texts begin with.
type attentionKind int

const (
	fullAttention   attentionKind = iota // multi-head, multi-query, grouped-query, latent
	hybridAttention                      // most layers keep a state of fixed size
	otherAttention                       // a scheme that the fields do not describe
)

func (a *Architecture) attentionKind() attentionKind {
	word, _, _ := strings.Cut(a.Attention, ":")
	switch word {
	case "", "MHA", "MQA", "GQA", "MLA":
		if a.KVLayers != nil && *a.KVLayers < a.Layers {
			return hybridAttention
		}
		return fullAttention
	case "hybrid":
		return hybridAttention
	}
	return otherAttention
}

// needAttention returns a *FieldError unless the fields describe the attention of
// every layer.
func (a *Architecture) needAttention() error {
	if kind := a.attentionKind(); kind == otherAttention {
		return &FieldError{Field: "attention", Reason: Unknown, Detail: fmt.Sprintf("%.80q, want MHA, MQA, GQA or MLA", a.Attention)}
	} else if kind == hybridAttention {
		return &FieldError{Field: "attention", Reason: Unknown, Detail: "the fields do not describe the linear layers"}
	}
	if a.MLA != nil {
		if err := a.need("n_layers", "d_model", "n_heads"); err != nil {
			return err
		}
		return within("mla", a.MLA.check())
	}
	if err := a.need("n_layers", "d_model", "n_heads", "n_kv_heads", "head_dim"); err != nil {
		return err
	}
	return a.checkGroups()
}

// checkGroups refuses key heads that the query heads cannot be shared among.
func (a *Architecture) checkGroups() error {
	if int(a.Heads)%int(a.KVHeads) != 0 {
		return &FieldError{Field: "n_kv_heads", Reason: OutOfRange, Detail: fmt.Sprintf("%s does not divide %s heads", Number(a.KVHeads), Number(a.Heads))}
	}
	return nil
}

// feedForward is the shape of a model's feed-forward layers.
type feedForward struct {
	matrices    float64 // in one network: 3 gated, 2 plain
	denseLayers float64 // with one network of width
	width       float64
	moeLayers   float64 // with a router, routed and shared experts of expertWidth
	expertWidth float64
	experts     float64
	topK        float64
	shared      float64
}

// feedForward reads the fields of the feed-forward layers. An absent
// moe_shared_experts or moe_dense_layers means none.
func (a *Architecture) feedForward() (feedForward, error) {
	var f feedForward
	if err := a.need("n_layers", "d_model"); err != nil {
		return f, err
	}
	switch a.MLP {
	case mlpGated:
		f.matrices = 3
	case mlpPlain:
		f.matrices = 2
	case "":
		return f, &FieldError{Field: "mlp", Reason: Missing}
	default:
		return f, &FieldError{Field: "mlp", Reason: Unknown, Detail: fmt.Sprintf("%.40q, want %s or %s", a.MLP, mlpGated, mlpPlain)}
	}
	f.denseLayers = a.Layers
	if a.Experts != nil {
		switch {
		case a.TopK == nil:
			return f, &FieldError{Field: "moe_top_k", Reason: Missing}
		case a.ExpertFF == nil:
			return f, &FieldError{Field: "moe_d_ff", Reason: Missing}
		}
		f.experts, f.topK, f.expertWidth = *a.Experts, *a.TopK, *a.ExpertFF
		f.shared, f.denseLayers = orNone(a.SharedExperts), orNone(a.DenseLayers)
		if err := first(
			checkWhole("moe_experts", f.experts, 1, maxWidth),
			checkWhole("moe_top_k", f.topK, 1, f.experts),
			checkWhole("moe_d_ff", f.expertWidth, 1, maxWidth),
			checkWhole("moe_shared_experts", f.shared, 0, maxWidth),
			checkWhole("moe_dense_layers", f.denseLayers, 0, a.Layers),
		); err != nil {
			return f, err
		}
		f.moeLayers = a.Layers - f.denseLayers
	} else if a.TopK != nil || a.ExpertFF != nil {
		return f, &FieldError{Field: "moe_experts", Reason: Missing, Detail: "moe_top_k or moe_d_ff is given"}
	}
	if f.denseLayers > 0 {
		if a.FF == nil {
			return f, &FieldError{Field: "d_ff", Reason: Missing}
		}
		f.width = *a.FF
		if err := checkWhole("d_ff", f.width, 1, maxWidth); err != nil {
			return f, err
		}
	}
	return f, nil
}

func orNone(v *float64) float64 {
	if v == nil {
		return 0
	}
	return *v
}

// sum adds products and writes them down.
type sum struct {
	formula, working []string
	value            float64
}

// add adds the product of factors under the formula that symbols writes.
func (s *sum) add(symbols string, factors ...float64) {
	p := 1.0
	for _, f := range factors {
		p *= f
	}
	s.value += p
	s.formula = append(s.formula, symbols)
	s.working = append(s.working, product(factors...))
}

// addTimes adds a multiple of another sum, in brackets.
func (s *sum) addTimes(symbol string, factor float64, of sum) {
	if factor == 0 || len(of.formula) == 0 {
		return
	}
	s.value += factor * of.value
	s.formula = append(s.formula, symbol+" · ("+of.Formula()+")")
	s.working = append(s.working, Number(factor)+" × ("+of.Working()+")")
}

// Formula and Working write the sum in symbols and in numbers.
func (s *sum) Formula() string { return strings.Join(s.formula, " + ") }
func (s *sum) Working() string { return strings.Join(s.working, " + ") }
