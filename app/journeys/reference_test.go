//go:build !js

package journeys

import (
	"fmt"
	"strings"
	"testing"

	"courselab/app/browsertest"
	"courselab/app/site"
)

// tip is the definition that is shown, "" where none is.
func tip(b *browsertest.Browser) string {
	var text string
	b.Eval(`(e => e && !e.hidden ? e.innerText : "")(document.getElementById("term-tip"))`, &text)
	return text
}

const tipShown = `document.getElementById("term-tip")?.hidden === false`

// TestTerms shows definitions by keyboard, pointer and finger, and follows a term
// to the glossary.
func TestTerms(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/sub/")
	b := browsertest.New(t)
	b.Viewport(1280, 900, false)
	open(b, h.root+"lessons/m3/")
	b.WaitForSelector(`a.term[data-term="token"]`)
	// A headless window has no focus, so the event that tells of it is made.
	b.Eval(`(a => { a.focus(); a.dispatchEvent(new FocusEvent("focusin", {bubbles: true})); })(document.querySelector('a.term[data-term="token"]'))`, nil)
	b.WaitFor("the definition", tipShown)
	if got := tip(b); !strings.Contains(got, "token") || !strings.Contains(got, "最小单位") {
		t.Errorf("the definition says %q", got)
	}
	var described string
	b.Eval(`document.activeElement.getAttribute("aria-describedby")`, &described)
	if described != "term-tip" {
		t.Errorf("the word is described by %q", described)
	}
	b.Eval(`document.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true}))`, nil)
	if got := tip(b); got != "" {
		t.Errorf("after Escape: %q", got)
	}
	b.Eval(`document.activeElement.blur()`, nil)

	over := func(selector, kind string) {
		b.Eval(fmt.Sprintf(`document.querySelector(%q).dispatchEvent(new PointerEvent(%q, {pointerType: "mouse", bubbles: true}))`, selector, kind), nil)
	}
	over(`a.term[data-term="attention"]`, "pointerover")
	b.WaitFor("the definition under the pointer", tipShown)
	over("#term-tip", "pointerover")
	over("h1", "pointerover")
	b.WaitFor("it to go with the pointer", `document.getElementById("term-tip").hidden`)

	tap := `(() => { const a = document.querySelector('a.term[data-term="attention"]');
		a.dispatchEvent(new PointerEvent("pointerdown", {pointerType: "touch", bubbles: true}));
		a.click(); })()`
	b.Eval(tap, nil)
	b.WaitFor("the definition after a tap", tipShown)
	var path string
	if b.Eval(`location.pathname`, &path); path != "/sub/lessons/m3/" {
		t.Errorf("the first tap leads to %s", path)
	}
	b.Eval(tap, nil)
	b.WaitFor("the glossary after another", `location.pathname === "/sub/glossary/" && document.activeElement.id === "attention"`)
	b.WaitFor("the places that use it", `document.querySelector("#attention").closest("article").querySelector('.term-uses a[href^="/sub/lessons/m3/"]') !== null`)
	b.Click(`#attention ~ .term-uses a[href^="/sub/lessons/m3/"]`)
	b.WaitFor("the lesson", `location.pathname === "/sub/lessons/m3/"`)
	clean(t, b)
}

// results are the addresses that a search lists.
func results(b *browsertest.Browser) []string {
	var hrefs []string
	b.Eval(`[...document.querySelectorAll(".result h2 a")].map(a => a.getAttribute("href"))`, &hrefs)
	return hrefs
}

func status(text string) string {
	return fmt.Sprintf(`document.querySelector(".search-status").textContent.includes(%q)`, text)
}

