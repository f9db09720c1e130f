package serving

// overload is how many more requests than the least loaded replica one that
// keeps the prefix may have before PrefixAware prefers the other.
const overload = 8

// choose returns the replica that takes a request of a pool, nil where none is
// up.
func (s *simulation) choose(p *pool, request int32) *replica {
	s.able = s.able[:0]
	for _, i := range p.replicas {
		if s.replicas[i].life == up {
			s.able = append(s.able, i)
		}
	}
	n := len(s.able)
	if n == 0 {
		return nil
	}
	at := func(i int) *replica { return s.replicas[s.able[i]] }
	switch s.config.Balance {
	case Random:
		return at(s.route.below(n))
	case RoundRobin:
		p.next++
		return at(p.next % n)
	case TwoChoices:
		a, b := at(s.route.below(n)), at(s.route.below(n))
		if b.load() < a.load() {
			return b
		}
		return a
	case LeastTokens:
		return s.least(func(r *replica) int { return r.line.tokens + r.promised })
	case PrefixAware:
		least := s.least((*replica).load)
		var keeps *replica
		for i := range n {
			r := at(i)
			if r.kept.Has(s.requests[request].group) && (keeps == nil || r.load() < keeps.load()) {
				keeps = r
			}
		}
		if keeps != nil && keeps.load() <= least.load()+overload {
			return keeps
		}
		return least
	case SharedQueue:
		// Idle ones come first, then the one with the smallest batch that has room.
		var best *replica
		for i := range n {
			r := at(i)
			spec := &s.config.Pools[r.pool].Replica
			if len(r.batch) < spec.MaxBatch && s.fits(r, spec, request) && (best == nil || len(r.batch) < len(best.batch)) {
				best = r
			}
		}
		return best
	}
	return s.least((*replica).load)
}

// least returns the first replica that is able to take a request and for which
// measure is least, beginning at a random one: ties are broken fairly.
func (s *simulation) least(measure func(*replica) int) *replica {
	n := len(s.able)
	from := s.route.below(n)
	best, low := (*replica)(nil), 0
	for i := range n {
		r := s.replicas[s.able[(from+i)%n]]
		if m := measure(r); best == nil || m < low {
			best, low = r, m
		}
	}
	return best
}
