package service

import (
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/serving"
)

// balanceScenario gives the same requests to the replicas in several ways.
func balanceScenario(a *architecture) scenario {
	s := scenario{title: "怎样分给副本", columns: []column{meanWait, theoryWait, firstP50, firstP95, firstP99, busy}}
	names := []struct {
		of   serving.Balance
		name string
	}{
		{serving.Random, "随机，各排各的队"}, {serving.RoundRobin, "轮询"}, {serving.TwoChoices, "随机挑两个，选闲的"},
		{serving.LeastLoaded, "请求最少的"}, {serving.SharedQueue, "共用一条队"}, {serving.PrefixAware, "按前缀，太忙再换"},
	}
	if a.single {
		names = names[:5]
		s.notes = append(s.notes, "一次一个、指数分布：随机分就是几个独立的 M/M/1，共用一条队就是 M/M/c，两者有公式（Erlang 1917）；中间几种只能模拟。")
	} else {
		s.columns = append(s.columns, found)
		a.base.Groups = serving.Groups{Count: int(a.in.Number("groups")), Skew: 0.8, Prefix: int(a.in.Number("prefix"))}
		a.base.Pools[0].Replica.Keeps = int(a.in.Number("keeps"))
		if longest := a.base.Prompt.Max + a.base.Output.Max + a.base.Groups.Prefix; longest > a.base.Pools[0].Replica.KVTokens {
			a.in.Fault("prefix", "加上最长的请求，缓存放不下")
		}
		// The load is of a service whose every prefix is computed.
		top, err := capacity(a.in, without(a.base))
		if err != nil {
			a.in.Fault("prefix", err.Error())
		}
		a.base.Arrivals.Rate = a.load * top
		s.notes = append(s.notes, fmt.Sprintf("每个请求前面都有 %d 个词元的共同前缀；副本记得最近 %d 个会话的前缀，记得的不必再算。前缀占的显存没有计入。负载按“一个前缀也不记得”时的最大吞吐算。", a.base.Groups.Prefix, a.base.Pools[0].Replica.Keeps))
	}
	for _, n := range names {
		v := variant{name: n.name, config: a.base}
		v.config.Balance = n.of
		if a.single {
			v.theory = classicWait(n.of, a.base.Arrivals.Rate, a.replicas)
		}
		s.variants = append(s.variants, v)
	}
	s.verdict = func(a *architecture) engine.Verdict {
		all := a.variants
		if a.single {
			return engine.Verdict{Text: fmt.Sprintf("平均排队：随机分 %s，共用一条队 %s。机器与流量都没变。", shown(all[0].result.Wait.Mean), shown(all[4].result.Wait.Mean))}
		}
		return engine.Verdict{Text: fmt.Sprintf("首字的 p95：随机分 %s，请求最少的 %s，按前缀 %s；按前缀时 %s 的前缀不必再算。",
			shown(all[0].result.TTFT.P95), shown(all[3].result.TTFT.P95), shown(all[5].result.TTFT.P95), format.Ratio(all[5].result.Reuse))}
	}
	s.answer = func(a *architecture) (string, string) {
		random, shared := a.variants[0].result.Wait.Mean, a.variants[4].result.Wait.Mean
		because := fmt.Sprintf("随机分平均排 %s，共用一条队 %s，是 %s。", shown(random), shown(shared), format.Ratio(shared/random))
		switch {
		case shared > 0.7*random:
			return "same", because
		case shared > random/3:
			return "half", because
		}
		return "fifth", because
	}
	s.bars = func(r serving.Result) (float64, string) { return r.TTFT.P95, "首字 p95" }
	return s
}

// without is a service that keeps no prefix.
func without(c serving.Config) serving.Config {
	c.Pools = append([]serving.Pool(nil), c.Pools...)
	c.Pools[0].Replica.Keeps = 0
	return c
}

// classicWait is the mean wait in closed form, nil where there is none.
func classicWait(b serving.Balance, rate float64, replicas int) *sim.Quantity {
	servers := 0.0
	switch b {
	case serving.Random:
		rate, servers = rate/float64(replicas), 1
	case serving.SharedQueue:
		servers = float64(replicas)
	default:
		return nil
	}
	q, err := sim.QueueWait(rate, classicSeconds, servers)
	if err != nil { // above 100 % the queue grows without end
		return nil
	}
	return &q
}

