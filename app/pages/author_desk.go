package pages

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"courselab/app/author"
	"courselab/app/content"
	"courselab/app/engine"
	"courselab/app/env"
	"courselab/app/progress"
	"courselab/app/quiz"
	"courselab/app/registry"
	"courselab/lessons"
)

// desk is a course's folder as it lies open on the author's page. It stays in the
// program while other pages are shown.
type desk struct {
	around *env.Env // of the page
	folder *author.Folder
	// draft is what the lessons of the folder are drawn in: an environment like
	// the page's, but with a progress of its own that is stored nowhere. Its
	// Content is nil where course.md cannot be read.
	draft *env.Env

	faults   lessons.Faults
	checked  bool   // faults are those of the present texts
	counted  bool   // every lesson has been parsed once: what it holds can be told
	unasked  string // why the engine did not check its part
	examples map[string]*quiz.Example
	round    atomic.Int64 // of checking: a newer one ends those before

	view, module string
	file         string // in the editor; "" where it is closed
	typed        string // not taken over yet
	keystrokes   int
	saved        bool // what was edited has been downloaded
	closing      bool // the author has been asked whether to throw it away

	sessions, minutes int // of the schedule
	byModule          bool
}

// newDesk lays a folder open. It may block on the network.
func newDesk(around *env.Env, opened engine.Folder) (*desk, error) {
	shipped := func(path string) ([]byte, error) {
		if around.Fetch == nil {
			return nil, errNoContent
		}
		return around.Fetch(content.Root + path)
	}
	folder, err := author.New(opened, shipped)
	if err != nil {
		return nil, err
	}
	host := &env.Host{}
	if around.Host != nil {
		host.RetryEngine = around.Host.RetryEngine
	}
	d := &desk{
		around: around, folder: folder, view: "overview", saved: true,
		examples: map[string]*quiz.Example{}, sessions: 6, minutes: 90,
		draft: &env.Env{
			Draft: true, Engine: around.Engine, Settings: around.Settings, Static: around.Static,
			Host: host, Fetch: around.Fetch, Version: around.Version, ModelBytes: around.ModelBytes,
			Progress: progress.Open(&progress.Memory{}, progress.Options{Course: "draft", Base: "/"}),
		},
	}
	d.follow(around.Host.State())
	d.reload()
	return d, nil
}

// follow tells the draft's pages how the engine is.
func (d *desk) follow(now env.State) {
	now.Content = nil
	d.draft.Host.Change(func(s *env.State) { *s = now })
}

// reload reads the texts anew after an edit. A course file that cannot be read
// leaves the course as it was before; the check says what is wrong.
func (d *desk) reload() {
	if d.draft.Content == nil {
		library, err := content.LoadDraft(d.folder.Read, registry.Lessons(), d.address)
		if err != nil {
			return
		}
		d.draft.Content = library
	} else if changed, err := d.draft.Content.Refresh(); err != nil || !changed {
		return
	}
	d.draft.Course = d.draft.Content.Course()
	if modules := d.draft.Course.Modules; len(modules) > 0 && !slices.Contains(modules, d.module) {
		d.module = modules[0]
	}
	d.draft.Host.Change(func(*env.State) {})
}

// address of a file of the folder; what is no picture has none.
func (d *desk) address(name string) string {
	if a := d.folder.Address(name); a != "" {
		return a
	}
	return "#"
}

var errNewer = errors.New("a newer check has begun")

// check finds everything that is wrong with the folder, and what the computed
// questions come to. The page is drawn in between; a newer check ends it, and
// then ok is false.
func (d *desk) check() (faults lessons.Faults, unasked string, examples map[string]*quiz.Example, ok bool) {
	round := d.round.Add(1)
	pause := func() error {
		time.Sleep(time.Millisecond)
		if d.round.Load() != round {
			return errNewer
		}
		return nil
	}
	faults, err := author.Check(d.folder.Checked(pause), func(in engine.FolderDataInput) (out engine.FolderDataOutput, err error) {
		err = d.call(engine.OpFolderData, in, &out)
		return out, err
	})
	if err != nil {
		unasked = "数据文件、模型表、计算题和颜色没有检查：" + err.Error()
	}
	examples = map[string]*quiz.Example{}
	for _, lesson := range d.parsed(pause) {
		d.workOut(lesson, examples)
	}
	return faults, unasked, examples, pause() == nil
}

