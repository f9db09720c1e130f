package money

import (
	"fmt"
	"math"

	"courselab/sim"
)

// OwnPlan is hardware of one's own. All money is in one currency, of the asker's
// assumptions.
type OwnPlan struct {
	Servers  float64
	Purchase Purchase // of one server
	// Life is the number of months that the price is spread over; Residual is the share
	// of it that the hardware still fetches then.
	Life, Residual float64
	// Rebuy has the hardware bought again at the same price after every Life; else it is
	// used on.
	Rebuy bool

	BusyWatts, IdleWatts float64 // of one whole server
	// Utilisation is the share of the time in which it is busy.
	Utilisation float64
	PUE         float64
	PricePerKWh float64

	Upkeep float64 // a year, as a share of the purchase
	Staff  float64 // full-time people
	Wage   float64 // of one a month, everything included
	Space  float64 // of one server a month
	Link   float64 // network connection a month, all servers

	// Loan is the share of the purchase that is borrowed, at Interest a year, paid back
	// in LoanMonths equal instalments.
	Loan, Interest, LoanMonths float64
}

// Purchase is a server's price by part.
type Purchase struct {
	GPU, Memory, Storage, Network, Rest float64
}

func (p Purchase) total() float64 { return p.GPU + p.Memory + p.Storage + p.Network + p.Rest }

func (p *OwnPlan) check() error {
	if err := sim.First(
		sim.CheckWhole("servers", p.Servers, 1, maxUnits),
		sim.CheckRange("purchase.gpu", p.Purchase.GPU, 0, maxMoney), sim.CheckRange("purchase.memory", p.Purchase.Memory, 0, maxMoney),
		sim.CheckRange("purchase.storage", p.Purchase.Storage, 0, maxMoney), sim.CheckRange("purchase.network", p.Purchase.Network, 0, maxMoney),
		sim.CheckRange("purchase.rest", p.Purchase.Rest, 0, maxMoney),
		sim.CheckWhole("life", p.Life, 1, 600), sim.CheckRange("residual", p.Residual, 0, 1),
		sim.CheckRange("busy_watts", p.BusyWatts, 0, 1e9), sim.CheckRange("idle_watts", p.IdleWatts, 0, p.BusyWatts),
		sim.CheckRange("utilisation", p.Utilisation, 0, 1),
		sim.CheckRange("pue", p.PUE, 1, 10), sim.CheckRange("price_per_kwh", p.PricePerKWh, 0, maxPrice),
		sim.CheckRange("upkeep", p.Upkeep, 0, 10), sim.CheckRange("staff", p.Staff, 0, 1e6), sim.CheckRange("wage", p.Wage, 0, maxMoney),
		sim.CheckRange("space", p.Space, 0, maxMoney), sim.CheckRange("link", p.Link, 0, maxMoney),
		sim.CheckRange("loan", p.Loan, 0, 1), sim.CheckRange("interest", p.Interest, 0, 10),
	); err != nil {
		return err
	}
	if p.Loan > 0 {
		return sim.CheckWhole("loan_months", p.LoanMonths, 1, 600)
	}
	return nil
}

func (p *OwnPlan) capex() float64 { return p.Servers * p.Purchase.total() }

// Buying is what all servers cost to buy:
//
//	n · (K_gpu + K_mem + K_sto + K_net + K_rest)
func (p *OwnPlan) Buying() (sim.Quantity, error) {
	if err := p.check(); err != nil {
		return sim.Quantity{}, fmt.Errorf("purchase: %w", err)
	}
	b := p.Purchase
	return sim.Quantity{
		Name: "采购", Unit: sim.Currency, Value: p.capex(),
		Formula: "n · (K_gpu + K_mem + K_sto + K_net + K_rest)",
		Working: sim.Number(p.Servers) + " × (" + sim.Number(b.GPU) + " + " + sim.Number(b.Memory) + " + " + sim.Number(b.Storage) + " + " + sim.Number(b.Network) + " + " + sim.Number(b.Rest) + ")",
		Terms: []sim.Term{
			term("n", "服务器台数", p.Servers, ""), term("K_gpu", "GPU（假设）", b.GPU, sim.Currency), term("K_mem", "内存（假设）", b.Memory, sim.Currency),
			term("K_sto", "存储（假设）", b.Storage, sim.Currency), term("K_net", "网络设备（假设）", b.Network, sim.Currency), term("K_rest", "整机其余（假设）", b.Rest, sim.Currency),
		},
	}, nil
}

