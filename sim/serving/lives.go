package serving

import "math"

// order starts a new replica in a pool, which serves after delay seconds; 0:
// at once.
func (s *simulation) order(p *pool, delay float64) {
	var r *replica
	for _, i := range p.replicas {
		if s.replicas[i].life == off {
			r = s.replicas[i]
			break
		}
	}
	if r == nil {
		r = &replica{index: int32(len(s.replicas)), pool: p.index, kept: newKept(s.config.Pools[p.index].Replica.Keeps)}
		s.replicas = append(s.replicas, r)
		p.replicas = append(p.replicas, r.index)
	}
	s.paying++
	r.life = starting
	r.lives++
	if delay > 0 {
		s.events.push(s.now+delay, started, r.index, r.lives)
		return
	}
	s.serve(r)
}

// serve puts a replica in service.
func (s *simulation) serve(r *replica) {
	r.life = up
	r.lives++
	if s.config.Failures.MTBF > 0 {
		s.events.push(s.now+s.failing.exponential()*s.config.Failures.MTBF, fail, r.index, r.lives)
	}
	s.begin(r)
}

// retire ends a replica that has nothing left to do.
func (s *simulation) retire(r *replica) {
	r.life = off
	r.lives++
	s.paying--
	r.kept.Clear()
}

// breakDown is a failure.
func (s *simulation) breakDown(r *replica) {
	leaving := r.life == draining
	r.life = down
	r.lives++
	s.failed++
	s.drop(r)
	if leaving {
		s.retire(r)
		return
	}
	s.events.push(s.now+s.failing.exponential()*s.config.Failures.MTTR, repair, r.index, r.lives)
}

// scale is the autoscaler's look at a pool.
func (s *simulation) scale(p *pool) {
	c := s.config.Scale
	s.events.push(s.now+c.Interval, look, p.index, 0)
	load, have := p.line.waiting, 0
	for _, i := range p.replicas {
		r := s.replicas[i]
		load += r.load()
		if r.life == up || r.life == starting {
			have++
		}
	}
	want := min(max(int(math.Ceil(float64(load)/c.Target)), c.Min), c.Max)
	switch {
	case want >= have:
		p.fewerSince = -1
		for range want - have {
			if len(s.replicas) < MaxReplicas || p.hasOff(s) {
				s.order(p, c.Delay)
			}
		}
	case p.fewerSince < 0:
		p.fewerSince = s.now
	case s.now-p.fewerSince >= c.Cooldown:
		p.fewerSince = -1
		for range have - want {
			s.release(p)
		}
	}
}

// release drains the least loaded replica of a pool.
func (s *simulation) release(p *pool) {
	var least *replica
	for _, i := range p.replicas {
		if r := s.replicas[i]; r.life == up && (least == nil || r.load() < least.load()) {
			least = r
		}
	}
	if least == nil {
		return
	}
	least.life = draining
	if !least.busy && least.load() == 0 {
		s.retire(least)
	}
}

func (p *pool) hasOff(s *simulation) bool {
	for _, i := range p.replicas {
		if s.replicas[i].life == off {
			return true
		}
	}
	return false
}
