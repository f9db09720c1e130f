package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"courselab/app/engine"

	"rsc.io/qr/coding"
)

// quiet is the margin of a QR code that the standard asks for, in modules.
const quiet = 4

// drawQR answers engine.OpQR.
func drawQR(_ context.Context, in json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	var input engine.QRInput
	if err := json.Unmarshal(in, &input); err != nil {
		return nil, nil, &engine.Error{Code: engine.BadInput, Message: "请求的内容读不出来"}
	}
	bad := func(message string) error {
		return &engine.Error{Code: engine.BadInput, Field: "text", Message: message}
	}
	switch {
	case input.Text == "":
		return nil, nil, bad("没有要画成二维码的内容")
	case len(input.Text) > engine.MaxQRText:
		return nil, nil, bad(fmt.Sprintf("内容有 %d 字节，二维码最多装 %d 字节", len(input.Text), engine.MaxQRText))
	case strings.ContainsFunc(input.Text, func(r rune) bool { return r < ' ' || r > '~' }):
		return nil, nil, bad("二维码里只放 ASCII 字符")
	}
	code, err := encodeQR(coding.String(input.Text))
	if err != nil {
		return nil, nil, bad("内容装不进二维码：" + err.Error())
	}
	return engine.QROutput{SVG: qrSVG(code), Modules: code.Size}, nil, nil
}

// encodeQR returns the smallest code that holds a text, with the mask that is the
// easiest to read.
func encodeQR(text coding.Encoding) (*coding.Code, error) {
	version := coding.Version(coding.MinVersion)
	for version < coding.MaxVersion && text.Bits(version) > version.DataBytes(coding.L)*8 {
		version++
	}
	var best *coding.Code
	least := 0
	for mask := range coding.Mask(8) {
		plan, err := coding.NewPlan(version, coding.L, mask)
		if err != nil {
			return nil, err
		}
		code, err := plan.Encode(text)
		if err != nil {
			return nil, err
		}
		if p := penalty(code); best == nil || p < least {
			best, least = code, p
		}
	}
	return best, nil
}

// penalty is how hard a code is to read, by the four rules of ISO/IEC 18004: long
// runs, blocks, what looks like a finder, and an uneven share of dark modules.
func penalty(code *coding.Code) int {
	n, sum, dark := code.Size, 0, 0
	for i := range n {
		for _, at := range []func(int) bool{
			func(j int) bool { return code.Black(j, i) },
			func(j int) bool { return code.Black(i, j) },
		} {
			run, window := 0, 0
			for j := range n {
				window = window << 1 & 0x7ff
				if at(j) {
					window |= 1
				}
				if run++; j > 0 && at(j) != at(j-1) {
					run = 1
				}
				if run == 5 {
					sum += 3
				} else if run > 5 {
					sum++
				}
				if j >= 10 && (window == 0b10111010000 || window == 0b00001011101) {
					sum += 40
				}
			}
		}
		for j := range n {
			if code.Black(j, i) {
				dark++
			}
			if b := code.Black(j, i); i > 0 && j > 0 && b == code.Black(j-1, i) && b == code.Black(j, i-1) && b == code.Black(j-1, i-1) {
				sum += 3
			}
		}
	}
	uneven := 20*dark - 10*n*n // twentieths of the area off one half
	if uneven < 0 {
		uneven = -uneven
	}
	return sum + uneven/(n*n)*10
}

// qrSVG draws the dark modules as one path, a run of a row at a time.
func qrSVG(code *coding.Code) string {
	n := code.Size
	side := strconv.Itoa(n + 2*quiet)
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` + side + ` ` + side + `" shape-rendering="crispEdges" aria-hidden="true">` +
		`<rect width="` + side + `" height="` + side + `" fill="#fff"/><path fill="#000" d="`)
	for y := range n {
		for x := 0; x < n; x++ {
			from := x
			for x < n && code.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String()
}
