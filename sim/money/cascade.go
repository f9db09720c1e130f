package money

import (
	"fmt"
	"math"

	"courselab/sim"
)

// Cascade asks a small model first and a large one where a checker takes the small
// one's answer for wrong.
type Cascade struct {
	Classes []Class
	// Catch is the share of the small model's wrong answers that the checker hands on,
	// FalseAlarm the share of its right ones that it hands on too.
	Catch, FalseAlarm float64
	// Small, Large and Check are the prices of one question, all in one currency.
	Small, Large, Check float64
}

// Class is one kind of questions.
type Class struct {
	Name  string
	Share float64 // of all questions
	// Small and Large are the shares that each model answers right. What the small one
	// can do the large one can do too: Large is no less than Small.
	Small, Large float64
}

func (c *Cascade) check() error {
	if len(c.Classes) == 0 || len(c.Classes) > maxShapes {
		return &sim.FieldError{Field: "classes", Reason: sim.OutOfRange, Detail: fmt.Sprintf("%d, want 1 to %d", len(c.Classes), maxShapes)}
	}
	total := 0.0
	for i, k := range c.Classes {
		if err := sim.First(sim.CheckRange("share", k.Share, 0, 1), sim.CheckRange("small", k.Small, 0, 1), sim.CheckRange("large", k.Large, k.Small, 1)); err != nil {
			return sim.Within(fmt.Sprintf("classes[%d]", i), err)
		}
		total += k.Share
	}
	if math.Abs(total-1) > 1e-9 {
		return &sim.FieldError{Field: "classes", Reason: sim.OutOfRange, Detail: "shares add up to " + sim.Number(total) + ", want 1"}
	}
	return sim.First(
		sim.CheckRange("catch", c.Catch, 0, 1), sim.CheckRange("false_alarm", c.FalseAlarm, 0, 1),
		sim.CheckRange("small_price", c.Small, 0, maxPrice), sim.CheckRange("large_price", c.Large, 0, maxPrice), sim.CheckRange("check_price", c.Check, 0, maxPrice),
	)
}

// Outcome is what becomes of the questions.
type Outcome struct {
	Price     sim.Quantity // of one question
	Right     sim.Quantity // share answered right
	Escalated float64      // share that the large model sees
	// Missed is the share that is wrong and that the checker lets through.
	Missed float64
}

// rightBy is the share of questions that a model answers right.
func (c *Cascade) rightBy(of func(Class) float64) float64 {
	sum := 0.0
	for _, k := range c.Classes {
		sum += k.Share * of(k)
	}
	return sum
}

func small(k Class) float64 { return k.Small }
func large(k Class) float64 { return k.Large }

// Alone is one of the models by itself: the large one, or the small one without a
// checker.
func (c *Cascade) Alone(big bool) (Outcome, error) {
	if err := c.check(); err != nil {
		return Outcome{}, fmt.Errorf("one model: %w", err)
	}
	price, right, name, escalated := c.Small, c.rightBy(small), "小模型", 0.0
	if big {
		price, right, name, escalated = c.Large, c.rightBy(large), "大模型", 1.0
	}
	return Outcome{
		Price: sim.Quantity{Name: "每问的价钱", Unit: sim.Currency, Value: price, Formula: "p", Working: sim.Number(price), Terms: []sim.Term{term("p", name+"每问", price, sim.Currency)}},
		Right: sim.Quantity{Name: "答对的比例", Unit: sim.Ratio, Value: right, Formula: "Σ q · a", Working: sim.Number(right),
			Terms: []sim.Term{term("a", name+"答对的比例，按题目难易加权", right, "")}},
		Escalated: escalated, Missed: 1 - right,
	}, nil
}

// Run is the cascade. With the share s right by the small model:
//
//	escalated e = (1 − s) · c + s · f
//	price       = p_s + p_c + e · p_l
//	right       = s + c · (l − s)
//
// over the classes: a right answer that is handed on stays right, since the large
// model can do what the small one can; of the wrong ones that are handed on, it
// rescues (l − s) / (1 − s).
func (c *Cascade) Run() (Outcome, error) {
	if err := c.check(); err != nil {
		return Outcome{}, fmt.Errorf("cascade: %w", err)
	}
	return c.run(), nil
}

