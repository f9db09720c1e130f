package labs

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"courselab/app/content"
	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/env"
	"courselab/app/registry"
	"courselab/app/route"
	shipped "courselab/lessons/content"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

var update = flag.Bool("update", false, "rewrite golden files")

// modelsTable asks the shipped engine about a small catalogue.
func modelsTable(t *testing.T) engine.ModelsOutput {
	t.Helper()
	data, err := os.ReadFile("../engine/serve/testdata/models.json")
	if err != nil {
		t.Fatal(err)
	}
	client := engine.NewClient(serve.InProcess(serve.Default()), engine.Options{})
	defer client.Stop()
	var out engine.ModelsOutput
	if err := client.Call(t.Context(), engine.OpModels, engine.ModelsInput{
		IDs:     []string{"open", "closed", "gone"},
		Columns: []string{"vendor", "release", "input-price", "MMLU", "colour"},
		Data:    string(data),
	}, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestModelsHTMLGolden(t *testing.T) {
	got := modelsHTML(modelsTable(t))
	const golden = "testdata/models.golden.html"
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(got+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got+"\n" != string(want) {
		t.Errorf("the table differs from %s; see go test -run ModelsHTMLGolden -update:\n%s", golden, got)
	}
}

// Whatever the data holds, it stays text, and the markup is as a parser prints
// it, so that a live table equal to the static one changes nothing.
func TestModelsHTMLIsSafeAndStable(t *testing.T) {
	const evil = `<script>alert(1)</script>"'&` + "\u00a0"
	table := engine.ModelsOutput{
		Columns:  []engine.ModelsColumn{{Name: evil, Title: evil, Unit: evil}},
		Problems: []string{evil}, Notes: []string{evil}, Generated: evil,
		Rows: []engine.ModelsRow{
			{ID: evil, Name: evil, Note: evil, Cells: []engine.Fact{{Text: evil, Origins: []engine.Origin{
				{Text: evil, Source: evil, Date: evil, Note: evil}, {Text: "x", Source: `https://a.example/"onclick=x`}, {Text: "y", Source: "https://a.example/?a=1&b='2'"}, {Text: "z", Source: "javascript:alert(1)"},
			}}}},
			{ID: "short", Name: "short"},
		},
	}
	for _, text := range []string{modelsHTML(table), modelsHTML(modelsTable(t))} {
		root := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
		nodes, err := html.ParseFragment(strings.NewReader(text), root)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]int{}
		for _, n := range nodes {
			for d := range n.Descendants() {
				if d.Type != html.ElementNode {
					continue
				}
				seen[d.Data]++
				for _, a := range d.Attr {
					if a.Key == "href" && !strings.HasPrefix(a.Val, "https://") || strings.HasPrefix(a.Key, "on") || a.Key == "style" {
						t.Errorf("<%s %s=%q>", d.Data, a.Key, a.Val)
					}
				}
			}
		}
		if seen["script"] > 0 || seen["table"] != 1 {
			t.Errorf("elements %v in %s", seen, text)
		}
		// x/net/html prints quotes in text as &#34; and &#39;, browsers do not.
		var b strings.Builder
		for _, n := range nodes {
			if err := html.Render(&b, n); err != nil {
				t.Fatal(err)
			}
		}
		same := strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&nbsp;", "\u00a0")
		if got := same.Replace(b.String()); got != same.Replace(text) {
			t.Errorf("parsed and printed:\n%s\nwritten:\n%s", got, text)
		}
	}
}

// modelsProbe is the block with the context that go-app gives it.
type modelsProbe struct {
	modelsPanel
	ctx goapp.Context
}

func (p *modelsProbe) OnPreRender(ctx goapp.Context) { p.ctx = ctx }

func TestModelsPanel(t *testing.T) {
	course := fstest.MapFS{
		"course.md": {Data: []byte("---\nid: test\ntitle: 测试\nlang: zh\nsummary: 只为测试。\ngoals:\n  - 一个目标。\nmodules:\n  - m1\n---\n")},
		"zh/m1.md":  {Data: []byte("---\nid: m1\nstatus: coming\ntitle: 一\nsummary: 一。\nminutes: 1\nobjectives:\n  - id: o1\n    text: 学。\n---\n")},
	}
	data, err := os.ReadFile("../engine/serve/testdata/models.json")
	if err != nil {
		t.Fatal(err)
	}
	library, err := content.Load(content.FromFS(course), registry.Lessons())
	if err != nil {
		t.Fatal(err)
	}
	client := engine.NewClient(serve.InProcess(serve.Default()), engine.Options{})
	defer client.Stop()
	params := map[string]string{"ids": "open, gone", "columns": "context"}
	panel := &modelsProbe{modelsPanel: modelsPanel{Props: Props{Key: "models-1", Name: "models", Params: params,
		Env: &env.Env{Engine: client, Content: library, Host: &env.Host{}, Static: map[string]string{StaticKey("models", params): "<p>STATIC</p>"}}}}}
	page := goapp.NewTestEngine()
	if err := page.Load(panel); err != nil {
		t.Fatal(err)
	}
	page.ConsumeAll()
	until := func(done func() bool) {
		t.Helper()
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
			page.ConsumeAll()
			if done() {
				return
			}
		}
		t.Fatalf("waited in vain: status %q, %s", panel.status, panel.message)
	}
	show := func() string { return goapp.HTMLString(panel.Render()) }
	if text := show(); !strings.Contains(text, "STATIC") || !strings.Contains(text, `data-state="loading"`) {
		t.Errorf("before the engine: %s", text)
	}

	panel.OnMount(panel.ctx)
	defer panel.OnDismount()
	until(func() bool { return panel.status == failed })
	if text := show(); !strings.Contains(text, "data/models.json") || !strings.Contains(text, "STATIC") {
		t.Errorf("without data: %s", text)
	}
	course["data/models.json"] = &fstest.MapFile{Data: data}
	panel.load(panel.ctx)
	until(func() bool { return panel.status == ready })
	text := show()
	for _, want := range []string{`data-state="ready"`, "131,072", "模型目录里没有 gone", "Open 70B"} {
		if !strings.Contains(text, want) {
			t.Errorf("the table lacks %q: %s", want, text)
		}
	}
	// An instructor's change is seen, and a fault in it leaves the table.
	course["data/models.json"] = &fstest.MapFile{Data: []byte(strings.Replace(string(data), "131072", "65536", 1))}
	if _, err := library.Refresh(); err != nil {
		t.Fatal(err)
	}
	panel.load(panel.ctx)
	until(func() bool { return strings.Contains(panel.html, "65,536") })
	course["data/models.json"] = &fstest.MapFile{Data: []byte(strings.Replace(string(data), "131072", "-1", 1))}
	if _, err := library.Refresh(); err != nil {
		t.Fatal(err)
	}
	panel.load(panel.ctx)
	until(func() bool { return panel.status == failed })
	if text := show(); !strings.Contains(text, "context_window") || !strings.Contains(text, "65,536") {
		t.Errorf("with faulty data: %s", text)
	}
}

func TestModelsStatic(t *testing.T) {
	defer route.SetBase(route.Base())
	library, err := content.Load(content.FromFS(shipped.FS), registry.Lessons())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, ok, err := Static("models", nil, library); ok || err != nil {
		t.Errorf("a table of nothing: %v, %v", ok, err)
	}
	op, input, ok, err := Static("models", map[string]string{"ids": "gpt-4, qwen3-8b", "columns": "params, input-price"}, library)
	if !ok || err != nil || op != engine.OpModels {
		t.Fatalf("%s, %v, %v", op, ok, err)
	}
	client := engine.NewClient(serve.InProcess(serve.Default()), engine.Options{})
	defer client.Stop()
	var reply json.RawMessage
	if err := client.Call(t.Context(), op, input, &reply); err != nil {
		t.Fatal(err)
	}
	text, err := StaticHTML("models", reply)
	if err != nil || !strings.Contains(text, "GPT-4") || !strings.Contains(text, "未公布") || !strings.Contains(text, "$30") {
		t.Errorf("%s, %v", text, err)
	}
	if _, _, _, err := Static("models", map[string]string{"ids": "gpt-4"}, noData{}); err == nil {
		t.Error("a course without data: no error")
	}
	if _, err := StaticHTML("models", json.RawMessage("[")); err == nil {
		t.Error("a broken reply: no error")
	}
}

type noData struct{}

func (noData) Data(string) ([]byte, string, error) { return nil, "", errors.New("no such file") }
