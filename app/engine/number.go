package engine

import (
	"encoding/json"
	"fmt"
	"math"
)

// number is a float64 that JSON can carry even when it is not finite: a masked
// score is −∞, and JSON has no word for that.
type number float64

func (n number) MarshalJSON() ([]byte, error) {
	switch v := float64(n); {
	case math.IsInf(v, -1):
		return []byte(`"-Infinity"`), nil
	case math.IsInf(v, 1):
		return []byte(`"Infinity"`), nil
	case math.IsNaN(v):
		return []byte(`"NaN"`), nil
	default:
		return json.Marshal(v)
	}
}

func (n *number) UnmarshalJSON(text []byte) error {
	switch string(text) {
	case `"-Infinity"`:
		*n = number(math.Inf(-1))
	case `"Infinity"`:
		*n = number(math.Inf(1))
	case `"NaN"`:
		*n = number(math.NaN())
	default:
		var v float64
		if err := json.Unmarshal(text, &v); err != nil {
			return fmt.Errorf("decode number: %w", err)
		}
		*n = number(v)
	}
	return nil
}

type plainOperand Operand

// wireOperand and wireExplanation put a number in the place of the float64 of
// the same JSON name: the outer field wins.
type wireOperand struct {
	plainOperand
	Value number `json:"value"`
}

// MarshalJSON writes o; a Value of ±∞ or NaN becomes a string.
func (o Operand) MarshalJSON() ([]byte, error) {
	return json.Marshal(wireOperand{plainOperand(o), number(o.Value)})
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (o *Operand) UnmarshalJSON(text []byte) error {
	var w wireOperand
	if err := json.Unmarshal(text, &w); err != nil {
		return err
	}
	*o = Operand(w.plainOperand)
	o.Value = float64(w.Value)
	return nil
}

type plainExplanation Explanation

type wireExplanation struct {
	plainExplanation
	Result number `json:"result"`
}

// MarshalJSON writes e; a Result of ±∞ or NaN becomes a string.
func (e Explanation) MarshalJSON() ([]byte, error) {
	return json.Marshal(wireExplanation{plainExplanation(e), number(e.Result)})
}

// UnmarshalJSON is the inverse of MarshalJSON.
func (e *Explanation) UnmarshalJSON(text []byte) error {
	var w wireExplanation
	if err := json.Unmarshal(text, &w); err != nil {
		return err
	}
	*e = Explanation(w.plainExplanation)
	e.Result = float64(w.Result)
	return nil
}
