package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
)

// Bounds of a data file.
const (
	maxDataBytes   = 8 << 20
	maxDataEntries = 5000
	maxDataText    = 4000 // bytes of one string
	maxDataList    = 200
	dataSchema     = 1
)

// EntryError says which entry of a data file is wrong and where. Its Err is a
// *FieldError where a field is at fault.
type EntryError struct {
	Line  int    // of the entry in the file, from 1
	Entry string // the entry's id, or "#4" for one without a usable id, or "" for the file
	Err   error
}

func (e *EntryError) Error() string {
	if e.Entry == "" {
		return fmt.Sprintf("line %d: %v", e.Line, e.Err)
	}
	return fmt.Sprintf("line %d: %s: %v", e.Line, e.Entry, e.Err)
}

func (e *EntryError) Unwrap() error { return e.Err }

// ParseCatalogue reads a models.json and checks every entry: known fields only,
// ids unique, numbers within bounds, dates well-formed. The first fault is
// returned as *EntryError.
func ParseCatalogue(data []byte) (*Catalogue, error) {
	var file struct {
		Schema     float64           `json:"schema_version"`
		Generated  string            `json:"generated"`
		Rule       string            `json:"rule"`
		PriceBasis string            `json:"price_basis"`
		Caveats    []string          `json:"caveats"`
		Models     []json.RawMessage `json:"models"`
	}
	models, index, err := parseEntries(data, &file, &file.Schema, &file.Models, (*Model).check, func(m *Model) string { return m.ID })
	if err != nil {
		return nil, fmt.Errorf("parse model catalogue: %w", err)
	}
	return &Catalogue{Generated: file.Generated, Rule: file.Rule, PriceBasis: file.PriceBasis, Caveats: file.Caveats, Models: models, index: index}, nil
}

// ParseGPUs reads a gpus.json, as ParseCatalogue reads models.
func ParseGPUs(data []byte) ([]GPU, error) {
	var file struct {
		Schema    float64           `json:"schema_version"`
		Generated string            `json:"generated"`
		Rule      string            `json:"rule"`
		GPUs      []json.RawMessage `json:"gpus"`
	}
	gpus, _, err := parseEntries(data, &file, &file.Schema, &file.GPUs, (*GPU).check, func(g *GPU) string { return g.ID })
	if err != nil {
		return nil, fmt.Errorf("parse accelerators: %w", err)
	}
	return gpus, nil
}

// parseEntries reads the file around the entries into file, which schema and raw
// are fields of, then each entry by itself, so that a fault can name it.
func parseEntries[E any](data []byte, file any, schema *float64, raw *[]json.RawMessage, check func(*E) error, id func(*E) string) ([]E, map[string]int, error) {
	fail := func(line int, entry string, err error) ([]E, map[string]int, error) {
		return nil, nil, &EntryError{Line: line, Entry: entry, Err: err}
	}
	if len(data) > maxDataBytes {
		return fail(1, "", &FieldError{Field: "file", Reason: OutOfRange, Detail: fmt.Sprintf("%d bytes, want at most %d", len(data), maxDataBytes)})
	}
	if offset, err := strict(data, file); err != nil {
		return fail(lineAt(data, offset), "", err)
	}
	if *schema != dataSchema {
		return fail(1, "", &FieldError{Field: "schema_version", Reason: OutOfRange, Detail: fmt.Sprintf("%v, want %d", *schema, dataSchema)})
	}
	if n := len(*raw); n == 0 || n > maxDataEntries {
		return fail(1, "", &FieldError{Field: "entries", Reason: OutOfRange, Detail: fmt.Sprintf("%d, want 1 to %d", n, maxDataEntries)})
	}
	entries := make([]E, len(*raw))
	index := make(map[string]int, len(*raw))
	from := 0
	for i, text := range *raw {
		start := from
		if at := bytes.Index(data[from:], text); at >= 0 {
			start, from = from+at, from+at+len(text)
		}
		name := fmt.Sprintf("#%d", i+1)
		offset, err := strict(text, &entries[i])
		if given := id(&entries[i]); isEntryID(given) {
			name = given
		}
		if err != nil {
			return fail(lineAt(data, start+offset), name, err)
		}
		if err := check(&entries[i]); err != nil {
			return fail(lineAt(data, start), name, err)
		}
		if _, twice := index[name]; twice {
			return fail(lineAt(data, start), name, &FieldError{Field: "id", Reason: OutOfRange, Detail: "stands twice"})
		}
		index[name] = i
	}
	return entries, index, nil
}