// asyncScenario has peaks that a synchronous front refuses and a queue keeps.
func asyncScenario(a *architecture) scenario {
	peak, connections, timeout := a.in.Number("peak"), int(a.in.Number("connections")), a.in.Number("timeout")
	a.base.Arrivals.Pattern, a.base.Arrivals.Peak, a.base.Arrivals.PeakShare, a.base.Arrivals.Period = serving.Bursty, peak, 0.2, 300
	a.base.Deferrable = a.in.Number("deferrable") / 100
	sync := a.base
	sync.Deferrable, sync.Connections, sync.Timeout, sync.Retry = 0, connections, timeout, serving.Retry{}
	retry := sync
	retry.Retry = serving.Retry{Limit: 3, Base: 1, Max: 8}
	wide := sync
	wide.Connections = 0
	async := a.base
	async.Deferrable = 0
	s := scenario{
		title:   "同步还是异步",
		columns: []column{answered, refused, timedOut, firstP50, urgent, postponed, rate, busy},
		variants: []variant{
			{name: fmt.Sprintf("同步，最多 %d 个连接，%s 秒超时", connections, format.Number(timeout)), config: sync},
			{name: "同上，被拒绝的重试三次", config: retry},
			{name: fmt.Sprintf("同步，连接不限，%s 秒超时", format.Number(timeout)), config: wide},
			{name: "异步：进队列，答好再通知", config: async},
			{name: fmt.Sprintf("异步，%s 的请求可以拖后", format.Ratio(a.base.Deferrable)), config: a.base},
		},
		notes: []string{"高峰占五分之一的时间，一峰一谷平均 5 分钟；平均负载不变。异步没有超时，也没有丢弃：现实里队列要有长度、期限与丢弃的规则。"},
		bars:  func(r serving.Result) (float64, string) { return r.UrgentTTFT.P95, "急的请求，首字 p95" },
	}
	s.verdict = func(a *architecture) engine.Verdict {
		first, last := a.variants[0].result, a.variants[4].result
		tone := engine.Plain
		if first.Served() < 0.99 {
			tone = engine.Warn
		}
		return engine.Verdict{Tone: tone, Text: fmt.Sprintf("同步答出 %s，异步答出 %s；代价是等：异步时首字的 p95 是 %s，把可拖后的放到后面，急的那部分是 %s。",
			format.Ratio(first.Served()), format.Ratio(last.Served()), shown(a.variants[3].result.TTFT.P95), shown(last.UrgentTTFT.P95))}
	}
	return s
}

// hotColdScenario has many fine-tuned models, of which a replica keeps few.
func hotColdScenario(a *architecture) scenario {
	models, keeps := int(a.in.Number("models")), int(a.in.Number("resident"))
	a.base.Groups = serving.Groups{Count: models, Skew: a.in.Number("skew"), Load: a.in.Number("loading")}
	a.base.Pools[0].Replica.Keeps = keeps
	mixed, sticky := a.base, a.base
	mixed.Balance = serving.LeastLoaded
	sticky.Balance = serving.PrefixAware
	// The hot replicas are as many as leave at least one for the rest; they hold
	// the models that fit without exchange.
	hot := max(1, a.replicas/2)
	split := a.base
	split.Balance = serving.PrefixAware
	warm := a.base.Pools[0]
	cold := warm
	warm.Name, warm.Replicas, warm.Take, warm.Share = "热", hot, min(keeps, models-1), 0
	cold.Name, cold.Replicas, cold.Take, cold.Share = "冷", a.replicas-hot, models-warm.Take, 0
	split.Pools = []serving.Pool{warm, cold}
	lora := a.base
	lora.Groups.Load = 0
	lora.Balance = serving.LeastLoaded
	s := scenario{
		title:   "很多个微调模型，怎样放",
		columns: []column{found, firstP50, firstP95, firstP99, totalP95, busy},
		variants: []variant{
			{name: "混放，给最闲的副本", config: mixed},
			{name: "给已经装好的副本，太忙再换", config: sticky},
			{name: fmt.Sprintf("冷热分开：%d 个副本专管最热的 %d 个", hot, warm.Take), config: split},
			{name: "LoRA：共用底座，不用换装", config: lora},
		},
		notes: []string{
			"换装时这个副本上的请求都停着等。负载按“从不换装”时的最大吞吐算，所以换装越多，实际越接近满载。",
			"LoRA 那一行假设适配器全部常驻、没有额外开销（20 个秩 16 的适配器共 0.27 GB，见课文）。",
		},
		bars: func(r serving.Result) (float64, string) { return r.TTFT.P95, "首字 p95" },
	}
	s.verdict = func(a *architecture) engine.Verdict {
		all := a.variants
		best := 0
		for i := range all[:3] {
			if all[i].result.TTFT.P95 < all[best].result.TTFT.P95 {
				best = i
			}
		}
		return engine.Verdict{Text: fmt.Sprintf("首字的 p95：混放 %s，冷热分开 %s，LoRA %s。不改模型时最好的是“%s”。",
			shown(all[0].result.TTFT.P95), shown(all[2].result.TTFT.P95), shown(all[3].result.TTFT.P95), all[best].name)}
	}
	return s
}

