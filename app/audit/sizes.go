//go:build !js

package audit

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"courselab/app/browsertest"
	"courselab/app/site"
)

// Size is a number of bytes and what it may be at most.
type Size struct {
	What  string   `json:"what"`
	Bytes int      `json:"bytes"`
	Limit int      `json:"limit"`
	Files []string `json:"files,omitempty"` // that were counted
}

// Kept tells whether the promise is kept.
func (s Size) Kept() bool { return s.Bytes <= s.Limit }

// The promises.
const (
	readingLimit = 150_000
	quizLimit    = 3_100_000
	offlineLimit = 12_000_000
	singleLimit  = 16_000_000
)

// Offline is what the service worker stores for the whole course.
func Offline(files site.Files) (Size, error) {
	size := Size{What: "the whole course, offline", Limit: offlineLimit}
	var names []string
	for name := range files {
		// A browser that unpacks gzip stores a program packed only; see
		// assets/sw.js, which is itself kept elsewhere.
		if _, packed := files[name+".gz"]; !packed && name != "sw.js" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	err := size.count(files, names)
	return size, err
}

// Single is the single-file edition, which nothing compresses on its way.
func Single(document []byte) Size {
	return Size{What: "the single file", Bytes: len(document), Limit: singleLimit}
}

// noted keeps what the page has received when its quiz can be answered: its
// program runs, and an option takes the click.
const noted = `new MutationObserver((_, watch) => {
	if (document.documentElement.dataset.app !== "ready" || !document.querySelector(".option-input:enabled")) return;
	watch.disconnect();
	window.auditReceived = performance.getEntriesByType("resource")
		.map(e => ({name: e.name, blocking: e.renderBlockingStatus === "blocking" || e.initiatorType === "css"}));
}).observe(document, {subtree: true, childList: true, attributes: true})`

// FirstLesson opens the first lesson of the site at root in a browser that has
// never seen the course, and counts what must come before it can be read (the
// page, what holds up its first painting, and fonts), and what has come by the
// time its quiz can be answered.
func FirstLesson(t testing.TB, root, lesson string, files site.Files) (sizes []Size) {
	t.Helper()
	b := browsertest.New(t)
	b.Viewport(360, 740, true)
	if _, err := chromedp.Call(b.Context(), page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: noted}); err != nil {
		t.Fatalf("watch the page: %v", err)
	}
	b.Navigate(root + lesson)
	b.WaitForWithin(2*time.Minute, "the first lesson's quiz", `window.auditReceived !== undefined`)
	var received []struct {
		Name     string
		Blocking bool
	}
	b.Eval(`window.auditReceived`, &received)
	reading := []string{lesson + "index.html"}
	quiz := slices.Clone(reading)
	for _, r := range received {
		name, ok := strings.CutPrefix(r.Name, root)
		if !ok {
			continue // data: and blob: travel in what is counted
		}
		name, err := url.PathUnescape(strings.SplitN(name, "?", 2)[0])
		if err != nil {
			t.Fatalf("address %s: %v", r.Name, err)
		}
		if name == "" || strings.HasSuffix(name, "/") {
			name += "index.html"
		}
		if !slices.Contains(quiz, name) {
			quiz = append(quiz, name)
		}
		if r.Blocking && !slices.Contains(reading, name) {
			reading = append(reading, name)
		}
	}
	for _, s := range []struct {
		size  Size
		names []string
	}{
		{Size{What: "the first lesson, readable", Limit: readingLimit}, reading},
		{Size{What: "its quiz, usable", Limit: quizLimit}, quiz},
	} {
		if err := s.size.count(files, s.names); err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, s.size)
	}
	return sizes
}

// count adds files of a site.
func (s *Size) count(files site.Files, names []string) error {
	for _, name := range names {
		data, ok := files[name]
		if !ok {
			return fmt.Errorf("count %s: the site has no such file", name)
		}
		n, err := transferred(data)
		if err != nil {
			return fmt.Errorf("count %s: %w", name, err)
		}
		s.Bytes += n
	}
	s.Files = append(s.Files, names...)
	return nil
}

// transferred is how many bytes a host that compresses sends of a file.
func transferred(data []byte) (int, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return 0, err
	}
	if _, err := w.Write(data); err != nil {
		return 0, err
	}
	if err := w.Close(); err != nil {
		return 0, err
	}
	return min(len(data), packed.Len()), nil
}
