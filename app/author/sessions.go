package author

// Session is one meeting of a class: modules, or a part of one.
type Session struct {
	Modules []int // by place, in order
	// Part of Parts is what it takes of its one module; 1 of 1 is all of it.
	Part, Parts int
	Minutes     int // of the text, as the lessons state it
}

// Sessions lays modules of so many minutes out on n meetings, in order. Modules
// share a meeting where there are fewer meetings than modules, so that the
// longest meeting is as short as can be; with more meetings the longest modules
// are taken in parts.
func Sessions(minutes []int, n int) []Session {
	if len(minutes) == 0 || n < 1 {
		return nil
	}
	if n < len(minutes) {
		return share(minutes, n)
	}
	parts := make([]int, len(minutes))
	for i := range parts {
		parts[i] = 1
	}
	for range n - len(minutes) {
		longest := 0
		for i, m := range minutes {
			if m*parts[longest] > minutes[longest]*parts[i] {
				longest = i
			}
		}
		parts[longest]++
	}
	var all []Session
	for i, m := range minutes {
		for p := range parts[i] {
			// The parts of 70 minutes in three are 23, 23 and 24.
			all = append(all, Session{Modules: []int{i}, Part: p + 1, Parts: parts[i], Minutes: m*(p+1)/parts[i] - m*p/parts[i]})
		}
	}
	return all
}

// share puts consecutive modules together into at most n meetings.
func share(minutes []int, n int) []Session {
	low, high := 0, 0
	for _, m := range minutes {
		low, high = max(low, m), high+m
	}
	for low < high {
		if middle := (low + high) / 2; len(filled(minutes, middle)) <= n {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return filled(minutes, low)
}

// filled puts modules into meetings of at most so many minutes.
func filled(minutes []int, most int) []Session {
	all := []Session{{Part: 1, Parts: 1}}
	for i, m := range minutes {
		if last := &all[len(all)-1]; last.Minutes+m <= most || len(last.Modules) == 0 {
			last.Modules, last.Minutes = append(last.Modules, i), last.Minutes+m
			continue
		}
		all = append(all, Session{Modules: []int{i}, Part: 1, Parts: 1, Minutes: m})
	}
	return all
}
