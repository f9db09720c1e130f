package labs

import (
	"net/url"
	"strconv"
	"strings"
	"testing"

	"courselab/app/engine/serve"
	"courselab/app/registry"
	"courselab/sim/judge"
)

// A preset sets the lab up, and the ranking follows.
func TestPresets(t *testing.T) {
	b := placeSheet(t, serve.Default(), Props{Name: "select"})
	b.until("the first result", func() bool { return b.status == ready })
	b.shows("场景库", "客服 RAG", "边缘设备")
	was := b.sheet.Verdict.Text
	for _, p := range b.sheet.Presets {
		if p.Title == "边缘设备" && !(Bench{&b.sheetPanel}).SetAll(p.Values) {
			t.Fatal("the preset is not accepted")
		}
	}
	b.until("the preset's result", func() bool { return b.status == ready && b.sheet.Verdict.Text != was })
	if b.state.get("max_memory") != "12" || b.state.get("open") != "1" {
		t.Errorf("state %v", b.state.at)
	}
	if (Bench{&b.sheetPanel}).SetAll(map[string]string{"open": "0", "scale": "crooked"}) || b.state.get("open") != "1" {
		t.Error("half of a preset was taken")
	}
}

// What the desk writes is what the engine reads.
func TestJudgementsRoundTrip(t *testing.T) {
	lab, _ := registry.Find("acceptance")
	for _, e := range lab.TryIt {
		text := e.Params["judgements"]
		if got := readJudgements(text).String(); got != text {
			t.Errorf("%s comes back as %s", text, got)
		}
		if _, err := judge.Decode(text, 12, 7); err != nil {
			t.Error(err)
		}
	}
	all := readJudgements("1:0=lt----,3=------;nonsense;2:x=ltyn43,5=ltyn43")
	if got := all.String(); got != "1:0=lt----;2:5=ltyn43" {
		t.Errorf("read %s", got)
	}
	all.set(2, 5, noMarks)
	if got := all.String(); got != "1:0=lt----" {
		t.Errorf("after taking back: %s", got)
	}
}

// The desk shows what the engine deals, takes a mark and takes it back.
func TestJudgeDesk(t *testing.T) {
	b := placeSheet(t, serve.Default(), Props{Name: "acceptance"})
	b.until("the first result", func() bool { return b.status == ready })
	d := newJudgeDesk(Bench{&b.sheetPanel}).(*judgeDesk)
	b.shows("盲评", "哪一边更准确", "上一题")
	turns := d.turns()
	if len(turns) != 12 {
		t.Fatalf("%d turns", len(turns))
	}
	d.Render()
	d.mark(0, "l")
	want := "1:" + strconv.Itoa(turns[0].Item) + "=l-----"
	if got := b.state.get("judgements"); got != want {
		t.Errorf("judgements %q, want %q", got, want)
	}
	b.until("the mark", func() bool { return b.status == ready })
	if !strings.Contains(b.sheet.Verdict.Text, "1 位评判者评了 1 次") {
		t.Error(b.sheet.Verdict.Text)
	}
	// Nothing tells which system is which before the learner reveals.
	for _, part := range b.sheet.Parts {
		for _, q := range part.Quantities {
			t.Errorf("shows %s before the reveal", q.Name)
		}
	}
	d.mark(0, "l")
	if got := b.state.get("judgements"); got != "" {
		t.Errorf("after taking back: %q", got)
	}
	// Another judge sees another order.
	b.setTo("judge", "2")
	b.until("the second judge", func() bool { return b.status == ready })
	if other := newJudgeDesk(Bench{&b.sheetPanel}).(*judgeDesk); other.Deck == d.Deck {
		t.Error("the second judge sees the order of the first")
	}
}

// The report takes in what was set in another lab, with that lab's own numbers.
func TestReportTakesLabs(t *testing.T) {
	b := placeSheet(t, serve.Default(), Props{Name: "report"})
	b.until("the first result", func() bool { return b.status == ready })
	b.shows("收进哪些实验", "下载 Markdown", "report-paper", "数据的版本", "data/models.json")
	bench := Bench{&b.sheetPanel}
	if _, ok := bench.lastSet("fit"); ok {
		t.Error("something was set before anybody set it")
	}
	if err := b.Props.Env.Progress.SetLab("fit", map[string]string{"model": "llama-2-70b", "context": "2048"}, ""); err != nil {
		t.Fatal(err)
	}
	text, ok := bench.lastSet("fit")
	if v, err := url.ParseQuery(text); !ok || err != nil || v.Get("model") != "llama-2-70b" || v.Get("context") != "2048" || v.Get("batch") == "" {
		t.Fatalf("last set %q, %v", text, err)
	}
	bench.Set("fit", text)
	bench.Set("cost", "-")
	b.until("the report", func() bool { return b.status == ready && strings.Contains(b.html(), "没有收进这一项") })

	own := placeSheet(t, serve.Default(), Props{Name: "fit"})
	own.until("fit itself", func() bool { return own.status == ready })
	own.setTo("model", "llama-2-70b")
	own.setTo("context", "2048")
	own.until("fit as set", func() bool { return own.status == ready && own.state.get("context") == "2048" })
	markdown, ok := fileOf(b.sheet, "report.md")
	page, _ := fileOf(b.sheet, "report.html")
	if !ok {
		t.Fatal("no Markdown")
	}
	if want := own.sheet.Verdict.Text; !strings.Contains(page.Text, escape(want)) {
		t.Errorf("the report lacks %q", want)
	}
	if !strings.Contains(markdown.Text, "| 自己 |") || !strings.Contains(markdown.Text, "## 来源") || !strings.Contains(markdown.Text, "没有收进这一项") {
		t.Error("the Markdown lacks what was changed, its sources, or what was left out")
	}
}
