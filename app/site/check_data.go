package site

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"courselab/app/engine/serve"
	"courselab/app/labs"
	"courselab/lessons"
	"courselab/sim"
	"courselab/sim/choose"
	"courselab/sim/rag"
	"courselab/sim/scaling"
)

// The data files of a course that a check reads, beside labs.ModelsFile.
const (
	gpusFile         = "data/gpus.json"
	measurementsFile = "data/measurements.json"
	termsFile        = "data/terms.json"
	scalingFile      = "data/scaling.json"
	passagesFile     = "data/rag-questions.json"
)

// courseData is what the data files say, each nil where the course has none or
// it is faulty.
type courseData struct {
	models    *sim.Catalogue
	gpus      []sim.GPU
	questions []rag.Question
	// questionLines are the lines of passagesFile, by a question's id.
	questionLines map[string]int
}

// readData reads the data files and returns what is wrong with them.
func readData(course fs.FS) (courseData, lessons.Faults) {
	var d courseData
	var faults lessons.Faults
	for _, file := range []struct {
		name  string
		parse func(text []byte) error
	}{
		{labs.ModelsFile, func(text []byte) (err error) { d.models, err = sim.ParseCatalogue(text); return err }},
		{gpusFile, func(text []byte) (err error) { d.gpus, err = sim.ParseGPUs(text); return err }},
		{measurementsFile, func(text []byte) error { _, err := sim.ParseMeasurements(text); return err }},
		{termsFile, func(text []byte) error { _, err := choose.ParseTerms(text); return err }},
		{scalingFile, func(text []byte) error { _, err := scaling.Parse(text); return err }},
		{passagesFile, func(text []byte) (err error) {
			d.questions, err = rag.ParseQuestions(text)
			d.questionLines = linesOfIDs(string(text), d.questions)
			return err
		}},
	} {
		faults = append(faults, readDataFile(course, file.name, file.parse)...)
	}
	return d, faults
}

// readDataFile parses a data file; a course may do without it.
func readDataFile(course fs.FS, name string, parse func([]byte) error) lessons.Faults {
	fault := func(line int, message string) lessons.Faults {
		return lessons.Faults{{File: name, Line: line, Message: message}}
	}
	info, err := fs.Stat(course, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fault(1, "读不了："+err.Error())
	case info.IsDir():
		return fault(1, "这是文件夹，应为文件")
	case info.Size() > lessons.MaxText:
		return fault(1, lessons.TooLarge(info.Size(), lessons.MaxText))
	}
	text, err := fs.ReadFile(course, name)
	if err != nil {
		return fault(1, "读不了："+err.Error())
	}
	if err := lessons.CheckText(name, text); err != nil {
		var faults lessons.Faults
		errors.As(err, &faults)
		return faults
	}
	// Notepad puts a mark there, which JSON knows nothing of.
	if err := parse(lessons.WithoutMark(text)); err != nil {
		line, problem := serve.CatalogueProblem(err)
		return fault(line, problem)
	}
	return nil
}

// linesOfIDs finds the line that each question's id stands on.
func linesOfIDs(text string, questions []rag.Question) map[string]int {
	lines := map[string]int{}
	for i, line := range strings.Split(text, "\n") {
		for _, q := range questions {
			if strings.Contains(line, `"`+q.ID+`"`) && strings.Contains(line, `"id"`) && lines[q.ID] == 0 {
				lines[q.ID] = i + 1
			}
		}
	}
	return lines
}

// missingPassages reports questions of the retrieval lab whose passage the
// lessons no longer have. Lessons with faults have been reported, and no passage
// is missed in them.
func (d courseData) missingPassages(all []fileLesson) lessons.Faults {
	texts, there := map[string]string{}, map[string]bool{}
	for _, l := range all {
		if !l.main {
			continue
		}
		there[l.ID] = true
		for _, s := range l.Sections {
			texts[l.ID+"#"+s.ID] = squeeze(s.Text())
		}
	}
	var faults lessons.Faults
	for _, q := range d.questions {
		for _, g := range q.Gold {
			lesson, _, _ := strings.Cut(g.Section, "#")
			if there[lesson] && !strings.Contains(texts[g.Section], squeeze(g.Text)) {
				faults = append(faults, lessons.Fault{File: passagesFile, Line: max(d.questionLines[q.ID], 1),
					Message: fmt.Sprintf("检索题 %s：课文 %s 里已没有“%s”", q.ID, g.Section, g.Text)})
			}
		}
	}
	return faults
}

// squeeze drops white space: passages are compared without it.
func squeeze(text string) string { return strings.Join(strings.Fields(text), "") }
