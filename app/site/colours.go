package site

import (
	"fmt"
	"strings"

	"courselab/lessons"
)

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
