//go:build js && wasm

package labs

import (
	"strconv"
	"syscall/js"
)

// generations counts readings of the palette.
var generations int

// readPalette reads the page's colours in its present theme. Any CSS colour is
// allowed: it is painted to a pixel and read back.
func readPalette() *palette {
	generations++
	document := js.Global().Get("document")
	style := js.Global().Call("getComputedStyle", document.Get("documentElement"))
	value := func(name string) string { return style.Call("getPropertyValue", name).String() }
	p := &palette{
		generation: generations,
		text:       value("--text"), line: value("--line"), hatch: value("--muted"), paper: value("--surface"),
		accent: value("--accent"), focus: value("--focus"), warn: value("--warn"), font: value("--font-text"),
	}
	canvas := document.Call("createElement", "canvas")
	canvas.Set("width", 2*stops)
	canvas.Set("height", 1)
	ctx := canvas.Call("getContext", "2d", map[string]any{"willReadFrequently": true})
	for i := range stops {
		ctx.Set("fillStyle", value("--seq-"+strconv.Itoa(i)))
		ctx.Call("fillRect", i, 0, 1, 1)
		ctx.Set("fillStyle", value("--div-"+strconv.Itoa(i)))
		ctx.Call("fillRect", stops+i, 0, 1, 1)
	}
	pixels := make([]byte, 4*2*stops)
	js.CopyBytesToGo(pixels, ctx.Call("getImageData", 0, 0, 2*stops, 1).Get("data"))
	for i := range stops {
		copy(p.sequential[i][:], pixels[4*i:])
		copy(p.diverging[i][:], pixels[4*(stops+i):])
	}
	return p
}

// watchTheme calls f when the page's colours or sizes may have changed.
func watchTheme(f func()) (stop func()) {
	changed := js.FuncOf(func(js.Value, []js.Value) any { f(); return nil })
	root := js.Global().Get("document").Get("documentElement")
	observer := js.Global().Get("MutationObserver").New(changed)
	observer.Call("observe", root, map[string]any{
		"attributes": true, "attributeFilter": []any{"data-theme", "data-size"}})
	dark := js.Global().Call("matchMedia", "(prefers-color-scheme: dark)")
	dark.Call("addEventListener", "change", changed)
	return func() {
		observer.Call("disconnect")
		dark.Call("removeEventListener", "change", changed)
		changed.Release()
	}
}

// mark is the property of a canvas that holds the signature of its picture.
const mark = "courselabPicture"

// paint draws each picture whose canvas is visible and shows another one now.
// The pixels go over in one copy and are enlarged by the browser; borders and
// marks are one path each.
func paint(list []painting, p *palette) {
	document := js.Global().Get("document")
	ratio := min(js.Global().Get("devicePixelRatio").Float(), 3)
	scratch := document.Call("createElement", "canvas")
	inMemory := map[string]any{"willReadFrequently": true}
	scratch.Call("getContext", "2d", inMemory)
	path := js.Global().Get("Path2D")
	// All sizes are read before anything is painted: one layout instead of many.
	canvases := make([]js.Value, len(list))
	sides := make([]float64, len(list))
	for i, q := range list {
		canvases[i] = document.Call("getElementById", q.canvas)
		if canvases[i].Truthy() {
			sides[i] = canvases[i].Get("clientWidth").Float()
		}
	}
	for i, q := range list {
		canvas, side := canvases[i], sides[i]
		if side == 0 {
			continue
		}
		signature := q.signature + "|" + strconv.Itoa(p.generation) + "|" + px(side*ratio)
		if s := canvas.Get(mark); s.Type() == js.TypeString && s.String() == signature {
			continue
		}
		canvas.Set(mark, signature)
		pixels := int(side*ratio + 0.5)
		canvas.Set("width", pixels) // clears it
		canvas.Set("height", pixels)
		// Kept out of the graphics card's memory: a dozen small pictures that
		// change at every step of a slider cost more to send than to paint.
		ctx := canvas.Call("getContext", "2d", inMemory)
		ctx.Call("scale", ratio, ratio)
		g := gridOn(side, q.rows, q.cols, q.labelled())
		drawCells(ctx, scratch, g, q, p)
		stroke := func(d, colour string, width float64) {
			ctx.Set("strokeStyle", colour)
			ctx.Set("lineWidth", width)
			ctx.Call("stroke", path.New(d))
		}
		stroke(g.lines(), p.line, 0.5)
		if len(q.edited) > 0 {
			ctx.Set("fillStyle", p.warn)
			ctx.Call("fill", path.New(g.corners(q.edited)))
		}
		if len(q.operands) > 0 {
			d := g.boxes(q.operands)
			stroke(d, p.paper, 3.5)
			stroke(d, p.accent, 2)
		}
		if len(q.areas) > 0 {
			d := g.frames(q.areas)
			stroke(d, p.paper, 3.5)
			stroke(d, p.accent, 2)
		}
		if len(q.active) > 0 {
			d := g.boxes(q.active)
			stroke(d, p.paper, 5)
			stroke(d, p.focus, 2.5)
		}
		if q.labelled() {
			drawLabels(ctx, g, q, p)
		}
	}
}

