package serving

import (
	"context"
	"fmt"
	"sort"
)

// backlogPerReplica is how many requests Capacity gives each replica: many
// batches.
const backlogPerReplica = 600

// Capacity is how many requests per second the replicas can answer at most, by
// letting them work off a backlog with nothing in their way: no limits, no
// failures, no scaling. It is taken between the first and the last fifth of the
// answers, where the batches are neither filling up nor running out.
//
// At a rate of arrivals above it a queue grows without end; below it, it does
// not, but requests that come one by one find smaller batches.
func Capacity(ctx context.Context, c Config, report func(done, total int)) (float64, error) {
	replicas := 0
	for _, p := range c.Pools {
		replicas += p.Replicas
	}
	c.Arrivals = Arrivals{Pattern: Backlog}
	c.Requests, c.Warmup = min(MaxRequests, backlogPerReplica*replicas), 0
	c.QueueLimit, c.Connections, c.Timeout, c.Retry = 0, 0, 0, Retry{}
	c.Failures, c.Scale, c.Deferrable = Failures{}, Autoscale{}, 0
	s, err := newSimulation(c)
	if err == nil {
		err = s.run(ctx, report)
	}
	if err != nil {
		return 0, fmt.Errorf("capacity of a service: %w", err)
	}
	times := make([]float64, len(s.requests))
	for i := range s.requests {
		times[i] = s.requests[i].ended
	}
	sort.Float64s(times)
	from, to := len(times)/5, len(times)*4/5
	return float64(to-from) / (times[to] - times[from]), nil
}
