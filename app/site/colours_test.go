package site

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestColoursAndHiddenLabs checks what the course file may say beside the
// lessons, and puts the colours into the style sheet.
func TestColoursAndHiddenLabs(t *testing.T) {
	for _, c := range []struct {
		lines string
		want  []string
	}{
		{"accent: 7a2e5d\naccent_dark: \"#f0b0d0\"\nhide: [prune]\n", nil},
		{"accent: f0b0d0\n", []string{"course.md:20: accent 的颜色 #f0b0d0 在浅色页面上看不清"}},
		{"accent_dark: 7a2e5d\n", []string{"course.md:20: accent_dark 的颜色 #7a2e5d 在深色页面上看不清"}},
		{"hide:\n  - prune\n  - pruned\n", []string{"course.md:22: 没有名为 pruned 的实验"}},
	} {
		var got []string
		for _, f := range Check(edited(t, "course.md", "  - m6\n", "  - m6\n"+c.lines)) {
			got = append(got, f.String())
		}
		matches := slices.EqualFunc(got, c.want, func(a, b string) bool { return strings.HasPrefix(a, b) })
		if !matches {
			t.Errorf("%q: %q, want %q", c.lines, got, c.want)
		}
	}
	for lines, want := range map[string]string{
		"":                                      "a{}\n",
		"accent: 7A2E5D\n":                      "a{}\n:root { --course-accent: #7a2e5d; }\n",
		"accent: 7a2e5d\naccent_dark: f0b0d0\n": "a{}\n:root { --course-accent: #7a2e5d; --course-accent-dark: #f0b0d0; }\n",
		"accent: red\n":                         "a{}\n", // a fault, reported by Check
	} {
		course := edited(t, "course.md", "  - m6\n", "  - m6\n"+lines)
		files := Files{"assets/style.css": []byte("a{}\n"), "content/course.md": course["course.md"].Data}
		addColours(files)
		if got := string(files["assets/style.css"]); got != want {
			t.Errorf("%q: %s", lines, fmt.Sprintf("%q, want %q", got, want))
		}
	}
}
