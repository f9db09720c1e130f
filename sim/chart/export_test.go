package chart

// TextWidth is the width of one line at FontSize.
func TextWidth(s string) float64 { return float64(textWidth(s, FontSize)) }
