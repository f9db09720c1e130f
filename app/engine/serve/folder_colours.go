package serve

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"courselab/app/engine"
)

// The grounds that links and buttons stand on, as assets/css/base.css has them,
// and the text that stands on a button.
const (
	lightGround, lightButtonText = "#fbfaf7", "#ffffff"
	darkGround, darkButtonText   = "#14181a", "#0d1c26"
)

// minContrast is what WCAG 2.2 asks of text (1.4.3, AA).
const minContrast = 4.5

// colourProblem says of a course's colour that it cannot be read well, "" where
// it can.
func colourProblem(c engine.FolderColour) string {
	ground, text, page := lightGround, lightButtonText, "浅色"
	if c.Key == "accent_dark" {
		ground, text, page = darkGround, darkButtonText, "深色"
	}
	got := min(contrast(c.Colour, ground), contrast(c.Colour, text))
	if got >= minContrast {
		return ""
	}
	return fmt.Sprintf("%s 的颜色 %s 在%s页面上看不清：对比度 %.1f，至少要 %.1f", c.Key, c.Colour, page, got, minContrast)
}

// contrast is the ratio of two colours' luminance as WCAG defines it, 1 to 21.
func contrast(a, b string) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// luminance is the relative luminance of a colour "#rrggbb".
func luminance(colour string) float64 {
	rgb, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 32)
	if err != nil {
		return 0
	}
	linear := func(c uint64) float64 {
		v := float64(c&0xff) / 255
		if v <= 0.04045 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(rgb>>16) + 0.7152*linear(rgb>>8) + 0.0722*linear(rgb)
}
