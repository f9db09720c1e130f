package site

import (
	"bytes"
	"fmt"
	"html/template"
	"strings"

	"courselab/app/route"
)

// policy is the Content-Security-Policy of every page. Scripts get nothing but
// their own origin and the licence to compile WebAssembly.
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; " +
	"img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; " +
	"manifest-src 'self'; base-uri 'none'; form-action 'none'"

// page is what the document around a prerendered page needs.
type page struct {
	Path        string // "lessons/m3"; "" is the course map
	Title       string
	Description string
	Lang        string
	Course      string // the course's id
	Version     string
	ModelBytes  int    // of the language model's files
	Scorm       string // the version, in a package for a learning platform
	Root        string // what its relative addresses start with
	Canonical   string // empty where the site's base is unknown
	Policy      string
	Body        template.HTML
}

var document = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="{{.Lang}}" data-course="{{.Course}}" data-version="{{.Version}}"{{with .ModelBytes}} data-model-bytes="{{.}}"{{end}}{{with .Scorm}} data-scorm="{{.}}"{{end}}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{.Policy}}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<meta name="description" content="{{.Description}}">
<meta name="color-scheme" content="light dark">
<meta name="theme-color" content="#fbfaf7" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#14181a" media="(prefers-color-scheme: dark)">
{{- with .Canonical}}
<link rel="canonical" href="{{.}}">
{{- end}}
{{- if not .Scorm}}
<link rel="manifest" href="{{.Root}}manifest.webmanifest">
{{- end}}
<link rel="icon" href="{{.Root}}assets/icons/icon.svg" type="image/svg+xml">
<link rel="apple-touch-icon" href="{{.Root}}assets/icons/apple-touch-icon.png">
{{- if .Scorm}}
<script src="{{.Root}}assets/scorm.js"></script>
{{- end}}
<script src="{{.Root}}assets/boot.js"></script>
<link rel="stylesheet" href="{{.Root}}assets/style.css">
<script src="{{.Root}}assets/wasm_exec.js" defer></script>
</head>
<body>
{{.Body}}
</body>
</html>
`))

// render writes the document of p. The base, where known, makes the page for
// unknown addresses absolute, since it is shown at any depth. At the root of an
// unknown host a canonical link would repeat the page's own address.
func (p page) render(origin, base string) ([]byte, error) {
	p.Policy = policy
	p.Root = p.root(base)
	if whole := origin + base; whole != "" && whole != "/" && p.Path != "404" {
		p.Canonical = whole + strings.TrimPrefix(p.Path+"/", "/")
	}
	var b bytes.Buffer
	if err := document.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("render page %q: %w", p.Path, err)
	}
	return b.Bytes(), nil
}

func (p page) root(base string) string {
	if p.Path == "404" {
		return base
	}
	return route.Depth(p.Path)
}

// file is where the page lies in the site.
func (p page) file() string {
	switch p.Path {
	case "":
		return "index.html"
	case "404":
		return "404.html"
	}
	return p.Path + "/index.html"
}