// watts is the power that all servers draw on the average:
//
//	n · (u · P_busy + (1 − u) · P_idle)
func (p *OwnPlan) watts() float64 {
	return p.Servers * (p.Utilisation*p.BusyWatts + (1-p.Utilisation)*p.IdleWatts)
}

// Running is the cash that a month takes, by part: electricity, upkeep, people,
// space and network. Depreciation is not among them, which would count the
// purchase twice; nor is the loan.
//
//	n · (u · P_busy + (1 − u) · P_idle) / 1000 · PUE · 730 · p
//	K · w / 12
//	S · L
//	n · s
func (p *OwnPlan) Running() (parts []sim.Quantity, sum sim.Quantity, err error) {
	if err := p.check(); err != nil {
		return nil, sim.Quantity{}, fmt.Errorf("running costs: %w", err)
	}
	power, err := sim.Electricity(p.watts(), p.PUE, p.PricePerKWh, HoursPerMonth)
	if err != nil {
		return nil, sim.Quantity{}, fmt.Errorf("running costs: %w", err)
	}
	power.Formula = "n · (u · P_busy + (1 − u) · P_idle) / 1000 · PUE · 730 · p"
	power.Working = sim.Number(p.Servers) + " × (" + product(p.Utilisation, p.BusyWatts) + " + (1 − " + sim.Number(p.Utilisation) + ") × " + sim.Number(p.IdleWatts) +
		") / 1000 × " + product(p.PUE, HoursPerMonth, p.PricePerKWh)
	power.Terms = append([]sim.Term{
		term("n", "服务器台数", p.Servers, ""), term("u", "忙的时间比例", p.Utilisation, ""), term("P_busy", "每台忙时功率", p.BusyWatts, "W"), term("P_idle", "每台闲时功率", p.IdleWatts, "W"),
	}, power.Terms...)
	one := func(name, formula, working string, value float64, terms ...sim.Term) {
		parts = append(parts, sim.Quantity{Name: name, Unit: sim.Currency, Value: value, Formula: formula, Working: working, Terms: terms})
	}
	parts = append(parts, power)
	one("维保", "K · w / 12", product(p.capex(), p.Upkeep)+" / 12", p.capex()*p.Upkeep/12, term("K", "采购", p.capex(), sim.Currency), term("w", "每年维保占采购价（假设）", p.Upkeep, ""))
	one("人力", "S · L", product(p.Staff, p.Wage), p.Staff*p.Wage, term("S", "人数（全职）", p.Staff, ""), term("L", "每人每月全成本（假设）", p.Wage, sim.Currency))
	one("场地", "n · s", product(p.Servers, p.Space), p.Servers*p.Space, term("n", "服务器台数", p.Servers, ""), term("s", "每台每月（假设）", p.Space, sim.Currency))
	one("网络", "每月线路费", sim.Number(p.Link), p.Link, term("N", "每月线路费（假设）", p.Link, sim.Currency))
	return parts, total("每月现金支出", parts), nil
}

