package sim

import (
	"fmt"
	"math"
	"slices"
)

// Prediction is what the model of memory and speed says where something was
// measured.
type Prediction struct {
	Measurement Measurement
	// Value is the prediction in the measurement's unit and Error its relative error,
	// Value / Measured − 1. Both mean nothing where Unknown is set.
	Value, Error float64
	// BandwidthOnly marks a prediction from the memory's bandwidth alone, since the
	// card's rate is not published: a bound from above on speed.
	BandwidthOnly bool
	// Unknown says what is not published and keeps the prediction from being made.
	Unknown error
}

// Predict computes what m measured, with the same assumptions as everything else:
// nothing is fitted to the measurement. A card or a model that the data does not
// have leaves the prediction Unknown. Of memory it predicts weights, cache and
// activations, without the framework and the reserve, which such measurements
// leave out.
func (m Measurement) Predict(data Data, a Assumptions) Prediction {
	p := Prediction{Measurement: m}
	value, bandwidthOnly, err := m.predict(data, a)
	if err != nil {
		p.Unknown = fmt.Errorf("predict %s: %w", m.ID, err)
		return p
	}
	p.Value, p.BandwidthOnly = value, bandwidthOnly
	p.Error = value/m.Measured - 1
	return p
}

func (m Measurement) predict(data Data, a Assumptions) (value float64, bandwidthOnly bool, err error) {
	d, err := m.deployment(data, a)
	if err != nil {
		return 0, false, err
	}
	var q Quantity
	switch m.Quantity {
	case MeasuredMemory:
		q, err = d.footprint(m.Input+m.Output > 0)
	case MeasuredPrefill:
		var p Pass
		p, err = d.Prefill(m.Input, m.Batch)
		q = p.Quantity
	case MeasuredDecode:
		q, bandwidthOnly, err = d.decodeSpeed(math.Round(m.Input+m.Output/2), m.Batch)
	case MeasuredThroughput:
		q, err = d.Throughput(m.Input, m.Output, m.Batch)
	}
	if err != nil {
		return 0, false, err
	}
	value, err = q.In(m.Unit)
	return value, bandwidthOnly, err
}

// deployment is what m was measured on.
func (m Measurement) deployment(data Data, a Assumptions) (*Deployment, error) {
	d := &Deployment{GPUs: 1, KVBits: cacheBits, Context: max(1, m.Input+m.Output), Batch: m.Batch, Assumptions: a}
	if m.Quantity == MeasuredMemory { // no more was read in at once than there was
		d.Chunk = min(d.Chunk, max(1, m.Input))
	}
	if m.GPUs != nil {
		d.GPUs = *m.GPUs
	}
	var err error
	if d.Precision, err = PrecisionNamed(m.Precision); err != nil {
		return nil, err
	}
	model, ok := data.find(m.Model)
	if !ok {
		return nil, &FieldError{Field: "model", Reason: Unknown, Detail: fmt.Sprintf("%.64q is not in the catalogue", m.Model)}
	}
	d.Model = model
	if m.GPU == "" { // memory needs no card
		d.GPU = &GPU{ID: "any"}
		return d, nil
	}
	i := slices.IndexFunc(data.GPUs, func(g GPU) bool { return g.ID == m.GPU })
	if i < 0 {
		return nil, &FieldError{Field: "gpu", Reason: Unknown, Detail: fmt.Sprintf("%.64q is not in the catalogue", m.GPU)}
	}
	d.GPU = &data.GPUs[i]
	return d, nil
}

func (d Data) find(id string) (*Model, bool) {
	if d.Models == nil {
		return nil, false
	}
	return d.Models.Find(id)
}

// footprint is what a process holds: weights, and where it ran, cache and
// activations.
func (d *Deployment) footprint(ran bool) (Quantity, error) {
	q, err := d.Weights()
	if err != nil || !ran {
		return q, err
	}
	kv, err := d.Cache()
	if err != nil {
		return Quantity{}, err
	}
	act, err := d.Activations()
	if err != nil {
		return Quantity{}, err
	}
	q.Value += kv.Value + act.Value
	return q, nil
}

