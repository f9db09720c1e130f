package lessons

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// courseFile is the course file's name in a course folder.
const courseFile = "course.md"

// CheckDir is Check of a folder of a file system.
func CheckDir(course fs.FS, registry Registry) Faults { return Check(FolderOf(course), registry) }

// Check reads a course folder (course.md, and the lessons and images in the
// folders of its languages) and returns everything wrong with it, sorted, nil
// where nothing is: what Parse and ParseCourse find, links between lessons and
// their anchors, images and what is in those, dated claims without a source,
// minutes that the text does not take, terms that no glossary has, lessons that
// the course does not name, files that are too large or lead nowhere. Files are
// named by their path in the folder.
func Check(course Folder, registry Registry) Faults {
	c := checker{course: course, registry: registry, lessons: map[string]*document{}}
	c.files, c.entries = entriesOf(course)
	c.check()
	return c.faults.sorted()
}

type checker struct {
	course   Folder
	files    []File
	entries  entries
	registry Registry
	faults   Faults
	lang     string
	modules  map[string]int
	lessons  map[string]*document
	drawings []string
	glossary *Glossary
	guide    string // the guide's id
	terms    string // the glossary's file name
	// termsLine is the line of the course file that names it.
	termsLine int
}

func (c *checker) fault(file string, line int, message string) {
	c.faults = append(c.faults, Fault{File: file, Line: line, Message: message})
}

// read returns a file; a file that cannot be read is a fault at the place that
// names it.
func (c *checker) read(file, namedIn string, line int) ([]byte, bool) {
	f, ok := c.entries[file]
	switch {
	case c.entries.unread(file): // which checkFiles says
	case !ok:
		c.fault(namedIn, line, "找不到 "+file)
	case f.Folder:
		c.fault(namedIn, line, file+" 是文件夹，应为文件")
	case f.Size > MaxText:
		c.fault(file, 1, TooLarge(f.Size, MaxText)) // not worth reading
	default:
		src, err := c.course.Read(file)
		if err != nil {
			c.fault(namedIn, line, "读不了 "+file+"："+err.Error())
		}
		return src, err == nil
	}
	return nil, false
}

func (c *checker) add(err error) bool {
	var faults Faults
	if errors.As(err, &faults) {
		c.faults = append(c.faults, faults...)
	}
	return err == nil
}

func (c *checker) check() {
	c.checkFiles()
	src, ok := c.read(courseFile, courseFile, 1)
	if !ok {
		return
	}
	info, d, err := parseCourse(courseFile, src, Options{Registry: c.registry, KnownFile: c.exists("")})
	if !c.add(err) {
		return
	}
	c.add(d.faults.err())
	if c.lang, c.modules = info.Lang, d.modules; !isID(c.lang) {
		return
	}
	for _, name := range info.Hidden {
		if _, known := c.registry.Labs[name]; !known && c.registry.Labs != nil {
			c.fault(courseFile, d.hidden[name], "没有名为 "+name+" 的实验：可用 "+names(c.registry.Labs))
		}
	}
	if c.guide = info.Guide; c.guide != "" {
		c.modules[c.guide] = lineOfKey(src, "guide")
	}
	c.terms, c.termsLine = info.Glossary, lineOfKey(src, "glossary")
	c.checkLanguage(info.Texts())
	c.checkTranslations(info.Texts())
}

// lineOfKey is the line that a key of the course file stands on.
func lineOfKey(src []byte, key string) int {
	return 1 + strings.Count(before(string(src), "\n"+key+":")+"\n", "\n")
}

// checkLanguage checks the lessons in the folder of one language.
func (c *checker) checkLanguage(modules []string) {
	c.glossary = nil
	if c.terms != "" {
		c.checkGlossary(c.termsLine)
	} else {
		c.glossary = &Glossary{} // every term that is marked up is missing from it
	}
	for _, id := range modules {
		c.checkLesson(id)
	}
	c.checkReferences()
	c.checkDrawings()
	c.checkStrays()
}

