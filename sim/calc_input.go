package sim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// inputs reads the fields of one JSON object. The first fault sticks; done
// reports it, or a field that nobody asked for.
type inputs struct {
	fields map[string]json.RawMessage
	read   map[string]bool
	err    error
}

func newInputs(data []byte) (*inputs, error) {
	in := &inputs{read: map[string]bool{}}
	d := json.NewDecoder(bytes.NewReader(data))
	if err := d.Decode(&in.fields); err != nil || in.fields == nil {
		return nil, &FieldError{Field: "inputs", Reason: Malformed, Detail: "want one JSON object"}
	}
	if d.More() {
		return nil, &FieldError{Field: "inputs", Reason: Unknown, Detail: "text after the object"}
	}
	return in, nil
}

// fail keeps an error unless one is kept already; nil is none.
func (in *inputs) fail(err error) {
	if in.err == nil {
		in.err = err
	}
}

// has reports whether a field is given and not null.
func (in *inputs) has(name string) bool {
	text, ok := in.fields[name]
	return ok && string(text) != "null"
}

// value decodes a field that must be there.
func (in *inputs) value(name string, into any, want string) bool {
	in.read[name] = true
	if !in.has(name) {
		in.fail(&FieldError{Field: name, Reason: Missing})
		return false
	}
	if json.Unmarshal(in.fields[name], into) != nil {
		in.fail(&FieldError{Field: name, Reason: Malformed, Detail: fmt.Sprintf("%.60s, want %s", in.fields[name], want)})
		return false
	}
	return true
}

func (in *inputs) number(name string) float64 {
	var v float64
	in.value(name, &v, "a number")
	return v
}

func (in *inputs) text(name string) string {
	var v string
	in.value(name, &v, "a text")
	return v
}

func (in *inputs) flag(name string) bool {
	var v bool
	in.value(name, &v, "true or false")
	return v
}

func (in *inputs) moment(name string) time.Time {
	text := in.text(name)
	if in.err != nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		in.fail(&FieldError{Field: name, Reason: Malformed, Detail: fmt.Sprintf("%.40q, want 2026-09-20T12:00:00Z", text)})
	}
	return at
}

// numbers reads an object of numbers: the required ones and any of the optional
// ones. An optional one that is absent is absent from the result.
func (in *inputs) numbers(name string, required, optional []string) map[string]float64 {
	var fields map[string]json.RawMessage
	if !in.value(name, &fields, "an object") {
		return nil
	}
	inner := &inputs{fields: fields, read: map[string]bool{}}
	values := map[string]float64{}
	for _, f := range required {
		values[f] = inner.number(f)
	}
	for _, f := range optional {
		inner.read[f] = true
		if inner.has(f) {
			values[f] = inner.number(f)
		}
	}
	if err := inner.done(); err != nil {
		in.fail(within(name, err))
	}
	return values
}

// arch reads an architecture.
func (in *inputs) arch(name string) *Architecture {
	var fields map[string]json.RawMessage
	if !in.value(name, &fields, "an object") {
		return nil
	}
	a := new(Architecture)
	if _, err := strict(in.fields[name], a); err != nil {
		in.fail(within(name, err))
		return nil
	}
	err := a.checkGiven()
	if err == nil {
		err = noZeros(fields)
	}
	if err != nil {
		in.fail(within(name, err))
		return nil
	}
	return a
}

// noZeros refuses a zero where Architecture reads zero as absent.
func noZeros(fields map[string]json.RawMessage) error {
	for _, name := range []string{"n_layers", "d_model", "n_heads", "n_kv_heads", "head_dim", "vocab_size"} {
		var v *float64
		if text, ok := fields[name]; ok && json.Unmarshal(text, &v) == nil && v != nil && *v == 0 {
			return &FieldError{Field: name, Reason: OutOfRange, Detail: "0, want 1 or more"}
		}
	}
	return nil
}

// done returns the first fault: of reading, or a field that is not of the kind.
func (in *inputs) done() error {
	if in.err != nil {
		return in.err
	}
	for _, name := range sortedKeys(in.fields) {
		if !in.read[name] {
			return &FieldError{Field: name, Reason: Unknown}
		}
	}
	return nil
}
