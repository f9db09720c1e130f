package serving

import (
	"context"
	"errors"
	"fmt"
	"math"

	"courselab/sim/caching"
)

// reportEvery is how many events pass between two calls of a report.
const reportEvery = 256

// errStuck is a fault of this package: requests wait and nothing will happen.
var errStuck = errors.New("no event left, but requests are")

// state is where a request is.
type state uint8

const (
	away     state = iota // not yet there, or before its next try
	waiting               // in a queue
	computed              // in a batch
	ended
)

// request is one request from its first try to its end.
type request struct {
	arrived, first, ended    float64 // first: when the first token was there; −1: not yet
	joined                   float64 // when it was first taken into a batch; −1: not yet
	prompt, output, produced int32   // tokens
	group                    int32
	replica                  int32 // of waiting and computed
	number                   uint32
	pool                     int16
	tries                    uint8
	deferrable               bool
	state                    state
	outcome                  Outcome
}

// pool is a pool at work.
type pool struct {
	index      int32
	replicas   []int32
	line       line // of a shared queue
	next       int  // of RoundRobin
	fewerSince float64
}

// simulation is a run under way.
type simulation struct {
	config   Config
	now      float64
	events   events
	requests []request
	replicas []*replica
	pools    []pool
	holds    func(ticket) bool
	able     []int32 // scratch of choose
	single   bool    // runs have one step: the reference in tests

	arrivals                               *clock
	prompts, outputs, groups, route, tries random
	failing                                random
	popularity                             []float64 // cumulative, of groups

	arrivedCount, endedCount, inside, waitingCount, paying int
	evictions, retries, asked, found, failed               int
	answered, tokens                                       int

	account
	spans
}

// Run simulates until every request has ended. report, which may be nil, is told
// now and then how many of all have; then the context is looked at, whose error
// ends the run. Run fails with a *sim.FieldError on a Config that makes no sense.
func Run(ctx context.Context, c Config, report func(done, total int)) (Result, error) {
	s, err := newSimulation(c)
	if err != nil {
		return Result{}, fmt.Errorf("simulate serving: %w", err)
	}
	if err := s.run(ctx, report); err != nil {
		return Result{}, fmt.Errorf("simulate serving: %w", err)
	}
	return s.result(), nil
}

