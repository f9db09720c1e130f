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

// TestBenchBlock compares the block with one that is written out here.
func TestBenchBlock(t *testing.T) {
	shape := engine.BenchBlock{Rows: 5, Width: 12, Heads: 3, FFN: 20}
	var out engine.BenchOutput
	result(t, benchServer(), engine.OpBench, engine.BenchInput{
		Backends: []string{"cpu"}, Millis: 1, Block: &shape, Products: []engine.BenchSize{{Rows: 1, Cols: 1, Depth: 1}},
		Integers: []engine.BenchSize{{Rows: 2, Cols: 3, Depth: 70}},
	}, &out)
	b := out.Backends[0]
	if want := blockMean(shape); math.Abs(b.BlockMean/want-1) > 1e-4 || !(b.Block > 0) {
		t.Errorf("block of mean magnitude %v, want %v; %v positions per second", b.BlockMean, want, b.Block)
	}
	if len(b.Integers) != 1 || b.Integers[0].Depth != 70 || !(b.Integers[0].GFLOPs > 0) || !(b.Integers[0].GBps > 0) {
		t.Errorf("integers %+v", b.Integers)
	}
	for _, bad := range []engine.BenchBlock{{}, {Rows: 1, Width: 6, Heads: 2, FFN: 4}, {Rows: 600, Width: 8, Heads: 2, FFN: 4}, {Rows: 1, Width: 8, Heads: 2}} {
		replies := repliesTo(t, t.Context(), benchServer(), engine.OpBench, engine.BenchInput{Block: &bad})
		if last := replies[len(replies)-1]; last.Error == nil || last.Error.Field != "block" {
			t.Errorf("%+v: %+v", bad, last)
		}
	}
}

// blockMean is the mean magnitude of a block's output, in float64.
func blockMean(s engine.BenchBlock) float64 {
	type matrix [][]float64
	filled := func(rows, cols, salt int) matrix {
		m := make(matrix, rows)
		for i := range m {
			for j := range cols {
				depth := cols
				if salt == 0 {
					depth = 1
				}
				m[i] = append(m[i], float64(engine.BenchBlockValue(i*cols+j, salt, depth)))
			}
		}
		return m
	}
	times := func(a, w matrix) matrix {
		out := make(matrix, len(a))
		for i := range a {
			for _, row := range w {
				sum := 0.0
				for k, v := range row {
					sum += a[i][k] * v
				}
				out[i] = append(out[i], sum)
			}
		}
		return out
	}
	norm := func(a matrix) matrix {
		out := make(matrix, len(a))
		for i, row := range a {
			sum := 0.0
			for _, v := range row {
				sum += v * v
			}
			for _, v := range row {
				out[i] = append(out[i], v/math.Sqrt(sum/float64(len(row))+1e-5))
			}
		}
		return out
	}
	h := s.Width / s.Heads
	rotate := func(a matrix) {
		for i, row := range a {
			for at := 0; at < s.Width; at += h {
				for j := range h / 2 {
					sin, cos := math.Sincos(float64(i) * math.Pow(10000, -2*float64(j)/float64(h)))
					x, y := row[at+j], row[at+j+h/2]
					row[at+j], row[at+j+h/2] = x*cos-y*sin, y*cos+x*sin
				}
			}
		}
	}
	x := filled(s.Rows, s.Width, 0)
	n := norm(x)
	q, k, v := times(n, filled(s.Width, s.Width, 1)), times(n, filled(s.Width, s.Width, 2)), times(n, filled(s.Width, s.Width, 3))
	rotate(q)
	rotate(k)
	mixed := make(matrix, s.Rows)
	for i := range mixed {
		mixed[i] = make([]float64, s.Width)
		for at := 0; at < s.Width; at += h {
			total := 0.0
			for t := range i + 1 {
				score := 0.0
				for j := range h {
					score += q[i][at+j] * k[t][at+j]
				}
				weight := math.Exp(score / math.Sqrt(float64(h)))
				total += weight
				for j := range h {
					mixed[i][at+j] += weight * v[t][at+j]
				}
			}
			for j := range h {
				mixed[i][at+j] /= total
			}
		}
	}
	between := times(mixed, filled(s.Width, s.Width, 4))
	for i := range between {
		for j := range between[i] {
			between[i][j] += x[i][j]
		}
	}
	n = norm(between)
	gate, up := times(n, filled(s.FFN, s.Width, 5)), times(n, filled(s.FFN, s.Width, 6))
	for i := range gate {
		for j, g := range gate[i] {
			gate[i][j] = g / (1 + math.Exp(-g)) * up[i][j]
		}
	}
	mean := 0.0
	for i, row := range times(gate, filled(s.Width, s.FFN, 7)) {
		for j, value := range row {
			mean += math.Abs(value+between[i][j]) / float64(s.Rows*s.Width)
		}
	}
	return mean
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
