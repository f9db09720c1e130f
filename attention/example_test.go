package attention_test

import (
	"context"
	"fmt"
	"log"

	"courselab/attention"
)

// A trace of a small untrained model: its tensors, one cell of one of them, and
// the same pass without a head.
func ExampleTraceModel() {
	model, err := attention.NewModel(attention.ModelConfig{
		Vocab: 5, Width: 4, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 2, FFN: 3, Context: 8,
		RopeTheta: 10000, NormEps: 1e-5, Tied: true, BOS: 0,
	}, 1)
	if err != nil {
		log.Fatal(err)
	}
	tokenizer, err := attention.NewTokenizer([]string{"<bos>", "床", "前", "明", "月"}, 1)
	if err != nil {
		log.Fatal(err)
	}
	ids, err := tokenizer.Encode("床前明月")
	if err != nil {
		log.Fatal(err) // an *UnseenError says which characters are unknown
	}
	tokens := append([]int{model.Config.BOS}, ids...)
	options := attention.TraceOptions{Symbol: func(id int) string { s, _ := tokenizer.Symbol(id); return s }}
	trace, err := attention.TraceModel(context.Background(), attention.Go{}, model, tokens, options)
	if err != nil {
		log.Fatal(err)
	}
	for _, t := range trace.Tensors {
		if t.Layer < 0 || t.Op == attention.OpParameter || t.Head > 0 {
			continue
		}
		fmt.Printf("%-28s %-8s (%d, %d)\n", t.Name, t.Op, t.Matrix.Rows, t.Matrix.Cols)
	}
	name := attention.HeadName(0, 1, "scores")
	x, err := trace.Explain(name, 4, 3)
	if err != nil {
		log.Fatal(err)
	}
	scores, _ := trace.Tensor(name)
	fmt.Printf("%s looks at %s: %s\n", trace.Label(scores.Rows, 4), trace.Label(scores.Cols, 3), x.Formula)
	for _, r := range x.Regions() {
		fmt.Printf("from %s, rows %d to %d, columns %d to %d\n", r.Matrix, r.Row, r.LastRow, r.Col, r.LastCol)
	}
	options.Ablate = []attention.Ablation{{Part: attention.PartHead, Layer: 0, Head: 1}}
	without, err := attention.TraceModel(context.Background(), attention.Go{}, model, tokens, options)
	if err != nil {
		log.Fatal(err)
	}
	x, err = without.Explain("model.layers.0.self_attn.o_proj.weight", 0, 3)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(x.Formula)
	// Output:
	// layers.0.attention_norm.rms  rms      (5, 1)
	// layers.0.attention_norm      norm     (5, 4)
	// layers.0.q                   matmul   (5, 4)
	// layers.0.k                   matmul   (5, 2)
	// layers.0.v                   matmul   (5, 2)
	// layers.0.q_rotated           rotate   (5, 4)
	// layers.0.k_rotated           rotate   (5, 2)
	// layers.0.heads.0.scores      scores   (5, 5)
	// layers.0.heads.0.scaled      scale    (5, 5)
	// layers.0.heads.0.masked      mask     (5, 5)
	// layers.0.heads.0.weights     softmax  (5, 5)
	// layers.0.heads.0.mixed       mix      (5, 2)
	// layers.0.mixed               concat   (5, 4)
	// layers.0.attention_output    matmul   (5, 4)
	// layers.0.attention_residual  add      (5, 4)
	// layers.0.ffn_norm.rms        rms      (5, 1)
	// layers.0.ffn_norm            norm     (5, 4)
	// layers.0.gate                matmul   (5, 3)
	// layers.0.up                  matmul   (5, 3)
	// layers.0.silu                silu     (5, 3)
	// layers.0.gated               multiply (5, 3)
	// layers.0.ffn_output          matmul   (5, 4)
	// layers.0.ffn_residual        add      (5, 4)
	// 月 looks at 明: S[i,j] = Σ_d Q°[i,d]·K°[j,d]
	// from layers.0.q_rotated, rows 4 to 4, columns 2 to 3
	// from layers.0.k_rotated, rows 3 to 3, columns 0 to 1
	// W_O[i,j] ← 0 (ablation)
}
