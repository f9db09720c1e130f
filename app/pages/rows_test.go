package pages

import (
	"fmt"
	"strings"
	"testing"

	"courselab/lessons"
)

// sectionsOf builds sections from a sketch: "2:a LAB b" is a section of the
// second rank with prose a, a lab, prose b.
func sectionsOf(sketch ...string) []lessons.Section {
	var all []lessons.Section
	for i, s := range sketch {
		level, blocks, _ := strings.Cut(s, ":")
		section := lessons.Section{ID: fmt.Sprintf("s%d", i)}
		fmt.Sscan(level, &section.Level)
		section.HTML = section.ID
		for _, b := range strings.Fields(blocks) {
			if b == "TABLE" {
				section.Blocks = append(section.Blocks, lessons.Block{Lab: &lessons.Lab{Key: "table", Name: "models"}})
				continue
			}
			if b == "LAB" {
				section.Blocks = append(section.Blocks, lessons.Block{Lab: &lessons.Lab{Key: section.ID}})
				continue
			}
			section.Blocks = append(section.Blocks, lessons.Block{HTML: b})
		}
		all = append(all, section)
	}
	return all
}

// draw prints rows as "before|LAB key|after; …", headings as #id.
func draw(all []row) string {
	var parts []string
	text := func(html string) string {
		for {
			i := strings.Index(html, "<h")
			if i < 0 {
				return html
			}
			end := strings.Index(html, "</h") + 5
			tag := html[i:end]
			id := tag[strings.Index(tag, `id="`)+4:]
			html = html[:i] + "#" + id[:strings.IndexByte(id, '"')] + " " + html[end:]
		}
	}
	for _, r := range all {
		part := bare(text(r.Before))
		if r.Lab != nil {
			part += "|LAB " + r.Lab.Key + "|" + bare(text(r.After))
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

// bare takes off the wrapper.
func bare(html string) string {
	return strings.TrimSuffix(strings.TrimPrefix(html, `<div class="prose">`), "</div>")
}

func TestRows(t *testing.T) {
	for _, c := range []struct {
		name   string
		sketch []string
		want   string
	}{
		{"empty", nil, ""},
		{"prose only", []string{"0:a", "2:b", "3:c"}, "a#s1 b#s2 c"},
		{"lab between prose", []string{"2:a LAB b"}, "#s0 a|LAB s0|b"},
		{"lab follows the sections below its own", []string{"2:a LAB", "3:b", "2:c"}, "#s0 a|LAB s0|#s1 b; #s2 c"},
		{"a section of the same rank ends it", []string{"3:a LAB", "3:b"}, "#s0 a|LAB s0|; #s1 b"},
		{"next lab starts a row", []string{"2:a LAB", "3:b LAB c"}, "#s0 a|LAB s0|; #s1 b|LAB s1|c"},
		{"two labs in one section", []string{"2:a LAB b LAB c"}, "#s0 a|LAB s0|b; |LAB s0|c"},
		{"a table stands in the text", []string{"2:a TABLE b"}, "#s0 a; |LAB table|; b"},
		{"a table ends the row of a lab", []string{"2:a LAB b TABLE c"}, "#s0 a|LAB s0|b; |LAB table|; c"},
		{"a table first", []string{"2:TABLE", "3:b LAB"}, "#s0 ; |LAB table|; #s1 b|LAB s1|"},
		{"prose before the first lab", []string{"2:a", "2:b LAB"}, "#s0 a; #s1 b|LAB s1|"},
	} {
		if got := draw(rows(sectionsOf(c.sketch...), nil)); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// Whatever the order of labs and prose, nothing is lost or repeated.
func TestRowsKeepEverythingInOrder(t *testing.T) {
	sections := sectionsOf("0:p0", "2:p1 LAB p2", "3:p3", "4:LAB", "2:p4", "3:p5 LAB LAB p6", "2:p7")
	var got strings.Builder
	labs := 0
	for _, r := range rows(sections, nil) {
		got.WriteString(r.Before)
		if r.Lab != nil {
			labs++
		}
		got.WriteString(r.After)
	}
	last := -1
	for i := range 8 {
		word := fmt.Sprintf("p%d", i)
		if n := strings.Count(got.String(), word); n != 1 {
			t.Errorf("%s appears %d times", word, n)
		}
		at := strings.Index(got.String(), word)
		if at < last {
			t.Errorf("%s is out of order", word)
		}
		last = at
	}
	if labs != 4 {
		t.Errorf("%d labs, want 4", labs)
	}
}

func TestPlaceOf(t *testing.T) {
	for _, c := range []struct {
		name   string
		tops   []float64
		bottom float64
		index  int
		offset float64
	}{
		{"no headings", nil, 1000, -1, 0},
		{"above the first", []float64{500, 900}, 2000, -1, 0},
		{"first just reached", []float64{100, 900}, 2000, 0, 0},
		{"in the middle of the first", []float64{-200, 200}, 2000, 0, 0.5},
		{"in the last, up to the end", []float64{-2000, -300}, 700, 1, 0.3},
		{"past the end", []float64{-2000}, -100, 0, 1},
	} {
		index, offset := placeOf(c.tops, c.bottom)
		if index != c.index || offset < c.offset-1e-9 || offset > c.offset+1e-9 {
			t.Errorf("%s: %d, %v; want %d, %v", c.name, index, offset, c.index, c.offset)
		}
	}
}

func TestFaultLines(t *testing.T) {
	var many lessons.Faults
	for i := range 10 {
		many = append(many, lessons.Fault{File: "zh/m1.md", Line: i + 1, Message: "错"})
	}
	got := FaultLines(fmt.Errorf("read course: %w", many))
	if len(got) != 9 || got[0] != "zh/m1.md:1: 错" || got[8] != "……另有 2 处" {
		t.Errorf("FaultLines = %q", got)
	}
	if FaultLines(nil) != nil {
		t.Error("no error has lines")
	}
}

// Labs that the course hides are left out, their text stays, and the lesson
// itself is not changed.
func TestRowsLeaveOutHiddenLabs(t *testing.T) {
	sections := []lessons.Section{{Level: 2, ID: "a", Title: "甲", HTML: "甲", Blocks: []lessons.Block{
		{HTML: "<p>前</p>"}, {Lab: &lessons.Lab{Name: "prune"}}, {HTML: "<p>后</p>"}, {Lab: &lessons.Lab{Name: "quantise"}}}}}
	got := rows(sections, &lessons.Course{Hidden: []string{"prune"}})
	if len(got) != 1 || got[0].Lab == nil || got[0].Lab.Name != "quantise" || !strings.Contains(got[0].Before, "前") || !strings.Contains(got[0].Before, "后") {
		t.Errorf("%+v", got)
	}
	if len(sections[0].Blocks) != 4 {
		t.Error("the lesson has lost its lab")
	}
}

func TestUnits(t *testing.T) {
	for n, want := range map[int]string{1: "一个单元", 2: "两个单元", 6: "六个单元", 10: "十个单元", 11: "11 个单元"} {
		if got := units(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}
