package labs

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/env"
	"courselab/app/modeltest"
	"courselab/app/progress"
	"courselab/app/registry"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// panelBench runs a panel on a test engine with a server behind it. Natively
// go-app calls neither OnMount nor event handlers, so that a test calls them.
type panelBench struct {
	t      *testing.T
	engine goapp.TestEngine
	client *engine.Client
	env    *env.Env
}

func newPanelBench(t *testing.T, s *serve.Server) *panelBench {
	t.Helper()
	client := engine.NewClient(serve.InProcess(s), engine.Options{})
	t.Cleanup(client.Stop)
	return &panelBench{t: t, engine: goapp.NewTestEngine(), client: client,
		env: &env.Env{Engine: client, Progress: &progress.Store{}, Static: map[string]string{}}}
}

func (b *panelBench) load(c goapp.UI) {
	b.t.Helper()
	if err := b.engine.Load(c.(goapp.Composer)); err != nil {
		b.t.Fatal(err)
	}
	b.engine.ConsumeAll()
}

// until runs the page until a condition holds.
func (b *panelBench) until(what string, ok func() bool) {
	b.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		b.engine.ConsumeAll()
		if ok() {
			return
		}
	}
	b.t.Fatalf("waited in vain for %s", what)
}

// modelServer answers with a small model of random weights.
func modelServer() *serve.Server { return serve.WithModel(serve.ModelFolder(modeltest.Files(1))) }

type nextProbe struct {
	nextPanel
	ctx goapp.Context
}

func (p *nextProbe) OnPreRender(ctx goapp.Context) { p.ctx = ctx }

func placeNext(t *testing.T, s *serve.Server, params map[string]string, page bool) (*nextProbe, *panelBench) {
	b := newPanelBench(t, s)
	p := &nextProbe{nextPanel: nextPanel{Props: Props{Key: "next-token-1", Name: "next-token", Params: params, Env: b.env, Page: page}}}
	b.load(p)
	p.OnMount(p.ctx)
	return p, b
}

func (p *nextProbe) html() string { return goapp.HTMLString(p.Render()) }

func mustHold(t *testing.T, html string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(html, text) {
			t.Errorf("the page lacks %q", text)
		}
	}
}

func settledNext(p *nextProbe) func() bool {
	return func() bool {
		return p.status == ready && p.answered && p.prediction != nil && p.predicted == p.state.at
	}
}

var nextParams = map[string]string{"text": "床x前明月光，", "count": "10"}

func TestNextWrites(t *testing.T) {
	p, b := placeNext(t, modelServer(), nextParams, true)
	b.until("the first text", settledNext(p))
	if n := len(p.path); n == 0 || n > 10 {
		t.Fatalf("%d characters", n)
	}
	mustHold(t, p.html(), `data-lab="next-token"`, `data-state="ready"`, "data-live", "next-unseen", "有 1 个字诗芽没见过", "占 7 个位置", "个符号")
	first := p.path[0].drawn
	if p.prediction.Drawn.Symbol != first.Symbol || math.Abs(p.prediction.Drawn.Final-first.Final) > 1e-12 {
		t.Errorf("%+v foretold, %+v drawn", p.prediction.Drawn, first)
	}
	// Another place, and the table of what stands there.
	p.look(2)
	b.until("the third place", func() bool { return p.predicted == 2 })
	p.table = true
	mustHold(t, p.html(), "第 3 个字的分布", "分数（logit）", "前几名")
}

// TestNextForks leads the text elsewhere: what stood before stays, what follows
// is drawn anew, and the link brings it all back.
func TestNextForks(t *testing.T) {
	p, b := placeNext(t, modelServer(), nextParams, true)
	b.until("the first text", settledNext(p))
	p.look(2)
	b.until("the third place", func() bool { return p.predicted == 2 })
	before := p.before(2)
	var other engine.NextCandidate
	for _, c := range p.prediction.Rows {
		if c.Symbol != p.path[2].symbol && !c.Mark {
			other = c
			break
		}
	}
	p.fork(other)
	b.until("the other path", settledNext(p))
	if got := p.before(3); got != before+other.Symbol || p.path[1].drawn != nil || p.path[3].drawn == nil {
		t.Errorf("path %q, want %q before all else", got, before+other.Symbol)
	}
	if p.state.at != 3 {
		t.Errorf("looks at %d", p.state.at)
	}
	text := p.before(99)
	s, present, faults := decodePermalink("next-token", nextFields, defaultNext(), p.fragment())
	if !present || len(faults) > 0 || s != p.state {
		t.Errorf("%+v, %v from the link, want %+v", s, faults, p.state)
	}
	p.free()
	b.until("the path without a fork", settledNext(p))
	if p.before(99) == text {
		t.Error("nothing was drawn anew")
	}
	// To choose the end ends it.
	p.look(1)
	b.until("the second place", func() bool { return p.predicted == 1 })
	p.fork(engine.NextCandidate{Symbol: "〈终〉", Mark: true})
	b.until("the end", settledNext(p))
	if len(p.path) != 1 {
		t.Errorf("%d characters after the end was chosen", len(p.path))
	}
}

