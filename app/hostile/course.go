package hostile

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
	"testing/fstest"

	"courselab/lessons/content"
)

//go:embed all:course
var folder embed.FS

// Payloads are texts for fields, names and addresses.
var Payloads = []string{
	`"><script>pwned('script')</script>`,
	`'><img src=x onerror=pwned('img')>`,
	`" autofocus onfocus="pwned('focus')" x="`,
	`</textarea></title></style><svg onload=pwned('svg')>`,
	`javascript:pwned('address')`,
}

// Course is the whole course, with the shipped data in which every text was
// replaced.
func Course() (fs.FS, error) {
	files := fstest.MapFS{}
	err := fs.WalkDir(folder, "course", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := folder.ReadFile(name)
		files[strings.TrimPrefix(name, "course/")] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		return nil, err
	}
	data, err := Data()
	for name, text := range data {
		files[name] = &fstest.MapFile{Data: text}
	}
	return files, err
}

// Accepted is the course without what a check refuses.
func Accepted() (fs.FS, error) {
	course, err := Course()
	if err != nil {
		return nil, err
	}
	files := course.(fstest.MapFS)
	for _, name := range []string{"zh/m2.md", "zh/img/script.svg", "zh/img/entity.svg"} {
		if files[name] == nil {
			return nil, fmt.Errorf("remove %s: %w", name, fs.ErrNotExist)
		}
		delete(files, name)
	}
	info := files["course.md"]
	info.Data = []byte(strings.Replace(string(info.Data), "\n  - m2\n", "\n", 1))
	return files, nil
}

// shown are the texts of data files that a page shows; all others are ids, dates and
// units, which are checked.
var shown = map[string]string{
	"name": Payloads[0], "vendor": Payloads[1], "licence": Payloads[2], "notes": Payloads[0], "note": Payloads[1],
	"why": Payloads[3], "what": Payloads[0], "label": Payloads[1], "shots": Payloads[2], "variant": Payloads[3],
	"title": Payloads[0], "about": Payloads[1], "source": Payloads[4], "sources": Payloads[4], "url": Payloads[4],
	"release_source": Payloads[4], "params_source": Payloads[4],
}

// Data is the shipped data with every shown text replaced, by path.
func Data() (map[string][]byte, error) {
	names, err := fs.Glob(content.FS, "data/*.json")
	if err != nil {
		return nil, err
	}
	out := map[string][]byte{}
	for _, name := range names {
		src, err := fs.ReadFile(content.FS, name)
		if err != nil {
			return nil, err
		}
		var tree any
		if err := json.Unmarshal(src, &tree); err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if out[name], err = json.Marshal(poison(tree, "")); err != nil {
			return nil, fmt.Errorf("write %s: %w", name, err)
		}
	}
	return out, nil
}

func poison(node any, key string) any {
	switch n := node.(type) {
	case map[string]any:
		for k, v := range n {
			n[k] = poison(v, k)
		}
	case []any:
		for i, v := range n {
			n[i] = poison(v, key)
		}
	case string:
		if p, ok := shown[key]; ok && n != "" {
			return p
		}
	}
	return node
}
