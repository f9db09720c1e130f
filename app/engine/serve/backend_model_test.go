package serve

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/attention"
	"courselab/attention/kernel"
	"courselab/attention/webgpu"
)

// named is plain Go under another name that fails at a Sync when told to.
type named struct {
	attention.Go
	name  string
	after int // Syncs that still work; below zero: all do
}

func (n *named) Name() string { return n.name }

func (n *named) Sync(context.Context) error {
	if n.after == 0 {
		return webgpu.ErrLost
	}
	n.after--
	return nil
}

func opens(b attention.Backend, err error) func(context.Context, webgpu.Options) (attention.Backend, error) {
	return func(context.Context, webgpu.Options) (attention.Backend, error) { return b, err }
}

func loads(b attention.Backend, err error) func(context.Context) (attention.Backend, error) {
	return func(context.Context) (attention.Backend, error) { return b, err }
}

// TestBackendsForModel holds that a backend is chosen by its trial or by name,
// and that the learner is told why.
func TestBackendsForModel(t *testing.T) {
	m, err := testModel(t).get(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	simd, gpu := &named{name: "simd", after: -1}, &named{name: "webgpu", after: -1}
	for name, c := range map[string]struct {
		b      *backends
		forced string
		want   string // "" : whichever is fastest
		says   []string
	}{
		"nothing but Go": {&backends{load: loads(nil, kernel.ErrNoSIMD), openGPU: opens(nil, webgpu.ErrNoAdapter)}, "", "cpu",
			[]string{"WebGPU：没有可用的适配器", "CPU SIMD：浏览器不支持 WebAssembly SIMD", "→ CPU（纯 Go）"}},
		"no adapter": {&backends{load: loads(simd, nil), openGPU: opens(nil, fmt.Errorf("open: %w", webgpu.ErrSoftware))}, "", "",
			[]string{"WebGPU：只有软件适配器", "试跑", "CPU SIMD", "毫秒", "取最快的"}},
		"forced":             {&backends{load: loads(simd, nil), openGPU: opens(gpu, nil)}, "webgpu", "webgpu", []string{"按设置指定"}},
		"forced by address":  {&backends{load: loads(simd, nil), openGPU: opens(gpu, nil), forced: "simd"}, "", "simd", []string{"按设置指定"}},
		"forced but missing": {&backends{load: loads(simd, nil), openGPU: opens(nil, webgpu.ErrAbsent)}, "webgpu", "", []string{"WebGPU：这个浏览器没有 WebGPU"}},
		"forced plain Go":    {&backends{load: loads(simd, nil), openGPU: opens(gpu, nil)}, "cpu", "cpu", []string{"按设置指定"}},
	} {
		by, err := c.b.forModel(t.Context(), m, c.forced)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.want != "" && by.chosen.Name != c.want || by.chosen.Title == "" {
			t.Errorf("%s: %+v", name, by.chosen)
		}
		for _, word := range c.says {
			if !strings.Contains(by.chosen.Reason, word) {
				t.Errorf("%s: %q does not say %q", name, by.chosen.Reason, word)
			}
		}
	}
	if _, err := (&backends{load: loads(nil, kernel.ErrNoSIMD)}).forModel(t.Context(), m, "tpu"); err == nil {
		t.Error("an unknown name passes")
	}
}

// TestRankingIsTriedAgainAfterTheNetwork counts how often the kernel is asked
// for.
func TestRankingIsTriedAgainAfterTheNetwork(t *testing.T) {
	m, _ := testModel(t).get(t.Context(), nil)
	for err, want := range map[error]int{kernel.ErrNoSIMD: 1, kernel.ErrFetch: 2} {
		tries := 0
		b := &backends{load: func(context.Context) (attention.Backend, error) { tries++; return nil, err }}
		for range 2 {
			if _, err := b.forModel(t.Context(), m, ""); err != nil {
				t.Fatal(err)
			}
		}
		if tries != want {
			t.Errorf("%v: %d tries, want %d", err, tries, want)
		}
	}
}

// TestWritingOutlivesItsBackend loses the graphics card in the middle of a text:
// the same text comes out, and the learner is told.
func TestWritingOutlivesItsBackend(t *testing.T) {
	m, _ := testModel(t).get(t.Context(), nil)
	write := func(b *backends) (engine.NextWritten, engine.XrayOutput) {
		s := New()
		registerNext(s, b, &shiya{held: m})
		registerXray(s, b, &shiya{held: m})
		in := nextInput()
		in.Backend = "webgpu"
		x := xrayInput()
		x.Backend = "webgpu"
		var pass engine.XrayOutput
		w := written(t, s, in)
		result(t, s, engine.OpXray, x, &pass)
		return w, pass
	}
	want, wantPass := write(&backends{load: loads(nil, kernel.ErrNoSIMD)})
	gpu := &named{name: "webgpu", after: -1}
	b := &backends{load: loads(nil, kernel.ErrNoSIMD), openGPU: opens(gpu, nil)}
	if _, err := b.forModel(t.Context(), m, "webgpu"); err != nil {
		t.Fatal(err)
	}
	gpu.after = 3 // steps of the text
	got, pass := write(b)
	if textOf(got.Steps) != textOf(want.Steps) || got.Backend.Name != "cpu" || !strings.Contains(got.Backend.Reason, "设备丢失") || !strings.Contains(got.Backend.Reason, "接着算") {
		t.Errorf("%q by %+v, want %q", textOf(got.Steps), got.Backend, textOf(want.Steps))
	}
	if pass.Backend.Name != "cpu" || pass.Now[0] != wantPass.Now[0] {
		t.Errorf("%+v", pass.Backend)
	}
}

func TestXrayContest(t *testing.T) {
	m, _ := testModel(t).get(t.Context(), nil)
	s := New()
	registerXray(s, &backends{load: loads(&named{name: "simd", after: -1}, nil), openGPU: opens(nil, webgpu.ErrNoAdapter)}, &shiya{held: m})
	var out engine.XrayBackends
	result(t, s, engine.OpXrayBackends, xrayInput(), &out)
	seen := map[string]engine.XrayBackend{}
	for _, b := range out.Backends {
		seen[b.Name] = b
	}
	if len(seen) != 3 || seen["webgpu"].Reason != "没有可用的适配器" {
		t.Fatalf("%+v", out)
	}
	for _, name := range []string{"cpu", "simd"} {
		b := seen[name]
		if b.Reason != "" || b.Difference != 0 || b.MS <= 0 { // both compute as plain Go does
			t.Errorf("%+v", b)
		}
		calls := map[string]int{}
		for _, k := range b.Kernels {
			calls[k.Title] = k.Calls
		}
		// Per layer Q, K, V, O and three of the feed-forward; the output matrix.
		if calls["矩阵乘 MatMulT"] != 7*m.Config.Layers+1 || calls["注意力 Attend"] != m.Config.Layers {
			t.Errorf("%v", calls)
		}
	}
}
