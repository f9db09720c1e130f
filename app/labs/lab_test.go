package labs

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"courselab/app/content"
	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/env"
	"courselab/app/format"
	"courselab/app/progress"
	"courselab/app/registry"
	shipped "courselab/lessons/content"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// sheetProbe is the common panel with the context that go-app gives it.
type sheetProbe struct {
	sheetPanel
	ctx goapp.Context
}

func (p *sheetProbe) OnPreRender(ctx goapp.Context) { p.ctx = ctx }

// sheetBench is a lab of the common panel on a test engine.
type sheetBench struct {
	*sheetProbe
	t      *testing.T
	engine goapp.TestEngine
}

func shippedLibrary(t testing.TB) *content.Library {
	t.Helper()
	library, err := content.Load(content.FromFS(shipped.FS), registry.Lessons())
	if err != nil {
		t.Fatal(err)
	}
	return library
}

func placeSheet(t *testing.T, s *serve.Server, props Props) sheetBench {
	t.Helper()
	client := engine.NewClient(serve.InProcess(s), engine.Options{})
	t.Cleanup(client.Stop)
	props.Key = props.Name + "-1"
	props.Env = &env.Env{Engine: client, Content: shippedLibrary(t), Host: &env.Host{},
		Progress: progress.Open(&progress.Memory{}, progress.Options{Course: "c", Base: "/"}),
		Static:   map[string]string{StaticKey(props.Name, props.Params): "<p>STATIC</p>"}}
	b := sheetBench{sheetProbe: &sheetProbe{sheetPanel: sheetPanel{Props: props}}, t: t, engine: goapp.NewTestEngine()}
	if err := b.engine.Load(b.sheetProbe); err != nil {
		t.Fatal(err)
	}
	b.engine.ConsumeAll()
	b.OnMount(b.ctx)
	t.Cleanup(b.OnDismount)
	return b
}

func (b sheetBench) until(what string, ok func() bool) {
	b.t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		b.engine.ConsumeAll()
		if ok() {
			return
		}
	}
	b.t.Fatalf("waited in vain for %s: status %s, error %v", what, b.status, b.err)
}

func (b sheetBench) html() string { return goapp.HTMLString(b.Render()) }

func (b sheetBench) shows(texts ...string) {
	b.t.Helper()
	html := b.html()
	for _, text := range texts {
		if !strings.Contains(html, text) {
			b.t.Errorf("the page lacks %q", text)
		}
	}
}

func (b sheetBench) setTo(name, text string) bool {
	param, ok := b.lab.Input(name)
	if !ok {
		b.t.Fatalf("no parameter %s", name)
	}
	return b.set(param, text)
}

func TestSheetPanel(t *testing.T) {
	b := placeSheet(t, serve.Default(), Props{Name: "fit", Params: map[string]string{"batch": "2"}})
	b.shows("STATIC", `data-lab="fit"`, `data-state="loading"`)
	b.until("the first result", func() bool { return b.status == ready && len(b.choices.Models) > 0 })
	b.shows(`data-state="ready"`, "data-live", "放", "显存花在哪里", "<svg", "Qwen3-32B", "A100")
	if strings.Contains(b.html(), "STATIC") {
		t.Error("the static sheet stands beside the live one")
	}
	if b.state.get("batch") != "2" {
		t.Errorf("batch is %s: the lesson's parameter is lost", b.state.get("batch"))
	}
	if !b.Props.Env.Progress.Lab("fit").At.IsZero() {
		t.Error("a lab that nobody touched was kept")
	}
	// A change leads to another result, and is kept.
	was := b.sheet.Verdict.Text
	b.setTo("model", "llama-2-7b")
	if b.status != running {
		t.Errorf("status %s after a change", b.status)
	}
	b.until("the second result", func() bool { return b.status == ready })
	if b.sheet.Verdict.Text == was {
		t.Error("another model, the same verdict")
	}
	if kept := b.Props.Env.Progress.Lab("fit"); kept.Values["model"] != "llama-2-7b" || kept.Verdict != b.sheet.Verdict.Text {
		t.Errorf("kept %+v", kept)
	}
	// What cannot be used is named, and the rest stands.
	if b.setTo("context", "1.5") || b.state.get("context") != "8192" {
		t.Error("half a token was accepted")
	}
	b.shows("“1.5”不能用", `aria-invalid`)
	b.setTo("context", "16384")
	if strings.Contains(b.html(), "不能用") {
		t.Error("an old fault stands")
	}
	b.until("the third result", func() bool { return b.status == ready })
	// What the engine refuses leaves the result that stood.
	b.setTo("model", "no-such-model")
	b.until("the refusal", func() bool { return b.status == failed })
	b.shows(`data-state="failed"`, "没有这个模型", "先前的结果", b.sheet.Verdict.Text)
	b.replace(b.defaults, "已恢复默认设置。")
	b.until("the defaults", func() bool { return b.status == ready })
	if !b.state.equal(b.defaults) {
		t.Errorf("after the reset: %v", b.state.at)
	}
}

