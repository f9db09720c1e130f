package site

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"courselab/lessons"
)

// The grounds that links and buttons stand on, as assets/css/base.css has them,
// and the text that stands on a button.
const (
	lightGround, lightButtonText = "#fbfaf7", "#ffffff"
	darkGround, darkButtonText   = "#14181a", "#0d1c26"
)

// minContrast is what WCAG 2.2 asks of text (1.4.3, AA).
const minContrast = 4.5

// addColours puts the course's colours into the style sheet, so that they stand
// before any program does. A faulty course file has been reported elsewhere.
func addColours(files Files) {
	course, err := lessons.ParseCourse("course.md", files["content/course.md"])
	if err != nil || course.Accent == "" && course.AccentDark == "" {
		return
	}
	var b strings.Builder
	b.WriteString(":root {")
	for _, c := range []struct{ name, colour string }{{"--course-accent", course.Accent}, {"--course-accent-dark", course.AccentDark}} {
		if c.colour != "" {
			fmt.Fprintf(&b, " %s: %s;", c.name, c.colour)
		}
	}
	b.WriteString(" }\n")
	files["assets/style.css"] = append(files["assets/style.css"], b.String()...)
}

// checkColours reports colours of the course file that cannot be read well.
func checkColours(course *lessons.Course, src string) lessons.Faults {
	var faults lessons.Faults
	for _, c := range []struct{ key, colour, ground, text, page string }{
		{"accent", course.Accent, lightGround, lightButtonText, "浅色"},
		{"accent_dark", course.AccentDark, darkGround, darkButtonText, "深色"},
	} {
		if c.colour == "" {
			continue
		}
		got := min(contrast(c.colour, c.ground), contrast(c.colour, c.text))
		if got < minContrast {
			before, _, _ := strings.Cut(src, "\n"+c.key+":")
			faults = append(faults, lessons.Fault{File: "course.md", Line: 2 + strings.Count(before, "\n"),
				Message: fmt.Sprintf("%s 的颜色 %s 在%s页面上看不清：对比度 %.1f，至少要 %.1f", c.key, c.colour, c.page, got, minContrast)})
		}
	}
	return faults
}

// contrast is the ratio of two colours' luminance as WCAG defines it, 1 to 21.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is the relative luminance of a colour "#rrggbb".
func luminance(colour string) float64 {
	rgb, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		return 0
	}
	linear := func(c uint64) float64 {
		v := float64(c&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8) + 0.0722*linear(rgb)
}
