package rag

import (
	"bytes"
	"encoding/json"
	"fmt"
	"unicode/utf8"

	"courselab/sim"
)

// Limits of a set of questions.
const (
	MaxQuestions    = 200
	MaxQuestionText = 300 // characters
)

// ParseQuestions reads a course's data/rag-questions.json: ids unique, every
// question with a text and at least one gold passage. The first fault is returned
// as a *sim.FieldError.
func ParseQuestions(data []byte) ([]Question, error) {
	fail := func(field, reason, detail string) ([]Question, error) {
		return nil, fmt.Errorf("parse questions: %w", &sim.FieldError{Field: field, Reason: reason, Detail: detail})
	}
	var file struct {
		Schema    int        `json:"schema_version"`
		Generated string     `json:"generated"`
		Rule      string     `json:"rule"`
		Questions []Question `json:"questions"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return fail("file", sim.Malformed, err.Error())
	}
	if file.Schema != 1 {
		return fail("schema_version", sim.OutOfRange, fmt.Sprint(file.Schema))
	}
	if n := len(file.Questions); n == 0 || n > MaxQuestions {
		return fail("questions", sim.OutOfRange, fmt.Sprintf("%d, want 1 to %d", n, MaxQuestions))
	}
	seen := map[string]bool{}
	for i, q := range file.Questions {
		at := fmt.Sprintf("questions[%d]", i)
		switch n := utf8.RuneCountInString(q.Text); {
		case q.ID == "" || seen[q.ID]:
			return fail(at+".id", sim.OutOfRange, "want one of its own")
		case n == 0 || n > MaxQuestionText:
			return fail(at+".text", sim.OutOfRange, fmt.Sprintf("%d characters, want 1 to %d", n, MaxQuestionText))
		case len(q.Gold) == 0:
			return fail(at+".gold", sim.Missing, "")
		}
		seen[q.ID] = true
		for j, g := range q.Gold {
			if g.Section == "" || squeeze(g.Text) == "" {
				return fail(fmt.Sprintf("%s.gold[%d]", at, j), sim.Missing, "section and text")
			}
		}
	}
	return file.Questions, nil
}
