package class

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"courselab/app/progress"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Submission is one progress file.
type Submission struct {
	File     string // where it lies
	Progress progress.File
}

// Read reads a progress file of the course with that id. Its error is a
// *progress.Refusal.
func Read(file string, data []byte, course string) (Submission, error) {
	f, err := progress.ParseFile(data, course)
	return Submission{File: file, Progress: f}, err
}

// Learner is one learner with what their files hold together.
type Learner struct {
	Name     string // as the newest file with a name writes it; empty where none does
	Files    []string
	Exported time.Time // of the newest file
	Lessons  map[string]progress.Lesson
}

// Shown returns the name, or the file where no name was given.
func (l Learner) Shown() string {
	return cmp.Or(l.Name, "（未填姓名）"+l.Files[0])
}

// Learners merges files of the same learner, and sorts by name; those without
// one come last.
func Learners(files []Submission) []Learner {
	files = slices.Clone(files)
	// With a name first, so that those without find whom they belong to.
	slices.SortStableFunc(files, func(a, b Submission) int {
		return cmp.Or(cmp.Compare(b2i(a.Progress.Name == ""), b2i(b.Progress.Name == "")),
			a.Progress.Exported.Compare(b.Progress.Exported), cmp.Compare(a.File, b.File))
	})
	var all []Learner
	for _, f := range files {
		at := slices.IndexFunc(all, func(l Learner) bool { return l.owns(f.Progress) })
		if at < 0 {
			all = append(all, Learner{Lessons: map[string]progress.Lesson{}})
			at = len(all) - 1
		}
		all[at].take(f)
	}
	slices.SortStableFunc(all, func(a, b Learner) int {
		return cmp.Or(cmp.Compare(b2i(a.Name == ""), b2i(b.Name == "")), cmp.Compare(a.Name, b.Name))
	})
	return all
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (l *Learner) take(f Submission) {
	l.Files = append(l.Files, f.File)
	if f.Progress.Name != "" {
		l.Name = f.Progress.Name
	}
	if f.Progress.Exported.After(l.Exported) {
		l.Exported = f.Progress.Exported
	}
	for id, lesson := range f.Progress.Lessons {
		l.Lessons[id] = progress.MergeLessons(l.Lessons[id], lesson)
	}
}

// owns reports whether a file is of this learner.
func (l Learner) owns(f progress.File) bool {
	if f.Name != "" {
		return l.Name != "" && sameName(l.Name) == sameName(f.Name)
	}
	for id, lesson := range f.Lessons {
		for question, record := range lesson.Questions {
			mine := l.Lessons[id].Questions[question].Attempts
			for _, a := range record.Attempts {
				if slices.ContainsFunc(mine, func(b progress.Attempt) bool { return sameAttempt(a, b) }) {
					return true
				}
			}
		}
	}
	return false
}

func sameAttempt(a, b progress.Attempt) bool {
	return a.At.Equal(b.At) && a.Fingerprint == b.Fingerprint &&
		slices.Equal(a.Answer.Options, b.Answer.Options) && slices.Equal(a.Answer.Texts, b.Answer.Texts)
}

// sameName is equal for names that differ in width, case or spaces alone.
func sameName(name string) string {
	return strings.Join(strings.Fields(cases.Fold().String(norm.NFKC.String(name))), "")
}
