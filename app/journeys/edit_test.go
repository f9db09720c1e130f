//go:build !js

package journeys

import (
	"fmt"
	"strings"
	"testing"

	"courselab/app/browsertest"
	"courselab/app/site"
)

// addedLesson is a module that was not there when the site was built.
const addedLesson = `---
id: m7
title: 第七课
summary: 网站生成以后加的一课。
minutes: 5
objectives:
  - id: o1
    text: 知道课程可以接着长。
---
## 后来的一节 {#later}

这一课里说到白鹭青天。

## 自测 {.quiz}

### 这一课是什么时候加的 {#q-later objectives="o1"}

1. [x] 网站生成以后
2. [ ] 网站生成以前
`

// keptOffline reports whether the offline copy of a file holds a text.
func keptOffline(file, text string) string {
	return fmt.Sprintf(`(async () => {
		for (const name of (await caches.keys()).filter(n => n.includes(":content:"))) {
			const cache = await caches.open(name);
			if (!(await cache.match(courselab.absolute("courselab-content-set")))) continue;
			const hit = await cache.match(courselab.absolute(%q));
			if (hit && (await hit.text()).includes(%q)) return true;
		}
		return false;
	})()`, file, text)
}

// TestEditOnTheHost changes on a static host, under a path, what an instructor
// may change: a sentence, a question, the price of a model, the colour, the labs
// that are shown, the list of modules. All of it is there after a reload, and
// offline afterwards.
func TestEditOnTheHost(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/any/sub/")
	b := browsertest.New(t)
	firstVisit(t, b, h)

	edit := func(files site.Files, file, from, to string) {
		t.Helper()
		text := string(files[file])
		if !strings.Contains(text, from) {
			t.Fatalf("%s has no %q", file, from)
		}
		files[file] = []byte(strings.Replace(text, from, to, 1))
	}
	h.change(func(files site.Files) {
		lesson := string(files["content/zh/m1.md"])
		quiz := strings.Index(lesson, "{.quiz")
		first := quiz + strings.Index(lesson[quiz:], "\n### ")
		files["content/zh/m1.md"] = []byte(lesson[:first] + "\n### 主机上加的题 {#q-host}\n\n1. [x] 黄鹂翠柳\n2. [ ] 白鹭青天\n" + lesson[first:])
		edit(files, "content/zh/m1.md", "\n## ", "\n## 主机上加的一节 {#host}\n\n老师在主机上写了黄鹂翠柳。\n\n## ")
		edit(files, "content/data/models.json", `"currency": "USD", "input": 30,`, `"currency": "USD", "input": 31.5,`)
		edit(files, "content/course.md", "  - m6\n", "  - m6\n  - m7\nhide:\n  - emergence\naccent: 7a2e5d\n")
		files["content/zh/m7.md"] = []byte(addedLesson)
	})

	seen := func(when string) {
		t.Helper()
		open(b, h.root+"lessons/m1/")
		b.WaitFor("the sentence "+when, `document.querySelector("main").textContent.includes("老师在主机上写了黄鹂翠柳")`)
		b.WaitFor("the price "+when, `[...document.querySelectorAll("main table")].some(e => e.textContent.includes("31.5"))`)
		answerSingle(b, "q-host", "黄鹂翠柳")
		if got := verdict(b, "q-host"); got != "right" {
			t.Errorf("%s the added question is judged %q", when, got)
		}
		var hidden int
		b.Eval(`document.querySelectorAll("[data-lab=emergence]").length`, &hidden)
		if hidden != 0 {
			t.Errorf("%s the hidden lab stands in the lesson", when)
		}
		var accent string
		b.Eval(`getComputedStyle(document.documentElement).getPropertyValue("--accent").trim()`, &accent)
		if accent != "#7a2e5d" {
			t.Errorf("%s the accent is %q", when, accent)
		}
		open(b, h.root+"labs/")
		b.WaitFor("the gallery "+when, `document.querySelector('a[href$="labs/tokens/"]') && !document.querySelector('a[href$="labs/emergence/"]')`)
		open(b, h.root)
		b.WaitFor("the modules "+when, `document.querySelector("#modules").textContent === "七个单元"`)
		b.Click(`.modules a[href$="lessons/m7/"]`)
		b.WaitFor("the added module "+when, `document.querySelector("h1").textContent === "第七课"`)
		for _, address := range []string{"lessons/m7/", "lessons/m7", "lessons/m7/index.html"} {
			open(b, h.root+address)
			b.WaitFor(address+" "+when, `document.querySelector("h1").textContent === "第七课" && document.querySelector("main").textContent.includes("白鹭青天")`)
		}
		open(b, h.root+"search/?q=黄鹂翠柳")
		b.WaitFor("the sentence to be found "+when, `document.querySelector("main").textContent.includes("主机上写了黄鹂翠柳")`)
	}
	seen("after a reload")
	b.WaitFor("the added module to be kept", keptOffline("content/zh/m7.md", "白鹭青天"))
	b.WaitFor("the price to be kept", keptOffline("content/data/models.json", "31.5"))

	// The course file names a lesson that has not been uploaded: the set is
	// refused, and the last whole one stays.
	h.change(func(files site.Files) { edit(files, "content/course.md", "  - m7\n", "  - m7\n  - m8\n") })
	for range 2 {
		open(b, h.root)
		b.WaitFor("the last whole set", `courselab.contentReady.then(fresh => fresh !== true && document.querySelector("#modules").textContent === "七个单元")`)
		b.WaitFor("the author to be told", `document.querySelector(".notices").textContent.includes("content/zh/m8.md：course.md 里有，主机上没有")`)
	}

	h.Close()
	b.Offline(true)
	seen("offline")
	for _, v := range b.Violations() {
		t.Errorf("content security policy: %+v", v)
	}
	for _, r := range b.Foreign() {
		t.Errorf("request to another origin: %+v", r)
	}
}
