//go:build !js

package journeys

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"

	"courselab/app/registry"
	"courselab/app/site"
	"courselab/assets"
	"courselab/lessons/content"
)

// built is the site of this checkout, built once for all journeys.
var built = sync.OnceValues(func() (site.Files, error) {
	return site.Build(context.Background(), site.Input{
		Assets:   assets.FS,
		Programs: os.DirFS("../../build"),
		Course:   content.FS,
		Registry: registry.Lessons(),
	})
})

// host serves a built site under a path, as a static host does, and lets a
// journey change what lies there.
type host struct {
	*httptest.Server
	root string // address of the course map

	mu    sync.Mutex
	files site.Files
}

// newHost serves the site of this checkout under base, such as "/" or
// "/any/sub/path/".
func newHost(t testing.TB, base string) *host {
	t.Helper()
	files, err := built()
	if errors.Is(err, site.ErrNoProgram) {
		t.Fatalf("%v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	h := &host{files: files}
	mux := http.NewServeMux()
	mux.Handle(base, http.StripPrefix(strings.TrimSuffix(base, "/"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		files := h.files
		h.mu.Unlock()
		files.Handler(nil).ServeHTTP(w, r)
	})))
	h.Server = httptest.NewServer(mux)
	h.root = h.URL + base
	t.Cleanup(h.Close)
	return h
}
