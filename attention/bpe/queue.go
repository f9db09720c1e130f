package bpe

// queue is a binary heap: the item that goes before all others is at its front.
type queue[T interface{ before(T) bool }] []T

func (q *queue[T]) push(item T) {
	*q = append(*q, item)
	h := *q
	for i := len(h) - 1; i > 0; {
		up := (i - 1) / 2
		if !h[i].before(h[up]) {
			break
		}
		h[i], h[up] = h[up], h[i]
		i = up
	}
}

// pop takes the front item; the queue must not be empty.
func (q *queue[T]) pop() T {
	h := *q
	front := h[0]
	last := len(h) - 1
	h[0] = h[last]
	h = h[:last]
	*q = h
	for i := 0; ; {
		down := 2*i + 1
		if down >= len(h) {
			break
		}
		if right := down + 1; right < len(h) && h[right].before(h[down]) {
			down = right
		}
		if !h[down].before(h[i]) {
			break
		}
		h[i], h[down] = h[down], h[i]
		i = down
	}
	return front
}
