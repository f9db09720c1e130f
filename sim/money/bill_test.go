package money

import (
	"errors"
	"math"
	"os"
	"sync"
	"testing"
	"time"

	"courselab/sim"
)

func number(v float64) *float64 { return &v }

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-9*math.Max(1, math.Abs(want)) }

var shippedModels = sync.OnceValues(func() (*sim.Catalogue, error) {
	text, err := os.ReadFile("../../lessons/content/data/models.json")
	if err != nil {
		return nil, err
	}
	return sim.ParseCatalogue(text)
})

func shipped(t testing.TB, id string) *sim.Model {
	t.Helper()
	c, err := shippedModels()
	if err != nil {
		t.Fatal(err)
	}
	m, ok := c.Find(id)
	if !ok {
		t.Fatalf("no %s", id)
	}
	return m
}

var september = time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)

func flat() *sim.Price {
	return &sim.Price{Currency: "USD", Rate: sim.Rate{Input: number(2), Output: number(10), CachedInput: number(0.5)}, CacheWrite: number(3), AsOf: "2026", Source: "s"}
}

func one(in, cached, written, out float64) []Shape {
	return []Shape{{Share: 1, Usage: sim.Usage{Input: in, Cached: cached, CacheWrite: written, Output: out}}}
}

func TestBillByHand(t *testing.T) {
	tiered := flat()
	tiered.Tiers = []sim.PriceTier{{Start: 5000, Rate: sim.Rate{Input: number(4), Output: number(20), CachedInput: number(1)}}}
	peak := flat()
	// Twice as dear from 1 to 4 o'clock.
	peak.Schedule = []sim.PriceSchedule{{StartTime: "01:00:00Z", EndTime: "04:00:00Z", Rate: sim.Rate{Input: number(4), Output: number(20), CachedInput: number(1)}}}
	dated := flat()
	// Free of charge from the 16th on: half of September.
	dated.Schedule = []sim.PriceSchedule{{StartDate: "2026-09-16", Rate: sim.Rate{Input: number(0), Output: number(0), CachedInput: number(0)}}}
	night := &[24]float64{2: 3, 12: 1}
	each := (2000*2 + 1000*0.5 + 1000*3 + 500*10) / 1e6 // 0.0125
	simple := (4000*2 + 500*10) / 1e6                   // 0.013
	for _, c := range []struct {
		name string
		plan APIPlan
		want float64
	}{
		// Cached and written tokens are part of the 4000.
		{"one kind", APIPlan{Price: flat(), Requests: 1000, Shapes: one(4000, 1000, 1000, 500)}, 1000 * each},
		{"two kinds", APIPlan{Price: tiered, Requests: 1000, Shapes: []Shape{{0.9, sim.Usage{Input: 4000, Output: 500}}, {0.1, sim.Usage{Input: 6000, Output: 500}}}},
			1000 * (0.9*simple + 0.1*(6000*4+500*20)/1e6)},
		{"every hour alike", APIPlan{Price: peak, Requests: 24000, Shapes: one(4000, 0, 0, 500)}, 24000 * simple * 27 / 24},
		{"three in four at night", APIPlan{Price: peak, Requests: 1000, Hours: night, Shapes: one(4000, 0, 0, 500)}, 1000 * simple * 1.75},
		{"from a day on", APIPlan{Price: dated, Requests: 1000, Shapes: one(4000, 0, 0, 500)}, 500 * simple},
		{"batch", APIPlan{Price: flat(), Requests: 1000, Shapes: one(4000, 0, 0, 500), BatchShare: 0.4, BatchDiscount: 0.5}, 1000 * simple * 0.8},
		{"priority", APIPlan{Price: flat(), Requests: 1000, Shapes: one(4000, 0, 0, 500), ServiceFees: ServiceFees{PriorityShare: 0.2, PriorityFactor: 2.5}}, 1000 * simple * 1.3},
		// 2 units of 3 an hour; 9 GB of 0.1 a day; 900 thousand calls at 2.5 (as in the
		// lesson on cost); 0.1 million tokens held at 4.5 an hour.
		{"fees", APIPlan{Price: flat(), Shapes: one(0, 0, 0, 0), ServiceFees: ServiceFees{ReservedUnits: 2, ReservedHourly: 3}}, 4380},
		{"files", APIPlan{Price: flat(), Shapes: one(0, 0, 0, 0), ServiceFees: ServiceFees{StoredGB: 10, FreeGB: 1, StoredDaily: 0.1}}, 27.375},
		{"files within what is free", APIPlan{Price: flat(), Shapes: one(0, 0, 0, 0), ServiceFees: ServiceFees{StoredGB: 1, FreeGB: 1, StoredDaily: 0.1}}, 0},
		{"retrieval", APIPlan{Price: flat(), Shapes: one(0, 0, 0, 0), ServiceFees: ServiceFees{RetrievalCalls: 900000, RetrievalPrice: 2.5}}, 2250},
		{"a cache kept", APIPlan{Price: flat(), Shapes: one(0, 0, 0, 0), ServiceFees: ServiceFees{HeldTokens: 0.1, HeldHourly: 4.5}}, 328.5},
	} {
		b, err := c.plan.Month(september)
		if err != nil || !near(b.Total.Value, c.want) || b.Currency != "USD" {
			t.Errorf("%s: %v %s, %v; want %v", c.name, b.Total.Value, b.Currency, err, c.want)
			continue
		}
		sum := 0.0
		for _, p := range b.Parts() {
			sum += p.Value
			if p.Formula == "" || p.Working == "" || len(p.Terms) == 0 {
				t.Errorf("%s: %s does not explain itself", c.name, p.Name)
			}
		}
		if !near(sum, b.Total.Value) {
			t.Errorf("%s: parts add up to %v, total %v", c.name, sum, b.Total.Value)
		}
	}
}

