package site

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"courselab/app/progress/scorm"
	"courselab/lessons"
)

// Input is everything that a build reads.
type Input struct {
	// Assets holds the fixed files, as package assets embeds them.
	Assets fs.FS
	// Programs holds app.wasm, engine.wasm and wasm_exec.js, as `make wasm`
	// writes them.
	Programs fs.FS
	// Course holds course.md and one folder per language.
	Course fs.FS
	// Base is the absolute path the site will lie under, such as "/course/",
	// for what wants one (canonical links, the manifest's id, the page for
	// unknown addresses). Empty leaves these relative.
	Base string
	// Origin is the host that the site will lie on, such as
	// "https://example.org", where it is known: search engines want canonical
	// links whole.
	Origin   string
	Registry lessons.Registry

	scorm scorm.Version // set by Scorm
}

// Files is a built site: slash-separated path → content.
type Files map[string][]byte

// ErrNoProgram is returned by Build when a wasm binary is missing.
var ErrNoProgram = errors.New("not built yet: run `make wasm`")

// programs are the files of Input.Programs.
var programs = []string{"app.wasm", "engine.wasm", "wasm_exec.js"}

// Build renders the site. A faulty course is returned as lessons.Faults, wrapped.
func Build(ctx context.Context, in Input) (Files, error) {
	files, err := in.files()
	if err != nil {
		return nil, err
	}
	if files["manifest.webmanifest"], err = manifest(in.Base); err != nil {
		return nil, err
	}
	if err := addBase(files, in.Course); err != nil {
		return nil, err
	}
	version := files.version(in.Origin + in.Base)
	if err := addPages(ctx, files, in, version); err != nil {
		return nil, err
	}
	worker, err := serviceWorker(in.Assets, files, version)
	if err != nil {
		return nil, err
	}
	files["sw.js"] = worker
	return files, nil
}

func addPages(ctx context.Context, files Files, in Input, version string) error {
	pages, err := prerender(ctx, in, version)
	if err != nil {
		return err
	}
	maps.Copy(files, pages)
	return nil
}

// files returns what lies in a site as it is given: programs, assets and course.
func (in Input) files() (Files, error) {
	files := Files{}
	if err := addPrograms(files, in.Programs); err != nil {
		return nil, err
	}
	if err := addAssets(files, in.Assets); err != nil {
		return nil, err
	}
	if err := addTree(files, in.Course, "content"); err != nil {
		return nil, err
	}
	addColours(files)
	return files, nil
}

func addPrograms(files Files, dir fs.FS) error {
	for _, name := range programs {
		data, err := readProgram(dir, name)
		if err != nil {
			return err
		}
		files["assets/"+name] = data
		if path.Ext(name) != ".wasm" {
			continue
		}
		packed, fits := packedProgram(dir, name, data)
		if !fits {
			if packed, err = compress(data); err != nil {
				return fmt.Errorf("compress %s: %w", name, err)
			}
		}
		files["assets/"+name+".gz"] = packed
	}
	return nil
}

// compress packs without name or time, so that equal input gives equal output.
func compress(data []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// special are scripts that do not lie in every site as they are: the service
// worker gets a list of files, the others belong to one edition.
var special = []string{"sw.js", "single.js", "scorm.js"}

// addAssets copies the fixed files, and joins the style sheets into one:
// base.css first, since it defines the variables, then the others by name.
func addAssets(files Files, assets fs.FS) error {
	var sheets []string
	err := fs.WalkDir(assets, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch {
		case path.Ext(name) == ".go", slices.Contains(special, name):
		case path.Dir(name) == "css":
			sheets = append(sheets, name)
		default:
			data, err := fs.ReadFile(assets, name)
			if err != nil {
				return err
			}
			files["assets/"+name] = data
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read assets: %w", err)
	}
	slices.SortFunc(sheets, func(a, b string) int {
		if first := "css/base.css"; a == first || b == first {
			return boolOrder(a == first, b == first)
		}
		return strings.Compare(a, b)
	})
	var style bytes.Buffer
	for _, name := range sheets {
		data, err := fs.ReadFile(assets, name)
		if err != nil {
			return fmt.Errorf("read assets %s: %w", name, err)
		}
		style.Write(data)
		style.WriteByte('\n')
	}
	files["assets/style.css"] = style.Bytes()
	return nil
}

// addScript adds a script of one edition.
func addScript(files Files, in Input, name string) error {
	text, err := fs.ReadFile(in.Assets, name)
	if err != nil {
		return fmt.Errorf("read assets: %w", err)
	}
	files["assets/"+name] = text
	return nil
}

// boolOrder sorts true before false.
func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

func addTree(files Files, tree fs.FS, under string) error {
	err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if hidden := strings.HasPrefix(d.Name(), ".") && name != "."; hidden {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() || path.Ext(name) == ".go" {
			return nil
		}
		data, err := fs.ReadFile(tree, name)
		if err != nil {
			return err
		}
		files[path.Join(under, name)] = data
		return nil
	})
	if err != nil {
		return fmt.Errorf("read course: %w", err)
	}
	return nil
}

// names returns the paths of the files in order.
func (f Files) names() []string {
	names := make([]string, 0, len(f))
	for name := range f {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// version is the hash of all inputs, short enough to read out.
func (f Files) version(base string) string {
	h := sha256.New()
	fmt.Fprintf(h, "%q\n", base)
	for _, name := range f.names() {
		fmt.Fprintf(h, "%q %x\n", name, sha256.Sum256(f[name]))
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}
