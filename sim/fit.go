package sim

import "fmt"

// vocabulary counts the weights of the embedding and of an output head of its own.
func (a *Architecture) vocabulary() (float64, error) {
	if err := a.need("vocab_size", "d_model"); err != nil {
		return 0, err
	}
	if a.Tied {
		return a.Vocab * a.Width, nil
	}
	return 2 * a.Vocab * a.Width, nil
}

// Weights is the memory of the weights on all cards together:
//
//	N · b / 8   bytes, or   (N − N_v) · b / 8 + N_v · b_v / 8
//
// where the format leaves the N_v weights of the vocabulary at b_v bits; b has the
// share of the scales, b₀ + s / g. Norms, biases and routers, which formats leave
// alone too, are below 1 % and counted as the rest. It is the definition of a
// byte.
func (d *Deployment) Weights() (Quantity, error) {
	q, err := d.weights()
	if err != nil {
		return Quantity{}, fmt.Errorf("weights: %w", err)
	}
	return q, nil
}

func (d *Deployment) weights() (Quantity, error) {
	if err := d.check(); err != nil {
		return Quantity{}, err
	}
	n, err := d.Model.Parameters()
	if err != nil {
		return Quantity{}, err
	}
	p, bits := d.Precision, d.Precision.WeightBits()
	q := Quantity{
		Name: "权重", Unit: Byte, Value: n.Value * bits / 8, Formula: "N · b / 8", Working: product(n.Value, bits) + " / 8",
		Terms:   []Term{{"N", "参数量", n.Value, Parameter}, {"b", "每个权重的位数（含缩放）", bits, "bit"}},
		Sources: n.Sources,
	}
	if p.Vocabulary > 0 && p.Vocabulary != bits {
		a, err := d.Model.arch()
		if err != nil {
			return Quantity{}, err
		}
		v, err := a.vocabulary()
		if err != nil {
			return Quantity{}, within("model.arch", err)
		}
		q.Value = (n.Value-v)*bits/8 + v*p.Vocabulary/8
		q.Formula = "(N − N_v) · b / 8 + N_v · b_v / 8"
		q.Working = "(" + Number(n.Value) + " − " + Number(v) + ") × " + Number(bits) + " / 8 + " + product(v, p.Vocabulary) + " / 8"
		q.Terms = append(q.Terms, Term{"N_v", "词嵌入与输出层的参数量", v, Parameter}, Term{"b_v", "词表权重的位数", p.Vocabulary, "bit"})
	}
	if p.Group > 0 {
		q.Terms = append(q.Terms, Term{"g", "每组的权重数", p.Group, ""}, Term{"s", "每组缩放与零点的位数", p.Scales, "bit"})
	}
	if p.Source.Title != "" {
		q.Sources = append(q.Sources[:len(q.Sources):len(q.Sources)], p.Source)
	}
	return q, nil
}

// Cache is the memory of keys and values of all sequences, each at its full
// context; a common prefix is kept once:
//
//	KV(C) + B · (KV(T) − KV(C))   bytes
//
// KV(T) is Model.KVCache of one sequence of T tokens: windows, latent attention
// and layers without a growing cache as there.
func (d *Deployment) Cache() (Quantity, error) {
	q, err := d.cache()
	if err != nil {
		return Quantity{}, fmt.Errorf("cache: %w", err)
	}
	return q, nil
}

