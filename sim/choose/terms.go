package choose

import (
	"bytes"
	"encoding/json"
	"fmt"

	"courselab/sim"
)

// Terms are what a vendor's service is bound to.
type Terms struct {
	// Mainland says whether the vendor's own service may be used from the mainland
	// of China; nil is unknown.
	Mainland *bool
	Source   sim.Source
}

// TermsFile is a course's data/terms.json: where vendors serve, and until when.
type TermsFile struct {
	Generated   string       `json:"generated"`
	Vendors     []vendorTerm `json:"vendors"`
	Retirements []Retirement `json:"retirements"`
}

type vendorTerm struct {
	Vendor   string `json:"vendor"`
	Mainland *bool  `json:"mainland_china"`
	Source   string `json:"source"`
	URL      string `json:"url"`
	AsOf     string `json:"as_of"`
}

// Retirement is the last day of a model at its vendor.
type Retirement struct {
	ID     string `json:"id"`
	Date   string `json:"date"` // ISO 8601, as precise as known
	Source string `json:"source"`
	URL    string `json:"url"`
	AsOf   string `json:"as_of"`
}

// ParseTerms reads a terms.json. Known fields only; the first fault is returned
// as a *sim.FieldError.
func ParseTerms(data []byte) (*TermsFile, error) {
	var file struct {
		Schema int `json:"schema_version"`
		TermsFile
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("parse terms: %w", &sim.FieldError{Field: "file", Reason: sim.Malformed, Detail: err.Error()})
	}
	if file.Schema != 1 {
		return nil, fmt.Errorf("parse terms: %w", &sim.FieldError{Field: "schema_version", Reason: sim.OutOfRange, Detail: fmt.Sprint(file.Schema)})
	}
	for i, v := range file.Vendors {
		if v.Vendor == "" || v.Source == "" {
			return nil, fmt.Errorf("parse terms: %w", &sim.FieldError{Field: fmt.Sprintf("vendors[%d]", i), Reason: sim.Missing, Detail: "vendor and source"})
		}
	}
	seen := map[string]bool{}
	for i, r := range file.Retirements {
		field := fmt.Sprintf("retirements[%d]", i)
		if r.ID == "" || r.Source == "" || seen[r.ID] {
			return nil, fmt.Errorf("parse terms: %w", &sim.FieldError{Field: field, Reason: sim.Missing, Detail: "an id of its own and a source"})
		}
		seen[r.ID] = true
		if _, err := day(r.Date); err != nil {
			return nil, fmt.Errorf("parse terms: %w", &sim.FieldError{Field: field + ".date", Reason: sim.Malformed, Detail: r.Date})
		}
	}
	return &file.TermsFile, nil
}

func (f *TermsFile) vendor(name string) Terms {
	for _, v := range f.Vendors {
		if v.Vendor == name {
			return Terms{Mainland: v.Mainland, Source: sim.Source{Title: v.Source, URL: v.URL, Date: v.AsOf}}
		}
	}
	return Terms{}
}

func (f *TermsFile) retirement(id string) (Retirement, bool) {
	for _, r := range f.Retirements {
		if r.ID == id {
			return r, true
		}
	}
	return Retirement{}, false
}
