package sim

import (
	"fmt"
	"math"
)

// NeverFits is the reason of a *FieldError where no number of what was asked for
// fits.
const NeverFits = "never fits"

// GPUsNeeded is the least number of cards that the deployment fits on, up to most,
// among those that the heads can be shared among. It fails with a *FieldError
// whose reason is NeverFits where even most are too few.
func (d *Deployment) GPUsNeeded(most float64) (Quantity, error) {
	q, err := d.gpusNeeded(most)
	if err != nil {
		return Quantity{}, fmt.Errorf("cards needed: %w", err)
	}
	return q, nil
}

func (d *Deployment) gpusNeeded(most float64) (Quantity, error) {
	if err := checkWhole("gpus", most, 1, maxCards); err != nil {
		return Quantity{}, err
	}
	for n := 1.0; n <= most; n++ {
		try := *d
		try.GPUs = n
		if d.Model != nil && try.checkSplit() != nil {
			continue
		}
		fits, part, _, err := try.Fits()
		if err != nil {
			return Quantity{}, err
		}
		if fits {
			return Quantity{
				Name: "要几张卡", Unit: Ratio, Value: n, Formula: "最小的 n，使 " + part.Formula + " ≤ M", Working: part.Working,
				Terms: part.Terms, Sources: part.Sources,
			}, nil
		}
	}
	return Quantity{}, &FieldError{Field: "gpus", Reason: NeverFits, Detail: "not on " + Number(most) + " cards"}
}

// MaxContext is the longest context that fits with the deployment's batch and
// cards, no longer than the model's own where that is published. It fails with
// NeverFits where one token does not.
func (d *Deployment) MaxContext() (Quantity, error) {
	limit := maxTokens
	if d.Model != nil && d.Model.Context != nil {
		limit = *d.Model.Context
	}
	return d.largest("context", "放得下的最长上下文", Token, limit, func(try *Deployment, v float64) {
		try.Context, try.Prefix = v, min(try.Prefix, v)
	})
}

// MaxBatch is the largest number of sequences that fit at the deployment's
// context and cards. It fails with NeverFits where one does not.
func (d *Deployment) MaxBatch() (Quantity, error) {
	return d.largest("batch", "放得下的最多并发", Ratio, 1e6, func(try *Deployment, v float64) { try.Batch = v })
}

// largest searches the greatest whole v up to limit that fits; memory grows with
// v.
func (d *Deployment) largest(field, name, unit string, limit float64, set func(*Deployment, float64)) (Quantity, error) {
	var part Quantity
	fits := func(v float64) (bool, error) {
		try := *d
		set(&try, v)
		ok, q, _, err := try.Fits()
		if ok {
			part = q
		}
		return ok, err
	}
	ok, err := fits(1)
	if err == nil && !ok {
		err = &FieldError{Field: field, Reason: NeverFits, Detail: "not even 1"}
	}
	if err != nil {
		return Quantity{}, fmt.Errorf("largest %s: %w", field, err)
	}
	low, high := 1.0, limit+1
	for high-low > 1 {
		v := math.Floor((low + high) / 2)
		ok, err := fits(v)
		if err != nil {
			return Quantity{}, fmt.Errorf("largest %s: %w", field, err)
		}
		if ok {
			low = v
		} else {
			high = v
		}
	}
	if _, err := fits(low); err != nil { // part is low's again
		return Quantity{}, fmt.Errorf("largest %s: %w", field, err)
	}
	symbol := map[string]string{"context": "T", "batch": "B"}[field]
	return Quantity{
		Name: name, Unit: unit, Value: low, Formula: "最大的 " + symbol + "，使 " + part.Formula + " ≤ M",
		Working: part.Working, Terms: part.Terms, Sources: part.Sources,
	}, nil
}
