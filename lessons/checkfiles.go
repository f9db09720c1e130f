package lessons

import (
	"path"
	"slices"
	"strings"
)

// MaxFile is the greatest size of any other file of a course in bytes: a
// learner's phone keeps all of them.
const MaxFile = 4 << 20

// entries are the files of a folder by path, with the folders that they lie in.
type entries map[string]File

func entriesOf(folder Folder) (all []File, byName entries) {
	all, byName = folder.List(), entries{}
	for _, f := range all {
		byName[f.Name] = f
		for dir := path.Dir(f.Name); dir != "."; dir = path.Dir(dir) {
			if _, known := byName[dir]; !known {
				byName[dir] = File{Name: dir, Folder: true}
			}
		}
	}
	return all, byName
}

// has reports whether there is such a file. One that cannot be read, or that
// lies in a folder which cannot be, counts: that has been said already.
func (e entries) has(name string) bool {
	f, ok := e[name]
	return ok && !f.Folder || e.unread(name)
}

// unread reports whether the file, or a folder that it lies in, has a problem.
func (e entries) unread(name string) bool {
	for ; name != "." && name != "/"; name = path.Dir(name) {
		if e[name].Problem != "" {
			return true
		}
	}
	return false
}

// Translations lists the folders of a course other than that of its language
// which hold lessons of it, in the order of its files.
func Translations(files []File, course *Course) []string {
	var found []string
	for _, f := range files {
		lang, file, _ := strings.Cut(f.Name, "/")
		id, ok := strings.CutSuffix(file, ".md")
		if ok && lang != course.Lang && isID(lang) && slices.Contains(course.Modules, id) && !slices.Contains(found, lang) && !f.Folder {
			found = append(found, lang)
		}
	}
	return found
}

// checkFiles reports files that no learner would get: too large, or links that
// lead nowhere or to a folder.
func (c *checker) checkFiles() {
	for _, f := range c.files {
		switch {
		case f.Problem != "":
			c.fault(f.Name, 1, f.Problem)
		case path.Ext(f.Name) != ".md" && f.Size > MaxFile:
			c.fault(f.Name, 1, TooLarge(f.Size, MaxFile)+"：手机上要等很久，图片请缩小或换成 SVG")
		}
	}
}
