package chart

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Metrics of the page's unknown font, in em: those of a common Chinese font
// such as Noto Sans CJK or PingFang within a line of 1.1 em.
const (
	ascent  = 0.86
	descent = 0.24
)

// latinWidths are the advance widths of Liberation Sans (that is, of Arial) for
// U+0020 to U+007E in thousandths of an em.
var latinWidths = [...]uint16{
	278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
	556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
	1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
	667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
	333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
	556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
}

// em returns the width of one character in em. Characters of a Chinese font
// are as wide as high; digits raised or lowered are half of one.
func em(r rune) float64 {
	switch {
	case r >= 0x20 && r < 0x7f:
		return float64(latinWidths[r-0x20]) / 1000
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc):
		return 0
	case strings.ContainsRune("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺₀₁₂₃₄₅₆₇₈₉", r):
		return 0.36
	case r < 0x2000: // Latin with accents, Greek, Cyrillic
		return 0.6
	case r == '−' || r == '≤' || r == '≥' || r == '≈':
		return 0.584
	case r == '\u2009' || r == '\u202f': // thin spaces
		return 0.2
	}
	return 1
}

// textWidth returns the width of one line at the given size.
func textWidth(s string, size vg.Length) vg.Length {
	var w float64
	for _, r := range s {
		w += em(r)
	}
	return vg.Length(w) * size
}

// handler measures text without a font and writes it with an anchor, so that a
// wrong guess of its width never moves a centred or right-aligned label.
type handler struct{}

var _ text.Handler = handler{}

// Cache implements text.Handler.
func (handler) Cache() *font.Cache { return font.DefaultCache }

// Extents implements text.Handler.
func (handler) Extents(f font.Font) font.Extents {
	return font.Extents{Ascent: ascent * f.Size, Descent: descent * f.Size, Height: (ascent + descent) * f.Size}
}

// Lines implements text.Handler.
func (handler) Lines(s string) []string { return strings.Split(strings.TrimRight(s, "\n"), "\n") }

// Box implements text.Handler.
func (handler) Box(s string, f font.Font) (width, height, depth vg.Length) {
	return textWidth(s, f.Size), ascent * f.Size, descent * f.Size
}

// Draw implements text.Handler.
func (h handler) Draw(c vg.Canvas, s string, style text.Style, pt vg.Point) {
	svg, ok := unwrap(c)
	if !ok {
		return
	}
	anchor := ""
	switch {
	case style.XAlign == text.XCenter:
		anchor = "middle"
	case style.XAlign == text.XRight:
		anchor = "end"
	}
	svg.SetColor(style.Color)
	svg.Push()
	defer svg.Pop()
	svg.Translate(pt)
	svg.Rotate(style.Rotation)
	lines := h.Lines(s)
	height := (ascent + descent) * style.Font.Size
	// plot's axes add a descent to the point they ask for. With this offset,
	// digits (0.7 em high) are centred on their tick.
	y := vg.Length(style.YAlign)*height*vg.Length(len(lines)) - 0.04*style.Font.Size
	for i, line := range lines {
		svg.text(vg.Point{Y: y + height*vg.Length(len(lines)-1-i)}, line, anchor, style.Font.Size)
	}
}

// unwrap finds the canvas below the views that plot makes of it.
func unwrap(c vg.Canvas) (*canvas, bool) {
	for {
		switch v := c.(type) {
		case *canvas:
			return v, true
		case *draw.Canvas:
			c = v.Canvas
		case draw.Canvas:
			c = v.Canvas
		default:
			return nil, false
		}
	}
}

var escaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// escape makes s fit for XML and HTML, as text and inside an attribute.
// Characters that XML forbids become U+FFFD.
func escape(s string) string {
	return escaper.Replace(strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, r < 0x20 && r != '\t' && r != '\n', r >= 0x7f && r < 0xa0, r == 0xfffe, r == 0xffff:
			return utf8.RuneError
		}
		return r
	}, s))
}
