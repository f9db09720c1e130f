package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
)

// offlineBuild is what the service worker knows of its build; see assets/sw.js.
type offlineBuild struct {
	Version string            `json:"version"`
	Code    map[string]string `json:"code"`    // path → SHA-256, hexadecimal
	Content []string          `json:"content"` // paths of the editable files
}

// serviceWorker returns sw.js with the list of the build's files before it.
func serviceWorker(assets fs.FS, files Files, version string) ([]byte, error) {
	script, err := fs.ReadFile(assets, "sw.js")
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	build := offlineBuild{Version: version, Code: map[string]string{}, Content: []string{}}
	for _, name := range files.names() {
		if strings.HasPrefix(name, "content/") {
			build.Content = append(build.Content, name)
			continue
		}
		sum := sha256.Sum256(files[name])
		build.Code[name] = hex.EncodeToString(sum[:])
	}
	list, err := json.Marshal(build)
	if err != nil {
		return nil, fmt.Errorf("encode file list: %w", err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "const BUILD = %s;\n", list)
	b.Write(script)
	return b.Bytes(), nil
}

// manifest returns the web app manifest. Its addresses are relative to itself,
// so it holds under any path; the id wants the absolute path where one is known.
func manifest(base string) ([]byte, error) {
	type icon struct {
		Src     string `json:"src"`
		Sizes   string `json:"sizes"`
		Type    string `json:"type"`
		Purpose string `json:"purpose"`
	}
	m := struct {
		Name            string `json:"name"`
		ShortName       string `json:"short_name"`
		Lang            string `json:"lang"`
		ID              string `json:"id"`
		StartURL        string `json:"start_url"`
		Scope           string `json:"scope"`
		Display         string `json:"display"`
		BackgroundColor string `json:"background_color"`
		ThemeColor      string `json:"theme_color"`
		Icons           []icon `json:"icons"`
	}{
		Name: "大模型选型课程", ShortName: "大模型选型", Lang: "zh-CN",
		ID: base, StartURL: "./", Scope: "./", Display: "standalone",
		BackgroundColor: "#fbfaf7", ThemeColor: "#14594f",
		Icons: []icon{
			{"assets/icons/icon-192.png", "192x192", "image/png", "any"},
			{"assets/icons/icon-512.png", "512x512", "image/png", "any"},
			{"assets/icons/maskable-512.png", "512x512", "image/png", "maskable"},
			{"assets/icons/icon.svg", "any", "image/svg+xml", "any"},
		},
	}
	if base == "" {
		// The browser's default, the start address, is right under any path.
		m.ID = "./"
	}
	out, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode manifest: %w", err)
	}
	return append(out, '\n'), nil
}
