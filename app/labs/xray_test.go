package labs

import (
	"math"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/engine/serve"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

type xrayProbe struct {
	xrayPanel
	ctx goapp.Context
}

func (p *xrayProbe) OnPreRender(ctx goapp.Context) { p.ctx = ctx }

func placeXray(t *testing.T, s *serve.Server, params map[string]string) (*xrayProbe, *panelBench) {
	b := newPanelBench(t, s)
	p := &xrayProbe{xrayPanel: xrayPanel{Props: Props{Key: "xray-1", Name: "xray", Params: params, Env: b.env, Page: true}}}
	b.load(p)
	p.OnMount(p.ctx)
	b.until("the first pass", func() bool { return p.status == ready && p.answered })
	return p, b
}

func (p *xrayProbe) html() string { return goapp.HTMLString(p.Render()) }

// explained reports whether the cell looked at, its block and those of its
// operands are there.
func (p *xrayProbe) explained() bool {
	if p.why == nil || p.whyAt != p.state.cell() || !p.holds(p.state.cell()) {
		return false
	}
	for _, r := range p.why.Regions[:min(len(p.why.Regions), maxSources)] {
		if !p.holds(engine.XrayCell{Tensor: r.Tensor, Row: r.Row, Col: r.Col}) {
			return false
		}
	}
	return true
}

var xrayParams = map[string]string{"text": "床前明月光，疑是地上霜。"}

// TestXrayWalksThePass goes through every tensor of the pass: each is drawn, its
// cell explained, and what it comes from is lit.
func TestXrayWalksThePass(t *testing.T) {
	p, b := placeXray(t, modelServer(), xrayParams)
	mustHold(t, p.html(), `data-lab="xray"`, `data-state="ready"`, "data-live", "占 13 个位置")
	order := p.order()
	p.look(engine.XrayCell{Tensor: order[0], Row: 3})
	for i, name := range order {
		if p.state.tensor != name {
			t.Fatalf("step %d shows %s, want %s", i, p.state.tensor, name)
		}
		b.until("why "+name, p.explained)
		value, ok := p.value(p.state.cell())
		if !ok || math.Abs(value-p.why.Explanation.Result) > 1e-6*math.Max(1, math.Abs(value)) && !math.IsInf(value, 0) {
			t.Errorf("%s: %v is drawn, %v explained", name, value, p.why.Explanation.Result)
		}
		lit := 0
		for _, q := range p.pictures() {
			if len(q.areas) > 0 {
				lit++
			}
		}
		info, _ := p.info(name)
		if want := len(p.why.Regions); want > 0 && lit == 0 || len(info.Inputs) > 0 && want == 0 {
			t.Errorf("%s from %v: %d regions, %d lit", name, info.Inputs, want, lit)
		}
		p.step(1)
	}
	mustHold(t, p.html(), "抽到的字", "PageDown")
}

func TestXrayMapReachesEverything(t *testing.T) {
	p, b := placeXray(t, modelServer(), xrayParams)
	reached := map[string]bool{}
	for _, place := range []string{"input", "layer0", "layer1", "output", "sampling"} {
		p.goTo(place)
		now, _ := p.info(p.state.tensor)
		if mapPlace(now) != place {
			t.Errorf("%s leads to %s", place, now.Name)
		}
		html := p.html()
		for _, info := range p.pass.Tensors {
			if strings.Contains(html, info.Title+"  ") {
				reached[info.Name] = true
			}
		}
	}
	for _, info := range p.pass.Tensors {
		if !reached[info.Name] {
			t.Errorf("%s is nowhere on the map", info.Name)
		}
	}
	b.until("the last cell", p.explained)
}

func TestXrayAblatesAndPutsBack(t *testing.T) {
	p, b := placeXray(t, modelServer(), xrayParams)
	whole := p.pass.Now[0]
	part := engine.XrayPart{Part: "layer", Layer: 1}
	p.ablate(part)
	b.until("the pass without a layer", func() bool { return p.status == ready && len(p.pass.Whole) > 0 })
	if p.pass.Whole[0] != whole || p.pass.Divergence <= 0 {
		t.Errorf("%+v", p.pass.Whole[0])
	}
	mustHold(t, p.html(), "关掉了 1 处：第 1 层 整层", "KL 散度", "完整的诗芽", "1 → ")
	s, present, faults := decodePermalink("xray", xrayFields, defaultXray(), p.fragment())
	if !present || len(faults) > 0 || len(s.ablate) != 1 || s.ablate[0] != part || s.tensor != p.state.tensor {
		t.Errorf("%+v, %v from the link", s, faults)
	}
	p.ablate(part)
	b.until("the whole pass", func() bool { return p.status == ready && len(p.pass.Whole) == 0 })
	if p.pass.Now[0] != whole {
		t.Errorf("%+v, want %+v", p.pass.Now[0], whole)
	}
}

func TestXrayViews(t *testing.T) {
	p, b := placeXray(t, modelServer(), map[string]string{"text": "床前明月光，", "count": "4"})
	for view, there := range map[string]func() bool{
		"heads": func() bool { return p.heads != nil }, "lens": func() bool { return p.lens != nil },
		"cache": func() bool { return p.work != nil }, "backends": func() bool { return p.contest != nil },
	} {
		p.chooseView(view)
		b.until(view, there)
		says := map[string][]string{
			"heads": {"第 1 层 头 3", "上一句同一位置"}, "lens": {"只有词嵌入", "2 层之后"},
			"cache": {"有缓存要做", "QKᵀ 与加权求和", "合计"}, "backends": {"CPU（纯 Go）", "矩阵乘", "WebGPU：只在浏览器中可用"},
		}
		mustHold(t, p.html(), says[view]...)
	}
	p.answer("head")
	b.until("the comparison", func() bool { return len(p.guessed) == len(guessParts) })
	mustHold(t, p.html(), "你猜：第 2 层的一个注意力头", "挪动最多的是")
	p.table = true
	mustHold(t, p.html(), "<caption>")
}

func TestXrayLinkToNowhere(t *testing.T) {
	p, _ := placeXray(t, modelServer(), map[string]string{"text": "明月", "tensor": "layers.7.q", "at": "900.900"})
	if _, ok := p.info(p.state.tensor); !ok || p.notice == "" {
		t.Errorf("%s, %q", p.state.tensor, p.notice)
	}
}

func TestXrayParametersAreKnown(t *testing.T) {
	parametersAreKnown(t, "xray", defaultXray(), xrayFields)
}

func TestParts(t *testing.T) {
	for text, ok := range map[string]bool{"": true, "head0.2,ffn1": true, "layer3": true, "ffn_residual0,attention_residual2": true,
		"head0": false, "ffn1.2": false, "soul1": false, "ffn1,ffn1": false, "ffn-1": false, ",": false, "ffn999": false} {
		parts, got := parseParts(text)
		if got != ok || ok && formatParts(parts) != text {
			t.Errorf("%q: %v %v", text, parts, got)
		}
	}
}
