package sim

import "slices"

// Check returns a *FieldError for the first field of the price that is out of
// bounds or missing.
func (p *Price) Check() error { return p.check() }

// WithPrices returns the catalogue with other prices for the models that prices
// names; c itself stays as it is. It fails with a *FieldError on a model that is
// not there or on a price that Check refuses.
func (c *Catalogue) WithPrices(prices map[string]*Price) (*Catalogue, error) {
	other := *c
	other.Models = slices.Clone(c.Models)
	for _, id := range sortedKeys(prices) {
		i, ok := c.index[id]
		if !ok {
			return nil, &FieldError{Field: id, Reason: Unknown, Detail: "is not in the catalogue"}
		}
		if err := prices[id].check(); err != nil {
			return nil, within(id+".price", err)
		}
		other.Models[i].Price = prices[id]
	}
	return &other, nil
}
