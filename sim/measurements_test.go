package sim

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
)

// The built-in file is the shipped course's.
func TestShippedMeasurements(t *testing.T) {
	text := readShipped(t, "measurements.json")
	if !bytes.Equal(text, shippedMeasurements) {
		t.Error("sim/data/measurements.json and the course's data/measurements.json differ")
	}
	all, err := DefaultMeasurements()
	if err != nil || len(all) != 25 {
		t.Fatalf("%d measurements, %v", len(all), err)
	}
	data := shippedCalcData(t)
	for _, m := range all {
		if _, ok := data.Models.Find(m.Model); !ok {
			t.Errorf("%s: no model %s", m.ID, m.Model)
		}
	}
}

// How far the model is off, for all measurements with one set of assumptions. The
// bounds are what it reaches today, rounded up: a change that makes it worse must
// say so here.
func TestMedianErrors(t *testing.T) {
	all, err := DefaultMeasurements()
	if err != nil {
		t.Fatal(err)
	}
	data := shippedCalcData(t)
	var predictions, ideal []Prediction
	unknown := 0
	for _, m := range all {
		p := m.Predict(data, UsualAssumptions())
		if p.Unknown != nil {
			unknown++
			if m.GPU != "h20-96gb" {
				t.Errorf("%s: %v", m.ID, p.Unknown)
			}
		}
		predictions = append(predictions, p)
		ideal = append(ideal, m.Predict(data, UsualAssumptions().Ideal()))
		if p.BandwidthOnly != (m.GPU == "apple-m2-ultra") {
			t.Errorf("%s: from bandwidth alone: %v", m.ID, p.BandwidthOnly)
		}
	}
	if unknown != 2 {
		t.Errorf("%d unknown, want 2", unknown)
	}
	got := MedianErrors(predictions)
	for quantity, want := range map[string]MedianError{
		MeasuredMemory:     {Median: 0.06, Worst: 0.24, Count: 11},
		MeasuredPrefill:    {Median: 0.06, Worst: 0.06, Count: 1},
		MeasuredThroughput: {Median: 0.10, Worst: 0.13, Count: 4},
		MeasuredDecode:     {Median: 0.21, Worst: 1.2, Count: 7},
	} {
		if g := got[quantity]; g.Count != want.Count || g.Median > want.Median || g.Worst > want.Worst {
			t.Errorf("%s: %+v, want at most %+v", quantity, g, want)
		}
	}
	// The roofline is a ceiling: no measured speed is above it.
	for _, p := range ideal {
		m := p.Measurement
		faster := p.Error < 0
		if m.Quantity == MeasuredPrefill {
			faster = p.Error > 0
		}
		if p.Unknown == nil && m.Quantity != MeasuredMemory && faster {
			t.Errorf("%s: %v %s is beyond the roofline's %v", m.ID, m.Measured, m.Unit, p.Value)
		}
	}
}

func TestMedianOfErrors(t *testing.T) {
	of := func(errors ...float64) MedianError {
		var all []Prediction
		for _, e := range errors {
			all = append(all, Prediction{Measurement: Measurement{Quantity: "vram"}, Error: e})
		}
		return MedianErrors(append(all, Prediction{Measurement: Measurement{Quantity: "vram"}, Unknown: errUnpublished}))["vram"]
	}
	if got := of(0.1, -0.3, 0.2); got != (MedianError{0.2, 0.3, 3}) {
		t.Errorf("%+v", got)
	}
	if got := of(-0.1, 0.3); math.Abs(got.Median-0.2) > 1e-15 {
		t.Errorf("%+v", got)
	}
}

var errUnpublished = errors.New("not published")

