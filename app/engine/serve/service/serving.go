package service

import (
	"errors"
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/serving"
)

const (
	mainRequests = 3_000 // of the run that is shown in detail
	mainWarmup   = 300
	burstyTimes  = 2 // as many where there are peaks, of which a run must see several
	maxScaled    = 8 // replicas that the autoscaler orders at most
)

var capacities = sheet.Kept[capacityOf, float64]{Most: 8}

// capacityOf is what the greatest throughput depends on.
type capacityOf struct {
	model  *sim.Model
	gpu    *sim.GPU
	values string
}

// service is one question of the lab "serving".
type service struct {
	in       *sheet.Input
	config   serving.Config
	model    *sim.Model
	gpu      *sim.GPU
	recorded bool
	capacity float64 // requests per second; 0 where requests are recorded
	load     float64 // share of it
	price    float64 // a replica and hour
	result   serving.Result
}

// Serving answers the lab "serving": what a load does to the users of a service,
// and what another replica buys.
func Serving(in *sheet.Input) (engine.Sheet, error) {
	s, err := newService(in)
	if err != nil {
		return engine.Sheet{}, err
	}
	if !s.recorded {
		// What the replicas can do at most does not depend on how much they are asked.
		of := capacityOf{s.model, s.gpu, in.Mark("load", "pattern", "peak", "queue", "timeout", "retries", "fail", "scale", "delay", "price")}
		if s.capacity, err = capacities.Get(of, func() (float64, error) { return capacity(in, s.config) }); err != nil {
			return engine.Sheet{}, err
		}
		s.config.Arrivals.Rate = s.load * s.capacity
	}
	if s.result, err = simulate(in, s.config); err != nil {
		return engine.Sheet{}, err
	}
	out, latency := s.sheet(), s.latency()
	in.Partial(with(out, latency))
	// The same again, to watch the requests that come where the queue is longest.
	longest := 0
	for _, p := range s.result.Samples {
		if p.Request >= s.config.Warmup && p.Waiting > longest {
			longest, s.config.Sample = p.Waiting, max(s.config.Warmup, p.Request-shownRequests/2)
		}
	}
	if longest > 0 {
		if s.result, err = simulate(in, s.config); err != nil {
			return engine.Sheet{}, err
		}
	}
	life, err := s.life()
	if err != nil {
		return engine.Sheet{}, err
	}
	available, err := s.availability(false)
	if err != nil {
		return engine.Sheet{}, err
	}
	work := s.work()
	in.Partial(with(out, latency, work, life, available))

	if available, err = s.availability(true); err != nil {
		return engine.Sheet{}, err
	}
	parts := []engine.Part{latency, work, life, available}
	if !s.recorded {
		sweep, err := s.sweep(&out)
		if err != nil {
			return engine.Sheet{}, err
		}
		check, err := s.theory()
		if err != nil {
			return engine.Sheet{}, err
		}
		parts = []engine.Part{latency, sweep, work, life, available, check}
	}
	return with(out, parts...), nil
}

// with returns s with more parts; s itself stays as it is.
func with(s engine.Sheet, parts ...engine.Part) engine.Sheet {
	s.Parts = append(s.Parts[:len(s.Parts):len(s.Parts)], parts...)
	return s
}

func newService(in *sheet.Input) (*service, error) {
	s := &service{in: in, model: in.Model("model"), gpu: in.GPU("gpu"), recorded: in.Text("pattern") == string(serving.Recorded), load: in.Number("load") / 100, price: in.Number("price")}
	precision, err := sim.PrecisionNamed(in.Text("precision"))
	if err != nil {
		in.Fault("precision", "没有这种精度")
	}
	prompt, output, cv := in.Number("prompt"), in.Number("output"), in.Number("cv")
	batch, gpus, chunk, replicas := in.Number("batch"), in.Number("gpus"), in.Number("chunk"), in.Number("replicas")
	c := serving.Config{
		Seed: uint64(in.Number("seed")), Requests: mainRequests, Warmup: mainWarmup,
		Arrivals: serving.Arrivals{Pattern: serving.Pattern(in.Text("pattern"))},
		Balance:  serving.Balance(in.Text("balance")), QueueLimit: int(in.Number("queue")), Timeout: in.Number("timeout"),
		Retry: serving.Retry{Limit: int(in.Number("retries")), Base: 1, Max: 30}, PricePerHour: s.price,
	}
	if c.Arrivals.Pattern == serving.Bursty {
		c.Arrivals.Peak, c.Arrivals.PeakShare, c.Arrivals.Period = in.Number("peak"), 0.2, 300
		c.Requests, c.Warmup = burstyTimes*c.Requests, burstyTimes*c.Warmup
	}
	delay := in.Number("delay")
	if err := in.Err(); err != nil {
		return nil, err
	}
	c.Prompt, c.Output = length(prompt, cv), length(output, cv)
	if s.recorded {
		if err := s.record(&c); err != nil {
			return nil, err
		}
	}
	if in.On("fail") {
		c.Failures = serving.Failures{MTBF: 300, MTTR: 60}
	}
	if in.On("scale") {
		c.Scale = serving.Autoscale{Interval: 10, Target: math.Max(1, batch/2), Delay: delay, Cooldown: 120, Min: 1, Max: maxScaled}
	}
	d := sim.Deployment{Model: s.model, GPU: s.gpu, GPUs: gpus, Precision: precision, KVBits: 16, Context: 1, Batch: 1, Assumptions: sim.UsualAssumptions()}
	d.Chunk = chunk
	r, err := deployed(in, d, int(batch))
	if err != nil {
		return nil, err
	}
	r.Preempt = in.On("preempt")
	if longest := c.Prompt.Max + c.Output.Max; !s.recorded && longest > r.KVTokens {
		in.Faultf("prompt", "最长的请求按平均的 %d 倍算是 %s 词元，缓存只放得下 %s", longest/int(prompt+output), format.Count(float64(longest)), format.Count(float64(r.KVTokens)))
		return nil, in.Err()
	}
	c.Pools = []serving.Pool{{Share: 1, Replicas: int(replicas), Replica: r}}
	s.config = c
	return s, nil
}

