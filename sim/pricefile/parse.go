package pricefile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"courselab/sim"
)

// MaxBytes bounds a file, and maxEntries what is read of it.
const (
	MaxBytes   = 50 << 20
	maxEntries = 50000
)

// Formats of a File.
const (
	LiteLLM     = "litellm"
	GenAIPrices = "genai-prices"
)

// File is a price list.
type File struct {
	Format  string
	Entries []Entry
	Refused []Refusal // entries of text models that could not be read
	Other   int       // entries of other things: images, embeddings, speech
}

// Entry is one model at one provider, in dollars for a million tokens.
type Entry struct {
	Provider, ID string
	Price        sim.Price // without source and date
	match        *clause   // which other names mean it; nil for its ID only
	hours        bool      // the format can state prices by hour
	// sets are what holds from a date on, first the one without; nil where there is
	// one for all dates, which Price has.
	sets []set
}

// set is what holds beside the rate from a date on.
type set struct {
	start string
	rate  sim.Rate
	write *float64
	tiers []sim.PriceTier
}

// Refusal is an entry that was not taken, and why, in Chinese.
type Refusal struct {
	Name, Reason string
}

// Parse reads a price list of either format.
func Parse(data []byte) (*File, error) {
	fail := func(reason, detail string) (*File, error) {
		return nil, fmt.Errorf("parse price file: %w", &sim.FieldError{Field: "file", Reason: reason, Detail: detail})
	}
	if len(data) > MaxBytes {
		return fail(sim.OutOfRange, fmt.Sprintf("%d bytes, want at most %d", len(data), MaxBytes))
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	text := bytes.TrimSpace(data)
	if len(text) == 0 {
		return fail(sim.Missing, "empty")
	}
	f := &File{}
	switch text[0] {
	case '{':
		var models map[string]json.RawMessage
		if err := json.Unmarshal(text, &models); err != nil {
			return fail(sim.Malformed, err.Error())
		}
		if len(models) > maxEntries {
			return fail(sim.OutOfRange, fmt.Sprintf("%d entries, want at most %d", len(models), maxEntries))
		}
		f.Format = LiteLLM
		f.readLiteLLM(models)
	case '[':
		var providers []json.RawMessage
		if err := json.Unmarshal(text, &providers); err != nil {
			return fail(sim.Malformed, err.Error())
		}
		if len(providers) > maxEntries {
			return fail(sim.OutOfRange, fmt.Sprintf("%d entries, want at most %d", len(providers), maxEntries))
		}
		f.Format = GenAIPrices
		f.readGenAIPrices(providers)
	default:
		return fail(sim.Malformed, "neither an object of models nor a list of providers")
	}
	if len(f.Entries) == 0 {
		return fail(sim.Unknown, "no model with a price for text in it: want litellm's model_prices_and_context_window.json or the data.json of genai-prices")
	}
	return f, nil
}

func (f *File) refuse(name, reason string) {
	f.Refused = append(f.Refused, Refusal{Name: shortened(name), Reason: reason})
}

func shortened(name string) string {
	if r := []rune(name); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return name
}

// dollars checks a price for one million tokens and drops the digits that come of
// multiplying a price for one.
func dollars(v float64) (float64, error) {
	if math.IsNaN(v) || v < 0 || v > 1e6 {
		return 0, &sim.FieldError{Field: "price", Reason: sim.OutOfRange, Detail: sim.Number(v)}
	}
	return strconv.ParseFloat(strconv.FormatFloat(v, 'g', 10, 64), 64)
}
