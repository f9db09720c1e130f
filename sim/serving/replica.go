package serving

import "courselab/sim/caching"

// life is what a replica is at.
type life uint8

const (
	off      life = iota // not paid for
	starting             // paid for, loading
	up
	draining // finishes what it has, takes nothing new
	down     // failed, under repair
)

// replica is one copy of the model. Between two events that matter it makes a
// run of steps; only the run's beginning is stored, and what holds in its midst
// is computed when an arrival asks (cut).
type replica struct {
	index, pool int32
	life        life
	lives       uint32 // counts them: events of an earlier one are void
	turn        uint32 // counts runs: a wake for an earlier one is void

	line  line // unless the pool's queue is shared
	batch []sequence
	kept  *caching.LRU
	lead  float64 // seconds of loading before the next step

	busy      bool
	at        float64 // when the run began
	steps     int     // how many steps it has
	mixed     bool    // it is a single step, with tokens of prompts
	shortened bool    // it ends at the next boundary already

	context  int // tokens in caches when the run began
	promised int // and those that sequences of the batch still have to compute, or will write

	busySeconds, batchSeconds, kvSeconds float64
}

// sequence is a request in a batch.
type sequence struct {
	request int32
	pending int32 // tokens of the prompt, or to be computed again, that are not in the cache
	chunk   int32 // of them, those of the step under way
	context int32 // tokens in the cache
	left    int32 // tokens still to be produced
}

// load is what balancers compare: requests waiting and computed.
func (r *replica) load() int { return r.line.waiting + len(r.batch) }

// begin is called at a boundary between steps: it lets requests in and starts
// the next run.
func (s *simulation) begin(r *replica) {
	s.admit(r)
	if len(r.batch) == 0 {
		r.busy = false
		if r.life == draining && r.line.waiting == 0 {
			s.retire(r)
		}
		return
	}
	spec := &s.config.Pools[r.pool].Replica
	if spec.Preempt {
		for len(r.batch) > 1 && r.promised+len(r.batch) > spec.KVTokens {
			s.evict(r)
		}
	}
	r.busy, r.at, r.shortened = true, s.now, false
	r.turn++
	step := s.plan(r, spec)
	until := s.now + r.lead
	if r.mixed {
		r.steps = 1
		until += spec.Step(step)
	} else {
		r.steps = int(r.batch[0].left)
		for i := range r.batch {
			r.steps = min(r.steps, int(r.batch[i].left))
		}
		if spec.Preempt {
			r.steps = max(1, min(r.steps, (spec.KVTokens-r.context)/len(r.batch)))
		}
		if s.single {
			r.steps = 1
		}
		until += spec.run(step, r.steps)
	}
	s.events.push(until, wake, r.index, r.turn)
}

// plan shares out the chunk of the coming step and returns its work.
func (s *simulation) plan(r *replica, spec *Replica) Step {
	var step Step
	budget := int32(spec.Chunk)
	r.mixed = false
	for i := range r.batch {
		q := &r.batch[i]
		q.chunk = 0
		if q.pending == 0 {
			step.Decodes++
			step.Context += float64(q.context)
			continue
		}
		r.mixed = true
		q.chunk = q.pending
		if spec.Chunk > 0 {
			q.chunk = min(q.pending, budget)
			budget -= q.chunk
		}
		if q.chunk == q.pending {
			step.Ends++
		}
		c := float64(q.chunk)
		step.Prefill += c
		step.Pairs += c*float64(q.context) + c*(c+1)/2
	}
	return step
}

// cut shortens a run of decoding steps to the boundary that comes next, so that
// a request can join there.
func (s *simulation) cut(r *replica) {
	if r.mixed || r.shortened || r.steps == 1 {
		return
	}
	spec := &s.config.Pools[r.pool].Replica
	step := Step{Decodes: float64(len(r.batch)), Context: float64(r.context)}
	n, t := spec.boundary(step, r.at+r.lead, s.now, r.steps)
	r.shortened = true
	if n < r.steps {
		r.steps = n
		r.turn++
		s.events.push(t, wake, r.index, r.turn)
	}
}

