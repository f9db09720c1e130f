package author

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"courselab/app/engine"
	"courselab/lessons"
)

// ErrNoLessons says that nothing of a course was found.
var ErrNoLessons = errors.New("里面没有课文：要有 course.md，或者几个以 --- 开头的 .md 文件")

const (
	courseFile      = "course.md"
	shippedGlossary = "zh/glossary.md"
)

// longestText bounds a text that can be edited here, in bytes.
const longestText = 1 << 20

// Folder is the folder of a course. It is safe for use by several goroutines.
type Folder struct {
	name    string
	notes   []string
	shipped func(path string) ([]byte, error)

	mu       sync.Mutex
	files    map[string][]byte
	given    map[string][]byte // what files held before they were edited
	borrowed map[string][]byte
}

// New takes what was opened. The folder of the course is the one that holds
// course.md, wherever it lies in there; what lies beside it is left out. shipped
// reads a file of the page's own course, and may block on the network.
func New(opened engine.Folder, shipped func(path string) ([]byte, error)) (*Folder, error) {
	f := &Folder{
		name: opened.Name, notes: opened.Problems, shipped: shipped,
		files: map[string][]byte{}, given: map[string][]byte{}, borrowed: map[string][]byte{},
	}
	root, lang := rootOf(opened.Files)
	if root == nowhere {
		return nil, ErrNoLessons
	}
	outside := 0
	for _, file := range opened.Files {
		name, ok := strings.CutPrefix(file.Name, root)
		if !ok {
			outside++
			continue
		}
		f.files[lang+name] = file.Data
	}
	if first, _, nested := strings.Cut(root, "/"); nested && f.name == "" {
		f.name = first
	}
	if f.name == "" {
		f.name = "course"
	}
	if outside > 0 {
		f.note("课程目录以外的 " + strconv.Itoa(outside) + " 个文件没有读入")
	}
	if _, ok := f.files[courseFile]; !ok {
		if err := f.standIn(); err != nil {
			return nil, err
		}
	}
	return f, nil
}

func (f *Folder) note(text string) { f.notes = append(f.notes[:len(f.notes):len(f.notes)], text) }

const nowhere = "\x00"

// rootOf returns what the names of a course's files start with, and what they
// should start with instead: without course.md the lessons' own folder may have
// been opened.
func rootOf(files []engine.FolderFile) (root, lang string) {
	root = nowhere
	depth := 0
	for _, file := range files {
		if n := strings.Count(file.Name, "/"); path.Base(file.Name) == courseFile && (root == nowhere || n < depth) {
			root, depth = strings.TrimSuffix(file.Name, courseFile), n
		}
	}
	if root != nowhere {
		return root, ""
	}
	lessonsIn := map[string]int{}
	folder := ""
	for _, file := range files {
		if isLesson(file) {
			d := path.Dir(file.Name)
			lessonsIn[d]++
			if n := lessonsIn[d]; n > lessonsIn[folder] || n == lessonsIn[folder] && d < folder {
				folder = d
			}
		}
	}
	switch {
	case len(lessonsIn) == 0:
		return nowhere, ""
	case folder == ".":
		return "", "zh/"
	case path.Base(folder) == "zh":
		return strings.TrimSuffix(folder, "zh"), ""
	}
	return folder + "/", "zh/"
}

// isLesson reports whether a file looks like a lesson: named by an id, and with
// front matter.
func isLesson(file engine.FolderFile) bool {
	id, ok := strings.CutSuffix(path.Base(file.Name), ".md")
	text := strings.TrimPrefix(string(file.Data[:min(len(file.Data), 8)]), "\uFEFF")
	return ok && plainID(id) && strings.HasPrefix(text, "---")
}

func plainID(id string) bool {
	for i, c := range id {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || !(c >= '0' && c <= '9' || c == '-' || c == '_')) {
			return false
		}
	}
	return id != ""
}