// A bill of equal requests is what the tariff of the moment says, for every priced
// model of the catalogue whose price does not depend on the hour.
func TestBillIsTheTariffs(t *testing.T) {
	c, err := shippedModels()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range c.Models {
		if m.Price == nil || m.Price.CachedInput == nil {
			continue
		}
		hourly := false
		for _, s := range m.Price.Schedule {
			hourly = hourly || s.StartTime != ""
		}
		u := sim.Usage{Input: 250000, Cached: 1000, Output: 300}
		tariff, err := m.Price.At(september, u.Input)
		if err != nil || hourly {
			continue
		}
		want, err := tariff.Cost(u, 1000)
		if err != nil {
			continue
		}
		b, err := (&APIPlan{Price: m.Price, Requests: 1000, Shapes: one(u.Input, u.Cached, 0, u.Output)}).Month(september)
		if err != nil || !near(b.Total.Value, want.Value) {
			t.Errorf("%s: %v, %v; want %v", m.ID, b.Total.Value, err, want.Value)
		}
	}
}

// The lesson: traffic that is even over the day pays 1 + 7/24 of the price off
// peak.
func TestPeakHoursOfTheLesson(t *testing.T) {
	p := APIPlan{Price: shipped(t, "deepseek-v4-flash").Price, Requests: 900000, Shapes: one(4000, 0, 0, 300)}
	b, err := p.Month(september)
	if want := 900000 * 0.001078 * (1 + 7.0/24); err != nil || !near(b.Total.Value, want) {
		t.Errorf("%v, %v; want %v", b.Total.Value, err, want)
	}
	// Seven in ten at the seven peak hours.
	p.Hours = new([24]float64)
	for h := range p.Hours {
		p.Hours[h] = 0.3 / 17
		if h >= 1 && h < 4 || h >= 6 && h < 10 {
			p.Hours[h] = 0.7 / 7
		}
	}
	if b, err = p.Month(september); err != nil || math.Abs(b.Total.Value-1649) > 1 {
		t.Errorf("%v, %v; want about 1649", b.Total.Value, err)
	}
}

func TestBillFaultsAreNamed(t *testing.T) {
	for field, spoil := range map[string]func(*APIPlan){
		"price":                   func(p *APIPlan) { p.Price = nil },
		"requests":                func(p *APIPlan) { p.Requests = 1.5 },
		"shapes":                  func(p *APIPlan) { p.Shapes = nil },
		"shapes[0].share":         func(p *APIPlan) { p.Shapes[0].Share = 2 },
		"shapes[0].cached_tokens": func(p *APIPlan) { p.Shapes[0].Cached = 5000 },
		"shapes[0].cached_input":  func(p *APIPlan) { p.Price.CachedInput = nil },
		"hours":                   func(p *APIPlan) { p.Hours = new([24]float64) },
		"hours[3]":                func(p *APIPlan) { p.Hours = &[24]float64{3: -1} },
		"batch_share":             func(p *APIPlan) { p.BatchShare, p.PriorityShare, p.PriorityFactor = 0.6, 0.6, 2 },
		"priority_factor":         func(p *APIPlan) { p.PriorityShare = 0.1 },
		"stored_gb":               func(p *APIPlan) { p.StoredGB = math.NaN() },
	} {
		p := APIPlan{Price: flat(), Requests: 10, Shapes: one(4000, 100, 0, 500)}
		spoil(&p)
		var fault *sim.FieldError
		if b, err := p.Month(september); !errors.As(err, &fault) || fault.Field != field || b.Total.Value != 0 {
			t.Errorf("%s: %v, %v", field, b.Total.Value, err)
		}
	}
}

func TestExchange(t *testing.T) {
	if err := CourseExchange.Check(); err != nil {
		t.Fatal(err)
	}
	if v, err := CourseExchange.Convert(3402, "USD", "CNY"); err != nil || math.Abs(v-22922) > 1 {
		t.Errorf("%v, %v", v, err)
	}
	if v, err := CourseExchange.Convert(67.379, "CNY", "USD"); err != nil || !near(v, 10) {
		t.Errorf("%v, %v", v, err)
	}
	if v, err := (Exchange{}).Convert(3, "CNY", "CNY"); err != nil || v != 3 {
		t.Errorf("%v, %v", v, err)
	}
	for field, e := range map[string]Exchange{
		"cny_per_usd": {Source: sim.Source{Date: "2026"}}, "exchange_date": {CNYPerUSD: 7},
	} {
		var fault *sim.FieldError
		if _, err := e.Convert(1, "USD", "CNY"); !errors.As(err, &fault) || fault.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if _, err := CourseExchange.Convert(1, "EUR", "CNY"); err == nil {
		t.Error("euros are converted")
	}
}
