package serving

// ticket is a place in a queue. A request that has gone leaves its ticket
// behind; the number tells it from a newer one of the same request.
type ticket struct {
	request int32
	number  uint32
}

// queue is first in, first out; what was evicted goes back to the front.
type queue struct {
	tickets []ticket
	head    int
}

func (q *queue) push(t ticket) { q.tickets = append(q.tickets, t) }

func (q *queue) pushFront(t ticket) {
	if q.head == 0 {
		q.tickets = append(q.tickets, ticket{})
		copy(q.tickets[1:], q.tickets)
		q.tickets[0] = t
		return
	}
	q.head--
	q.tickets[q.head] = t
}

// front returns the first ticket that holds, after dropping those that do not.
func (q *queue) front(holds func(ticket) bool) (ticket, bool) {
	for q.head < len(q.tickets) {
		if t := q.tickets[q.head]; holds(t) {
			return t, true
		}
		q.drop()
	}
	return ticket{}, false
}

// drop removes the first ticket.
func (q *queue) drop() {
	q.head++
	if q.head == len(q.tickets) {
		q.tickets, q.head = q.tickets[:0], 0
	} else if q.head > 1024 && q.head*2 > len(q.tickets) {
		q.tickets = append(q.tickets[:0], q.tickets[q.head:]...)
		q.head = 0
	}
}

// line is a queue for those who wait and one for those who may.
type line struct {
	urgent, deferrable queue
	waiting            int // requests whose tickets hold
	tokens             int // of their prompts
}

func (l *line) of(deferrable bool) *queue {
	if deferrable {
		return &l.deferrable
	}
	return &l.urgent
}

// next returns the queue to serve from and its first ticket.
func (l *line) next(holds func(ticket) bool) (*queue, ticket, bool) {
	if t, ok := l.urgent.front(holds); ok {
		return &l.urgent, t, true
	}
	t, ok := l.deferrable.front(holds)
	return &l.deferrable, t, ok
}
