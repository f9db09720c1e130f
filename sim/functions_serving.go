package sim

import (
	"fmt"
	"math"
)

var (
	sourceLittle = Source{"Little, A Proof for the Queuing Formula: L = λW", "https://doi.org/10.1287/opre.9.3.383", "1961-06"}
	sourceZipf   = Source{"Breslau et al., Web Caching and Zipf-like Distributions", "https://doi.org/10.1109/INFCOM.1999.749260", "1999-03"}
)

// servingFunctions are those about queues, caches and rulers.
func servingFunctions() map[string]Function {
	return map[string]Function{
		"exact-match": {
			Title: "整串全对的概率", Base: Ratio,
			Params: []Param{decimal("per_token", "每个词元答对的概率", 0, 1), whole("tokens", "答案的词元数", 1, maxAnswer)},
			eval:   func(v values) (Quantity, error) { return ExactMatch(v["per_token"], v["tokens"]) },
		},
		"in-flight": {
			Title: "在途的请求数", Base: Ratio,
			Params: []Param{decimal("arrivals_per_second", "每秒到达的请求数", 0, 1e9), decimal("seconds", "平均逗留时间（秒）", 0, 1e9)},
			eval:   func(v values) (Quantity, error) { return InFlight(v["arrivals_per_second"], v["seconds"]) },
		},
		"queue-tail": {
			Title: "排队时间的分位数", Base: Second,
			Params: []Param{
				decimal("arrivals_per_second", "每秒到达的请求数", 0, 1e9), decimal("service_seconds", "平均处理时间（秒）", 1e-9, 1e6),
				whole("servers", "服务者个数", 1, maxReplicas), decimal("share", "分位（0 到 1）", 0, 1-1e-9),
			},
			eval: func(v values) (Quantity, error) {
				return QueueTail(v["arrivals_per_second"], v["service_seconds"], v["servers"], v["share"])
			},
		},
		"ttl-hit-rate": {
			Title: "限期缓存的命中率", Base: Ratio,
			Params: []Param{decimal("asked_per_hour", "这个问题每小时被问的次数", 0, 1e9), decimal("hours", "答案的有效期（小时）", 0, 1e6)},
			eval:   func(v values) (Quantity, error) { return TTLHitRate(v["asked_per_hour"], v["hours"]) },
		},
		"zipf-hit-rate": {
			Title: "缓存最热的问题，命中率", Base: Ratio,
			Params: []Param{whole("questions", "不同的问题数 N", 1, maxQuestions), whole("cached", "缓存的问题数 C", 0, maxQuestions), decimal("skew", "Zipf 指数 α", 0, 5)},
			eval:   func(v values) (Quantity, error) { return ZipfHitRate(v["questions"], v["cached"], v["skew"]) },
		},
	}
}

// maxQuestions bounds the different questions of a cache.
const maxQuestions = 1e6

// InFlight is how many requests are in a service on average:
//
//	λ · W
//
// whatever the distributions. Source: Little 1961.
func InFlight(arrivalsPerSecond, seconds float64) (Quantity, error) {
	if err := first(checkRange("arrivals_per_second", arrivalsPerSecond, 0, 1e9), checkRange("seconds", seconds, 0, 1e9)); err != nil {
		return Quantity{}, fmt.Errorf("in flight: %w", err)
	}
	return Quantity{
		Name: "平均在途的请求数", Unit: Ratio, Value: arrivalsPerSecond * seconds,
		Formula: "λ · W", Working: product(arrivalsPerSecond, seconds),
		Terms:   []Term{{"λ", "每秒到达的请求数", arrivalsPerSecond, ""}, {"W", "平均逗留时间", seconds, Second}},
		Sources: []Source{sourceLittle},
	}, nil
}

