package site

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"courselab/lessons"
)

// Change is how a file or a question of one copy of a course stands to that of
// another. "Here" is the copy compared, "there" the one it is compared with.
type Change string

// Without a base the first two and Differs are all that can be told.
const (
	OnlyHere      Change = "only-here"
	OnlyThere     Change = "only-there"
	Differs       Change = "differs"
	Same          Change = "same"
	ChangedHere   Change = "changed-here"
	ChangedThere  Change = "changed-there"
	ChangedInBoth Change = "changed-in-both"
	NewHere       Change = "new-here"
	NewThere      Change = "new-there"
	GoneHere      Change = "gone-here"
	GoneThere     Change = "gone-there"
	// GoneChangedThere and GoneChangedHere: deleted in the one copy, changed in
	// the other.
	GoneThereChangedHere Change = "gone-there-changed-here"
	GoneHereChangedThere Change = "gone-here-changed-there"
)

// settled are changes that ask nothing of the copy's keeper.
var settled = []Change{Same, ChangedHere, NewHere, GoneHere, OnlyHere}

// Comparison is what there is to know before a copy of a course follows another.
type Comparison struct {
	// Based says that the copy holds a BaseFile, so that it is known who changed
	// what.
	Based     bool             `json:"based"`
	Files     []FileChange     `json:"files"`     // all, in order
	Questions []QuestionChange `json:"questions"` // those whose right answer differs, or which one copy lacks
	Labs      []LabGone        `json:"labs"`      // what the copy places and this program does not have
	Data      []OlderData      `json:"data"`      // data files older than those there
	Unread    lessons.Faults   `json:"unread"`    // lessons of either copy that cannot be read
	Counts    map[Change]int   `json:"counts"`    // of Files
}

// FileChange is one file.
type FileChange struct {
	File   string `json:"file"`
	Change Change `json:"change"`
}

// QuestionChange is a question whose stored answers would no longer count, or
// that one of the copies lacks. File and Line are those of the copy that has it,
// the copy here before the other.
type QuestionChange struct {
	Lesson   string `json:"lesson"`
	Question string `json:"question"`
	Change   Change `json:"change"`
	File     string `json:"file"`
	Line     int    `json:"line"`
}

// LabGone is a lab, or a parameter of one, that a lesson here uses and this
// program does not have.
type LabGone struct {
	File  string `json:"file"`
	Line  int    `json:"line"`
	Lab   string `json:"lab"`
	Param string `json:"param,omitempty"` // empty: the lab itself is gone
}

// OlderData is a data file that says it was made before the one there.
type OlderData struct {
	File  string `json:"file"`
	Here  string `json:"here"` // the dates, ISO 8601
	There string `json:"there"`
}

// Settled reports whether the other copy has nothing that this one lacks, and
// nothing here is gone from the program.
func (c Comparison) Settled() bool {
	for _, f := range c.Files {
		if !slices.Contains(settled, f.Change) {
			return false
		}
	}
	return len(c.Labs) == 0 && len(c.Unread) == 0
}

// Compare holds a copy of a course against another one: file by file, question
// by question. Where the copy brings a BaseFile, it is told who changed what;
// else only that two files differ. The error is that of a folder or a BaseFile
// that cannot be read.
func Compare(here, there fs.FS, known lessons.Registry) (Comparison, error) {
	c := Comparison{Files: []FileChange{}, Questions: []QuestionChange{}, Labs: []LabGone{}, Data: []OlderData{}, Unread: lessons.Faults{}, Counts: map[Change]int{}}
	base, err := readBase(here)
	switch {
	case err == nil:
		c.Based = true
	case !errors.Is(err, errNoBase):
		return c, err
	}
	ours, err := MakeBase(here)
	if err != nil {
		return c, fmt.Errorf("compare courses: %w", err)
	}
	theirs, err := MakeBase(there)
	if err != nil {
		return c, fmt.Errorf("compare courses: %w", err)
	}
	for _, name := range union(ours.Files, theirs.Files, base.Files) {
		change := changeOf(name, ours.Files, theirs.Files, base.Files, c.Based)
		if change != "" {
			c.Files = append(c.Files, FileChange{name, change})
			c.Counts[change]++
		}
	}
	c.compareQuestions(outlineOf(here), outlineOf(there), base)
	c.findGone(outlineOf(here), known)
	c.compareDates(here, there)
	c.Unread = append(unreadLessons(here, "这边"), unreadLessons(there, "那边")...)
	return c, nil
}

