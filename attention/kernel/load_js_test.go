//go:build js && wasm

package kernel

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/hack-pad/safejs"

	"courselab/attention"
	"courselab/attention/train"
)

// These tests run under Node, in a Go instance whose memory the kernel works
// on; testdata/handover.cjs stands in for the worker. TestUnderNode, native,
// starts them.

func TestLoad(t *testing.T) {
	spoilt := os.Getenv("COURSELAB_KERNEL_CASE")
	k, err := Load(context.Background())
	switch want := map[string]error{"no-memory": ErrNoMemory, "no-simd": ErrNoSIMD, "no-file": ErrFetch, "wrong": ErrSelfTest}[spoilt]; {
	case want != nil:
		if !errors.Is(err, want) {
			t.Errorf("error %v, want %v", err, want)
		}
		return
	case err != nil:
		t.Fatal(err)
	}
	takes, err := safejs.Global().Get("courselabTakesRelaxed")
	if err != nil {
		t.Fatal(err)
	}
	relaxed, err := takes.Bool()
	if err != nil {
		t.Fatal(err)
	}
	why := Relaxed(k)
	t.Logf("relaxed: %v (%v)", relaxed, why)
	switch {
	case (why == nil) != relaxed:
		t.Errorf("the relaxed build is missing for %v; taken by this Node: %v", why, relaxed)
	case spoilt == "no-relaxed" && !errors.Is(why, ErrNoSIMD), spoilt == "wrong-relaxed" && relaxed && !errors.Is(why, ErrSelfTest):
		t.Errorf("the relaxed build is missing for %v", why)
	}
	if spoilt == "wrong-relaxed" {
		return // it is the plain build, which the case "no-relaxed" goes through
	}
	testConformance(t, k.(attention.TrainingBackend), 3)

	// Memory grows and the collector runs between calls: addresses stay good.
	var keep [][]byte
	for range 6 {
		keep = append(keep, make([]byte, 16<<20))
		runtime.GC()
		if err := attention.SelfTestTraining(context.Background(), k.(attention.TrainingBackend)); err != nil {
			t.Fatalf("with %d MB more: %v", 16*len(keep), err)
		}
	}
	runtime.KeepAlive(keep)

	c := attention.Config{Tokens: []rune("床前明月光，疑是地上霜"), Heads: 4, DK: 7, Scale: true, Causal: true, Seed: 1}
	fast, err := attention.Run(context.Background(), k, c)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := attention.Run(context.Background(), attention.Go{}, c)
	if err != nil {
		t.Fatal(err)
	}
	for h := range c.Heads {
		for i, w := range plain.Heads[h].Weights.Data {
			if d := fast.Heads[h].Weights.Data[i] - w; d > 1e-5 || d < -1e-5 {
				t.Errorf("head %d: weight %d is %v, want %v", h, i, fast.Heads[h].Weights.Data[i], w)
			}
		}
	}
}

