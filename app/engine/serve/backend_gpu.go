package serve

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"courselab/app/engine"
	"courselab/attention"
	"courselab/attention/webgpu"
)

// cardWait bounds how long a request waits for the graphics card and its shaders.
const cardWait = 5 * time.Second

// softwareWait is cardWait where an adapter without a graphics card was asked
// for: it compiles shaders on the CPU.
const softwareWait = 2 * time.Minute

// graphics is the graphics card. It is opened once; a card that failed is not
// trusted again.
type graphics struct {
	// open finds it; software accepts an adapter without a card. nil: there is none.
	open func(ctx context.Context, software bool) (attention.Backend, error)

	mu      sync.Mutex
	backend attention.Backend
	soft    bool  // backend may be software
	err     error // why there is none; nil before the first try

	// The trial's outcome, by model.
	tried   *attention.Model
	ranking attention.Ranking
}

// openCard is graphics.open on the browser's WebGPU.
func openCard(ctx context.Context, software bool) (attention.Backend, error) {
	b, err := webgpu.Open(ctx, webgpu.Options{Software: software})
	if err != nil {
		return nil, err // not a nil *webgpu.Backend, which would be a backend
	}
	return b, nil
}

// get returns the card.
func (g *graphics) get(ctx context.Context, software bool) (attention.Backend, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open == nil {
		return nil, webgpu.ErrNoBrowser
	}
	if g.backend != nil && (software || !g.soft) {
		return g.backend, nil
	}
	// What was refused as software may be asked for by name later; what was not in
	// time may be another time.
	again := errors.Is(g.err, context.DeadlineExceeded) ||
		software && (errors.Is(g.err, webgpu.ErrSoftware) || errors.Is(g.err, webgpu.ErrNoAdapter))
	if g.backend == nil && g.err != nil && !again {
		return nil, g.err
	}
	limit := cardWait
	if software {
		limit = softwareWait
	}
	// The first request may be given up while the card is on its way; those after
	// it want it all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	backend, err := g.open(ctx, software)
	if err == nil {
		g.backend, g.soft, g.err = backend, software, nil
		return backend, nil
	}
	if g.backend == nil {
		g.err = err
	}
	return nil, err
}

// lose gives the card up if err is its failure; name is of the backend that gave
// err. It reports whether another backend should be tried.
func (g *graphics) lose(name string, err error) bool {
	failed := errors.Is(err, webgpu.ErrLost) || errors.Is(err, webgpu.ErrMemory) || errors.Is(err, webgpu.ErrInvalid)
	if name != "webgpu" || !failed {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if c, ok := g.backend.(interface{ Close() error }); ok {
		_ = c.Close() // what is lost need not close
	}
	g.backend, g.err, g.tried, g.ranking = nil, err, nil, nil
	return true
}

// trialPrompt and trialSteps are what a model reads to find the fastest backend:
// about a poem, then some characters of the next.
const trialPrompt, trialSteps = 32, 8

// forModel is choose for a request that runs a model. Where nothing is forced, the
// card and the CPU's best have read a text with it, and the faster computes. The
// caller does not hold busy.
func (b *backends) forModel(ctx context.Context, forced string, m *attention.Model) (attention.Backend, engine.Backend) {
	cpu, chosen := b.choose(ctx, forced)
	if forced != "" {
		return cpu, chosen
	}
	ranking, err := b.rank(ctx, cpu, m)
	switch {
	case err != nil:
		return cpu, chosen // the caller gave up: its work will say so
	case ranking.Rejected("webgpu") != nil:
		chosen.Reason = "WebGPU：" + cardReason(ranking.Rejected("webgpu")) + " → " + chosen.Reason
		return cpu, chosen
	}
	times := fmt.Sprintf("用诗芽试跑：%s %s，%s %s；取快的", title(ranking[0].Name), millis(ranking[0].Time), title(ranking[1].Name), millis(ranking[1].Time))
	if ranking[0].Name != "webgpu" {
		chosen.Reason = times
		return cpu, chosen
	}
	return ranking[0].Backend, engine.Backend{Name: "webgpu", Title: "WebGPU", Reason: times + adapterOf(ranking[0].Backend)}
}

// rank lets the card and the CPU's best read a text with the model, once.
func (b *backends) rank(ctx context.Context, cpu attention.Backend, m *attention.Model) (attention.Ranking, error) {
	g := &b.card
	card, err := g.get(ctx, false)
	if err != nil {
		return attention.Ranking{{Name: "webgpu", Err: err}}, nil
	}
	b.busy.Lock()
	defer b.busy.Unlock()
	g.mu.Lock()
	held, tried := g.ranking, g.tried
	g.mu.Unlock()
	if tried == m {
		return held, nil
	}
	open := func(b attention.Backend) func(context.Context, bool) (attention.Backend, error) {
		return func(context.Context, bool) (attention.Backend, error) { return b, nil }
	}
	ranking, err := attention.Choose(ctx, []attention.Contender{
		{Name: "webgpu", Open: open(card)}, {Name: cpu.Name(), Open: open(cpu)},
	}, "", attention.DecodingTrial(m, min(trialPrompt, m.Config.Context-trialSteps), trialSteps))
	if err == nil {
		if why := ranking.Rejected("webgpu"); why != nil {
			g.lose("webgpu", why)
			return ranking, nil
		}
		g.mu.Lock()
		g.ranking, g.tried = ranking, m
		g.mu.Unlock()
	}
	return ranking, err
}

// line returns what goes on when a backend fails: itself, then the CPU's.
func (b *backends) line(ctx context.Context, first attention.Backend) []attention.Backend {
	if first.Name() != "webgpu" {
		return []attention.Backend{first}
	}
	cpu, _ := b.choose(ctx, "")
	return []attention.Backend{first, cpu}
}

// after is what to tell the learner once a text has been read: chosen, or, if the
// card failed within it, what took its place and why.
func (b *backends) after(ctx context.Context, forced string, m *attention.Model, chosen engine.Backend, r *reader) engine.Backend {
	if r.relay.Backend() == chosen.Name {
		return chosen
	}
	_, now := b.forModel(ctx, forced, m)
	return now
}

func title(name string) string {
	switch name {
	case "webgpu":
		return "WebGPU"
	case "simd":
		return "CPU SIMD"
	}
	return "CPU"
}

func millis(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

// adapterOf names the adapter behind a backend, where it says.
func adapterOf(b attention.Backend) string {
	if a, ok := b.(interface{ Adapter() string }); ok && a.Adapter() != "" {
		return "（" + a.Adapter() + "）"
	}
	return ""
}

// cardReason says to the learner why WebGPU does not compute.
func cardReason(err error) string {
	for _, r := range []struct {
		is   error
		says string
	}{
		{webgpu.ErrNoBrowser, "只在浏览器中可用"},
		{webgpu.ErrAbsent, "这个浏览器没有"},
		{webgpu.ErrNoAdapter, "没有可用的适配器"},
		{webgpu.ErrSoftware, "只有软件适配器，不自动选用"},
		{webgpu.ErrNoDevice, "适配器不给设备"},
		{webgpu.ErrLost, "设备丢失"},
		{webgpu.ErrMemory, "显存不足"},
		{webgpu.ErrShader, "着色器没有通过编译"},
		{webgpu.ErrInvalid, "命令被拒绝"},
		{webgpu.ErrSelfTest, "自检答案不对，弃用"},
		{context.DeadlineExceeded, "迟迟没有准备好"},
	} {
		if errors.Is(err, r.is) {
			return r.says
		}
	}
	return "不能用"
}
