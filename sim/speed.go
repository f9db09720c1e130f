package sim

import (
	"fmt"
	"math"
)

// Pass is the time of one pass through the model with what it is made of.
type Pass struct {
	Quantity // in seconds: the larger of Moving and Computing, and Linking
	// Moving, Computing and Linking are the seconds for the memory, the arithmetic
	// and the exchange between cards.
	Moving, Computing, Linking float64
	Bytes, FLOPs               float64 // of all cards
}

// MemoryBound reports whether moving data takes longer than computing.
func (p Pass) MemoryBound() bool { return p.Moving >= p.Computing }

// Intensity is the arithmetic done for each byte moved, in FLOP/B.
func (p Pass) Intensity() float64 { return p.FLOPs / p.Bytes }

// windows splits the layers into those that see everything and those that slide.
func (a *Architecture) windows() (full, sliding, window float64, err error) {
	if a.Window == nil && a.WindowLayers == nil {
		return a.Layers, 0, 0, nil
	}
	if a.Window == nil {
		return 0, 0, 0, &FieldError{Field: "sliding_window", Reason: Missing}
	}
	if a.WindowLayers == nil {
		return 0, 0, 0, &FieldError{Field: "sliding_layers", Reason: Missing}
	}
	return a.Layers - *a.WindowLayers, *a.WindowLayers, *a.Window, nil
}

// seen is the number of earlier tokens that the layers together look at from
// position t, which counts itself.
func seen(full, sliding, window, t float64) float64 { return full*t + sliding*min(t, window) }

// seenFrom sums seen over the positions from + 1 … to.
func seenFrom(full, sliding, window, from, to float64) float64 {
	triangle := func(n float64) float64 { return n * (n + 1) / 2 }
	slid := func(n float64) float64 {
		if n <= window {
			return triangle(n)
		}
		return triangle(window) + (n-window)*window
	}
	return full*(triangle(to)-triangle(from)) + sliding*(slid(to)-slid(from))
}

// Decode is the time of one step in which each of batch sequences with context
// tokens in the cache produces one:
//
//	max((N_B · b / 8 + B · KV(T)) / (n · β · η_β), B · (2 · A + S) / (n · π · η_π)) + t_link
//
// N_B are the weights that the step reads, of experts those that B tokens are
// expected to choose; A the weights that one token is multiplied with; S the work
// of its scores and weighted sums, 2 · n_h · (d_qk + d_v) FLOP for each token seen in
// each layer (with latent attention in its absorbed form, 2 · r_kv + d_rope wide);
// η the shares reached. Cards exchange twice in each layer what one token's
// residual stream holds, in a ring. Sources: Williams et al. 2009, Pope et al. 2022.
func (d *Deployment) Decode(context, batch float64) (Pass, error) {
	p, err := d.decode(context, batch)
	if err != nil {
		return Pass{}, fmt.Errorf("decode: %w", err)
	}
	return p, nil
}

func (d *Deployment) decode(context, batch float64) (Pass, error) {
	a, err := d.speedModel()
	if err != nil {
		return Pass{}, err
	}
	if err := first(checkWhole("context", context, 0, maxTokens), checkWhole("batch", batch, 1, maxTokens)); err != nil {
		return Pass{}, err
	}
	read, err := d.stepBytes(a, batch)
	if err != nil {
		return Pass{}, err
	}
	active, err := a.ActiveParameters(false)
	if err != nil {
		return Pass{}, placed("model.arch", err)
	}
	full, sliding, window, err := a.windows()
	if err != nil {
		return Pass{}, within("model.arch", err)
	}
	var kv float64
	if context > 0 {
		q, err := d.Model.KVCache(context, 1, d.KVBits)
		if err != nil {
			return Pass{}, renamed(err, "tokens", "context", "bits", "kv_bits")
		}
		kv = q.Value
	}
	dims := a.scoreDims()
	if a.MLA != nil {
		dims = 2*a.MLA.KVLoRA + a.MLA.QKRope
	}
	scores := 2 * a.Heads * dims * seen(full, sliding, window, context+1)
	shards, err := d.cacheShards()
	if err != nil {
		return Pass{}, err
	}
	p := Pass{Bytes: read + batch*kv*d.GPUs/shards, FLOPs: batch * (2*active.Value + scores)}
	p.Linking = d.linking(a, batch)
	if err := d.time(&p); err != nil {
		return Pass{}, err
	}
	p.Name = "每步解码时间"
	p.Formula = "max((N_B · b / 8 + B · KV(T)) / (n · β · η_β), B · (2 · A + S) / (n · π · η_π)) + t_link"
	p.Terms = append([]Term{
		{"N_B · b / 8", "每步要读的权重", read, Byte}, {"KV(T)", "每个序列要读的缓存", kv, Byte}, {"B", "并发序列数", batch, ""},
		{"T", "每个序列已有的词元", context, ""}, {"A", "每个词元要乘的权重数", active.Value, Parameter}, {"S", "每个词元的注意力计算", scores, FLOP},
	}, p.Terms...)
	return p, nil
}

