package labs

import (
	"context"
	"encoding/json"
	"strconv"

	"courselab/app/engine"
	"courselab/app/format"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// browserMeter is the button of the lab "roofline" that measures the browser. The
// figures become inputs like those that are typed, so that a link carries them.
type browserMeter struct {
	goapp.Compo
	Bench Bench

	home     goapp.Context
	running  bool
	progress string
	failure  string
	cancel   func()
}

// OnMount keeps the context that answers come to.
func (m *browserMeter) OnMount(ctx goapp.Context) { m.home = ctx }

// OnDismount gives the measurement up.
func (m *browserMeter) OnDismount() {
	if m.cancel != nil {
		m.cancel()
	}
}

func (m *browserMeter) Render() goapp.UI {
	text := "测这个浏览器（约一秒）"
	if m.running {
		text = "正在测……"
	}
	return goapp.Div().Class("lab-control", "lab-meter").Body(
		button(text, m.Bench.Off() || m.running, func(ctx goapp.Context, e goapp.Event) { m.measure() }),
		goapp.P().Class("lab-words").Role("status").Text(m.progress),
		goapp.P().Class("lab-wrong").Role("alert").Text(m.failure),
	)
}

func (m *browserMeter) measure() {
	e := m.Bench.Env()
	if e == nil || e.Engine == nil {
		return
	}
	m.running, m.progress, m.failure = true, "", ""
	m.cancel = e.Engine.Do(context.Background(), m.Bench.Key()+"/bench", engine.OpBench, engine.BenchInput{}, func(r engine.Reply) {
		m.home.Dispatch(func(goapp.Context) { m.reply(r) })
	})
}

func (m *browserMeter) reply(r engine.Reply) {
	switch {
	case r.Kind == engine.Progress && r.Progress != nil:
		m.progress = r.Progress.What + "：" + strconv.FormatFloat(r.Progress.Done, 'f', 0, 64) + " / " + strconv.FormatFloat(r.Progress.Total, 'f', 0, 64) + " " + r.Progress.Unit
	case !r.Kind.Final():
	case r.Kind == engine.Done:
		m.running = false
		var out engine.BenchOutput
		if err := json.Unmarshal(r.Output, &out); err != nil {
			m.failure = "引擎的回答读不懂。"
			return
		}
		m.progress = m.take(out)
	default:
		m.running, m.progress = false, ""
		if r.Error != nil {
			m.failure = "没有测成：" + r.Error.Message
		}
	}
}

// take puts the figures into the lab's inputs and says them.
func (m *browserMeter) take(out engine.BenchOutput) string {
	said := ""
	set := func(input, name string, v float64, unit string) {
		if v > 0 && m.Bench.Set(input, format.Plain(round3(v))) {
			said += name + " " + format.Value(round3(v), unit) + "；"
		}
	}
	cpu, webgpu := 0.0, 0.0
	for _, b := range out.Backends {
		best := 0.0
		for _, p := range b.Products {
			best = max(best, p.GFLOPs)
		}
		if b.Backend.Name == "webgpu" {
			webgpu = max(webgpu, best)
		} else {
			cpu = max(cpu, best)
		}
	}
	set("browser_gflops", "CPU", cpu, "GFLOP/s")
	set("browser_webgpu", "WebGPU", webgpu, "GFLOP/s")
	set("browser_gbps", "内存", out.CopyGBps, "GB/s")
	for _, b := range out.Missing {
		said += b.Title + "：" + b.Reason + "；"
	}
	return "测得 " + said
}

// round3 keeps three significant digits: a measurement is no more exact.
func round3(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 2, 64), 64)
	if err != nil {
		return v
	}
	return r
}
