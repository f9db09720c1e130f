package pages

import (
	"strconv"
	"strings"

	"courselab/app/registry"
	"courselab/lessons"
)

// row is a stretch of a lesson as it is laid out: text, and at most one lab,
// which stands beside the text on a wide screen and between Before and After
// otherwise. A block that belongs in the text has a row to itself.
type row struct {
	Before string // markup with one root element; empty where there is none
	Lab    *lessons.Lab
	After  string
}

// rows lays out a lesson's sections. A lab stands beside its own section and
// the sections below it in rank, until the next lab, or the next section of its
// rank or above, starts a new row.
// Labs that the course hides are left out.
func rows(sections []lessons.Section, course *lessons.Course) []row {
	sections = withoutHidden(sections, course)
	var all []row
	var text strings.Builder
	var lab *lessons.Lab
	var before string
	labLevel := 0
	flush := func() {
		if lab == nil && text.Len() == 0 {
			return
		}
		r := row{Before: prose(text.String())}
		if lab != nil {
			r = row{Before: prose(before), Lab: lab, After: prose(text.String())}
		}
		all = append(all, r)
		text.Reset()
		lab, before = nil, ""
	}
	for _, s := range sections {
		if lab != nil && s.Level <= labLevel || holdsLab(s) {
			flush()
		}
		text.WriteString(headingHTML(s))
		for _, b := range s.Blocks {
			if b.Lab == nil {
				text.WriteString(b.HTML)
				continue
			}
			if registry.Inline(b.Lab.Name) {
				flush()
				all = append(all, row{Lab: b.Lab})
				continue
			}
			if lab != nil {
				flush()
			}
			lab, labLevel, before = b.Lab, s.Level, text.String()
			text.Reset()
		}
	}
	flush()
	return all
}

// withoutHidden leaves out the labs that a course hides.
func withoutHidden(sections []lessons.Section, course *lessons.Course) []lessons.Section {
	if course == nil || len(course.Hidden) == 0 {
		return sections
	}
	shown := make([]lessons.Section, len(sections))
	for i, s := range sections {
		shown[i] = s
		shown[i].Blocks = nil
		for _, b := range s.Blocks {
			if b.Lab == nil || !course.Hides(b.Lab.Name) {
				shown[i].Blocks = append(shown[i].Blocks, b)
			}
		}
	}
	return shown
}

func holdsLab(s lessons.Section) bool {
	for _, b := range s.Blocks {
		if b.Lab != nil && !registry.Inline(b.Lab.Name) {
			return true
		}
	}
	return false
}

func headingHTML(s lessons.Section) string {
	if s.Level == 0 {
		return ""
	}
	h := "h" + strconv.Itoa(s.Level)
	return "<" + h + ` id="` + escape(s.ID) + `" tabindex="-1">` + s.HTML + "</" + h + ">"
}

// prose wraps sibling elements into the one root that raw markup must have.
func prose(html string) string {
	if html == "" {
		return ""
	}
	return `<div class="prose">` + html + `</div>`
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", `"`, "&quot;", "<", "&lt;", ">", "&gt;").Replace(s)
}
