package sim

import (
	"fmt"
	"math"
)

// Load is one decoding step of a batch of sequences: each produces one token.
type Load struct {
	// Params are the weights that the step reads: all of a dense model's but the
	// input embedding, which is a lookup; of a mixture of experts the active ones
	// at batch 1, nearly all at large batches.
	Params float64
	// Active are the weights that one token is multiplied with: Params, where a
	// model is dense or the batch is 1.
	Active          float64
	Bits            float64 // per weight
	KVBytesPerToken float64 // of one sequence
	Context         float64 // tokens already in the cache of each sequence
	Batch           float64 // sequences
}

// Device is an accelerator by its published peaks.
type Device struct {
	Bandwidth float64 // GB/s, 10⁹ bytes
	Rate      float64 // TFLOPS, 10¹² FLOP/s, at the precision that is computed in
}

// DecodeTime is the ideal time of one step, the larger of moving and computing:
//
//	max((N · b / 8 + B · T · k) / β, 2 · A · B / π)   seconds
//
// Not counted: the FLOPs of attention scores, activations, launch overheads and
// communication; measured systems reach 60 to 90 % of it. Source: Williams,
// Waterman, Patterson 2009.
func DecodeTime(l Load, d Device) (Quantity, error) {
	if err := first(
		checkRange("params", l.Params, 1, maxParams),
		checkRange("bits", l.Bits, 1, maxBits),
		checkRange("kv_bytes_per_token", l.KVBytesPerToken, 0, 1e9),
		checkWhole("context", l.Context, 0, maxTokens),
		checkWhole("batch", l.Batch, 1, maxTokens),
		checkRange("active", l.Active, 1, l.Params),
		checkRange("bandwidth_gbps", d.Bandwidth, 1e-3, 1e9),
		checkRange("tflops", d.Rate, 1e-3, 1e9),
	); err != nil {
		return Quantity{}, fmt.Errorf("decode time: %w", err)
	}
	bytes := l.Params*l.Bits/8 + l.Batch*l.Context*l.KVBytesPerToken
	moving := bytes / (d.Bandwidth * 1e9)
	computing := 2 * l.Active * l.Batch / (d.Rate * 1e12)
	return Quantity{
		Name: "每步解码时间（理想）", Unit: Second,
		Value:   math.Max(moving, computing),
		Formula: "max((N · b / 8 + B · T · k) / β, 2 · A · B / π)",
		Working: "max((" + product(l.Params, l.Bits) + " / 8 + " + product(l.Batch, l.Context, l.KVBytesPerToken) + ") / (" + Number(d.Bandwidth) + " × 10⁹), " +
			product(2, l.Active, l.Batch) + " / (" + Number(d.Rate) + " × 10¹²)) = max(" + Number(moving) + ", " + Number(computing) + ")",
		Terms: []Term{
			{"N", "每步要读的权重数", l.Params, Parameter}, {"A", "每个词元要乘的权重数", l.Active, Parameter}, {"b", "每个权重的位数", l.Bits, "bit"},
			{"B", "并发序列数", l.Batch, ""}, {"T", "每个序列已有的词元", l.Context, ""},
			{"k", "每个词元的 KV 缓存", l.KVBytesPerToken, Byte},
			{"β", "显存带宽", d.Bandwidth, "GB/s"}, {"π", "算力", d.Rate, "TFLOPS"},
			{"t_β", "搬运数据的时间", moving, Second}, {"t_π", "计算的时间", computing, Second},
		},
		Sources: []Source{sourceRoofline},
	}, nil
}