// Prefill is the time until batch prompts of prompt tokens are read in, of which
// the deployment's Prefix is in the cache already:
//
//	max((s · N_c · b / 8 + B · KV(T)) / (n · β · η_β), B · (2 · P · (T − C) + 2 · d · V + S) / (n · π · η_π)) + t_link
//
// in s steps of Chunk tokens, each of which reads the weights once; logits for the
// last token only; every query sees its own and earlier tokens. Sources as Decode.
func (d *Deployment) Prefill(prompt, batch float64) (Pass, error) {
	p, err := d.prefill(prompt, batch)
	if err != nil {
		return Pass{}, fmt.Errorf("prefill: %w", err)
	}
	return p, nil
}

func (d *Deployment) prefill(prompt, batch float64) (Pass, error) {
	a, err := d.speedModel()
	if err != nil {
		return Pass{}, err
	}
	if err := first(checkWhole("prompt", prompt, 1, maxTokens), checkWhole("batch", batch, 1, maxTokens)); err != nil {
		return Pass{}, err
	}
	cached := min(d.Prefix, prompt-1) // the last token's logits are wanted in any case
	fresh := prompt - cached
	steps := math.Ceil(batch * fresh / d.Chunk)
	read, err := d.stepBytes(a, min(d.Chunk, batch*fresh))
	if err != nil {
		return Pass{}, err
	}
	attention, mlp, head, err := a.forwardMatrices()
	if err != nil {
		return Pass{}, placed("model.arch", err)
	}
	full, sliding, window, err := a.windows()
	if err != nil {
		return Pass{}, within("model.arch", err)
	}
	kv, err := d.Model.KVCache(prompt, 1, d.KVBits)
	if err != nil {
		return Pass{}, renamed(err, "tokens", "prompt", "bits", "kv_bits")
	}
	scores := 2 * a.Heads * a.scoreDims() * seenFrom(full, sliding, window, cached, prompt)
	p := Pass{
		Bytes: steps*read + batch*kv.Value,
		FLOPs: batch * (2*(attention+mlp)*fresh + 2*head + scores),
	}
	p.Linking = d.linking(a, batch*fresh) + (steps-1)*d.linkDelays(a)
	if err := d.time(&p); err != nil {
		return Pass{}, err
	}
	p.Name = "预填充时间"
	p.Formula = "max((s · N_c · b / 8 + B · KV(T)) / (n · β · η_β), B · (2 · P · (T − C) + 2 · d · V + S) / (n · π · η_π)) + t_link"
	p.Terms = append([]Term{
		{"s", "步数", steps, ""}, {"N_c · b / 8", "每步要读的权重", read, Byte}, {"KV(T)", "每个序列的缓存", kv.Value, Byte}, {"B", "并发序列数", batch, ""},
		{"T", "提示词的词元", prompt, ""}, {"C", "其中已在缓存里的", cached, ""}, {"P", "每个词元经过的矩阵（不含输出层）", attention + mlp, Parameter},
		{"2 · d · V", "最后一个词元的输出层", 2 * head, FLOP}, {"S", "注意力的计算", scores, FLOP},
	}, p.Terms...)
	return p, nil
}

// speedModel returns the architecture of a deployment whose speed its fields
// describe.
func (d *Deployment) speedModel() (*Architecture, error) {
	if err := d.check(); err != nil {
		return nil, err
	}
	a, err := d.Model.arch()
	if err != nil {
		return nil, err
	}
	return a, within("model.arch", a.needAttention())
}

// stepBytes are the weights that one step of tokens tokens reads, as stored: the
// embedding is a lookup, and the output head may be wider than the rest.
func (d *Deployment) stepBytes(a *Architecture, tokens float64) (float64, error) {
	n, err := a.StepParameters(tokens)
	if err != nil {
		return 0, placed("model.arch", err)
	}
	bits, head := d.Precision.WeightBits(), a.Vocab*a.Width
	if v := d.Precision.Vocabulary; v > 0 {
		return (n.Value-head)*bits/8 + head*v/8, nil
	}
	return n.Value * bits / 8, nil
}

// linkDelays is the time that a pass waits for exchanges to begin, two a layer.
func (d *Deployment) linkDelays(a *Architecture) float64 {
	if d.GPUs == 1 {
		return 0
	}
	return 2 * a.Layers * d.LinkDelay
}