// QueueTail is the wait that a share of the requests stay below, at servers equal
// servers with Poisson arrivals and exponential service times (M/M/c, first in,
// first out):
//
//	max(0, ln(C / (1 − q)) · s / (c − λ · s))   seconds
//
// C is Erlang's probability that a request waits. It fails as QueueWait does.
func QueueTail(arrivalsPerSecond, serviceSeconds, servers, share float64) (Quantity, error) {
	if err := checkRange("share", share, 0, 1-1e-9); err != nil {
		return Quantity{}, fmt.Errorf("queue tail: %w", err)
	}
	mean, err := QueueWait(arrivalsPerSecond, serviceSeconds, servers)
	if err != nil {
		return Quantity{}, fmt.Errorf("queue tail: %w", err)
	}
	load := arrivalsPerSecond * serviceSeconds
	waits := erlangC(load, int(servers))
	value := 0.0
	if waits > 1-share {
		value = math.Log(waits/(1-share)) * serviceSeconds / (servers - load)
	}
	return Quantity{
		Name: Number(share*100) + "% 的请求排队不超过", Unit: Second, Value: value,
		Formula: "max(0, ln(C / (1 − q)) · s / (c − λ · s))",
		Working: "max(0, ln(" + Number(waits) + " / (1 − " + Number(share) + ")) × " + Number(serviceSeconds) + " / (" + Number(servers) + " − " + product(arrivalsPerSecond, serviceSeconds) + "))",
		Terms:   append([]Term{{"q", "分位", share, ""}}, mean.Terms...),
		Sources: mean.Sources,
	}, nil
}

// TTLHitRate is the share of askings of one question that its stored answer
// serves, where an answer counts for hours and the next asking after that stores
// a new one; askings are Poisson:
//
//	λ · T / (1 + λ · T)
func TTLHitRate(askedPerHour, hours float64) (Quantity, error) {
	if err := first(checkRange("asked_per_hour", askedPerHour, 0, 1e9), checkRange("hours", hours, 0, 1e6)); err != nil {
		return Quantity{}, fmt.Errorf("hit rate: %w", err)
	}
	hits := askedPerHour * hours
	return Quantity{
		Name: "命中率", Unit: Ratio, Value: hits / (1 + hits),
		Formula: "λ · T / (1 + λ · T)", Working: product(askedPerHour, hours) + " / (1 + " + product(askedPerHour, hours) + ")",
		Terms: []Term{{"λ", "每小时被问的次数", askedPerHour, ""}, {"T", "答案的有效期（小时）", hours, ""}},
	}, nil
}

// ZipfHitRate is the share of questions that a cache of the cached most frequent
// of all answers, where the i-th is asked in proportion to i^−skew:
//
//	Σ_{i=1..C} i^−α / Σ_{i=1..N} i^−α
//
// Source: Breslau et al. 1999.
func ZipfHitRate(questions, cached, skew float64) (Quantity, error) {
	if err := first(
		checkWhole("questions", questions, 1, maxQuestions),
		checkWhole("cached", cached, 0, questions),
		checkRange("skew", skew, 0, 5),
	); err != nil {
		return Quantity{}, fmt.Errorf("hit rate: %w", err)
	}
	sum, top := powerSum(questions, skew), powerSum(cached, skew)
	n, c, a := Number(questions), Number(cached), Number(skew)
	return Quantity{
		Name: "命中率", Unit: Ratio, Value: top / sum,
		Formula: "Σ_{i=1..C} i^−α / Σ_{i=1..N} i^−α",
		Working: "Σ_{i=1.." + c + "} i^−" + a + " / Σ_{i=1.." + n + "} i^−" + a + " = " + Number(top) + " / " + Number(sum),
		Terms:   []Term{{"N", "不同的问题数", questions, ""}, {"C", "缓存的问题数", cached, ""}, {"α", "Zipf 指数", skew, ""}},
		Sources: []Source{sourceZipf},
	}, nil
}

// powerSum is Σ_{i=1..n} i^−a: term by term up to 1000, and from there by the
// formula of Euler and Maclaurin, whose next term is below 10⁻¹².
func powerSum(n, a float64) float64 {
	const start = 1000
	sum := 0.0
	for i := 1.0; i <= math.Min(n, start); i++ {
		sum += math.Pow(i, -a)
	}
	if n <= start {
		return sum
	}
	integral := math.Log(n / start)
	if a != 1 {
		integral = start * math.Pow(start, -a) * math.Expm1((1-a)*integral) / (1 - a)
	}
	ends := (math.Pow(n, -a) - math.Pow(start, -a)) / 2
	slopes := -a * (math.Pow(n, -a-1) - math.Pow(start, -a-1)) / 12
	return sum + integral + ends + slopes
}