// parsed returns the lessons that can be shown, parsing those that were not.
func (d *desk) parsed(pause func() error) []*lessons.Lesson {
	if d.draft.Content == nil {
		return nil
	}
	var all []*lessons.Lesson
	for _, id := range d.draft.Course.Modules {
		if pause() != nil {
			return nil
		}
		if lesson, _ := d.draft.Content.Lesson(id); lesson != nil {
			all = append(all, lesson)
		}
	}
	return all
}

// workOut has the engine put numbers into the computed questions of a lesson.
func (d *desk) workOut(lesson *lessons.Lesson, examples map[string]*quiz.Example) {
	if lesson.Quiz == nil {
		return
	}
	for _, q := range lesson.Quiz.Questions {
		if q.Kind != lessons.Compute {
			continue
		}
		key := exampleKey(lesson.ID, q)
		if known := d.examples[key]; known != nil {
			examples[key] = known
			continue
		}
		var e quiz.Example
		if d.call(engine.OpQuestionDraw, engine.DrawInput{Function: q.Compute.Function, Ranges: q.Compute.Ranges, Seed: 1}, &e.Draw) == nil &&
			d.call(engine.OpQuestionGrade, engine.GradeInput{Function: q.Compute.Function, Values: e.Draw.Values, Unit: q.Compute.Unit, Tolerance: q.Compute.Tolerance}, &e.Grade) == nil {
			examples[key] = &e
		}
	}
}

func exampleKey(lesson string, q lessons.Question) string {
	return lesson + " " + q.ID + " " + q.Fingerprint
}

// call asks the engine and waits; not on the UI's goroutine.
func (d *desk) call(op string, input, out any) error {
	if d.around.Engine == nil {
		return errors.New("计算引擎没有启动")
	}
	err := d.around.Engine.Call(context.Background(), op, input, out)
	var known *engine.Error
	if errors.As(err, &known) {
		return errors.New(known.Message)
	}
	return err
}

// take gives the open file what was typed and reports whether anything changed.
func (d *desk) take() bool {
	if d.file == "" || !d.folder.Edit(d.file, d.typed) {
		return false
	}
	d.saved, d.checked = false, false
	return true
}

// likely is the file that the author means to edit: that of the lesson shown.
func (d *desk) likely() string {
	file := "course.md"
	if d.view != "overview" && d.draft.Course != nil {
		file = d.draft.Course.Lang + "/" + d.module + ".md"
	}
	if texts := d.folder.Texts(); !slices.Contains(texts, file) && len(texts) > 0 {
		file = texts[0]
	}
	return file
}

// startOver makes a folder of the page's own course. It may block.
func startOver(e *env.Env) (engine.Folder, error) {
	if e.Content == nil {
		return engine.Folder{}, errNoContent
	}
	folder := engine.Folder{Name: e.Course.ID}
	for _, id := range e.Course.Modules {
		time.Sleep(time.Millisecond) // parsing takes longer than a frame
		_, _ = e.Content.Lesson(id)  // its drawings belong to the set once it is parsed
	}
	data := map[string]bool{}
	for _, lab := range registry.Labs() {
		for _, name := range append(lab.Files(), lab.ExtraFiles()...) {
			data[name] = name != content.PassagesFile && name != registry.LabsFile
		}
	}
	for name, wanted := range data {
		if wanted {
			_, _, _ = e.Content.Data(name) // a course may do without
		}
	}
	for _, name := range e.Content.Files() {
		name = strings.TrimPrefix(name, content.Root)
		text, err := e.Fetch(content.Root + name)
		if err != nil {
			return engine.Folder{}, err
		}
		folder.Files = append(folder.Files, engine.FolderFile{Name: name, Data: text})
	}
	return folder, nil
}

// faultPlace names a line of a file.
func faultPlace(file string, line int) string { return file + ":" + strconv.Itoa(line) }
