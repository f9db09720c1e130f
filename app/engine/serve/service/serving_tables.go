package service

import (
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/serving"
)

const hoursPerYear = 8760

// availability lists what more replicas buy, in closed form and, where simulated,
// over many failures.
func (s *service) availability(simulated bool) (engine.Part, error) {
	present := s.config.Pools[0].Replicas
	needed := present
	if !s.recorded {
		needed = max(1, min(present, int(math.Ceil(float64(present)*s.load-1e-9))))
	}
	f := serving.Fleet{Seed: s.config.Seed, MTBF: s.in.Number("mtbf"), MTTR: s.in.Number("mttr")}
	if times := s.in.Number("common"); times > 0 {
		f.CommonMTBF, f.CommonMTTR = hoursPerYear/times, f.MTTR
	}
	each := f.MTBF / (f.MTBF + f.MTTR)
	table := engine.FactTable{
		Title:   "多一个副本买到多少可用性",
		Columns: sheet.Columns("副本", "公式", "每年停机", "模拟", "每月多付（元）"),
		Text: fmt.Sprintf("现在的负载要 %d 个副本同时在才扛得住（副本数 × 负载，进一）。每个副本的可用性是 %s ÷ (%s + %s) = %s。",
			needed, format.Number(f.MTBF), format.Number(f.MTBF), format.Number(f.MTTR), format.Ratio(each)),
	}
	var shownQuantity engine.Quantity
	for i, n := range []int{needed, needed + 1, needed + 2} {
		f.Present, f.Needed = n, needed
		// Twenty thousand failures, however rare one is.
		f.Hours = 20_000 * (f.MTBF + f.MTTR) / float64(n)
		if !simulated {
			f.Hours = 1
		}
		r, err := serving.RunFleet(s.in.Context, f)
		if err != nil {
			return engine.Part{}, err
		}
		if err := s.in.Pause(); err != nil {
			return engine.Part{}, err
		}
		q := r.Independent
		q.Value = r.Exact
		if r.Common < 1 {
			q.Formula += " · a_c"
			q.Working += " × " + sim.Number(r.Common)
			q.Terms = append(q.Terms, sim.Term{Symbol: "a_c", Name: "不一起坏的时间", Value: r.Common})
		}
		if i == 1 {
			shownQuantity = sheet.Quantity(q)
			shownQuantity.Name = "N+1 的可用性"
			shownQuantity.Text = nines(r.Exact)
		}
		seen := "正在模拟……"
		if simulated {
			seen = fmt.Sprintf("%s ± %s", nines(r.Simulated), nines(r.HalfWidth))
		}
		name := fmt.Sprintf("%d 个，要 %d 个（N+%d）", n, needed, i)
		if i == 0 {
			name = fmt.Sprintf("%d 个，要 %d 个（没有富余）", n, needed)
		}
		cells := []string{name, nines(r.Exact), format.Value((1-r.Exact)*hoursPerYear*3600, "s"), seen, format.Number(math.Round(float64(n-needed) * s.price * hoursPerYear / 12))}
		table.Rows = append(table.Rows, sheet.Table("", nil, cells).Rows[0])
	}
	part := engine.Part{Title: "可用性", Quantities: []engine.Quantity{shownQuantity}, Tables: []engine.FactTable{table}}
	if f.CommonMTBF == 0 {
		part.Text = "公式假设各副本独立，是上限；停电、坏版本会让它们一起坏：在“上限、重试与故障”里给它一个次数，再看最后一行。"
	}
	return part, nil
}

// nines writes a share with as many decimals as tell it from one.
func nines(v float64) string {
	missing := math.Min(v, 1-v)
	if v >= 1 || v <= 0 || missing < 1e-12 {
		return format.Ratio(v)
	}
	decimals := max(1, min(8, int(-math.Floor(math.Log10(missing)))))
	return format.Fixed(v*100, decimals) + "%"
}

// theory runs the same simulator on the service that queueing theory has a
// formula for.
func (s *service) theory() (engine.Part, error) {
	load := math.Min(math.Max(s.load, 0.1), 0.9)
	table := engine.FactTable{
		Title:   "同一个模拟器，对照排队论",
		Columns: sheet.Columns("服务者", "平均排队，公式（秒）", "平均排队，模拟（秒）", "95% 不超过，公式（秒）", "95% 不超过，模拟（秒）"),
		Text: fmt.Sprintf("把副本换成“一次一个、平均 %s 秒、指数分布、共用一条队”，负载 %s：这正是 M/M/c，有 Erlang（1917）的公式。± 是 95%% 置信区间的一半；接近满载时它很宽。",
			format.Number(classicSeconds), format.Ratio(load)),
	}
	for i, n := range []int{1, 4, 8} {
		if err := s.in.Progress("对照排队论", float64(i), 3, "组"); err != nil {
			return engine.Part{}, err
		}
		c := classic(n)
		c.Seed, c.Requests, c.Warmup = s.config.Seed, 12_000, 1_200
		c.Arrivals = serving.Arrivals{Pattern: serving.Poisson, Rate: load * float64(n) / classicSeconds}
		r, err := simulate(s.in, c)
		if err != nil {
			return engine.Part{}, err
		}
		mean, err := sim.QueueWait(c.Arrivals.Rate, classicSeconds, float64(n))
		if err != nil {
			return engine.Part{}, err
		}
		tail, err := sim.QueueTail(c.Arrivals.Rate, classicSeconds, float64(n), 0.95)
		if err != nil {
			return engine.Part{}, err
		}
		table.Rows = append(table.Rows, sheet.Table("", nil, []string{format.Number(float64(n)), decimals(mean.Value, 3),
			decimals(r.Wait.Mean, 3) + " ± " + decimals(r.Wait.HalfWidth, 3), decimals(tail.Value, 2), decimals(r.Wait.P95, 2)}).Rows[0])
	}
	return engine.Part{Title: "模拟可信吗", Tables: []engine.FactTable{table}}, nil
}
