package sim

import (
	"math"
	"testing"
)

func TestModelFunctionsByHand(t *testing.T) {
	for _, c := range []struct {
		name string
		in   map[string]float64
		want float64
	}{
		// exp 20.086, 7.389, 2.718, 1 of 31.193: 64.4 %, 23.7 %, 8.7 %, 3.2 %.
		{"top-p-probability", map[string]float64{"s1": 3, "s2": 2, "s3": 1, "s4": 0, "temperature": 1, "top_p": 0.8, "key": 1}, 20.0855 / 27.4746},
		{"top-p-probability", map[string]float64{"s1": 3, "s2": 2, "s3": 1, "s4": 0, "temperature": 1, "top_p": 0.8, "key": 3}, 0},
		{"top-p-probability", map[string]float64{"s1": 0, "s2": 0, "s3": 0, "s4": 0, "temperature": 1, "top_p": 0.5, "key": 2}, 0.5},
		{"top-p-probability", map[string]float64{"s1": 6, "s2": 4, "s3": 2, "s4": 0, "temperature": 2, "top_p": 1, "key": 4}, 1 / 31.1929},
		// Prompt 4, three tokens: with the cache 4, 1, 1; without 4, 5, 6.
		{"cache-saving", map[string]float64{"prompt": 4, "count": 3}, 15.0 / 6},
		{"cache-saving", map[string]float64{"prompt": 7, "count": 1}, 1},
		// 512 questions at 15 of 100 tokens each.
		{"masked-reading", map[string]float64{"tokens": 512, "share": 15}, 3413.3333},
		{"masked-reading", map[string]float64{"tokens": 1000, "share": 100}, 1000},
		// The course's own model: 3·128·352 against 2·128·128 + 2·128·64.
		{"ffn-share", map[string]float64{"d_model": 128, "heads": 4, "kv_heads": 2, "head_dim": 32, "d_ff": 352}, 135168.0 / (135168 + 49152)},
		// Llama 2 7B: 64.2 of 64.2 + 31.9 percent of all.
		{"ffn-share", map[string]float64{"d_model": 4096, "heads": 32, "kv_heads": 32, "head_dim": 128, "d_ff": 11008}, 0.6684},
		// The lesson's: a million characters at 50 tokens for 43, 30 USD a million.
		{"text-cost", map[string]float64{"characters": 1e6, "sample_characters": 43, "sample_tokens": 50, "input_price": 30}, 34.8837},
		{"text-cost", map[string]float64{"characters": 1e6, "sample_characters": 43, "sample_tokens": 35, "input_price": 2.5}, 2.0349},
		{"text-cost", map[string]float64{"characters": 0, "sample_characters": 1, "sample_tokens": 3, "input_price": 1}, 0},
	} {
		q, err := Functions()[c.name].Eval(c.in)
		if err != nil || math.Abs(q.Value-c.want) > 1e-4 {
			t.Errorf("%s %v: %v, %v; want %v", c.name, c.in, q.Value, err, c.want)
		}
	}
}
