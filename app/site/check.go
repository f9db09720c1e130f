package site

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"courselab/app/engine/serve"
	"courselab/app/labs"
	"courselab/app/registry"
	"courselab/lessons"
	"courselab/sim"
)

// probeDraws is how often the parameters of a computed question are drawn by a
// check.
const probeDraws = 1000

// Check returns everything wrong with a course folder, sorted, nil where nothing
// is: what lessons.CheckDir finds, faults of the data files, tables of models
// that ask for what the data does not have, parameters that a lab does not take,
// and computed questions that have no finite answer in some of a thousand draws.
func Check(course fs.FS, known lessons.Registry) lessons.Faults {
	faults := lessons.CheckDir(course, known)
	data, found := readData(course)
	faults = append(faults, found...)
	if src, err := fs.ReadFile(course, "course.md"); err == nil {
		if info, err := lessons.ParseCourse("course.md", src); err == nil {
			faults = append(faults, checkColours(info, string(src))...)
		}
	}
	parsed := parsedLessons(course, known)
	for _, l := range parsed {
		c := lessonChecker{course: course, data: data, file: l.file}
		c.check(l.Lesson)
		faults = append(faults, c.faults...)
	}
	faults = append(faults, data.missingPassages(parsed)...)
	slices.SortStableFunc(faults, func(a, b lessons.Fault) int {
		switch {
		case a.File < b.File || a.File == b.File && a.Line < b.Line:
			return -1
		case a.File == b.File && a.Line == b.Line:
			return 0
		}
		return 1
	})
	return slices.Compact(faults)
}

// fileLesson is a lesson with the file that it was read from.
type fileLesson struct {
	*lessons.Lesson
	file string
	main bool // in the course's language
}

// parsedLessons returns the lessons of a course in all languages, but for those
// that have faults of their own.
func parsedLessons(course fs.FS, known lessons.Registry) []fileLesson {
	src, err := fs.ReadFile(course, "course.md")
	if err != nil {
		return nil
	}
	info, err := lessons.ParseCourse("course.md", src)
	if err != nil {
		return nil
	}
	var all []fileLesson
	for _, lang := range append([]string{info.Lang}, lessons.Translations(course, info)...) {
		for _, id := range info.Texts() {
			file := path.Join(lang, id+".md")
			if found, err := fs.Stat(course, file); err != nil || found.Size() > lessons.MaxText {
				continue
			}
			text, err := fs.ReadFile(course, file)
			if err != nil {
				continue
			}
			if lesson, err := lessons.Parse(file, text, lessons.Options{Registry: known}); err == nil {
				all = append(all, fileLesson{lesson, file, lang == info.Lang})
			}
		}
	}
	return all
}

// lessonChecker holds a lesson against what only sim and the labs know.
type lessonChecker struct {
	course fs.FS
	data   courseData
	file   string
	faults lessons.Faults
}

func (c *lessonChecker) fault(line int, message string) {
	c.faults = append(c.faults, lessons.Fault{File: c.file, Line: line, Message: message})
}

func (c *lessonChecker) check(lesson *lessons.Lesson) {
	for _, lab := range placedLabs(lesson) {
		c.checkParams(lab)
		if lab.Name != "models" {
			continue
		}
		table := labs.ModelsInput(lab.Params)
		for _, problem := range c.tableProblems(table.IDs, table.Columns) {
			c.fault(lab.Line, problem)
		}
	}
	for _, q := range computed(lesson) {
		problem := serve.ProbeQuestion(q.Compute.Function, q.Compute.Ranges, q.Compute.Unit, probeDraws)
		if problem != "" {
			c.fault(q.Line, "计算题 "+q.ID+"："+problem)
		}
	}
}

// checkParams holds what a lesson sets against what the lab's controls take;
// the parser knows numbers, lengths and choices, but neither lists nor which
// models the data has.
func (c *lessonChecker) checkParams(placed *lessons.Lab) {
	lab, ok := registry.Find(placed.Name)
	if !ok {
		return
	}
	for _, p := range lab.Inputs {
		value, set := placed.Params[p.Name]
		if !set {
			continue
		}
		clean, ok := p.Canonical(value)
		if !ok {
			c.fault(placed.Line, fmt.Sprintf("实验 %s 的 %s 应为 %s，现在是 %s", placed.Name, p.Name, p.Want(), value))
			continue
		}
		if unknown := c.data.unknown(p, clean); unknown != "" {
			c.fault(placed.Line, fmt.Sprintf("实验 %s 的 %s：%s", placed.Name, p.Name, unknown))
		}
	}
}

func (c *lessonChecker) tableProblems(ids, columns []string) []string {
	switch {
	case len(ids) == 0:
		return []string{"模型表没有写明模型：ids: gpt-4, qwen3-8b"}
	case c.data.models != nil:
		return serve.ModelProblems(c.data.models, ids, columns)
	}
	if _, err := fs.Stat(c.course, labs.ModelsFile); err != nil {
		return []string{"模型表要用 " + labs.ModelsFile + "，课程里没有这个文件"}
	}
	return nil // the file is faulty, which has been said
}

// unknown says which model or accelerator of a parameter's value the data does
// not have, "" where it has all, or where there is no data to ask.
func (d courseData) unknown(p registry.Param, value string) string {
	isOption := func(id string) bool {
		return slices.ContainsFunc(p.Options, func(o registry.Option) bool { return o.Value == id })
	}
	switch {
	case p.Kind == registry.Model && d.models != nil, p.Kind == registry.List && len(p.Options) == 0 && d.models != nil:
		for _, id := range registry.Items(value) {
			if _, ok := d.models.Find(id); !ok && !isOption(id) {
				return "模型目录里没有 " + id
			}
		}
	case p.Kind == registry.GPU && d.gpus != nil:
		has := slices.ContainsFunc(d.gpus, func(g sim.GPU) bool { return g.ID == strings.TrimSpace(value) })
		if value != "" && !has && !isOption(value) {
			return "显卡目录里没有 " + value
		}
	}
	return ""
}