func (d *Deployment) cache() (Quantity, error) {
	if err := d.check(); err != nil {
		return Quantity{}, err
	}
	if d.Prefix == 0 {
		q, err := d.Model.KVCache(d.Context, d.Batch, d.KVBits)
		return q, renamed(err, "tokens", "context", "bits", "kv_bits")
	}
	whole, err := d.Model.KVCache(d.Context, 1, d.KVBits)
	if err != nil {
		return Quantity{}, renamed(err, "tokens", "context", "bits", "kv_bits")
	}
	common, err := d.Model.KVCache(d.Prefix, 1, d.KVBits)
	if err != nil {
		return Quantity{}, err
	}
	// A window may forget the prefix: then nothing of it is shared.
	shared := min(common.Value, whole.Value)
	return Quantity{
		Name: "KV 缓存", Unit: Byte, Value: shared + d.Batch*(whole.Value-shared),
		Formula: "KV(C) + B · (KV(T) − KV(C))",
		Working: Number(shared) + " + " + Number(d.Batch) + " × (" + Number(whole.Value) + " − " + Number(shared) + ")",
		Terms: append([]Term{{"KV(T)", "一个序列的缓存：" + whole.Formula, whole.Value, Byte}, {"KV(C)", "公共前缀的缓存", shared, Byte},
			{"C", "公共前缀的词元", d.Prefix, ""}}, whole.Terms...),
		Sources: whole.Sources,
	}, nil
}

// Activations is what one card needs for the numbers between the layers, at their
// widest moment, and for the scores over the vocabulary:
//
//	c · (2 · d + 2 · w) · 2 + B · V · 4   bytes
//
// c is the prefill step's tokens, no more than there are; w the inner width that a
// token passes, d_ff or k · d_e + E_s · d_e, shared out among cards. It supposes
// attention that never writes down its scores, as FlashAttention does, and is an
// estimate: runtimes differ by what they keep.
func (d *Deployment) Activations() (Quantity, error) {
	q, err := d.activations()
	if err != nil {
		return Quantity{}, fmt.Errorf("activations: %w", err)
	}
	return q, nil
}

func (d *Deployment) activations() (Quantity, error) {
	if err := d.check(); err != nil {
		return Quantity{}, err
	}
	a, err := d.Model.arch()
	if err != nil {
		return Quantity{}, err
	}
	if err := a.need("d_model", "vocab_size"); err != nil {
		return Quantity{}, within("model.arch", err)
	}
	// The shape of one layer's network is enough, whatever kind of attention.
	dense, moe := orNone(a.FF), 0.0
	if a.Experts != nil {
		if a.TopK == nil || a.ExpertFF == nil {
			return Quantity{}, within("model.arch", &FieldError{Field: "moe_d_ff", Reason: Missing})
		}
		moe = (*a.TopK + orNone(a.SharedExperts)) * *a.ExpertFF
	}
	inner := max(dense, moe)
	if inner == 0 {
		return Quantity{}, within("model.arch", &FieldError{Field: "d_ff", Reason: Missing})
	}
	inner /= d.GPUs
	step := min(d.Chunk, d.Batch*(d.Context-d.Prefix))
	step = max(step, d.Batch)
	return Quantity{
		Name: "激活值（每卡）", Unit: Byte, Value: step*(2*a.Width+2*inner)*2 + d.Batch*a.Vocab*4,
		Formula: "c · (2 · d + 2 · w) · 2 + B · V · 4",
		Working: Number(step) + " × (" + product(2, a.Width) + " + " + product(2, inner) + ") × 2 + " + product(d.Batch, a.Vocab, 4),
		Terms: []Term{
			{"c", "一步处理的词元", step, ""}, {"d", "宽度", a.Width, ""}, {"w", "每卡的前馈宽度", inner, ""},
			{"B", "并发序列数", d.Batch, ""}, {"V", "词表大小", a.Vocab, ""},
		},
	}, nil
}

// PerGPU is what each card must hold:
//
//	W / n + KV / n_s + max(r · M, A + F)   bytes
//
// n_s ≤ n cards hold different parts of the cache, see Deployment. M is the card's
// memory of which r is reserved; A are activations, F the framework.
func (d *Deployment) PerGPU() (Quantity, error) {
	q, err := d.perGPU()
	if err != nil {
		return Quantity{}, fmt.Errorf("memory per card: %w", err)
	}
	return q, nil
}

