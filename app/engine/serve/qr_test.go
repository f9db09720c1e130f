package serve

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"regexp"
	"strings"
	"testing"

	"courselab/app/engine"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// picture draws what the SVG's path says, scale pixels a module.
func picture(t testing.TB, svg string, scale int) image.Image {
	t.Helper()
	var side int
	if _, err := fmt.Sscanf(regexp.MustCompile(`viewBox="0 0 (\d+)`).FindStringSubmatch(svg)[1], "%d", &side); err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, side*scale, side*scale))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	runs := regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(svg, -1)
	for _, r := range runs {
		var x, y, w int
		if _, err := fmt.Sscan(r[1]+" "+r[2]+" "+r[3], &x, &y, &w); err != nil {
			t.Fatal(err)
		}
		for py := y * scale; py < (y+1)*scale; py++ {
			for px := x * scale; px < (x+w)*scale; px++ {
				img.SetGray(px, py, color.Gray{})
			}
		}
	}
	return img
}

// readQR is a decoder that shares nothing with what draws.
func readQR(t testing.TB, svg string) string {
	t.Helper()
	bitmap, err := gozxing.NewBinaryBitmapFromImage(picture(t, svg, 4))
	if err != nil {
		t.Fatal(err)
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_PURE_BARCODE: true})
	if err != nil {
		t.Fatalf("not read: %v", err)
	}
	return result.GetText()
}

func TestQR(t *testing.T) {
	client := engine.NewClient(InProcess(Default()), engine.Options{})
	for _, text := range []string{
		"a", "https://example.org/settings/#progress=1.AAAA_-zz09", strings.Repeat("Az9_-", 240), strings.Repeat("x", engine.MaxQRText),
	} {
		var out engine.QROutput
		if err := client.Call(context.Background(), engine.OpQR, engine.QRInput{Text: text}, &out); err != nil {
			t.Fatalf("%d bytes: %v", len(text), err)
		}
		if got := readQR(t, out.SVG); got != text {
			t.Errorf("%d bytes come back as %d: %.40q", len(text), len(got), got)
		}
		if strings.Contains(out.SVG, "style") {
			t.Error("a style attribute")
		}
	}
	for _, text := range []string{"", strings.Repeat("x", engine.MaxQRText+1), "进度", "a\n"} {
		err := client.Call(context.Background(), engine.OpQR, engine.QRInput{Text: text}, nil)
		var known *engine.Error
		if !errors.As(err, &known) || known.Code != engine.BadInput {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}
