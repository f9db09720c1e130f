package registry

import (
	"slices"
	"sync"

	"courselab/lessons"
)

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
	// Params are what a lesson's lab block may set; a lab with Inputs has none of
	// its own.
	Params map[string]lessons.ParamSpec
	// Inputs are the parameters of a lab that the common panel draws, in the
	// order of its controls. See package labs for how such a lab is made.
	Inputs []Param
	// Data names the files of the course that the lab computes with: "models"
	// is data/models.json. Inputs of kind Model and GPU add theirs.
	Data []string
	// Extra are files as in Data that a course may do without.
	Extra []string
	// Includes are labs whose sheets this one gathers; their data comes along, and
	// LabsFile with what their parameters are called.
	Includes []string
	// Guess is asked before the result is shown; nil: nothing is.
	Guess *Guess
	// Wide has figures drawn for the width that the lab has on the screen; else
	// they are drawn for a phone and scaled up.
	Wide bool
	// Shiya: the lab needs the course's language model, whose size the panel names
	// before it is fetched.
	Shiya bool
	// Run: the lab has something that runs for long; nil: it has not.
	Run   *Run
	Note  Note
	TryIt []Experiment
}

// Guess is a question whose answer the lab's result gives: the reply's answer is
// the Value of one of Options.
type Guess struct {
	Question string
	Options  []Option
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

// Labs returns every lab of the course in the order of its modules. The slice is
// the caller's, what it holds is not.
func Labs() []Lab { return slices.Clone(labs()) }

// labs are put together once: pages ask for them each time they are drawn.
var labs = sync.OnceValue(func() []Lab {
	var all []Lab
	for _, module := range [][]Lab{module1(), module2(), module3(), module4(), module5(), module6()} {
		all = append(all, module...)
	}
	return all
})

// Find returns the lab called name.
func Find(name string) (Lab, bool) {
	for _, l := range labs() {
		if l.Name == name {
			return l, true
		}
	}
	return Lab{}, false
}

// Lessons returns the registry that the lesson parser validates against.
func Lessons() lessons.Registry {
	specs := map[string]lessons.LabSpec{}
	for _, l := range labs() {
		specs[l.Name] = lessons.LabSpec{Title: l.Title, Params: l.params(), Coming: l.Coming}
	}
	for name, spec := range inline() {
		specs[name] = spec
	}
	return lessons.Registry{Labs: specs, Functions: Functions()}
}

// params are what a lesson's lab block may set.
func (l Lab) params() map[string]lessons.ParamSpec {
	if l.Inputs == nil {
		return l.Params
	}
	all := make(map[string]lessons.ParamSpec, len(l.Inputs))
	for _, p := range l.Inputs {
		all[p.Name] = p.spec()
	}
	return all
}

// Input returns the parameter called name.
func (l Lab) Input(name string) (Param, bool) {
	for _, p := range l.Inputs {
		if p.Name == name {
			return p, true
		}
	}
	return Param{}, false
}

// Files lists the data files that the lab computes with, by their path in the
// course, without duplicates.
func (l Lab) Files() []string {
	return paths(names(l))
}

// ExtraFiles lists the files that a course may do without, as Files does.
func (l Lab) ExtraFiles() []string {
	all := slices.Clone(l.Extra)
	for _, other := range l.Includes {
		if lab, ok := Find(other); ok {
			all = append(all, lab.Extra...)
		}
	}
	return paths(all)
}

// names are what Files lists, with duplicates.
func names(l Lab) []string {
	all := slices.Clone(l.Data)
	for _, p := range l.Inputs {
		switch {
		case p.Kind == Model || p.Kind == List && len(p.Options) == 0:
			all = append(all, "models")
		case p.Kind == GPU:
			all = append(all, "gpus")
		}
	}
	for _, other := range l.Includes {
		if lab, ok := Find(other); ok {
			all = append(all, names(lab)...)
		}
		all = append(all, labsName)
	}
	return all
}

func paths(names []string) []string {
	slices.Sort(names)
	names = slices.Compact(names)
	for i, n := range names {
		names[i] = "data/" + n + ".json"
	}
	return names
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
		"notes": {Title: "给老师的话", Params: map[string]lessons.ParamSpec{
			"module": {Kind: lessons.ChoiceParam, Choices: []string{"m1", "m2", "m3", "m4", "m5", "m6"}},
		}},
	}
}
