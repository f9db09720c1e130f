package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"time"

	"courselab/app/engine"
	"courselab/attention"
	"courselab/attention/train"
)

// bench answers engine.OpBench.
type bench struct{ backends *backends }

func registerBench(s *Server, b *backends) { s.Register(engine.OpBench, bench{b}.measure) }

// benchCopy is the size of the blocks copied: more than the nearer caches hold.
const benchCopy = 16 << 20

// benchModel has the shape of the course's own model, whatever model the site
// carries: rates stay comparable.
var benchModel = attention.ModelConfig{
	Vocab: 3003, Width: 128, Layers: 4, Heads: 4, KVHeads: 2, HeadDim: 32, FFN: 352, Context: 72,
	RopeTheta: 10000, NormEps: 1e-5, Tied: true, BOS: 1, EOS: []int{2},
}

func (l bench) measure(ctx context.Context, raw json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
	in, named, err := decodeBench(raw)
	if err != nil {
		return nil, nil, err
	}
	out := engine.BenchOutput{CopyBytes: benchCopy}
	figures, done := 1+len(in.Backends)*(len(in.Products)+len(in.Integers)+btoi(in.Block != nil)+2*btoi(in.Model)+btoi(in.Training > 0)), 0
	// time is one figure: seconds that work takes, on b where that is not nil.
	timed := func(b attention.Backend, work func() error) (float64, error) {
		emit(engine.Reply{Kind: engine.Progress, Progress: &engine.Progressed{What: "测速", Done: float64(done), Total: float64(figures), Unit: "项"}})
		done++
		l.backends.busy.Lock()
		defer l.backends.busy.Unlock()
		return quickest(ctx, b, time.Duration(in.Millis)*time.Millisecond, work)
	}

	from, to := make([]float32, benchCopy/4), make([]float32, benchCopy/4)
	seconds, err := timed(nil, func() error { copy(to, from); return nil })
	if err != nil {
		return nil, nil, err
	}
	out.CopyGBps = 2 * benchCopy / seconds / 1e9

	var model *attention.Model
	if in.Model || in.Training > 0 {
		if model, err = attention.NewModel(benchModel, 1); err != nil {
			return nil, nil, err
		}
	}
	for _, name := range in.Backends {
		before := done
		b, err := l.backend(ctx, name, named, in, model, timed)
		switch {
		case ctx.Err() != nil:
			return nil, nil, ctx.Err()
		case err != nil:
			out.Missing = append(out.Missing, engine.Backend{Name: name, Title: backendTitles[name], Reason: backendReason(err)})
		default:
			out.Backends = append(out.Backends, b)
		}
		done = before + (figures-1)/len(in.Backends)
	}
	return out, nil, nil
}

// backend measures one backend. A graphics card's emulation on the CPU is
// measured only where it was named.
func (l bench) backend(ctx context.Context, name string, named bool, in engine.BenchInput, model *attention.Model, timed stopwatch) (b engine.BenchBackend, err error) {
	backend, err := l.open(ctx, name, named)
	if err != nil {
		return b, err
	}
	if c, ok := backend.(io.Closer); ok {
		defer c.Close() // it was opened for this; there is nothing to be done where it fails
	}
	b.Backend = engine.Backend{Name: name, Title: backendTitles[name]}
	if name == "simd" {
		b.Backend.Reason = "自检通过" + relaxedReason(backend)
	}
	for _, size := range in.Products {
		product, err := l.product(backend, size, timed)
		if err != nil {
			return b, err
		}
		b.Products = append(b.Products, product)
	}
	if whole, ok := backend.(attention.IntegerBackend); ok {
		for _, size := range in.Integers {
			product, err := integers(whole, size, timed)
			if err != nil {
				return b, err
			}
			b.Integers = append(b.Integers, product)
		}
	}
	if in.Block != nil {
		if b.Block, b.BlockMean, err = block(ctx, attention.ForLayers(backend), *in.Block, timed); err != nil {
			return b, err
		}
	}
	if in.Model {
		if b.Prefill, b.Decode, err = decoding(ctx, model, backend, timed); err != nil {
			return b, err
		}
	}
	if in.Training > 0 {
		if b.Steps, err = training(ctx, model, backend, in.Training, timed); err != nil {
			return b, err
		}
		b.Training = b.Steps * float64(in.Training)
	}
	return b, nil
}

func (l bench) open(ctx context.Context, name string, named bool) (attention.Backend, error) {
	for _, c := range l.backends.contenders() {
		if c.Name == name {
			return c.Open(ctx, named)
		}
	}
	return nil, fmt.Errorf("backend %q: unknown", name)
}

// stopwatch measures one figure in seconds.
type stopwatch func(b attention.Backend, work func() error) (float64, error)

// product measures one product.
func (l bench) product(b attention.Backend, s engine.BenchSize, timed stopwatch) (engine.BenchProduct, error) {
	x, w, y := attention.NewMatrix(s.Rows, s.Depth), attention.NewMatrix(s.Cols, s.Depth), attention.NewMatrix(s.Rows, s.Cols)
	for _, m := range []attention.Matrix{x, w} {
		for i := range m.Data {
			m.Data[i] = float32(i%17)/8 - 1
		}
	}
	attention.Place(b, attention.Constant, x.Data, w.Data)
	attention.Place(b, attention.Device, y.Data)
	defer attention.Place(b, attention.Host, x.Data, w.Data, y.Data)
	seconds, err := timed(b, func() error { b.MatMulT(y, x, w); return nil })
	flops, bytes := 2*float64(s.Rows)*float64(s.Cols)*float64(s.Depth), 4*float64(len(x.Data)+len(w.Data)+len(y.Data))
	return engine.BenchProduct{BenchSize: s, GFLOPs: flops / seconds / 1e9, GBps: bytes / seconds / 1e9}, err
}

