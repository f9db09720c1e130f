//go:build !js

package journeys

import (
	"context"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"courselab/app/browsertest"
	"courselab/app/registry"
	"courselab/app/site"
	"courselab/assets"
	"courselab/lessons/content"
)

var singleBuilt = sync.OnceValues(func() ([]byte, error) {
	return site.Single(context.Background(), site.Input{
		Assets:   assets.FS,
		Programs: os.DirFS("../../build"),
		Course:   content.FS,
		Registry: registry.Lessons(),
	})
})

// singleFile writes the single-file edition where an instructor might put it, and
// returns its address on the disk.
func singleFile(t *testing.T) string {
	t.Helper()
	document, err := singleBuilt()
	if errors.Is(err, site.ErrNoProgram) {
		t.Fatalf("%v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(t.TempDir(), "课程 资料 (2026)")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, "大模型 选型.html")
	if err := os.WriteFile(file, document, 0o644); err != nil {
		t.Fatal(err)
	}
	address := url.URL{Scheme: "file", Path: filepath.ToSlash(file)}
	return address.String()
}

// TestSingleFile opens the single file from the disk: pages by its query, labs,
// quiz, search, the language model, and progress that outlives the page, with
// nothing asked of any network.
func TestSingleFile(t *testing.T) {
	t.Parallel()
	address := singleFile(t)
	b := browsertest.New(t)
	b.Viewport(1280, 900, false)

	open(b, address)
	b.Click(`a[href$="?p=/lessons/m3"]`)
	b.WaitFor("the lesson", `document.querySelector("h1")?.textContent.includes("模型架构") && document.title.includes("模型架构")`)
	readAndAnswer(t, b)
	b.Eval(`document.querySelector("a[rel=next]").click()`, nil)
	b.WaitFor("the next lesson", `location.search === "?p=/lessons/m4" && document.activeElement.tagName === "H1" && document.activeElement.textContent.includes("云端")`)
	b.Eval(`history.back()`, nil)
	b.WaitFor("the lesson again", `location.search === "?p=/lessons/m3" && document.querySelector("h1").textContent.includes("模型架构")`)
	b.Eval(`history.back()`, nil)
	b.WaitFor("the course map again", `document.querySelector("#map-search") !== null`)

	open(b, address+"?p=/lessons/m3#q-mixing")
	if got := verdict(b, "q-mixing"); got != "right" {
		t.Errorf("after opening the file again the question is %q, want right", got)
	}
	b.Click(`.tabs a[href$="?p=/search"]`)
	typeInto(b, "#search-query", "KV")
	b.WaitFor("the search to answer", `location.search === "?p=/search&q=KV" && document.querySelector("#page-main").innerText.includes("键值缓存")`)
	open(b, address+"?p=/labs/next-token")
	b.WaitFor("the language model", labReady)
	clean(t, b)
	for _, r := range b.Requests() {
		if !r.Own && !strings.HasPrefix(r.URL, "file:") {
			t.Errorf("it asked for %s", r.URL)
		}
	}
}
