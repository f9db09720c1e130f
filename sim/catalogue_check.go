package sim

import (
	"fmt"
	"slices"
)

func (m *Model) check() error {
	if err := first(
		checkEntryID(m.ID),
		checkRequired("name", m.Name),
		checkRequired("vendor", m.Vendor),
		checkTexts(map[string]string{
			"name": m.Name, "vendor": m.Vendor, "licence": m.Licence, "release_source": m.ReleaseSource,
			"params_source": m.ParamsSource, "notes": m.Notes,
		}),
		checkDate("release_date", m.ReleaseDate),
		checkDate("as_of", m.AsOf),
		checkCount("params_total", m.ParamsTotal, 1, maxParams),
		checkCount("params_active", m.ParamsActive, 1, maxParams),
		checkCount("context_window", m.Context, 1, maxTokens),
		checkCount("kv_bytes_per_token_fp16", m.KVBytesPerToken, 1, 1e9),
		checkModalities("modalities_in", m.ModalitiesIn),
		checkModalities("modalities_out", m.ModalitiesOut),
		checkSources(m.Sources),
		checkList("price_alternatives", len(m.PriceAlternatives)),
		checkList("benchmarks", len(m.Benchmarks)),
	); err != nil {
		return err
	}
	if m.ParamsTotal != nil && m.ParamsActive != nil && *m.ParamsActive > *m.ParamsTotal {
		return &FieldError{Field: "params_active", Reason: OutOfRange, Detail: "more than params_total"}
	}
	if m.Price != nil {
		if err := m.Price.check(); err != nil {
			return within("price", err)
		}
	}
	if m.PriceCNY != nil {
		if err := m.PriceCNY.check(); err != nil {
			return within("price_cny", err)
		}
		if m.PriceCNY.Currency != "CNY" {
			return &FieldError{Field: "price_cny.currency", Reason: OutOfRange, Detail: m.PriceCNY.Currency}
		}
	}
	for i := range m.PriceAlternatives {
		if err := m.PriceAlternatives[i].check(); err != nil {
			return within(fmt.Sprintf("price_alternatives[%d]", i), err)
		}
	}
	for _, name := range sortedKeys(m.Benchmarks) {
		if s := m.Benchmarks[name]; s != nil {
			if err := s.check(); err != nil {
				return within("benchmarks."+name, err)
			}
		}
	}
	if m.Arch != nil {
		if err := m.Arch.check(); err != nil {
			return within("arch", err)
		}
	}
	return nil
}

func checkModalities(name string, list []string) error {
	for _, m := range list {
		if !slices.Contains(Modalities, m) {
			return &FieldError{Field: name, Reason: Unknown, Detail: fmt.Sprintf("%.40q", m)}
		}
	}
	return checkList(name, len(list))
}

func checkSources(list []string) error {
	for _, s := range list {
		if err := checkTexts(map[string]string{"sources": s}); err != nil {
			return err
		}
	}
	return checkList("sources", len(list))
}

func (p *Price) check() error {
	if p.Currency != "USD" && p.Currency != "CNY" {
		return &FieldError{Field: "currency", Reason: OutOfRange, Detail: fmt.Sprintf("%.10q, want USD or CNY", p.Currency)}
	}
	if err := first(
		p.Rate.check(),
		checkNumber("cache_write", p.CacheWrite, 0, maxPrice),
		checkDate("as_of", p.AsOf),
		checkRequired("as_of", p.AsOf),
		checkRequired("source", p.Source),
		checkTexts(map[string]string{"source": p.Source, "note": p.Note}),
		checkList("tiers", len(p.Tiers)),
		checkList("schedule", len(p.Schedule)),
	); err != nil {
		return err
	}
	for i, t := range p.Tiers {
		if err := first(checkWhole("start", t.Start, 0, maxTokens), t.Rate.check()); err != nil {
			return within(fmt.Sprintf("tiers[%d]", i), err)
		}
	}
	for i, s := range p.Schedule {
		if err := first(checkDate("start_date", s.StartDate), checkTimeOfDay("start_time", s.StartTime),
			checkTimeOfDay("end_time", s.EndTime), s.Rate.check()); err != nil {
			return within(fmt.Sprintf("schedule[%d]", i), err)
		}
		if (s.StartTime == "") != (s.EndTime == "") {
			return &FieldError{Field: fmt.Sprintf("schedule[%d].end_time", i), Reason: Missing, Detail: "start_time and end_time go together"}
		}
	}
	return nil
}

func (r Rate) check() error {
	return first(
		checkNumber("input", r.Input, 0, maxPrice),
		checkNumber("output", r.Output, 0, maxPrice),
		checkNumber("cached_input", r.CachedInput, 0, maxPrice),
	)
}

