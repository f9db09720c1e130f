package lessons

import "strings"

// silent are elements whose text is not read: drawings, notes' numbers.
var silent = words("svg sup annotation")

// apart are elements whose text does not run on from what stands before.
var apart = words("p li ul ol td th tr table div figure figcaption pre blockquote h2 h3 h4 br math dt dd")

// PlainText returns the text of markup that this package made, without tags:
// for searching and reading aloud. Text of different blocks is kept apart by a
// space, formulas are their symbols in a row.
func PlainText(html string) string {
	var b strings.Builder
	hidden := 0
	for len(html) > 0 {
		i := strings.IndexByte(html, '<')
		if i < 0 {
			i = len(html)
		}
		if hidden == 0 {
			b.WriteString(unescape(html[:i]))
		}
		if html = html[i:]; html == "" {
			break
		}
		tag, rest, _ := strings.Cut(html, ">")
		html = rest
		closing := strings.HasPrefix(tag, "</")
		name := strings.TrimLeft(tag, "</")
		name = name[:nameLength(name)]
		switch {
		case silent[name] && closing:
			hidden--
		case silent[name]:
			hidden++
		case apart[name]:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// Text returns what a section says below its heading, without labs.
func (s Section) Text() string {
	var parts []string
	for _, b := range s.Blocks {
		if text := PlainText(b.HTML); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, " ")
}
