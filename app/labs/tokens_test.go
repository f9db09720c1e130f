package labs

import (
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/engine/serve"
)

// The desk shows the text in tokens, walks through the merges, and gives nothing
// away before the guess.
func TestTokenDesk(t *testing.T) {
	b := placeSheet(t, serve.Default(), Props{Name: "tokens", Params: map[string]string{"source": "m1", "vocab": "656", "sample": "明月 moon🌕"}})
	b.until("the first result", func() bool { return b.status == ready })
	if html := b.html(); strings.Contains(html, "token-row") || !strings.Contains(html, "先猜一猜") {
		t.Error("the tokens are shown before the guess")
	}
	b.guess = "chinese"
	b.shows("token-row", `data-broken="yes"`, "用前几次合并：400 / 400", "猜对了", "虚线框不成整字")
	desk := func() (*tokenDesk, engine.TokenText) {
		d := newTokenDesk(Bench{&b.sheetPanel}).(*tokenDesk)
		text, ok := d.text()
		if !ok {
			t.Fatal("nothing to show")
		}
		return d, text
	}
	d, text := desk()
	together := ""
	for _, x := range text.Tokens {
		together += x.Bytes + " "
	}
	if want := "E6 98 8E E6 9C 88 20 6D 6F 6F 6E F0 9F 8C 95 "; together != want {
		t.Errorf("bytes %q, want %q", together, want)
	}
	d.walk(-1)
	d.walk(-1) // before the answer to the first
	if got := b.state.get("step"); got != "398" {
		t.Errorf("after two steps back: %q", got)
	}
	b.until("two merges fewer", func() bool { return b.status == ready })
	d, text = desk()
	if text.Step != 398 || text.Steps != 400 || !strings.HasPrefix(text.Last, "第 398 次：") || !strings.HasPrefix(text.Next, "第 399 次：") {
		t.Errorf("at %d of %d: %q, %q", text.Step, text.Steps, text.Last, text.Next)
	}
	d.take(400, 400)
	if got := b.state.get("step"); got != "" {
		t.Errorf("all merges are %q", got)
	}
	d.take(0, 400)
	b.until("bytes", func() bool { return b.status == ready })
	if _, text = desk(); len(text.Tokens) != 15 || text.Last != "" || text.Tokens[0].Shown != "⟨E6⟩" || !text.Tokens[0].Broken || text.Tokens[6].Shown != "␣" {
		t.Errorf("without merges: %+v", text)
	}
	// What is too long is refused with both numbers, and what stood stays.
	if b.setTo("sample", strings.Repeat("字", 2001)) || b.state.get("sample") != "明月 moon🌕" {
		t.Error("a text beyond the limit was taken")
	}
	b.shows("这段文字有 2,001 个字，最多 2,000 个字")
	b.setTo("source", "own")
	b.until("the refusal", func() bool { return b.status == failed })
	b.shows("还没有文字")
}

func TestMostlyText(t *testing.T) {
	for text, want := range map[string]bool{"": true, "明月": true, strings.Repeat("字", 200) + "\ufffd": true, "\ufffd\ufffd月": false} {
		if mostlyText(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}
