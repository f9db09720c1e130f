package labs

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// escape returns s safe as text and as a quoted attribute value.
func escape(s string) string {
	if !strings.ContainsAny(s, `&<>"'`) {
		return s // most texts; the replacer looks at each byte of them
	}
	return escaper.Replace(s)
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;")

// cleanText returns v as a lab computes with it: valid UTF-8 without control
// characters and line breaks, at most most characters.
func cleanText(v string, most int) string {
	var b strings.Builder
	n := 0
	for _, r := range v {
		if n == most {
			break
		}
		if r == utf8.RuneError || unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			continue
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}

func runeCount(s string) int { return utf8.RuneCountInString(s) }
