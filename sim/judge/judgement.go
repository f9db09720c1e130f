package judge

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"courselab/sim"
)

// Choice is which system a judge prefers on one question.
type Choice int8

const (
	None Choice = iota // not judged
	WinsA
	WinsB
	Tie
)

// Judgement is what one judge says about one question, by system and no longer by
// side.
type Judgement struct {
	Judge, Item       int // Judge from 1
	Accuracy, Fluency Choice
	Done              [2]int8 // 1 done, −1 not done, 0 not judged
	Satisfaction      [2]int8 // 1 to 5, 0 not judged
}

// Judgements travel as text: "1:0=ltyn43,2=r--y-5;2:0=…" is judge 1 on questions 0
// and 2, then judge 2. A judgement is six marks as the judge saw the sides: what is
// more accurate and what reads better (l left, r right, t tie), whether left and
// right did the task (y, n), how content one is with left and right (1 to 5); "-" is
// not judged.

// Decode reads judgements of n questions shuffled with a seed.
func Decode(text string, n int, seed uint64) ([]Judgement, error) {
	var all []Judgement
	if strings.TrimSpace(text) == "" {
		return nil, nil
	}
	fail := func(part string) ([]Judgement, error) {
		return nil, fmt.Errorf("decode judgements: %w", &sim.FieldError{Field: "judgements", Reason: sim.Malformed, Detail: fmt.Sprintf("%.40q", part)})
	}
	seen := map[[2]int]bool{}
	for _, block := range strings.Split(text, ";") {
		who, rest, ok := strings.Cut(block, ":")
		judge, err := strconv.Atoi(who)
		if !ok || err != nil || judge < 1 || judge > MaxJudges {
			return fail(block)
		}
		swapped := make([]bool, n)
		for _, t := range Shuffle(n, seed, judge) {
			swapped[t.Item] = t.Swapped
		}
		for _, part := range strings.Split(rest, ",") {
			if part == "" {
				continue
			}
			number, marks, ok := strings.Cut(part, "=")
			item, err := strconv.Atoi(number)
			if !ok || err != nil || item < 0 || item >= n || seen[[2]int{judge, item}] {
				return fail(part)
			}
			seen[[2]int{judge, item}] = true
			j, ok := decodeMarks(marks)
			if !ok {
				return fail(part)
			}
			j.Judge, j.Item = judge, item
			if swapped[item] {
				j = j.swap()
			}
			all = append(all, j)
		}
	}
	return all, nil
}

func decodeMarks(marks string) (j Judgement, ok bool) {
	if len(marks) != 6 {
		return j, false
	}
	for i, into := range []*Choice{&j.Accuracy, &j.Fluency} {
		at := strings.IndexByte("-lrt", marks[i])
		if at < 0 {
			return j, false
		}
		*into = Choice(at)
	}
	for i := range 2 {
		switch marks[2+i] {
		case 'y':
			j.Done[i] = 1
		case 'n':
			j.Done[i] = -1
		case '-':
		default:
			return j, false
		}
		switch c := marks[4+i]; {
		case c >= '1' && c <= '5':
			j.Satisfaction[i] = int8(c - '0')
		case c != '-':
			return j, false
		}
	}
	return j, true
}

// swap exchanges the sides.
func (j Judgement) swap() Judgement {
	for _, c := range []*Choice{&j.Accuracy, &j.Fluency} {
		switch *c {
		case WinsA:
			*c = WinsB
		case WinsB:
			*c = WinsA
		}
	}
	slices.Reverse(j.Done[:])
	slices.Reverse(j.Satisfaction[:])
	return j
}

// Encode writes judgements as Decode reads them.
func Encode(all []Judgement, n int, seed uint64) string {
	by := map[int][]Judgement{}
	for _, j := range all {
		by[j.Judge] = append(by[j.Judge], j)
	}
	var blocks []string
	for judge := 1; judge <= MaxJudges; judge++ {
		if len(by[judge]) == 0 {
			continue
		}
		swapped := make([]bool, n)
		for _, t := range Shuffle(n, seed, judge) {
			swapped[t.Item] = t.Swapped
		}
		var parts []string
		for _, j := range by[judge] {
			if swapped[j.Item] {
				j = j.swap()
			}
			marks := []byte{"-lrt"[j.Accuracy], "-lrt"[j.Fluency], '-', '-', '-', '-'}
			for i := range 2 {
				marks[2+i] = "n-y"[j.Done[i]+1]
				if j.Satisfaction[i] > 0 {
					marks[4+i] = byte('0' + j.Satisfaction[i])
				}
			}
			parts = append(parts, strconv.Itoa(j.Item)+"="+string(marks))
		}
		blocks = append(blocks, strconv.Itoa(judge)+":"+strings.Join(parts, ","))
	}
	return strings.Join(blocks, ";")
}
