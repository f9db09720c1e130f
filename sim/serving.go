package sim

import (
	"fmt"
	"math"
)

// maxReplicas bounds replicas and servers; sums run over them.
const maxReplicas = 10000

// Availability is the probability that at least needed of present replicas are
// up, each up with probability each, independently of the others:
//
//	Σ_{i=k..n} C(n, i) · a^i · (1 − a)^(n−i)
//
// Replicas that fail together (one rack, one bad release) make it worse. It is
// the binomial distribution.
func Availability(each, needed, present float64) (Quantity, error) {
	if err := first(
		checkRange("availability", each, 0, 1),
		checkWhole("needed", needed, 1, maxReplicas),
		checkWhole("present", present, 1, maxReplicas),
	); err != nil {
		return Quantity{}, fmt.Errorf("availability: %w", err)
	}
	if needed > present {
		return Quantity{}, fmt.Errorf("availability: %w", &FieldError{Field: "needed", Reason: OutOfRange,
			Detail: fmt.Sprintf("%s of %s replicas", Number(needed), Number(present))})
	}
	return Quantity{
		Name: "可用性", Unit: Ratio,
		Value:   binomialAtLeast(each, int(needed), int(present)),
		Formula: "Σ_{i=k..n} C(n, i) · a^i · (1 − a)^(n−i)",
		Working: fmt.Sprintf("Σ_{i=%d..%d} C(%d, i) × %s^i × (1 − %s)^(%d−i)", int(needed), int(present), int(present), Number(each), Number(each), int(present)),
		Terms: []Term{
			{"a", "每个副本的可用性", each, ""}, {"k", "至少要有几个副本", needed, ""}, {"n", "共有几个副本", present, ""},
		},
	}, nil
}

// binomialAtLeast adds the shorter tail, so that neither 1 − 10⁻¹² nor 10⁻¹²
// is lost in rounding more than its own representation loses.
func binomialAtLeast(p float64, k, n int) float64 {
	switch p {
	case 0:
		return 0
	case 1:
		return 1
	}
	term := func(i int) float64 {
		a, _ := math.Lgamma(float64(n + 1))
		b, _ := math.Lgamma(float64(i + 1))
		c, _ := math.Lgamma(float64(n - i + 1))
		return math.Exp(a - b - c + float64(i)*math.Log(p) + float64(n-i)*math.Log1p(-p))
	}
	sum := 0.0
	if float64(k) > float64(n)*p {
		for i := k; i <= n; i++ {
			sum += term(i)
		}
		return math.Min(1, sum)
	}
	for i := range k {
		sum += term(i)
	}
	return math.Max(0, 1-sum)
}

// QueueWait is the mean time before service begins at servers equal servers,
// with Poisson arrivals and exponential service times (M/M/c):
//
//	C(c, λ·s) · s / (c − λ·s)   seconds
//
// C is Erlang's probability that a request waits. It fails with a *FieldError on
// arrivals_per_second where the servers cannot keep up: the queue then grows
// without end. Source: Erlang 1917.
func QueueWait(arrivalsPerSecond, serviceSeconds, servers float64) (Quantity, error) {
	if err := first(
		checkRange("arrivals_per_second", arrivalsPerSecond, 0, 1e9),
		checkRange("service_seconds", serviceSeconds, 1e-9, 1e6),
		checkWhole("servers", servers, 1, maxReplicas),
	); err != nil {
		return Quantity{}, fmt.Errorf("queue wait: %w", err)
	}
	load := arrivalsPerSecond * serviceSeconds
	if load >= servers {
		return Quantity{}, fmt.Errorf("queue wait: %w", &FieldError{Field: "arrivals_per_second", Reason: OutOfRange,
			Detail: fmt.Sprintf("%s servers busy at once, of %s: the queue grows without end", Number(load), Number(servers))})
	}
	waits := erlangC(load, int(servers))
	return Quantity{
		Name: "平均排队时间", Unit: Second,
		Value:   waits * serviceSeconds / (servers - load),
		Formula: "C(c, λ · s) · s / (c − λ · s)",
		Working: Number(waits) + " × " + Number(serviceSeconds) + " / (" + Number(servers) + " − " + product(arrivalsPerSecond, serviceSeconds) + ")",
		Terms: []Term{
			{"λ", "每秒到达的请求数", arrivalsPerSecond, ""}, {"s", "平均处理时间", serviceSeconds, Second},
			{"c", "服务者个数", servers, ""}, {"C", "要排队的概率（Erlang C）", waits, ""},
			{"ρ", "利用率 λ · s / c", load / servers, ""},
		},
		Sources: []Source{sourceErlang},
	}, nil
}

// erlangC is the probability that all servers are busy, by the recurrence of
// Erlang's loss formula, which neither overflows nor cancels. load < servers.
func erlangC(load float64, servers int) float64 {
	lost := 1.0
	for i := 1; i <= servers; i++ {
		lost = load * lost / (float64(i) + load*lost)
	}
	return lost / (1 - load/float64(servers)*(1-lost))
}
