package sizes

import (
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
)

// sized is one model with what is computed of it. What cannot be computed has a
// nil quantity: its architecture is not published whole.
type sized struct {
	name                           string
	model                          *sim.Model // nil for 诗芽 and a pasted one
	arch                           *sim.Architecture
	params, active, weights, flops *sim.Quantity
	cache, perToken                *sim.Quantity
}

// load is what the models are held against.
type load struct {
	context, batch, bits, cacheBits float64
	windows                         sim.Windows
}

// Scale answers the lab "scale".
func Scale(in *sheet.Input) (engine.Sheet, error) {
	l := load{context: in.Number("context"), batch: in.Number("batch"), bits: in.Number("bits"), cacheBits: in.Number("kv_bits"),
		windows: sim.Windows{Every: 6, Tokens: in.Number("window")}}
	all := []sized{{name: "诗芽", arch: sim.Shiya()}}
	for _, id := range in.List("models") {
		if m := in.ModelOf("models", id); m != nil {
			all = append(all, sized{name: m.Name, model: m, arch: m.Arch})
		}
	}
	if in.On("own") {
		if arch := in.Config("config"); arch != nil {
			all = append(all, sized{name: "你的模型", arch: arch})
		}
	}
	vary := in.Model("vary")
	pair := [2]*sim.Model{in.ModelOf("models", "llama-2-7b"), in.ModelOf("models", "llama-2-70b")}
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	for i := range all {
		if err := all[i].compute(l); err != nil {
			return engine.Sheet{}, sheet.Rename(err, "tokens", "context", "bits", "kv_bits")
		}
	}
	s := engine.Sheet{Verdict: verdict(all, l)}
	if err := answer(&s, pair, l); err != nil {
		return engine.Sheet{}, err
	}
	for _, part := range []func(*sheet.Input, []sized, load) (engine.Part, error){parts, caches} {
		p, err := part(in, all, l)
		if err != nil {
			return engine.Sheet{}, err
		}
		s.Parts = append(s.Parts, p)
	}
	kinds, err := variants(in, vary, l)
	if err != nil {
		return engine.Sheet{}, sheet.Rename(err, "tokens", "context", "bits", "kv_bits", "head_dim", "vary", "n_heads", "vary", "arch", "vary")
	}
	s.Parts = append(s.Parts, kinds, table(all, l), claims(all))
	s.Notes = notes(all)
	return s, nil
}

// compute fills in what the published architecture leads to. Only a fault of the
// load is an error: a model whose architecture is not known whole stays without.
func (m *sized) compute(l load) error {
	take := func(q sim.Quantity, err error) *sim.Quantity {
		if err != nil {
			return nil
		}
		return &q
	}
	if m.model != nil {
		m.params = take(m.model.Parameters())
		m.cache = take(m.model.KVCache(l.context, l.batch, l.cacheBits))
		m.perToken = take(m.model.KVCache(1, 1, l.cacheBits))
		if m.model.ParamsActive != nil {
			m.active = &sim.Quantity{Name: "激活参数", Unit: sim.Parameter, Value: *m.model.ParamsActive}
		}
	}
	if m.arch != nil {
		if m.model == nil {
			m.params = take(m.arch.Parameters())
			m.cache = take(m.arch.KVCache(l.context, l.batch, l.cacheBits))
			m.perToken = take(m.arch.KVCache(1, 1, l.cacheBits))
		}
		if q := take(m.arch.ActiveParameters(true)); q != nil {
			m.active = q
		}
		m.flops = take(m.arch.ForwardFLOPs(l.context))
	}
	if m.params == nil {
		return nil
	}
	w, err := sim.WeightBytes(m.params.Value, l.bits)
	if err != nil {
		return err
	}
	m.weights = &w
	return nil
}

func verdict(all []sized, l load) engine.Verdict {
	least, most := all[0], all[0]
	for _, m := range all {
		if m.params != nil && m.params.Value > most.params.Value {
			most = m
		}
	}
	v := engine.Verdict{Text: fmt.Sprintf("%s有 %s 参数，%s 有 %s：相差 %s 倍。", least.name, format.Value(least.params.Value, "个"), most.name,
		format.Value(most.params.Value, "个"), format.Count(math.Round(most.params.Value/least.params.Value)))}
	if most.cache != nil && least.cache != nil {
		v.Detail = fmt.Sprintf("同样 %s × %s 路，KV 缓存却只差 %s 倍：它看的是层数和键值头，不是参数量。", format.Value(l.context, "词元"), format.Number(l.batch), format.Count(math.Round(most.cache.Value/least.cache.Value)))
	}
	return v
}

// answer says how the cache of Llama 2 70B compares with that of 7B.
func answer(s *engine.Sheet, pair [2]*sim.Model, l load) error {
	var cache [2]sim.Quantity
	for i, m := range pair {
		var err error
		if cache[i], err = m.KVCache(l.context, l.batch, l.cacheBits); err != nil {
			return sheet.Rename(err, "tokens", "context", "bits", "kv_bits")
		}
	}
	ratio := cache[1].Value / cache[0].Value
	switch {
	case ratio < 0.9:
		s.Answer = "less"
	case ratio < 3:
		s.Answer = "same"
	default:
		s.Answer = "more"
	}
	s.Because = fmt.Sprintf("7B 是 %s，70B 是 %s，%s 倍：7B 的 32 个头各存一份键值，70B 的 64 个头每 8 个共用一份（GQA）。",
		format.Value(cache[0].Value, "B"), format.Value(cache[1].Value, "B"), format.Number(math.Round(ratio*1000)/1000))
	return nil
}

func notes(all []sized) []engine.Note {
	var out []engine.Note
	for _, m := range all {
		if m.flops == nil || m.cache == nil {
			out = append(out, engine.Note{Tone: engine.Warn, Text: m.name + " 的结构没有完整公布：算得出的照算，算不出的写“未公布”。"})
		}
	}
	return out
}
