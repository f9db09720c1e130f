package sim

import (
	"errors"
	"fmt"
	"slices"
)

// Calculations that look a model or an accelerator up.

func asField(err error) (*FieldError, bool) {
	var field *FieldError
	ok := errors.As(err, &field)
	return field, ok
}

// model reads the id of a model that the catalogue must hold; nil on a fault.
func (in *inputs) model(d Data) *Model {
	id := in.text("model")
	if in.err != nil {
		return nil
	}
	if d.Models != nil {
		if m, ok := d.Models.Find(id); ok {
			return m
		}
	}
	in.fail(&FieldError{Field: "model", Reason: Unknown, Detail: fmt.Sprintf("%.64q is not in the catalogue", id)})
	return nil
}

// gpu reads the id of an accelerator; nil on a fault.
func (in *inputs) gpu(d Data) *GPU {
	id := in.text("gpu")
	if in.err != nil {
		return nil
	}
	i := slices.IndexFunc(d.GPUs, func(g GPU) bool { return g.ID == id })
	if i < 0 {
		in.fail(&FieldError{Field: "gpu", Reason: Unknown, Detail: fmt.Sprintf("%.64q is not in the catalogue", id)})
		return nil
	}
	return &d.GPUs[i]
}

// unpublished says that the catalogue does not state a field.
func unpublished(field, of string) error {
	return &FieldError{Field: field, Reason: Missing, Detail: "not published for " + of}
}

// arch returns the model's architecture, or an error that names the field.
func (m *Model) arch() (*Architecture, error) {
	if m.Arch == nil {
		return nil, unpublished("model.arch", m.ID)
	}
	return m.Arch, nil
}

// ofArch computes with the model's architecture and says where that comes from.
func (m *Model) ofArch(f func(*Architecture) (Quantity, error)) (Quantity, error) {
	a, err := m.arch()
	if err != nil {
		return Quantity{}, err
	}
	q, err := f(a)
	if err != nil {
		return q, placed("model.arch", err)
	}
	if a.Source != "" {
		q.Sources = append(slices.Clone(q.Sources), Source{Title: a.Source, Date: m.AsOf})
	}
	return q, nil
}

// Parameters counts the model's weights from its architecture, or gives the
// published number where the architecture is not known well enough.
func (m *Model) Parameters() (Quantity, error) {
	q, err := m.ofArch((*Architecture).Parameters)
	if err == nil || m.ParamsTotal == nil {
		return q, err
	}
	q = Quantity{Name: "参数量", Unit: Parameter, Value: *m.ParamsTotal, Formula: "N", Working: Number(*m.ParamsTotal),
		Terms: []Term{{"N", "公布的参数量", *m.ParamsTotal, Parameter}}}
	if m.ParamsSource != "" {
		q.Sources = []Source{{Title: m.ParamsSource, Date: m.AsOf}}
	}
	return q, nil
}

// KVCache is the memory of the model's cache, from its architecture, or from the
// published number of bytes per token where the architecture does not say.
func (m *Model) KVCache(tokens, batch, bits float64) (Quantity, error) {
	q, err := m.ofArch(func(a *Architecture) (Quantity, error) { return a.KVCache(tokens, batch, bits) })
	if m.Arch != nil || m.KVBytesPerToken == nil {
		return q, err
	}
	if err := first(checkWhole("tokens", tokens, 1, maxTokens), checkWhole("batch", batch, 1, maxTokens), checkRange("bits", bits, 1, maxBits)); err != nil {
		return Quantity{}, fmt.Errorf("kv cache: %w", err)
	}
	k := *m.KVBytesPerToken
	return Quantity{Name: "KV 缓存", Unit: Byte, Value: k * tokens * batch * bits / 16,
		Formula: "k · T · B · b / 16", Working: product(k, tokens, batch, bits) + " / 16",
		Terms: []Term{{"k", "16 位时每个词元的字节", k, Byte}, {"T", "词元数", tokens, ""}, {"B", "并发序列数", batch, ""}, {"b", "每个数的位数", bits, "bit"}}}, nil
}

func calcKV(in *inputs, d Data) (Result, error) {
	m, tokens, bits := in.model(d), in.number("tokens"), in.number("bits")
	return compute(in, "bytes", func() (Quantity, error) { return m.KVCache(tokens, 1, bits) })
}

func calcWeights(in *inputs, d Data) (Result, error) {
	m := in.model(d)
	var size func(n float64) (Quantity, error)
	if in.has("block") || in.has("block_bytes") {
		block, bytes := in.number("block"), in.number("block_bytes")
		size = func(n float64) (Quantity, error) { return BlockWeightBytes(n, block, bytes) }
	} else {
		bits := in.number("bits")
		size = func(n float64) (Quantity, error) { return WeightBytes(n, bits) }
	}
	return compute(in, "bytes", func() (Quantity, error) {
		n, err := m.Parameters()
		if err != nil {
			return n, err
		}
		q, err := size(n.Value)
		q.Sources = append(q.Sources, n.Sources...)
		return q, err
	})
}

