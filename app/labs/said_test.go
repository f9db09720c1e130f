package labs

import (
	"strings"
	"testing"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// TestSaidIsEscaped: a note is text, and is told apart from the course's.
func TestSaidIsEscaped(t *testing.T) {
	html := goapp.HTMLString((&linkSaid{begun: true, note: `<img src=x onerror=alert(1)>`}).Render())
	if strings.Contains(html, "<img") || !strings.Contains(html, "来自链接的说明") || !strings.Contains(html, "不是课文") {
		t.Error(html)
	}
	if html := goapp.HTMLString((&linkSaid{begun: true, damaged: true}).Render()); !strings.Contains(html, "已损坏") {
		t.Error(html)
	}
	if html := goapp.HTMLString((&linkSaid{begun: true}).Render()); strings.Contains(html, "链接") {
		t.Error(html)
	}
}
