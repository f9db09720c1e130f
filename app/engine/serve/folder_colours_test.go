package serve

import (
	"io/fs"
	"math"
	"strings"
	"testing"

	"courselab/assets"
)

// TestGrounds: the colours that a course's are held against are the style
// sheet's, and the sheet takes the course's.
func TestGrounds(t *testing.T) {
	text, err := fs.ReadFile(assets.FS, "css/base.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"--bg: " + lightGround + ";", "--bg: " + darkGround + ";",
		"--accent-text: " + lightButtonText + ";", "--accent-text: " + darkButtonText + ";",
		"--accent: var(--course-accent, ", "--accent: var(--course-accent-dark, ",
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("base.css has no %q", want)
		}
	}
}

func TestContrast(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{{"#000000", "#ffffff", 21}, {"#ffffff", "#ffffff", 1}, {"#777777", "#ffffff", 4.48}} { // 4.48: WebAIM's well-known example
		if got := contrast(c.a, c.b); math.Abs(got-c.want) > 0.01 {
			t.Errorf("%s on %s: %.2f, want %.2f", c.a, c.b, got, c.want)
		}
	}
}
