package progress

import (
	"errors"
	"fmt"
	"time"
)

// Export returns everything as a file.
func (s *Store) Export() File {
	p := s.Profile()
	f := File{
		Format: Format, Version: Version, Course: s.options.Course,
		Exported: following(time.Time{}, s.options.Now()),
		Name:     p.Name, Named: p.At,
		Lessons: map[string]Lesson{}, Reading: map[string]Reading{},
	}
	for _, id := range s.Lessons() {
		if l := s.Lesson(id); len(l.Questions) > 0 || !l.Completed.IsZero() {
			f.Lessons[id] = l
		}
	}
	for _, id := range s.names(readingSpace) {
		if r := s.Reading(id); !r.At.IsZero() {
			f.Reading[id] = r
		}
	}
	for _, name := range s.Labs() {
		if r := s.Lab(name); !r.At.IsZero() {
			if f.Labs == nil {
				f.Labs = map[string]LabRecord{}
			}
			f.Labs[name] = r
		}
	}
	for _, e := range s.Exams() {
		if f.Exams == nil {
			f.Exams = map[string]Exam{}
		}
		f.Exams[e.ID()] = e
	}
	return f
}

// Imported tells what an import brought.
type Imported struct {
	Name      string // the file's
	Lessons   int    // with a record in the file
	Questions int    // with an attempt that was new
	Attempts  int    // that were new
	Exams     int    // that were new, or have come further
}

// Message says it in Chinese.
func (i Imported) Message() string {
	exams := ""
	if i.Exams > 0 {
		exams = fmt.Sprintf("另有 %d 场考试。", i.Exams)
	}
	if i.Attempts == 0 {
		return fmt.Sprintf("已读取 %d 个模块的记录，没有新的作答。", i.Lessons) + exams
	}
	return fmt.Sprintf("已合并 %d 个模块的记录：%d 道题有新的作答，共 %d 次。", i.Lessons, i.Questions, i.Attempts) + exams
}

// Import merges an exported file into the store: the union of all attempts. Its
// error is a *Refusal, and then nothing has changed.
func (s *Store) Import(data []byte) (Imported, error) {
	f, err := ParseFile(data, s.options.Course)
	if err != nil {
		return Imported{}, err
	}
	return s.Take(f), nil
}

// Compare tells what Take would bring.
func (s *Store) Compare(f File) Imported {
	sum := Imported{Name: f.Name, Lessons: len(f.Lessons)}
	for id, l := range f.Lessons {
		before := s.Lesson(id)
		for q, record := range MergeLessons(before, l).Questions {
			if n := fresh(before.Questions[q], record); n > 0 {
				sum.Questions++
				sum.Attempts += n
			}
		}
	}
	return sum
}

// Take merges a file that ParseFile or ParseLink has read into the store.
func (s *Store) Take(f File) Imported {
	sum := s.Compare(f)
	for id, l := range f.Lessons {
		s.update(progressSpace+id, func(d document) document { return d.merge(l) })
	}
	for id, r := range f.Reading {
		s.update(readingSpace+id, func(d document) document { return d.merge(r) })
	}
	for name, r := range f.Labs {
		s.update(labSpace+name, func(d document) document { return d.merge(r) })
	}
	for id, e := range f.Exams {
		s.update(examSpace+id, func(d document) document {
			merged := d.merge(e).(Exam)
			if before := d.(Exam); before.rank() != merged.rank() || !before.Changed.Equal(merged.Changed) {
				sum.Exams++
			}
			return merged
		})
	}
	if f.Name != "" {
		s.update(profileKey, func(d document) document {
			return d.merge(Profile{Name: f.Name, At: f.Named})
		})
	}
	return sum
}

// MergeLesson merges a lesson's record from elsewhere into the store. Questions
// that are not as the course writes them stay out.
func (s *Store) MergeLesson(id string, l Lesson) {
	checked := Lesson{}
	if validTime(l.Completed) == nil {
		checked.Completed = l.Completed
	}
	for question, record := range l.Questions {
		if errors.Join(validID(question), record.validate()) != nil {
			continue
		}
		if checked.Questions == nil {
			checked.Questions = map[string]Question{}
		}
		checked.Questions[question] = MergeQuestions(record, Question{})
	}
	if len(checked.Questions) > maxPieces {
		return
	}
	s.update(progressSpace+id, func(d document) document { return d.merge(checked) })
}

// fresh counts the attempts of after that before does not have.
func fresh(before, after Question) int {
	n := 0
	for _, a := range after.Attempts {
		known := false
		for _, b := range before.Attempts {
			if compareAttempts(a, b) == 0 {
				known = true
				break
			}
		}
		if !known {
			n++
		}
	}
	return n
}
