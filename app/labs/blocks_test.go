package labs

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"courselab/app/engine/serve"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

type blocksProbe struct {
	blocksPanel
	ctx goapp.Context
}

func (p *blocksProbe) OnPreRender(ctx goapp.Context) { p.ctx = ctx }

func placeBlocks(t *testing.T, s *serve.Server) (*blocksProbe, *panelBench) {
	b := newPanelBench(t, s)
	p := &blocksProbe{blocksPanel: blocksPanel{Props: Props{Key: "blocks-1", Name: "blocks", Env: b.env, Page: true}}}
	b.load(p)
	p.OnMount(p.ctx)
	b.until("the counts", func() bool { return p.counts != nil })
	return p, b
}

// TestBlocksExplainEveryPart presses every part of every diagram: each has words,
// and leads to a tensor that the model has.
func TestBlocksExplainEveryPart(t *testing.T) {
	x, _ := placeXray(t, modelServer(), xrayParams)
	p, _ := placeBlocks(t, modelServer())
	used := map[string]bool{}
	for _, d := range blockDiagrams {
		p.show(d.name)
		html := goapp.HTMLString(p.Render())
		for _, id := range diagramParts(d.name) {
			used[id] = true
			part, ok := findPart(id)
			if !ok || part.text == "" || part.formula == "" {
				t.Errorf("%s: part %q has no words", d.name, id)
				continue
			}
			if !strings.Contains(html, `data-part="`+id+`"`) {
				t.Errorf("%s does not draw %s", d.name, id)
			}
			p.choose(id)
			mustHold(t, goapp.HTMLString(p.Render()), escape(part.title), part.text, "labs/xray/#lab=xray.1", "tensor="+part.tensor)
			if _, ok := x.info(part.tensor); !ok {
				t.Errorf("%s leads to %s, which is no tensor of the model", id, part.tensor)
			}
		}
	}
	for _, part := range blockParts {
		if !used[part.id] {
			t.Errorf("%s stands in no diagram", part.id)
		}
	}
}

func TestBlocksDrawingsAreWellFormed(t *testing.T) {
	for _, d := range blockDiagrams {
		for _, live := range []bool{true, false} {
			svg := diagramSVG(d.name, "mask", "k", live)
			for decoder := xml.NewDecoder(strings.NewReader(svg)); ; {
				if _, err := decoder.Token(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("%s: %v", d.name, err)
				}
			}
			if strings.Contains(svg, "style=") || strings.Contains(svg, `tabindex`) != live || d.desc == "" {
				t.Errorf("%s: %.80s", d.name, svg)
			}
		}
	}
}

func TestBlocksGuessAndTable(t *testing.T) {
	p, _ := placeBlocks(t, modelServer())
	if strings.Contains(goapp.HTMLString(p.Render()), "前馈网络占 64") {
		t.Error("the answer stands there before the guess")
	}
	p.guess, p.table = "attention", true
	mustHold(t, goapp.HTMLString(p.Render()), "你猜：注意力", "前馈网络占 64.2%", "6738415616", "图上的部件")
	s, present, faults := decodePermalink("blocks", blocksFields, defaultBlocks(), p.fragment())
	if !present || len(faults) > 0 || s != p.state {
		t.Errorf("%+v, %v", s, faults)
	}
	without, _ := placeBlocks(t, serve.WithModel(serve.ModelFolder(fstest.MapFS{})))
	without.guess = "ffn"
	mustHold(t, goapp.HTMLString(without.Render()), "猜对了", `data-state="ready"`)
}

func TestBlocksStaticForm(t *testing.T) {
	op, input, ok, err := Static("blocks", map[string]string{"view": "families"}, nil)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	b := newPanelBench(t, modelServer())
	var reply json.RawMessage
	if err := b.client.Call(t.Context(), op, input, &reply); err != nil {
		t.Fatal(err)
	}
	html, err := StaticHTML("blocks", reply)
	if err != nil {
		t.Fatal(err)
	}
	mustHold(t, html, "三种骨架", "<svg", "figcaption")
}

func TestBlocksParametersAreKnown(t *testing.T) {
	parametersAreKnown(t, "blocks", defaultBlocks(), blocksFields)
	ids, lab := strings.Join(partIDs(), " "), map[string]bool{}
	for _, id := range strings.Fields(ids) {
		lab[id] = true
	}
	if len(lab) != len(blockParts) {
		t.Error("two parts of one name")
	}
}
