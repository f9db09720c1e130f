package sim

import (
	"fmt"
	"math"
	"sort"
	"strings"
)

var (
	sourceNucleus = Source{"Holtzman et al., The Curious Case of Neural Text Degeneration", "https://arxiv.org/abs/1904.09751", "2019-04-22"}
	sourceSwiGLU  = Source{"Shazeer, GLU Variants Improve Transformer", "https://arxiv.org/abs/2002.05202", "2020-02-12"}
)

// NucleusProbability is the probability with which candidate number key (from 1)
// is drawn: the scores are divided by the temperature, their softmax is summed
// from the likeliest on until it reaches topP, and what that leaves shares the
// whole. A candidate that is cut has 0; of equals the earlier one is likelier.
// Source: Holtzman et al. 2019.
func NucleusProbability(scores []float64, temperature, topP float64, key int) (Quantity, error) {
	if key < 1 || key > len(scores) {
		return Quantity{}, fmt.Errorf("nucleus probability: %w",
			&FieldError{Field: "key", Reason: OutOfRange, Detail: fmt.Sprintf("%d of %d candidates", key, len(scores))})
	}
	for _, err := range []error{checkRange("temperature", temperature, 1e-3, 1e3), checkRange("top_p", topP, 1e-9, 1)} {
		if err != nil {
			return Quantity{}, fmt.Errorf("nucleus probability: %w", err)
		}
	}
	scaled := make([]float64, len(scores))
	order := make([]int, len(scores))
	var terms []Term
	for i, s := range scores {
		if err := checkRange(fmt.Sprintf("s%d", i+1), s, -maxScore, maxScore); err != nil {
			return Quantity{}, fmt.Errorf("nucleus probability: %w", err)
		}
		scaled[i], order[i] = s/temperature, i
		terms = append(terms, Term{fmt.Sprintf("s%d", i+1), fmt.Sprintf("第 %d 个候选的分数", i+1), s, ""})
	}
	p, err := Softmax(scaled)
	if err != nil {
		return Quantity{}, fmt.Errorf("nucleus probability: %w", err)
	}
	sort.SliceStable(order, func(a, b int) bool { return scaled[order[a]] > scaled[order[b]] })
	var sum float64
	var kept []string
	value, stays := 0.0, false
	for _, i := range order {
		if sum >= topP {
			break
		}
		sum += p[i]
		kept = append(kept, Number(p[i]))
		stays = stays || i == key-1
	}
	working := "0（累加 " + strings.Join(kept, " + ") + " 已够 " + Number(topP) + "，它被切掉）"
	if stays {
		value = math.Min(p[key-1]/sum, 1)
		working = Number(p[key-1]) + " / (" + strings.Join(kept, " + ") + ")"
	}
	return Quantity{
		Name: fmt.Sprintf("抽到第 %d 个候选的概率", key), Unit: Ratio, Value: value,
		Formula: "p_j / Σ p_i（从大到小累加到 top-p 为止的那些 i），p = softmax(s / T)",
		Working: working,
		Terms:   append(terms, Term{"T", "温度", temperature, ""}, Term{"top_p", "top-p", topP, ""}),
		Sources: []Source{sourceNucleus},
	}, nil
}

// CacheSaving is how many times as many positions go through the layers without
// a KV cache as with one, when count tokens are drawn after a prompt: with it
// the prompt once and then each token but the last; without it the whole text
// for every token. Source: Pope et al. 2022, section 2.
func CacheSaving(prompt, count float64) (Quantity, error) {
	for _, err := range []error{checkWhole("prompt", prompt, 1, maxTokens), checkWhole("count", count, 1, maxTokens)} {
		if err != nil {
			return Quantity{}, fmt.Errorf("cache saving: %w", err)
		}
	}
	with := prompt + count - 1
	without := count*prompt + count*(count-1)/2
	return Quantity{
		Name: "没有缓存时经过各层的位置数，是有缓存时的几倍", Unit: Ratio, Value: without / with,
		Formula: "(m·n + m·(m−1)/2) / (n + m − 1)",
		Working: fmt.Sprintf("(%s × %s + %[1]s × (%[1]s − 1)/2) / (%[2]s + %[1]s − 1)", Number(count), Number(prompt)),
		Terms:   []Term{{"n", "提示的词元数", prompt, ""}, {"m", "写出的词元数", count, ""}},
		Sources: []Source{sourcePope},
	}, nil
}

// FFNShare is the part of a layer's matrices that lies in its gated feed-forward
// (three of d × f); the rest is attention's. Source: Shazeer 2020.
func FFNShare(width, heads, kvHeads, headDim, hidden float64) (Quantity, error) {
	for name, v := range map[string]float64{"d_model": width, "head_dim": headDim, "d_ff": hidden} {
		if err := checkWhole(name, v, 1, maxWidth); err != nil {
			return Quantity{}, fmt.Errorf("feed-forward share: %w", err)
		}
	}
	for name, v := range map[string]float64{"heads": heads, "kv_heads": kvHeads} {
		if err := checkWhole(name, v, 1, maxHeads); err != nil {
			return Quantity{}, fmt.Errorf("feed-forward share: %w", err)
		}
	}
	ffn := 3 * width * hidden
	attention := 2*width*heads*headDim + 2*width*kvHeads*headDim
	return Quantity{
		Name: "前馈占一层矩阵参数的比例", Unit: Ratio, Value: ffn / (ffn + attention),
		Formula: "3·d·f / (3·d·f + 2·d·n_h·d_h + 2·d·n_kv·d_h)",
		Working: fmt.Sprintf("%s / (%[1]s + %s)", Number(ffn), Number(attention)),
		Terms: []Term{{"d", "宽度", width, ""}, {"f", "前馈宽度", hidden, ""}, {"n_h", "查询头数", heads, ""},
			{"n_kv", "键值头数", kvHeads, ""}, {"d_h", "每个头的维数", headDim, ""}},
		Sources: []Source{sourceSwiGLU, sourceGQA},
	}, nil
}

// MaskedReading is how many tokens a masked language model reads until it has been
// asked as many questions as a causal one that read tokens: of each text the first
// is asked for share per cent of the tokens (15 in Devlin et al. 2018, section
// 3.1), the second for every next one.
//
//	T / (r / 100)
func MaskedReading(tokens, share float64) (Quantity, error) {
	if err := first(
		checkWhole("tokens", tokens, 1, maxTokens),
		checkRange("share", share, 1e-3, 100),
	); err != nil {
		return Quantity{}, fmt.Errorf("masked reading: %w", err)
	}
	return Quantity{
		Name: "掩码模型要读的词元", Unit: Token, Value: tokens / (share / 100),
		Formula: "T / (r / 100)", Working: Number(tokens) + " / (" + Number(share) + " / 100)",
		Terms:   []Term{{"T", "因果模型读的词元，每个出一道题", tokens, Token}, {"r", "遮住的百分比", share, "%"}},
		Sources: []Source{{"Devlin et al., BERT", "https://arxiv.org/abs/1810.04805", "2018-10-11"}},
	}, nil
}
