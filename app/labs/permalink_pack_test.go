package labs

import (
	"strings"
	"testing"
)

func TestPackText(t *testing.T) {
	for _, text := range []string{"", "短", "z.短", strings.Repeat("床前明月光，疑是地上霜。\n", 200), packMark} {
		packed := packText(text)
		got, ok := unpackText(packed)
		if !ok || got != text {
			t.Errorf("%.20q became %.20q, %v", text, got, ok)
		}
		if len(text) > 500 && len(packed) > len(text)/4 {
			t.Errorf("%d bytes packed into %d", len(text), len(packed))
		}
	}
	for _, damaged := range []string{"z.%%%", "z.AAAA", "z." + strings.Repeat("x", 50), packText(strings.Repeat("长", 200))[:20]} {
		if got, ok := unpackText(damaged); ok {
			t.Errorf("%q was read as %.20q", damaged, got)
		}
	}
}

// A link cannot be made to take up memory without bounds.
func TestUnpackIsBounded(t *testing.T) {
	if text, ok := unpackText(packText(strings.Repeat("a", maxUnpacked+1))); ok || len(text) > maxUnpacked+1 {
		t.Errorf("%d bytes from a link", len(text))
	}
}
