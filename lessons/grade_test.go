package lessons

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

func TestGradeChoice(t *testing.T) {
	single := Question{Kind: Single, Options: []Option{{Key: "1", Correct: true}, {Key: "2"}, {Key: "b"}}}
	multiple := Question{Kind: Multiple, Options: []Option{{Key: "1", Correct: true}, {Key: "2"}, {Key: "b", Correct: true}}}
	for _, c := range []struct {
		q     Question
		given string
		right string // keys judged right
		all   bool
	}{
		{single, "1", "1 2 b", true},
		{single, "2", "b", false},
		{single, "", "2 b", false},
		{single, "1 2", "1 b", false},
		{single, "gone", "2 b", false},
		{multiple, "1 b", "1 2 b", true},
		{multiple, "b 1", "1 2 b", true},
		{multiple, "1", "1 2", false},
		{multiple, "1 2 b", "1 b", false},
		{multiple, "", "2", false},
	} {
		r := Grade(c.q, Answer{Options: strings.Fields(c.given)})
		var right []string
		for _, key := range slices.Sorted(maps.Keys(r.Options)) {
			if r.Options[key] {
				right = append(right, key)
			}
		}
		if got := strings.Join(right, " "); got != c.right || r.Correct != c.all {
			t.Errorf("%s %q: right %q, correct %v; want %q, %v", c.q.Kind, c.given, got, r.Correct, c.right, c.all)
		}
	}
}

func TestGradeOrder(t *testing.T) {
	q := Question{Kind: Order, Options: []Option{{Key: "1"}, {Key: "2"}, {Key: "3"}}}
	for given, want := range map[string]bool{"1 2 3": true, "2 1 3": false, "1 2": false, "1 2 3 3": false, "": false} {
		if r := Grade(q, Answer{Options: strings.Fields(given)}); r.Correct != want {
			t.Errorf("%q: %v", given, r)
		}
	}
	if r := Grade(q, Answer{Options: []string{"1", "3", "2"}}); !r.Options["1"] || r.Options["2"] || r.Options["3"] {
		t.Errorf("places: %v", r)
	}
}

func TestGradeText(t *testing.T) {
	q := Question{Kind: Fill, Blanks: []Blank{{Accepted: []string{"Softmax", "软最大"}}, {Accepted: []string{"√d_k", "sqrt(d_k)"}}}}
	for _, c := range []struct {
		first, second string
		want          [2]bool
	}{
		{"softmax", "√d_k", [2]bool{true, true}},
		{"ＳＯＦＴＭＡＸ", "ｓｑｒｔ（ｄ＿ｋ）", [2]bool{true, true}},    // full-width
		{"  软最大　", "\tSQRT(D_K)\n", [2]bool{true, true}}, // spaces, ideographic too
		{"soft max", "sqrt (d_k)", [2]bool{false, false}},
		{"", " ", [2]bool{false, false}},
		{"softma", "√d", [2]bool{false, false}},
	} {
		r := Grade(q, Answer{Blanks: []string{c.first, c.second}})
		if [2]bool(r.Blanks) != c.want || r.Correct != (c.want[0] && c.want[1]) {
			t.Errorf("%q, %q: %v; want %v", c.first, c.second, r, c.want)
		}
	}
	if r := Grade(q, Answer{Blanks: []string{"softmax"}}); r.Correct || !r.Blanks[0] || r.Blanks[1] {
		t.Errorf("one of two: %v", r)
	}
	fold := Question{Kind: Fill, Blanks: []Blank{{Accepted: []string{"straße", "ﬁne  tune", "Σ", "²"}}}}
	for _, given := range []string{"STRASSE", "fine tune", "ς", "2"} {
		if !Grade(fold, Answer{Blanks: []string{given}}).Correct {
			t.Errorf("%q is refused", given)
		}
	}
}

func TestGradeElsewhere(t *testing.T) {
	if Grade(Question{Kind: Compute}, Answer{Blanks: []string{"1"}}).Correct {
		t.Error("a computed question is graded here")
	}
}