func calcFLOPs(in *inputs, d Data) (Result, error) {
	m, tokens, count := in.model(d), in.number("tokens"), in.text("count")
	var f func(a *Architecture) (Quantity, error)
	switch count {
	case "forward":
		f = func(a *Architecture) (Quantity, error) { return a.ForwardFLOPs(tokens) }
	case "mlp":
		f = func(a *Architecture) (Quantity, error) { return a.FeedForwardFLOPs(tokens) }
	case "lm_head":
		f = func(a *Architecture) (Quantity, error) { return a.HeadFLOPs(tokens) }
	case "2N":
		f = func(a *Architecture) (Quantity, error) {
			n, err := a.ActiveParameters(false)
			if err != nil {
				return n, err
			}
			if err := checkWhole("tokens", tokens, 1, maxTokens); err != nil {
				return n, err
			}
			return RoughForwardFLOPs(n.Value, tokens)
		}
	default:
		in.fail(&FieldError{Field: "count", Reason: Unknown, Detail: fmt.Sprintf("%.40q, want forward, 2N, mlp or lm_head", count)})
	}
	return compute(in, "FLOP", func() (Quantity, error) { return m.ofArch(f) })
}

// cacheBits is the width of cached keys and values in decode-time.
const cacheBits = 16

func calcDecode(in *inputs, d Data) (Result, error) {
	m, g := in.model(d), in.gpu(d)
	context, batch, bits := in.number("context"), in.number("batch"), in.number("weight_bits")
	if in.err == nil {
		if g.BandwidthGBps == nil {
			in.fail(unpublished("gpu.memory_bandwidth_gbps", g.ID))
		}
		if g.FP16TFLOPS == nil {
			in.fail(unpublished("gpu.dense_fp16_tflops", g.ID))
		}
	}
	return compute(in, "s", func() (Quantity, error) {
		q, err := m.ofArch(func(a *Architecture) (Quantity, error) {
			return a.decodeTime(context, batch, bits, g)
		})
		err = renamed(err, "bits", "weight_bits")
		if err == nil {
			for _, s := range g.Sources {
				q.Sources = append(q.Sources, Source{Title: s, Date: g.AsOf})
			}
		}
		return q, err
	})
}

// decodeTime is DecodeTime of an architecture on an accelerator, computing at 16
// bits with a cache of 16 bits, whatever the weights are stored in.
func (a *Architecture) decodeTime(context, batch, bits float64, g *GPU) (Quantity, error) {
	if err := first(
		checkWhole("context", context, 0, maxTokens), checkWhole("batch", batch, 1, maxTokens),
		checkRange("bits", bits, 1, maxBits),
	); err != nil {
		return Quantity{}, err
	}
	step, err := a.StepParameters(batch)
	if err != nil {
		return Quantity{}, err
	}
	active, err := a.ActiveParameters(false)
	if err != nil {
		return Quantity{}, err
	}
	perToken, err := a.KVCache(max(context, 1), 1, cacheBits)
	if err != nil {
		return Quantity{}, err
	}
	return DecodeTime(Load{
		Params: step.Value, Active: active.Value, Bits: bits,
		KVBytesPerToken: perToken.Value / max(context, 1), Context: context, Batch: batch,
	}, Device{Bandwidth: *g.BandwidthGBps, Rate: *g.FP16TFLOPS})
}

func calcCost(in *inputs, d Data) (Result, error) {
	u := Usage{}
	var t Tariff
	var m *Model
	unit := unnamedCurrency
	if in.has("rates") && in.has("model") {
		in.fail(&FieldError{Field: "rates", Reason: Unknown, Detail: "give model and at, or rates"})
	}
	if in.has("rates") {
		r := in.numbers("rates", nil, []string{"input", "cached_input", "cache_write", "output"})
		given := func(name string) *float64 {
			if v, ok := r[name]; ok {
				return &v
			}
			return nil
		}
		t = Tariff{Rate: Rate{Input: given("input"), Output: given("output"), CachedInput: given("cached_input")}, CacheWrite: given("cache_write")}
	} else {
		m = in.model(d)
	}
	u.Input, u.Cached, u.CacheWrite, u.Output = in.number("input_tokens"), in.number("cached_tokens"), in.number("cache_write_tokens"), in.number("output_tokens")
	requests := in.number("requests")
	place := "rates"
	if m != nil {
		at := in.moment("at")
		place = "model.price"
		switch {
		case in.err != nil:
		case m.Price == nil:
			in.fail(unpublished(place, m.ID))
		default:
			var err error
			if t, err = m.Price.At(at, u.Input); err != nil {
				in.fail(within(place, err))
			}
			unit = t.Currency
		}
	}
	return compute(in, unit, func() (Quantity, error) {
		q, err := t.Cost(u, requests)
		return q, renamed(err, "input", place+".input", "cached_input", place+".cached_input", "cache_write", place+".cache_write", "output", place+".output",
			"input_price", place+".input", "cached_price", place+".cached_input", "cache_write_price", place+".cache_write", "output_price", place+".output")
	})
}
