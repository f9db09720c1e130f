package labs

import (
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/registry"
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

// TestWhatIsSaidOfTheTokens holds the words of the lab's experiments and of the
// lesson against the shipped course.
func TestWhatIsSaidOfTheTokens(t *testing.T) {
	client := engine.NewClient(serve.InProcess(serve.Default()), engine.Options{})
	defer client.Stop()
	lab, _ := registry.Find("tokens")
	files, err := readFiles(&lab, shippedLibrary(t))
	if err != nil {
		t.Fatal(err)
	}
	ask := func(params map[string]string) (engine.Sheet, engine.TokenText) {
		v, _ := valuesFrom(&lab, defaultValues(&lab), params)
		var s engine.Sheet
		if err := client.Call(t.Context(), engine.OpLab, engine.LabInput{Lab: "tokens", Values: v.byName(), Data: files}, &s); err != nil {
			t.Fatal(err)
		}
		f, _ := fileOf(s, engine.TokensFile)
		text, _ := (&tokenDesk{Text: f.Text}).text()
		return s, text
	}
	shown := func(text engine.TokenText) string {
		var all []string
		for _, x := range text.Tokens {
			all = append(all, x.Shown)
		}
		return strings.Join(all, "|") + "|"
	}
	s, text := ask(nil)
	if s.Answer != "chinese" || text.Steps != 2000 || strings.Contains(shown(text), "|霜|") {
		t.Errorf("by default: %s, %d merges, %s", s.Answer, text.Steps, shown(text))
	}
	s, text = ask(map[string]string{"step": "20"})
	rows := s.Parts[1].Tables[0].Rows
	for i, row := range rows[:3] {
		if !strings.HasPrefix(row.Cells[3].Text, "⟨") {
			t.Errorf("merge %d makes %s", i+1, row.Cells[3].Text)
		}
	}
	if rows[3].Cells[3].Text != "，" || rows[6].Cells[3].Text != "的" || strings.Contains(shown(text), "|月|") {
		t.Errorf("merges 4 and 7 make %s and %s; the text is %s", rows[3].Cells[3].Text, rows[6].Cells[3].Text, shown(text))
	}
	if _, text = ask(lab.TryIt[1].Params); !strings.HasPrefix(shown(text), "床前明月|") || strings.Contains(shown(text), "霜") {
		t.Errorf("with a large vocabulary: %s", shown(text))
	}
	if s, text = ask(lab.TryIt[2].Params); text.Steps > 8 || s.Verdict.Tone != engine.Warn {
		t.Errorf("one character repeated: %d merges, %+v", text.Steps, s.Verdict)
	}
}
