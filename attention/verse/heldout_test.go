package verse_test

import (
	"slices"
	"strings"
	"testing"

	"courselab/assets"
	"courselab/attention"
	"courselab/attention/verse"
)

// TestHeldOutKeepsForm splits each poem at its marks.
func TestHeldOutKeepsForm(t *testing.T) {
	poems := verse.HeldOut()
	if len(poems) != 60 {
		t.Errorf("%d poems, want 60", len(poems))
	}
	kinds := map[[2]int]int{}
	seen := map[string]string{}
	for _, poem := range poems {
		if !strings.HasSuffix(poem, "。") {
			t.Fatalf("%s: does not end with 。", poem)
		}
		var lines []string
		for pair := range strings.SplitSeq(strings.TrimSuffix(poem, "。"), "。") {
			halves := strings.Split(pair, "，")
			if len(halves) != 2 {
				t.Errorf("%s: %s is %d lines", poem, pair, len(halves))
			}
			lines = append(lines, halves...)
		}
		width := len([]rune(lines[0]))
		kinds[[2]int{len(lines), width}]++
		for _, line := range lines {
			if n := len([]rune(line)); n != width || strings.ContainsAny(line, "、；！？ ") {
				t.Errorf("%s: line %s is not %d characters", poem, line, width)
			}
			if other, twice := seen[line]; twice {
				t.Errorf("line %s stands in %s and in %s", line, other, poem)
			}
			seen[line] = poem
		}
	}
	for _, form := range [][2]int{{4, 5}, {4, 7}, {8, 5}, {8, 7}} {
		if kinds[form] < 5 {
			t.Errorf("%d poems of %d lines of %d characters", kinds[form], form[0], form[1])
		}
		delete(kinds, form)
	}
	if len(kinds) > 0 {
		t.Errorf("other forms: %v", kinds)
	}
}

// TestModelKnowsHeldOut counts the characters that the course's model can read.
func TestModelKnowsHeldOut(t *testing.T) {
	src, err := assets.FS.ReadFile("model/" + attention.TokenizerFile)
	if err != nil {
		t.Fatal(err)
	}
	tokenizer, err := attention.ParseTokenizer(src)
	if err != nil {
		t.Fatal(err)
	}
	all, unknown := 0, []rune(nil)
	for _, poem := range verse.HeldOut() {
		ids, _ := tokenizer.Encode(poem)
		for i, r := range []rune(poem) {
			if all++; ids[i] < 0 {
				unknown = append(unknown, r)
			}
		}
	}
	slices.Sort(unknown)
	if share := float64(len(unknown)) / float64(all); share > 0.05 {
		t.Errorf("%d of %d characters are unknown: %s", len(unknown), all, string(unknown))
	}
}
