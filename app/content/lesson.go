package content

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"courselab/app/route"
	"courselab/lessons"
)

// Lesson parses a lesson and reads its drawings, or returns what was parsed
// before. When the present text is faulty the last good version comes with the
// error, if there was one; the error is lessons.Faults where the text is at
// fault.
func (l *Library) Lesson(id string) (*lessons.Lesson, error) {
	l.mu.Lock()
	key := parsedKey(id)
	if lesson, ok := l.parsed[key]; ok {
		l.mu.Unlock()
		return lesson, nil
	}
	last := l.stale[key]
	if err, ok := l.failed[id]; ok {
		l.mu.Unlock()
		return last, err
	}
	course, partly := l.course, l.partly
	src, read := l.files[lessonPath(course, id)]
	known := slices.Contains(course.Texts(), id)
	l.mu.Unlock()
	if !known {
		return nil, fmt.Errorf("read lesson %q: not in course.md", id)
	}
	if !read && partly {
		if _, err := l.Rest(); err != nil {
			return last, err
		}
		return l.Lesson(id)
	}

	lesson, err := l.parse(course, id, src)
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		if l.file != nil && lesson != nil {
			last = understood(lesson)
			l.stale[key] = last
		}
		l.failed[id] = err
		return last, err
	}
	l.parsed[key] = lesson
	delete(l.stale, key)
	return lesson, nil
}

// Cached returns the lesson if it needs no work; stale versions do not count.
func (l *Library) Cached(id string) (lesson *lessons.Lesson, err error, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	key := parsedKey(id)
	if lesson, ok := l.parsed[key]; ok {
		return lesson, nil, true
	}
	if err, ok := l.failed[id]; ok {
		return l.stale[key], err, true
	}
	return nil, nil, false
}

// Head returns a lesson's front matter: title, summary, minutes, objectives,
// sources. It costs little where the whole lesson was not asked for yet; nil
// where the front matter is at fault, and before the lesson has been read: see
// LoadFor.
func (l *Library) Head(id string) *lessons.Lesson {
	if lesson, _, ok := l.Cached(id); ok && lesson != nil {
		return lesson
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if head, ok := l.heads[id]; ok {
		return head
	}
	file := lessonPath(l.course, id)
	src, ok := l.files[file]
	if !ok {
		return nil
	}
	head, err := lessons.Parse(file, announcement(src), lessons.Options{Registry: l.registry})
	if err != nil {
		head = nil
	} else {
		head.Coming = isComing(src)
	}
	l.heads[id] = head
	return head
}

// announcement is the front matter of a lesson as that of one that is to come:
// such a lesson is complete without a text, and parses as such.
func announcement(src []byte) []byte {
	front, _ := cutFront(src)
	if isComing(src) {
		return []byte(front)
	}
	lines := strings.SplitAfterN(front, "\n", 2)
	if len(lines) < 2 {
		return src
	}
	return []byte(lines[0] + "status: coming\n" + strings.Replace(lines[1], "\nstatus: ready\n", "\n\n", 1))
}

func isComing(src []byte) bool {
	front, _ := cutFront(src)
	return strings.Contains(front, "\nstatus: coming")
}

// cutFront splits a file after the line that ends its front matter.
func cutFront(src []byte) (front, rest string) {
	text := strings.ReplaceAll(string(src), "\r\n", "\n")
	i := strings.Index(text, "\n---")
	if i < 0 {
		return text, ""
	}
	end := i + len("\n---")
	if n := strings.IndexByte(text[end:], '\n'); n >= 0 {
		end += n + 1
	} else {
		end = len(text)
	}
	return text[:end], text[end:]
}

func (l *Library) parse(course *lessons.Course, id string, src []byte) (*lessons.Lesson, error) {
	drawings := drawingPaths(course.Lang, src)
	if l.file != nil {
		// One that is missing takes none of the others along.
		for _, d := range drawings {
			_ = l.readDrawings([]string{d})
		}
	} else if err := l.readDrawings(drawings); err != nil {
		return nil, err
	}
	// A fault of the glossary is shown on its own page, not in every lesson.
	terms, _ := l.Glossary()
	return lessons.Parse(lessonPath(course, id), src, lessons.Options{
		Registry: l.registry,
		Glossary: terms,
		Term:     route.Term,
		Lesson:   route.Lesson,
		File: func(p string) string {
			if p = path.Join(course.Lang, p); l.file != nil {
				return l.file(p)
			}
			return route.File(Root + p)
		},
		Inline: func(p string) (string, bool) {
			l.mu.Lock()
			defer l.mu.Unlock()
			svg, ok := l.files[path.Join(course.Lang, p)]
			return string(svg), ok && isDrawing(p)
		},
	})
}

// drawingPaths lists the SVG files that a text shows: the targets of its links
// and images that end in ".svg".
func drawingPaths(lang string, src []byte) []string {
	var paths []string
	rest := string(src)
	for {
		_, after, ok := strings.Cut(rest, "](")
		if !ok {
			return paths
		}
		rest = after
		target := after[:strings.IndexAny(after+")", ") \t\n")]
		if p := path.Join(lang, target); isDrawing(p) && !strings.ContainsAny(target, `:\`) && !slices.Contains(paths, p) {
			paths = append(paths, p)
		}
	}
}

func isDrawing(name string) bool { return strings.EqualFold(path.Ext(name), ".svg") }

// readDrawings reads the drawings that the set does not hold yet.
func (l *Library) readDrawings(paths []string) error {
	l.mu.Lock()
	var missing []string
	for _, p := range paths {
		if _, ok := l.files[p]; !ok {
			missing = append(missing, p)
		}
	}
	l.mu.Unlock()
	read, err := l.readAll(missing)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.Copy(l.files, read)
	return nil
}