// drawCells paints the coloured squares, over hatching where some are missing.
func drawCells(ctx, scratch js.Value, g grid, q painting, p *palette) {
	w, h := float64(g.cols)*g.cellW, float64(g.rows)*g.cellH
	pixels, hatched := rgba(q.tensor, q.span, p)
	if hatched {
		ctx.Set("fillStyle", hatching(ctx, p))
		ctx.Call("fillRect", g.left, g.top, w, h)
	}
	data := js.Global().Get("Uint8ClampedArray").New(len(pixels))
	js.CopyBytesToJS(data, pixels)
	scratch.Set("width", q.cols)
	scratch.Set("height", q.rows)
	scratch.Call("getContext", "2d").Call("putImageData", js.Global().Get("ImageData").New(data, q.cols, q.rows), 0, 0)
	ctx.Set("imageSmoothingEnabled", false)
	ctx.Call("drawImage", scratch, g.left, g.top, w, h)
}

// hatching returns a pattern of diagonal lines.
func hatching(ctx js.Value, p *palette) js.Value {
	tile := js.Global().Get("document").Call("createElement", "canvas")
	tile.Set("width", 6)
	tile.Set("height", 6)
	t := tile.Call("getContext", "2d")
	t.Set("strokeStyle", p.hatch)
	t.Set("lineWidth", 1)
	t.Call("stroke", js.Global().Get("Path2D").New("M-1 7L7 -1M-1 1L1 -1M5 7L7 5"))
	return ctx.Call("createPattern", tile, "repeat")
}

// drawLabels writes the names of rows and columns.
func drawLabels(ctx js.Value, g grid, q painting, p *palette) {
	ctx.Set("fillStyle", p.text)
	ctx.Set("textBaseline", "middle")
	ctx.Set("textAlign", "center")
	size := func(pitch float64) string {
		return px(max(9, min(14, pitch*0.8))) + "px " + p.font
	}
	step := labelStep(g.cellH, minLabel)
	ctx.Set("font", size(g.cellH*float64(step)))
	for r := 0; r < g.rows; r += step {
		ctx.Call("fillText", q.rowLabels[r], g.left/2, g.top+(float64(r)+0.5)*g.cellH)
	}
	room := float64(minLabel)
	if len(q.colLabels[g.cols-1]) > 1 && q.colLabels[g.cols-1][0] < 0x80 {
		room = minNumber
	}
	step = labelStep(g.cellW, room)
	ctx.Set("font", size(g.cellW*float64(step)))
	for c := 0; c < g.cols; c += step {
		ctx.Call("fillText", q.colLabels[c], g.left+(float64(c)+0.5)*g.cellW, g.top/2)
	}
}
