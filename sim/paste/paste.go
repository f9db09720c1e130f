// Package paste reads tables that people paste: a CSV file, cells copied from a
// spreadsheet (tabs), with full-width commas where someone typed them by hand.
//
// Imports: sim for its errors, and the standard library.
package paste

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"courselab/sim"
)

// Limits of what is read.
const (
	MaxBytes   = 256 << 10
	MaxRows    = 2000
	MaxColumns = 60
)

// Row is one row of a table with the line that it begins on, from 1. Cells are
// trimmed.
type Row struct {
	Line  int
	Cells []string
}

// Table reads a table. Cells are separated by tabs where the first line that is
// not empty holds one, else by commas; a full-width comma separates where there is
// no other separator. Empty rows are left out; rows may differ in length. The
// error is a *sim.FieldError that names the line.
func Table(text string) ([]Row, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	if len(text) > MaxBytes {
		return nil, &sim.FieldError{Field: "table", Reason: sim.OutOfRange, Detail: fmt.Sprintf("%d bytes, want at most %d", len(text), MaxBytes)}
	}
	if !utf8.ValidString(text) {
		return nil, &sim.FieldError{Field: "table", Reason: sim.Malformed, Detail: "not UTF-8"}
	}
	comma := separator(text)
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma = comma
	reader.FieldsPerRecord = -1
	reader.LazyQuotes = true
	var rows []Row
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return nil, lineError(bad.StartLine, bad.Err.Error())
		}
		if err != nil {
			return nil, &sim.FieldError{Field: "table", Reason: sim.Malformed, Detail: err.Error()}
		}
		line, _ := reader.FieldPos(0)
		empty := true
		for i, cell := range record {
			record[i] = strings.TrimSpace(cell)
			empty = empty && record[i] == ""
		}
		switch {
		case empty:
			continue
		case len(record) > MaxColumns:
			return nil, lineError(line, fmt.Sprintf("%d columns, want at most %d", len(record), MaxColumns))
		case len(rows) == MaxRows:
			return nil, lineError(line, fmt.Sprintf("more than %d rows", MaxRows))
		}
		rows = append(rows, Row{Line: line, Cells: record})
	}
}

func lineError(line int, detail string) error {
	return &sim.FieldError{Field: fmt.Sprintf("line %d", line), Reason: sim.Malformed, Detail: detail}
}

func separator(text string) rune {
	for line := range strings.Lines(text) {
		switch {
		case strings.TrimSpace(line) == "":
			continue
		case strings.ContainsRune(line, '\t'):
			return '\t'
		case strings.ContainsRune(line, ','):
			return ','
		case strings.ContainsRune(line, '，'):
			return '，'
		}
		break
	}
	return ','
}
