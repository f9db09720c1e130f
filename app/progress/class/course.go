package class

import (
	"fmt"
	"io/fs"
	"path"

	"courselab/lessons"
)

// Course is the part of a course that answers are held against.
type Course struct {
	ID, Title, Lang string
	Lessons         []*lessons.Lesson // those with a quiz, in the course's order
}

// OpenCourse reads a course folder.
func OpenCourse(course fs.FS) (Course, error) {
	const file = "course.md"
	src, err := fs.ReadFile(course, file)
	if err != nil {
		return Course{}, fmt.Errorf("read course: %w", err)
	}
	info, err := lessons.ParseCourse(file, src)
	if err != nil {
		return Course{}, fmt.Errorf("read course: %w", err)
	}
	c := Course{ID: info.ID, Title: info.Title, Lang: info.Lang}
	for _, id := range info.Modules {
		file := path.Join(info.Lang, id+".md")
		src, err := fs.ReadFile(course, file)
		if err != nil {
			return Course{}, fmt.Errorf("read course: %w", err)
		}
		lesson, err := lessons.Parse(file, src, lessons.Options{})
		if err != nil {
			return Course{}, fmt.Errorf("read course: %w", err)
		}
		if lesson.Quiz != nil {
			c.Lessons = append(c.Lessons, lesson)
		}
	}
	return c, nil
}
