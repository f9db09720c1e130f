//go:build !js

package journeys

import (
	"strings"
	"testing"

	"courselab/app/browsertest"
)

// copies makes what a page puts on the clipboard readable as window.copied.
const copies = `navigator.clipboard.writeText = text => { window.copied = text; return Promise.resolve() }`

// TestNoteInLink writes a link with a note, opens it in another browser, and the
// like for a lesson.
func TestNoteInLink(t *testing.T) {
	h := newHost(t, "/any/sub/path/")
	teacher := browsertest.New(t)
	const note = `先看第二个头，<b>再</b>猜 100% & #1`
	write := func(press string) (link string) {
		t.Helper()
		teacher.Eval(copies, nil)
		teacher.WaitFor("the labs", labsReady)
		typeInto(teacher, "[data-lab=attention] .lab-text", "春江潮水")
		teacher.Eval(`document.querySelector("[data-lab=attention] .lab-link-note").open = true`, nil)
		typeInto(teacher, "[data-lab=attention] .lab-note-text", note)
		teacher.Eval(`[...document.querySelectorAll("[data-lab=attention] .lab-link-note button")].find(b => b.textContent.includes("`+press+`")).click()`, nil)
		teacher.WaitFor("the copy", `window.copied !== undefined && document.querySelector("[data-lab=attention] .lab-link-note .lab-notice").textContent.includes("你的说明")`)
		teacher.Eval(`window.copied`, &link)
		return link
	}
	said := func(b *browsertest.Browser) (text string) {
		b.WaitForSelector("[data-lab=attention] .lab-said")
		b.Eval(`document.querySelector("[data-lab=attention] .lab-said-text").textContent`, &text)
		return text
	}
	open(teacher, h.root+"labs/attention/")
	toLab := write("复制带说明的链接")
	open(teacher, h.root+"lessons/m3/")
	toLesson := write("打开课文的这一处")
	clean(t, teacher)

	learner := browsertest.New(t)
	learner.Viewport(360, 740, true)
	open(learner, toLab)
	learner.WaitFor("the lab", labsReady)
	if got := said(learner); got != note {
		t.Errorf("the note is %q", got)
	}
	if got := learner.Text(".lab-said"); !strings.Contains(got, "不是课文") {
		t.Errorf("nothing says whose text it is: %q", got)
	}
	learner.WaitFor("the state", `document.querySelector("[data-lab=attention] .lab-text").value === "春江潮水"`)
	learner.Click(".lab-said button")
	learner.WaitFor("the note to go", `document.querySelector(".lab-said") === null`)
	learner.WaitFor("the state to stay", `document.querySelector("[data-lab=attention] .lab-text").value === "春江潮水"`)

	open(learner, h.root) // a new document
	open(learner, toLesson)
	learner.WaitFor("the labs", labsReady)
	if got := said(learner); got != note {
		t.Errorf("in the lesson the note is %q", got)
	}
	learner.WaitFor("the lesson's lab in that state and in view", `(() => {
		const lab = document.querySelector("[data-lab=attention]"), top = lab.getBoundingClientRect().top;
		return lab.querySelector(".lab-text").value === "春江潮水" && window.scrollY > 0 && top < innerHeight && document.querySelectorAll(".lab-said").length === 1;
	})()`)

	// A note cut short costs nothing of the state.
	at := strings.Index(toLab, "&note=")
	open(learner, h.root)
	open(learner, toLab[:at]+"&note=%E6%9")
	learner.WaitFor("the lab", labsReady)
	if got := said(learner); !strings.Contains(got, "已损坏") {
		t.Errorf("the damaged note is %q", got)
	}
	learner.WaitFor("the state", `document.querySelector("[data-lab=attention] .lab-text").value === "春江潮水"`)
	clean(t, learner)
}