// union lists the keys of all, in order, each once.
func union(all ...map[string]string) []string {
	keys := map[string]bool{}
	for _, m := range all {
		for k := range m {
			keys[k] = true
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

// changeOf compares the marks of one thing; "" where neither copy has it.
func changeOf(name string, ours, theirs, base map[string]string, based bool) Change {
	h, isHere := ours[name]
	t, isThere := theirs[name]
	b, was := base[name]
	switch {
	case !isHere && !isThere:
		return ""
	case isHere && isThere && h == t:
		return Same
	case !based && isHere && isThere:
		return Differs
	case !based && isHere:
		return OnlyHere
	case !based:
		return OnlyThere
	case isHere && isThere && h == b:
		return ChangedThere
	case isHere && isThere && t == b:
		return ChangedHere
	case isHere && isThere:
		return ChangedInBoth
	case isHere && !was:
		return NewHere
	case isHere && h == b:
		return GoneThere
	case isHere:
		return GoneThereChangedHere
	case !was:
		return NewThere
	case t == b:
		return GoneHere
	}
	return GoneHereChangedThere
}

func (c *Comparison) compareQuestions(here, there outline, base Base) {
	marks := func(o outline) map[string]string {
		m := map[string]string{}
		for key, q := range o.questions {
			m[key] = q.fingerprint
		}
		return m
	}
	ours, theirs := marks(here), marks(there)
	for _, key := range union(ours, theirs) {
		change := changeOf(key, ours, theirs, base.Questions, c.Based)
		if change == Same {
			continue
		}
		q, ok := here.questions[key]
		if !ok {
			q = there.questions[key]
		}
		lesson, id, _ := strings.Cut(key, "#")
		c.Questions = append(c.Questions, QuestionChange{Lesson: lesson, Question: id, Change: change, File: q.file, Line: q.line})
	}
}

func (c *Comparison) findGone(here outline, known lessons.Registry) {
	for _, placed := range here.labs {
		spec, ok := known.Labs[placed.lab.Name]
		if !ok {
			c.Labs = append(c.Labs, LabGone{File: placed.file, Line: placed.lab.Line, Lab: placed.lab.Name})
			continue
		}
		for _, param := range slices.Sorted(maps.Keys(placed.lab.Params)) {
			if _, ok := spec.Params[param]; !ok {
				c.Labs = append(c.Labs, LabGone{placed.file, placed.lab.Line, placed.lab.Name, param})
			}
		}
	}
}

// compareDates compares what the data files say of when they were made.
func (c *Comparison) compareDates(here, there fs.FS) {
	entries, err := fs.ReadDir(here, "data")
	if err != nil {
		return // no data here
	}
	for _, e := range entries {
		name := path.Join("data", e.Name())
		ours, theirs := generated(here, name), generated(there, name)
		if ours != "" && ours < theirs { // dates in ISO 8601
			c.Data = append(c.Data, OlderData{name, ours, theirs})
		}
	}
}

// generated is the date that a data file gives itself, "" where it gives none.
func generated(course fs.FS, name string) string {
	text, err := fs.ReadFile(course, name)
	if err != nil {
		return ""
	}
	var file struct {
		Generated string `json:"generated"`
	}
	if json.Unmarshal(lessons.WithoutMark(text), &file) != nil {
		return ""
	}
	return file.Generated
}

// unreadLessons are faults of lessons whose questions could not be compared.
func unreadLessons(course fs.FS, whose string) lessons.Faults {
	src, err := fs.ReadFile(course, "course.md")
	if err != nil {
		return lessons.Faults{{File: "course.md", Line: 1, Message: whose + "读不了：" + err.Error()}}
	}
	info, err := lessons.ParseCourse("course.md", src)
	if info == nil {
		return unread(whose, err)
	}
	var all lessons.Faults
	for _, id := range info.Texts() {
		file := path.Join(info.Lang, id+".md")
		text, err := fs.ReadFile(course, file)
		if err != nil {
			all = append(all, lessons.Fault{File: file, Line: 1, Message: whose + "读不了：" + err.Error()})
			continue
		}
		if err := lessons.CheckText(file, text); err != nil {
			all = append(all, unread(whose, err)...)
		}
	}
	return all
}

func unread(whose string, err error) lessons.Faults {
	var faults lessons.Faults
	errors.As(err, &faults)
	faults = slices.Clone(faults)
	for i := range faults {
		faults[i].Message = whose + "：" + faults[i].Message
	}
	return faults
}