// Depreciation spreads the loss of value over the life, in equal parts:
//
//	K · (1 − r) / L
func (p *OwnPlan) Depreciation() (sim.Quantity, error) {
	if err := p.check(); err != nil {
		return sim.Quantity{}, fmt.Errorf("depreciation: %w", err)
	}
	return sim.Quantity{
		Name: "折旧", Unit: sim.Currency, Value: p.capex() * (1 - p.Residual) / p.Life,
		Formula: "K · (1 − r) / L",
		Working: sim.Number(p.capex()) + " × (1 − " + sim.Number(p.Residual) + ") / " + sim.Number(p.Life),
		Terms: []sim.Term{
			term("K", "采购", p.capex(), sim.Currency), term("r", "残值比例", p.Residual, ""), term("L", "折旧月数", p.Life, sim.Month),
		},
	}, nil
}

// Instalment is what the loan takes each month of its term, of equal instalments:
//
//	K · l · i / (1 − (1 + i)^−N), or K · l / N without interest
//
// i is a twelfth of the yearly interest.
func (p *OwnPlan) Instalment() (sim.Quantity, error) {
	if err := p.check(); err != nil {
		return sim.Quantity{}, fmt.Errorf("instalment: %w", err)
	}
	q := sim.Quantity{
		Name: "每月还款", Unit: sim.Currency, Formula: "K · l · i / (1 − (1 + i)^−N)",
		Terms: []sim.Term{
			term("K", "采购", p.capex(), sim.Currency), term("l", "贷款比例", p.Loan, ""), term("i", "月利率", p.Interest/12, ""), term("N", "还款月数", p.LoanMonths, sim.Month),
		},
	}
	if p.Loan == 0 {
		q.Working = "0"
		return q, nil
	}
	principal, i := p.capex()*p.Loan, p.Interest/12
	if i == 0 {
		q.Value, q.Formula = principal/p.LoanMonths, "K · l / N"
		q.Working = product(p.capex(), p.Loan) + " / " + sim.Number(p.LoanMonths)
		return q, nil
	}
	q.Value = principal * i / -math.Expm1(-p.LoanMonths*math.Log1p(i))
	q.Working = product(p.capex(), p.Loan, i) + " / (1 − (1 + " + sim.Number(i) + ")^−" + sim.Number(p.LoanMonths) + ")"
	return q, nil
}

// interests are the interest paid in each month from the first on.
func (p *OwnPlan) interests(months int) []float64 {
	all := make([]float64, months)
	instalment, err := p.Instalment()
	if err != nil || p.Loan == 0 {
		return all
	}
	owed := p.capex() * p.Loan
	for m := 0; m < months && m < int(p.LoanMonths); m++ {
		all[m] = owed * p.Interest / 12
		owed -= instalment.Value - all[m]
	}
	return all
}

// PerMillion is the full cost of a million tokens: running costs and depreciation
// over the tokens of a month.
//
//	(M + D) / (R · (I + O)) · 10⁶
func (p *OwnPlan) PerMillion(tokensPerMonth float64) (sim.Quantity, error) {
	if err := sim.CheckRange("tokens_per_month", tokensPerMonth, 1, 1e18); err != nil {
		return sim.Quantity{}, fmt.Errorf("cost per million tokens: %w", err)
	}
	_, run, err := p.Running()
	if err != nil {
		return sim.Quantity{}, fmt.Errorf("cost per million tokens: %w", err)
	}
	worn, err := p.Depreciation()
	if err != nil {
		return sim.Quantity{}, fmt.Errorf("cost per million tokens: %w", err)
	}
	return sim.Quantity{
		Name: "每百万词元的全成本", Unit: sim.Currency, Value: (run.Value + worn.Value) / tokensPerMonth * million,
		Formula: "(M + D) / n · 10⁶",
		Working: "(" + sim.Number(run.Value) + " + " + sim.Number(worn.Value) + ") / " + sim.Number(tokensPerMonth) + " × 10⁶",
		Terms: []sim.Term{
			term("M", run.Name, run.Value, sim.Currency), term("D", worn.Name, worn.Value, sim.Currency), term("n", "每月词元数", tokensPerMonth, ""),
		},
	}, nil
}
