//go:build !js

package journeys

import (
	"strings"
	"testing"

	"courselab/app/browsertest"
)

// TestGuide goes from the about page to the instructor's guide, opens what a lab
// tells the teacher, finds the guide by searching and reads it without a network.
func TestGuide(t *testing.T) {
	h := newHost(t, "/any/sub/path/")
	b := browsertest.New(t)
	open(b, h.root+"about/")
	b.Click(`main a[href$="lessons/guide/"]`)
	b.WaitFor("the guide", `document.querySelector("h1")?.textContent === "教师指南" && document.querySelector("#nginx") !== null`)
	b.Click(".notes summary")
	b.WaitFor("a note", `document.querySelector(".notes details[open]")?.textContent.includes("问全班") ?? false`)
	b.WaitFor("the offline copy", offlineSet)
	open(b, h.root+"search/?q=nginx")
	b.WaitFor("the guide among the results", `document.querySelector(".result a")?.getAttribute("href").endsWith("lessons/guide/#nginx") ?? false`)
	clean(t, b)

	h.Close()
	b.Offline(true)
	open(b, h.root+"lessons/guide/")
	b.WaitFor("the guide offline", `document.querySelector("#collect") !== null`)
	// It is no lesson to go on with.
	open(b, h.root)
	if start := b.Text(".start"); strings.Contains(start, "教师指南") || !strings.Contains(start, "开始学习") {
		t.Errorf("the map offers %q", start)
	}
	clean(t, b)
}
