package site

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"courselab/lessons"
)

// BaseFile says what the files of a course folder were when the copy was made:
// Build writes it, and leaves the one that a course brings along. It lets
// Compare tell who changed a file.
const BaseFile = "base.json"

// Base is the content of a BaseFile.
type Base struct {
	Course string `json:"course"` // its id
	// Files holds the SHA-256 of each file by its path, hexadecimal. A byte order
	// mark and the kind of line ends do not count: editors change both unasked.
	Files map[string]string `json:"files"`
	// Questions holds each question's fingerprint by "m3#id".
	Questions map[string]string `json:"questions"`
}

// errNoBase is returned by readBase where a course has none.
var errNoBase = errors.New("no " + BaseFile)

// MakeBase describes a course as it is now.
func MakeBase(course fs.FS) (Base, error) {
	b := Base{Files: map[string]string{}, Questions: map[string]string{}}
	files := Files{}
	if err := addTree(files, course, ""); err != nil {
		return Base{}, err
	}
	for name, data := range files {
		if name != BaseFile {
			b.Files[name] = mark(name, data)
		}
	}
	outline := outlineOf(course)
	b.Course = outline.id
	for key, q := range outline.questions {
		b.Questions[key] = q.fingerprint
	}
	return b, nil
}

// readBase reads the base of a course; errNoBase where it has none.
func readBase(course fs.FS) (Base, error) {
	text, err := fs.ReadFile(course, BaseFile)
	if errors.Is(err, fs.ErrNotExist) {
		return Base{}, errNoBase
	}
	if err != nil {
		return Base{}, fmt.Errorf("read %s: %w", BaseFile, err)
	}
	var b Base
	if err := json.Unmarshal(lessons.WithoutMark(text), &b); err != nil {
		return Base{}, fmt.Errorf("read %s: %w", BaseFile, err)
	}
	if len(b.Files) == 0 {
		return Base{}, fmt.Errorf("read %s: it lists no files", BaseFile)
	}
	return b, nil
}

// addBase adds the base of the course to a site, unless it brings its own.
func addBase(files Files, course fs.FS) error {
	name := path.Join("content", BaseFile)
	if _, ok := files[name]; ok {
		return nil
	}
	b, err := MakeBase(course)
	if err != nil {
		return fmt.Errorf("describe course: %w", err)
	}
	text, err := json.MarshalIndent(b, "", " ")
	if err != nil {
		return fmt.Errorf("describe course: %w", err)
	}
	files[name] = append(text, '\n')
	return nil
}

// mark is what tells a file from its other versions.
func mark(name string, data []byte) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".md", ".json", ".svg", ".txt", ".csv":
		data = bytes.ReplaceAll(lessons.WithoutMark(data), []byte("\r\n"), []byte("\n"))
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// outline is what of a course's lessons is compared. It holds what was
// understood of faulty lessons, too.
type outline struct {
	id        string
	questions map[string]outlineQuestion // by "m3#id"
	labs      []outlineLab
}

type outlineQuestion struct {
	file        string
	line        int
	fingerprint string
}

type outlineLab struct {
	file string
	lab  *lessons.Lab
}

func outlineOf(course fs.FS) outline {
	o := outline{questions: map[string]outlineQuestion{}}
	src, err := fs.ReadFile(course, "course.md")
	if err != nil {
		return o
	}
	info, _ := lessons.ParseCourse("course.md", src)
	if info == nil {
		return o
	}
	o.id = info.ID
	for _, id := range info.Texts() {
		file := path.Join(info.Lang, id+".md")
		text, err := fs.ReadFile(course, file)
		if err != nil {
			continue
		}
		// Without a registry labs keep parameters that nothing takes.
		lesson, _ := lessons.Parse(file, text, lessons.Options{})
		if lesson == nil {
			continue
		}
		if lesson.Quiz != nil {
			for _, q := range lesson.Quiz.Questions {
				o.questions[id+"#"+q.ID] = outlineQuestion{file, q.Line, q.Fingerprint}
			}
		}
		for _, lab := range placedLabs(lesson) {
			o.labs = append(o.labs, outlineLab{file, lab})
		}
	}
	return o
}
