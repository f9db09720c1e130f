package serve

import (
	"context"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"courselab/app/engine"
	"courselab/attention"
	"courselab/attention/kernel"
	"courselab/attention/webgpu"
)

func benchServer() *Server {
	s := New()
	registerBench(s, &backends{load: func(context.Context) (attention.Backend, error) { return nil, kernel.ErrNoSIMD }})
	return s
}

func TestBench(t *testing.T) {
	var out engine.BenchOutput
	result(t, benchServer(), engine.OpBench, engine.BenchInput{
		Millis: 1, Products: []engine.BenchSize{{Rows: 3, Cols: 5, Depth: 7}, {Rows: 1, Cols: 64, Depth: 64}}, Model: true, Training: 70,
	}, &out)
	if len(out.Backends) != 1 || out.Backends[0].Backend.Name != "cpu" {
		t.Fatalf("measured %+v, want the CPU alone", out.Backends)
	}
	if len(out.Missing) != 2 || out.Missing[0].Name != "simd" || out.Missing[0].Reason == "" || out.Missing[1].Name != "webgpu" {
		t.Errorf("missing %+v, want simd and webgpu with a reason", out.Missing)
	}
	b := out.Backends[0]
	rates := []float64{out.CopyGBps, b.Prefill, b.Decode, b.Training, b.Steps}
	for i, p := range b.Products {
		rates = append(rates, p.GFLOPs, p.GBps)
		s := p.BenchSize
		flops, bytes := 2*s.Rows*s.Cols*s.Depth, 4*(s.Rows*s.Depth+s.Cols*s.Depth+s.Rows*s.Cols)
		if got, want := p.GBps/p.GFLOPs, float64(bytes)/float64(flops); math.Abs(got-want) > 1e-9 {
			t.Errorf("product %d: %v bytes to an operation, want %v", i, got, want)
		}
	}
	for i, r := range rates {
		if !(r > 0) || math.IsInf(r, 0) {
			t.Errorf("rate %d is %v", i, r)
		}
	}
	if b.Training != 70*b.Steps {
		t.Errorf("%v tokens, %v steps a second", b.Training, b.Steps)
	}
}

// faulty is a graphics card that opens and then fails.
type faulty struct {
	attention.Go
	closed *bool
}

func (faulty) Sync(context.Context) error { return webgpu.ErrLost }
func (f faulty) Close() error             { *f.closed = true; return nil }

// TestBenchOutlivesABackend goes on with the others where one fails, and asks for
// a card's emulation only where the card was named.
func TestBenchOutlivesABackend(t *testing.T) {
	for _, names := range [][]string{nil, {"webgpu", "cpu"}} {
		closed, software := false, false
		s := New()
		registerBench(s, &backends{
			load: func(context.Context) (attention.Backend, error) { return nil, kernel.ErrNoSIMD },
			openGPU: func(_ context.Context, o webgpu.Options) (attention.Backend, error) {
				software = o.Software
				return faulty{closed: &closed}, nil
			},
		})
		var out engine.BenchOutput
		result(t, s, engine.OpBench, engine.BenchInput{Backends: names, Millis: 1, Products: []engine.BenchSize{{Rows: 2, Cols: 3, Depth: 4}}}, &out)
		if len(out.Backends) != 1 || out.Backends[0].Backend.Name != "cpu" {
			t.Errorf("measured %+v", out.Backends)
		}
		last := out.Missing[len(out.Missing)-1]
		if last.Name != "webgpu" || last.Title != "WebGPU" || last.Reason != "设备丢失" || !closed || software != (names != nil) {
			t.Errorf("missing %+v, closed %v, software %v", out.Missing, closed, software)
		}
	}
}

// TestQuickest gives work whose time is known, on a clock that only it moves.
func TestQuickest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		seconds, err := quickest(withSlice(t.Context()), nil, 20*time.Millisecond, func() error {
			if calls++; calls == 1 {
				time.Sleep(15 * time.Millisecond) // the first is slow, and does not count
			}
			time.Sleep(2 * time.Millisecond)
			return nil
		})
		if err != nil || math.Abs(seconds-0.002) > 1e-9 || calls < 3 {
			t.Errorf("%v s after %d calls, %v; each slept 2 ms", seconds, calls, err)
		}
	})
}

func TestBenchStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	replies := repliesTo(t, ctx, benchServer(), engine.OpBench, engine.BenchInput{})
	if last := replies[len(replies)-1]; last.Kind != engine.Cancelled {
		t.Errorf("ended with %s", last.Kind)
	}
}

func TestBenchRefuses(t *testing.T) {
	for field, in := range map[string]engine.BenchInput{
		"backend":  {Backends: []string{"fpga"}},
		"backends": {Backends: []string{""}},
		"products": {Products: []engine.BenchSize{{Rows: 1, Cols: 1 << 20, Depth: 1 << 20}}},
		"millis":   {Millis: 1e6},
		"training": {Training: -1},
	} {
		replies := repliesTo(t, t.Context(), benchServer(), engine.OpBench, in)
		last := replies[len(replies)-1]
		if last.Kind != engine.Failed || last.Error.Code != engine.BadInput || last.Error.Field != field {
			t.Errorf("%s: %s %v", field, last.Kind, last.Error)
		}
	}
}
