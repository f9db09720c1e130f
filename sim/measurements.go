package sim

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// Quantities that a Measurement may be of.
const (
	MeasuredMemory     = "vram"
	MeasuredPrefill    = "prefill-time"
	MeasuredDecode     = "decode-speed"
	MeasuredThroughput = "throughput"
)

// measuredUnits are the units of each quantity in a file, as Quantity.In knows
// them.
var measuredUnits = map[string][]string{
	MeasuredMemory:     {"GB", "GiB", "MB", "MiB"},
	MeasuredPrefill:    {"s", "ms"},
	MeasuredDecode:     {TokenRate},
	MeasuredThroughput: {TokenRate},
}

// Measurement is one published measurement of a course's data/measurements.json.
type Measurement struct {
	ID        string   `json:"id"`
	Quantity  string   `json:"quantity"` // of the constants above
	Model     string   `json:"model"`    // id in the Catalogue, or one that it does not have
	GPU       string   `json:"gpu"`      // as Model; empty where the source does not say
	GPUs      *float64 `json:"gpus"`     // absent: one
	Precision string   `json:"precision"`
	Label     string   `json:"label"` // the precision in the source's words
	Batch     float64  `json:"batch"`
	Input     float64  `json:"input"`  // tokens; 0 where nothing was read in
	Output    float64  `json:"output"` // tokens; 0 where nothing was written
	Measured  float64  `json:"measured"`
	Unit      string   `json:"unit"`
	What      string   `json:"what"` // Chinese: of what, by which program
	Source    string   `json:"source"`
	URL       string   `json:"url"`
	Date      string   `json:"date"` // the source's own, as precise as known
	Note      string   `json:"note"`
}

func (m *Measurement) check() error {
	if err := first(
		checkEntryID(m.ID),
		checkRequired("model", m.Model), checkRequired("precision", m.Precision),
		checkRequired("what", m.What), checkRequired("source", m.Source), checkRequired("date", m.Date), checkDate("date", m.Date),
		checkTexts(map[string]string{
			"model": m.Model, "gpu": m.GPU, "precision": m.Precision, "label": m.Label, "what": m.What,
			"source": m.Source, "url": m.URL, "note": m.Note,
		}),
		checkCount("gpus", m.GPUs, 1, maxCards),
		checkWhole("batch", m.Batch, 1, maxTokens), checkWhole("input", m.Input, 0, maxTokens), checkWhole("output", m.Output, 0, maxTokens),
		checkRange("measured", m.Measured, 1e-9, 1e15),
	); err != nil {
		return err
	}
	if _, err := PrecisionNamed(m.Precision); err != nil {
		return err
	}
	allowed, ok := measuredUnits[m.Quantity]
	switch {
	case !ok:
		return &FieldError{Field: "quantity", Reason: Unknown, Detail: fmt.Sprintf("%.40q, want one of %s", m.Quantity, strings.Join(sortedKeys(measuredUnits), ", "))}
	case !slices.Contains(allowed, m.Unit):
		return &FieldError{Field: "unit", Reason: Unknown, Detail: fmt.Sprintf("%.20q, want one of %s", m.Unit, strings.Join(allowed, ", "))}
	case m.Input == 0 && (m.Quantity == MeasuredPrefill || m.Quantity == MeasuredThroughput):
		return &FieldError{Field: "input", Reason: Missing}
	case m.Output == 0 && (m.Quantity == MeasuredDecode || m.Quantity == MeasuredThroughput):
		return &FieldError{Field: "output", Reason: Missing}
	}
	return nil
}

// ParseMeasurements reads a measurements.json, as ParseCatalogue reads models.
func ParseMeasurements(data []byte) ([]Measurement, error) {
	var file struct {
		Schema       float64           `json:"schema_version"`
		Generated    string            `json:"generated"`
		Rule         string            `json:"rule"`
		Measurements []json.RawMessage `json:"measurements"`
	}
	all, _, err := parseEntries(data, &file, &file.Schema, &file.Measurements, (*Measurement).check, func(m *Measurement) string { return m.ID })
	if err != nil {
		return nil, fmt.Errorf("parse measurements: %w", err)
	}
	return all, nil
}

//go:embed data/measurements.json
var shippedMeasurements []byte

// DefaultMeasurements returns those that are built in, for a course without a
// file of its own.
var DefaultMeasurements = sync.OnceValues(func() ([]Measurement, error) { return ParseMeasurements(shippedMeasurements) })
