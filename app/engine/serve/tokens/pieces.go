package tokens

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
)

// mostShown is how many tokens of a text are handed over to be drawn.
const mostShown = 300

// cut says what became of the sample, in numbers.
func (a *asked) cut() (engine.Part, error) {
	characters, tokens := float64(utf8.RuneCountInString(a.sample)), float64(len(a.ids))
	rate, err := sim.CharactersPerToken(characters, tokens)
	if err != nil {
		return engine.Part{}, err
	}
	perToken := sheet.Quantity(rate)
	perToken.Text = format.Fixed(rate.Value, 2) + " 个字符"
	bytes := float64(len(a.sample))
	v := bytes / tokens
	perByte := engine.Quantity{
		Name: "每词元的字节", Text: format.Fixed(v, 2) + " B", Value: &v, Unit: "B", Formula: "b / t", Working: sim.Number(bytes) + " / " + sim.Number(tokens),
		Terms: []engine.Term{{Symbol: "b", Name: "UTF-8 的字节", Text: sim.Number(bytes) + " B"}, {Symbol: "t", Name: "词元", Text: sim.Number(tokens)}},
	}
	broken := 0
	for _, id := range a.ids {
		if b, _ := a.vocabulary.Bytes(id); !utf8.ValidString(b) {
			broken++
		}
	}
	part := engine.Part{Title: "切出的数", Quantities: []engine.Quantity{
		sheet.Noted(sheet.Plain("词元", tokens, "词元"), "%s 个字符，%s 字节", format.Number(characters), format.Number(bytes)),
		perToken, perByte,
		sheet.Noted(sheet.Plain("不成整字的词元", float64(broken), "词元"), "字节不够（或多出）一个字，单独解码是 �"),
	}}
	if broken > 0 {
		part.Quantities[3].Tone = engine.Warn
	}
	return part, nil
}

// file is the sample as the page draws it.
func (a *asked) file() engine.File {
	merges := a.vocabulary.Merges()
	out := engine.TokenText{Step: a.k, Steps: len(merges[:min(len(merges), a.merges)])}
	for i, id := range a.ids {
		if i == mostShown {
			out.More = len(a.ids) - i
			break
		}
		b, _ := a.vocabulary.Bytes(id)
		out.Tokens = append(out.Tokens, engine.Token{ID: id, Shown: shown(b), Bytes: hex(b), Broken: !utf8.ValidString(b), From: a.from(id)})
	}
	if a.k > 0 {
		out.Last = a.says(a.k - 1)
	}
	if a.k < out.Steps {
		out.Next = a.says(a.k)
	}
	text, err := json.Marshal(out)
	if err != nil { // strings and numbers always encode
		text = []byte("{}")
	}
	return engine.File{Name: engine.TokensFile, Type: "application/json", Text: string(text)}
}

// from says where a token comes from.
func (a *asked) from(id int) string {
	if id < 256 {
		return "一个字节，没有合并过"
	}
	m := a.vocabulary.Merges()[id-256]
	return fmt.Sprintf("第 %d 次合并：%s + %s", id-255, a.symbol(m.Left), a.symbol(m.Right))
}

// says is a merge in words.
func (a *asked) says(i int) string {
	m := a.vocabulary.Merges()[i]
	return fmt.Sprintf("第 %s 次：%s + %s → %s（并排出现 %s 次）", format.Number(float64(i+1)), a.symbol(m.Left), a.symbol(m.Right), a.symbol(256+i), format.Number(float64(m.Count)))
}

// symbol is a token as it is shown.
func (a *asked) symbol(id int) string {
	b, _ := a.vocabulary.Bytes(id)
	return shown(b)
}

// hex writes bytes: "E6 98 8E".
func hex(b string) string {
	all := make([]string, len(b))
	for i := range len(b) {
		all[i] = fmt.Sprintf("%02X", b[i])
	}
	return strings.Join(all, " ")
}

// shown writes the bytes of a token so that each can be seen: blanks as signs,
// bytes that are no character as ⟨E6 98⟩, characters without a shape of their own
// by number.
func shown(b string) string {
	var out strings.Builder
	var loose []string // bytes that are no character, in a row
	flush := func() {
		if len(loose) > 0 {
			out.WriteString("⟨" + strings.Join(loose, " ") + "⟩")
			loose = nil
		}
	}
	for at := 0; at < len(b); {
		r, n := utf8.DecodeRuneInString(b[at:])
		if r == utf8.RuneError && n == 1 {
			loose = append(loose, fmt.Sprintf("%02X", b[at]))
			at++
			continue
		}
		flush()
		switch {
		case r == ' ':
			out.WriteString("␣")
		case r == '\n':
			out.WriteString("⏎")
		case r == '\t':
			out.WriteString("⇥")
		case unicode.IsMark(r) && at == 0:
			out.WriteString("◌" + string(r)) // on a circle, for it has nothing else to stand on
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) || unicode.Is(unicode.Co, r):
			out.WriteString("⟨U+" + strings.ToUpper(fmt.Sprintf("%04s", strconv.FormatInt(int64(r), 16))) + "⟩")
		default:
			out.WriteRune(r)
		}
		at += n
	}
	flush()
	return out.String()
}
