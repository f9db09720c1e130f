package money

import (
	"fmt"

	"courselab/sim"
)

// Route is a service that asks a large model everything, and what is done about
// its bill, one thing after the other.
type Route struct {
	Small, Large sim.Tariff // in one currency
	Use          sim.Usage  // of one question
	Questions    float64    // a month
	// Runaway are calls a month that nobody wanted: a loop gone wrong.
	Runaway float64

	// CutInput and CutOutput are tokens that are taken off each question; CutLoss is
	// the share of questions that are answered wrong for it and were right before.
	CutInput, CutOutput, CutLoss float64

	Classes           []Class
	Catch, FalseAlarm float64
	Check             float64 // price of one look of the checker

	// Quota stops runaway calls, and Refused, a share of the questions, with them.
	Quota   bool
	Refused float64

	// Failure is what one wrong or refused answer costs.
	Failure float64
}

// Step is the service after one more measure.
type Step struct {
	Name         string // Chinese
	PerQuestion  float64
	Calls        float64 // a month, wanted or not
	Bill         sim.Quantity
	Right        float64 // share of the questions that are answered, and right
	FailureBill  float64
	TotalBill    float64
	Left         float64 // Bill as a share of the first step's
	Escalated    float64
	WrongPerStep float64 // more wrong answers a month than at the step before
}

func (r *Route) check() error {
	if r.Small.Currency != r.Large.Currency {
		return &sim.FieldError{Field: "currency", Reason: sim.OutOfRange, Detail: fmt.Sprintf("%s and %s", r.Small.Currency, r.Large.Currency)}
	}
	if err := sim.First(
		sim.CheckWhole("questions", r.Questions, 1, maxRequests), sim.CheckWhole("runaway", r.Runaway, 0, maxRequests),
		sim.CheckWhole("cut_input", r.CutInput, 0, max(0, r.Use.Input-r.Use.Cached-r.Use.CacheWrite)), sim.CheckWhole("cut_output", r.CutOutput, 0, r.Use.Output),
		sim.CheckRange("cut_loss", r.CutLoss, 0, 1), sim.CheckRange("refused", r.Refused, 0, 1), sim.CheckRange("failure", r.Failure, 0, maxPrice),
	); err != nil {
		return err
	}
	return nil
}

// cascade is the cascade with the prices of a use.
func (r *Route) cascade(u sim.Usage) (*Cascade, error) {
	price := func(place string, t sim.Tariff) (float64, error) {
		q, err := t.Cost(u, 1)
		return q.Value, sim.Within(place, err)
	}
	small, err := price("small", r.Small)
	if err != nil {
		return nil, err
	}
	large, err := price("large", r.Large)
	if err != nil {
		return nil, err
	}
	c := &Cascade{Classes: r.Classes, Catch: r.Catch, FalseAlarm: r.FalseAlarm, Small: small, Large: large, Check: r.Check}
	return c, c.check()
}

// Cascade is the cascade after the cuts.
func (r *Route) Cascade() (*Cascade, error) {
	if err := r.check(); err != nil {
		return nil, fmt.Errorf("route: %w", err)
	}
	u := r.Use
	u.Input, u.Output = u.Input-r.CutInput, u.Output-r.CutOutput
	c, err := r.cascade(u)
	if err != nil {
		return nil, fmt.Errorf("route: %w", err)
	}
	return c, nil
}

// Steps applies the measures in turn: quota, shorter input, shorter output,
// cascade. Each works on the bill that the ones before have left, so savings
// multiply and never add up:
//
//	bill = calls · price of one question
func (r *Route) Steps() ([]Step, error) {
	after, err := r.Cascade()
	if err != nil {
		return nil, err
	}
	whole, err := r.cascade(r.Use)
	if err != nil {
		return nil, fmt.Errorf("route: %w", err)
	}
	shorter := r.Use
	shorter.Input -= r.CutInput
	middle, err := r.cascade(shorter)
	if err != nil {
		return nil, fmt.Errorf("route: %w", err)
	}
	alone := whole.rightBy(large)
	calls, served := r.Questions+r.Runaway, 1.0
	steps := []Step{r.step("全用大模型", whole.Large, calls, alone, 1)}
	if r.Quota {
		calls, served = r.Questions*(1-r.Refused), 1-r.Refused
		steps = append(steps, r.step("配额", whole.Large, calls, alone*served, 1))
	}
	kept := 1 - r.CutLoss
	if r.CutInput > 0 {
		steps = append(steps, r.step("精简提示词", middle.Large, calls, alone*served*kept, 1))
	}
	if r.CutOutput > 0 {
		steps = append(steps, r.step("精简输出", after.Large, calls, alone*served*kept, 1))
	}
	if r.CutInput == 0 && r.CutOutput == 0 {
		kept = 1
	}
	o := after.run()
	last := r.step("级联", o.Price.Value, calls, o.Right.Value*served*kept, o.Escalated)
	last.Bill.Terms = append(last.Bill.Terms, o.Price.Terms...)
	steps = append(steps, last)
	for i := range steps {
		steps[i].Left = 1
		if first := steps[0].Bill.Value; first > 0 {
			steps[i].Left = steps[i].Bill.Value / first
		}
		if i > 0 {
			steps[i].WrongPerStep = (steps[i-1].Right - steps[i].Right) * r.Questions
		}
	}
	return steps, nil
}

func (r *Route) step(name string, price, calls, right, escalated float64) Step {
	s := Step{Name: name, PerQuestion: price, Calls: calls, Right: right, Escalated: escalated, FailureBill: (1 - right) * r.Questions * r.Failure}
	s.Bill = sim.Quantity{
		Name: "每月账单", Unit: sim.Currency, Value: calls * price, Formula: "n · p", Working: product(calls, price),
		Terms: []sim.Term{term("n", "每月调用", calls, ""), term("p", "每次的价钱", price, sim.Currency)},
	}
	s.TotalBill = s.Bill.Value + s.FailureBill
	return s
}
