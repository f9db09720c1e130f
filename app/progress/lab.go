package progress

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// LabRecord is what the learner last set in a lab, and what came of it.
type LabRecord struct {
	At      time.Time         `json:"at"`
	Values  map[string]string `json:"values,omitempty"`  // by parameter
	Verdict string            `json:"verdict,omitempty"` // the lab's headline for them
}

const (
	maxLabValue  = 64 << 10 // bytes of one value: a pasted text
	maxLabValues = 100
)

func (r LabRecord) merge(o document) document { return MergeLabs(r, o.(LabRecord)) }

// MergeLabs keeps the newer record.
func MergeLabs(a, b LabRecord) LabRecord {
	if c := cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Verdict, b.Verdict), compareValues(a.Values, b.Values)); c < 0 {
		return b
	}
	return a
}

// compareValues is a total order of maps.
func compareValues(a, b map[string]string) int {
	list := func(m map[string]string) []string {
		var all []string
		for _, k := range slices.Sorted(maps.Keys(m)) {
			all = append(all, k, m[k])
		}
		return all
	}
	return slices.Compare(list(a), list(b))
}

func (r LabRecord) validate() error {
	if len(r.Values) > maxLabValues {
		return fmt.Errorf("values: %d, at most %d", len(r.Values), maxLabValues)
	}
	for name, v := range r.Values {
		if err := errors.Join(validID(name), validLabValue(v)); err != nil {
			return fmt.Errorf("value %q: %w", name, err)
		}
	}
	return errors.Join(validTime(r.At), validLabValue(r.Verdict))
}

func validLabValue(v string) error {
	if len(v) > maxLabValue {
		return fmt.Errorf("%d bytes, at most %d", len(v), maxLabValue)
	}
	return nil
}

func decodeLab(body json.RawMessage) (LabRecord, error) {
	var r LabRecord
	if err := json.Unmarshal(body, &r); err != nil {
		return LabRecord{}, fmt.Errorf("decode lab: %w", err)
	}
	if err := r.validate(); err != nil {
		return LabRecord{}, fmt.Errorf("decode lab: %w", err)
	}
	return r, nil
}

// Lab returns what the learner last set in a lab; its At is zero where they never
// set anything.
func (s *Store) Lab(name string) LabRecord { return s.load(labSpace + name).(LabRecord) }

// Labs returns the names of the labs that have a record, sorted.
func (s *Store) Labs() []string { return s.names(labSpace) }

// SetLab keeps the values set in a lab with its verdict and the present time. A
// record that is not valid is a fault of the caller and is not kept.
func (s *Store) SetLab(name string, values map[string]string, verdict string) error {
	r := LabRecord{At: following(time.Time{}, s.options.Now()), Values: maps.Clone(values), Verdict: verdict}
	if err := errors.Join(validID(name), r.validate()); err != nil {
		return fmt.Errorf("keep lab %s: %w", name, err)
	}
	s.update(labSpace+name, func(d document) document {
		r.At = following(d.(LabRecord).At, r.At)
		return r
	})
	return nil
}
