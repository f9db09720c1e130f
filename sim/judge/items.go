package judge

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode/utf8"

	"courselab/sim"
	"courselab/sim/paste"
)

// Limits of a set of questions.
const (
	MaxItems     = 300
	MaxItemChars = 8000 // of one cell
	MaxJudges    = 9
)

// Item is one question with the answers of both systems.
type Item struct {
	Question  string
	Answers   [2]string // of A and B; empty where not given yet
	Reference string    // what a right answer holds; may be empty
}

// heads are the names that the columns may have in the first row.
var heads = [4][]string{
	{"题目", "问题", "question", "prompt"},
	{"甲", "a", "系统甲", "回答甲", "answer a", "answer_a"},
	{"乙", "b", "系统乙", "回答乙", "answer b", "answer_b"},
	{"参考", "参考答案", "标准", "reference", "expected"},
}

// ParseItems reads a table of questions. With a first row that names its columns
// (题目, 甲, 乙, 参考) these may stand in any order; without one they stand in that
// order. Lines of one cell each are questions only.
func ParseItems(text string) ([]Item, error) {
	rows, err := paste.Table(text)
	if err != nil {
		return nil, fmt.Errorf("parse questions: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	columns := [4]int{0, 1, 2, 3}
	if at, ok := headOf(rows[0].Cells); ok {
		columns, rows = at, rows[1:]
	}
	var items []Item
	for _, row := range rows {
		fail := func(reason, detail string) ([]Item, error) {
			return nil, fmt.Errorf("parse questions: %w", &sim.FieldError{Field: fmt.Sprintf("line %d", row.Line), Reason: reason, Detail: detail})
		}
		cell := func(i int) string {
			if columns[i] < 0 || columns[i] >= len(row.Cells) {
				return ""
			}
			return row.Cells[columns[i]]
		}
		item := Item{Question: cell(0), Answers: [2]string{cell(1), cell(2)}, Reference: cell(3)}
		if item.Question == "" {
			return fail(sim.Missing, "no question")
		}
		for i := range 4 {
			if n := utf8.RuneCountInString(cell(i)); n > MaxItemChars {
				return fail(sim.OutOfRange, fmt.Sprintf("%d characters in a cell, want at most %d", n, MaxItemChars))
			}
		}
		if len(items) == MaxItems {
			return fail(sim.OutOfRange, fmt.Sprintf("more than %d questions", MaxItems))
		}
		items = append(items, item)
	}
	return items, nil
}

// headOf reads the first row as names of columns; −1 is a column that is not there.
func headOf(cells []string) (at [4]int, ok bool) {
	at = [4]int{-1, -1, -1, -1}
	for i, cell := range cells {
		known := false
		for k, names := range heads {
			if slices.Contains(names, strings.ToLower(cell)) && at[k] < 0 {
				at[k], known = i, true
				break
			}
		}
		if !known && cell != "" {
			return at, false
		}
	}
	return at, at[0] >= 0
}

// Turn is one question as one judge sees it.
type Turn struct {
	Item    int
	Swapped bool // B stands on the left
}

// shuffleStream tells the shuffles from other uses of a seed.
const shuffleStream = 0x6a756467

// Shuffle is the order and the sides in which a judge sees n questions: the same
// for the same seed and judge, with A on the left in half of them, one more or
// less where n is odd.
func Shuffle(n int, seed uint64, judge int) []Turn {
	rng := rand.New(rand.NewPCG(seed, shuffleStream+uint64(judge)))
	turns := make([]Turn, n)
	odd := rng.IntN(2)
	for i, item := range rng.Perm(n) {
		turns[i] = Turn{Item: item, Swapped: (i+odd)%2 == 0}
	}
	// The sides must not follow from the place in the order.
	sides := rng.Perm(n)
	swapped := make([]bool, n)
	for i, j := range sides {
		swapped[i] = turns[j].Swapped
	}
	for i := range turns {
		turns[i].Swapped = swapped[i]
	}
	return turns
}
