package pricefile

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"courselab/sim"
)

// litellm's names of prices for one token.
const (
	tokenInput  = "input_cost_per_token"
	tokenOutput = "output_cost_per_token"
	tokenCached = "cache_read_input_token_cost"
	tokenWrite  = "cache_creation_input_token_cost"
)

// aboveLength ends the name of a price for requests above a length.
var aboveLength = regexp.MustCompile(`^(input_cost_per_token|output_cost_per_token|cache_read_input_token_cost)_above_(\d{1,6})k_tokens$`)

// textModes are the modes of models that write text.
var textModes = []string{"chat", "completion", "responses"}

func (f *File) readLiteLLM(models map[string]json.RawMessage) {
	for _, name := range sorted(models) {
		if name == "sample_spec" {
			continue
		}
		var fields map[string]json.RawMessage
		if json.Unmarshal(models[name], &fields) != nil || fields == nil {
			f.refuse(name, "不是一个模型条目")
			continue
		}
		var mode, provider string
		_ = json.Unmarshal(fields["mode"], &mode) // absent or no text: not a text model
		_ = json.Unmarshal(fields["litellm_provider"], &provider)
		if !slices.Contains(textModes, mode) || provider == "" {
			f.Other++
			continue
		}
		e, reason := litellmEntry(name, provider, fields)
		if reason != "" {
			f.refuse(name, reason)
			continue
		}
		f.Entries = append(f.Entries, e)
	}
}

func litellmEntry(name, provider string, fields map[string]json.RawMessage) (Entry, string) {
	e := Entry{Provider: provider, ID: name, Price: sim.Price{Currency: "USD"}}
	reason := ""
	price := func(field string) *float64 {
		text, ok := fields[field]
		if !ok || string(text) == "null" {
			return nil
		}
		var v float64
		if json.Unmarshal(text, &v) != nil {
			reason = field + " 不是数"
			return nil
		}
		v, err := dollars(v * 1e6)
		if err != nil {
			reason = field + " 超出范围"
			return nil
		}
		return &v
	}
	e.Price.Input, e.Price.Output = price(tokenInput), price(tokenOutput)
	e.Price.CachedInput, e.Price.CacheWrite = price(tokenCached), price(tokenWrite)
	tiers := map[float64]sim.Rate{}
	for _, field := range sorted(fields) {
		m := aboveLength.FindStringSubmatch(field)
		if m == nil {
			continue
		}
		thousands, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			continue // not with six digits
		}
		t := tiers[thousands*1000]
		switch m[1] {
		case tokenInput:
			t.Input = price(field)
		case tokenOutput:
			t.Output = price(field)
		case tokenCached:
			t.CachedInput = price(field)
		}
		tiers[thousands*1000] = t
	}
	if reason == "" && e.Price.Input == nil && e.Price.Output == nil {
		reason = "没有每词元的价格"
	}
	e.Price.Tiers = tiersOf(tiers)
	return e, reason
}

// tiersOf puts tiers in order of their beginning.
func tiersOf(all map[float64]sim.Rate) []sim.PriceTier {
	var tiers []sim.PriceTier
	for start, rate := range all {
		tiers = append(tiers, sim.PriceTier{Start: start, Rate: rate})
	}
	slices.SortFunc(tiers, func(a, b sim.PriceTier) int {
		switch {
		case a.Start < b.Start:
			return -1
		case a.Start > b.Start:
			return 1
		}
		return 0
	})
	return tiers
}

// sorted lists the keys of m in order.
func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, strings.Compare)
	return keys
}