func TestLoadStopsWhenCancelled(t *testing.T) {
	if os.Getenv("COURSELAB_KERNEL_CASE") != "" {
		t.Skip("only with a sound kernel")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	// The promise may have settled first: then the load succeeds.
	if _, err := Load(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

func fill(rows, cols int) attention.Matrix {
	r := rand.New(rand.NewPCG(1, 2))
	m := attention.NewMatrix(rows, cols)
	for i := range m.Data {
		m.Data[i] = float32(r.Float64()*2 - 1)
	}
	return m
}

func BenchmarkKernel(b *testing.B) {
	if os.Getenv("COURSELAB_KERNEL_CASE") != "" {
		b.Skip("only with a sound kernel")
	}
	k, err := Load(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range [][3]int{{256, 1024, 1024}, {64, 256, 256}, {1, 256, 256}} {
		x, nt, nn, out := fill(s[0], s[2]), fill(s[1], s[2]), fill(s[2], s[1]), attention.NewMatrix(s[0], s[1])
		for _, backend := range []attention.Backend{k, attention.Go{}, attention.Reference{}} {
			flops := 2 * float64(s[0]*s[1]*s[2])
			b.Run(fmt.Sprintf("nt/%dx%dx%d/%s", s[0], s[1], s[2], backend.Name()), func(b *testing.B) {
				for b.Loop() {
					backend.MatMulT(out, x, nt)
				}
				b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
			b.Run(fmt.Sprintf("nn/%dx%dx%d/%s", s[0], s[1], s[2], backend.Name()), func(b *testing.B) {
				for b.Loop() {
					backend.MatMul(out, x, nn)
				}
				b.ReportMetric(flops*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
			})
		}
	}
}

// BenchmarkIntegers multiplies a row by a matrix as decoding does, in floats and
// in 8-bit integers: matrices of the course's model, then such as no near cache
// holds.
func BenchmarkIntegers(b *testing.B) {
	if os.Getenv("COURSELAB_KERNEL_CASE") != "" {
		b.Skip("only with a sound kernel")
	}
	k, err := Load(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range [][2]int{{128, 128}, {352, 128}, {128, 352}, {3003, 128}, {2048, 2048}, {2048, 5632}, {5632, 2048}, {4096, 4096}} {
		x, w, out := fill(1, s[1]), fill(s[0], s[1]), attention.NewMatrix(1, s[0])
		run := func(name string, bytes int, work func()) {
			b.Run(fmt.Sprintf("1x%dx%d/%s", s[0], s[1], name), func(b *testing.B) {
				best, batch := math.Inf(1), 1+1<<20/(s[0]*s[1])
				for b.Loop() {
					start := time.Now()
					for range batch {
						work()
					}
					best = min(best, time.Since(start).Seconds()/float64(batch))
				}
				b.ReportMetric(2*float64(s[0]*s[1])/best/1e9, "best-GOP/s")
				b.ReportMetric(float64(bytes)/best/1e9, "best-GB/s")
			})
		}
		run("float32", 4*len(w.Data), func() { k.MatMulT(out, x, w) })
		for _, group := range slices.Compact([]int{s[1], 128, 32}) {
			q := integers(1, s[0], s[1], group)
			run(fmt.Sprintf("int8-%d", group), len(q.Data)+4*len(q.Scales), func() { k.(attention.IntegerBackend).MatMulT8(out, x, q) })
		}
	}
}

// courseModel has the shape of the course's own model.
var courseModel = attention.ModelConfig{
	Vocab: 3003, Width: 128, Layers: 4, Heads: 4, KVHeads: 2, HeadDim: 32, FFN: 352, Context: 72,
	RopeTheta: 10000, NormEps: 1e-5, Tied: true, BOS: -1,
}

// BenchmarkDecode reads one token after the other, from an empty context to a
// full one, and a whole context at once. Beside the kernel's rate stands what
// the memory allows: copying as many bytes as the weights have.
func BenchmarkDecode(b *testing.B) {
	if os.Getenv("COURSELAB_KERNEL_CASE") != "" {
		b.Skip("only with a sound kernel")
	}
	k, err := Load(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	m, err := attention.NewModel(courseModel, 1)
	if err != nil {
		b.Fatal(err)
	}
	text := make([]int, courseModel.Context)
	for i := range text {
		text[i] = i * 41 % courseModel.Vocab
	}
	for _, backend := range []attention.Backend{k, attention.Go{}} {
		d, err := attention.NewDecoder(m, backend, courseModel.Context)
		if err != nil {
			b.Fatal(err)
		}
		run := func(name string, step int) {
			b.Run(name+"/"+backend.Name(), func(b *testing.B) {
				b.ReportAllocs()
				best, used := math.Inf(1), processor(b)
				for b.Loop() {
					if d.Len()+step > courseModel.Context {
						d.Truncate(0)
					}
					start := time.Now()
					if _, err := d.Next(context.Background(), text[d.Len():d.Len()+step]); err != nil {
						b.Fatal(err)
					}
					best = min(best, time.Since(start).Seconds())
				}
				b.ReportMetric(float64(step)/best, "best-tokens/s")
				b.ReportMetric(float64(step*b.N)/(processor(b)-used), "tokens/cpu-s")
				b.ReportMetric(float64(step*b.N)/b.Elapsed().Seconds(), "tokens/s")
			})
		}
		run("token", 1)
		run("prefill", courseModel.Context)
	}
	weights := 0
	for _, p := range m.Parameters() {
		weights += 4 * len(p.Values)
	}
	from, to := make([]byte, weights), make([]byte, weights)
	b.Run("copy", func(b *testing.B) {
		b.SetBytes(int64(weights))
		for b.Loop() {
			copy(to, from)
		}
	})
}

// BenchmarkCall is what an operation costs before it computes anything.
func BenchmarkCall(b *testing.B) {
	if os.Getenv("COURSELAB_KERNEL_CASE") != "" {
		b.Skip("only with a sound kernel")
	}
	k, err := Load(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	x := attention.NewMatrix(1, 4)
	b.ReportAllocs()
	used := processor(b)
	for b.Loop() {
		k.(attention.LayerBackend).Add(x, x, x)
	}
	b.ReportMetric((processor(b)-used)*1e9/float64(b.N), "cpu-ns/op")
}

// processor returns the seconds of processor time that Node has used: on a busy
// machine they tell more than the clock.
func processor(b *testing.B) float64 {
	process, err := safejs.Global().Get("process")
	if err != nil {
		b.Fatal(err)
	}
	usage, err := process.Call("cpuUsage")
	if err != nil {
		b.Fatal(err)
	}
	user, err := usage.Get("user")
	if err != nil {
		b.Fatal(err)
	}
	microseconds, err := user.Float()
	if err != nil {
		b.Fatal(err)
	}
	return microseconds / 1e6
}

// BenchmarkTrain takes steps of 32 texts of 64 tokens; on Go alone, of four.
func BenchmarkTrain(b *testing.B) {
	if os.Getenv("COURSELAB_KERNEL_CASE") != "" {
		b.Skip("only with a sound kernel")
	}
	k, err := Load(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	text := make(train.Document, 65)
	for i := range text {
		text[i] = i * 41 % courseModel.Vocab
	}
	for _, c := range []struct {
		backend attention.Backend
		texts   int
	}{{k, 32}, {attention.Go{}, 4}} {
		m, err := attention.NewModel(courseModel, 1)
		if err != nil {
			b.Fatal(err)
		}
		o := train.Default()
		o.Rows, o.Epochs = 64*c.texts, 1e6
		t, err := train.New(m, c.backend, slices.Repeat([]train.Document{text}, c.texts), o)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(c.backend.Name(), func(b *testing.B) {
			best, used := math.Inf(1), processor(b)
			for b.Loop() {
				start := time.Now()
				if _, err := t.Step(context.Background()); err != nil {
					b.Fatal(err)
				}
				best = min(best, time.Since(start).Seconds())
			}
			tokens := float64(64 * c.texts)
			b.ReportMetric(tokens/best, "best-tokens/s")
			b.ReportMetric(tokens*float64(b.N)/(processor(b)-used), "tokens/cpu-s")
		})
	}
}
