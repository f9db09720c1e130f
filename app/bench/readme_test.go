package bench

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the README's tables from testdata/measured.json")

// TestREADME holds the README's tables to the report that they were made from.
func TestREADME(t *testing.T) {
	text, err := os.ReadFile("testdata/measured.json")
	if err != nil {
		t.Fatal(err)
	}
	var r Report
	if err := json.Unmarshal(text, &r); err != nil {
		t.Fatal(err)
	}
	const file, begin, end = "../../README.md", "<!-- lab bench -->\n", "<!-- end -->"
	readme, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(readme), begin)
	shown, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatalf("README.md has no %q … %q", begin, end)
	}
	want := r.Markdown()
	if *update {
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if shown != want {
		t.Errorf("the README's tables are not those of testdata/measured.json (go test ./app/bench -run TestREADME -update):\n%s", want)
	}
	// What was measured says so itself: medians follow from the rounds.
	again := Report{}
	for _, f := range r.Figures {
		for _, rate := range f.Rounds {
			again.note(f.What, f.Unit, f.By, rate)
		}
	}
	again.finish()
	for i, f := range again.Figures {
		if g := r.Figures[i]; f.Median != g.Median || f.Min != g.Min || f.Max != g.Max {
			t.Errorf("%s by %s: %v (%v–%v), its rounds make %v (%v–%v)", g.What, g.By, g.Median, g.Min, g.Max, f.Median, f.Min, f.Max)
		}
	}
	if len(r.Figures) < 20 || len(r.Figures[0].Rounds) < 3 || len(r.Peers) < 2 {
		t.Errorf("only %d figures of %d rounds, %d peers", len(r.Figures), len(r.Figures[0].Rounds), len(r.Peers))
	}
}
