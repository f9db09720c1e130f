package serving

import (
	"context"
	"fmt"
	"math"

	"courselab/sim"
)

// Fleet is a set of replicas that fail and are repaired, looked at over years
// rather than requests.
type Fleet struct {
	Seed            uint64
	Present, Needed int     // replicas, and how many must be up
	MTBF, MTTR      float64 // hours, of each, exponentially distributed
	// Common failures take all replicas at once: a power line, a bad release.
	// CommonMTBF 0: none.
	CommonMTBF, CommonMTTR float64 // hours
	Hours                  float64 // how long to look
}

// FleetResult is what a Fleet has shown, beside the closed form.
type FleetResult struct {
	Each   float64 // availability of one replica, MTBF / (MTBF + MTTR)
	Common float64 // of what they share
	// Independent is the closed form without common failures, Exact with them.
	Independent sim.Quantity
	Exact       float64
	// Simulated is the share of time with enough replicas up, and HalfWidth half
	// of its 95 % confidence interval over 20 stretches of time.
	Simulated, HalfWidth float64
	Outages              int       // times that too few were up
	LongestOutage        float64   // hours
	UpShare              []float64 // share of time with exactly i replicas up
}

// RunFleet simulates a Fleet and computes its availability in closed form:
//
//	A_common · Σ_{i=k..n} C(n, i) · a^i · (1 − a)^(n−i)
//
// It fails with a *sim.FieldError on a Fleet that makes no sense, and with the
// context's error.
func RunFleet(ctx context.Context, f Fleet) (FleetResult, error) {
	fail := func(err error) (FleetResult, error) { return FleetResult{}, fmt.Errorf("simulate fleet: %w", err) }
	if err := first(
		within("present", float64(f.Present), 1, MaxReplicas),
		within("needed", float64(f.Needed), 1, float64(f.Present)),
		within("mtbf", f.MTBF, 1e-3, maxSeconds),
		within("mttr", f.MTTR, 1e-6, maxSeconds),
		within("common mtbf", f.CommonMTBF, 0, maxSeconds),
		within("common mttr", f.CommonMTTR, 0, maxSeconds),
		within("hours", f.Hours, 1, 1e9),
		within("hours over mtbf", f.Hours/f.MTBF*float64(f.Present), 0, 1e7),
	); err != nil {
		return fail(err)
	}
	r := FleetResult{Each: f.MTBF / (f.MTBF + f.MTTR), Common: 1, UpShare: make([]float64, f.Present+1)}
	if f.CommonMTBF > 0 {
		r.Common = f.CommonMTBF / (f.CommonMTBF + f.CommonMTTR)
	}
	var err error
	if r.Independent, err = sim.Availability(r.Each, float64(f.Needed), float64(f.Present)); err != nil {
		return fail(err)
	}
	r.Exact = r.Common * r.Independent.Value
	if err := f.run(ctx, &r); err != nil {
		return fail(err)
	}
	return r, nil
}

// part is a replica, or what all share: it alternates between up and down.
type part struct {
	up   bool
	next float64 // when that changes
}

func (f Fleet) run(ctx context.Context, r *FleetResult) error {
	random := newRandom(f.Seed, streamFleet)
	// All begin in the long run's state, so that there is nothing to warm up.
	parts := make([]part, f.Present+1) // the last is what all share
	times := func(i int) (up, down float64) {
		if i == f.Present {
			return f.CommonMTBF, f.CommonMTTR
		}
		return f.MTBF, f.MTTR
	}
	stay := func(i int, now float64) {
		up, down := times(i)
		if !parts[i].up {
			up = down
		}
		parts[i].next = now + random.exponential()*up
	}
	count := 0
	for i := range f.Present {
		parts[i].up = random.uniform() <= r.Each
		if parts[i].up {
			count++
		}
		stay(i, 0)
	}
	shared := &parts[f.Present]
	shared.up, shared.next = true, math.Inf(1)
	if f.CommonMTBF > 0 {
		shared.up = random.uniform() <= r.Common
		stay(f.Present, 0)
	}
	good := func() bool { return shared.up && count >= f.Needed }
	goodIn := make([]float64, batches)
	stretch := f.Hours / batches
	outage, since := !good(), 0.0
	if outage {
		r.Outages = 1
	}
	for now, n := 0.0, 0; now < f.Hours; n++ {
		if n%4096 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		which := 0
		for i := range parts {
			if parts[i].next < parts[which].next {
				which = i
			}
		}
		to := math.Min(parts[which].next, f.Hours)
		up := count
		if !shared.up {
			up = 0
		}
		r.UpShare[up] += (to - now) / f.Hours
		if good() {
			addTo(goodIn, stretch, now, to)
		}
		if now = to; now == f.Hours {
			break
		}
		p := &parts[which]
		p.up = !p.up
		if which < f.Present {
			if p.up {
				count++
			} else {
				count--
			}
		}
		stay(which, now)
		switch bad := !good(); {
		case bad && !outage:
			r.Outages++
			since = now
		case !bad && outage:
			r.LongestOutage = math.Max(r.LongestOutage, now-since)
		}
		outage = !good()
	}
	if outage {
		r.LongestOutage = math.Max(r.LongestOutage, f.Hours-since)
	}
	for _, v := range goodIn {
		r.Simulated += v / f.Hours
	}
	variance := 0.0
	for _, v := range goodIn {
		d := v/stretch - r.Simulated
		variance += d * d / (batches - 1)
	}
	r.HalfWidth = studentsT * math.Sqrt(variance/batches)
	return nil
}

// addTo adds the stretch [from, to] to the cells of the given width it lies in.
func addTo(cells []float64, width, from, to float64) {
	for i := int(from / width); i < len(cells) && from < to; i++ {
		end := math.Min(to, float64(i+1)*width)
		if end > from {
			cells[i] += end - from
			from = end
		}
	}
}
