package site

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/ascii85"
	"encoding/base64"
	"fmt"
	"html/template"
	"path"
	"regexp"
	"strings"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"courselab/app"
	"courselab/app/content"
	"courselab/app/env"
	"courselab/app/route"
	"courselab/app/settings"
)

// singlePolicy is the Content-Security-Policy of the single file, short of the
// hashes: nothing is loaded from anywhere, its own folder included. %s are the
// hashes of its scripts and of its style sheet.
const singlePolicy = "default-src 'none'; script-src %s 'wasm-unsafe-eval'; style-src %s; " +
	"img-src data: blob:; font-src data:; worker-src blob:; base-uri 'none'; form-action 'none'"

// singleDocument is the course map as a document that carries everything.
type singleDocument struct {
	page
	Icon   template.URL
	Style  template.HTML // the style sheet, in its element
	Early  template.HTML // scripts before the body
	Blocks template.HTML // the files that it carries
}

var singleTemplate = template.Must(template.New("single").Parse(`<!doctype html>
<html lang="{{.Lang}}" data-course="{{.Course}}" data-version="{{.Version}}"{{with .ModelBytes}} data-model-bytes="{{.}}"{{end}}>
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{{.Policy}}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}}</title>
<meta name="description" content="{{.Description}}">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="{{.Icon}}">
{{.Style}}
{{.Early}}
</head>
<body>
{{.Body}}
<noscript><p class="boot-failed">课文与实验由这个文件里的程序显示：请在浏览器里允许 JavaScript，再打开一次。</p></noscript>
{{.Blocks}}
</body>
</html>
`))

// Single renders the whole course as one HTML document that opens from a disk:
// programs, language model, course, styles and icons are carried in it, and
// nothing is ever fetched. See assets/single.js for how they are read.
func Single(ctx context.Context, in Input) ([]byte, error) {
	in.Base, in.Origin = "", ""
	files, err := in.files()
	if err != nil {
		return nil, err
	}
	version := files.version("single file")
	start, err := courseMap(in, version)
	if err != nil {
		return nil, err
	}
	d := singleDocument{page: start}

	style, err := inlineFonts(files)
	if err != nil {
		return nil, err
	}
	if err := closes("style", style); err != nil {
		return nil, fmt.Errorf("inline style.css: %w", err)
	}
	d.Style = template.HTML("<style>" + style + "</style>")
	d.Icon = template.URL(dataURI("image/svg+xml", files["assets/icons/icon.svg"]))

	var hashes []string
	var early strings.Builder
	for _, name := range []string{"single.js", "boot.js", "wasm_exec.js"} {
		text, err := script(in, files, name)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hashSource(text))
		fmt.Fprintf(&early, "<script data-file=\"assets/%s\">%s</script>\n", name, text)
	}
	d.Early = template.HTML(early.String())
	d.Policy = fmt.Sprintf(singlePolicy, strings.Join(hashes, " "), hashSource(style))

	blocks, err := carried(in, files)
	if err != nil {
		return nil, err
	}
	d.Blocks = template.HTML(blocks)

	var b bytes.Buffer
	if err := singleTemplate.Execute(&b, d); err != nil {
		return nil, fmt.Errorf("render single file: %w", err)
	}
	return b.Bytes(), nil
}

// courseMap prerenders the start page with the addresses of the single file.
func courseMap(in Input, version string) (page, error) {
	library, err := content.Load(content.FromFS(in.Course), in.Registry)
	if err != nil {
		return page{}, fmt.Errorf("read course: %w", err)
	}
	course := library.Course()
	e := &env.Env{Content: library, Course: course, Settings: settings.Default(), Static: map[string]string{}, Version: version}
	if e.ModelBytes, err = modelSize(in); err != nil {
		return page{}, err
	}
	spec := app.Pages(library)[0]
	p := page{Path: spec.Path, Title: spec.Title, Description: spec.Description,
		Lang: course.Lang, Course: course.ID, Version: version, ModelBytes: e.ModelBytes}
	defer route.SetBase(route.Base())
	route.SetDocument("", nil)
	body, err := normalise(goapp.HTMLString(spec.Build(e)))
	if err != nil {
		return page{}, fmt.Errorf("prerender %q: %w", spec.Path, err)
	}
	p.Body = template.HTML(strings.TrimSpace(body))
	return p, nil
}

// script returns a script of the document, which must not end its own element.
func script(in Input, files Files, name string) (string, error) {
	if _, ok := files["assets/"+name]; !ok {
		if err := addScript(files, in, name); err != nil {
			return "", err
		}
	}
	text := files["assets/"+name]
	if err := closes("script", string(text)); err != nil {
		return "", fmt.Errorf("inline %s: %w", name, err)
	}
	return string(text), nil
}

// closes is an error where text would end, or hide, the element it stands in.
func closes(element, text string) error {
	lower := strings.ToLower(text)
	for _, mark := range []string{"</" + element, "<!--"} {
		if strings.Contains(lower, mark) {
			return fmt.Errorf("it holds %q", mark)
		}
	}
	return nil
}

// hashSource names a script or style by its text, for a policy.
func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func dataURI(kind string, data []byte) string {
	return "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)
}

var fontAddress = regexp.MustCompile(`url\("(fonts/[^"]+)"\)`)

// inlineFonts returns the style sheet with its fonts in it.
func inlineFonts(files Files) (string, error) {
	var missing error
	style := fontAddress.ReplaceAllStringFunc(string(files["assets/style.css"]), func(u string) string {
		name := "assets/" + fontAddress.FindStringSubmatch(u)[1]
		data, ok := files[name]
		if !ok {
			missing = fmt.Errorf("inline style.css: no file %s", name)
		}
		return `url("` + dataURI("font/woff2", data) + `")`
	})
	return style, missing
}

// carried writes the files that the page and the worker read, each as a block of
// text: gzip, then base 85, which adds a quarter where base 64 adds a third, a
// megabyte in twelve. worker.js stays as it is: its text is the worker's script.
func carried(in Input, files Files) (string, error) {
	var b strings.Builder
	worker, err := script(in, files, "worker.js")
	if err != nil {
		return "", err
	}
	fmt.Fprintf(&b, "<script type=\"text/plain\" data-file=\"assets/worker.js\">%s</script>\n", worker)
	for _, name := range files.names() {
		packed, ok := files[name+".gz"]
		switch {
		case ok:
		case strings.HasPrefix(name, "content/"), name == "assets/credits.txt",
			strings.HasPrefix(name, "assets/model/") && path.Ext(name) != ".md",
			strings.HasPrefix(name, "assets/kernel"):
			var err error
			if packed, err = compress(files[name]); err != nil {
				return "", fmt.Errorf("compress %s: %w", name, err)
			}
		default:
			continue
		}
		fmt.Fprintf(&b, "<script type=\"text/plain\" data-file=\"%s\" data-size=\"%d\" data-packed>%s</script>\n",
			template.HTMLEscapeString(name), len(files[name]), base85(packed))
	}
	return b.String(), nil
}

// base85 writes bytes as text that is no markup: Adobe's digits, with 'v' for
// '<', and without the short form of zeros.
func base85(data []byte) string {
	text := make([]byte, ascii85.MaxEncodedLen(len(data)))
	text = text[:ascii85.Encode(text, data)]
	return string(bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("z"), []byte("!!!!!")), []byte("<"), []byte("v")))
}
