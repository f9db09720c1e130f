package lessons

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// TermUse says that a section of a lesson uses a term. Section is empty for
// what stands before the first heading.
type TermUse struct {
	ID      string
	Section string
}

// form is one way a term is written, in lower case and escaped as in HTML.
type form struct {
	text string
	term string
}

// compile gathers what each term goes by: its name, each part of its English
// between commas, and its aliases.
func (g *Glossary) compile() {
	g.forms = map[rune][]form{}
	known := map[string]bool{}
	for _, t := range g.Terms() {
		if t.Manual || t.ID == "" {
			continue
		}
		names := append([]string{t.Name}, strings.Split(t.English, ",")...)
		for _, name := range append(names, t.Aliases...) {
			text := strings.ToLower(escape(strings.TrimSpace(name)))
			if text == "" || known[text] {
				continue
			}
			known[text] = true
			first, _ := utf8.DecodeRuneInString(text)
			g.forms[first] = append(g.forms[first], form{text: text, term: t.ID})
		}
	}
	for _, list := range g.forms {
		sort.Slice(list, func(i, j int) bool {
			if len(list[i].text) != len(list[j].text) {
				return len(list[i].text) > len(list[j].text)
			}
			return list[i].text < list[j].text
		})
	}
}

// inWord reports whether a character continues a Latin word: "token" is not in
// "tokenizer", nor "k" in "top-k".
func inWord(r rune) bool {
	return r == '-' || r == '_' || r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// match returns the longest form that stands at the start of text, which comes
// after the character before.
func (g *Glossary) match(text string, before rune) (f form, ok bool) {
	first, _ := utf8.DecodeRuneInString(text)
	if inWord(before) && inWord(first) {
		return form{}, false
	}
	for _, f := range g.forms[unicode.ToLower(first)] {
		if len(text) < len(f.text) || !strings.EqualFold(text[:len(f.text)], f.text) {
			continue
		}
		last, _ := utf8.DecodeLastRuneInString(f.text)
		after, _ := utf8.DecodeRuneInString(text[len(f.text):])
		if inWord(last) && inWord(after) && len(text) > len(f.text) {
			continue
		}
		return f, true
	}
	return form{}, false
}

// unlinked are the elements in which no term is marked.
var unlinked = words("a code pre math svg sup th figcaption button h1 h2 h3 h4 h5 h6")

// termMarker links the first occurrence of each term in a section.
type termMarker struct {
	glossary *Glossary
	href     func(id string) string
	seen     map[string]bool // in this section
	used     []string        // in order, each once
}

// use notes a term and reports whether it is the first time in the section.
func (m *termMarker) use(id string) bool {
	if m.seen[id] {
		return false
	}
	m.seen[id] = true
	m.used = append(m.used, id)
	return true
}

// mark returns markup of this package with its terms linked.
func (m *termMarker) mark(html string) string {
	var b strings.Builder
	skip := 0
	for len(html) > 0 {
		if html[0] != '<' {
			end := strings.IndexByte(html, '<')
			if end < 0 {
				end = len(html)
			}
			if skip > 0 {
				b.WriteString(html[:end])
			} else {
				m.markText(&b, html[:end])
			}
			html = html[end:]
			continue
		}
		end := strings.IndexByte(html, '>') + 1
		if end == 0 {
			end = len(html)
		}
		tag := html[:end]
		html = html[end:]
		b.WriteString(tag)
		closing := strings.HasPrefix(tag, "</")
		name := strings.TrimLeft(tag, "</")
		name = name[:nameLength(name)]
		switch {
		case !unlinked[name]:
		case closing:
			skip--
		default:
			skip++
			if _, rest, ok := strings.Cut(tag, ` data-term="`); ok {
				id, _, _ := strings.Cut(rest, `"`)
				m.use(id)
			}
		}
	}
	return b.String()
}

// markText writes escaped text with the terms in it linked.
func (m *termMarker) markText(b *strings.Builder, text string) {
	before := rune(0)
	for len(text) > 0 {
		if f, ok := m.glossary.match(text, before); ok {
			written := text[:len(f.text)]
			if m.use(f.term) {
				openTerm(b, m.href(f.term), f.term)
				b.WriteString(written + "</a>")
			} else {
				b.WriteString(written)
			}
			before, _ = utf8.DecodeLastRuneInString(written)
			text = text[len(f.text):]
			continue
		}
		r, n := utf8.DecodeRuneInString(text)
		if r == '&' {
			if end := strings.IndexByte(text, ';'); end > 0 {
				n = end + 1 // a reference is one character
			}
		}
		b.WriteString(text[:n])
		before = r
		text = text[n:]
	}
}

// openTerm writes the start tag of a link to a term.
func openTerm(w interface{ WriteString(string) (int, error) }, href, id string) {
	_, _ = w.WriteString(`<a class="term" href="` + escape(href) + `" data-term="` + escape(id) + `">`)
}

// termHref is the address of a term, in the file next to the lesson where the
// caller has no address for it.
func (o Options) termHref(id string) string {
	if o.Term == nil {
		return "glossary.md#" + id
	}
	return o.Term(id)
}
