//go:build !js

package audit

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"courselab/app/browsertest"
	"courselab/app/site"
)

// Options say what is looked at.
type Options struct {
	// Lighthouse is its folder as npm installs it.
	Lighthouse string
	// Pages are paths below the root, such as "lessons/m3/".
	Pages []string
	// Runs is how often the performance of each is taken.
	Runs int
	// Lesson is the first lesson's path.
	Lesson string
	// Say is told what is being done.
	Say func(what string)
}

// Report is what `lab audit` writes.
type Report struct {
	Date       string `json:"date"`
	Lighthouse string `json:"lighthouse"` // its version
	Sizes      []Size `json:"sizes"`
	Pages      []Page `json:"pages"`
}

// Kept tells whether every promise is kept.
func (r Report) Kept() bool {
	for _, s := range r.Sizes {
		if !s.Kept() {
			return false
		}
	}
	for _, p := range r.Pages {
		if !p.Clean() {
			return false
		}
	}
	return true
}

// Run looks at a site, and at the single file of the same course.
func Run(ctx context.Context, files site.Files, single []byte, o Options) (Report, error) {
	r := Report{Date: time.Now().UTC().Format(time.DateOnly)}
	l, err := openLighthouse(o.Lighthouse)
	if err != nil {
		return r, err
	}
	r.Lighthouse = l.version
	server := httptest.NewServer(files.Handler(nil))
	defer server.Close()
	root := server.URL + "/"

	o.say("sizes")
	if err := browsertest.Outside(func(t testing.TB) { r.Sizes = FirstLesson(t, root, o.Lesson, files) }); err != nil {
		return r, fmt.Errorf("sizes: %w", err)
	}
	offline, err := Offline(files)
	if err != nil {
		return r, fmt.Errorf("sizes: %w", err)
	}
	r.Sizes = append(r.Sizes, offline, Single(single))

	for _, path := range o.Pages {
		o.say("lighthouse /" + path)
		p, err := l.page(ctx, root, path, o.Runs)
		if err != nil {
			return r, err
		}
		r.Pages = append(r.Pages, p)
	}
	return r, nil
}

func (o Options) say(what string) {
	if o.Say != nil {
		o.Say(what)
	}
}

// Markdown writes the report as tables.
func (r Report) Markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, Lighthouse %s, as on a phone:\n\n", r.Date, r.Lighthouse)
	b.WriteString("| Page | Accessibility | Best practices | SEO | Performance (all runs) |\n|---|---:|---:|---:|---:|\n")
	for _, p := range r.Pages {
		runs := strings.Trim(strings.ReplaceAll(fmt.Sprint(p.Runs), " ", ", "), "[]")
		fmt.Fprintf(&b, "| `%s` | %d | %d | %d | %d (%s) |\n", p.Path, p.Accessibility, p.BestPractices, p.SEO, p.Performance, runs)
	}
	b.WriteString("\n| Transferred, compressed | KB | at most |\n|---|---:|---:|\n")
	for _, s := range r.Sizes {
		fmt.Fprintf(&b, "| %s | %.0f | %.0f |\n", s.What, float64(s.Bytes)/1e3, float64(s.Limit)/1e3)
	}
	for _, p := range r.Pages {
		for _, f := range p.Findings {
			fmt.Fprintf(&b, "\n`%s`: %s\n", p.Path, f)
		}
	}
	return b.String()
}
