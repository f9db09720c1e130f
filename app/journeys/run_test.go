//go:build !js

package journeys

import (
	"fmt"
	"testing"
	"time"

	"courselab/app/browsertest"
)

// TestTrainingIsKept trains a small model until its held-out loss has fallen,
// keeps the run, loads the page anew and goes on from where it was.
func TestTrainingIsKept(t *testing.T) {
	h := newHost(t, "/any/sub/path/")
	b := browsertest.New(t)
	b.Viewport(1280, 900, false)
	page := h.root + "labs/objectives/"
	press := func(text string) {
		t.Helper()
		b.WaitFor("the button "+text, fmt.Sprintf(`[...document.querySelectorAll('.lab-run button')].some(e => e.textContent === %q && !e.disabled)`, text))
		b.Eval(fmt.Sprintf(`[...document.querySelectorAll('.lab-run button')].find(e => e.textContent === %q).click()`, text), nil)
	}
	const (
		step   = `Number(/：([0-9]+) \//.exec(document.querySelector(".lab-run-meter")?.textContent ?? "")?.[1] ?? 0)`
		losses = `(document.querySelector(".lab-live .sheet-headline")?.textContent ?? "").match(/[0-9.]+ → [0-9.]+/g)`
		said   = `document.querySelector(".lab-run [role=status]").textContent`
	)
	open(b, page)
	b.WaitForWithin(time.Minute, "the lab", labAnswered("objectives"))
	press("开始训练")
	b.WaitForWithin(3*time.Minute, "both held-out losses to fall by one nat", losses+`?.every(s => { const [was, is] = s.split(" → ").map(Number); return was - is > 1; })`)
	press("暂停")
	b.WaitForWithin(time.Minute, "the run to rest", said+`.includes("已暂停") && [...document.querySelectorAll('.lab-run button')].some(e => e.textContent === "继续")`)
	press("存在这个浏览器里")
	b.WaitForWithin(time.Minute, "the run to be kept", said+`.includes("已存在这个浏览器里")`)
	var at float64
	b.Eval(step, &at)
	if at < 1 {
		t.Fatalf("rests at step %v", at)
	}

	b.Reload()
	b.WaitForWithin(time.Minute, "the lab again", labAnswered("objectives"))
	press("打开存下的")
	b.WaitForWithin(time.Minute, "the kept run", said+`.includes("已打开") && `+fmt.Sprintf(`%s === %v`, step, at))
	press("走一步")
	b.WaitForWithin(time.Minute, "one step more", fmt.Sprintf(`%s === %v`, step, at+1))
	clean(t, b)
}
