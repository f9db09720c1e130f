//go:build !js

package journeys

import (
	"fmt"
	"testing"
	"time"

	"courselab/app/browsertest"
	"courselab/app/registry"
)

// What the panel of a run says: the step that it has come to, and the word on what
// happened last.
const (
	runStep = `Number(/：([0-9]+) \//.exec(document.querySelector(".lab-run-meter")?.textContent ?? "")?.[1] ?? 0)`
	runSaid = `document.querySelector(".lab-run [role=status]").textContent`
)

// pressRun presses a button of a run's panel once it can be pressed.
func pressRun(b *browsertest.Browser, text string) {
	const button = `[...document.querySelectorAll('.lab-run button')].find(e => e.textContent === %q && !e.disabled)`
	b.WaitForWithin(time.Minute, "the button "+text, fmt.Sprintf(button+` !== undefined`, text))
	b.Eval(fmt.Sprintf(button+`.click()`, text), nil)
}

// TestTrainingIsKept trains a small model until its held-out loss has fallen,
// keeps the run, loads the page anew and goes on from where it was. What was kept
// outlives an attempt to keep another when the browser has no more room.
func TestTrainingIsKept(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/any/sub/path/")
	b := browsertest.New(t)
	b.Viewport(1280, 900, false)
	page := h.root + "labs/objectives/"
	const losses = `(document.querySelector(".lab-live .sheet-headline")?.textContent ?? "").match(/[0-9.]+ → [0-9.]+/g)`
	open(b, page)
	b.WaitForWithin(time.Minute, "the lab", labAnswered("objectives"))
	pressRun(b, "开始训练")
	b.WaitForWithin(3*time.Minute, "both held-out losses to fall by one nat", losses+`?.every(s => { const [was, is] = s.split(" → ").map(Number); return was - is > 1; })`)
	pressRun(b, "暂停")
	b.WaitForWithin(time.Minute, "the run to rest", runSaid+`.includes("已暂停") && [...document.querySelectorAll('.lab-run button')].some(e => e.textContent === "继续")`)
	pressRun(b, "存在这个浏览器里")
	b.WaitForWithin(time.Minute, "the run to be kept", runSaid+`.includes("已存在这个浏览器里")`)
	var at float64
	b.Eval(runStep, &at)
	if at < 1 {
		t.Fatalf("rests at step %v", at)
	}

	reopen := func() {
		t.Helper()
		b.Reload()
		b.WaitForWithin(time.Minute, "the lab again", labAnswered("objectives"))
		pressRun(b, "打开存下的")
		b.WaitForWithin(time.Minute, "the kept run", runSaid+`.includes("已打开") && `+fmt.Sprintf(`%s === %v`, runStep, at))
	}
	reopen()
	pressRun(b, "走一步")
	b.WaitForWithin(time.Minute, "one step more", fmt.Sprintf(`%s === %v`, runStep, at+1))
	b.Quota(h.URL, 1000)
	pressRun(b, "存在这个浏览器里")
	b.WaitForWithin(time.Minute, "the refusal", `document.querySelector(".lab-run [role=alert]").textContent.includes("空间满了")`)
	reopen()
	clean(t, b)
}

// TestRunsOnAPhone begins the run of every lab that has one, offline and 360 px
// wide, and has each rest after its first steps.
func TestRunsOnAPhone(t *testing.T) {
	long(t)
	t.Parallel()
	h := newHost(t, "/")
	b := browsertest.New(t)
	b.Viewport(360, 740, true)
	open(b, h.root+"labs/")
	b.WaitForWithin(2*time.Minute, "the offline copy", `document.documentElement.dataset.offline === "ready"`)
	b.Offline(true)
	for _, lab := range registry.Labs() {
		if lab.Run == nil {
			continue
		}
		open(b, h.root+"labs/"+lab.Name+"/")
		b.WaitForWithin(time.Minute, lab.Name, `document.querySelector('[data-lab]').dataset.state === "ready"`)
		pressRun(b, lab.Run.Start)
		b.WaitForWithin(3*time.Minute, lab.Name+" to come to its second step", runStep+` >= 2`)
		pressRun(b, "暂停")
		b.WaitForWithin(time.Minute, lab.Name+" to rest", runSaid+`.includes("已暂停")`)
		var width int
		b.Eval(`document.documentElement.scrollWidth`, &width)
		if width > 360 {
			t.Errorf("%s is %d px wide while it runs", lab.Name, width)
		}
		var fault string
		b.Eval(`document.querySelector(".lab-run [role=alert]").textContent`, &fault)
		if fault != "" {
			t.Errorf("%s says %q", lab.Name, fault)
		}
	}
	clean(t, b)
}
