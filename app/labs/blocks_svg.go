package labs

import (
	"strconv"
	"strings"
)

// Sizes of a diagram, in units of its viewBox; a column of the page is about
// 340 of them wide.
const (
	blockHeight  = 30
	blockPitch   = 44
	blockFont    = 13
	blockHead    = 40
	blockMask    = 13 // a cell of a mask
	blockMaskLen = 5
)

// diagramSVG draws a diagram from its data. Parts can be pressed; the one chosen
// is lit. key is unique on the page; live: parts take the keyboard.
func diagramSVG(name, chosen, key string, live bool) string {
	for _, d := range blockDiagrams {
		if d.name == name {
			return drawDiagram(d.title, d.desc, d.columns, chosen, key+"-"+name, live)
		}
	}
	return ""
}

func drawDiagram(title, desc string, columns []blockColumn, chosen, key string, live bool) string {
	width, most, masks := 340, 0, 0
	for _, c := range columns {
		most = max(most, len(c.rows))
		if c.mask != "" {
			masks = 2*blockMaskLen*blockMask/2 + 40
		}
	}
	height := blockHead + most*blockPitch + 10 + masks
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" class="drawing blocks-drawing" viewBox="0 0 ` + strconv.Itoa(width) + ` ` + strconv.Itoa(height) +
		`" role="` + map[bool]string{true: "group", false: "img"}[live] + `" aria-labelledby="` + key + `-t ` + key + `-d"><title id="` + key + `-t">` + escape(title) + `</title><desc id="` + key + `-d">` + escape(desc) + `</desc>`)
	pitch := width / len(columns)
	bottom := blockHead + most*blockPitch
	for i, c := range columns {
		d := columnDrawing{b: &b, key: key + "-" + strconv.Itoa(i), chosen: chosen, live: live, left: i * pitch, width: pitch, bottom: bottom}
		d.column(c)
		if c.mask != "" {
			d.mask(c.mask, bottom+24)
		}
	}
	if len(columns) == 2 {
		// From the encoder's last row to the decoder's cross attention.
		from, to := rowMiddle(bottom, 5), rowMiddle(bottom, 4)
		b.WriteString(line("M" + strconv.Itoa(pitch-8) + " " + strconv.Itoa(from) + "h10V" + strconv.Itoa(to) + "h12"))
	}
	b.WriteString(`</svg>`)
	return b.String()
}

// columnDrawing draws one stack.
type columnDrawing struct {
	b                   *strings.Builder
	key, chosen         string
	live                bool
	left, width, bottom int
}

// rowMiddle is the height of the middle of row i, counted from the bottom.
func rowMiddle(bottom, i int) int { return bottom - i*blockPitch - blockPitch/2 }

func line(d string) string { return `<path class="d-line" d="` + d + `"/>` }

func (d columnDrawing) column(c blockColumn) {
	middle := d.left + d.width/2
	d.text(middle, 14, c.title, "d-text", 14)
	if c.note != "" {
		d.text(middle, 31, c.note, "d-muted", 12)
	}
	side := 14
	if d.width > 200 {
		side = 60
	}
	x, w := d.left+side, d.width-2*side
	again := -1
	for i, row := range c.rows {
		y := rowMiddle(d.bottom, i)
		if row.again {
			again = i
		}
		if row.end && again >= 0 {
			from, to := rowMiddle(d.bottom, again)+blockPitch/2-3, y-blockPitch/2+3
			d.b.WriteString(`<rect class="blocks-repeat" x="` + strconv.Itoa(d.left+4) + `" y="` + strconv.Itoa(to) + `" width="` + strconv.Itoa(d.width-8) + `" height="` + strconv.Itoa(from-to) + `" rx="8"/>`)
			if d.width > 200 {
				d.text(d.left+d.width-26, (from+to)/2, "× L", "d-muted", 12)
			}
			again = -1
		}
		if i > 0 {
			d.b.WriteString(line("M" + strconv.Itoa(middle) + " " + strconv.Itoa(y+blockPitch-blockHeight/2) + "V" + strconv.Itoa(y+blockHeight/2) + "m-3 5l3 -5l3 5"))
		}
		if row.around > 0 {
			// The residual path leaves below the sublayer and joins here.
			from := y + row.around*blockPitch + blockPitch/2
			out := d.left + side - 8
			d.b.WriteString(line("M" + strconv.Itoa(middle) + " " + strconv.Itoa(from) + "H" + strconv.Itoa(out) + "V" + strconv.Itoa(y) + "h8m-5 -3l5 3l-5 3"))
		}
	}
	for i, row := range c.rows {
		d.box(row, i, x, rowMiddle(d.bottom, i), w)
	}
}

func (d columnDrawing) box(row blockRow, i, x, y, w int) {
	id := row.parts[0]
	part, _ := findPart(id)
	label := part.title
	if row.label != "" {
		label = row.label
	}
	class := "d-box"
	if id == d.chosen {
		class = "d-accent"
	}
	d.b.WriteString(`<g class="blocks-part" data-part="` + id + `"`)
	if d.live {
		d.b.WriteString(` id="` + d.key + `-` + strconv.Itoa(i) + `" tabindex="0" role="button" aria-pressed="` + strconv.FormatBool(id == d.chosen) + `" aria-label="` + escape(label) + `"`)
	}
	d.b.WriteString(`><rect class="` + class + `" x="` + strconv.Itoa(x) + `" y="` + strconv.Itoa(y-blockHeight/2) + `" width="` + strconv.Itoa(w) + `" height="` + strconv.Itoa(blockHeight) + `" rx="5"/>`)
	size := blockFont
	if w < 100 {
		size = 12
	}
	d.text(x+w/2, y, label, "d-text", size)
	d.b.WriteString(`</g>`)
}

func (d columnDrawing) text(x, y int, s, class string, size int) {
	d.b.WriteString(`<text class="` + class + `" x="` + strconv.Itoa(x) + `" y="` + strconv.Itoa(y) + `" font-size="` + strconv.Itoa(size) +
		`" text-anchor="middle" dominant-baseline="central">` + escape(s) + `</text>`)
}

// mask draws who sees whom: a row for each position that looks, a column for
// each that is looked at.
func (d columnDrawing) mask(kind string, top int) {
	n := blockMaskLen
	if kind == "both" {
		n = 6 // three of the source, three of the target
	}
	left := d.left + d.width/2 - n*blockMask/2
	for r := range n {
		for c := range n {
			sees := kind == "all" || kind == "left" && c <= r || kind == "both" && (c < 3 || r >= 3 && c <= r)
			class := "d-box"
			if sees {
				class = "d-accent"
			}
			d.b.WriteString(`<rect class="` + class + `" x="` + strconv.Itoa(left+c*blockMask) + `" y="` + strconv.Itoa(top+r*blockMask) + `" width="` + strconv.Itoa(blockMask) + `" height="` + strconv.Itoa(blockMask) + `"/>`)
		}
	}
	d.text(d.left+d.width/2, top-10, "行看得见列", "d-muted", 11)
}