// edgeScenario puts the replicas together, or apart and near.
func edgeScenario(a *architecture) scenario {
	sites := int(a.in.Number("sites"))
	far, near := a.in.Number("far")/1e3, a.in.Number("near")/1e3
	if a.replicas < sites {
		a.in.Faultf("sites", "只有 %d 个副本，每处至少要一个", a.replicas)
		return scenario{}
	}
	centre := a.base
	centre.Balance = serving.SharedQueue
	centre.Pools = []serving.Pool{centre.Pools[0]}
	centre.Pools[0].RoundTrip = far
	apart := func(extra int) serving.Config {
		c := a.base
		c.Balance, c.Pools = serving.SharedQueue, nil
		for i := range sites {
			p := a.base.Pools[0]
			p.Name, p.RoundTrip, p.Share = fmt.Sprintf("第 %d 处", i+1), near, 1/float64(sites)
			p.Replicas = a.replicas/sites + extra
			if i < a.replicas%sites {
				p.Replicas++
			}
			c.Pools = append(c.Pools, p)
		}
		return c
	}
	s := scenario{
		title:   "集中还是放到边缘",
		columns: []column{meanWait, theoryWait, firstP50, firstP95, firstP99, totalP95, busy, {"副本（个）", func(v *variant) string { return decimals(v.result.Replicas, 0) }}},
		variants: []variant{
			{name: fmt.Sprintf("集中，往返 %s", shown(far)), config: centre},
			{name: fmt.Sprintf("拆到 %d 处，往返 %s", sites, shown(near)), config: apart(0)},
			{name: "拆开，每处再加一台", config: apart(1)},
		},
		notes: []string{"每处的用户只用自己那一处，流量平均分。往返时间只加一次：流式返回时首字之后的词元接连到达。"},
		bars:  func(r serving.Result) (float64, string) { return r.TTFT.P95, "首字 p95" },
	}
	if a.single && a.replicas%sites == 0 {
		s.variants[0].theory = classicWait(serving.SharedQueue, a.base.Arrivals.Rate, a.replicas)
		s.variants[1].theory = classicWait(serving.SharedQueue, a.base.Arrivals.Rate/float64(sites), a.replicas/sites)
		s.variants[2].theory = classicWait(serving.SharedQueue, a.base.Arrivals.Rate/float64(sites), a.replicas/sites+1)
	}
	s.verdict = func(a *architecture) engine.Verdict {
		one, many := a.variants[0].result, a.variants[1].result
		saved, lost := far-near, many.Wait.Mean-one.Wait.Mean
		if math.IsNaN(lost) || lost <= saved {
			return engine.Verdict{Tone: engine.Good, Text: fmt.Sprintf("拆开后路上省 %s，平均排队多 %s：这里近处划算。", shown(saved), shown(math.Max(0, lost)))}
		}
		return engine.Verdict{Tone: engine.Warn, Text: fmt.Sprintf("拆开后路上省 %s，平均排队却多 %s：容量拆散了不能互补。", shown(saved), shown(lost))}
	}
	return s
}