// linking is the time of the exchanges of one step over tokens tokens of 2 bytes a
// number: a ring moves 2 · (n − 1) / n of what is summed.
func (d *Deployment) linking(a *Architecture, tokens float64) float64 {
	if d.GPUs == 1 {
		return 0
	}
	size := tokens * a.Width * 2
	return 2*a.Layers*2*(d.GPUs-1)/d.GPUs*size/(d.Link*1e9) + d.linkDelays(a)
}

// time fills in the seconds, the working and the terms of the cards.
func (d *Deployment) time(p *Pass) error {
	if d.GPU.BandwidthGBps == nil {
		return unpublished("gpu.memory_bandwidth_gbps", d.GPU.ID)
	}
	rate, err := d.GPU.rate(d.Precision.Arithmetic)
	if err != nil {
		return err
	}
	bandwidth := *d.GPU.BandwidthGBps
	p.Moving = p.Bytes / (d.GPUs * bandwidth * 1e9 * d.BandwidthShare)
	p.Computing = p.FLOPs / (d.GPUs * rate * 1e12 * d.RateShare)
	p.Value, p.Unit = max(p.Moving, p.Computing)+p.Linking, Second
	p.Working = "max(" + Number(p.Bytes) + " / (" + product(d.GPUs, bandwidth) + " × 10⁹ × " + Number(d.BandwidthShare) + "), " +
		Number(p.FLOPs) + " / (" + product(d.GPUs, rate) + " × 10¹² × " + Number(d.RateShare) + ")) + " + Number(p.Linking) +
		" = max(" + Number(p.Moving) + ", " + Number(p.Computing) + ") + " + Number(p.Linking)
	p.Terms = []Term{
		{"n", "卡数", d.GPUs, ""}, {"β", "每卡显存带宽", bandwidth, "GB/s"}, {"η_β", "带宽达到的比例（假设）", d.BandwidthShare, ""},
		{"π", "每卡算力（" + string(d.Precision.Arithmetic) + "）", rate, "TFLOPS"}, {"η_π", "算力达到的比例（假设）", d.RateShare, ""},
		{"t_β", "搬运数据的时间", p.Moving, Second}, {"t_π", "计算的时间", p.Computing, Second}, {"t_link", "卡间交换的时间", p.Linking, Second},
	}
	p.Sources = joinSources([]Source{sourceRoofline, sourcePope}, d.GPU.sources())
	return nil
}

// Crossing is the smallest batch at which a decoding step at context takes longer
// to compute than to move, up to most. ok is false where there is none: each
// further sequence brings a cache that takes longer to read than its token to
// compute.
func (d *Deployment) Crossing(context, most float64) (batch float64, ok bool, err error) {
	if err := checkWhole("most", most, 1, maxTokens); err != nil {
		return 0, false, fmt.Errorf("crossing batch: %w", err)
	}
	bound := func(b float64) bool {
		p, e := d.decode(context, b)
		if e != nil {
			err = e
		}
		return e == nil && !p.MemoryBound()
	}
	if !bound(most) {
		if err != nil {
			return 0, false, fmt.Errorf("crossing batch: %w", err)
		}
		return 0, false, nil
	}
	// What is read grows less and less with the batch, what is computed in
	// proportion: they cross once.
	low, high := 0.0, most
	for high-low > 1 {
		if b := math.Floor((low + high) / 2); bound(b) {
			high = b
		} else {
			low = b
		}
	}
	return high, true, nil
}

// Throughput is what all cards together write in a second when batch sequences
// with prompt tokens are read in and then answer tokens written by each:
//
//	B · O / (t_prefill + O · t_decode(I + O / 2))   tokens/s
func (d *Deployment) Throughput(prompt, answer, batch float64) (Quantity, error) {
	if err := checkWhole("answer", answer, 1, maxTokens); err != nil {
		return Quantity{}, fmt.Errorf("throughput: %w", err)
	}
	read, err := d.Prefill(prompt, batch)
	if err != nil {
		return Quantity{}, fmt.Errorf("throughput: %w", err)
	}
	write, err := d.Decode(math.Round(prompt+answer/2), batch)
	if err != nil {
		return Quantity{}, fmt.Errorf("throughput: %w", err)
	}
	return Quantity{
		Name: "合计吞吐", Unit: TokenRate, Value: batch * answer / (read.Value + answer*write.Value),
		Formula: "B · O / (t_p + O · t_d)",
		Working: product(batch, answer) + " / (" + Number(read.Value) + " + " + product(answer, write.Value) + ")",
		Terms: []Term{
			{"B", "并发序列数", batch, ""}, {"O", "每个回答的词元", answer, ""}, {"t_p", "预填充时间", read.Value, Second},
			{"t_d", "一半答完时的每步解码时间", write.Value, Second},
		},
		Sources: read.Sources,
	}, nil
}