// standIn borrows the course file, with the lessons that are there.
func (f *Folder) standIn() error {
	src, err := f.shipped(courseFile)
	if err != nil {
		return fmt.Errorf("文件夹里没有 course.md，这门课自己的也读不到：%w", err)
	}
	info, err := lessons.ParseCourse(courseFile, src)
	if err != nil {
		return fmt.Errorf("文件夹里没有 course.md，这门课自己的又有错：%w", err)
	}
	var ids, others []string
	for _, id := range info.Modules {
		if _, ok := f.files["zh/"+id+".md"]; ok {
			ids = append(ids, id)
		}
	}
	for name, data := range f.files {
		id := strings.TrimSuffix(path.Base(name), ".md")
		if path.Dir(name) == "zh" && isLesson(engine.FolderFile{Name: name, Data: data}) &&
			path.Base(name) != info.Glossary && !contains(info.Texts(), id) {
			others = append(others, id)
		}
	}
	sort.Strings(others)
	ids = append(ids, others...)
	if len(ids) == 0 {
		return ErrNoLessons
	}
	before, after, ok := strings.Cut(strings.ReplaceAll(string(src), "\r\n", "\n"), "\nmodules:\n")
	if !ok {
		return ErrNoLessons
	}
	for strings.HasPrefix(after, " ") || strings.HasPrefix(after, "-") && !strings.HasPrefix(after, "---") {
		_, after, _ = strings.Cut(after, "\n")
	}
	f.borrowed[courseFile] = []byte(before + "\nmodules:\n  - " + strings.Join(ids, "\n  - ") + "\n" + after)
	f.note("文件夹里没有 course.md：用的是这门课的，单元换成了文件夹里有的 " + strconv.Itoa(len(ids)) + " 个")
	return nil
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// Name is what the folder was called.
func (f *Folder) Name() string { return f.name }

// Notes says, in Chinese, what was left out and what stands in for what is not
// there.
func (f *Folder) Notes() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var lent []string
	for name := range f.borrowed {
		if name != courseFile {
			lent = append(lent, name)
		}
	}
	if len(lent) == 0 {
		return f.notes
	}
	sort.Strings(lent)
	return append(f.notes[:len(f.notes):len(f.notes)], "文件夹里没有 "+strings.Join(lent, "、")+"：预览用的是这门课自己的，下载的 zip 里不含")
}

// Has reports whether the folder itself has a file.
func (f *Folder) Has(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.files[name]
	return ok
}

// Read implements content.Read. A lesson that is not there is empty, so that the
// others can be shown.
func (f *Folder) Read(name string) ([]byte, error) {
	if data, ok := f.own(name); ok {
		return data, nil
	}
	if !lendable(name) {
		if path.Ext(name) == ".md" {
			return nil, nil
		}
		return nil, fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	data, err := f.shipped(name)
	if err != nil {
		if path.Ext(name) == ".md" {
			return nil, nil
		}
		return nil, fmt.Errorf("文件夹里没有 %s，这门课自己的也读不到：%w", name, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.borrowed[name] = data
	return data, nil
}

// lendable reports whether a file is borrowed where the folder lacks it.
func lendable(name string) bool {
	return path.Dir(name) == "data" && path.Ext(name) == ".json" || name == shippedGlossary
}

// own returns a file that the folder has or has borrowed already.
func (f *Folder) own(name string) ([]byte, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	data, ok := f.files[name]
	if !ok {
		data, ok = f.borrowed[name]
	}
	return data, ok
}

// Texts lists the files that can be edited, sorted, course.md first.
func (f *Folder) Texts() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for name, data := range f.files {
		if isText(name, data) {
			all = append(all, name)
		}
	}
	sort.Slice(all, func(i, j int) bool {
		a, b := strings.Count(all[i], "/"), strings.Count(all[j], "/")
		return a < b || a == b && all[i] < all[j]
	})
	return all
}

func isText(name string, data []byte) bool {
	switch path.Ext(name) {
	case ".md", ".json", ".svg", ".txt", ".csv":
		return len(data) <= longestText && utf8.Valid(data)
	}
	return false
}

// Text returns a file's text.
func (f *Folder) Text(name string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return string(f.files[name])
}

// Edit gives a file another text and reports whether it differs from the present.
func (f *Folder) Edit(name, text string) (changed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	before, ok := f.files[name]
	if !ok || string(before) == text {
		return false
	}
	if _, kept := f.given[name]; !kept {
		f.given[name] = before
	}
	f.files[name] = []byte(text)
	return true
}

// Edited lists the files whose text differs from what was opened, sorted.
func (f *Folder) Edited() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for name, before := range f.given {
		if string(before) != string(f.files[name]) {
			all = append(all, name)
		}
	}
	sort.Strings(all)
	return all
}

// Files returns the files as they are now, sorted; nothing that was borrowed.
func (f *Folder) Files() []engine.FolderFile {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make([]engine.FolderFile, 0, len(f.files))
	for name, data := range f.files {
		all = append(all, engine.FolderFile{Name: name, Data: data})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}

// Address returns a picture as an address that holds it, "" for anything else:
// the page's policy lets pictures come from nowhere else.
func (f *Folder) Address(name string) string {
	kinds := map[string]string{".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".gif": "gif", ".webp": "webp", ".avif": "avif", ".svg": "svg+xml"}
	kind, ok := kinds[strings.ToLower(path.Ext(name))]
	data, has := f.own(name)
	if !ok || !has {
		return ""
	}
	return "data:image/" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)
}
