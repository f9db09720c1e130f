package serve

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"courselab/app/engine"
	"courselab/app/modeltest"
	"courselab/attention"
	"courselab/attention/kernel"
	"courselab/attention/webgpu"
)

// card stands for a graphics card that computes as Go does, until it fails.
type card struct {
	attention.Go
	left   int // Syncs before it fails; below zero: it never does
	err    error
	slow   time.Duration // of a Sync
	closed bool
}

func (c *card) Name() string    { return "webgpu" }
func (c *card) Adapter() string { return "test card" }
func (c *card) Close() error    { c.closed = true; return nil }

func (c *card) Sync(context.Context) error {
	time.Sleep(c.slow)
	if c.left == 0 {
		return c.err
	}
	c.left--
	return nil
}

// slow is a kernel that takes its time.
type slow struct{ attention.Go }

func (slow) Name() string { return "simd" }
func (slow) Sync(context.Context) error {
	time.Sleep(2 * time.Millisecond)
	return nil
}

func withCard(simd attention.Backend, open func(software bool) (attention.Backend, error)) *backends {
	return &backends{
		load: func(context.Context) (attention.Backend, error) {
			if simd == nil {
				return nil, kernel.ErrNoSIMD
			}
			return simd, nil
		},
		card: graphics{open: func(_ context.Context, software bool) (attention.Backend, error) { return open(software) }},
	}
}

func TestCardChoice(t *testing.T) {
	m, err := testModel(t).get(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	fails := func(err error) func(bool) (attention.Backend, error) {
		return func(bool) (attention.Backend, error) { return nil, fmt.Errorf("open: %w", err) }
	}
	never := func(slow time.Duration) func(bool) (attention.Backend, error) {
		return func(bool) (attention.Backend, error) { return &card{left: -1, slow: slow}, nil }
	}
	for _, c := range []struct {
		open   func(bool) (attention.Backend, error)
		forced string
		name   string
		says   string
	}{
		{never(0), "webgpu", "webgpu", "按设置指定，自检通过（test card）"},
		{never(0), "simd", "simd", "按设置指定"},
		{never(0), "", "webgpu", "取快的（test card）"},
		{never(20 * time.Millisecond), "", "simd", "用诗芽试跑：CPU SIMD "},
		{fails(webgpu.ErrAbsent), "webgpu", "simd", "WebGPU：这个浏览器没有 → SIMD"},
		{fails(webgpu.ErrNoAdapter), "", "simd", "WebGPU：没有可用的适配器 → SIMD"},
		{fails(webgpu.ErrNoDevice), "", "simd", "不给设备"},
		{fails(webgpu.ErrShader), "", "simd", "着色器"},
		{fails(webgpu.ErrSelfTest), "", "simd", "自检答案不对"},
		{fails(context.DeadlineExceeded), "", "simd", "迟迟"},
		{fails(errors.New("?")), "", "simd", "不能用"},
	} {
		b := withCard(slow{}, c.open)
		for range 2 {
			backend, chosen := b.forModel(t.Context(), c.forced, m.Model)
			if backend.Name() != c.name || chosen.Name != c.name || !strings.Contains(chosen.Reason, c.says) || chosen.Title == "" {
				t.Errorf("forced %q: %s, %+v, want %s: %s", c.forced, backend.Name(), chosen, c.name, c.says)
			}
		}
	}
}

// TestSoftwareCard is taken when it is asked for, and never by itself.
func TestSoftwareCard(t *testing.T) {
	tries := 0
	b := withCard(nil, func(software bool) (attention.Backend, error) {
		tries++
		if !software {
			return nil, webgpu.ErrSoftware
		}
		return &card{left: -1}, nil
	})
	m, err := testModel(t).get(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, forced := range []string{"", "webgpu", "", "webgpu"} {
		want := "cpu"
		if forced != "" {
			want = forced
		}
		if _, chosen := b.forModel(t.Context(), forced, m.Model); chosen.Name != want {
			t.Errorf("forced %q: %+v", forced, chosen)
		}
	}
	if _, chosen := b.named(t.Context(), "webgpu", false); chosen.Name != "cpu" || !strings.Contains(chosen.Reason, "软件适配器") {
		t.Errorf("in a measurement: %+v", chosen)
	}
	if tries > 4 {
		t.Errorf("opened %d times", tries)
	}
}

// TestCardLost loses the card in the middle of what is asked.
func TestCardLost(t *testing.T) {
	in := nextInput()
	in.Count = 20
	plain := modelServer()
	want := textOf(written(t, plain, in).Steps)
	for err, says := range map[error]string{webgpu.ErrLost: "设备丢失", webgpu.ErrMemory: "显存不足", webgpu.ErrInvalid: "命令被拒绝"} {
		gpu := &card{left: 7, err: fmt.Errorf("webgpu: %w", err)}
		s := New()
		b := withCard(nil, func(bool) (attention.Backend, error) { return gpu, nil })
		registerNext(s, b, &shiya{files: ModelFolder(modeltest.Files(1))})
		registerAttention(s, b)
		in.Backend = "webgpu"
		got := written(t, s, in)
		if textOf(got.Steps) != want || got.Backend.Name != "cpu" || !strings.Contains(got.Backend.Reason, "WebGPU："+says) || !gpu.closed {
			t.Errorf("%v: %q on %+v, want %q", err, textOf(got.Steps), got.Backend, want)
		}
		gpu.left = 3
		gpu.closed = false
		b.card.backend, b.card.err = gpu, nil
		heads := usualInput()
		heads.Backend = "webgpu"
		var out engine.AttentionOutput
		result(t, s, engine.OpAttention, heads, &out)
		if out.Backend.Name != "cpu" || !strings.Contains(out.Backend.Reason, says) || !gpu.closed {
			t.Errorf("%v: heads on %+v", err, out.Backend)
		}
	}
}
