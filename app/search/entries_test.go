package search

import (
	"context"
	"strings"
	"testing"

	"courselab/app/content"
	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/registry"
	"courselab/lessons"
	shipped "courselab/lessons/content"
)

// shippedCorpus gathers the course of this repository.
func shippedCorpus(t *testing.T) Corpus {
	t.Helper()
	library, err := content.Load(content.FromFS(shipped.FS), registry.Lessons())
	if err != nil {
		t.Fatal(err)
	}
	var all []*lessons.Lesson
	for _, id := range library.Course().Modules {
		lesson, err := library.Lesson(id)
		if lesson == nil {
			t.Fatal(err)
		}
		all = append(all, lesson)
	}
	terms, err := library.Glossary()
	if err != nil {
		t.Fatal(err)
	}
	return NewCorpus(all, terms, nil, func(id string) string { return id })
}

// What a learner types leads to what the course says about it.
func TestShippedCourseIsFound(t *testing.T) {
	c := shippedCorpus(t)
	client := engine.NewClient(serve.InProcess(serve.Default()), engine.Options{})
	t.Cleanup(client.Stop)
	if err := client.Call(context.Background(), engine.OpSearchIndex, c.Input(), nil); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"注意力机制":     "/glossary/#attention",
		"KV cache":  "/glossary/#kv-cache",
		"kv缓存":      "/glossary/#kv-cache",
		"HumanEval": "/lessons/m5/#humaneval",
		"剪枝":        "/labs/prune/",
		"打平点":       "/glossary/#break-even",
		"Wilson 区间": "/lessons/m5/#wilson",
		"RLHF":      "/lessons/m1/#rlhf",
		"电费":        "/lessons/m6/#power",
	} {
		var out engine.SearchOutput
		if err := client.Call(context.Background(), engine.OpSearchQuery,
			engine.SearchQueryInput{Mark: c.Mark, Query: query, Limit: 5}, &out); err != nil {
			t.Fatal(err)
		}
		var found []string
		for _, r := range out.Results {
			found = append(found, c.Entries[r.Document].Href())
		}
		if !strings.Contains(strings.Join(found, " ")+" ", want+" ") {
			t.Errorf("%q finds %v, not %s", query, found, want)
		}
	}
}

func TestMarkFollowsTheText(t *testing.T) {
	one := func(text string) string {
		return NewCorpus([]*lessons.Lesson{{ID: "m1", Title: "课", Summary: text}}, nil, nil, func(string) string { return "" }).Mark
	}
	if one("甲") != one("甲") || one("甲") == one("乙") {
		t.Error("the mark does not follow the text")
	}
}

func TestEntries(t *testing.T) {
	c := shippedCorpus(t)
	kinds := map[Kind]int{}
	for _, e := range c.Entries {
		kinds[e.Kind]++
		if e.Title == "" || e.Page == "" || strings.Contains(e.Text, "<p>") {
			t.Errorf("entry %+v", e)
		}
	}
	if kinds[Section] < 100 || kinds[Term] < 80 || kinds[Lab] < 20 {
		t.Errorf("entries by kind: %v", kinds)
	}
}
