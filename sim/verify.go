package sim

import (
	"encoding/json"
	"fmt"
	"math"
)

// Case is a calculation with a known answer, one of a file of cases.
type Case struct {
	ID        string          `json:"id"`
	Kind      string          `json:"kind"`
	Inputs    json.RawMessage `json:"inputs"`
	Expected  json.RawMessage `json:"expected"`      // a number, or null for none
	Unit      string          `json:"unit"`          // of Expected; names a currency that inputs may not
	Tolerance float64         `json:"tolerance_rel"` // relative; 0 is exact
	Source    string          `json:"source"`
}

// ParseCases reads a file of cases: an object with a list "cases". Every case
// must have a kind, inputs, an expected value and a tolerance; other fields are
// free.
func ParseCases(data []byte) ([]Case, error) {
	if len(data) > maxDataBytes {
		return nil, fmt.Errorf("parse cases: %w", &FieldError{Field: "file", Reason: OutOfRange, Detail: fmt.Sprintf("%d bytes, want at most %d", len(data), maxDataBytes)})
	}
	var file struct {
		Cases []json.RawMessage `json:"cases"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("parse cases: %w", &FieldError{Field: "file", Reason: Malformed, Detail: err.Error()})
	}
	if file.Cases == nil {
		return nil, fmt.Errorf("parse cases: %w", &FieldError{Field: "cases", Reason: Missing})
	}
	cases := make([]Case, len(file.Cases))
	for i, text := range file.Cases {
		if err := parseCase(text, &cases[i]); err != nil {
			return nil, fmt.Errorf("parse cases: %w", within(fmt.Sprintf("cases[%d]", i), err))
		}
	}
	return cases, nil
}

func parseCase(text json.RawMessage, c *Case) error {
	in, err := newInputs(text)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, c); err != nil {
		return &FieldError{Field: "fields", Reason: Malformed, Detail: err.Error()}
	}
	for _, name := range []string{"id", "kind", "inputs", "tolerance_rel"} {
		if !in.has(name) {
			return &FieldError{Field: name, Reason: Missing}
		}
	}
	expected, ok := in.fields["expected"]
	if !ok {
		return &FieldError{Field: "expected", Reason: Missing}
	}
	if string(expected) != "null" {
		in.number("expected")
	} else {
		c.Expected = nil
	}
	if in.err != nil {
		return in.err
	}
	return checkRange("tolerance_rel", c.Tolerance, 0, 1)
}

// Check computes the case and reports how it misses: the error of the
// calculation, or the value that is out of tolerance. It is nil for a case that
// holds.
func (c Case) Check(d Data) error {
	r, err := Calc(c.Kind, c.Inputs, d)
	if err != nil {
		return err
	}
	if c.Expected == nil {
		if !r.None {
			return fmt.Errorf("%v %s, want none", r.Value, r.Unit)
		}
		return nil
	}
	var want float64
	if err := json.Unmarshal(c.Expected, &want); err != nil {
		return &FieldError{Field: "expected", Reason: Malformed, Detail: string(c.Expected)}
	}
	switch {
	case r.None:
		return fmt.Errorf("none, want %v %s", want, c.Unit)
	case r.Unit != c.Unit && r.Unit != unnamedCurrency:
		return fmt.Errorf("%v %s, want %v %s: another unit", r.Value, r.Unit, want, c.Unit)
	case !(math.Abs(r.Value-want) <= c.Tolerance*math.Abs(want)):
		return fmt.Errorf("%v %s, want %v within %v", r.Value, r.Unit, want, c.Tolerance)
	}
	return nil
}
