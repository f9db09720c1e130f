package engine

// OpPrices: PricesInput → PricesOutput: takes over prices from a file of the
// learner's.
const OpPrices = "prices.import"

// PricesFile is the path under which a request carries prices that the learner has
// imported: the Prices of a PricesOutput. It is no file of the course; models get
// these prices in place of their own.
const PricesFile = "local/prices.json"

// MaxPricesFile bounds a file of prices, in bytes.
const MaxPricesFile = 50 << 20

// PricesInput is a file of prices, and the models that they may be of.
type PricesInput struct {
	Text string              `json:"text"`
	Date string              `json:"date"` // that the file is of, as the learner says
	Data map[string]DataFile `json:"data"` // the course's data/models.json
}

// PricesOutput is what was taken over and what was not.
type PricesOutput struct {
	Prices  string        `json:"prices"` // for PricesFile
	Summary string        `json:"summary"`
	Changed []PriceChange `json:"changed,omitempty"`
	Refused []PriceChange `json:"refused,omitempty"` // Model and Reason
}

// PriceChange is one price that differs, or an entry that was left, as shown.
type PriceChange struct {
	Model  string `json:"model"`
	Field  string `json:"field,omitempty"`
	Old    string `json:"old,omitempty"`
	New    string `json:"new,omitempty"`
	Reason string `json:"reason,omitempty"`
}
