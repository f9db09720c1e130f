package choose

import (
	"math"
	"time"

	"courselab/sim"
)

// number writes a value for a text.
func number(v float64) string { return sim.Number(v) }

// Fact is a known measure. Lo and Hi are what sources state; they are equal where
// no source disagrees.
type Fact struct {
	Lo, Hi  float64
	Sources []sim.Source
	Note    string // "5-shot"
	Own     bool   // the learner's
}

func known(v float64) Fact { return Fact{Lo: v, Hi: v} }

// Candidate is a model as a choice sees it. What is unknown is absent.
type Candidate struct {
	ID, Name, Vendor string
	Own              bool // typed by the learner
	OpenWeights      *bool
	Licence          string
	Released         string // ISO 8601
	Context          *float64
	Inputs           []string // of sim.Modalities; nil is unknown
	// Retires is the last day on which the vendor serves it; empty is unknown.
	Retires  string
	Terms    Terms
	TermsOf  sim.Source // of Retires
	Facts    map[string]Fact
	Problems []string // measures that could not be computed, and why
}

// Load is the use that costs and sizes are computed for.
type Load struct {
	Input, Cached, Output float64 // tokens of one request; Cached within Input
	// Context and Batch are what the own machine holds at once: tokens of each
	// sequence, and sequences.
	Context, Batch float64
	Bits           float64  // per weight
	GPU            *sim.GPU // nil: no times are computed
	At             time.Time
	YuanPerDollar  float64
}

func (l Load) check() error {
	for _, c := range []error{
		sim.CheckWhole("input_tokens", l.Input, 1, 1e7),
		sim.CheckWhole("cached_tokens", l.Cached, 0, l.Input),
		sim.CheckWhole("output_tokens", l.Output, 0, 1e6),
		sim.CheckWhole("context", l.Context, 1, 1e7),
		sim.CheckWhole("batch", l.Batch, 1, 1e5),
		sim.CheckRange("bits", l.Bits, 1, 32),
		sim.CheckRange("yuan_per_dollar", l.YuanPerDollar, 0.01, 1000),
	} {
		if c != nil {
			return c
		}
	}
	return nil
}

// benchmarks are the criteria that a public benchmark stands for.
var benchmarks = map[string]string{"understanding": "MMLU", "reasoning": "HumanEval", "multilingual": "C-Eval"}

// Candidates reads the models of a catalogue under a load, in its order.
func Candidates(models *sim.Catalogue, terms *TermsFile, load Load) ([]Candidate, error) {
	if err := load.check(); err != nil {
		return nil, err
	}
	all := make([]Candidate, len(models.Models))
	for i := range models.Models {
		all[i] = candidate(&models.Models[i], terms, load)
	}
	return all, nil
}

func candidate(m *sim.Model, terms *TermsFile, load Load) Candidate {
	c := Candidate{
		ID: m.ID, Name: m.Name, Vendor: m.Vendor, OpenWeights: m.OpenWeights, Licence: m.Licence,
		Released: m.ReleaseDate, Context: m.Context, Facts: map[string]Fact{},
	}
	if len(m.ModalitiesIn) > 0 {
		c.Inputs = m.ModalitiesIn
	}
	if terms != nil {
		c.Terms = terms.vendor(m.Vendor)
		if r, ok := terms.retirement(m.ID); ok {
			c.Retires, c.TermsOf = r.Date, sim.Source{Title: r.Source, URL: r.URL, Date: r.AsOf}
		}
	}
	for id, name := range benchmarks {
		if s := m.Benchmarks[name]; s != nil {
			lo, hi := s.Range()
			f := Fact{Lo: lo, Hi: hi, Note: s.Shots, Sources: []sim.Source{{Title: s.Source}}}
			for _, a := range s.Alternatives {
				f.Sources = append(f.Sources, sim.Source{Title: a.Source})
			}
			c.Facts[id] = f
		}
	}
	if m.Context != nil {
		f := known(*m.Context)
		for _, s := range m.Sources {
			f.Sources = append(f.Sources, sim.Source{Title: s, Date: m.AsOf})
		}
		c.Facts["context"] = f
	}
	c.addCost(m, load)
	c.addOwnMachine(m, load)
	return c
}

// addCost computes what a thousand requests cost in dollars. A list in yuan is
// converted only where there is none in dollars.
func (c *Candidate) addCost(m *sim.Model, load Load) {
	price, rate := m.Price, 1.0
	if price == nil {
		price = m.PriceCNY
	}
	if price == nil {
		return
	}
	if price.Currency == "CNY" {
		rate = load.YuanPerDollar
	}
	tariff, err := price.At(load.At, load.Input)
	if err != nil {
		c.Problems = append(c.Problems, "成本："+err.Error())
		return
	}
	use := sim.Usage{Input: load.Input, Cached: load.Cached, Output: load.Output}
	note := ""
	if tariff.CachedInput == nil && load.Cached > 0 {
		// Without a price for cached input all input is charged in full.
		use.Cached, note = 0, "没有公布缓存价，按全价计"
	}
	q, err := tariff.Cost(use, 1000)
	if err != nil {
		c.Problems = append(c.Problems, "成本："+err.Error())
		return
	}
	f := known(q.Value / rate)
	f.Sources = q.Sources
	if price.Currency == "CNY" {
		note = join(note, "人民币价按 1 美元 = "+number(rate)+" 元折算")
	}
	f.Note = note
	if f.Lo > 0 {
		c.Facts["cost"] = f
	}
}

// addOwnMachine computes memory and speed of weights that are open.
func (c *Candidate) addOwnMachine(m *sim.Model, load Load) {
	if m.OpenWeights == nil || !*m.OpenWeights {
		return
	}
	params, err := m.Parameters()
	if err != nil {
		return
	}
	weights, err := sim.WeightBytes(params.Value, load.Bits)
	if err != nil {
		c.Problems = append(c.Problems, "内存："+err.Error())
		return
	}
	cache, err := m.KVCache(load.Context, load.Batch, 16)
	if err != nil {
		return // the architecture is not published
	}
	size := known((weights.Value + cache.Value) / 1e9)
	size.Sources, size.Note = append(weights.Sources, cache.Sources...), number(load.Bits)+" 位权重，16 位缓存"
	c.Facts["memory"] = size
	if load.GPU == nil || m.Arch == nil || load.GPU.MemoryGB == nil || load.GPU.BandwidthGBps == nil || load.GPU.FP16TFLOPS == nil {
		return
	}
	cards := math.Ceil(size.Lo / (*load.GPU.MemoryGB * usable))
	step, err := m.Arch.StepParameters(load.Batch)
	if err != nil {
		return
	}
	active, err := m.Arch.ActiveParameters(false)
	if err != nil {
		return
	}
	q, err := sim.DecodeTime(sim.Load{
		Params: step.Value, Active: active.Value, Bits: load.Bits,
		KVBytesPerToken: cache.Value / (load.Context * load.Batch), Context: load.Context, Batch: load.Batch,
	}, sim.Device{Bandwidth: *load.GPU.BandwidthGBps * cards, Rate: *load.GPU.FP16TFLOPS * cards})
	if err != nil {
		c.Problems = append(c.Problems, "速度："+err.Error())
		return
	}
	f := known(q.Value * 1e3)
	f.Sources, f.Note = q.Sources, number(cards)+" 张 "+load.GPU.Name+" 的理想值"
	c.Facts["latency"] = f
}

// usable is the part of a card's memory that a model may fill, as vLLM's default.
const usable = 0.9

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "；" + b
}
