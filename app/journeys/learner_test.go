//go:build !js

package journeys

import (
	"fmt"
	"strings"
	"testing"

	"courselab/app/browsertest"
)

const (
	appReady   = `document.documentElement.dataset.app === "ready"`
	labsReady  = `[...document.querySelectorAll("[data-lab=attention]")].length > 0 && [...document.querySelectorAll("[data-lab=attention]")].every(e => e.dataset.state === "ready")`
	offlineSet = `globalThis.courselab.offline.state === "ready" && navigator.serviceWorker.controller !== null`
)

// clean fails the test for anything the browser complained of on the way.
func clean(t *testing.T, b *browsertest.Browser) {
	t.Helper()
	for _, m := range b.Errors() {
		t.Errorf("console: %+v", m)
	}
	for _, v := range b.Violations() {
		t.Errorf("content security policy: %+v", v)
	}
	for _, r := range b.Foreign() {
		t.Errorf("request to another origin: %+v", r)
	}
}

// open goes to a page and waits until it can be used.
func open(b *browsertest.Browser, address string) {
	b.Navigate(address)
	b.WaitFor("the app to be ready", appReady)
}

// answerSingle picks the option whose text contains a phrase and checks it.
func answerSingle(b *browsertest.Browser, question, phrase string) {
	b.WaitForSelector("#" + question)
	if verdict(b, question) != "" {
		b.Eval(fmt.Sprintf(`document.querySelector("#quiz-%s-again").click()`, question), nil)
	}
	b.WaitForSelector("#" + question + " .option-input:enabled")
	b.Eval(fmt.Sprintf(`(() => {
		const option = [...document.querySelectorAll("#%s .option")].find(o => o.textContent.includes(%q));
		option.querySelector("input").click();
	})()`, question, phrase), nil)
	b.WaitFor("the option to be chosen", fmt.Sprintf(`document.querySelector("#%s .option-input:checked") !== null`, question))
	check(b, question)
}

// check presses the question's button and waits for the verdict.
func check(b *browsertest.Browser, question string) {
	b.Eval(fmt.Sprintf(`document.querySelector("#%s .button-primary").click()`, question), nil)
	b.WaitFor(question+" to be judged", fmt.Sprintf(`document.querySelector("#%s").dataset.state === "checked"`, question))
}

// verdict returns "right" or "wrong", or "" where the question is open.
func verdict(b *browsertest.Browser, question string) string {
	var s string
	b.Eval(fmt.Sprintf(`document.querySelector("#%s .result-verdict")?.dataset.mark ?? ""`, question), &s)
	return s
}

// TestLearner reads the lesson, uses the lab, answers the quiz, comes back to
// find it all, and does it again without a network: at the root and below it.
func TestLearner(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"/", "/any/sub/path/"} {
		t.Run(strings.ReplaceAll(base, "/", "_"), func(t *testing.T) {
			h := newHost(t, base)
			b := browsertest.New(t)
			b.Viewport(1280, 900, false)

			open(b, h.root)
			b.Click(`a[href$="lessons/m3/"]`)
			b.WaitFor("the lesson", `document.querySelector("h1")?.textContent.includes("模型架构")`)
			readAndAnswer(t, b)
			b.WaitFor("the offline copy", offlineSet)
			b.Reload()
			b.WaitFor("the app to be ready", appReady)
			if got := verdict(b, "q-mixing"); got != "right" {
				t.Errorf("after reload the question is %q, want right", got)
			}
			clean(t, b)

			h.Close()
			b.Offline(true)
			b.Navigate(h.root + "lessons/m3/?from=bookmark")
			b.WaitFor("the app to be ready", appReady)
			if got := verdict(b, "q-mixing"); got != "right" {
				t.Errorf("offline the question is %q, want right", got)
			}
			readAndAnswer(t, b)
			for _, path := range []string{"", "labs/", "labs/attention/", "settings", "about/", "lessons/m1/"} {
				open(b, h.root+path)
				if got := b.Text("h1"); got == "" {
					t.Errorf("%s offline: no heading", path)
				}
			}
			open(b, h.root+"labs/attention/?backend=cpu")
			b.WaitFor("the lab", labsReady)
			clean(t, b)
		})
	}
}

// readAndAnswer stands on the lesson: it changes the lab's text, answers a
// question that is graded by the page, and one that is graded by the engine.
func readAndAnswer(t *testing.T, b *browsertest.Browser) {
	t.Helper()
	b.WaitFor("the labs", labsReady)
	typeInto(b, "[data-lab=attention] .lab-text", "春江潮水")
	b.WaitFor("the lab to answer", labsReady+` && document.querySelector("[data-lab=attention]").textContent.includes("4 × 4")`)

	answerSingle(b, "q-mixing", "每个词元仍被变换")
	if got := verdict(b, "q-mixing"); got != "right" {
		t.Errorf("the right option is judged %q", got)
	}

	b.WaitFor("the engine to draw", `document.querySelector("#q-scaled-score input:enabled") !== null || document.querySelector("#q-scaled-score").dataset.state === "checked"`)
	if verdict(b, "q-scaled-score") == "" {
		typeInto(b, "#q-scaled-score input", fmt.Sprint(scaledScore(t, b)))
		check(b, "q-scaled-score")
		if got := verdict(b, "q-scaled-score"); got != "right" {
			t.Errorf("the right number is judged %q: %s", got, b.Text("#q-scaled-score"))
		}
	}
}

// scaledScore computes q·k/√4 from the numbers that the prompt shows.
func scaledScore(t *testing.T, b *browsertest.Browser) float64 {
	t.Helper()
	var shown []string
	b.Eval(`[...document.querySelectorAll("#q-scaled-score .param")].map(e => e.textContent)`, &shown)
	var v [8]float64 // q1 … q4, k1 … k4, as the prompt names them
	if len(shown) != len(v) {
		t.Fatalf("the prompt shows %v", shown)
	}
	for i, s := range shown {
		if _, err := fmt.Sscan(strings.ReplaceAll(s, "−", "-"), &v[i]); err != nil {
			t.Fatalf("parameter %q: %v", s, err)
		}
	}
	return (v[0]*v[4] + v[1]*v[5] + v[2]*v[6] + v[3]*v[7]) / 2
}

// typeInto replaces a field's text as typing does.
func typeInto(b *browsertest.Browser, selector, text string) {
	b.WaitForSelector(selector + ":enabled")
	b.Eval(fmt.Sprintf(`(() => {
		const field = document.querySelector(%q);
		field.focus();
		field.value = %q;
		field.dispatchEvent(new Event("input", {bubbles: true}));
		field.dispatchEvent(new Event("change", {bubbles: true}));
	})()`, selector, text), nil)
}
