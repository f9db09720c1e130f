//go:build !js

package journeys

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"courselab/app/browsertest"
)

// examFill answers the question that is shown, and says whether it needed the
// engine.
const examFill = `(() => {
	const q = document.querySelector(".question");
	switch (q.dataset.kind) {
	case "single": case "multiple":
		q.querySelector(".option-input").click();
		return;
	case "order":
		[...q.querySelectorAll(".button-move")].find(b => !b.disabled).click();
		return;
	default:
		for (const i of q.querySelectorAll("input")) {
			i.value = "1";
			i.dispatchEvent(new Event("input", { bubbles: true }));
		}
	}
})()`

// number reads the first number of an element's text.
func number(t *testing.T, b *browsertest.Browser, selector string) int {
	t.Helper()
	n, err := strconv.Atoi(regexp.MustCompile(`\d+`).FindString(b.Text(selector)))
	if err != nil {
		t.Fatalf("%s says %q", selector, b.Text(selector))
	}
	return n
}

// fits fails the test where the page is wider than the window.
func fits(t *testing.T, b *browsertest.Browser, what string) {
	t.Helper()
	var over int
	b.Eval(`document.documentElement.scrollWidth - document.documentElement.clientWidth`, &over)
	if over > 0 {
		t.Errorf("%s is %d px wider than the window", what, over)
	}
}

// TestExam sits an exam on a phone's width: begun, reloaded half-way, handed in by
// keyboard, and its record read.
func TestExam(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/")
	b := browsertest.New(t)
	b.Viewport(360, 740, true)
	open(b, h.root+"exam/?n=60&min=15&seed=7")
	b.WaitForSelector("#exam-start:enabled")
	fits(t, b, "the choice")
	b.Eval(`document.querySelector("#exam-n-10").click()`, nil)
	b.WaitFor("the address to follow", `document.querySelector("#exam-link").getAttribute("href").includes("n=10&min=15&seed=7")`)
	b.Focus("#exam-start")
	b.Press("\r")
	b.WaitFor("the first question", `document.activeElement.id === "exam-place" && document.querySelector(".question") !== null`)
	if text := b.Text("#exam-place"); !strings.HasPrefix(text, "第 1 / 10 题") {
		t.Fatalf("the exam begins with %q", text)
	}
	fits(t, b, "a question")
	title := b.Text(".question-name")
	for i := 1; i <= 5; i++ {
		b.WaitForSelector(fmt.Sprintf(`.exam-sheet [data-do="turn-%d"][aria-current]`, i-1))
		b.WaitFor("the question's numbers", `document.querySelector(".question-drawing:not([data-state=ready])") === null`)
		b.Eval(examFill, nil)
		b.WaitFor("the answer to be counted", fmt.Sprintf(`document.querySelectorAll(".exam-sheet [data-state=given]").length === %d`, i))
		b.Click(fmt.Sprintf("#exam-turn-%d", i))
	}
	if judged := b.Text("#page-main"); strings.Contains(judged, "不正确") || strings.Contains(judged, "提示") {
		t.Errorf("the running exam says: %s", judged)
	}

	// The time runs on and the answers stay.
	b.Reload()
	b.WaitFor("the exam to go on", appReady+` && document.querySelectorAll(".exam-sheet [data-state=given]").length === 5`)
	if minutes := number(t, b, "#exam-left"); minutes != 14 {
		t.Errorf("%q are left after the reload", b.Text("#exam-left"))
	}
	if got := b.Text(".question-name"); got != title {
		t.Errorf("the first question is %q, and was %q", got, title)
	}
	var chosen int
	b.Eval(`document.querySelectorAll(".question input:checked").length + [...document.querySelectorAll(".question input:not([type=radio]):not([type=checkbox])")].filter(i => i.value === "1").length + document.querySelectorAll(".question[data-kind=order]").length`, &chosen)
	if chosen == 0 {
		t.Error("the first question's answer is not shown again")
	}

	b.Focus("#exam-end")
	b.Press("\r")
	b.WaitFor("the question whether to end", `document.activeElement.textContent === "再看看" && document.querySelector("#exam-ask").textContent.includes("还有 5 题没有答")`)
	b.Press("\t\r")
	b.WaitFor("the record", `document.querySelectorAll(".exam-items > li").length === 10 && document.activeElement.id === "exam-place"`)
	fits(t, b, "the record")
	var right int
	b.Eval(`document.querySelectorAll(".exam-items > li[data-mark=right]").length`, &right)
	record := b.Text(".record-sheet")
	for _, want := range []string{fmt.Sprintf("%d / 10，%d%%", right, 10*right), "种子 7", "限时 15 分钟", "没有答", "95% 区间"} {
		if !strings.Contains(record, want) {
			t.Errorf("the record lacks %q: %s", want, record)
		}
	}
	open(b, h.root+"exam/")
	b.WaitFor("the exam among those taken", fmt.Sprintf(`document.querySelector(".exam-past button")?.textContent.includes("答对 %d / 10")`, right))
	open(b, h.root+"practice/")
	if right < 5 {
		b.WaitFor("the wrong ones to come back", fmt.Sprintf(`document.querySelector("#practice-today")?.textContent.includes("其中上次答错的 %d 题") ?? false`, 5-right))
	}
	clean(t, b)
}
