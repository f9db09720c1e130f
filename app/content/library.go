package content

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"

	"courselab/app/route"
	"courselab/lessons"
)

// Root is the folder of the site that the course's files lie in.
const Root = "content/"

// Read returns a file of the course. It may be called on several goroutines.
type Read func(path string) ([]byte, error)

// FromFS reads from a course folder.
func FromFS(course fs.FS) Read {
	return func(path string) ([]byte, error) { return fs.ReadFile(course, path) }
}

// Library is the text of one course. It is safe for use by several goroutines.
type Library struct {
	read     Read
	registry lessons.Registry
	// file is set in a draft: see LoadDraft.
	file func(path string) string

	reading sync.Mutex // held while a data file is read

	completing sync.Mutex // held while Rest reads

	mu     sync.Mutex
	partly bool // not every text has been read: see LoadFor
	course *lessons.Course
	files  map[string][]byte
	parsed map[string]*lessons.Lesson // of the present text, by parsedKey
	stale  map[string]*lessons.Lesson // of an earlier text, by parsedKey
	heads  map[string]*lessons.Lesson // by lesson id
	failed map[string]error           // by lesson id: why the present text is not shown
	terms  *glossary                  // of the present text; nil until it is asked for

	gathered []byte // the passages of the present text; nil until they are asked for
}

// Load reads the course file and every lesson it names. Lessons are parsed when
// they are asked for.
func Load(read Read, registry lessons.Registry) (*Library, error) {
	return loadWith(read, registry, nil, "")
}

// LoadFor is Load for a page that shows one text: only that and the glossary are
// read at once. The others are read by Rest, or when one of them is asked for.
// An id that the course file does not name has everything read.
func LoadFor(read Read, registry lessons.Registry, id string) (*Library, error) {
	return loadWith(read, registry, nil, id)
}

func loadWith(read Read, registry lessons.Registry, file func(path string) string, first string) (*Library, error) {
	l := &Library{
		read:     read,
		registry: registry,
		file:     file,
		parsed:   map[string]*lessons.Lesson{},
		stale:    map[string]*lessons.Lesson{},
		heads:    map[string]*lessons.Lesson{},
		failed:   map[string]error{},
	}
	course, files, err := l.readSet(nil, first)
	if err != nil {
		return nil, err
	}
	l.course, l.files = course, files
	for _, id := range course.Texts() {
		_, read := files[lessonPath(course, id)]
		l.partly = l.partly || !read
	}
	return l, nil
}

// Rest reads the texts that LoadFor left out. Where what was read before has
// changed since, all are taken anew, and changed is true, as by Refresh. On an
// error what is there stands, and the next call tries again.
func (l *Library) Rest() (changed bool, err error) {
	l.completing.Lock()
	defer l.completing.Unlock()
	l.mu.Lock()
	partly := l.partly
	l.mu.Unlock()
	if !partly {
		return false, nil
	}
	return l.Refresh()
}

// readSet reads the course file, the texts it names, and the extra files; of the
// texts only the first where there is such a one.
func (l *Library) readSet(extra []string, first string) (*lessons.Course, map[string][]byte, error) {
	src, err := l.read("course.md")
	if err != nil {
		return nil, nil, fmt.Errorf("read course.md: %w", err)
	}
	course, err := lessons.ParseCourse("course.md", src)
	if err != nil {
		return nil, nil, err
	}
	paths := slices.Clone(extra)
	texts := course.Texts()
	if slices.Contains(texts, first) {
		texts = []string{first}
	}
	for _, id := range texts {
		paths = append(paths, lessonPath(course, id))
	}
	if terms := glossaryPath(course); terms != "" {
		paths = append(paths, terms)
	}
	files, err := l.readAll(paths)
	if err != nil {
		return nil, nil, err
	}
	files["course.md"] = src
	return course, files, nil
}

// readAll reads the files at once, all or none.
func (l *Library) readAll(paths []string) (map[string][]byte, error) {
	type result struct {
		path string
		data []byte
		err  error
	}
	results := make(chan result, len(paths))
	for _, path := range paths {
		go func() {
			data, err := l.read(path)
			results <- result{path, data, err}
		}()
	}
	files := make(map[string][]byte, len(paths)+1)
	var errs []error
	for range paths {
		r := <-results
		if r.err != nil {
			errs = append(errs, fmt.Errorf("read %s: %w", r.path, r.err))
		}
		files[r.path] = r.data
	}
	if len(errs) > 0 {
		slices.SortFunc(errs, func(a, b error) int {
			if a.Error() < b.Error() {
				return -1
			}
			return 1
		})
		return nil, errors.Join(errs...)
	}
	return files, nil
}

// Course returns the course file.
func (l *Library) Course() *lessons.Course {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.course
}

// Files lists the files of the present set, as paths within the site; drawings
// once a lesson that shows them was parsed, data once it was asked for.
func (l *Library) Files() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	paths := make([]string, 0, len(l.files))
	for path := range l.files {
		paths = append(paths, Root+path)
	}
	slices.Sort(paths)
	return paths
}

// Refresh reads the set anew and reports whether a file differs. On an error the
// present set stands, whole.
func (l *Library) Refresh() (changed bool, err error) {
	l.mu.Lock()
	var extra []string
	for path := range l.files {
		if optional(path) {
			extra = append(extra, path)
		}
	}
	l.mu.Unlock()

	course, files, err := l.readSet(extra, "")
	if err != nil {
		return false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	same := l.partly || len(files) == len(l.files)
	for path, data := range files {
		before, read := l.files[path]
		same = same && (string(data) == string(before) || !read && l.partly)
	}
	l.partly = false
	if same {
		l.files = files
		return false, nil
	}
	l.course, l.files, l.terms, l.gathered = course, files, nil, nil
	// The parsed lessons stay until their new text has been parsed: see Lesson.
	maps.Copy(l.stale, l.parsed)
	clear(l.parsed)
	clear(l.heads)
	clear(l.failed)
	return true, nil
}

// parsedKey names a parsed lesson: its links depend on the base of addresses.
func parsedKey(id string) string { return route.Base() + "\x00" + id }

func lessonPath(course *lessons.Course, id string) string {
	return course.Lang + "/" + id + ".md"
}