// TestSearch finds from the map and from an address, goes back and forward, and
// bears what is no query; offline too.
func TestSearch(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/sub/")
	b := browsertest.New(t)
	b.Viewport(360, 740, true)
	open(b, h.root)
	b.Eval(`(() => { const f = document.querySelector("#map-search"); f.value = "注意力"; f.form.requestSubmit(); })()`, nil)
	b.WaitFor("the results", `document.querySelectorAll(".result").length > 5`)
	if url := b.URL(); !strings.Contains(url, "/sub/search/?q=%E6%B3%A8") {
		t.Errorf("the address is %s", url)
	}
	if got := results(b); len(got) == 0 || !strings.HasPrefix(got[0], "/sub/") || b.Text("mark") == "" {
		t.Errorf("results %v", got)
	}
	typeInto(b, "#search-query", "KV cache")
	b.WaitFor("the other results", `document.querySelector(".result a").getAttribute("href") === "/sub/glossary/#kv-cache"`)
	b.WaitFor("the other address", `new URL(location).searchParams.get("q") === "KV cache"`)
	b.Eval(`history.back()`, nil)
	b.WaitFor("the first query", `document.querySelector("#search-query").value === "注意力" && document.querySelector(".result mark").textContent.includes("注意力")`)
	b.Eval(`history.forward()`, nil)
	b.WaitFor("the second query", `document.querySelector("#search-query").value === "KV cache"`)

	for query, want := range map[string]string{
		"":                             "输入一个词",
		"量":                            "找到",
		"😀":                            "没有可以查找的字",
		"<img src=x onerror=alert(1)>": "找到",
		strings.Repeat("量子纠缠", 2500):   "只查找了前 200 个字",
	} {
		typeInto(b, "#search-query", query)
		b.WaitFor(fmt.Sprintf("an outcome of %.20q", query), status(want))
	}
	b.WaitFor("the offline copy", offlineSet)
	clean(t, b)
	h.Close()
	b.Offline(true)
	open(b, h.root+"search/?q=RLHF")
	b.WaitFor("the results offline", `[...document.querySelectorAll(".result a")].some(a => a.getAttribute("href") === "/sub/lessons/m1/#rlhf")`)
	b.Eval(`[...document.querySelectorAll(".result a")].find(a => a.getAttribute("href") === "/sub/lessons/m1/#rlhf").click()`, nil)
	b.WaitFor("the section", `location.pathname === "/sub/lessons/m1/" && document.activeElement.id === "rlhf"`)
}

// TestSearchFollowsTheText finds what an instructor has just written.
func TestSearchFollowsTheText(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/")
	b := browsertest.New(t)
	open(b, h.root+"search/?q=杜鹃花")
	b.WaitFor("nothing", status("没有找到"))
	h.change(func(files site.Files) {
		files["content/zh/glossary.md"] = append(files["content/zh/glossary.md"], "\n### 杜鹃花 (azalea) {#azalea}\n\n一种花。\n"...)
	})
	open(b, h.root+"search/?q=杜鹃花")
	b.WaitFor("the new term", `document.querySelector(".result a")?.getAttribute("href") === "/glossary/#azalea"`)
}

// TestPractice answers a question wrongly, meets it first the next time, and
// finds it on the record.
func TestPractice(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/")
	b := browsertest.New(t)
	open(b, h.root+"lessons/m3/")
	answerSingle(b, "q-mixing", "只是变慢一点")
	open(b, h.root+"practice/?seed=7")
	b.WaitForSelector("#q-mixing .option-input:enabled")
	answerSingle(b, "q-mixing", "每个词元仍被变换")
	b.Click("#practice-next")
	b.WaitFor("the next question", `document.querySelector("#q-mixing") === null && document.querySelector(".quiz-single .question") !== null && document.activeElement.id === "practice-place"`)
	var second string
	b.Eval(`document.querySelector(".quiz-single .question").id`, &second)

	open(b, h.root+"record/")
	b.WaitFor("the score", `document.querySelector(".record tbody tr:nth-child(3)").textContent.includes("1 / ")`)
	if row := b.Text(".record tbody tr:nth-child(3)"); !strings.Contains(row, "0%") {
		t.Errorf("the first try was wrong, the record says %q", row)
	}
	typeInto(b, "#record-name", "李雷 2026")
	b.WaitFor("the name on the sheet", `document.querySelector(".record-sheet").textContent.includes("李雷 2026")`)
	if text := b.Text(".record-note"); !strings.Contains(text, "没有人核验") {
		t.Errorf("the note says %q", text)
	}

	open(b, h.root+"practice/?seed=7")
	b.WaitForSelector(".quiz-single .question")
	var again string
	b.Eval(`document.querySelector(".quiz-single .question").id`, &again)
	if again == "q-mixing" || again == "" {
		t.Errorf("the second round begins with %q", again)
	}
	clean(t, b)
}
