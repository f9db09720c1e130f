package quiz

import (
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strings"

	"courselab/app/engine"
	"courselab/app/progress"
	"courselab/lessons"
)

// phase is how far an attempt has come.
type phase int

const (
	answering phase = iota
	grading         // the engine is at it
	checked
)

// task is one question as the learner works on it.
type task struct {
	q      lessons.Question
	number int // from 1
	round  int // counts attempts begun on this page

	phase   phase
	touched bool     // the learner has begun this attempt on this page
	chosen  []string // single, multiple: keys chosen; order: all keys as they stand
	texts   []string // fill: the gaps; compute: the number
	entered []string // texts as the inputs were last drawn
	note    string   // why the answer could not be checked
	hint    bool     // the hint is open
	hinted  bool     // and was so at some time of this attempt
	result  lessons.Result
	draw    draw // compute only
}

// drawn is how far the parameters of a computed question have come.
type drawn int

const (
	undrawn drawn = iota
	drawing
	ready
	failed
)

// draw is the parameters of one attempt at a computed question.
type draw struct {
	state   drawn
	seed    uint64
	output  engine.DrawOutput
	message string // why it failed
	// grade is the engine's word on the answer; nil until it came. A result that
	// was stored earlier is shown before.
	grade *engine.GradeOutput
	asked bool // for it
}

// newTask returns a task at the start of its first attempt.
func newTask(q lessons.Question, number int) *task {
	t := &task{q: q, number: number}
	t.clear()
	return t
}

// clear puts the answer back to nothing.
func (t *task) clear() {
	t.phase, t.touched, t.note, t.hinted = answering, false, "", t.hint
	t.result = lessons.Result{}
	t.chosen, t.texts = nil, nil
	switch t.q.Kind {
	case lessons.Order:
		t.chosen = shuffled(t.q, t.round)
	case lessons.Fill:
		t.texts = make([]string, len(t.q.Blanks))
	case lessons.Compute:
		t.texts = make([]string, 1)
		t.draw = draw{}
	}
	t.entered = slices.Clone(t.texts)
}

// retry begins a new attempt.
func (t *task) retry() {
	t.round++
	t.clear()
	t.touched = true
}

// shuffled returns the keys of an order question in an order that depends on its
// id and the attempt alone, and is never the right one.
func shuffled(q lessons.Question, round int) []string {
	keys := keysOf(q)
	h := fnv.New64a()
	h.Write([]byte(q.ID))
	r := rand.New(rand.NewPCG(h.Sum64(), uint64(round)))
	r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	if slices.Equal(keys, keysOf(q)) && len(keys) > 1 {
		keys = append(keys[1:], keys[0])
	}
	return keys
}

func keysOf(q lessons.Question) []string {
	keys := make([]string, len(q.Options))
	for i, o := range q.Options {
		keys[i] = o.Key
	}
	return keys
}

// option returns the option with a key.
func (t *task) option(key string) lessons.Option {
	for _, o := range t.q.Options {
		if o.Key == key {
			return o
		}
	}
	return lessons.Option{}
}

// slot names an option in the page. The keys of an order question may count the
// right order, so there it is the place where the option stood at first.
func (t *task) slot(key string) int {
	if t.q.Kind == lessons.Order {
		return slices.Index(shuffled(t.q, 0), key)
	}
	return slices.Index(keysOf(t.q), key)
}

// open reports whether the answer may be changed.
func (t *task) open() bool { return t.phase == answering }

// choose makes key the one chosen option.
func (t *task) choose(key string) {
	if t.open() {
		t.chosen, t.touched, t.note = []string{key}, true, ""
	}
}

// toggle adds key to the chosen options or takes it out.
func (t *task) toggle(key string, on bool) {
	if !t.open() {
		return
	}
	t.touched, t.note = true, ""
	t.chosen = slices.DeleteFunc(slices.Clone(t.chosen), func(k string) bool { return k == key })
	if on {
		t.chosen = append(t.chosen, key)
	}
}

