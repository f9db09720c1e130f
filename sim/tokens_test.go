package sim

import (
	"errors"
	"math"
	"testing"
)

func TestTokensByHand(t *testing.T) {
	near := func(what string, q Quantity, err error, want float64) {
		t.Helper()
		if err != nil || math.Abs(q.Value-want) > 1e-3*want {
			t.Errorf("%s: %v, %v; want %v", what, q.Value, err, want)
		}
	}
	q, err := CharactersPerToken(43, 50)
	near("cl100k", q, err, 0.86)
	q, err = TextTokens(1e6, 43, 35)
	near("a million characters", q, err, 813953)
	q, err = ContextCharacters(128000, 43, 50)
	near("128K in cl100k", q, err, 110080)
	q, err = ContextCharacters(128000, 43, 35)
	near("128K in o200k", q, err, 157257)
	q, err = TextCost(1e6, 43, 50, 30)
	near("cost", q, err, 34.8837)
}

func TestTokensRefuse(t *testing.T) {
	for name, f := range map[string]func() (Quantity, error){
		"sample_tokens":     func() (Quantity, error) { return CharactersPerToken(1, 0) },
		"sample_characters": func() (Quantity, error) { return TextTokens(1, 0.5, 1) },
		"characters":        func() (Quantity, error) { return TextTokens(math.NaN(), 1, 1) },
		"window":            func() (Quantity, error) { return ContextCharacters(0, 1, 1) },
		"input_price":       func() (Quantity, error) { return TextCost(1, 1, 1, -1) },
	} {
		var field *FieldError
		if _, err := f(); !errors.As(err, &field) || field.Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
}
