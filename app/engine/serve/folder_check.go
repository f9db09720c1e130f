package serve

import (
	"fmt"
	"slices"
	"strings"

	"courselab/app/engine"
	"courselab/sim"
	"courselab/sim/choose"
	"courselab/sim/rag"
	"courselab/sim/scaling"
)

// The data files of a course that a check alone reads; engine.FolderDataFiles
// lists all.
const (
	measurementsFile = "data/measurements.json"
	termsFile        = "data/terms.json"
	scalingFile      = "data/scaling.json"
	passagesFile     = "data/rag-questions.json"
)

// probeDraws is how often the parameters of a computed question are drawn by a
// check.
const probeDraws = 1000

// CheckFolder returns what is wrong with a course beyond what its texts alone
// show: faults of the data files, tables of models and parameters of labs that
// ask for what the data does not have, colours that cannot be read, passages that
// the lessons no longer have, and computed questions that have no finite answer
// in some of a thousand draws. An error of pause ends it.
func CheckFolder(in engine.FolderDataInput, pause func() error) (engine.FolderDataOutput, error) {
	c := folderCheck{in: in}
	c.readData()
	for _, t := range in.Tables {
		c.checkTable(t)
	}
	for _, n := range in.Names {
		c.checkNames(n)
	}
	for _, colour := range in.Colours {
		if problem := colourProblem(colour); problem != "" {
			c.fault(colour.File, colour.Line, problem)
		}
	}
	c.checkPassages()
	for _, q := range in.Questions {
		if err := pause(); err != nil {
			return engine.FolderDataOutput{}, err
		}
		if problem := ProbeQuestion(q.Function, q.Ranges, q.Unit, probeDraws); problem != "" {
			c.fault(q.File, q.Line, "计算题 "+q.ID+"："+problem)
		}
	}
	return engine.FolderDataOutput{Faults: c.faults}, nil
}

// folderCheck holds what the data files say, each nil where the course has none
// or it is faulty.
type folderCheck struct {
	in        engine.FolderDataInput
	models    *sim.Catalogue
	gpus      []sim.GPU
	questions []rag.Question
	faults    []engine.FolderFault
}

func (c *folderCheck) fault(file string, line int, message string) {
	c.faults = append(c.faults, engine.FolderFault{File: file, Line: line, Message: message})
}

// readData parses the data files; a course may do without any of them.
func (c *folderCheck) readData() {
	parsers := map[string]func(text []byte) error{
		modelsFile:       func(text []byte) (err error) { c.models, err = sim.ParseCatalogue(text); return err },
		gpusFile:         func(text []byte) (err error) { c.gpus, err = sim.ParseGPUs(text); return err },
		measurementsFile: func(text []byte) error { _, err := sim.ParseMeasurements(text); return err },
		termsFile:        func(text []byte) error { _, err := choose.ParseTerms(text); return err },
		scalingFile:      func(text []byte) error { _, err := scaling.Parse(text); return err },
		passagesFile:     func(text []byte) (err error) { c.questions, err = rag.ParseQuestions(text); return err },
	}
	for _, name := range engine.FolderDataFiles() {
		text, ok := c.in.Files[name]
		if !ok {
			continue
		}
		if err := parsers[name]([]byte(text)); err != nil {
			line, problem := CatalogueProblem(err)
			c.fault(name, line, problem)
		}
	}
}

func (c *folderCheck) checkTable(t engine.FolderTable) {
	_, given := c.in.Files[modelsFile]
	switch {
	case len(t.IDs) == 0:
		c.fault(t.File, t.Line, "模型表没有写明模型：ids: gpt-4, qwen3-8b")
	case c.models != nil:
		for _, problem := range ModelProblems(c.models, t.IDs, t.Columns) {
			c.fault(t.File, t.Line, problem)
		}
	case !given && !slices.Contains(c.in.Unread, modelsFile):
		c.fault(t.File, t.Line, "模型表要用 "+modelsFile+"，课程里没有这个文件")
	}
}

// checkNames reports the first model or accelerator that the data does not have;
// without data there is nothing to ask.
func (c *folderCheck) checkNames(n engine.FolderNames) {
	for _, id := range n.IDs {
		problem := ""
		switch n.Catalogue {
		case modelsFile:
			if c.models == nil {
				return
			}
			if _, ok := c.models.Find(id); !ok {
				problem = "模型目录里没有 " + id
			}
		case gpusFile:
			if c.gpus != nil && !slices.ContainsFunc(c.gpus, func(g sim.GPU) bool { return g.ID == id }) {
				problem = "显卡目录里没有 " + id
			}
		}
		if problem != "" {
			c.fault(n.File, n.Line, n.Subject+"："+problem)
			return
		}
	}
}

// checkPassages reports questions of the retrieval lab whose passage the lessons
// no longer have. Lessons with faults have been reported, and no passage is
// missed in them.
func (c *folderCheck) checkPassages() {
	for _, q := range c.questions {
		for _, g := range q.Gold {
			lesson, _, _ := strings.Cut(g.Section, "#")
			if slices.Contains(c.in.Lessons, lesson) && !strings.Contains(squeeze(c.in.Sections[g.Section]), squeeze(g.Text)) {
				c.fault(passagesFile, lineOfID(c.in.Files[passagesFile], q.ID),
					fmt.Sprintf("检索题 %s：课文 %s 里已没有“%s”", q.ID, g.Section, g.Text))
			}
		}
	}
}

// lineOfID finds the line that a question's id stands on, 1 where it is nowhere.
func lineOfID(text, id string) int {
	for i, line := range strings.Split(text, "\n") {
		if strings.Contains(line, `"`+id+`"`) && strings.Contains(line, `"id"`) {
			return i + 1
		}
	}
	return 1
}

// squeeze drops white space: passages are compared without it.
func squeeze(text string) string { return strings.Join(strings.Fields(text), "") }
