package labs

import (
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/registry"
	"courselab/sim"
)

// The registry's list of precisions is that of sim.
func TestPrecisionsAgree(t *testing.T) {
	for _, name := range []string{"fit", "roofline"} {
		lab, _ := registry.Find(name)
		param, ok := lab.Input("precision")
		all := sim.Precisions()
		if !ok || len(param.Options) != len(all) {
			t.Fatalf("%s offers %d precisions, sim knows %d", name, len(param.Options), len(all))
		}
		for i, p := range all {
			if param.Options[i].Value != p.ID {
				t.Errorf("%s: precision %d is %s, want %s", name, i, param.Options[i].Value, p.ID)
			}
		}
	}
}

// What was measured in this browser becomes an input.
func TestBrowserMeter(t *testing.T) {
	b := placeSheet(t, serve.Default(), Props{Name: "roofline"})
	b.until("the first result", func() bool { return b.status == ready })
	m := &browserMeter{Bench: Bench{&b.sheetPanel}}
	said := m.take(engine.BenchOutput{CopyGBps: 12.3456, Backends: []engine.BenchBackend{
		{Backend: engine.Backend{Name: "cpu"}, Products: []engine.BenchProduct{{GFLOPs: 2}}},
		{Backend: engine.Backend{Name: "simd"}, Products: []engine.BenchProduct{{GFLOPs: 31.44}, {GFLOPs: 3}}},
	}, Missing: []engine.Backend{{Name: "webgpu", Title: "WebGPU", Reason: "没有可用的适配器"}}})
	if b.state.get("browser_gflops") != "31.4" || b.state.get("browser_gbps") != "12.3" || b.state.get("browser_webgpu") != "" {
		t.Errorf("inputs %v", b.state.byName())
	}
	if !strings.Contains(said, "31.4") || !strings.Contains(said, "没有可用的适配器") {
		t.Errorf("said %s", said)
	}
	b.until("the result with the browser", func() bool { return b.status == ready })
	b.shows("这个浏览器，CPU", "测这个浏览器")
}
