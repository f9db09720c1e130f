package content

import "courselab/lessons"

// LoadDraft is Load for a course that is being written. A lesson that is at fault
// is shown as far as it was understood, without the questions that nobody could
// answer; file returns the address of a file beside the lessons, given its path
// in the course ("zh/img/block.png").
func LoadDraft(read Read, registry lessons.Registry, file func(path string) string) (*Library, error) {
	return loadWith(read, registry, file, "")
}

// understood returns a faulty lesson as a page can show it.
func understood(l *lessons.Lesson) *lessons.Lesson {
	if l == nil || l.Quiz == nil {
		return l
	}
	shown, quiz := *l, *l.Quiz
	quiz.Questions = nil
	known := map[string]bool{}
	for _, q := range l.Quiz.Questions {
		if answerable(q) && !known[q.ID] {
			known[q.ID] = true
			quiz.Questions = append(quiz.Questions, q)
		}
	}
	shown.Quiz = &quiz
	if len(quiz.Questions) == 0 {
		shown.Quiz = nil
	}
	return &shown
}

// answerable reports whether a question has what answering it needs.
func answerable(q lessons.Question) bool {
	right := 0
	for _, o := range q.Options {
		if o.Correct {
			right++
		}
	}
	switch q.Kind {
	case lessons.Single:
		return q.ID != "" && right == 1
	case lessons.Multiple:
		return q.ID != "" && right > 0
	case lessons.Order:
		return q.ID != "" && len(q.Options) > 1
	case lessons.Fill:
		for _, b := range q.Blanks {
			if len(b.Accepted) == 0 {
				return false
			}
		}
		return q.ID != "" && len(q.Blanks) > 0
	case lessons.Compute:
		return q.ID != "" && q.Compute != nil && q.Compute.Function != ""
	}
	return false
}
