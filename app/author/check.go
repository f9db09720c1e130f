package author

import (
	"errors"
	"path"
	"sort"
	"strings"

	"courselab/app/engine"
	"courselab/app/registry"
	"courselab/lessons"
)

// Catalogues that parameters of labs name entries of, and the questions that
// name passages of the lessons.
const (
	modelsFile   = "data/models.json"
	gpusFile     = "data/gpus.json"
	passagesFile = "data/rag-questions.json"
)

// Check returns everything wrong with a course folder, sorted, nil where nothing
// is: what lessons.Check finds, what the labs do not take, and what ask, which is
// engine.OpFolderData, finds in the data files and the computed questions. An
// error is ask's; the other faults stand.
func Check(course lessons.Folder, ask func(engine.FolderDataInput) (engine.FolderDataOutput, error)) (lessons.Faults, error) {
	c := check{course: course, files: map[string]lessons.File{}, asked: engine.FolderDataInput{Files: map[string]string{}}}
	c.faults = lessons.Check(course, registry.Lessons())
	all := course.List()
	for _, f := range all {
		c.files[f.Name] = f
	}
	for _, name := range engine.FolderDataFiles() {
		c.readData(name, all)
	}
	c.readTexts(all)
	out, err := ask(c.asked)
	for _, f := range out.Faults {
		c.faults = append(c.faults, lessons.Fault(f))
	}
	return inOrder(c.faults), err
}

// inOrder sorts faults by their place, and leaves out what is said twice.
func inOrder(faults lessons.Faults) lessons.Faults {
	sort.SliceStable(faults, func(i, j int) bool {
		a, b := faults[i], faults[j]
		return a.File < b.File || a.File == b.File && a.Line < b.Line
	})
	var once lessons.Faults
	for i, f := range faults {
		if i == 0 || f != faults[i-1] {
			once = append(once, f)
		}
	}
	return once
}

// errUnread says that a text is not there, or no text; lessons.Check says so.
var errUnread = errors.New("not read")

type check struct {
	course lessons.Folder
	files  map[string]lessons.File
	asked  engine.FolderDataInput
	faults lessons.Faults
}

func (c *check) fault(file string, line int, message string) {
	c.faults = append(c.faults, lessons.Fault{File: file, Line: line, Message: message})
}

// readData takes a data file to be asked about; a course may do without it.
func (c *check) readData(name string, all []lessons.File) {
	f, ok := c.files[name]
	for _, other := range all {
		f.Folder = f.Folder || strings.HasPrefix(other.Name, name+"/")
	}
	if !ok && !f.Folder {
		return
	}
	unread := len(c.asked.Unread)
	c.asked.Unread = append(c.asked.Unread, name)
	switch {
	case f.Problem != "": // which has been said
		return
	case f.Folder:
		c.fault(name, 1, "这是文件夹，应为文件")
		return
	case f.Size > lessons.MaxText:
		c.fault(name, 1, lessons.TooLarge(f.Size, lessons.MaxText))
		return
	}
	text, err := c.course.Read(name)
	if err != nil {
		c.fault(name, 1, "读不了："+err.Error())
		return
	}
	if faults, bad := lessons.CheckText(name, text).(lessons.Faults); bad {
		c.faults = append(c.faults, faults...)
		return
	}
	c.asked.Unread = c.asked.Unread[:unread]
	// Notepad puts a mark there, which JSON knows nothing of.
	c.asked.Files[name] = string(lessons.WithoutMark(text))
}

// readTexts takes what the course file and the lessons name. Those that have
// faults of their own are passed over.
func (c *check) readTexts(all []lessons.File) {
	src, err := c.read(courseFile)
	if err != nil {
		return
	}
	info, err := lessons.ParseCourse(courseFile, src)
	if err != nil {
		return
	}
	c.takeColour("accent", info.Accent, string(src))
	c.takeColour("accent_dark", info.AccentDark, string(src))
	for _, lang := range append([]string{info.Lang}, lessons.Translations(all, info)...) {
		for _, id := range info.Texts() {
			file := path.Join(lang, id+".md")
			text, err := c.read(file)
			if err != nil {
				continue
			}
			if lesson, err := lessons.Parse(file, text, lessons.Options{Registry: registry.Lessons()}); err == nil {
				c.takeLesson(file, lesson, lang == info.Lang)
			}
		}
	}
}

