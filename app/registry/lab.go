package registry

import "courselab/lessons"

// Lab describes one lab of the course.
type Lab struct {
	Name    string // as in addresses and lab blocks: "attention"
	Title   string
	Module  string // lesson that it belongs to: "m3"
	Summary string // one sentence for the gallery
	// Section is the anchor, in that lesson's file, of the section that the lab
	// belongs to; empty: the lesson's top.
	Section string
	// Coming labs are announced, not run.
	Coming bool
	// Params are what a lesson's lab block may set.
	Params map[string]lessons.ParamSpec
	Note   Note
	TryIt  []Experiment
}

// Note is for the teacher.
type Note struct {
	Goal   string   // what the class should take away
	Ask    []string // questions to put to the class
	Wrong  []Mistake
	Timing string // how to fit it into a lesson
}

// Mistake is what learners often believe, and what to show them then.
type Mistake struct {
	Belief string
	Answer string
}

// Experiment is one "试一试": what to do, what to notice, and the parameters
// that set the lab up for it.
type Experiment struct {
	Do     string
	Notice string
	Params map[string]string
}

// Labs returns every lab of the course in the order of its modules.
func Labs() []Lab {
	var all []Lab
	for _, module := range [][]Lab{module1(), module2(), module3(), module4(), module5(), module6()} {
		all = append(all, module...)
	}
	return all
}

// Find returns the lab called name.
func Find(name string) (Lab, bool) {
	for _, l := range Labs() {
		if l.Name == name {
			return l, true
		}
	}
	return Lab{}, false
}

// Lessons returns the registry that the lesson parser validates against.
func Lessons() lessons.Registry {
	labs := map[string]lessons.LabSpec{}
	for _, l := range Labs() {
		labs[l.Name] = lessons.LabSpec{Title: l.Title, Params: l.Params, Coming: l.Coming}
	}
	for name, spec := range inline() {
		labs[name] = spec
	}
	return lessons.Registry{Labs: labs, Functions: Functions()}
}

// Inline reports whether name is a block that stands in the text like a
// paragraph, rather than a lab of its own.
func Inline(name string) bool {
	_, ok := inline()[name]
	return ok
}

// inline returns what stands in the text like a lab and is none: it has no page
// of its own and no place in the gallery.
func inline() map[string]lessons.LabSpec {
	return map[string]lessons.LabSpec{
		"models": {Title: "模型表", Params: map[string]lessons.ParamSpec{
			"ids":     {Kind: lessons.TextParam, Min: 1, Max: 2000},
			"columns": {Kind: lessons.TextParam, Min: 1, Max: 300},
		}},
	}
}
