package lessons

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wyatt915/treeblood"
)

// What treeblood may write. Its output is read anew, since it escapes neither
// text nor attributes, sets style attributes, which the page's policy blocks,
// and writes attributes in a random order.
var (
	mathElements = words(`math semantics annotation mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle
		merror mpadded mphantom msub msup msubsup munder mover munderover mmultiscripts mprescripts none
		mtable mtr mtd menclose`)
	mathAttributes = words(`display displaystyle mathvariant stretchy fence form lspace rspace largeop
		movablelimits accent accentunder width height depth linethickness columnalign rowalign columnspacing
		rowspacing columnlines rowlines frame notation scriptlevel minsize maxsize symmetric separator
		voffset columnspan rowspan`)
	// mathRows hold any number of children side by side.
	mathRows = words(`mrow mstyle mpadded mphantom msqrt mtd menclose math`)
)

// maxTeX bounds a formula in bytes, since treeblood's time grows with its square.
const maxTeX = 4000

// mathML returns a formula as a <math> element. The error's text is Chinese and
// follows "公式 …：".
func mathML(tex string, display bool) (string, error) {
	if strings.TrimSpace(tex) == "" {
		return "", errors.New("是空的")
	}
	if len(tex) > maxTeX {
		return "", errors.New("太长了：拆成几个公式")
	}
	if err := checkTeX(tex); err != nil {
		return "", err
	}
	// treeblood lacks \operatorname, which sets like \mathrm.
	known := strings.ReplaceAll(strings.ReplaceAll(tex, `\operatorname*{`, `\mathrm{`), `\operatorname{`, `\mathrm{`)
	render := treeblood.InlineStyle
	if display {
		render = treeblood.DisplayStyle
	}
	out, err := render(known, nil)
	if err != nil {
		// Its own text shows a drawing of several lines.
		message, _, _ := strings.Cut(err.Error(), "<pre>")
		return "", errors.New("写错了（" + strings.TrimSpace(message) + "）")
	}
	root, err := readMarkup(out, mathElements, true)
	if err != nil {
		return "", errors.New("排不出来：" + err.Error())
	}
	if root.tag != "math" {
		return "", errors.New("排不出来")
	}
	if err := tidyMath(root); err != nil {
		return "", err
	}
	root.attrs = nil
	if display {
		root.setAttr("display", "block")
	}
	if semantics := root.children; len(semantics) == 1 && len(semantics[0].children) > 0 {
		row := semantics[0].children[0]
		semantics[0].children = []*element{row, {
			tag:      "annotation",
			attrs:    []attr{{"encoding", "application/x-tex"}},
			children: []*element{{text: strings.TrimSpace(tex)}},
		}}
	}
	var b strings.Builder
	root.write(&b)
	return b.String(), nil
}

// checkTeX finds what treeblood lets pass: it drops all that follows a \left
// without \right.
func checkTeX(tex string) error {
	left, right := 0, 0
	for i := 0; i < len(tex); i++ {
		if tex[i] != '\\' {
			continue
		}
		name := tex[i+1:]
		n := 0
		for n < len(name) && (name[n] >= 'a' && name[n] <= 'z' || name[n] >= 'A' && name[n] <= 'Z') {
			n++
		}
		switch name[:n] {
		case "left":
			left++
		case "right":
			right++
		case "href", "url", "class", "htmlClass", "htmlId", "def", "newcommand", "renewcommand":
			return errors.New(`用了不支持的命令 \` + name[:n])
		case "":
			i++ // an escaped character
		}
		if right > left {
			return errors.New(`多了一个 \right`)
		}
		i += n
	}
	if left > right {
		return errors.New(`缺少与 \left 配对的 \right`)
	}
	return nil
}

// tidyMath drops what is not allowed, turns style into classes, joins letters
// into words and reports what treeblood could not set.
func tidyMath(e *element) error {
	var kept []attr
	for _, a := range e.attrs {
		switch {
		case mathAttributes[a.name]:
			kept = append(kept, a)
		case a.name == "strechy": // treeblood's spelling
			kept = append(kept, attr{"stretchy", a.value})
		case a.name == "style" && strings.Contains(a.value, "text-align:left"):
			kept = append(kept, attr{"class", "math-left"})
		case a.name == "style" && strings.Contains(a.value, "text-align:right"):
			kept = append(kept, attr{"class", "math-right"})
		}
	}
	e.attrs = kept
	switch e.tag {
	case "merror":
		return errors.New(`里的 \` + strings.TrimPrefix(textOf(e), `\`) + " 不认识或缺少参数")
	case "msup", "msub", "msubsup":
		if len(e.children) > 0 && e.children[0].tag == "none" {
			return errors.New("的上标或下标前面缺少主体：连写两个上标时加花括号")
		}
	}
	for _, c := range e.children {
		if err := tidyMath(c); err != nil {
			return err
		}
	}
	if mathRows[e.tag] {
		e.children = joinLetters(e.children)
	}
	return nil
}

func textOf(e *element) string {
	text := e.text
	for _, c := range e.children {
		text += textOf(c)
	}
	return text
}

// joinLetters makes one <mi> of the letters of a word set upright, so that
// "softmax" is read as a word.
func joinLetters(children []*element) []*element {
	var out []*element
	for _, c := range children {
		if n := len(out); n > 0 && isUprightLetter(c) && isUprightLetter(out[n-1]) {
			out[n-1] = &element{tag: "mi", attrs: c.attrs, children: []*element{{text: textOf(out[n-1]) + textOf(c)}}}
			continue
		}
		out = append(out, c)
	}
	for _, c := range out {
		// An <mi> of several letters is upright by itself.
		if c.tag == "mi" && utf8.RuneCountInString(textOf(c)) > 1 {
			c.removeAttr("mathvariant")
		}
	}
	return out
}

func isUprightLetter(e *element) bool {
	if e.tag != "mi" || len(e.children) != 1 || e.children[0].tag != "" {
		return false
	}
	variant, _ := e.attr("mathvariant")
	text := e.children[0].text
	r, _ := utf8.DecodeRuneInString(text)
	return unicode.IsLetter(r) && (variant == "normal" || variant == "" && utf8.RuneCountInString(text) > 1)
}
