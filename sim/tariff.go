package sim

import (
	"fmt"
	"time"
)

// Tariff is the rate of a Price that holds for one request: at a moment, with a
// number of input tokens. What the price list does not state is nil.
type Tariff struct {
	Currency string
	Rate
	CacheWrite *float64
	Source     Source
}

// At chooses the tariff for a request at a moment with inputTokens tokens of
// input, cached and cache-write ones included.
//
// Of the schedule the last entry that holds at the moment counts, and the base
// rate where none does. Tiers and the price of cache writes belong to the base
// rate: where the schedule's entry differs from it they are unknown, and At fails
// with a *FieldError on tiers if one would apply.
func (p *Price) At(moment time.Time, inputTokens float64) (Tariff, error) {
	t := Tariff{Currency: p.Currency, Rate: p.Rate, CacheWrite: p.CacheWrite, Source: Source{Title: p.Source, Date: p.AsOf}}
	base := true
	for i := len(p.Schedule) - 1; i >= 0; i-- {
		s := p.Schedule[i]
		holds, err := s.holds(moment.UTC())
		if err != nil {
			return Tariff{}, within(fmt.Sprintf("schedule[%d]", i), err)
		}
		if holds {
			t.Rate, base = s.Rate, s.Rate.equal(p.Rate)
			break
		}
	}
	if !base {
		t.CacheWrite = nil
	}
	tier := -1
	for i, candidate := range p.Tiers {
		if inputTokens > candidate.Start && (tier < 0 || candidate.Start > p.Tiers[tier].Start) {
			tier = i
		}
	}
	if tier < 0 {
		return t, nil
	}
	if !base {
		return Tariff{}, &FieldError{Field: "tiers", Reason: Unknown, Detail: fmt.Sprintf("not published for %s with %s input tokens", moment.UTC().Format(time.RFC3339), Number(inputTokens))}
	}
	t.Rate = p.Tiers[tier].Rate
	if !t.Rate.equal(p.Rate) {
		t.CacheWrite = nil
	}
	return t, nil
}

// holds reports whether an entry is in force at a moment in UTC. Days and hours
// begin with their first instant; an interval that ends before it begins runs
// over midnight.
func (s PriceSchedule) holds(moment time.Time) (bool, error) {
	if s.StartDate != "" {
		from, err := parseDay(s.StartDate)
		if err != nil {
			return false, &FieldError{Field: "start_date", Reason: Malformed, Detail: s.StartDate}
		}
		if moment.Before(from) {
			return false, nil
		}
	}
	if s.StartTime == "" && s.EndTime == "" {
		return true, nil
	}
	var bounds [2]time.Duration
	for i, text := range []string{s.StartTime, s.EndTime} {
		at, err := time.Parse("15:04:05Z", text)
		if err != nil {
			return false, &FieldError{Field: []string{"start_time", "end_time"}[i], Reason: Malformed, Detail: text}
		}
		bounds[i] = sinceMidnight(at)
	}
	now := sinceMidnight(moment)
	if bounds[0] <= bounds[1] {
		return now >= bounds[0] && now < bounds[1], nil
	}
	return now >= bounds[0] || now < bounds[1], nil
}

// Begins reports whether the entry comes into force after from and before to.
func (s PriceSchedule) Begins(from, to time.Time) bool {
	at, err := parseDay(s.StartDate)
	return s.StartDate != "" && err == nil && at.After(from) && at.Before(to)
}

func sinceMidnight(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute + time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
}

// parseDay reads 2024, 2024-05 or 2024-05-13 as its first instant in UTC.
func parseDay(text string) (t time.Time, err error) {
	for _, layout := range []string{"2006-01-02", "2006-01", "2006"} {
		if t, err = time.Parse(layout, text); err == nil {
			return t, nil
		}
	}
	return t, err
}

func (r Rate) equal(o Rate) bool {
	return equalNumbers(r.Input, o.Input) && equalNumbers(r.Output, o.Output) && equalNumbers(r.CachedInput, o.CachedInput)
}

func equalNumbers(a, b *float64) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// Cost is the bill of requests equal requests at a tariff, as APICost counts it.
// A rate that the use needs and the tariff does not state is a *FieldError;
// tokens that are not cached are never charged at the cache's rate or for
// nothing.
func (t Tariff) Cost(u Usage, requests float64) (Quantity, error) {
	var r Rates
	for _, part := range []struct {
		field  string
		tokens float64
		rate   *float64
		into   *float64
	}{
		{"input", u.Input - u.Cached - u.CacheWrite, t.Input, &r.Input},
		{"cached_input", u.Cached, t.CachedInput, &r.Cached},
		{"cache_write", u.CacheWrite, t.CacheWrite, &r.CacheWrite},
		{"output", u.Output, t.Output, &r.Output},
	} {
		switch {
		case part.rate != nil:
			*part.into = *part.rate
		case part.tokens > 0:
			return Quantity{}, fmt.Errorf("api cost: %w", &FieldError{Field: part.field, Reason: Missing, Detail: "the price is not published"})
		}
	}
	q, err := APICost(r, u, requests)
	if err == nil && t.Source.Title != "" {
		q.Sources = append(q.Sources, t.Source)
	}
	return q, err
}