// TestSheetPanelResumes holds that what was set last time is offered.
func TestSheetPanelResumes(t *testing.T) {
	b := placeSheet(t, serve.Default(), Props{Name: "fit"})
	b.until("the first result", func() bool { return b.status == ready })
	if _, ok := b.earlier(); ok {
		t.Error("something earlier on the first visit")
	}
	if err := b.Props.Env.Progress.SetLab("fit", map[string]string{"model": "llama-2-13b", "bits": "much"}, ""); err != nil {
		t.Fatal(err)
	}
	v, ok := b.earlier()
	if !ok || v.get("model") != "llama-2-13b" || v.get("bits") != b.defaults.get("bits") {
		t.Errorf("earlier %v, %v", v.at, ok)
	}
	b.shows("接着上次的设置")
}

// TestQuickThenSlow holds the order of partial and whole results, progress, and
// that a superseded question is not shown.
func TestQuickThenSlow(t *testing.T) {
	s := serve.New()
	release := make(chan bool)
	s.Register(engine.OpLabChoices, func(context.Context, json.RawMessage, func(engine.Reply)) (any, []engine.Tensor, error) {
		return engine.LabChoices{}, nil, nil
	})
	s.Register(engine.OpLab, func(ctx context.Context, raw json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
		var in engine.LabInput
		if err := json.Unmarshal(raw, &in); err != nil {
			return nil, nil, err
		}
		quick, _ := json.Marshal(engine.Sheet{Verdict: engine.Verdict{Text: "快 " + in.Values["batch"]}})
		emit(engine.Reply{Kind: engine.Partial, Output: quick})
		emit(engine.Reply{Kind: engine.Progress, Progress: &engine.Progressed{What: "算误差带", Done: 1, Total: 2, Unit: "次"}})
		select {
		case <-release:
		case <-ctx.Done():
			return nil, nil, ctx.Err()
		}
		return engine.Sheet{Verdict: engine.Verdict{Text: "慢 " + in.Values["batch"]}}, nil, nil
	})
	b := placeSheet(t, s, Props{Name: "fit"})
	b.until("the quick part", func() bool { return b.sheet.Verdict.Text == "快 8" && b.progress != nil })
	if b.status == ready {
		t.Error("ready before the slow part")
	}
	release <- true
	b.until("the slow part", func() bool { return b.status == ready && b.sheet.Verdict.Text == "慢 8" })
	for _, n := range []string{"2", "4", "16"} {
		b.setTo("batch", n)
	}
	b.shows("慢 8")
	stop := time.AfterFunc(0, func() {
		for range 3 {
			select {
			case release <- true:
			case <-time.After(5 * time.Second):
			}
		}
	})
	defer stop.Stop()
	b.until("the newest", func() bool { return b.status == ready })
	if b.sheet.Verdict.Text != "慢 16" {
		t.Errorf("shows %s", b.sheet.Verdict.Text)
	}
}

// commonLabs are the labs that the common panel draws.
func commonLabs() []registry.Lab {
	return slices.DeleteFunc(registry.Labs(), func(l registry.Lab) bool { return l.Coming || len(l.Inputs) == 0 })
}

// A minus sign before a zero counts where it begins a number: "claude-4-0" and
// "−0.58" are none of it.
var notNumbers = regexp.MustCompile(`NaN|[+-]?Inf\b|(^|[^\pL\d])[−-][¥$]?0(\.0+)?([^\d.]|$)`)

// TestEveryLabAnswers runs each lab of the common panel with its defaults, its
// experiments and the ends of every range: an answer that holds together, or a
// fault that names an input.
func TestEveryLabAnswers(t *testing.T) {
	library := shippedLibrary(t)
	client := engine.NewClient(serve.InProcess(serve.Default()), engine.Options{})
	defer client.Stop()
	for _, lab := range commonLabs() {
		t.Run(lab.Name, func(t *testing.T) {
			start := defaultValues(&lab)
			ask := func(what string, v values, must bool) engine.Sheet {
				t.Helper()
				files, err := readFiles(&lab, library)
				if err != nil {
					t.Fatal(err)
				}
				var s engine.Sheet
				if err := client.Call(t.Context(), engine.OpLab, engine.LabInput{Lab: lab.Name, Values: v.byName(), Data: files}, &s); err != nil {
					t.Fatalf("%s: %v", what, err)
				}
				if s.Empty() {
					for _, f := range s.Faults {
						if _, known := lab.Input(f.Field); must || !known && f.Field != "" || f.Message == "" {
							t.Errorf("%s: fault %+v", what, f)
						}
					}
					if len(s.Faults) == 0 {
						t.Errorf("%s: neither result nor fault", what)
					}
					return s
				}
				checkSheet(t, what, s)
				return s
			}
			s := ask("defaults", start, true)
			figures := 0
			for _, part := range s.Parts {
				figures += len(part.Figures) + len(part.Tables)
			}
			if figures == 0 {
				t.Error("the default sheet shows no figure or table")
			}
			if g := lab.Guess; g != nil && s.Answer != "" && !slices.ContainsFunc(g.Options, func(o registry.Option) bool { return o.Value == s.Answer }) {
				t.Errorf("the answer %q is none of the guesses", s.Answer)
			}
			for i, e := range lab.TryIt {
				v, faults := valuesFrom(&lab, start, e.Params)
				if len(faults) > 0 {
					t.Errorf("experiment %d: %v", i+1, faults)
				}
				ask("experiment "+e.Do, v, true)
			}
			for _, p := range lab.Inputs {
				for _, text := range extremes(p) {
					c, ok := p.Canonical(text)
					if !ok {
						t.Fatalf("%s: %q is not accepted", p.Name, text)
					}
					ask(p.Name+" = "+text, start.with(p.Name, c), false)
				}
			}
			checkLabPage(t, lab, library, client)
		})
	}
}