// read returns a text that lessons.Check has looked at.
func (c *check) read(name string) ([]byte, error) {
	if f, ok := c.files[name]; !ok || f.Folder || f.Problem != "" || f.Size > lessons.MaxText {
		return nil, errUnread
	}
	return c.course.Read(name)
}

func (c *check) takeColour(key, colour, src string) {
	if colour == "" {
		return
	}
	before, _, _ := strings.Cut(src, "\n"+key+":")
	c.asked.Colours = append(c.asked.Colours, engine.FolderColour{File: courseFile, Line: 2 + strings.Count(before, "\n"), Key: key, Colour: colour})
}

// takeLesson takes what a lesson places and computes, and, in the course's
// language, its text, for the passages of the retrieval lab.
func (c *check) takeLesson(file string, lesson *lessons.Lesson, ofCourse bool) {
	passages := ofCourse && c.asked.Files[passagesFile] != ""
	if passages {
		c.asked.Lessons = append(c.asked.Lessons, lesson.ID)
	}
	for _, s := range lesson.Sections {
		if passages {
			if c.asked.Sections == nil {
				c.asked.Sections = map[string]string{}
			}
			c.asked.Sections[lesson.ID+"#"+s.ID] = s.Text()
		}
		for _, b := range s.Blocks {
			if b.Lab != nil {
				c.takeLab(file, b.Lab)
			}
		}
	}
	if lesson.Quiz == nil {
		return
	}
	for _, q := range lesson.Quiz.Questions {
		if q.Kind == lessons.Compute {
			c.asked.Questions = append(c.asked.Questions, engine.FolderQuestion{File: file, Line: q.Line,
				ID: q.ID, Function: q.Compute.Function, Ranges: q.Compute.Ranges, Unit: q.Compute.Unit})
		}
	}
}

// takeLab holds what a lesson sets against what the lab's controls take; the
// parser knows numbers, lengths and choices, but neither lists nor which models
// the data has.
func (c *check) takeLab(file string, placed *lessons.Lab) {
	if placed.Name == "models" {
		table := engine.ModelsOf(placed.Params)
		c.asked.Tables = append(c.asked.Tables, engine.FolderTable{File: file, Line: placed.Line, IDs: table.IDs, Columns: table.Columns})
	}
	lab, _ := registry.Find(placed.Name)
	for _, p := range lab.Inputs {
		value, set := placed.Params[p.Name]
		if !set {
			continue
		}
		subject := "实验 " + placed.Name + " 的 " + p.Name
		clean, ok := p.Canonical(value)
		if !ok {
			c.fault(file, placed.Line, subject+" 应为 "+p.Want()+"，现在是 "+value)
			continue
		}
		if catalogue, ids := named(p, clean); len(ids) > 0 {
			c.asked.Names = append(c.asked.Names, engine.FolderNames{File: file, Line: placed.Line, Subject: subject, Catalogue: catalogue, IDs: ids})
		}
	}
}

// named returns which entries of which catalogue a parameter's value names.
func named(p registry.Param, value string) (catalogue string, ids []string) {
	switch {
	case p.Kind == registry.Model, p.Kind == registry.List && len(p.Options) == 0:
		catalogue = modelsFile
	case p.Kind == registry.GPU:
		catalogue = gpusFile
	default:
		return "", nil
	}
	for _, id := range registry.Items(value) {
		isOption := false
		for _, o := range p.Options {
			isOption = isOption || o.Value == id
		}
		if !isOption {
			ids = append(ids, id)
		}
	}
	return catalogue, ids
}
