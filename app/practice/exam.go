package practice

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"

	"courselab/app/progress"
	"courselab/lessons"
)

// examStream tells an exam's draw from other uses of a seed.
const examStream = 0x6578616d

// Draw returns n questions for an exam, or all where there are fewer: as evenly
// from the lessons as these allow, in an order that mixes them. The seed and the
// lessons decide which, down to the numbers of computed questions.
func Draw(all []*lessons.Lesson, n int, seed uint64) []progress.ExamItem {
	from := rand.New(rand.NewPCG(seed, examStream))
	var piles [][]progress.ExamItem
	for _, l := range all {
		if l == nil || l.Quiz == nil {
			continue
		}
		pile := make([]progress.ExamItem, len(l.Quiz.Questions))
		for i := range l.Quiz.Questions {
			q := &l.Quiz.Questions[i]
			pile[i] = progress.ExamItem{Lesson: l.ID, Question: q.ID, Fingerprint: q.Fingerprint}
			if q.Kind == lessons.Compute {
				pile[i].Seed = seedOf(q.ID, seed)
			}
		}
		from.Shuffle(len(pile), func(i, k int) { pile[i], pile[k] = pile[k], pile[i] })
		piles = append(piles, pile)
	}
	// One of each pile in turn; who comes first is drawn too, or the first lessons
	// would always have the odd question.
	from.Shuffle(len(piles), func(i, k int) { piles[i], piles[k] = piles[k], piles[i] })
	var items []progress.ExamItem
	for round := 0; len(items) < n; round++ {
		before := len(items)
		for _, pile := range piles {
			if round < len(pile) && len(items) < n {
				items = append(items, pile[round])
			}
		}
		if len(items) == before {
			break
		}
	}
	from.Shuffle(len(items), func(i, k int) { items[i], items[k] = items[k], items[i] })
	return items
}

// seedOf draws the numbers of a computed question; never 0, which would be none.
func seedOf(question string, seed uint64) uint64 {
	h := fnv.New64a()
	h.Write([]byte(question))
	return rand.NewPCG(seed, h.Sum64()).Uint64() | 1
}

// Judge fills in whether an item was answered right, and both answers in words. A
// question that is no longer the one that was asked, or nil, makes the item void.
// Of a computed question the engine has the last word (JudgeComputed), except
// where nothing was answered.
func Judge(item progress.ExamItem, q *lessons.Question) progress.ExamItem {
	if q == nil || q.Fingerprint != item.Fingerprint {
		item.Void = true
		return item
	}
	item.Title = q.Title
	switch q.Kind {
	case lessons.Single, lessons.Multiple, lessons.Order:
		item.Given = inWords(q, item.Answer.Options)
		var right []string
		for _, o := range q.Options {
			if o.Correct || q.Kind == lessons.Order {
				right = append(right, o.Key)
			}
		}
		item.Right = inWords(q, right)
	case lessons.Fill:
		if item.Answer.Given() {
			item.Given = strings.Join(item.Answer.Texts, "；")
		}
		var right []string
		for _, b := range q.Blanks {
			right = append(right, b.Accepted[0])
		}
		item.Right = strings.Join(right, "；")
	case lessons.Compute:
		if item.Answer.Given() {
			item.Given = strings.TrimSpace(item.Answer.Texts[0] + " " + q.Compute.Unit)
		}
		return item
	}
	item.Correct = item.Answer.Given() && lessons.Grade(*q, lessons.Answer{Options: item.Answer.Options, Blanks: item.Answer.Texts}).Correct
	return item
}

// JudgeComputed fills in the engine's word on a computed question.
func JudgeComputed(item progress.ExamItem, correct bool, expected float64, unit, working string) progress.ExamItem {
	item.Correct = correct && item.Answer.Given()
	item.Right = strings.TrimSpace(strconv.FormatFloat(expected, 'g', 6, 64) + " " + unit)
	if working != "" {
		item.Right += "（" + working + "）"
	}
	return item
}

// inWords joins the texts of options.
func inWords(q *lessons.Question, keys []string) string {
	var words []string
	for _, key := range keys {
		for _, o := range q.Options {
			if o.Key == key {
				words = append(words, lessons.PlainText(o.HTML))
			}
		}
	}
	if q.Kind == lessons.Order {
		return strings.Join(words, " → ")
	}
	return strings.Join(words, "；")
}

// Attempts returns the answers of a judged exam as attempts at the lessons'
// questions, by lesson: so what was wrong comes back in practice. They bear the
// time of the exam's end and come out the same each time.
func Attempts(e progress.Exam) map[string]progress.Lesson {
	all := map[string]progress.Lesson{}
	for _, item := range e.Items {
		if item.Void || !item.Answer.Given() {
			continue
		}
		l := all[item.Lesson]
		if l.Questions == nil {
			l.Questions = map[string]progress.Question{}
		}
		l.Questions[item.Question] = progress.Question{Attempts: []progress.Attempt{{
			At: e.Finished, Fingerprint: item.Fingerprint, Answer: item.Answer, Correct: item.Correct, Seed: item.Seed}}}
		all[item.Lesson] = l
	}
	return all
}

// Marks counts questions and right answers; void questions do not count.
type Marks struct{ Right, Of int }

// MarksOf counts an exam's items, of one lesson or, where that is empty, all.
func MarksOf(e progress.Exam, lesson string) Marks {
	var m Marks
	for _, item := range e.Items {
		if item.Void || lesson != "" && item.Lesson != lesson {
			continue
		}
		m.Of++
		if item.Correct {
			m.Right++
		}
	}
	return m
}

// z95 is the quantile of the normal distribution for 95 %.
const z95 = 1.959964

// Interval is Wilson's 95 % interval for the share of right answers among all
// questions like these; 0 to 1 where there are none.
// https://doi.org/10.1080/01621459.1927.10502953. The page does not link sim, whose
// interval the tests hold this one to.
func (m Marks) Interval() (low, high float64) {
	if m.Of == 0 {
		return 0, 1
	}
	n := float64(m.Of)
	p := float64(m.Right) / n
	centre := (p + z95*z95/(2*n)) / (1 + z95*z95/n)
	half := z95 / (1 + z95*z95/n) * math.Sqrt(p*(1-p)/n+z95*z95/(4*n*n))
	return max(0, centre-half), min(1, centre+half)
}