func TestNearestAndRatios(t *testing.T) {
	all, err := DefaultMeasurements()
	if err != nil {
		t.Fatal(err)
	}
	d := shippedDeployment(t, "llama-3-8b", "rtx-4090", "q4-k-m")
	if near := d.Nearest(all, MeasuredDecode); near[0].ID != "decode.llama3-8b-rtx-4090-q4-k-m" || near[1].ID != "decode.llama3-8b-rtx-4090-f16" {
		t.Errorf("%s, %s", near[0].ID, near[1].ID)
	}
	d = shippedDeployment(t, "llama-2-7b", "a100-sxm4-80gb", "fp16")
	d.Batch = 20
	if near := d.Nearest(all, MeasuredThroughput); len(near) != 4 || near[0].Batch != 16 {
		t.Errorf("%+v", near[0])
	}
	// Reading a quarter of the bytes made one machine 2.35 times as fast and
	// another 4.4 times as slow.
	pairs := SpeedRatios(all)
	if len(pairs) != 2 {
		t.Fatalf("%+v", pairs)
	}
	if r := pairs[0]; math.Abs(r.Ratio-127.74/54.34) > 1e-12 || math.Abs(r.Bytes-4.82/16) > 1e-12 {
		t.Errorf("%+v", r)
	}
	if r := pairs[1]; math.Abs(r.Ratio-31.29/137.18) > 1e-12 || r.Wide.Precision != "fp16" {
		t.Errorf("%+v", r)
	}
}

func measurementsOf(entry string) string {
	return "{\"schema_version\": 1, \"measurements\": [\n{" + entry + "}\n]}"
}

const oneMeasurement = `"id": "a", "quantity": "vram", "model": "m", "precision": "fp16", "batch": 1, "measured": 2, "unit": "GB", "what": "w", "source": "s", "date": "2024"`

func TestMeasurementFaultsAreNamed(t *testing.T) {
	if _, err := ParseMeasurements([]byte(measurementsOf(oneMeasurement))); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, field, reason string }{
		{`"a"`, `"A a"`, "id", OutOfRange},
		{`"vram"`, `"speed"`, "quantity", Unknown},
		{`"vram"`, `"prefill-time"`, "unit", Unknown},
		{`"vram", `, `"vram", "colour": 1, `, "colour", Unknown},
		{`"fp16"`, `"int3"`, "precision", Unknown},
		{`"batch": 1`, `"batch": 0`, "batch", OutOfRange},
		{`"measured": 2`, `"measured": 0`, "measured", OutOfRange},
		{`"GB"`, `"furlong"`, "unit", Unknown},
		{`"what": "w", `, ``, "what", Missing},
		{`"date": "2024"`, `"date": ""`, "date", Missing},
		{`"date": "2024"`, `"date": "May"`, "date", Malformed},
		{`"vram"`, `"decode-speed"`, "unit", Unknown},
		{`"vram", "model": "m", "precision": "fp16", "batch": 1, "measured": 2, "unit": "GB"`, `"throughput", "input": 1, "model": "m", "precision": "fp16", "batch": 1, "measured": 2, "unit": "词元/s"`, "output", Missing},
		{`"vram", "model": "m", "precision": "fp16", "batch": 1, "measured": 2, "unit": "GB"`, `"prefill-time", "model": "m", "precision": "fp16", "batch": 1, "measured": 2, "unit": "s"`, "input", Missing},
	} {
		text := measurementsOf(strings.Replace(oneMeasurement, c.from, c.to, 1))
		var entry *EntryError
		var field *FieldError
		if _, err := ParseMeasurements([]byte(text)); !errors.As(err, &entry) || !errors.As(err, &field) || entry.Line != 2 || field.Field != c.field || field.Reason != c.reason {
			t.Errorf("%s: %v, want %s: %s", text, err, c.field, c.reason)
		}
	}
}

// Whatever parses can be predicted or is unknown, never infinite.
func FuzzParseMeasurements(f *testing.F) {
	f.Add(shippedMeasurements)
	f.Add([]byte(measurementsOf(oneMeasurement)))
	f.Add([]byte("{"))
	data := shippedCalcData(f)
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := ParseMeasurements(text)
		if err != nil {
			return
		}
		for _, m := range all {
			p := m.Predict(data, UsualAssumptions())
			if p.Unknown == nil && (math.IsNaN(p.Error) || math.IsInf(p.Error, 0)) {
				t.Errorf("%+v: %v", m, p.Error)
			}
		}
	})
}
