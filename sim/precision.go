package sim

import (
	"fmt"
	"slices"
	"strings"
)

// Arithmetic is the precision that a device multiplies in, and so which of its
// rates counts. Weights that are only stored small are multiplied in FP16.
type Arithmetic string

const (
	FP16Arithmetic Arithmetic = "fp16" // FP16 or BF16 with FP32 sums
	INT8Arithmetic Arithmetic = "int8"
	FP8Arithmetic  Arithmetic = "fp8"
	FP4Arithmetic  Arithmetic = "fp4"
)

// Precision is how a model's weights are stored and multiplied.
type Precision struct {
	ID   string // "int4-g128"
	Name string // Chinese
	// Bits of one weight without its scale.
	Bits float64
	// Group is the number of weights that share a scale, 0 where there is none;
	// Scales are the bits of one group's scale and zero point.
	Group, Scales float64
	// Vocabulary is the width of the embedding and the output head where the format
	// leaves them alone, 0 where they are stored as the rest.
	Vocabulary float64
	Arithmetic Arithmetic
	Source     Source
}

// WeightBits is what one quantised weight takes with its share of the scales.
func (p Precision) WeightBits() float64 {
	if p.Group == 0 {
		return p.Bits
	}
	return p.Bits + p.Scales/p.Group
}

func (p Precision) check() error {
	if err := first(
		checkRange("bits", p.Bits, 1, maxBits), checkWhole("group", p.Group, 0, maxWidth),
		checkRange("scales", p.Scales, 0, 1e3), checkRange("vocabulary_bits", p.Vocabulary, 0, maxBits),
	); err != nil {
		return err
	}
	switch {
	case p.Vocabulary > 0 && p.Vocabulary < 1:
		return &FieldError{Field: "vocabulary_bits", Reason: OutOfRange, Detail: Number(p.Vocabulary) + ", want 0 or 1 to 64"}
	case p.Group == 0 && p.Scales > 0:
		return &FieldError{Field: "group", Reason: Missing, Detail: "scales are given"}
	}
	return nil
}

var (
	sourceLLMInt8 = Source{"Dettmers et al., LLM.int8(): 8-bit Matrix Multiplication for Transformers at Scale", "https://arxiv.org/abs/2208.07339", "2022-08-15"}
	sourceFP8     = Source{"Micikevicius et al., FP8 Formats for Deep Learning", "https://arxiv.org/abs/2209.05433", "2022-09-12"}
	sourceGPTQ    = Source{"Frantar et al., GPTQ: Accurate Post-Training Quantization for Generative Pre-trained Transformers", "https://arxiv.org/abs/2210.17323", "2022-10-31"}
	sourceQLoRA   = Source{"Dettmers et al., QLoRA: Efficient Finetuning of Quantized LLMs", "https://arxiv.org/abs/2305.14314", "2023-05-23"}
	sourceGGML    = Source{"llama.cpp, ggml-common.h: block_q4_0, block_q8_0", "https://github.com/ggml-org/llama.cpp", ""}
	sourceQ4KM    = Source{"JaaackXD, Llama-3-8B-GGUF: Llama 3 70B Q4_K_M 39.60 GiB", "https://huggingface.co/JaaackXD/Llama-3-8B-GGUF", "2024-05"}
)

// Precisions returns the formats that the course knows, widest first. Their
// numbers follow from the layout of the format; Q4_K_M, which mixes layouts, is
// one file's size over its weights.
func Precisions() []Precision {
	return []Precision{
		{ID: "fp32", Name: "FP32", Bits: 32, Arithmetic: FP16Arithmetic},
		{ID: "fp16", Name: "FP16 / BF16", Bits: 16, Arithmetic: FP16Arithmetic},
		{ID: "q8-0", Name: "GGUF Q8_0（每 32 个权重一个缩放）", Bits: 8, Group: 32, Scales: 16, Arithmetic: FP16Arithmetic, Source: sourceGGML},
		{ID: "int8", Name: "INT8 权重（词表留 16 位）", Bits: 8, Vocabulary: 16, Arithmetic: FP16Arithmetic, Source: sourceLLMInt8},
		{ID: "w8a8", Name: "W8A8（权重与激活都用 INT8 相乘）", Bits: 8, Vocabulary: 16, Arithmetic: INT8Arithmetic, Source: sourceLLMInt8},
		{ID: "fp8", Name: "FP8（权重与激活都用 FP8 相乘）", Bits: 8, Vocabulary: 16, Arithmetic: FP8Arithmetic, Source: sourceFP8},
		{ID: "q4-k-m", Name: "GGUF Q4_K_M（平均 4.82 位）", Bits: 4.82, Arithmetic: FP16Arithmetic, Source: sourceQ4KM},
		{ID: "q4-0", Name: "GGUF Q4_0（每 32 个权重一个缩放）", Bits: 4, Group: 32, Scales: 16, Arithmetic: FP16Arithmetic, Source: sourceGGML},
		{ID: "int4-g128", Name: "INT4，GPTQ / AWQ（每 128 个一组，词表留 16 位）", Bits: 4, Group: 128, Scales: 20, Vocabulary: 16, Arithmetic: FP16Arithmetic, Source: sourceGPTQ},
		{ID: "nf4", Name: "NF4（每 64 个一组，缩放再量化，词表留 16 位）", Bits: 4, Group: 64, Scales: 64 * 0.127, Vocabulary: 16, Arithmetic: FP16Arithmetic, Source: sourceQLoRA},
	}
}

// PrecisionNamed returns the format with an id.
func PrecisionNamed(id string) (Precision, error) {
	all := Precisions()
	i := slices.IndexFunc(all, func(p Precision) bool { return p.ID == id })
	if i < 0 {
		ids := make([]string, len(all))
		for i, p := range all {
			ids[i] = p.ID
		}
		return Precision{}, &FieldError{Field: "precision", Reason: Unknown, Detail: fmt.Sprintf("%.40q, want one of %s", id, strings.Join(ids, ", "))}
	}
	return all[i], nil
}

// rate is a device's published rate for an arithmetic, in TFLOPS.
func (g *GPU) rate(a Arithmetic) (float64, error) {
	var v *float64
	field := ""
	switch a {
	case FP16Arithmetic:
		v, field = g.FP16TFLOPS, "gpu.dense_fp16_tflops"
	case INT8Arithmetic:
		v, field = g.INT8TOPS, "gpu.dense_int8_tops"
	case FP8Arithmetic:
		v, field = g.FP8TFLOPS, "gpu.dense_fp8_tflops"
	case FP4Arithmetic:
		v, field = g.FP4TFLOPS, "gpu.dense_fp4_tflops"
	default:
		return 0, &FieldError{Field: "arithmetic", Reason: Unknown, Detail: fmt.Sprintf("%.20q, want fp16, int8, fp8 or fp4", string(a))}
	}
	if v == nil {
		return 0, unpublished(field, g.ID)
	}
	return *v, nil
}