// move shifts the option with a key by delta places and returns where it stands
// then, from 0; ok is false where there is no such place.
func (t *task) move(key string, delta int) (place int, ok bool) {
	from := slices.Index(t.chosen, key)
	to := from + delta
	if !t.open() || from < 0 || to < 0 || to >= len(t.chosen) {
		return from, false
	}
	t.touched, t.note = true, ""
	t.chosen = slices.Insert(slices.Delete(slices.Clone(t.chosen), from, from+1), to, key)
	return to, true
}

// write sets the text of input i.
func (t *task) write(i int, text string) {
	if t.open() && i >= 0 && i < len(t.texts) {
		t.texts[i] = text
		t.touched, t.note = true, ""
	}
}

const noNumber = "请填一个数，例如 12.5；不要带单位。"

// unready tells why the answer cannot be checked yet, "" if it can.
func (t *task) unready() string {
	switch t.q.Kind {
	case lessons.Single:
		if len(t.chosen) == 0 {
			return "请先选一项，再检查。"
		}
	case lessons.Multiple:
		if len(t.chosen) == 0 {
			return "请至少选一项，再检查。"
		}
	case lessons.Fill:
		if slices.ContainsFunc(t.texts, func(s string) bool { return strings.TrimSpace(s) == "" }) {
			return "还有空没有填。"
		}
	case lessons.Compute:
		switch {
		case t.draw.state == failed:
			return "题目的数还没有出来，请先重试。"
		case t.draw.state != ready:
			return "题目的数还没有出来，请稍候。"
		case strings.TrimSpace(t.texts[0]) == "":
			return "请先填写答案。"
		}
		if _, err := number(t.texts[0]); err != nil {
			return noNumber
		}
	}
	return ""
}

// answer is what stands there now, as it is stored.
func (t *task) answer() progress.Answer {
	a := progress.Answer{Texts: slices.Clone(t.texts)}
	if t.q.Kind == lessons.Multiple {
		// In the question's order, so that equal choices are equal answers.
		for _, key := range keysOf(t.q) {
			if slices.Contains(t.chosen, key) {
				a.Options = append(a.Options, key)
			}
		}
		return a
	}
	a.Options = slices.Clone(t.chosen)
	return a
}

// grade judges what can be judged in the page.
func (t *task) grade() {
	a := t.answer()
	t.result = lessons.Grade(t.q, lessons.Answer{Options: a.Options, Blanks: a.Texts})
	t.phase = checked
	t.entered = slices.Clone(t.texts)
}

// fits reports whether an answer can be shown as one to the question.
func (t *task) fits(a progress.Answer) bool {
	for _, key := range a.Options {
		if t.option(key).Key != key {
			return false
		}
	}
	switch t.q.Kind {
	case lessons.Single:
		return len(a.Options) == 1
	case lessons.Order:
		sorted := slices.Sorted(slices.Values(a.Options))
		return slices.Equal(sorted, slices.Sorted(slices.Values(keysOf(t.q))))
	case lessons.Fill:
		return len(a.Texts) == len(t.q.Blanks)
	case lessons.Compute:
		return len(a.Texts) == 1
	}
	return true
}

// enter begins with an answer that stands there already.
func (t *task) enter(a progress.Answer) {
	t.clear()
	t.chosen, t.texts = slices.Clone(a.Options), slices.Clone(a.Texts)
	t.entered = slices.Clone(t.texts)
}

// restore shows a stored attempt as checked. It reports false where the attempt
// does not fit the question.
func (t *task) restore(a progress.Attempt) bool {
	if !t.fits(a.Answer) {
		return false
	}
	t.enter(a.Answer)
	if t.q.Kind == lessons.Compute {
		t.draw = draw{seed: a.Seed}
		t.result = lessons.Result{Correct: a.Correct}
		t.phase = checked
		return true
	}
	t.grade()
	return true
}

// wrong reports whether the shown attempt was checked and found wrong.
func (t *task) wrong() bool { return t.phase == checked && !t.result.Correct }