func newSimulation(c Config) (*simulation, error) {
	if c.Arrivals.Pattern == Recorded && c.Requests == 0 {
		c.Requests = len(c.Arrivals.Trace)
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	if c.Sample == 0 {
		c.Sample = c.Warmup
	}
	s := &simulation{
		config: c, requests: make([]request, c.Requests), pools: make([]pool, len(c.Pools)),
		arrivals: newClock(c.Arrivals, c.Seed),
		prompts:  newRandom(c.Seed, streamPrompt), outputs: newRandom(c.Seed, streamOutput),
		groups: newRandom(c.Seed, streamGroup), route: newRandom(c.Seed, streamRoute),
		failing: newRandom(c.Seed, streamFail), tries: newRandom(c.Seed, streamRetry),
		popularity: caching.Cumulative(c.Groups.Count, c.Groups.Skew),
	}
	s.holds = func(t ticket) bool {
		r := &s.requests[t.request]
		return r.state == waiting && r.number == t.number
	}
	for i := range s.pools {
		p := &s.pools[i]
		p.index, p.fewerSince = int32(i), -1
		for range c.Pools[i].Replicas {
			s.order(p, 0)
		}
		if c.Scale.Interval > 0 {
			s.events.push(c.Scale.Interval, look, p.index, 0)
		}
	}
	return s, nil
}

func newKept(keeps int) *caching.LRU { return caching.NewLRU(keeps) }

func (s *simulation) run(ctx context.Context, report func(done, total int)) error {
	arrival := s.arrivals.arrival()
	for n := 0; s.endedCount < len(s.requests); n++ {
		if n%reportEvery == 0 {
			if report != nil {
				report(s.endedCount, len(s.requests))
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if s.arrivedCount < len(s.requests) && (len(s.events.heap) == 0 || arrival <= s.events.heap[0].at) {
			s.advance(arrival)
			s.create()
			if s.arrivedCount < len(s.requests) {
				arrival = s.arrivals.arrival()
			}
			continue
		}
		if len(s.events.heap) == 0 {
			return errStuck
		}
		e := s.events.pop()
		if s.void(e) {
			continue
		}
		s.advance(e.at)
		s.happen(e)
	}
	if report != nil {
		report(len(s.requests), len(s.requests))
	}
	return ctx.Err()
}

// void reports whether an event belongs to what is no more.
func (s *simulation) void(e event) bool {
	switch e.kind {
	case wake:
		return s.replicas[e.of].turn != e.mark
	case fail, repair, started:
		return s.replicas[e.of].lives != e.mark
	case again, giveUp:
		return s.requests[e.of].state == ended
	}
	return false
}

func (s *simulation) happen(e event) {
	switch e.kind {
	case wake:
		s.finish(s.replicas[e.of])
	case again:
		s.try(e.of)
	case giveUp:
		s.abandon(e.of)
	case fail:
		s.breakDown(s.replicas[e.of])
	case repair, started:
		s.serve(s.replicas[e.of])
	case look:
		s.scale(&s.pools[e.of])
	}
}

// create draws the next request and lets it try.
func (s *simulation) create() {
	i := int32(s.arrivedCount)
	c := &s.config
	r := &s.requests[i]
	*r = request{arrived: s.now, first: -1, joined: -1, prompt: c.Prompt.draw(&s.prompts), output: c.Output.draw(&s.outputs), group: -1}
	if c.Arrivals.Pattern == Recorded {
		o := c.Arrivals.Trace[i]
		r.prompt, r.output = int32(o.Prompt), int32(o.Output)
	}
	r.prompt += int32(c.Groups.Prefix)
	if c.Groups.Count > 0 {
		r.group = int32(caching.Draw(s.popularity, s.groups.uniform()))
	}
	r.deferrable = s.groups.uniform() <= c.Deferrable
	r.pool = s.poolOf(r.group, s.groups.uniform())
	s.arrivedCount++
	s.window(int(i))
	if c.Timeout > 0 {
		s.events.push(s.now+c.Timeout, giveUp, i, 0)
	}
	s.try(i)
}

// poolOf returns the pool of a request by its group, or by a share drawn.
func (s *simulation) poolOf(group int32, share float64) int16 {
	taken := 0
	for i, p := range s.config.Pools {
		taken += p.Take
		share -= p.Share
		if p.Take > 0 && int(group) < taken || taken == 0 && share <= 1e-12 {
			return int16(i)
		}
	}
	return int16(len(s.config.Pools) - 1)
}

// try sends a request to the service.
func (s *simulation) try(i int32) {
	r := &s.requests[i]
	r.tries++
	c := &s.config
	p := &s.pools[r.pool]
	if c.Connections > 0 && s.inside >= c.Connections {
		s.refuse(i)
		return
	}
	to := s.choose(p, i)
	line := &p.line
	if c.Balance != SharedQueue {
		if to == nil {
			s.refuse(i)
			return
		}
		line = &to.line
	}
	if c.QueueLimit > 0 && line.waiting >= c.QueueLimit {
		s.refuse(i)
		return
	}
	s.inside++
	if to != nil {
		r.replica = to.index
	}
	line.of(r.deferrable).push(s.joinLine(line, i))
	s.phase(i, Waiting)
	if to == nil {
		return
	}
	if !to.busy {
		s.begin(to)
	} else if spec := &c.Pools[to.pool].Replica; len(to.batch) < spec.MaxBatch && s.fits(to, spec, i) {
		s.cut(to)
	}
}

// joinLine books a request into a queue and returns its ticket.
func (s *simulation) joinLine(l *line, i int32) ticket {
	r := &s.requests[i]
	r.state = waiting
	r.number++
	l.waiting++
	l.tokens += int(r.prompt + r.produced)
	s.waitingCount++
	return ticket{i, r.number}
}

func (s *simulation) leaveLine(l *line, i int32) {
	r := &s.requests[i]
	l.waiting--
	l.tokens -= int(r.prompt + r.produced)
	s.waitingCount--
	if r.joined < 0 {
		r.joined = s.now
	}
}

// token notes that a request has its first token.
func (s *simulation) token(i int32) {
	if r := &s.requests[i]; r.first < 0 {
		r.first = s.now
	}
	s.phase(i, Decode)
}

// lose takes a request out of a replica that failed.
func (s *simulation) lose(i int32) {
	r := &s.requests[i]
	if r.state == ended {
		return
	}
	s.inside--
	// What the client has seen of the answer is worth nothing to it.
	r.produced, r.first, r.joined = 0, -1, -1
	s.retry(i, Lost)
}

func (s *simulation) refuse(i int32) { s.retry(i, Refused) }

// retry lets the client wait and try again, or ends the request.
func (s *simulation) retry(i int32, otherwise Outcome) {
	r := &s.requests[i]
	r.state = away
	s.phase(i, Away)
	c := s.config.Retry
	if int(r.tries) > c.Limit {
		s.finishRequest(i, otherwise)
		return
	}
	s.retries++
	wait := math.Min(c.Base*math.Pow(2, float64(r.tries-1)), math.Max(c.Base, c.Max))
	s.events.push(s.now+wait*(0.5+s.tries.uniform()/2), again, i, 0)
}

// abandon is a client that gives up.
func (s *simulation) abandon(i int32) {
	r := &s.requests[i]
	switch r.state {
	case waiting:
		line := &s.replicas[r.replica].line
		if s.config.Balance == SharedQueue {
			line = &s.pools[r.pool].line
		}
		s.leaveLine(line, i)
		s.inside--
	case computed:
		s.inside--
		s.finishRequest(i, TimedOut)
		s.cut(s.replicas[r.replica]) // its place is free at the next boundary
		return
	}
	s.finishRequest(i, TimedOut)
}

// end is the end of a request in a batch.
func (s *simulation) end(i int32, o Outcome) {
	s.inside--
	s.finishRequest(i, o)
}

func (s *simulation) finishRequest(i int32, o Outcome) {
	r := &s.requests[i]
	s.phase(i, Away)
	r.state, r.outcome, r.ended = ended, o, s.now
	s.endedCount++
	if o == Answered {
		s.answered++
		s.tokens += int(r.output)
	}
}
