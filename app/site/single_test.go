package site

import (
	"bytes"
	"compress/gzip"
	"encoding/ascii85"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"courselab/app/registry"
	"courselab/assets"
	"courselab/lessons/content"
)

func single(t *testing.T) []byte {
	t.Helper()
	document, err := Single(t.Context(), Input{Assets: assets.FS, Programs: programStubs, Course: content.FS, Registry: registry.Lessons()})
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// TestSinglePolicy holds every script that runs, and the style sheet, against the
// policy's hashes, and the document against anything that lies elsewhere.
func TestSinglePolicy(t *testing.T) {
	document := string(single(t))
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(document)
	if policy == nil {
		t.Fatal("no policy")
	}
	allowed := strings.ReplaceAll(strings.ReplaceAll(policy[1], "&#39;", "'"), "&#43;", "+")
	running := regexp.MustCompile(`(?s)<(script|style)( data-file="[^"]*")?>(.*?)</`).FindAllStringSubmatch(document, -1)
	for _, m := range running {
		if !strings.Contains(allowed, hashSource(m[3])) {
			t.Errorf("a %s%s is not among the hashes of %s", m[1], m[2], allowed)
		}
	}
	if len(running) != 4 || strings.Count(allowed, "'sha256-") != 4 {
		t.Errorf("%d scripts and styles, policy %s", len(running), allowed)
	}
	if strings.Contains(allowed, "'self'") || strings.Contains(allowed, "'unsafe-inline'") || strings.Contains(allowed, "connect-src") {
		t.Errorf("the policy lets something in: %s", allowed)
	}
	for _, m := range regexp.MustCompile(`<[^>]* (?:src|href)="([^"]*)"`).FindAllStringSubmatch(document, -1) {
		if !strings.HasPrefix(m[1], "?p=/") && !strings.HasPrefix(m[1], "#") && !strings.HasPrefix(m[1], "data:") && !strings.HasPrefix(m[1], "https://") {
			t.Errorf("%q lies outside the document", m[1])
		}
	}
}

// TestSingleCarriesEverything unpacks what the document carries and compares it
// with the site's files.
func TestSingleCarriesEverything(t *testing.T) {
	document := single(t)
	files, err := Input{Assets: assets.FS, Programs: programStubs, Course: content.FS}.files()
	if err != nil {
		t.Fatal(err)
	}
	carried := map[string]bool{}
	for _, m := range regexp.MustCompile(`<script type="text/plain" data-file="([^"]*)" data-size="(\d+)" data-packed>([^<]*)</script>`).FindAllSubmatch(document, -1) {
		name := string(m[1])
		carried[name] = true
		text := bytes.ReplaceAll(m[3], []byte("v"), []byte("<"))
		packed := make([]byte, len(text))
		n, _, err := ascii85.Decode(packed, text, true)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		r, err := gzip.NewReader(bytes.NewReader(packed[:n]))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		data, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(data, files[name]) {
			t.Errorf("%s: %d bytes come out, %v; the site has %d", name, len(data), err, len(files[name]))
		}
		if string(m[2]) != strconv.Itoa(len(data)) {
			t.Errorf("%s: says %s bytes, has %d", name, m[2], len(data))
		}
	}
	for name := range files {
		read := strings.HasPrefix(name, "content/") || strings.HasPrefix(name, "assets/model/") && !strings.HasSuffix(name, ".md") ||
			strings.HasSuffix(name, ".wasm") || name == "assets/credits.txt"
		if read != carried[name] {
			t.Errorf("%s: carried %t, want %t", name, carried[name], read)
		}
	}
}

func TestBase85(t *testing.T) {
	if got := base85([]byte{0, 0, 0, 0, 0x6e, 0x61, 0x1b, 0x5a, 1}); strings.ContainsAny(got, "<z&") || !strings.HasPrefix(got, "!!!!!") {
		t.Errorf("got %q", got)
	}
}

func TestTwoSingleFilesAreEqual(t *testing.T) {
	if !bytes.Equal(single(t), single(t)) {
		t.Error("two builds differ")
	}
}

// TestSingleSize holds the file with the real programs under 16 MB.
func TestSingleSize(t *testing.T) {
	in := Input{Assets: assets.FS, Programs: os.DirFS("../../build"), Course: content.FS, Registry: registry.Lessons()}
	document, err := Single(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(document); n > 16_000_000 {
		t.Errorf("the single file has %.1f MB, at most 16 are meant", float64(n)/1e6)
	}
}