// strict decodes one JSON value and nothing after it, with known fields only. It
// returns where in data the fault lies.
func strict(data []byte, into any) (offset int, err error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err = d.Decode(into)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		if _, err := d.Token(); err != io.EOF {
			return int(d.InputOffset()), &FieldError{Field: "file", Reason: Unknown, Detail: "text after the end"}
		}
		return 0, nil
	case errors.As(err, &syntax):
		return int(syntax.Offset), &FieldError{Field: "file", Reason: Malformed, Detail: syntax.Error()}
	case errors.As(err, &kind):
		return int(kind.Offset), &FieldError{Field: kind.Field, Reason: Malformed, Detail: kind.Value + ", want " + kind.Type.String()}
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		return max(0, bytes.Index(data, []byte(name))), &FieldError{Field: strings.Trim(name, `"`), Reason: Unknown}
	}
	return len(data), &FieldError{Field: "file", Reason: Malformed, Detail: err.Error()}
}

// lineAt returns the number of the line that byte offset lies in.
func lineAt(data []byte, offset int) int {
	return 1 + bytes.Count(data[:min(max(offset, 0), len(data))], []byte("\n"))
}

func isEntryID(s string) bool {
	return len(s) > 0 && len(s) <= 64 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
}

// Checks of single fields. An empty string and a nil pointer are unknown, which
// is allowed unless a field is required.

func checkEntryID(id string) error {
	if !isEntryID(id) {
		return &FieldError{Field: "id", Reason: OutOfRange, Detail: fmt.Sprintf("%.64q, want 1 to 64 of a-z, 0-9, '.' and '-'", id)}
	}
	return nil
}

func checkTexts(fields map[string]string) error {
	for _, name := range sortedKeys(fields) {
		if n := len(fields[name]); n > maxDataText {
			return &FieldError{Field: name, Reason: OutOfRange, Detail: fmt.Sprintf("%d bytes, want at most %d", n, maxDataText)}
		}
	}
	return nil
}

func checkRequired(name, value string) error {
	if strings.TrimSpace(value) == "" {
		return &FieldError{Field: name, Reason: Missing}
	}
	return nil
}

func checkDate(name, value string) error {
	if value == "" {
		return nil
	}
	for _, layout := range []string{"2006-01-02", "2006-01", "2006"} {
		if _, err := time.Parse(layout, value); err == nil {
			return nil
		}
	}
	return &FieldError{Field: name, Reason: Malformed, Detail: fmt.Sprintf("%.40q, want 2024, 2024-05 or 2024-05-13", value)}
}

func checkTimeOfDay(name, value string) error {
	if value == "" {
		return nil
	}
	if _, err := time.Parse("15:04:05Z", value); err != nil {
		return &FieldError{Field: name, Reason: Malformed, Detail: fmt.Sprintf("%.40q, want 01:00:00Z", value)}
	}
	return nil
}

func checkNumber(name string, v *float64, lo, hi float64) error {
	if v == nil {
		return nil
	}
	return checkRange(name, *v, lo, hi)
}

func checkCount(name string, v *float64, lo, hi float64) error {
	if v == nil {
		return nil
	}
	return checkWhole(name, *v, lo, hi)
}

func checkList(name string, n int) error {
	if n > maxDataList {
		return &FieldError{Field: name, Reason: OutOfRange, Detail: fmt.Sprintf("%d, want at most %d", n, maxDataList)}
	}
	return nil
}

// within puts the field's place before its name: "price" and "input" become
// "price.input".
func within(place string, err error) error {
	var field *FieldError
	if errors.As(err, &field) {
		return &FieldError{Field: place + "." + field.Field, Reason: field.Reason, Detail: field.Detail}
	}
	return err
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// maxRate bounds the published rates and sizes of hardware.
const maxRate = math.MaxInt32
