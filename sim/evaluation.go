package sim

import (
	"fmt"
	"math"
)

// WilsonHalfWidth is half the width of Wilson's interval for a proportion seen
// as correct of total, at z standard deviations (1.96 for 95 %):
//
//	z / (1 + z²/n) · √(p · (1 − p) / n + z² / (4 · n²))
//
// The interval's centre is not p but (p + z²/2n) / (1 + z²/n). Source: Wilson
// 1927.
func WilsonHalfWidth(correct, total, z float64) (Quantity, error) {
	if err := first(
		checkWhole("correct", correct, 0, maxTokens),
		checkWhole("total", total, 1, maxTokens),
		checkRange("z", z, 0, 10),
	); err != nil {
		return Quantity{}, fmt.Errorf("wilson half-width: %w", err)
	}
	if correct > total {
		return Quantity{}, fmt.Errorf("wilson half-width: %w",
			&FieldError{Field: "correct", Reason: OutOfRange, Detail: fmt.Sprintf("%s of %s", Number(correct), Number(total))})
	}
	p := correct / total
	P, n, Z := Number(p), Number(total), Number(z)
	return Quantity{
		Name: "置信区间的半宽", Unit: Ratio,
		Value:   z / (1 + z*z/total) * math.Sqrt(p*(1-p)/total+z*z/(4*total*total)),
		Formula: "z / (1 + z² / n) · √(p · (1 − p) / n + z² / (4 · n²))",
		Working: Z + " / (1 + " + Z + "² / " + n + ") × √(" + P + " × (1 − " + P + ") / " + n + " + " + Z + "² / (4 × " + n + "²))",
		Terms: []Term{
			{"p", "答对的比例", p, ""}, {"n", "题数", total, ""}, {"z", "标准差的倍数（95% 为 1.96）", z, ""},
		},
		Sources: []Source{sourceWilson},
	}, nil
}

// RAGTokens is what one question costs in tokens when retrieved passages are put
// into the prompt:
//
//	P + c · s + O   tokens
//
// P is the prompt without the passages: instruction, history and question.
func RAGTokens(chunks, chunkTokens, promptTokens, outputTokens float64) (Quantity, error) {
	if err := first(
		checkWhole("chunks", chunks, 0, 1e6),
		checkWhole("chunk_tokens", chunkTokens, 0, 1e9),
		checkWhole("prompt_tokens", promptTokens, 0, 1e9),
		checkWhole("output_tokens", outputTokens, 0, 1e9),
	); err != nil {
		return Quantity{}, fmt.Errorf("rag tokens: %w", err)
	}
	return Quantity{
		Name: "每问的词元数", Unit: Token,
		Value:   promptTokens + chunks*chunkTokens + outputTokens,
		Formula: "P + c · s + O",
		Working: Number(promptTokens) + " + " + product(chunks, chunkTokens) + " + " + Number(outputTokens),
		Terms: []Term{
			{"P", "指令与问题", promptTokens, ""}, {"c", "放进提示词的段数", chunks, ""},
			{"s", "每段的词元", chunkTokens, ""}, {"O", "输出", outputTokens, ""},
		},
	}, nil
}
