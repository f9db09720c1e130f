package pricefile

import (
	"encoding/json"
	"fmt"

	"courselab/sim"
)

// maxKept bounds prices that were kept: as many bytes as a browser gladly stores.
const maxKept = 60 << 10

// kept are prices as they are kept between visits.
type kept struct {
	Format string                `json:"format"`
	Date   string                `json:"date"`
	Prices map[string]*sim.Price `json:"prices"` // by the model's id
}

// Keep writes what a merge took over as text, for Kept to read again.
func Keep(prices map[string]*sim.Price, r Report) (string, error) {
	text, err := json.Marshal(kept{Format: r.Format, Date: r.Date, Prices: prices})
	if err != nil {
		return "", fmt.Errorf("keep prices: %w", err)
	}
	if len(text) > maxKept {
		return "", fmt.Errorf("keep prices: %w", &sim.FieldError{Field: "file", Reason: sim.OutOfRange, Detail: fmt.Sprintf("%d bytes of prices, at most %d are kept", len(text), maxKept)})
	}
	return string(text), nil
}

// Kept reads what Keep wrote and puts it into a catalogue. Models that the
// catalogue no longer has are passed over; a price that is not valid fails.
func Kept(text string, c *sim.Catalogue) (*sim.Catalogue, error) {
	var k kept
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		return nil, fmt.Errorf("kept prices: %w", &sim.FieldError{Field: "prices", Reason: sim.Malformed, Detail: err.Error()})
	}
	for id, p := range k.Prices {
		if _, ok := c.Find(id); !ok {
			delete(k.Prices, id)
		} else if p == nil {
			return nil, fmt.Errorf("kept prices: %w", &sim.FieldError{Field: id, Reason: sim.Missing})
		}
	}
	out, err := c.WithPrices(k.Prices)
	if err != nil {
		return nil, fmt.Errorf("kept prices: %w", err)
	}
	return out, nil
}
