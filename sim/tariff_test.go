package sim

import (
	"errors"
	"testing"
	"time"
)

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func rate(input float64) Rate { return Rate{Input: number(input), Output: number(2 * input)} }

func TestTariffByDateHourAndLength(t *testing.T) {
	p := Price{
		Currency: "USD", Rate: rate(3), CacheWrite: number(4), AsOf: "2026-09-23", Source: "list",
		Tiers: []PriceTier{{Start: 200, Rate: rate(6)}, {Start: 500, Rate: rate(9)}},
		Schedule: []PriceSchedule{
			{Rate: rate(1)},
			{StartDate: "2026-08-17", Rate: rate(3)},
			{StartTime: "22:00:00Z", EndTime: "02:00:00Z", Rate: rate(7)},
		},
	}
	for _, c := range []struct {
		at     string
		tokens float64
		want   float64 // 0 for not published
		write  bool
	}{
		{"2026-08-16T23:59:59+02:00", 100, 1, false}, // 21:59 UTC
		{"2026-08-16T21:59:59Z", 100, 1, false},
		{"2026-08-17T12:00:00Z", 200, 3, true}, // a tier begins above its start
		{"2026-08-17T12:00:00Z", 201, 6, false},
		{"2026-08-17T12:00:00Z", 501, 9, false},
		{"2026-08-17T22:00:00Z", 100, 7, false}, // over midnight
		{"2026-08-17T01:59:59Z", 100, 7, false},
		{"2026-08-17T02:00:00Z", 100, 3, true},
		{"2026-08-17T10:00:00+08:00", 100, 3, true}, // 02:00 UTC
		{"2026-08-16T12:00:00Z", 201, 0, false},
	} {
		got, err := p.At(moment(t, c.at), c.tokens)
		var field *FieldError
		if c.want == 0 {
			if !errors.As(err, &field) || field.Field != "tiers" {
				t.Errorf("%s, %v tokens: %v, want an error on tiers", c.at, c.tokens, err)
			}
			continue
		}
		if err != nil || *got.Input != c.want || (got.CacheWrite != nil) != c.write {
			t.Errorf("%s, %v tokens: %+v, %v; want %v", c.at, c.tokens, got, err, c.want)
		}
	}
}

func TestTariffNeverChargesWhatItDoesNotKnow(t *testing.T) {
	bare := Tariff{Rate: rate(1)}
	if q, err := bare.Cost(Usage{Input: 1e6, Output: 1e6}, 1); err != nil || q.Value != 3 {
		t.Errorf("%v, %v", q.Value, err)
	}
	for _, c := range []struct {
		field string
		t     Tariff
		u     Usage
	}{
		{"cached_input", bare, Usage{Input: 5, Cached: 1}},
		{"cache_write", bare, Usage{Input: 5, CacheWrite: 1}},
		{"input", Tariff{}, Usage{Input: 5}},
		{"output", Tariff{Rate: Rate{Input: number(1)}}, Usage{Input: 5, Output: 1}},
		{"cached_tokens", Tariff{Rate: Rate{Input: number(1), CachedInput: number(1)}}, Usage{Input: 5, Cached: 6}},
	} {
		var field *FieldError
		if q, err := c.t.Cost(c.u, 1); !errors.As(err, &field) || field.Field != c.field {
			t.Errorf("%s: %v, %v", c.field, q.Value, err)
		}
	}
}
