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

const (
	variantRequests = 24_000 // of each way that is compared, one at a time
	variantWarmup   = 2_400
)

// variant is one way of putting the same load.
type variant struct {
	name   string
	config serving.Config
	result serving.Result
	// theory is the mean wait in closed form, where there is one.
	theory *sim.Quantity
}

// architecture is one comparison of the lab.
type architecture struct {
	in       *sheet.Input
	replicas int
	single   bool // one request at a time, as in queueing theory
	load     float64
	base     serving.Config // what all variants have in common
	variants []variant
}

// Architecture answers the lab "architecture": the same requests and machines
// in several ways.
func Architecture(in *sheet.Input) (engine.Sheet, error) {
	a := &architecture{in: in, replicas: int(in.Number("replicas")), single: in.Text("service") == "single", load: in.Number("load") / 100}
	seed := in.Number("seed")
	scenarios := map[string]func(*architecture) scenario{"balance": balanceScenario, "async": asyncScenario, "hotcold": hotColdScenario, "edge": edgeScenario}
	build := scenarios[in.Text("scenario")]
	if build == nil {
		in.Fault("scenario", "没有这个场景")
	}
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	a.base = classic(a.replicas)
	if !a.single {
		a.base = batching(a.replicas)
	}
	a.base.Seed, a.base.Requests, a.base.Warmup = uint64(seed), variantRequests, variantWarmup
	if !a.single { // steps cost more than queues
		a.base.Requests, a.base.Warmup = variantRequests/8, variantWarmup/8
	}
	top, err := float64(a.replicas)/classicSeconds, error(nil)
	if !a.single {
		if top, err = capacity(in, a.base); err != nil {
			return engine.Sheet{}, err
		}
	}
	a.base.Arrivals = serving.Arrivals{Pattern: serving.Poisson, Rate: a.load * top}
	s := build(a)
	if err := in.Err(); err != nil {
		return engine.Sheet{}, err
	}
	a.variants = s.variants
	for i := range a.variants {
		if err := in.Progress("逐种接法模拟", float64(i), float64(len(a.variants)), "种"); err != nil {
			return engine.Sheet{}, err
		}
		if a.variants[i].result, err = simulate(in, a.variants[i].config); err != nil {
			return engine.Sheet{}, err
		}
	}
	return s.sheet(a)
}

// batching is a service with continuous batches: an 8B model on a card with
// 1008 GB/s and 165 TFLOPS, in round numbers of the lesson: 16 GB of weights,
// 128 KB of cache a token, 70 % of both reached.
func batching(replicas int) serving.Config {
	const (
		weights, cache    = 16e9, 131072.0 // bytes, and bytes a token
		bandwidth, rate   = 0.7 * 1008e9, 0.7 * 165e12
		perToken, perPair = 2 * 8e9, 2 * 2 * 4096 * 32.0
	)
	step := func(s serving.Step) float64 {
		moving := (weights + cache*(s.Context+s.Prefill)) / bandwidth
		computing := (perToken*(s.Prefill+s.Decodes) + perPair*(s.Pairs+s.Context)) / rate
		return math.Max(moving, computing)
	}
	return serving.Config{
		Prompt: length(800, 1), Output: length(250, 1),
		Pools:   []serving.Pool{{Share: 1, Replicas: replicas, Replica: serving.Replica{Step: step, MaxBatch: 64, KVTokens: 42_000, Chunk: 2048}}},
		Balance: serving.LeastLoaded,
	}
}

// scenario is a comparison ready to run, and how it is read.
type scenario struct {
	title    string
	variants []variant
	columns  []column
	// verdict reads the results.
	verdict func(a *architecture) engine.Verdict
	answer  func(a *architecture) (answer, because string)
	notes   []string
	bars    func(r serving.Result) (value float64, what string) // what the figure compares
}

// column is one of the table's.
type column struct {
	name string
	text func(v *variant) string
}

