package sim

import "fmt"

// Shiya is the architecture of the course's own model, 诗芽: that of LLaMA, small
// enough to be trained and run in a browser.
func Shiya() *Architecture {
	width := 352.0
	return &Architecture{
		Layers: 4, Width: 128, Heads: 4, KVHeads: 2, HeadDim: 32, FF: &width, Vocab: 3003, Tied: true,
		Attention: "GQA", MLP: mlpGated, Source: "本课程：assets/model/config.json",
	}
}

// Variant is a model with another kind of attention, its cache under that name.
type Variant struct {
	Name  string // Chinese, with the symbol: "GQA，8 个键值头"
	Cache Quantity
}

// Windows say which layers slide in CacheVariants: of every Every layers all but
// one look back Tokens only.
type Windows struct{ Every, Tokens float64 }

var (
	sourceMQA   = Source{"Shazeer, Fast Transformer Decoding: One Write-Head is All You Need", "https://arxiv.org/abs/1911.02150", "2019-11-06"}
	sourceGemma = Source{"Gemma Team, Gemma 3 Technical Report", "https://arxiv.org/abs/2503.19786", "2025-03-25"}
)

// CacheVariants is what the same layers and heads would keep with each kind of
// attention: every head its own keys (MHA), eight key heads (GQA), one (MQA), a
// latent of 512 + 64 numbers (MLA, as DeepSeek-V2 has it), and windows in most
// layers. The published kind is not among them: it is Architecture.KVCache. It
// needs n_heads and a head_dim. Sources: Vaswani et al. 2017, Ainslie et al. 2023,
// Shazeer 2019, DeepSeek-AI 2024, Gemma Team 2025.
func (a *Architecture) CacheVariants(tokens, batch, bits float64, w Windows) ([]Variant, error) {
	if err := a.need("n_layers", "n_heads"); err != nil {
		return nil, fmt.Errorf("cache variants: %w", err)
	}
	dim := a.HeadDim
	if a.MLA != nil {
		dim = a.MLA.V // what its heads are wide once unpacked
	}
	if err := first(checkWhole("head_dim", dim, 1, maxWidth), checkWhole("every", w.Every, 2, maxLayers), checkWhole("window", w.Tokens, 1, maxTokens)); err != nil {
		return nil, fmt.Errorf("cache variants: %w", err)
	}
	plain := Architecture{Layers: a.Layers, Width: a.Width, Heads: a.Heads, KVHeads: a.Heads, HeadDim: dim}
	grouped, single, latent := plain, plain, plain
	grouped.KVHeads, single.KVHeads = 8, 1
	latent.MLA = &MLA{KVLoRA: 512, QLoRA: 0, QKNope: dim, QKRope: 64, V: dim}
	sliding := a.Layers - float64(int(a.Layers/w.Every))
	windowed := plain
	if int(a.Heads)%8 == 0 {
		windowed.KVHeads = 8
	}
	windowed.Window, windowed.WindowLayers = &w.Tokens, &sliding
	list := []struct {
		name   string
		arch   Architecture
		skip   bool
		source Source
	}{
		{"MHA：每个头各存一份", plain, false, sourceAttention},
		{"GQA：8 个键值头", grouped, int(a.Heads)%8 != 0, sourceGQA},
		{"MQA：1 个键值头", single, false, sourceMQA},
		{"MLA：压缩成 512 + 64 维", latent, false, sourceMLA},
		{"窗口：每 " + Number(w.Every) + " 层只有 1 层看全部", windowed, false, sourceGemma},
	}
	var all []Variant
	for _, v := range list {
		if v.skip {
			continue
		}
		q, err := v.arch.KVCache(tokens, batch, bits)
		if err != nil {
			return nil, fmt.Errorf("cache variants: %s: %w", v.name, err)
		}
		q.Sources = joinSources(q.Sources, []Source{v.source})
		all = append(all, Variant{Name: v.name, Cache: q})
	}
	return all, nil
}

// AttentionName is the kind of attention in a few words, for a table.
func (a *Architecture) AttentionName() string {
	switch {
	case a.attentionKind() == hybridAttention:
		return "混合（部分层线性）"
	case a.attentionKind() == otherAttention:
		return "压缩注意力"
	case a.MLA != nil:
		return "MLA"
	}
	name := "GQA"
	switch a.KVHeads {
	case a.Heads:
		name = "MHA"
	case 1:
		name = "MQA"
	}
	if a.Window != nil {
		name += " + 窗口"
	}
	if a.KVHeads > 0 {
		name += "（" + Number(a.KVHeads) + "）"
	}
	return name
}
