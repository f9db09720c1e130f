package serving

import (
	"fmt"
	"strconv"
	"strings"

	"courselab/sim"
)

// maxTrace is how many requests a recording has at most.
const maxTrace = 100_000

// ParseTrace reads a recording: a line per request with the second it came, the
// tokens of its prompt and those of its answer, between commas, semicolons or
// white space, in order of time. Empty lines, lines that begin with #, and a
// first line without a digit are skipped. Times are shifted so that the first is
// 0. It fails with a *sim.FieldError whose field is "line N".
func ParseTrace(text string) ([]Observed, error) {
	var all []Observed
	start := 0.0
	for i, raw := range strings.Split(text, "\n") {
		line := strings.TrimSpace(raw)
		if line == "" || strings.HasPrefix(line, "#") || i == 0 && !strings.ContainsAny(line, "0123456789") {
			continue
		}
		o, err := parseObserved(line)
		if err != nil {
			return nil, fmt.Errorf("read recording: %w", &sim.FieldError{Field: "line " + strconv.Itoa(i+1), Reason: sim.Malformed, Detail: err.Error()})
		}
		if len(all) == 0 {
			start = o.At
		}
		o.At -= start
		if n := len(all); n > 0 && o.At < all[n-1].At {
			return nil, fmt.Errorf("read recording: %w", &sim.FieldError{Field: "line " + strconv.Itoa(i+1), Reason: sim.OutOfRange, Detail: "earlier than the line before"})
		}
		if len(all) == maxTrace {
			return nil, fmt.Errorf("read recording: %w", &sim.FieldError{Field: "line " + strconv.Itoa(i+1), Reason: sim.OutOfRange, Detail: fmt.Sprintf("more than %d requests", maxTrace)})
		}
		all = append(all, o)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("read recording: %w", missing("line 1"))
	}
	return all, nil
}

func parseObserved(line string) (Observed, error) {
	parts := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(",;\t ，；", r) })
	if len(parts) != 3 {
		return Observed{}, fmt.Errorf("%d values, want 3: second, tokens of the prompt, tokens of the answer", len(parts))
	}
	at, err := strconv.ParseFloat(parts[0], 64)
	if err != nil || within("second", at, -1e12, 1e12) != nil {
		return Observed{}, fmt.Errorf("second %q", parts[0])
	}
	o := Observed{At: at}
	for i, to := range []*int{&o.Prompt, &o.Output} {
		n, err := strconv.Atoi(parts[i+1])
		if err != nil || n < 1 || n > maxLength {
			return Observed{}, fmt.Errorf("tokens %q, want 1 to %d", parts[i+1], maxLength)
		}
		*to = n
	}
	return o, nil
}
