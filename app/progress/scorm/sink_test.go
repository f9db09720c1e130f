package scorm

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"courselab/app/progress"
)

// fake is a platform in memory.
type fake struct {
	elements map[string]string
	refuses  bool
	commits  int
}

func (f *fake) Get(element string) string { return f.elements[element] }

func (f *fake) Set(element, value string) error {
	if f.refuses {
		return fmt.Errorf("refused %s", element)
	}
	f.elements[element] = value
	return nil
}

func (f *fake) Commit() error {
	if f.refuses {
		return errors.New("refused to commit")
	}
	f.commits++
	return nil
}

func save(t *testing.T, s *Sink, record progress.Lesson) {
	t.Helper()
	if err := s.Save(module(4), record, "sec-2"); err != nil {
		t.Fatal(err)
	}
}

// some answers the first n of four questions right, the others wrong.
func some(n int) progress.Lesson {
	l := module(4)
	record := answered(l, 1, 0)
	for i, q := range l.Quiz.Questions {
		record.Questions[q.ID].Attempts[0].Correct = i < n
	}
	return record
}

func TestSaveAndResume(t *testing.T) {
	for version, want := range map[Version]map[string]string{
		V12: {"cmi.core.score.raw": "50", "cmi.core.score.min": "0", "cmi.core.score.max": "100",
			"cmi.core.lesson_status": "incomplete", "cmi.core.lesson_location": "sec-2"},
		V2004: {"cmi.score.raw": "50", "cmi.score.min": "0", "cmi.score.max": "100", "cmi.score.scaled": "0.5",
			"cmi.completion_status": "incomplete", "cmi.location": "sec-2", "cmi.progress_measure": "1"},
	} {
		f := &fake{elements: map[string]string{}}
		save(t, Open(f, version), some(2))
		suspended := f.elements["cmi.suspend_data"]
		got := maps.Clone(f.elements)
		delete(got, "cmi.suspend_data")
		if !maps.Equal(got, want) {
			t.Errorf("%s: the platform has %v, want %v", version, got, want)
		}
		record, section, err := Open(f, version).Resume()
		if err != nil || section != "sec-2" || progress.ScoreOf(module(4), record).Points != 2 {
			t.Errorf("%s: %q comes back as %+v at %q, %v", version, suspended, record, section, err)
		}
		save(t, Open(f, version), some(4))
		n := version.names()
		if f.elements[n.status] != "completed" || f.elements[n.raw] != "100" {
			t.Errorf("%s: with all right the platform has %v", version, f.elements)
		}
		if version == V2004 && f.elements["cmi.success_status"] != "passed" {
			t.Errorf("2004: success is %q", f.elements["cmi.success_status"])
		}
		// Another visit without the answers takes nothing back.
		save(t, Open(f, version), some(0))
		if f.elements[n.status] != "completed" || f.elements[n.raw] != "100" {
			t.Errorf("%s: the platform's record went to %v", version, f.elements)
		}
	}
}

func TestCommitsWhatMatters(t *testing.T) {
	f := &fake{elements: map[string]string{}}
	s := Open(f, V12)
	save(t, s, some(1))
	save(t, s, some(1))
	if f.commits != 1 {
		t.Errorf("%d commits of one change", f.commits)
	}
	if err := s.Save(module(4), some(1), "sec-3"); err != nil || f.commits != 1 || f.elements["cmi.core.lesson_location"] != "sec-3" {
		t.Errorf("the place alone: %v, %d commits, %v", err, f.commits, f.elements)
	}
}

// TestRefusal offers again what the platform did not take.
func TestRefusal(t *testing.T) {
	f := &fake{elements: map[string]string{}, refuses: true}
	s := Open(f, V12)
	if err := s.Save(module(4), some(2), "sec-2"); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("error %v", err)
	}
	f.refuses = false
	save(t, s, some(2))
	if f.elements["cmi.core.score.raw"] != "50" || f.elements["cmi.suspend_data"] == "" || f.commits != 1 {
		t.Errorf("later the platform has %v, %d commits", f.elements, f.commits)
	}
}

// TestForeignSuspendData stays as it is; damaged data of ours is replaced.
func TestForeignSuspendData(t *testing.T) {
	f := &fake{elements: map[string]string{"cmi.suspend_data": "2.of a later version"}}
	s := Open(f, V12)
	if _, _, err := s.Resume(); err == nil {
		t.Error("a later version is read")
	}
	if err := s.Save(module(4), some(2), ""); err == nil || f.elements["cmi.suspend_data"] != "2.of a later version" || f.elements["cmi.core.score.raw"] != "50" {
		t.Errorf("%v; the platform has %v", err, f.elements)
	}
	f.elements["cmi.suspend_data"] = "1.damaged"
	s = Open(f, V12)
	if _, _, err := s.Resume(); err == nil {
		t.Error("damaged data is read")
	}
	save(t, s, some(2))
	if _, err := Unpack(f.elements["cmi.suspend_data"]); err != nil {
		t.Error(err)
	}
}

func TestNoQuestions(t *testing.T) {
	if err := Open(&fake{elements: map[string]string{}}, V12).Save(module(0), progress.Lesson{}, ""); err == nil {
		t.Error("a module without questions is saved")
	}
}
