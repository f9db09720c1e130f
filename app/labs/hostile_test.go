package labs

import (
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/hostile"
	"courselab/app/registry"
)

func harmless(t *testing.T, what, html string) {
	t.Helper()
	found, err := hostile.Faults(html)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("%s: %s", what, f)
	}
}

// TestHostileSource: an address that would run something is text, whatever let it
// into a sheet.
func TestHostileSource(t *testing.T) {
	for _, url := range append(hostile.Payloads, "data:text/html,x", "//evil.example/", " javascript:x", `https://a.example/" onclick="x`) {
		q := engine.Quantity{Text: url, Formula: url, Working: url, Terms: []engine.Term{{Symbol: url, Name: url, Text: url}}, Sources: []engine.SourceNote{{Title: url, URL: url, Date: url}}}
		harmless(t, url, explanationHTML(q))
	}
	if html := explanationHTML(engine.Quantity{Sources: []engine.SourceNote{{Title: "a", URL: "https://a.example/"}}}); !strings.Contains(html, `href="https://a.example/"`) {
		t.Errorf("a source is no link: %s", html)
	}
}

// TestHostileTexts gives every text that a lab of the common panel takes what would
// run if it were written into the page as it is.
func TestHostileTexts(t *testing.T) {
	s := serve.Default()
	tried := 0
	for _, lab := range registry.Labs() {
		set := map[string]string{}
		for _, p := range lab.Inputs {
			if p.Kind != registry.Text && p.Kind != registry.LongText {
				continue
			}
			for _, payload := range hostile.Payloads {
				if clean, ok := p.Canonical(payload); ok {
					set[p.Name] = clean
					break
				}
			}
		}
		if len(set) == 0 || lab.Coming {
			continue
		}
		if _, common := Panel(Props{Name: lab.Name}).(*sheetPanel); !common {
			continue
		}
		tried += len(set)
		t.Run(lab.Name, func(t *testing.T) {
			b := placeSheet(t, s, Props{Name: lab.Name, Params: set})
			b.until("a result", func() bool { return b.status == ready || b.err != nil })
			harmless(t, lab.Name, b.html())
		})
	}
	if tried < 3 {
		t.Errorf("only %d texts were tried", tried)
	}
}