// extremes are values of a parameter that a lab must live with.
func extremes(p registry.Param) []string {
	var all []string
	switch p.Kind {
	case registry.Number:
		all = []string{format.Plain(p.Min), format.Plain(p.Max)}
	case registry.Toggle:
		all = []string{"0", "1"}
	case registry.Choice, registry.Model, registry.GPU:
		for _, o := range p.Options {
			all = append(all, o.Value)
		}
	case registry.LongText, registry.Text:
		all = []string{strings.Repeat("长", int(max(p.Min, min(p.Max, 200))))}
	case registry.List:
		if _, ok := p.Canonical(""); ok {
			all = []string{""}
		}
	}
	if p.Optional {
		all = append(all, "")
	}
	return all
}

// checkSheet holds what every sheet must keep.
func checkSheet(t *testing.T, what string, s engine.Sheet) {
	t.Helper()
	if s.Verdict.Text == "" {
		t.Errorf("%s: no verdict", what)
	}
	html := goapp.HTMLString(sheetView(s, nil, sheetOptions{lab: "x"}))
	text := regexp.MustCompile(`<path[^>]*>|\s[a-z-]+="[^"]*"`).ReplaceAllString(html, "")
	if m := notNumbers.FindString(text); m != "" {
		at := strings.Index(text, m)
		t.Errorf("%s: shows %q: …%s…", what, m, text[max(0, at-60):min(len(text), at+60)])
	}
	if strings.Contains(html, "style=") {
		t.Errorf("%s: a style attribute", what)
	}
	for _, part := range s.Parts {
		for _, q := range part.Quantities {
			if q.Name == "" || q.Text == "" {
				t.Errorf("%s: quantity %+v", what, q)
			}
		}
		for _, f := range part.Figures {
			if f.Title == "" || f.Desc == "" || len(f.Table.Columns) == 0 || len(f.Table.Rows) == 0 || !strings.Contains(f.SVG, "<desc") {
				t.Errorf("%s: figure %q lacks a title, a description or its table", what, f.Title)
			}
			for i, row := range f.Table.Rows {
				if len(row) != len(f.Table.Columns) {
					t.Errorf("%s: figure %q row %d: %d cells in %d columns", what, f.Title, i, len(row), len(f.Table.Columns))
				}
			}
		}
		for _, table := range part.Tables {
			for i, row := range table.Rows {
				if len(row.Cells) != len(table.Columns) || table.Title == "" {
					t.Errorf("%s: table %q row %d: %d cells in %d columns", what, table.Title, i, len(row.Cells), len(table.Columns))
				}
			}
		}
	}
}

// checkLabPage holds the prerendered panel and the link of a lab.
func checkLabPage(t *testing.T, lab registry.Lab, library *content.Library, client *engine.Client) {
	t.Helper()
	op, input, ok, err := Static(lab.Name, nil, library)
	if err != nil || !ok || op != engine.OpLab {
		t.Fatalf("static: %s, %v, %v", op, ok, err)
	}
	var reply json.RawMessage
	if err := client.Call(t.Context(), op, input, &reply); err != nil {
		t.Fatal(err)
	}
	static, err := StaticHTML(lab.Name, reply)
	if err != nil || strings.Contains(static, "<button") {
		t.Errorf("static: %v, buttons %v", err, strings.Contains(static, "<button"))
	}
	page := goapp.HTMLString(Panel(Props{Key: "k", Name: lab.Name, Env: &env.Env{Static: map[string]string{StaticKey(lab.Name, nil): static}}}))
	for _, control := range regexp.MustCompile(`<(input|select|textarea|button)[ >][^>]*`).FindAllString(page, -1) {
		if !strings.Contains(control, "disabled") {
			t.Errorf("a control that nothing stands behind: %s", control)
		}
	}
	start := defaultValues(&lab)
	v := start
	for _, p := range lab.Inputs {
		if all := extremes(p); len(all) > 0 {
			c, _ := p.Canonical(all[len(all)-1])
			v = v.with(p.Name, c)
		}
	}
	fields := labFields(&lab)
	for _, want := range []values{start, v} {
		link := encodePermalink(lab.Name, fields, want)
		got, present, faults := decodePermalink(lab.Name, fields, start, link)
		if !present || len(faults) > 0 || !got.equal(want) {
			t.Errorf("link %s: %v, %v", link, got.at, faults)
		}
		if strings.ContainsAny(link, " #\"<>\n") {
			t.Errorf("%q would break when pasted", link)
		}
	}
}
