package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"courselab/app"
	"courselab/lessons"
)

// contentTypes are set by name, since the system's table differs from machine to
// machine.
var contentTypes = map[string]string{
	".css":         "text/css; charset=utf-8",
	".gz":          "application/gzip",
	".html":        "text/html; charset=utf-8",
	".js":          "text/javascript; charset=utf-8",
	".json":        "application/json",
	".md":          "text/markdown; charset=utf-8",
	".png":         "image/png",
	".safetensors": "application/octet-stream",
	".svg":         "image/svg+xml",
	".txt":         "text/plain; charset=utf-8",
	".wasm":        "application/wasm",
	".webmanifest": "application/manifest+json",
	".woff2":       "font/woff2",
}

// Handler serves the files as a static host with folder indexes does. Files
// under content/ come from the live course folder where one is given, so that an
// author sees an edit at the next reload.
func (f Files) Handler(live fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
		_, isFolder := f[path.Join(name, "index.html")]
		added := !isFolder && live != nil && isAddedLesson(name, live)
		if isFolder || added {
			if name != "" && !strings.HasSuffix(r.URL.Path, "/") {
				// Relative, so that it holds behind a proxy that adds a prefix.
				target := path.Base(name) + "/"
				if r.URL.RawQuery != "" {
					target += "?" + r.URL.RawQuery
				}
				w.Header().Set("Location", target)
				w.WriteHeader(http.StatusMovedPermanently)
				return
			}
			name = path.Join(name, "index.html")
		}
		data, ok := f.read(name, live)
		if added {
			data, ok = f[path.Join(app.AddedPath, "index.html")]
		}
		if !ok {
			w.Header().Set("Content-Type", contentTypes[".html"])
			w.WriteHeader(http.StatusNotFound)
			w.Write(f["404.html"])
			return
		}
		if kind, ok := contentTypes[path.Ext(name)]; ok {
			w.Header().Set("Content-Type", kind)
		}
		sum := sha256.Sum256(data)
		w.Header().Set("ETag", `"`+hex.EncodeToString(sum[:8])+`"`)
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
	})
}

// isAddedLesson reports whether a name is that of the page of a lesson which a
// course has; where no such page was built, it came later.
func isAddedLesson(name string, course fs.FS) bool {
	id, isLesson := strings.CutPrefix(name, "lessons/")
	if !isLesson {
		return false
	}
	src, err := fs.ReadFile(course, "course.md")
	if err != nil {
		return false
	}
	info, _ := lessons.ParseCourse("course.md", src)
	return info != nil && slices.Contains(info.Texts(), id)
}

func (f Files) read(name string, live fs.FS) ([]byte, bool) {
	if under, ok := strings.CutPrefix(name, "content/"); ok && live != nil && fs.ValidPath(under) {
		data, err := fs.ReadFile(live, under)
		return data, err == nil
	}
	data, ok := f[name]
	return data, ok
}
