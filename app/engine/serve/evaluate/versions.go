package evaluate

import (
	"context"
	"fmt"

	"courselab/app/engine/serve/sheet"
	"courselab/attention"
	"courselab/attention/evaluate"
	"courselab/attention/prune"
	"courselab/attention/quantise"
)

// version is the model as it is or compressed.
type version struct {
	name    string
	bytes   int // of its weights as stored
	model   *attention.Model
	decoder *attention.Decoder
	scorer  *evaluate.Scorer
}

// compression makes a version of a model.
type compression struct {
	value, name string
	make        func(in *sheet.Input, m *attention.Model) (*attention.Model, int, error)
}

// compressions are the Values of the parameter "versions".
var compressions = []compression{
	{"int8", "int8（每行一个比例）", quantised(quantise.Scheme{Bits: 8, Group: quantise.Channel})},
	{"int4", "int4（每 32 个一个比例）", quantised(quantise.Scheme{Bits: 4, Group: 32})},
	{"int3", "int3（每 32 个一个比例）", quantised(quantise.Scheme{Bits: 3, Group: 32})},
	{"int2", "int2（每 32 个一个比例）", quantised(quantise.Scheme{Bits: 2, Group: 32})},
	{"pruned50", "剪掉一半（按大小）", pruned(0.5)},
	{"pruned80", "剪掉八成（按大小）", pruned(0.8)},
}

// quantised rounds every matrix to the nearest integers.
func quantised(s quantise.Scheme) func(*sheet.Input, *attention.Model) (*attention.Model, int, error) {
	return func(in *sheet.Input, m *attention.Model) (*attention.Model, int, error) {
		q, err := quantise.Quantise(in.Context, m, quantise.Options{Scheme: s, Pause: func(context.Context) error { return in.Pause() }})
		if err != nil {
			return nil, 0, err
		}
		return q.Model, q.Bytes, nil
	}
}

// pruned cuts a share of the weights of the layers, the smallest of all.
func pruned(share float64) func(*sheet.Input, *attention.Model) (*attention.Model, int, error) {
	return func(_ *sheet.Input, m *attention.Model) (*attention.Model, int, error) {
		mask, err := prune.Magnitude(m, prune.Global, share)
		if err != nil {
			return nil, 0, err
		}
		out := mask.Pruned(m)
		return out, prune.Measure(out).Sparse, nil
	}
}

// versionsOf reads the compressions that are to be measured beside the original.
func versionsOf(in *sheet.Input) ([]compression, error) {
	var out []compression
	for _, value := range in.List("versions") {
		known := false
		for _, c := range compressions {
			if c.value == value {
				out, known = append(out, c), true
			}
		}
		if !known {
			in.Fault("versions", fmt.Sprintf("没有名为“%.20s”的版本；请从列表里选", value))
		}
	}
	return out, in.Err()
}

// build makes the original and its versions.
func build(in *sheet.Input, m *attention.Model, t *attention.Tokenizer, wanted []compression) ([]*version, error) {
	weights := 0
	for _, p := range m.Parameters() {
		weights += len(p.Values)
	}
	// The site's weights are float16: that and float32 are the same model.
	all := []*version{{name: "原版（fp16）", bytes: 2 * weights, model: m}}
	for _, c := range wanted {
		made, bytes, err := c.make(in, m)
		if err != nil {
			return nil, fmt.Errorf("make version %s: %w", c.value, err)
		}
		all = append(all, &version{name: c.name, bytes: bytes, model: made})
		if err := in.Pause(); err != nil {
			return nil, err
		}
	}
	for _, v := range all {
		var err error
		if v.decoder, err = attention.NewDecoder(v.model, in.Backend(), v.model.Config.Context); err != nil {
			return nil, err
		}
		if v.scorer, err = evaluate.NewScorer(v.decoder, t); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// modelBytes is what a model's float32 weights take in memory.
func modelBytes(m *attention.Model) int64 {
	n := int64(0)
	for _, p := range m.Parameters() {
		n += 4 * int64(len(p.Values))
	}
	return n
}

// decoderBytes bounds what reading a text of the context takes: keys and values,
// scratch, and logits of every position.
func decoderBytes(c attention.ModelConfig) int64 {
	t := int64(c.Context)
	row := int64(2*c.Layers*c.KVHeads*c.HeadDim + 3*c.Width + 2*c.Heads*c.HeadDim + 2*c.FFN + c.Heads*128 + c.Vocab)
	return 4 * max(t, 128) * row
}
