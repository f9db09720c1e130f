//go:build !js

package audit

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"courselab/app/site"
)

// fake is a Lighthouse whose report comes from the test.
func fake(t *testing.T, script string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "cli"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"package.json": `{"version": "12.0.0", "type": "commonjs"}`, "cli/index.js": script} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

const fullReport = `{"categories": {
	"performance": {"score": 0.7, "auditRefs": []},
	"accessibility": {"score": 1, "auditRefs": [{"id": "contrast", "weight": 3}]},
	"best-practices": {"score": 1, "auditRefs": [{"id": "console", "weight": 1}]},
	"seo": {"score": 0.915, "auditRefs": [{"id": "canonical", "weight": 1}, {"id": "idle", "weight": 0}]}},
	"audits": {
		"contrast": {"title": "Contrast", "score": 1, "scoreDisplayMode": "binary"},
		"console": {"title": "Console", "score": null, "scoreDisplayMode": "error", "errorMessage": "timed out"},
		"canonical": {"title": "Canonical", "score": 0, "scoreDisplayMode": "binary", "explanation": "not absolute"},
		"idle": {"title": "Idle", "score": 0, "scoreDisplayMode": "binary"}}}`

func TestPageRead(t *testing.T) {
	var p Page
	if err := p.read([]byte(fullReport), true); err != nil {
		t.Fatal(err)
	}
	if err := p.read([]byte(`{"categories": {"performance": {"score": 0.5}}}`), false); err != nil {
		t.Fatal(err)
	}
	if p.Accessibility != 100 || p.BestPractices != 100 || p.SEO != 92 || !slices.Equal(p.Runs, []int{70, 50}) || p.Clean() {
		t.Errorf("page %+v", p)
	}
	if want := []string{"console: timed out", "canonical: not absolute"}; !slices.Equal(p.Findings, want) {
		t.Errorf("findings %q, want %q", p.Findings, want)
	}
	for _, text := range []string{"", "{}", `{"categories": {"performance": {"score": null}}, "runtimeError": {"message": "no page"}}`} {
		if err := new(Page).read([]byte(text), true); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

func TestLighthousePage(t *testing.T) {
	// Every second run is quicker.
	dir := fake(t, `const fs = require("fs"), n = __dirname + "/n";
		const seen = fs.existsSync(n) ? Number(fs.readFileSync(n)) : 0;
		fs.writeFileSync(n, String(seen + 1));
		const only = process.argv.find(a => a.startsWith("--only-categories=")).slice(18).split(",");
		if (seen > 0 && only.length > 1) process.exit(3);
		const categories = {};
		for (const c of only) categories[c] = {score: c === "performance" ? 0.5 + seen % 2 * 0.2 : 1, auditRefs: []};
		fs.writeFileSync(process.argv.find(a => a.startsWith("--output-path=")).slice(14), JSON.stringify({categories, audits: {}}));`)
	l, err := openLighthouse(dir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := l.page(t.Context(), "http://127.0.0.1:1/", "labs/", 3)
	if err != nil {
		t.Fatal(err)
	}
	if p.Path != "/labs/" || p.Performance != 50 || !slices.Equal(p.Runs, []int{50, 50, 70}) || !p.Clean() || l.version != "12.0.0" {
		t.Errorf("page %+v of version %s", p, l.version)
	}
	broken, err := openLighthouse(fake(t, `console.error("no browser"); process.exit(1)`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := broken.page(t.Context(), "http://127.0.0.1:1/", "", 1); err == nil || !strings.Contains(err.Error(), "no browser") {
		t.Errorf("failed with %v", err)
	}
	if _, err := openLighthouse(t.TempDir()); err == nil || !strings.Contains(err.Error(), "make audit") {
		t.Errorf("failed with %v", err)
	}
}

func TestSizesAndReport(t *testing.T) {
	size, err := Offline(site.Files{
		"index.html": []byte(strings.Repeat("a", 10_000)), "sw.js": []byte("1234"),
		"assets/app.wasm": make([]byte, 50_000), "assets/app.wasm.gz": []byte("packed"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(size.Files, []string{"assets/app.wasm.gz", "index.html"}) || size.Bytes < 20 || size.Bytes > 200 || !size.Kept() {
		t.Errorf("offline %+v", size)
	}
	if err := new(Size).count(site.Files{}, []string{"x"}); err == nil {
		t.Error("a missing file was counted")
	}
	whole := Page{Path: "/", Accessibility: 100, BestPractices: 100, SEO: 100, Performance: 60, Runs: []int{50, 60, 70}}
	r := Report{Date: "2026-01-02", Lighthouse: "12.0.0", Sizes: []Size{size}, Pages: []Page{whole}}
	if !r.Kept() {
		t.Errorf("not kept: %+v", r)
	}
	if text := r.Markdown(); !strings.Contains(text, "| `/` | 100 | 100 | 100 | 60 (50, 60, 70) |") || !strings.Contains(text, "| the whole course, offline | 0 | 12000 |") {
		t.Error(text)
	}
	r.Sizes = append(r.Sizes, Single(make([]byte, singleLimit+1)))
	if r.Kept() {
		t.Error("a file too large was let pass")
	}
	r.Sizes, r.Pages[0].SEO = nil, 99
	if r.Kept() {
		t.Error("a page below 100 was let pass")
	}
}