func (c *Cascade) run() Outcome {
	s, l := c.rightBy(small), c.rightBy(large)
	escalated := (1-s)*c.Catch + s*c.FalseAlarm
	return Outcome{
		Escalated: escalated, Missed: (1 - s) * (1 - c.Catch),
		Price: sim.Quantity{
			Name: "每问的价钱", Unit: sim.Currency, Value: c.Small + c.Check + escalated*c.Large,
			Formula: "p_s + p_c + ((1 − s) · c + s · f) · p_l",
			Working: sim.Number(c.Small) + " + " + sim.Number(c.Check) + " + ((1 − " + sim.Number(s) + ") × " + sim.Number(c.Catch) + " + " + product(s, c.FalseAlarm) + ") × " + sim.Number(c.Large),
			Terms: []sim.Term{
				term("p_s", "小模型每问", c.Small, sim.Currency), term("p_c", "检查器每问", c.Check, sim.Currency), term("p_l", "大模型每问", c.Large, sim.Currency),
				term("s", "小模型答对的比例", s, ""), term("c", "检查器抓出的错", c.Catch, ""), term("f", "检查器误报的对", c.FalseAlarm, ""),
			},
		},
		Right: sim.Quantity{
			Name: "答对的比例", Unit: sim.Ratio, Value: s + c.Catch*(l-s),
			Formula: "s + c · (l − s)", Working: sim.Number(s) + " + " + sim.Number(c.Catch) + " × (" + sim.Number(l) + " − " + sim.Number(s) + ")",
			Terms: []sim.Term{
				term("s", "小模型答对的比例", s, ""), term("l", "大模型答对的比例", l, ""), term("c", "检查器抓出的错", c.Catch, ""),
			},
		},
	}
}

// SweepPoint is the cascade with the checker at another threshold.
type SweepPoint struct {
	Catch, FalseAlarm float64
	Escalated         float64
	Price, Right      float64
}

// Sweep moves the checker's threshold from handing on nothing to handing on
// everything, in n points. The checker is taken to be as good at every threshold
// as at its own: its scores for right and wrong answers are two normal
// distributions of equal width, d′ apart, which the given Catch and FalseAlarm fix:
//
//	d′ = Φ⁻¹(c) − Φ⁻¹(f)
//
// Source: signal detection theory, Green and Swets 1966.
func (c *Cascade) Sweep(n int) ([]SweepPoint, error) {
	if err := sim.First(c.check(), sim.CheckWhole("points", float64(n), 2, 1000)); err != nil {
		return nil, fmt.Errorf("sweep: %w", err)
	}
	inside := func(p float64) float64 { return min(max(p, 1e-4), 1-1e-4) }
	apart := normalQuantile(inside(c.Catch)) - normalQuantile(inside(c.FalseAlarm))
	points := make([]SweepPoint, n)
	for i := range points {
		at := *c
		switch i {
		case 0:
			at.Catch, at.FalseAlarm = 0, 0
		case n - 1:
			at.Catch, at.FalseAlarm = 1, 1
		default:
			at.FalseAlarm = normal(-4 - apart + (8+apart)*float64(i)/float64(n-1))
			at.Catch = normal(normalQuantile(at.FalseAlarm) + apart)
		}
		o := at.run()
		points[i] = SweepPoint{Catch: at.Catch, FalseAlarm: at.FalseAlarm, Escalated: o.Escalated, Price: o.Price.Value, Right: o.Right.Value}
	}
	return points, nil
}

func normal(z float64) float64         { return math.Erfc(-z/math.Sqrt2) / 2 }
func normalQuantile(p float64) float64 { return -math.Sqrt2 * math.Erfcinv(2*p) }

// Worth is the cost of a wrong answer above which the outcome that is dearer and
// more often right is the better one:
//
//	(p₂ − p₁) / (a₂ − a₁)
//
// It fails with a *sim.FieldError where the dearer one is not more often right.
func Worth(cheap, dear Outcome) (sim.Quantity, error) {
	price, right := dear.Price.Value-cheap.Price.Value, dear.Right.Value-cheap.Right.Value
	if price < 0 || right <= 0 {
		return sim.Quantity{}, fmt.Errorf("worth of a right answer: %w", &sim.FieldError{Field: "right", Reason: sim.OutOfRange,
			Detail: "the dearer way is right no more often"})
	}
	return sim.Quantity{
		Name: "失败费的分界线", Unit: sim.Currency, Value: price / right, Formula: "(p₂ − p₁) / (a₂ − a₁)",
		Working: "(" + sim.Number(dear.Price.Value) + " − " + sim.Number(cheap.Price.Value) + ") / (" + sim.Number(dear.Right.Value) + " − " + sim.Number(cheap.Right.Value) + ")",
		Terms: []sim.Term{
			term("p₂ − p₁", "每问贵多少", price, sim.Currency), term("a₂ − a₁", "多答对的比例", right, ""),
		},
	}, nil
}
