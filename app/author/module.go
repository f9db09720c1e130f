package author

import (
	"courselab/app/registry"
	"courselab/lessons"
)

// Module is what a lesson asks of a class and of its author.
type Module struct {
	ID, Title  string
	Minutes    int
	Objectives []Objective
	Questions  int
	Labs       []string // titles of what stands beside the text, each once
}

// Objective is one objective with the questions that ask about it, counted from 1.
type Objective struct {
	ID, Text  string
	Questions []int
}

// ModuleOf sums a lesson up.
func ModuleOf(l *lessons.Lesson) Module {
	m := Module{ID: l.ID, Title: l.Title, Minutes: l.Minutes}
	for _, o := range l.Objectives {
		objective := Objective{ID: o.ID, Text: o.Text}
		if l.Quiz != nil {
			for i, q := range l.Quiz.Questions {
				if contains(q.Objectives, o.ID) {
					objective.Questions = append(objective.Questions, i+1)
				}
			}
		}
		m.Objectives = append(m.Objectives, objective)
	}
	if l.Quiz != nil {
		m.Questions = len(l.Quiz.Questions)
	}
	for _, s := range l.Sections {
		for _, b := range s.Blocks {
			if b.Lab == nil || registry.Inline(b.Lab.Name) {
				continue
			}
			title := b.Lab.Name
			if lab, ok := registry.Find(title); ok {
				title = lab.Title
			}
			if !contains(m.Labs, title) {
				m.Labs = append(m.Labs, title)
			}
		}
	}
	return m
}
