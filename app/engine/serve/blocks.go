package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"courselab/app/engine"
	"courselab/attention"
)

// llama2 is the shape of Llama 2 7B (Touvron et al. 2023, "Llama 2", and its
// published config.json).
var llama2 = attention.ModelConfig{
	Vocab: 32000, Width: 4096, Layers: 32, Heads: 32, KVHeads: 32, HeadDim: 128, FFN: 11008, Context: 4096,
}

func registerBlocks(s *Server, model *shiya) {
	s.Register(engine.OpBlocks, func(ctx context.Context, raw json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
		var in engine.BlocksInput
		if err := json.Unmarshal(raw, &in); err != nil {
			return nil, nil, undecodable(engine.OpBlocks, err)
		}
		out := engine.BlocksOutput{BlocksInput: in, Models: []engine.BlocksModel{countParts("Llama 2 7B", llama2)}}
		config, err := model.config(ctx)
		var known *engine.Error
		switch {
		case errors.As(err, &known) && known.Code == engine.NoModel:
			out.Missing = known.Message
		case err != nil:
			return nil, nil, err
		default:
			out.Models = append([]engine.BlocksModel{countParts("诗芽", config)}, out.Models...)
		}
		return out, nil, nil
	})
}

// countParts counts a model's parameters by part. The names in the formulas are
// those of attention's doc: V, d, L layers, H and G heads, h, f.
func countParts(name string, c attention.ModelConfig) engine.BlocksModel {
	v, d, l, f := float64(c.Vocab), float64(c.Width), float64(c.Layers), float64(c.FFN)
	q, kv := float64(c.Heads*c.HeadDim), float64(c.KVHeads*c.HeadDim)
	m := engine.BlocksModel{Name: name, Shape: fmt.Sprintf("V = %d，d = %d，L = %d，H = %d，G = %d，h = %d，f = %d",
		c.Vocab, c.Width, c.Layers, c.Heads, c.KVHeads, c.HeadDim, c.FFN)}
	add := func(part, title, formula, working string, count float64) {
		m.Parts = append(m.Parts, engine.BlocksPart{Part: part, Title: title, Formula: formula, Working: working, Count: count})
		m.Total += count
	}
	add("embedding", "词嵌入", "V·d", fmt.Sprintf("%d × %d", c.Vocab, c.Width), v*d)
	add("attention", "注意力", "L·(2·d·H·h + 2·d·G·h)",
		fmt.Sprintf("%d × (2×%d×%.0f + 2×%d×%.0f)", c.Layers, c.Width, q, c.Width, kv), l*(2*d*q+2*d*kv))
	add("ffn", "前馈网络", "L·3·d·f", fmt.Sprintf("%d × 3 × %d × %d", c.Layers, c.Width, c.FFN), l*3*d*f)
	add("norm", "归一化", "(2·L + 1)·d", fmt.Sprintf("(2×%d + 1) × %d", c.Layers, c.Width), (2*l+1)*d)
	if c.Tied {
		add("output", "输出层", "与词嵌入共用", "0", 0)
	} else {
		add("output", "输出层", "V·d", fmt.Sprintf("%d × %d", c.Vocab, c.Width), v*d)
	}
	return m
}