// TestFingerprint states which edits of a question invalidate stored answers.
func TestFingerprint(t *testing.T) {
	const (
		choice  = "1. [x] 甲注意里\n   > 因为\n2. [ ] 乙\n"
		several = "- [x] 甲\n- [x] 乙\n- [ ] 丙\n"
		order   = "1. 投影注意里\n2. 缩放\n3. 加权\n"
		fill    = "是 [[甲|乙]]。\n"
		compute = "{layers}\n```compute kv-cache\nlayers: 1..9\ntokens: 8\nunit: GB\n```\n"
	)
	for _, c := range []struct {
		name, before, from, to string
		changes                bool
	}{
		{"typo in the correct option", choice, "注意里", "注意力", false},
		{"typo at its start", choice, "甲", "假", false},
		{"distractor reworded", choice, "乙", "完全不同的话", false},
		{"distractor added", choice, "2. [ ] 乙\n", "2. [ ] 乙\n3. [ ] 丙\n", false},
		{"explanation", choice, "因为", "所以", false},
		{"explanation of all", choice, "2. [ ] 乙\n", "2. [ ] 乙\n\n> 见上\n", false},
		{"correct option moved by its mark", choice, "[x] 甲注意里\n   > 因为\n2. [ ]", "[ ] 甲注意里\n   > 因为\n2. [x]", true},
		{"single to multiple", choice, "1. [x] 甲注意里\n   > 因为\n2.", "- [x] 甲注意里\n  > 因为\n-", true},
		{"one more correct", several, "- [ ] 丙", "- [x] 丙", true},
		{"one fewer correct", several, "- [x] 乙", "- [ ] 乙", true},
		{"typo in a step", order, "注意里", "注意力", false},
		{"steps exchanged", order, "2. 缩放\n3. 加权", "2. 加权\n3. 缩放", true},
		{"step added", order, "3. 加权", "3. 加权\n4. 输出", true},
		{"prompt of a gap", fill, "是", "应当是", false},
		{"answer spelt alike", fill, "甲|乙", "乙 | 甲", false},
		{"accepted answer added", fill, "甲|乙", "甲|乙|丙", true},
		{"accepted answer changed", fill, "甲|乙", "甲|丁", true},
		{"prompt of a calculation", compute, "{layers}", "有 {layers} 层", false},
		{"ranges respaced", compute, "1..9", "range  1..9 step 1", false},
		{"range changed", compute, "1..9", "1..8", true},
		{"value changed", compute, "tokens: 8", "tokens: 9", true},
		{"unit changed", compute, "GB", "GiB", true},
		{"tolerance changed", compute, "unit: GB", "unit: GB\ntolerance: 5%", false},
	} {
		before, after := questionOf(t, c.before), questionOf(t, strings.Replace(c.before, c.from, c.to, 1))
		if changed := before.Fingerprint != after.Fingerprint; changed != c.changes {
			t.Errorf("%s: fingerprint changed %v, want %v", c.name, changed, c.changes)
		}
	}
	keyed := questionOf(t, "1. [x] 甲 {#a}\n2. [ ] 乙 {#b}\n")
	moved := questionOf(t, "1. [ ] 乙 {#b}\n2. [x] 甲 {#a}\n")
	if keyed.Fingerprint != moved.Fingerprint {
		t.Error("options with keys cannot be reordered")
	}
	steps := questionOf(t, "1. 甲 {#a}\n2. 乙 {#b}\n")
	if again := questionOf(t, "1. 乙 {#b}\n2. 甲 {#a}\n"); steps.Fingerprint == again.Fingerprint {
		t.Error("steps with keys can be reordered")
	}
}

func questionOf(t *testing.T, body string) Question {
	t.Helper()
	l, err := Parse("m9.md", []byte(header9+"## 自测 {.quiz}\n\n### 题 {#q}\n\n"+body), testOptions)
	if err != nil {
		t.Fatalf("%v in\n%s", err, body)
	}
	return l.Quiz.Questions[0]
}