// The columns that scenarios choose from.
var (
	meanWait   = column{"平均排队（秒）", func(v *variant) string { return decimals(v.result.Wait.Mean, 3) + half(v.result.Wait) }}
	theoryWait = column{"公式（秒）", func(v *variant) string {
		if v.theory == nil {
			return "—"
		}
		return decimals(v.theory.Value, 3)
	}}
	firstP50  = column{"首字 p50（秒）", func(v *variant) string { return decimals(v.result.TTFT.P50, 3) }}
	firstP95  = column{"首字 p95（秒）", func(v *variant) string { return decimals(v.result.TTFT.P95, 3) }}
	firstP99  = column{"首字 p99（秒）", func(v *variant) string { return decimals(v.result.TTFT.P99, 3) }}
	totalP95  = column{"整个回答 p95（秒）", func(v *variant) string { return decimals(v.result.Total.P95, 2) }}
	answered  = column{"得到回答（%）", func(v *variant) string { return decimals(v.result.Served()*100, 2) }}
	refused   = column{"被拒绝（个）", func(v *variant) string { return fmt.Sprint(v.result.Measured[serving.Refused]) }}
	timedOut  = column{"超时（个）", func(v *variant) string { return fmt.Sprint(v.result.Measured[serving.TimedOut]) }}
	busy      = column{"忙（%）", func(v *variant) string { return decimals(v.result.Utilisation*100, 1) }}
	found     = column{"已装好或已算过（%）", func(v *variant) string { return decimals(v.result.Reuse*100, 1) }}
	urgent    = column{"急的，首字 p95（秒）", func(v *variant) string { return decimals(v.result.UrgentTTFT.P95, 2) }}
	postponed = column{"可拖后的，首字 p95（秒）", func(v *variant) string { return dashed(decimals(v.result.DeferrableTTFT.P95, 2)) }}
	rate      = column{"答出（次/秒）", func(v *variant) string { return decimals(v.result.Throughput, 3) }}
)

func dashed(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func half(s serving.Summary) string {
	if math.IsNaN(s.HalfWidth) {
		return ""
	}
	return " ± " + decimals(s.HalfWidth, 3)
}

// sheet lists the variants beside one another.
func (s scenario) sheet(a *architecture) (engine.Sheet, error) {
	var out engine.Sheet
	out.Verdict = s.verdict(a)
	out.Verdict.Detail = fmt.Sprintf("各种接法用同一串请求：每秒 %s 个，负载 %s，%d 个副本。", format.Number(rounded(a.base.Arrivals.Rate)), format.Ratio(a.load), a.replicas)
	if s.answer != nil && a.single {
		out.Answer, out.Because = s.answer(a)
	} else {
		out.Because = "这个问题问的是“负载均衡”那个场景，一次一个。"
	}
	if a.single {
		s.notes = append(s.notes, "一次一个时，首字与整个回答一起到：这里的“首字时间”就是排队加处理。")
	}
	for _, n := range s.notes {
		out.Notes = append(out.Notes, engine.Note{Text: n})
	}
	if a.load >= 1 {
		out.Notes = append(out.Notes, engine.Note{Tone: engine.Warn, Text: "负载到了 100% 以上，没有上限的队列只会越来越长，等待取决于模拟多久。"})
	}
	names := []string{"接法"}
	for _, c := range s.columns {
		names = append(names, c.name)
	}
	table := engine.FactTable{Title: s.title, Columns: sheet.Columns(names...)}
	for i := range a.variants {
		cells := []string{a.variants[i].name}
		for _, c := range s.columns {
			cells = append(cells, dashed(c.text(&a.variants[i])))
		}
		table.Rows = append(table.Rows, sheet.Table("", nil, cells).Rows[0])
	}
	figure, err := s.draw(a)
	if err != nil {
		return engine.Sheet{}, err
	}
	out.Parts = []engine.Part{{Title: s.title, Figures: figure, Tables: []engine.FactTable{table}, Quantities: theories(a.variants)}}
	return out, nil
}

// theories are the closed forms that the table compares with, to be opened.
func theories(all []variant) []engine.Quantity {
	var out []engine.Quantity
	for _, v := range all {
		if v.theory != nil {
			q := sheet.Quantity(*v.theory)
			q.Name = v.name + "：平均排队（公式）"
			out = append(out, q)
		}
	}
	return out
}
