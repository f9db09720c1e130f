package serving

// kind is what happens at an event.
type kind uint8

const (
	wake    kind = iota // of a replica: a step ends after which something changes
	again               // of a request: the client tries again
	giveUp              // of a request: the client's patience ends
	fail                // of a replica
	repair              // of a replica
	started             // of a replica that was ordered
	look                // of a pool: the autoscaler
)

// event happens at a time to what has the index of. Ties go by the order in
// which events were made, so that a run can be repeated.
type event struct {
	at    float64
	order uint64
	kind  kind
	of    int32
	// mark must equal the replica's, or the event is of a life that has passed.
	mark uint32
}

// events is a binary heap with the next event on top.
type events struct {
	heap []event
	made uint64
}

func (e *events) before(i, j int) bool {
	a, b := &e.heap[i], &e.heap[j]
	return a.at < b.at || a.at == b.at && a.order < b.order
}

func (e *events) push(at float64, k kind, of int32, mark uint32) {
	e.made++
	e.heap = append(e.heap, event{at, e.made, k, of, mark})
	for i := len(e.heap) - 1; i > 0; {
		parent := (i - 1) / 2
		if !e.before(i, parent) {
			break
		}
		e.heap[i], e.heap[parent] = e.heap[parent], e.heap[i]
		i = parent
	}
}

func (e *events) pop() event {
	top, last := e.heap[0], len(e.heap)-1
	e.heap[0] = e.heap[last]
	e.heap = e.heap[:last]
	for i := 0; ; {
		next := i
		for child := 2*i + 1; child <= 2*i+2 && child < last; child++ {
			if e.before(child, next) {
				next = child
			}
		}
		if next == i {
			return top
		}
		e.heap[i], e.heap[next] = e.heap[next], e.heap[i]
		i = next
	}
}
