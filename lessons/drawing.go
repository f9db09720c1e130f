package lessons

import (
	"path"
	"strings"
	"unicode"
)

var (
	// svgElements run and fetch nothing.
	svgElements = words(`svg g path rect circle ellipse line polyline polygon text tspan textPath title desc
		defs marker use symbol linearGradient radialGradient stop clipPath pattern mask`)
	// svgAttributes that hold neither ids nor addresses; those are checked apart.
	svgAttributes = words(`class role tabindex lang viewBox preserveAspectRatio transform
		x y x1 y1 x2 y2 cx cy r rx ry dx dy fx fy d points width height rotate
		fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-dasharray stroke-dashoffset
		stroke-linecap stroke-linejoin stroke-miterlimit opacity color display visibility overflow
		clip-path clip-rule mask marker-start marker-mid marker-end vector-effect paint-order shape-rendering
		font-family font-size font-weight font-style font-variant text-anchor dominant-baseline
		alignment-baseline baseline-shift letter-spacing word-spacing text-decoration text-rendering
		textLength lengthAdjust writing-mode startOffset
		markerWidth markerHeight markerUnits refX refY orient offset stop-color stop-opacity
		gradientUnits gradientTransform spreadMethod patternUnits patternContentUnits patternTransform
		clipPathUnits maskUnits maskContentUnits`)
	// svgDropped say nothing once the drawing stands in a page.
	svgDropped = words(`version xmlns xmlns:xlink xml:space xml:lang baseProfile`)
)

// Drawing returns an SVG file as an element to stand in a page: without prolog,
// comments and doctype, its ids made unique by the file's name, sized by its
// viewBox. alt names it where it does not name itself by aria-label or
// aria-labelledby.
//
// Elements and attributes outside a short list are refused, with file and line,
// as the error Faults: nothing in the result runs, fetches or sets a style.
func Drawing(file string, src []byte, alt string) (string, error) {
	s, err := readSource(file, src)
	if err != nil {
		return "", err
	}
	root, err := readMarkup(string(s.text), svgElements, false)
	if err != nil {
		line := 1
		if m, ok := err.(*markupError); ok {
			line = m.line
		}
		return "", Faults{{File: file, Line: line, Message: "SVG " + err.Error()}}
	}
	if root.tag != "svg" {
		return "", Faults{{File: file, Line: root.line, Message: "最外层应为 <svg>，现在是 <" + root.tag + ">"}}
	}
	if _, ok := root.attr("viewBox"); !ok {
		s.fault(root.line, `<svg> 缺少 viewBox="0 0 宽 高"`)
	}
	s.checkDrawing(root, drawingPrefix(file))
	if err := s.faults.err(); err != nil {
		return "", err
	}
	_, labelled := root.attr("aria-labelledby")
	if label, ok := root.attr("aria-label"); !labelled && (!ok || strings.TrimSpace(label) == "") {
		root.setAttr("aria-label", alt)
	}
	root.removeAttr("width", "height", "class")
	root.setAttr("class", "drawing")
	root.setAttr("role", "img")
	var b strings.Builder
	root.write(&b)
	return b.String(), nil
}

// drawingPrefix starts the ids of a drawing: "block-" for "img/block.svg".
func drawingPrefix(file string) string {
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '-'
	}, name) + "-"
}

func (s *source) checkDrawing(e *element, prefix string) {
	var kept []attr
	for _, a := range e.attrs {
		switch {
		case svgDropped[a.name]:
			continue
		case a.name == "id":
			a.value = prefix + a.value
		case a.name == "aria-labelledby" || a.name == "aria-describedby":
			ids := strings.Fields(a.value)
			for i := range ids {
				ids[i] = prefix + ids[i]
			}
			a.value = strings.Join(ids, " ")
		case a.name == "href" || a.name == "xlink:href":
			if !strings.HasPrefix(a.value, "#") {
				s.fault(e.line, "SVG 里的 %s 只能指向自己的部件（#…），现在是 %q", a.name, a.value)
				continue
			}
			a = attr{"href", "#" + prefix + a.value[1:]}
		case strings.HasPrefix(a.name, "aria-") || strings.HasPrefix(a.name, "data-"):
		case !svgAttributes[a.name]:
			s.fault(e.line, "SVG 的 <%s> 不能用属性 %s", e.tag, a.name)
			continue
		default:
			a.value = strings.ReplaceAll(a.value, "url(#", "url(#"+prefix)
			if strings.Count(strings.ToLower(a.value), "url(") != strings.Count(a.value, "url(#") || strings.ContainsRune(a.value, '\\') {
				s.fault(e.line, "SVG 的 %s 不能引用外部文件：%q", a.name, a.value)
				continue
			}
		}
		kept = append(kept, a)
	}
	e.attrs = kept
	for _, c := range e.children {
		s.checkDrawing(c, prefix)
	}
}
