//go:build !js

package audit

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// Page is what Lighthouse says of a page, seen as on a phone. Scores go to 100.
type Page struct {
	Path          string `json:"path"`
	Accessibility int    `json:"accessibility"`
	BestPractices int    `json:"bestPractices"`
	SEO           int    `json:"seo"`
	// Performance is the median of Runs, which are in order of size.
	Performance int   `json:"performance"`
	Runs        []int `json:"performanceRuns"`
	// Findings are the audits that cost points elsewhere than in performance.
	Findings []string `json:"findings,omitempty"`
}

// Clean tells whether nothing was found.
func (p Page) Clean() bool {
	return p.Accessibility == 100 && p.BestPractices == 100 && p.SEO == 100 && len(p.Findings) == 0
}

// gates are the categories that must be whole.
var gates = []string{"accessibility", "best-practices", "seo"}

// chromium keeps the browser from asking its maker's servers for anything.
const chromium = "--headless=new --no-sandbox --disable-quic --disable-background-networking --disable-component-update --disable-sync"

// lighthouse is the program as npm installs it.
type lighthouse struct {
	dir     string // of the package
	version string
}

func openLighthouse(dir string) (l lighthouse, err error) {
	var manifest struct{ Version string }
	text, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err == nil {
		err = json.Unmarshal(text, &manifest)
	}
	if err != nil {
		return l, fmt.Errorf("lighthouse %s: %w (`make audit` fetches it)", dir, err)
	}
	return lighthouse{dir: dir, version: manifest.Version}, nil
}

// page runs Lighthouse on an address: once for everything, and for performance
// alone as often as is left of runs.
func (l lighthouse) page(ctx context.Context, root, path string, runs int) (Page, error) {
	p := Page{Path: "/" + path}
	for i := range max(runs, 1) {
		only := "performance"
		if i == 0 {
			only += ",accessibility,best-practices,seo"
		}
		text, err := l.run(ctx, root+path, "--only-categories="+only)
		if err != nil {
			return p, fmt.Errorf("lighthouse /%s: %w", path, err)
		}
		if err := p.read(text, i == 0); err != nil {
			return p, fmt.Errorf("lighthouse /%s: %w", path, err)
		}
	}
	slices.Sort(p.Runs)
	p.Performance = p.Runs[len(p.Runs)/2]
	return p, nil
}

func (l lighthouse) run(ctx context.Context, address string, args ...string) ([]byte, error) {
	// Through a file: Lighthouse ends before a pipe has taken a long report.
	dir, err := os.MkdirTemp("", "lighthouse-*")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "report.json")
	// Preset mobile is Lighthouse's default. Nothing is reported to anyone.
	args = append([]string{filepath.Join(l.dir, "cli", "index.js"), address, "--quiet", "--output=json", "--output-path=" + file,
		"--no-enable-error-reporting", "--chrome-flags=" + chromium}, args...)
	command := exec.CommandContext(ctx, "node", args...)
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	if os.Getenv("CHROME_PATH") == "" {
		if path, err := exec.LookPath("chromium"); err == nil {
			command.Env = append(os.Environ(), "CHROME_PATH="+path)
		}
	}
	ran := command.Run()
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%w: %s", cmp.Or(ran, err), bytes.TrimSpace(said.Bytes()))
	}
	return text, nil
}

// result is what is read of Lighthouse's own report.
type result struct {
	RuntimeError *struct{ Code, Message string }
	Categories   map[string]struct {
		Score     *float64
		AuditRefs []struct {
			ID     string
			Weight float64
		}
	}
	Audits map[string]struct {
		Title            string
		Score            *float64
		ScoreDisplayMode string
		Explanation      string
		ErrorMessage     string
	}
}

// read adds a report: all of it, or its performance alone.
func (p *Page) read(text []byte, all bool) error {
	var r result
	if err := json.Unmarshal(text, &r); err != nil {
		return fmt.Errorf("read its report: %w", err)
	}
	score := func(category string) (int, error) {
		c, ok := r.Categories[category]
		if !ok || c.Score == nil {
			if r.RuntimeError != nil {
				return 0, fmt.Errorf("no score for %s: %s", category, r.RuntimeError.Message)
			}
			return 0, fmt.Errorf("no score for %s", category)
		}
		return int(*c.Score*100 + 0.5), nil
	}
	performance, err := score("performance")
	if err != nil {
		return err
	}
	p.Runs = append(p.Runs, performance)
	if !all {
		return nil
	}
	for i, into := range []*int{&p.Accessibility, &p.BestPractices, &p.SEO} {
		if *into, err = score(gates[i]); err != nil {
			return err
		}
		for _, ref := range r.Categories[gates[i]].AuditRefs {
			a := r.Audits[ref.ID]
			if ref.Weight > 0 && (a.ScoreDisplayMode == "error" || a.Score != nil && *a.Score < 1) {
				p.Findings = append(p.Findings, fmt.Sprintf("%s: %s", ref.ID, cmp.Or(a.ErrorMessage, a.Explanation, a.Title)))
			}
		}
	}
	return nil
}