func (s *Score) check() error {
	if err := first(
		checkRange("score", s.Score, 0, 100),
		checkRequired("source", s.Source),
		checkTexts(map[string]string{"shots": s.Shots, "variant": s.Variant, "source": s.Source}),
		checkList("alternatives", len(s.Alternatives)),
	); err != nil {
		return err
	}
	for i := range s.Alternatives {
		a := &s.Alternatives[i]
		place := fmt.Sprintf("alternatives[%d]", i)
		if len(a.Alternatives) > 0 {
			return &FieldError{Field: place + ".alternatives", Reason: Unknown}
		}
		if err := a.check(); err != nil {
			return within(place, err)
		}
	}
	return nil
}

func (a *Architecture) check() error {
	if err := first(
		checkWhole("n_layers", a.Layers, 1, maxLayers),
		checkWhole("d_model", a.Width, 1, maxWidth),
		checkWhole("n_heads", a.Heads, 1, maxHeads),
		checkWhole("n_kv_heads", a.KVHeads, 1, maxHeads),
		checkWhole("head_dim", a.HeadDim, 1, maxWidth),
		checkWhole("vocab_size", a.Vocab, 1, maxVocab),
		checkRequired("attention", a.Attention),
		checkRequired("source", a.Source),
	); err != nil {
		return err
	}
	return a.checkGiven()
}

// checkGiven checks the fields that are given; zero is an absent number.
func (a *Architecture) checkGiven() error {
	if err := first(
		checkWhole("n_layers", a.Layers, 0, maxLayers),
		checkWhole("d_model", a.Width, 0, maxWidth),
		checkWhole("n_heads", a.Heads, 0, maxHeads),
		checkWhole("n_kv_heads", a.KVHeads, 0, maxHeads),
		checkWhole("head_dim", a.HeadDim, 0, maxWidth),
		checkWhole("vocab_size", a.Vocab, 0, maxVocab),
		checkCount("d_ff", a.FF, 1, maxWidth),
		checkCount("kv_layers", a.KVLayers, 1, maxLayers),
		checkCount("sliding_window", a.Window, 1, maxTokens),
		checkCount("sliding_layers", a.WindowLayers, 0, maxLayers),
		checkCount("attn_sinks", a.Sinks, 0, maxTokens),
		checkCount("moe_experts", a.Experts, 1, maxWidth),
		checkCount("moe_top_k", a.TopK, 1, maxWidth),
		checkCount("moe_shared_experts", a.SharedExperts, 0, maxWidth),
		checkCount("moe_d_ff", a.ExpertFF, 1, maxWidth),
		checkCount("moe_dense_layers", a.DenseLayers, 0, maxLayers),
		checkTexts(map[string]string{"attention": a.Attention, "mlp": a.MLP, "source": a.Source}),
	); err != nil {
		return err
	}
	if a.MLA == nil {
		return nil
	}
	return within("mla", a.MLA.check())
}

func (m *MLA) check() error {
	return first(
		checkWhole("kv_lora", m.KVLoRA, 1, maxWidth),
		checkWhole("q_lora", m.QLoRA, 0, maxWidth),
		checkWhole("qk_nope", m.QKNope, 0, maxWidth),
		checkWhole("qk_rope", m.QKRope, 0, maxWidth),
		checkWhole("v", m.V, 1, maxWidth),
	)
}

func (g *GPU) check() error {
	if err := first(
		checkEntryID(g.ID),
		checkRequired("name", g.Name),
		checkRequired("vendor", g.Vendor),
		checkTexts(map[string]string{
			"name": g.Name, "vendor": g.Vendor, "architecture": g.Architecture, "form_factor": g.FormFactor,
			"memory_gb_note": g.MemoryNote, "notes": g.Notes,
		}),
		checkNumber("memory_gb", g.MemoryGB, 1, maxRate),
		checkNumber("memory_bandwidth_gbps", g.BandwidthGBps, 1, maxRate),
		checkNumber("dense_fp16_tflops", g.FP16TFLOPS, 1, maxRate),
		checkNumber("dense_int8_tops", g.INT8TOPS, 1, maxRate),
		checkNumber("dense_fp8_tflops", g.FP8TFLOPS, 1, maxRate),
		checkNumber("dense_fp4_tflops", g.FP4TFLOPS, 1, maxRate),
		checkNumber("tdp_w", g.TDPWatts, 1, maxRate),
		checkDate("as_of", g.AsOf),
		checkSources(g.Sources),
		checkList("alternatives", len(g.Alternatives)),
	); err != nil {
		return err
	}
	for i, a := range g.Alternatives {
		if err := first(checkRequired("field", a.Field), checkRange("value", a.Value, 0, maxRate), checkRequired("source", a.Source),
			checkTexts(map[string]string{"field": a.Field, "source": a.Source, "why": a.Why})); err != nil {
			return within(fmt.Sprintf("alternatives[%d]", i), err)
		}
	}
	return nil
}