// decodeSpeed is the tokens per second of all sequences together. Where the card's
// rate is not published it is what the bandwidth allows.
func (d *Deployment) decodeSpeed(context, batch float64) (Quantity, bool, error) {
	bandwidthOnly := d.GPU.FP16TFLOPS == nil && d.Precision.Arithmetic == FP16Arithmetic
	if bandwidthOnly {
		unlimited := *d.GPU
		rate := float64(maxRate)
		unlimited.FP16TFLOPS = &rate
		try := *d
		try.GPU, d = &unlimited, &try
	}
	p, err := d.Decode(context, batch)
	if err != nil {
		return Quantity{}, false, err
	}
	return Quantity{Name: "解码速度", Unit: TokenRate, Value: batch / p.Value, Formula: "B / t", Working: Number(batch) + " / " + Number(p.Value)}, bandwidthOnly, nil
}

// MedianErrors is the median of the absolute relative errors by quantity, of those
// that could be predicted, with how many those are.
func MedianErrors(all []Prediction) map[string]MedianError {
	errors := map[string][]float64{}
	for _, p := range all {
		if p.Unknown == nil {
			errors[p.Measurement.Quantity] = append(errors[p.Measurement.Quantity], math.Abs(p.Error))
		}
	}
	medians := map[string]MedianError{}
	for quantity, list := range errors {
		slices.Sort(list)
		n := len(list)
		medians[quantity] = MedianError{Median: (list[(n-1)/2] + list[n/2]) / 2, Worst: list[n-1], Count: n}
	}
	return medians
}

// MedianError sums up absolute relative errors.
type MedianError struct {
	Median, Worst float64
	Count         int
}

// Nearest orders measurements by how close they are to a deployment: of its
// quantity only, the same model first, then the same card, then the same
// precision, then the closest batch.
func (d *Deployment) Nearest(all []Measurement, quantity string) []Measurement {
	var near []Measurement
	for _, m := range all {
		if m.Quantity == quantity {
			near = append(near, m)
		}
	}
	distance := func(m Measurement) float64 {
		far := math.Abs(math.Log(m.Batch/max(1, d.Batch))) / 100
		if d.Model != nil && m.Model != d.Model.ID {
			far += 4
		}
		if d.GPU != nil && m.GPU != "" && m.GPU != d.GPU.ID {
			far += 2
		}
		if m.Precision != d.Precision.ID {
			far++
		}
		return far
	}
	slices.SortStableFunc(near, func(a, b Measurement) int {
		switch x, y := distance(a), distance(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return near
}

// SpeedRatio is one model on one machine measured at two precisions.
type SpeedRatio struct {
	Wide, Narrow Measurement
	// Ratio is the narrow one's speed over the wide one's; Bytes the same of the
	// weights that it reads: were quantisation a law of speed, Ratio would be
	// 1 / Bytes.
	Ratio, Bytes float64
}

// SpeedRatios pairs measured decode speeds that differ in nothing but the
// precision, widest first.
func SpeedRatios(all []Measurement) []SpeedRatio {
	var pairs []SpeedRatio
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.Quantity != MeasuredDecode || b.Quantity != MeasuredDecode || a.Model != b.Model || a.GPU != b.GPU ||
				a.Batch != b.Batch || a.Input != b.Input || a.Output != b.Output || a.What != b.What {
				continue
			}
			p, errA := PrecisionNamed(a.Precision)
			q, errB := PrecisionNamed(b.Precision)
			if errA != nil || errB != nil || p.WeightBits() == q.WeightBits() {
				continue
			}
			wide, narrow := a, b
			if p.WeightBits() < q.WeightBits() {
				wide, narrow, p, q = b, a, q, p
			}
			pairs = append(pairs, SpeedRatio{Wide: wide, Narrow: narrow, Ratio: narrow.Measured / wide.Measured, Bytes: q.WeightBits() / p.WeightBits()})
		}
	}
	return pairs
}