func TestNextNamesAWrongField(t *testing.T) {
	p, b := placeNext(t, modelServer(), nextParams, true)
	b.until("the first text", settledNext(p))
	text := p.before(99)
	p.change(func(s *nextState) { s.topP = 0 })
	b.until("the refusal", func() bool { return p.status == failed })
	mustHold(t, p.html(), "top-p 是 0", "大于 0", `data-state="failed"`)
	if p.before(99) != text {
		t.Error("what stood there is gone")
	}
	p.change(func(s *nextState) { s.topP, s.temperature = 1, 0 })
	b.until("recovery", func() bool { return p.status == ready && p.prediction.MinP == 1 })
	mustHold(t, p.html(), "温度 0：不抽签")
}

func TestNextGuessComesFirst(t *testing.T) {
	p, b := placeNext(t, modelServer(), nextParams, true)
	b.until("the first text", settledNext(p))
	if strings.Contains(p.html(), "温度 2 留下") {
		t.Error("the answer stands there before the guess")
	}
	p.answer("same")
	b.until("the comparison", func() bool { return p.compare[0] != nil && p.compare[1] != nil })
	mustHold(t, p.html(), "你猜：一样多", "温度 2 留下")
}

// TestNextAsksBeforeFetching holds that in a lesson nothing is fetched unasked,
// and that the size is told.
func TestNextAsksBeforeFetching(t *testing.T) {
	b := newPanelBench(t, modelServer())
	b.env.ModelBytes = 2_340_000
	p := &nextProbe{nextPanel: nextPanel{Props: Props{Key: "next-token-1", Name: "next-token", Params: nextParams, Env: b.env}}}
	b.load(p)
	p.OnMount(p.ctx)
	b.engine.ConsumeAll()
	mustHold(t, p.html(), `data-state="ready"`, "载入诗芽（2.3 MB）")
	if p.asked != 0 || strings.Contains(p.html(), "data-live") {
		t.Error("something was asked for already")
	}
	p.change(func(s *nextState) { s.temperature = 1 })
	b.until("the text", settledNext(p))
}

func TestNextWithoutModel(t *testing.T) {
	files := modeltest.Files(1)
	whole := files["model.safetensors"]
	delete(files, "model.safetensors")
	p, b := placeNext(t, serve.WithModel(serve.ModelFolder(files)), nextParams, true)
	b.until("the failure", func() bool { return p.status == failed })
	mustHold(t, p.html(), "没有放诗芽的文件 model.safetensors", "重试")
	files["model.safetensors"] = whole
	p.retry(p.ctx, goapp.Event{})
	b.until("the text", settledNext(p))
}

func TestNextStaticForm(t *testing.T) {
	op, input, ok, err := Static("next-token", nextParams, nil)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	b := newPanelBench(t, modelServer())
	var reply json.RawMessage
	if err := b.client.Call(t.Context(), op, input, &reply); err != nil {
		t.Fatal(err)
	}
	html, err := StaticHTML("next-token", reply)
	if err != nil {
		t.Fatal(err)
	}
	mustHold(t, html, "next-unseen", "next-drawn", "个符号", "<svg", "figcaption")
	for _, bad := range []string{"style=", "<button", "毫秒"} {
		if strings.Contains(html, bad) {
			t.Errorf("the static form holds %s", bad)
		}
	}
}

// TestNextParametersAreKnown holds that the panel takes what the registry offers.
func TestNextParametersAreKnown(t *testing.T) {
	parametersAreKnown(t, "next-token", defaultNext(), nextFields)
}

func parametersAreKnown[S any](t *testing.T, name string, defaults S, fields []field[S]) {
	t.Helper()
	lab, ok := registry.Find(name)
	if !ok || lab.Coming {
		t.Fatalf("%s is not there", name)
	}
	known := map[string]bool{}
	for _, f := range fields {
		known[f.name] = true
	}
	for param := range lab.Params {
		if !known[param] {
			t.Errorf("parameter %s is registered and does nothing", param)
		}
	}
	if len(lab.TryIt) < 2 || lab.Note.Goal == "" {
		t.Error("no experiments, or no note for the teacher")
	}
	for i, e := range lab.TryIt {
		if _, faults := fromParams(defaults, fields, e.Params); len(faults) > 0 {
			t.Errorf("experiment %d: %v", i+1, faults)
		}
		for param := range e.Params {
			if _, ok := lab.Params[param]; !ok {
				t.Errorf("experiment %d sets unknown %s", i+1, param)
			}
		}
	}
}