// record reads the learner's recording into c.
func (s *service) record(c *serving.Config) error {
	trace, err := serving.ParseTrace(s.in.Text("trace"))
	if err != nil {
		var field *sim.FieldError
		if errors.As(err, &field) {
			s.in.Faultf("trace", "%s 读不懂：每行要有三个数，依次是第几秒、提示词词元、回答词元，按时间先后（%s）", field.Field, field.Detail)
			return s.in.Err()
		}
		return err
	}
	c.Arrivals.Trace, c.Requests, c.Warmup = trace, len(trace), 0
	return nil
}

// sheet says how the run went.
func (s *service) sheet() engine.Sheet {
	r := s.result
	var out engine.Sheet
	served := r.Served()
	first := fmt.Sprintf("一半的请求 %s见到首字，最慢的 1%% 要 %s以上", shown(r.TTFT.P50), shown(r.TTFT.P99))
	switch {
	case r.TTFT.N == 0:
		out.Verdict = engine.Verdict{Tone: engine.Bad, Text: "没有一个请求得到回答。"}
	case served < 0.999:
		out.Verdict = engine.Verdict{Tone: engine.Bad, Text: fmt.Sprintf("只答出 %s 的请求；答出的里面，%s。", format.Ratio(served), first)}
	case r.TTFT.P99 > 10*r.TTFT.P50 && r.TTFT.P99 > 2:
		out.Verdict = engine.Verdict{Tone: engine.Warn, Text: first + "：有人在排长队。"}
	default:
		out.Verdict = engine.Verdict{Tone: engine.Good, Text: first + "。"}
	}
	if !s.recorded {
		out.Verdict.Detail = fmt.Sprintf("负载 %s，每秒 %s 个请求；%d 个副本最多每秒 %s 个。", format.Ratio(s.load), format.Number(rounded(s.config.Arrivals.Rate)), s.config.Pools[0].Replicas, format.Number(rounded(s.capacity)))
	}
	if s.load >= 1 && !s.recorded {
		out.Notes = append(out.Notes, engine.Note{Tone: engine.Warn, Text: fmt.Sprintf("负载到了 100%% 以上，队列只会越来越长：这里的等待是 %s 个请求之内的，再跑下去还会更长。", format.Count(float64(s.config.Requests)))})
	}
	out.Notes = append(out.Notes, engine.Note{Text: "每步时间是屋顶线乘以假设的效率（带宽与算力各 70%），没有计入调度开销；绝对值会有几成的误差，形状可靠。"})
	if s.price > 0 {
		out.Notes = append(out.Notes, engine.Note{Text: "副本的价格是假设，请换成自己的。"})
	}
	return out
}

