package sheet

import (
	"errors"
	"strings"

	"courselab/app/engine"
	"courselab/sim"
)

// Faults are inputs that cannot be used, as an error.
type Faults struct{ All []engine.Fault }

func (f *Faults) Error() string {
	all := make([]string, len(f.All))
	for i, x := range f.All {
		all[i] = x.Field + ": " + x.Message
	}
	return strings.Join(all, "; ")
}

// Rename returns err with the fields of its *sim.FieldError renamed to those of
// the lab's parameters: pairs of from and to.
func Rename(err error, pairs ...string) error {
	var field *sim.FieldError
	if !errors.As(err, &field) {
		return err
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		if field.Field == pairs[i] {
			renamed := *field
			renamed.Field = pairs[i+1]
			return &renamed
		}
	}
	return err
}

// reasons of a *sim.FieldError in Chinese.
var reasons = map[string]string{
	sim.Missing:    "缺少",
	sim.Unknown:    "不认识",
	sim.NotFinite:  "不是有限的数",
	sim.NotInteger: "要是整数",
	sim.OutOfRange: "超出允许的范围",
	sim.Malformed:  "读不懂",
	sim.NeverFits:  "怎样也放不下",
}

// Explain puts an error into faults; ok is false where it is no fault of an
// input but one of ours.
func Explain(err error, values map[string]string) (faults []engine.Fault, ok bool) {
	var known *Faults
	if errors.As(err, &known) {
		return known.All, true
	}
	var field *sim.FieldError
	if !errors.As(err, &field) {
		return nil, false
	}
	return []engine.Fault{{Field: field.Field, Value: values[field.Field], Message: message(field)}}, true
}

func message(field *sim.FieldError) string {
	text := reasons[field.Reason]
	if text == "" {
		text = field.Reason
	}
	if field.Detail != "" {
		text += "（" + field.Detail + "）"
	}
	return text
}

// Reason says an error of sim in words: the field and what is wrong with it.
func Reason(err error) string {
	var field *sim.FieldError
	if !errors.As(err, &field) {
		return err.Error()
	}
	return field.Field + " " + message(field)
}