// finish books the run that ends now, and begins the next.
func (s *simulation) finish(r *replica) {
	s.book(r)
	r.lead = 0
	kept := r.batch[:0]
	r.context, r.promised = 0, 0
	reserve := !s.config.Pools[r.pool].Replica.Preempt
	for _, q := range r.batch {
		if s.requests[q.request].state == ended { // its client has given up
			continue
		}
		switch {
		case q.chunk > 0:
			q.pending -= q.chunk
			q.context += q.chunk
			if q.pending == 0 {
				q.left--
				s.token(q.request)
			}
		case q.pending == 0: // in a mixed step, one that waits for its chunk gets nothing
			q.left -= int32(r.steps)
			q.context += int32(r.steps)
		}
		q.chunk = 0
		if q.left == 0 {
			s.end(q.request, Answered)
			continue
		}
		r.context += int(q.context)
		r.promised += int(q.context + q.pending)
		if reserve {
			r.promised += int(q.left)
		}
		kept = append(kept, q)
	}
	r.batch = kept
	s.begin(r)
}

// book adds the time since the run began to the replica's account.
func (s *simulation) book(r *replica) {
	if !r.busy {
		return
	}
	took := s.now - r.at
	r.busySeconds += took
	r.batchSeconds += took * float64(len(r.batch))
	// The caches fill linearly in steps, and nearly so in time.
	grown := float64(r.context)
	if !r.mixed {
		grown += float64(r.steps*len(r.batch)) / 2
	}
	r.kvSeconds += took * grown
}

// admit lets in the requests that come next, as long as there is room.
func (s *simulation) admit(r *replica) {
	if r.life != up && r.life != draining {
		return
	}
	line := s.lineOf(r)
	if line != &r.line && r.life == draining {
		return
	}
	spec := &s.config.Pools[r.pool].Replica
	for len(r.batch) < spec.MaxBatch {
		queue, t, ok := line.next(s.holds)
		if !ok || !s.fits(r, spec, t.request) {
			return
		}
		queue.drop()
		s.leaveLine(line, t.request)
		request := &s.requests[t.request]
		request.state, request.replica = computed, r.index
		q := sequence{request: t.request, pending: request.prompt + request.produced, left: request.output - request.produced}
		if s.config.Groups.Count > 0 {
			had, _ := r.kept.Touch(request.group)
			s.asked++
			if had {
				s.found++
				reused := min(int32(s.config.Groups.Prefix), q.pending-1)
				q.pending -= reused
				q.context = reused
			} else {
				r.lead += s.config.Groups.Load
			}
		}
		r.context += int(q.context)
		r.promised += int(q.context + q.pending)
		if !spec.Preempt {
			r.promised += int(q.left)
		}
		r.batch = append(r.batch, q)
		s.phase(t.request, Prefill)
	}
}

// fits reports whether the caches have room for a request.
func (s *simulation) fits(r *replica, spec *Replica, request int32) bool {
	q := &s.requests[request]
	if spec.Preempt {
		return r.promised+int(q.prompt+q.produced)+len(r.batch)+1 <= spec.KVTokens || len(r.batch) == 0
	}
	return r.promised+int(q.prompt+q.output) <= spec.KVTokens
}

// evict sends the youngest sequence back to the front of the queue; what it has
// produced stays, its cache is lost.
func (s *simulation) evict(r *replica) {
	last := len(r.batch) - 1
	q := r.batch[last]
	r.batch = r.batch[:last]
	r.context -= int(q.context)
	r.promised -= int(q.context + q.pending)
	s.evictions++
	request := &s.requests[q.request]
	request.produced = request.output - q.left
	line := s.lineOf(r)
	line.of(request.deferrable).pushFront(s.joinLine(line, q.request))
	s.phase(q.request, Waiting)
}

// lineOf is the queue that a replica serves.
func (s *simulation) lineOf(r *replica) *line {
	if s.config.Balance == SharedQueue {
		return &s.pools[r.pool].line
	}
	return &r.line
}

// drop empties a replica that has failed.
func (s *simulation) drop(r *replica) {
	s.book(r)
	r.busy, r.lead = false, 0
	r.turn++
	batch := r.batch
	r.batch, r.context, r.promised = nil, 0, 0
	r.kept.Clear()
	for _, q := range batch {
		s.lose(q.request)
	}
	for {
		queue, t, ok := r.line.next(s.holds)
		if !ok {
			break
		}
		queue.drop()
		s.leaveLine(&r.line, t.request)
		s.lose(t.request)
	}
}
