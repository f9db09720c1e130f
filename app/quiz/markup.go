package quiz

import (
	"html"
	"strconv"
	"strings"
)

// fill replaces the placeholders that package lessons puts into a prompt,
// <span data-NAME="VALUE">…</span>, by what replace returns for VALUE; ok false
// leaves one as it is. Placeholders hold no elements, values nothing that needs
// escaping, and the prompt's own text cannot look like one, because there < is
// written &lt;.
func fill(prompt, name string, replace func(value string) (markup string, ok bool)) string {
	opener := `<span data-` + name + `="`
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(prompt, opener)
		b.WriteString(before)
		if !found {
			return b.String()
		}
		value, after, whole := strings.Cut(rest, `"`)
		_, after, closed := strings.Cut(after, `</span>`)
		markup, ok := "", false
		if whole && closed {
			markup, ok = replace(value)
		}
		if !ok {
			b.WriteString(opener)
			prompt = rest
			continue
		}
		b.WriteString(markup)
		prompt = after
	}
}

// element writes an element around markup. Attributes come in pairs; a value is
// escaped here. A pair whose name is "" is left out; a value "" is written.
func element(tag, markup string, attributes ...string) string {
	var b strings.Builder
	open(&b, tag, attributes)
	b.WriteString(markup)
	b.WriteString("</" + tag + ">")
	return b.String()
}

// open writes a start tag.
func open(b *strings.Builder, tag string, attributes []string) {
	b.WriteString("<" + tag)
	for i := 0; i+1 < len(attributes); i += 2 {
		if attributes[i] != "" {
			b.WriteString(" " + attributes[i] + `="` + html.EscapeString(attributes[i+1]) + `"`)
		}
	}
	b.WriteByte('>')
}

// textInput writes an input for task's text i.
func (t *task) textInput(i int, interactive bool, attributes ...string) string {
	attributes = append([]string{
		"type", "text", "id", t.id("text-" + strconv.Itoa(i)), "data-text", strconv.Itoa(i),
		"data-round", strconv.Itoa(t.round), "value", t.entered[i],
		"autocomplete", "off", "autocapitalize", "off", "spellcheck", "false", "maxlength", "200",
		"aria-describedby", t.id("note"),
	}, attributes...)
	switch {
	case !interactive:
		attributes = append(attributes, "disabled", "")
	case !t.open():
		attributes = append(attributes, "readonly", "")
	}
	var b strings.Builder
	open(&b, "input", attributes)
	return b.String()
}

// prompt returns the question's prompt with its gaps as inputs, or its
// parameters as numbers.
func (t *task) prompt(interactive bool, shown map[string]string) string {
	filled := map[int]bool{}
	p := fill(t.q.Prompt, "blank", func(value string) (string, bool) {
		i, err := strconv.Atoi(value)
		if err != nil || i < 0 || i >= len(t.texts) || filled[i] {
			return "", false
		}
		filled[i] = true
		return t.gap(i, interactive), true
	})
	p = fill(p, "param", func(name string) (string, bool) {
		text, ok := shown[name]
		if !ok {
			return "", false
		}
		return element("strong", html.EscapeString(text), "class", "param"), true
	})
	if t.q.Kind != "fill" {
		return p
	}
	// A gap that the prompt does not show can still be filled in.
	for i := range t.texts {
		if !filled[i] {
			p += element("p", t.gap(i, interactive))
		}
	}
	return p
}

// gap writes one gap of a fill-in with its mark.
func (t *task) gap(i int, interactive bool) string {
	label := "第 " + strconv.Itoa(i+1) + " 空，共 " + strconv.Itoa(len(t.texts)) + " 空"
	if len(t.texts) == 1 {
		label = "填空"
	}
	if t.phase != checked || i >= len(t.result.Blanks) {
		return element("span", t.textInput(i, interactive, "class", "gap-input", "aria-label", label), "class", "gap")
	}
	mark, word := "✗", "不正确"
	if t.result.Blanks[i] {
		mark, word = "✓", "正确"
	}
	marked := t.textInput(i, interactive, "class", "gap-input", "aria-label", label+"："+word) +
		element("span", element("span", mark, "aria-hidden", "true")+word, "class", "gap-mark")
	if !t.result.Blanks[i] && len(t.q.Blanks[i].Accepted) > 0 {
		marked += element("span", "（应为 "+element("b", html.EscapeString(t.q.Blanks[i].Accepted[0]))+"）", "class", "gap-answer")
	}
	return element("span", marked, "class", "gap", "data-mark", markOf(t.result.Blanks[i]))
}

func markOf(right bool) string {
	if right {
		return "right"
	}
	return "wrong"
}