// latency is what the clients see.
func (s *service) latency() engine.Part {
	r := s.result
	first, each := "首词元算出的时刻 − 第一次发出的时刻", "（最后一个词元 − 首词元）÷（词元数 − 1）"
	p := engine.Part{Title: "用户看到的", Quantities: []engine.Quantity{
		sheet.Noted(measured("首字时间，中位数", r.TTFT.P50, first), "平均 %s", plusMinus(r.TTFT)),
		measured("首字时间，95% 的请求不超过", r.TTFT.P95, first),
		measured("首字时间，99% 的请求不超过", r.TTFT.P99, first),
		sheet.Noted(measured("每个词元，中位数", r.TPOT.P50, each), "每秒 %s 个词元", format.Number(rounded(1/r.TPOT.P50))),
		measured("每个词元，99% 的请求不超过", r.TPOT.P99, each),
		measured("整个回答，95% 的请求不超过", r.Total.P95, "最后一个词元的时刻 − 第一次发出的时刻"),
	}}
	m := r.Measured
	total := m[serving.Answered] + m[serving.Refused] + m[serving.TimedOut] + m[serving.Lost]
	served := sim.Quantity{Name: "得到回答的请求", Unit: sim.Ratio, Value: r.Served(), Formula: "答出 ÷（答出 + 被拒绝 + 超时 + 因故障丢失）",
		Working: fmt.Sprintf("%d ÷ %d", m[serving.Answered], total),
		Terms: []sim.Term{{Symbol: "答出", Name: "得到完整回答", Value: float64(m[serving.Answered])}, {Symbol: "拒绝", Name: "没有位置，也不再重试", Value: float64(m[serving.Refused])},
			{Symbol: "超时", Name: "客户端放弃", Value: float64(m[serving.TimedOut])}, {Symbol: "丢失", Name: "副本坏了，也不再重试", Value: float64(m[serving.Lost])}}}
	q := sheet.Quantity(served)
	q.Text = format.Ratio(r.Served())
	p.Quantities = append(p.Quantities, sheet.Noted(q, "重试 %d 次", r.Retries))
	return p
}

// work is what the replicas do.
func (s *service) work() engine.Part {
	r := s.result
	pool := s.config.Pools[0]
	percent := func(name string, v float64, formula, note string) engine.Quantity {
		q := sheet.Quantity(sim.Quantity{Name: name, Unit: sim.Ratio, Value: v, Formula: formula})
		q.Text, q.Note = format.Ratio(v), note
		return q
	}
	inside := sim.Quantity{Name: "平均在途的请求", Value: r.Inside, Formula: "对时间的平均；利特尔定律：λ · W",
		Working: sim.Number(r.Arrivals) + " × " + sim.Number(r.Total.Mean) + " = " + sim.Number(r.Arrivals*r.Total.Mean),
		Terms:   []sim.Term{{Symbol: "λ", Name: "每秒到达的请求", Value: r.Arrivals}, {Symbol: "W", Name: "平均逗留时间", Value: r.Total.Mean, Unit: sim.Second}}}
	p := engine.Part{Title: "机器在做的", Quantities: []engine.Quantity{
		sheet.Noted(sheet.Plain("吞吐", r.Throughput, "次/秒"), "每秒 %s 个词元的回答", format.Count(math.Round(r.TokenRate))),
		percent("忙的时间", r.Utilisation, "有步在算的时间 ÷ 付费的时间", "忙不等于满：只要有一个请求在写，它就在忙"),
		sheet.Noted(sheet.Plain("每步平均的请求", rounded(r.Batch), "个"), "最多 %d 个", pool.Replica.MaxBatch),
		sheet.Noted(percent("缓存用掉", r.KVShare, "缓存中的词元 ÷ 放得下的词元", ""), "放得下 %s 词元，清掉重算 %d 次", format.Count(float64(pool.Replica.KVTokens)), r.Evictions),
		sheet.Quantity(inside),
	}}
	if s.capacity > 0 {
		q := sheet.Quantity(sim.Quantity{Name: "最大吞吐", Unit: "次/秒", Value: rounded(s.capacity), Formula: "让请求积压，量中间五分之三的回答 ÷ 所用的时间",
			Sources: []sim.Source{sourceOrca, sourceSarathi, sourcePaged}})
		p.Quantities = append(p.Quantities, q)
	}
	if s.price > 0 && !math.IsNaN(r.CostPer1000) {
		p.Quantities = append(p.Quantities, sheet.Noted(sheet.Quantity(sim.Quantity{Name: "每千次回答", Unit: "CNY", Value: r.CostPer1000,
			Formula: "副本数 × 每小时价格 ÷ 3600 ÷ 吞吐 × 1000",
			Working: sim.Number(r.Replicas) + " × " + sim.Number(s.price) + " / 3600 / " + sim.Number(r.Throughput) + " × 1000",
			Terms: []sim.Term{{Symbol: "副本数", Name: "付费的副本，对时间的平均", Value: r.Replicas}, {Symbol: "价格", Name: "一个副本每小时（假设）", Value: s.price, Unit: "元"},
				{Symbol: "吞吐", Name: "每秒答出的请求", Value: r.Throughput}}}), "平均 %s 个副本", format.Number(rounded(r.Replicas))))
	}
	return p
}

// rounded keeps three digits: more are noise.
func rounded(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return v
	}
	scale := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-2)
	return math.Round(v/scale) * scale
}