func (d *Deployment) perGPU() (Quantity, error) {
	w, err := d.weights()
	if err != nil {
		return Quantity{}, err
	}
	kv, err := d.cache()
	if err != nil {
		return Quantity{}, err
	}
	act, err := d.activations()
	if err != nil {
		return Quantity{}, err
	}
	shards, err := d.cacheShards()
	if err != nil {
		return Quantity{}, err
	}
	memory, err := d.capacity()
	if err != nil {
		return Quantity{}, err
	}
	reserve := max(d.Reserve*memory, act.Value+d.Framework)
	return Quantity{
		Name: "每张卡要的显存", Unit: Byte, Value: w.Value/d.GPUs + kv.Value/shards + reserve,
		Formula: "W / n + KV / n_s + max(r · M, A + F)",
		Working: Number(w.Value) + " / " + Number(d.GPUs) + " + " + Number(kv.Value) + " / " + Number(shards) +
			" + max(" + product(d.Reserve, memory) + ", " + Number(act.Value) + " + " + Number(d.Framework) + ")",
		Terms: []Term{
			{"W / n", "每卡的权重", w.Value / d.GPUs, Byte}, {"KV / n_s", "每卡的 KV 缓存", kv.Value / shards, Byte},
			{"max(r · M, A + F)", "每卡的余量：激活、框架与碎片", reserve, Byte},
			{"n", "卡数", d.GPUs, ""}, {"n_s", "分摊 KV 的卡数", shards, ""}, {"r", "预留比例", d.Reserve, ""},
			{"M", "每卡显存", memory, Byte}, {"A", act.Name, act.Value, Byte}, {"F", "框架自身（假设）", d.Framework, Byte},
		},
		Sources: joinSources(w.Sources, kv.Sources, d.GPU.sources()),
	}, nil
}

// capacity is the memory of one card in bytes.
func (d *Deployment) capacity() (float64, error) {
	if d.GPU.MemoryGB == nil {
		return 0, unpublished("gpu.memory_gb", d.GPU.ID)
	}
	return *d.GPU.MemoryGB * 1e9, nil
}

// Fits reports whether each card holds its part, the part itself and the memory
// that is left on each, below 0 where it does not fit.
func (d *Deployment) Fits() (fits bool, part Quantity, left float64, err error) {
	if part, err = d.PerGPU(); err != nil {
		return false, part, 0, err
	}
	memory, err := d.capacity()
	if err != nil {
		return false, part, 0, err
	}
	left = memory - part.Value
	return left >= 0, part, left, nil
}

// Caveats lists, in Chinese, what the memory does not count.
func (d *Deployment) Caveats() []string {
	var notes []string
	if d.Model == nil || d.Model.Arch == nil {
		return nil
	}
	a := d.Model.Arch
	if a.attentionKind() == hybridAttention {
		notes = append(notes, "线性注意力层的状态大小未公布，没有计入；它不随上下文变长。")
	}
	if a.MLA != nil && d.GPUs > 1 {
		notes = append(notes, "潜在注意力（MLA）的缓存不分头，张量并行时每张卡各存一份。")
	} else if d.GPUs > a.KVHeads && a.KVHeads > 0 {
		notes = append(notes, "卡数多于键值头数：缓存有重复，每张卡至少存一个头。")
	}
	if d.Model.Context != nil && d.Context > *d.Model.Context {
		notes = append(notes, "上下文超过了模型公布的长度 "+Number(*d.Model.Context)+"。")
	}
	return notes
}

// sources lists where a card's numbers come from.
func (g *GPU) sources() []Source {
	all := make([]Source, len(g.Sources))
	for i, s := range g.Sources {
		all[i] = Source{Title: s, Date: g.AsOf}
	}
	return all
}

// joinSources joins lists, each source once.
func joinSources(lists ...[]Source) []Source {
	var all []Source
	seen := map[Source]bool{}
	for _, list := range lists {
		for _, s := range list {
			if !seen[s] {
				seen[s] = true
				all = append(all, s)
			}
		}
	}
	return all
}