// checkTranslations checks the other folders that hold lessons of the course:
// the same lessons in another language, as far as they are there.
func (c *checker) checkTranslations(modules []string) {
	for _, lang := range Translations(c.files, &Course{Lang: c.lang, Modules: modules}) {
		there := c.exists(lang)
		present := slices.DeleteFunc(slices.Clone(modules), func(id string) bool { return !there(id + ".md") })
		other := checker{course: c.course, files: c.files, entries: c.entries, registry: c.registry, lessons: map[string]*document{}, lang: lang, modules: c.modules, guide: c.guide}
		if there(c.terms) {
			other.terms, other.termsLine = c.terms, c.termsLine
		}
		other.checkLanguage(present)
		c.faults = append(c.faults, other.faults...)
	}
}

// exists reports for a path from a folder whether there is such a file.
func (c *checker) exists(folder string) func(string) bool {
	return func(name string) bool { return c.entries.has(path.Join(folder, name)) }
}

func before(text, mark string) string {
	text, _, _ = strings.Cut(text, mark)
	return text
}

func (c *checker) isModule(id string) bool { _, ok := c.modules[id]; return ok }

// checkGlossary reads the terms, which the lessons are then checked against.
func (c *checker) checkGlossary(line int) {
	file := path.Join(c.lang, c.terms)
	src, ok := c.read(file, courseFile, line)
	if !ok {
		return
	}
	g, d, err := parseGlossary(file, src, Options{
		Registry: c.registry, KnownLesson: c.isModule, KnownFile: c.exists(c.lang)})
	if !c.add(err) {
		return
	}
	c.add(d.faults.err())
	c.glossary = g
	c.lessons[file] = d // its links into lessons are checked with theirs
}

func (c *checker) checkLesson(id string) {
	file := path.Join(c.lang, id+".md")
	src, ok := c.read(file, courseFile, c.modules[id])
	if !ok {
		return
	}
	l, d, err := parseLesson(file, src, Options{
		Registry:    c.registry,
		Glossary:    c.glossary,
		KnownLesson: c.isModule,
		KnownFile:   c.exists(c.lang),
		File: func(name string) string {
			if name = path.Join(c.lang, name); path.Ext(name) == ".svg" && !slices.Contains(c.drawings, name) {
				c.drawings = append(c.drawings, name)
			}
			return name
		},
	})
	if !c.add(err) {
		return
	}
	c.add(d.faults.err())
	c.checkDates(file, src)
	c.checkMinutes(file, src, l)
	if l.ID != "" && l.ID != id {
		c.fault(file, 1, "id 是 "+l.ID+"，与文件名 "+id+".md 不一致")
	}
	if id == c.guide && l.Quiz != nil {
		c.fault(file, 1, "指南里不放自测：它不是单元，没有成绩")
	}
	if l.ID != "" { // else the header was not understood, and nothing below it
		c.lessons[id] = d
	}
}

// checkReferences checks links into other lessons.
func (c *checker) checkReferences() {
	for _, d := range c.lessons {
		for _, r := range d.references {
			other, ok := c.lessons[r.lesson]
			if !ok || r.fragment == "" {
				continue
			}
			if _, ok := other.anchors[r.fragment]; !ok {
				c.fault(d.file, r.line, "课文 "+r.lesson+" 里没有 #"+r.fragment+" 这个位置")
			}
		}
	}
}

func (c *checker) checkDrawings() {
	for _, name := range c.drawings {
		if src, err := c.course.Read(name); err == nil {
			_, err := Drawing(name, src, "")
			c.add(err)
		}
	}
}

// checkStrays reports lessons that no page will show.
func (c *checker) checkStrays() {
	for _, f := range c.files {
		name, ok := strings.CutPrefix(f.Name, c.lang+"/")
		id, isText := strings.CutSuffix(name, ".md")
		if !ok || !isText || strings.Contains(id, "/") || name == c.terms {
			continue
		}
		if _, named := c.modules[id]; !named {
			c.fault(f.Name, 1, "这一课不在 course.md 的 modules 里")
		}
	}
}
