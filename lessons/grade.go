package lessons

import "slices"

// Answer is what a learner gave.
type Answer struct {
	// Options are the keys of the options chosen (single, multiple), or of all
	// options in the order given (order).
	Options []string `json:"options,omitempty"`
	// Blanks are the texts filled in, one for each blank.
	Blanks []string `json:"blanks,omitempty"`
}

// Result is how right an answer is.
type Result struct {
	// Correct means all of it is right.
	Correct bool `json:"correct"`
	// Options tells for each option, by key, whether it was rightly chosen or
	// rightly left (single, multiple), or stands in its place (order).
	Options map[string]bool `json:"options,omitempty"`
	// Blanks tells it for each blank.
	Blanks []bool `json:"blanks,omitempty"`
}

// Grade compares an answer with what is right. It does not grade computed
// questions, which the engine does: of those no answer is correct.
//
// Texts are compared after NFKC, trimming, and case folding, with any run of
// white space as one space.
func Grade(q Question, a Answer) Result {
	switch q.Kind {
	case Single, Multiple:
		r := Result{Correct: true, Options: map[string]bool{}}
		for _, o := range q.Options {
			right := o.Correct == slices.Contains(a.Options, o.Key)
			r.Options[o.Key] = right
			r.Correct = r.Correct && right
		}
		return r
	case Order:
		r := Result{Correct: len(a.Options) == len(q.Options), Options: map[string]bool{}}
		for i, o := range q.Options {
			right := i < len(a.Options) && a.Options[i] == o.Key
			r.Options[o.Key] = right
			r.Correct = r.Correct && right
		}
		return r
	case Fill:
		r := Result{Correct: true, Blanks: make([]bool, len(q.Blanks))}
		for i, b := range q.Blanks {
			if i < len(a.Blanks) {
				given := normalise(a.Blanks[i])
				r.Blanks[i] = given != "" && slices.ContainsFunc(b.Accepted, func(s string) bool { return normalise(s) == given })
			}
			r.Correct = r.Correct && r.Blanks[i]
		}
		return r
	}
	return Result{}
}
