package money

import (
	"errors"
	"math"
	"testing"

	"courselab/sim"
)

// asTaught is the cascade of the lesson on cost.
func asTaught() *Cascade {
	return &Cascade{Classes: []Class{{"", 1, 0.8, 0.95}}, Catch: 0.8, FalseAlarm: 0.1, Small: 0.00055, Large: 0.011}
}

func TestCascadeOfTheLesson(t *testing.T) {
	o, err := asTaught().Run()
	if err != nil || !near(o.Escalated, 0.24) || !near(o.Right.Value, 0.92) || !near(o.Price.Value, 0.00319) || !near(o.Missed, 0.04) {
		t.Errorf("%+v, %v", o, err)
	}
	// The quiz asks for the same number.
	if q, err := sim.CascadePrice(0.00055, 0.011, 0.8, 0.8, 0.1); err != nil || !near(q.Value, o.Price.Value) {
		t.Errorf("%v, %v; want %v", q.Value, err, o.Price.Value)
	}
	big, err := asTaught().Alone(true)
	if err != nil || big.Right.Value != 0.95 || big.Price.Value != 0.011 {
		t.Errorf("%+v, %v", big, err)
	}
	// Worth it below the price at which three in a hundred right answers cost what is
	// saved.
	if q, err := Worth(o, big); err != nil || !near(q.Value, (0.011-0.00319)/0.03) {
		t.Errorf("%v, %v", q.Value, err)
	}
	if _, err := Worth(big, o); err == nil {
		t.Error("less for more is worth something")
	}
}

// Question by question: every combination of right and wrong with its share.
func TestCascadeAgainstEveryCase(t *testing.T) {
	c := &Cascade{Classes: []Class{{"易", 0.7, 0.9, 0.98}, {"难", 0.3, 0.4, 0.8}}, Catch: 0.7, FalseAlarm: 0.2, Small: 1, Large: 10, Check: 0.1}
	price, right, escalated := 0.0, 0.0, 0.0
	for _, k := range c.Classes {
		for _, small := range []bool{true, false} {
			p := k.Share * k.Small
			handed, rescued := c.FalseAlarm, 1.0
			if !small {
				p, handed, rescued = k.Share*(1-k.Small), c.Catch, (k.Large-k.Small)/(1-k.Small)
			}
			price += p * (c.Small + c.Check + handed*c.Large)
			escalated += p * handed
			right += p * handed * rescued
			if small {
				right += p * (1 - handed)
			}
		}
	}
	o, err := c.Run()
	if err != nil || !near(o.Price.Value, price) || !near(o.Right.Value, right) || !near(o.Escalated, escalated) {
		t.Errorf("%+v, %v; want %v %v %v", o, err, price, right, escalated)
	}
}

func TestSweep(t *testing.T) {
	c := asTaught()
	points, err := c.Sweep(101)
	if err != nil {
		t.Fatal(err)
	}
	first, last := points[0], points[100]
	if !near(first.Right, 0.8) || !near(first.Price, 0.00055) || !near(last.Right, 0.95) || !near(last.Price, 0.01155) {
		t.Errorf("%+v, %+v", first, last)
	}
	closest := math.Inf(1)
	for i, p := range points {
		if i > 0 && (p.Price < points[i-1].Price || p.Right < points[i-1].Right-1e-12) {
			t.Errorf("point %d: %+v after %+v", i, p, points[i-1])
		}
		// The given threshold lies on the curve.
		if d := math.Abs(p.FalseAlarm - 0.1); d < 0.05 {
			closest = min(closest, math.Abs(p.Catch-0.8)-3*d)
		}
	}
	if closest > 0.02 {
		t.Errorf("the curve misses the checker by %v", closest)
	}
	for _, z := range []float64{-3, -0.5, 0, 1, 2.5} {
		if got := normalQuantile(normal(z)); math.Abs(got-z) > 1e-9 {
			t.Errorf("%v comes back as %v", z, got)
		}
	}
}

func route() *Route {
	rate := func(in, out, cached float64) sim.Tariff {
		return sim.Tariff{Currency: "USD", Rate: sim.Rate{Input: number(in), Output: number(out), CachedInput: number(cached)}}
	}
	return &Route{
		Small: rate(0.1, 0.5, 0.01), Large: rate(2, 10, 0.2), Use: sim.Usage{Input: 4000, Output: 300}, Questions: 720000,
		Classes: []Class{{"", 1, 0.8, 0.95}}, Catch: 0.8, FalseAlarm: 0.1, CutInput: 800, CutOutput: 100, Failure: 5,
	}
}

// The lesson's steps, without its caches.
func TestSteps(t *testing.T) {
	r := route()
	steps, err := r.Steps()
	if err != nil || len(steps) != 4 {
		t.Fatal(steps, err)
	}
	for i, want := range []struct{ bill, right float64 }{{7920, 0.95}, {6768, 0.95}, {6048, 0.95}, {720000 * (0.00042 + 0.24*0.0084), 0.92}} {
		if s := steps[i]; !near(s.Bill.Value, want.bill) || !near(s.Right, want.right) || !near(s.TotalBill, want.bill+(1-want.right)*720000*5) || !near(s.Left, want.bill/7920) {
			t.Errorf("%d: %+v, want %+v", i, s, want)
		}
	}
	if w := steps[3].WrongPerStep; !near(w, 21600) {
		t.Errorf("%v more wrong, want 21600", w)
	}
	// Quota: 28 800 calls of a loop are stopped, one question in a hundred with them.
	r = route()
	r.Runaway, r.Quota, r.Refused, r.CutLoss = 28800, true, 0.01, 0.02
	steps, err = r.Steps()
	if err != nil || steps[1].Name != "配额" || !near(steps[0].Bill.Value-steps[1].Bill.Value, 0.011*(28800+7200)) {
		t.Fatalf("%+v, %v", steps, err)
	}
	if got := steps[len(steps)-1].Right; !near(got, 0.92*0.99*0.98) {
		t.Errorf("%v right", got)
	}
	for field, spoil := range map[string]func(*Route){
		"currency": func(r *Route) { r.Small.Currency = "CNY" }, "cut_input": func(r *Route) { r.CutInput = 4001 }, "cut_output": func(r *Route) { r.CutOutput = 301 },
		"classes": func(r *Route) { r.Classes = nil }, "classes[0].large": func(r *Route) { r.Classes[0].Large = 0.7 }, "catch": func(r *Route) { r.Catch = 1.1 },
		"large.output": func(r *Route) { r.Large.Output = nil }, "refused": func(r *Route) { r.Refused = -1 },
	} {
		r := route()
		spoil(r)
		var fault *sim.FieldError
		if _, err := r.Steps(); !errors.As(err, &fault) || fault.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func BenchmarkRoute(b *testing.B) {
	r := route()
	for b.Loop() {
		if _, err := r.Steps(); err != nil {
			b.Fatal(err)
		}
		c, err := r.Cascade()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Sweep(101); err != nil {
			b.Fatal(err)
		}
	}
}
