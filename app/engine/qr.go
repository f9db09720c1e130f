package engine

// OpQR draws a text as a QR code: QRInput → QROutput.
const OpQR = "qr"

// MaxQRText is how many bytes of text the largest QR code holds, at the lowest
// level of error correction.
const MaxQRText = 2953

// QRInput is the text to draw: ASCII, so that every reader reads the same.
type QRInput struct {
	Text string `json:"text"`
}

// QROutput is the drawing, dark on light in any theme, with its quiet zone.
type QROutput struct {
	SVG     string `json:"svg"`
	Modules int    `json:"modules"` // a side, without the quiet zone
}