// decoding measures tokens per second of reading a whole context, and of
// reading it token by token, as in writing.
func decoding(ctx context.Context, m *attention.Model, b attention.Backend, timed stopwatch) (prefill, decode float64, err error) {
	d, err := attention.NewDecoder(m, b, m.Config.Context)
	if err != nil {
		return 0, 0, err
	}
	text := benchText(m.Config, m.Config.Context)
	rate := func(step int) (float64, error) {
		seconds, err := timed(nil, func() error {
			d.Truncate(0)
			for d.Len() < d.Capacity() {
				if _, err := d.Next(ctx, text[d.Len():d.Len()+step]); err != nil {
					return err
				}
				if err := Pause(ctx); err != nil {
					return err
				}
			}
			return nil
		})
		return float64(len(text)) / seconds, err
	}
	if prefill, err = rate(len(text)); err != nil {
		return 0, 0, err
	}
	decode, err = rate(1)
	return prefill, decode, err
}

// training measures steps per second, each of rows tokens in documents of up to
// 64.
func training(ctx context.Context, m *attention.Model, b attention.Backend, rows int, timed stopwatch) (float64, error) {
	var documents []train.Document
	for left := rows; left > 0; left -= 64 {
		documents = append(documents, train.Document(benchText(m.Config, 1+min(left, 64))))
	}
	o := train.Default()
	o.Rows, o.Epochs = rows, 1e6
	t, err := train.New(m, b, documents, o)
	if err != nil {
		return 0, err
	}
	t.Pause = Pause
	seconds, err := timed(nil, func() error {
		_, err := t.Step(ctx)
		return err
	})
	return 1 / seconds, err
}

// benchText returns n tokens.
func benchText(c attention.ModelConfig, n int) []int {
	text := make([]int, n)
	for i := range text {
		text[i] = i * 41 % c.Vocab
	}
	return text
}

// benchBatch is how long a batch must take to count: the clocks of browsers tick
// in up to 0.1 ms, of which this leaves an error of 2 %.
const benchBatch = 5 * time.Millisecond

// quickest repeats work for a time and returns what one run takes, in seconds,
// in the quickest batch. The first batch, which may bring data to a device,
// counts only where there is no time for another.
func quickest(ctx context.Context, b attention.Backend, budget time.Duration, work func() error) (float64, error) {
	best, n, warm := math.Inf(1), 1, false
	for began := time.Now(); ; {
		if err := Pause(ctx); err != nil {
			return 0, err
		}
		start := time.Now()
		for range n {
			if err := work(); err != nil {
				return 0, err
			}
		}
		if b != nil {
			if err := b.Sync(ctx); err != nil {
				return 0, err
			}
		}
		took := time.Since(start)
		if took < min(benchBatch, budget) {
			n *= 2
			continue
		}
		if warm || took > budget {
			best = min(best, took.Seconds()/float64(n))
		}
		if warm = true; best < math.Inf(1) && time.Since(began) >= budget {
			return best, nil
		}
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// decodeBench reads and checks an input and fills in what it leaves out; named
// tells that it names its backends.
func decodeBench(raw json.RawMessage) (in engine.BenchInput, named bool, err error) {
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &in); err != nil {
			return in, false, undecodable(engine.OpBench, err)
		}
	}
	bad := func(field, format string, args ...any) (engine.BenchInput, bool, error) {
		return in, false, &engine.Error{Code: engine.BadInput, Op: engine.OpBench, Field: field, Message: fmt.Sprintf(format, args...)}
	}
	if named = len(in.Backends) > 0; !named {
		in.Backends = []string{"cpu", "simd", "webgpu"}
	}
	for _, name := range in.Backends {
		if name == "" {
			return bad("backends", "有一个后端没有名字")
		}
		if err := checkBackendName(engine.OpBench, name); err != nil {
			return in, false, err
		}
	}
	if len(in.Products) == 0 {
		in.Products = engine.DefaultBenchProducts
	}
	for _, s := range append(slices.Clone(in.Products), in.Integers...) {
		most := float64(engine.MaxBenchProduct)
		if s.Rows < 1 || s.Cols < 1 || s.Depth < 1 || s.Rows > engine.MaxBenchRows ||
			float64(s.Rows)*float64(s.Cols)*float64(s.Depth) > most {
			return bad("products", "乘积 %d×%d×%d；行、列、内维都至少为 1，行最多 %d，三者之积最多 %d", s.Rows, s.Cols, s.Depth, engine.MaxBenchRows, engine.MaxBenchProduct)
		}
	}
	if b := in.Block; b != nil && (b.Rows < 1 || b.Rows > 512 || b.Heads < 1 || b.Width < 2*b.Heads || b.Width > 4096 || b.Width%(2*b.Heads) != 0 || b.FFN < 1 || b.FFN > 16384) {
		return bad("block", "一层 %d 个位置、宽 %d、%d 个头、前馈 %d；位置 1 到 512，宽最多 4096 且是头数两倍的倍数，前馈最多 16384", b.Rows, b.Width, b.Heads, b.FFN)
	}
	if in.Millis == 0 {
		in.Millis = 60
	}
	if in.Millis < 1 || in.Millis > engine.MaxBenchMillis {
		return bad("millis", "每项 %d 毫秒；可用 1 到 %d", in.Millis, engine.MaxBenchMillis)
	}
	if in.Training < 0 || in.Training > engine.MaxBenchRows {
		return bad("training", "每步 %d 个 token；可用 0 到 %d", in.Training, engine.MaxBenchRows)
	}
	return in, named, nil
}
