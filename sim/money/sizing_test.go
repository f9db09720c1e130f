package money

import (
	"errors"
	"math"
	"testing"

	"courselab/sim"
)

// TestServers holds the formula against cases worked by hand: 60,000 requests, 15 %
// of them in one hour, 300 tokens each are 750 tokens a second.
func TestServers(t *testing.T) {
	for _, c := range []struct {
		s    Sizing
		want float64
	}{
		{Sizing{60000, 0.15, 300, 1000}, 1},
		{Sizing{60000, 0.15, 300, 750}, 1},
		{Sizing{60000, 0.15, 300, 749}, 2},
		{Sizing{60000, 1, 300, 1000}, 5},
		{Sizing{0, 0.15, 300, 1000}, 1},
	} {
		q, err := c.s.Servers()
		if err != nil || q.Value != c.want {
			t.Errorf("%+v: %v, %v; want %v", c.s, q.Value, err, c.want)
		}
	}
	for field, s := range map[string]Sizing{"speed": {1, 0.1, 1, 0}, "peak": {1, 1.1, 1, 1}, "daily": {math.NaN(), 0.1, 1, 1}, "output": {1, 0.1, -1, 1}} {
		var bad *sim.FieldError
		if _, err := s.Servers(); !errors.As(err, &bad) || bad.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
