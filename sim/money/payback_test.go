package money

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"courselab/sim"
)

// lesson is the comparison that the lesson on deployment works out: 60 000 questions a
// day on a server of 200 000.
func lesson(t testing.TB) *Comparison {
	t.Helper()
	return &Comparison{
		Own: ExamplePlan(), API: APIPlan{Price: shipped(t, "qwen3-32b").Price, Requests: 1.8e6, Shapes: one(1500, 0, 0, 300)},
		Exchange: CourseExchange, Currency: "CNY", Start: september, Months: 120,
	}
}

func months(t *testing.T, c *Comparison) *float64 {
	t.Helper()
	q, err := c.Payback()
	var fault *sim.FieldError
	switch {
	case err == nil:
		return &q.Value
	case !errors.As(err, &fault) || fault.Reason != sim.NeverPaysBack || fault.Field != "months":
		t.Fatal(err)
	}
	return nil
}

// The lesson's table, one assumption at a time.
func TestPaybackOfTheLesson(t *testing.T) {
	flash := func(factor float64) func(*Comparison) {
		return func(c *Comparison) {
			c.API.Price = &sim.Price{Currency: "USD", Rate: sim.Rate{Input: number(0.22 * factor), Output: number(0.66 * factor)}, AsOf: "2026", Source: "s"}
		}
	}
	hardware := func(v float64) func(*Comparison) { return func(c *Comparison) { c.Own.Purchase = Purchase{Rest: v} } }
	requests := func(v float64) func(*Comparison) { return func(c *Comparison) { c.API.Requests = v } }
	for _, c := range []struct {
		name   string
		change func(*Comparison)
		want   float64 // 0: never
	}{
		{"base", func(*Comparison) {}, 13.5},
		{"discounted", func(c *Comparison) { c.Discount = 0.05 }, 14.0},
		{"cheap power", func(c *Comparison) { c.Own.PricePerKWh = 0.4 }, 13.0},
		{"dear power", func(c *Comparison) { c.Own.PricePerKWh = 1.2 }, 14.2},
		{"fewer people", func(c *Comparison) { c.Own.Staff = 0.1 }, 11.3},
		{"more people", func(c *Comparison) { c.Own.Staff = 0.5 }, 34.6},
		{"100 000", hardware(100000), 6.6},
		{"500 000", hardware(500000), 37.0},
		{"half the use", requests(0.9e6), 60.4},
		{"half as much again", requests(2.7e6), 7.6},
		{"a third of the use", requests(0.6e6), 0},
		{"half the price", func(c *Comparison) { c.API.BatchShare, c.API.BatchDiscount = 1, 0.5 }, 60.4},
		{"bought again every year", func(c *Comparison) { c.Own.Life, c.Own.Rebuy, c.Months = 12, true, 60 }, 0},
		{"two servers", func(c *Comparison) { c.Own.Servers = 2 }, 31.7},
		{"a cheaper model at its peak", flash(2), 42.9},
		{"a cheaper model", flash(1), 0},
	} {
		own := lesson(t)
		c.change(own)
		got := months(t, own)
		if got == nil && c.want != 0 || got != nil && math.Abs(*got-c.want) > 0.051 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// Where nothing changes from month to month, Payback is sim.Breakeven.
func TestPaybackIsBreakeven(t *testing.T) {
	for _, requests := range []float64{1e6, 1.8e6, 4e6} {
		c := lesson(t)
		c.API.Requests, c.Months = requests, maxMonths
		bill, err := c.API.Month(c.Start)
		if err != nil {
			t.Fatal(err)
		}
		api, err := c.Exchange.Convert(bill.Total.Value, "USD", "CNY")
		if err != nil {
			t.Fatal(err)
		}
		_, running, err := c.Own.Running()
		if err != nil {
			t.Fatal(err)
		}
		want, err := sim.Breakeven(200000, running.Value, api)
		if err != nil {
			t.Fatal(err)
		}
		if got := months(t, c); got == nil || !near(*got, want.Value) {
			t.Errorf("%v requests: %v, want %v", requests, got, want.Value)
		}
		// In dollars it is the same month.
		dollars := *c
		dollars.Currency = "USD"
		for _, v := range []*float64{&dollars.Own.Purchase.GPU, &dollars.Own.Purchase.Memory, &dollars.Own.Purchase.Storage, &dollars.Own.Purchase.Network, &dollars.Own.Purchase.Rest, &dollars.Own.PricePerKWh, &dollars.Own.Wage} {
			*v /= c.Exchange.CNYPerUSD
		}
		if got := months(t, &dollars); got == nil || !near(*got, want.Value) {
			t.Errorf("%v requests in dollars: %v, want %v", requests, got, want.Value)
		}
	}
}

func TestFlows(t *testing.T) {
	c := lesson(t)
	c.Months, c.Own.Life, c.Own.Residual, c.Own.Rebuy = 50, 24, 0.1, true
	c.Own.Loan, c.Own.LoanMonths, c.Own.Interest = 0.5, 10, 0.12
	c.Growth, c.PriceTrend = 0.02, -0.3
	flows, err := c.Flows()
	if err != nil || len(flows) != 51 {
		t.Fatal(len(flows), err)
	}
	_, running, err := c.Own.Running()
	if err != nil {
		t.Fatal(err)
	}
	instalment, err := c.Own.Instalment()
	if err != nil {
		t.Fatal(err)
	}
	// 100 000 at 1 % a month in ten parts; the interest is what is paid above that.
	if want := 100000 * 0.01 / (1 - math.Pow(1.01, -10)); !near(instalment.Value, want) {
		t.Errorf("instalment %v, want %v", instalment.Value, want)
	}
	cash, api := 0.0, 0.0
	for _, f := range flows {
		cash, api = cash+f.Own, api+f.API
	}
	last := flows[50]
	// All is paid by then: twice bought again at nine tenths.
	if want := 200000 + 50*running.Value + 10*instalment.Value - 100000 + 2*180000; !near(cash, want) || !near(last.OwnTotal, want) {
		t.Errorf("cash %v, total %v, want %v", cash, last.OwnTotal, want)
	}
	if !near(last.APITotal, api) {
		t.Errorf("API %v, total %v", api, last.APITotal)
	}
	if flows[0].Own != 100000 || flows[0].OwnTotal != 200000 || flows[25].Own-flows[24].Own != 180000 {
		t.Errorf("%+v, %+v", flows[0], flows[25])
	}
	if want := flows[1].API * math.Pow(1.02, 12) * 0.7; !near(flows[13].API, want) {
		t.Errorf("API in month 13 %v, want %v", flows[13].API, want)
	}
	// Borrowing at no interest changes the cash, not when it pays off.
	plainLoan := lesson(t)
	plainLoan.Own.Loan, plainLoan.Own.Interest = 0.9, 0
	if got := months(t, plainLoan); got == nil || math.Abs(*got-13.537) > 0.01 {
		t.Errorf("with a loan for nothing: %v", got)
	}
}

func TestOwnByHand(t *testing.T) {
	p := ExamplePlan()
	p.Servers, p.BusyWatts, p.IdleWatts, p.Utilisation = 1, 8400, 2000, 0.3
	parts, _, err := p.Running()
	// The lesson on cost: 3.92 kW.
	if err != nil || math.Abs(parts[0].Value-3434) > 0.5 {
		t.Errorf("%v, %v", parts[0].Value, err)
	}
	want, err := sim.Electricity(3920, 1.5, 0.8, 730)
	if err != nil || !near(parts[0].Value, want.Value) {
		t.Errorf("%v, want %v", parts[0].Value, want.Value)
	}
	p = ExamplePlan()
	_, sum, err := p.Running()
	worn, err2 := p.Depreciation()
	if err != nil || err2 != nil || math.Abs(sum.Value-8147) > 0.5 || math.Abs(sum.Value+worn.Value-13703) > 0.5 {
		t.Errorf("%v and %v, %v, %v", sum.Value, worn.Value, err, err2)
	}
	each, err := p.PerMillion(1e9)
	if err != nil || !near(each.Value, (sum.Value+worn.Value)/1000) {
		t.Errorf("%v, %v", each.Value, err)
	}
	for field, spoil := range map[string]func(*OwnPlan){
		"servers": func(p *OwnPlan) { p.Servers = 0 }, "pue": func(p *OwnPlan) { p.PUE = 0.9 }, "idle_watts": func(p *OwnPlan) { p.IdleWatts = 1501 },
		"life": func(p *OwnPlan) { p.Life = 0 }, "loan_months": func(p *OwnPlan) { p.Loan, p.LoanMonths = 0.5, 0 }, "wage": func(p *OwnPlan) { p.Wage = math.Inf(1) },
	} {
		p := ExamplePlan()
		spoil(&p)
		var fault *sim.FieldError
		if _, _, err := p.Running(); !errors.As(err, &fault) || fault.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func running() error { return nil }

// A spread over one input is that input's distribution through the payback, which
// is monotone in it: its quantiles are known.
func TestSpreadOfOneInput(t *testing.T) {
	c := lesson(t)
	c.Months = 60
	r := Range{Hardware, 0.5, 2}
	s, err := c.Spread([]Range{r}, 8000, 7, running)
	if err != nil || s.Paid != 1 {
		t.Fatal(s.Paid, err)
	}
	// The triangle's quantiles: up to its peak a third of the mass.
	inverse := func(p float64) float64 {
		if p < 1.0/3 {
			return 0.5 + math.Sqrt(p*1.5*0.5)
		}
		return 2 - math.Sqrt((1-p)*1.5*1)
	}
	for p, got := range map[float64]*float64{0.1: s.Low, 0.5: s.Median, 0.9: s.High} {
		d := lesson(t)
		d.Own.Purchase = Purchase{Rest: 200000 * inverse(p)}
		want := months(t, d)
		if got == nil || math.Abs(*got / *want - 1) > 0.03 {
			t.Errorf("%v: %v, want %v", p, *got, *want)
		}
	}
	again, err := c.Spread([]Range{r}, 8000, 7, running)
	if err != nil || *again.Median != *s.Median || again.Ahead[30] != s.Ahead[30] {
		t.Error("the same seed spreads differently")
	}
	// Nothing uncertain: every draw is the value itself.
	s, err = c.Spread(nil, 10, 1, running)
	if err != nil || *s.Low != *s.High || *s.Low != *months(t, c) {
		t.Errorf("%+v, %v", s, err)
	}
	flows, err := c.Flows()
	if err != nil {
		t.Fatal(err)
	}
	for m, f := range flows {
		if !near(s.Ahead[m].Median, f.APITotal-f.OwnTotal) {
			t.Errorf("month %d: ahead %v, want %v", m, s.Ahead[m].Median, f.APITotal-f.OwnTotal)
		}
	}
	// A third never, those below 0.9015 of the use: a quantile of them is none.
	c.API.Requests = 1e6
	s, err = c.Spread([]Range{{Traffic, 0.5, 1.5}}, 4000, 3, running)
	if err != nil || s.High != nil || math.Abs(s.Paid-0.68) > 0.03 {
		t.Errorf("%+v, %v", s.Paid, err)
	}
	if _, err := c.Spread(nil, 10, 1, func() error { return context.Canceled }); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// Selected quantiles are those of the sorted list, ties and all.
func TestBandOf(t *testing.T) {
	from := rand.New(rand.NewPCG(5, 5))
	for n := 1; n < 200; n++ {
		values := make([]float64, n)
		for i := range values {
			values[i] = math.Floor(from.Float64() * float64(1+from.IntN(2*n)))
		}
		sorted := slices.Sorted(slices.Values(values))
		want := Band{quantile(sorted, 0.1), quantile(sorted, 0.5), quantile(sorted, 0.9)}
		if got := bandOf(values); got != want {
			t.Errorf("%v: %v, want %v", sorted, got, want)
		}
	}
}

// Each end of each lever is the comparison with that input changed.
func TestLevers(t *testing.T) {
	c := lesson(t)
	all, err := c.Levers([]Range{{PowerPrice, 0.5, 1.5}, {StaffCost, 0.5, 2.5}, {APIPrice, 0.5, 1.1}, {Traffic, 0.5, 1.5}, {Rate, 0.9, 1.1}, {UpkeepRate, 0.5, 2}, {Hardware, 0.5, 2.5}})
	if err != nil {
		t.Fatal(err)
	}
	changed := map[string]func(*Comparison, float64){
		PowerPrice: func(c *Comparison, f float64) { c.Own.PricePerKWh *= f },
		StaffCost:  func(c *Comparison, f float64) { c.Own.Staff *= f },
		APIPrice: func(c *Comparison, f float64) {
			p := *c.API.Price
			p.Rate = sim.Rate{Input: number(*p.Input * f), Output: number(*p.Output * f)}
			c.API.Price = &p
		},
		Traffic:    func(c *Comparison, f float64) { c.API.Requests *= f },
		Rate:       func(c *Comparison, f float64) { c.Exchange.CNYPerUSD *= f },
		UpkeepRate: func(c *Comparison, f float64) { c.Own.Upkeep *= f },
		Hardware:   func(c *Comparison, f float64) { c.Own.Purchase = Purchase{Rest: 200000 * f} },
	}
	last := math.Inf(1)
	for _, l := range all {
		for by, got := range map[float64]*float64{l.Low: l.AtLow, l.High: l.AtHigh} {
			d := lesson(t)
			changed[l.Input](d, by)
			want := months(t, d)
			if (got == nil) != (want == nil) || got != nil && !near(*got, *want) {
				t.Errorf("%s × %v: %v, want %v", l.Input, by, got, want)
			}
		}
		if l.AtLow == nil || l.AtHigh == nil {
			continue
		}
		if span := math.Abs(*l.AtHigh - *l.AtLow); span > last {
			t.Errorf("%s stands after less", l.Input)
		} else {
			last = span
		}
	}
	if first := all[0].Input; first != APIPrice && first != Traffic {
		t.Errorf("%s moves it most, want price or traffic", first)
	}
	var fault *sim.FieldError
	for field, r := range map[string][]Range{
		"ranges[0].input": {{"weather", 0.5, 2}}, "ranges[1].input": {{Traffic, 0.5, 2}, {Traffic, 0.5, 2}}, "ranges[0].low": {{Traffic, 1.5, 2}}, "ranges[0].high": {{Traffic, 0.5, 0.9}},
	} {
		if _, err := c.Levers(r); !errors.As(err, &fault) || fault.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// The lesson's table of the syllabus's own ranges.
func TestClaims(t *testing.T) {
	all, err := ClaimedPaybacks()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{120, 11, 33, 0} {
		got := all[i].Months
		if got == nil && want != 0 || got != nil && math.Abs(*got-want) > 0.5 {
			t.Errorf("%s: %v, want %v", all[i].Name, got, want)
		}
	}
	checks, err := lesson(t).Claims()
	if err != nil || len(checks) != 3 {
		t.Fatal(checks, err)
	}
	for i, want := range []struct {
		value  float64
		inside bool
	}{{200000, true}, {1314, true}, {22922, false}} {
		if c := checks[i]; math.Abs(c.Value.Value-want.value) > 1 || c.Inside != want.inside {
			t.Errorf("%s: %v %v, want %v", c.ID, c.Value.Value, c.Inside, want)
		}
	}
}

func TestComparisonFaultsAreNamed(t *testing.T) {
	for field, spoil := range map[string]func(*Comparison){
		"months":      func(c *Comparison) { c.Months = 0 },
		"growth":      func(c *Comparison) { c.Growth = 2 },
		"discount":    func(c *Comparison) { c.Discount = -1 },
		"cny_per_usd": func(c *Comparison) { c.Exchange.CNYPerUSD = 0 },
		"price":       func(c *Comparison) { c.API.Price = nil },
		"currency":    func(c *Comparison) { c.Currency = "EUR" },
		"servers":     func(c *Comparison) { c.Own.Servers = 0 },
	} {
		c := lesson(t)
		spoil(c)
		var fault *sim.FieldError
		if _, err := c.Payback(); !errors.As(err, &fault) || fault.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func BenchmarkSpread(b *testing.B) {
	c := lesson(b)
	c.Months = 60
	for b.Loop() {
		if _, err := c.Spread(UsualRanges(), 10000, 1, running); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPaybackWithHours(b *testing.B) {
	c := lesson(b)
	c.API.Price, c.Months = shipped(b, "deepseek-v4-flash").Price, 60
	for b.Loop() {
		if _, err := c.Flows(); err != nil {
			b.Fatal(err)
		}
	}
}
