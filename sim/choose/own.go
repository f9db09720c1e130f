package choose

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"courselab/sim"
	"courselab/sim/paste"
)

// maxOwnName bounds the name of a learner's model, in characters.
const maxOwnName = 60

// ownSource is the source of what the learner typed.
var ownSource = sim.Source{Title: "自己填写"}

// yes and no are what a cell may say about a yes-or-no column.
var yes, no = []string{"是", "有", "yes", "true", "1"}, []string{"否", "无", "没有", "no", "false", "0"}

// attributes are the columns that are no criterion.
var attributes = map[string]func(c *Candidate, text string) (want string){
	"厂商": func(c *Candidate, text string) string { c.Vendor = text; return "" },
	"许可": func(c *Candidate, text string) string { c.Licence = text; return "" },
	"开放权重": func(c *Candidate, text string) string {
		v, want := yesNo(text)
		c.OpenWeights = v
		return want
	},
	"境内可用": func(c *Candidate, text string) string {
		v, want := yesNo(text)
		c.Terms = Terms{Mainland: v, Source: ownSource}
		return want
	},
	"读图": func(c *Candidate, text string) string {
		v, want := yesNo(text)
		if want == "" {
			c.Inputs = []string{"text"}
			if *v {
				c.Inputs = append(c.Inputs, "image")
			}
		}
		return want
	},
	"发布日期": func(c *Candidate, text string) string { c.Released = text; return dateOr(text) },
	"停用日期": func(c *Candidate, text string) string {
		c.Retires, c.TermsOf = text, ownSource
		return dateOr(text)
	},
}

func yesNo(text string) (v *bool, want string) {
	word := strings.ToLower(text)
	switch {
	case slices.Contains(yes, word):
		return new(true), ""
	case slices.Contains(no, word):
		return new(false), ""
	}
	return nil, "是 或 否"
}

func dateOr(text string) string {
	if _, err := day(text); err != nil {
		return "YYYY-MM-DD"
	}
	return ""
}

// OwnColumns are the names of the columns that AddOwn knows, beside the first.
func OwnColumns() []string {
	names := []string{"厂商", "开放权重", "许可", "境内可用", "读图", "发布日期", "停用日期"}
	for _, c := range Criteria() {
		names = append(names, c.Title)
	}
	return names
}

// AddOwn puts a table of the learner's own in among models: its first column
// names a model, the others are named in its first row as in OwnColumns (a
// criterion also by its id or its measure). A row whose name or id is that of a
// model adds to what is known of it, and goes before what is published; any other
// is a model of its own. Empty cells are unknown. models are not changed.
func AddOwn(models []Candidate, table string) ([]Candidate, error) {
	rows, err := paste.Table(table)
	if err != nil {
		return nil, fmt.Errorf("own models: %w", err)
	}
	all := slices.Clone(models)
	if len(rows) == 0 {
		return all, nil
	}
	head := rows[0].Cells
	for _, name := range head[1:] {
		if _, ok := attributes[name]; !ok && criterionOf(name) == nil && name != "" {
			return nil, fmt.Errorf("own models: %w", &sim.FieldError{Field: fmt.Sprintf("line %d", rows[0].Line), Reason: sim.Unknown,
				Detail: fmt.Sprintf("column %.40q; known: %s", name, strings.Join(OwnColumns(), "、"))})
		}
	}
	for _, row := range rows[1:] {
		if err := addRow(&all, head, row); err != nil {
			return nil, fmt.Errorf("own models: %w", err)
		}
	}
	return all, nil
}

func criterionOf(name string) *Criterion {
	for _, c := range Criteria() {
		short, _, _ := strings.Cut(c.Title, "（")
		if name == c.ID || name == c.Title || name == short || !c.Own && name == c.Measure {
			return &c
		}
	}
	return nil
}

func addRow(all *[]Candidate, head []string, row paste.Row) error {
	fail := func(detail string) error {
		return &sim.FieldError{Field: fmt.Sprintf("line %d", row.Line), Reason: sim.Malformed, Detail: detail}
	}
	name := row.Cells[0]
	if n := utf8.RuneCountInString(name); n == 0 || n > maxOwnName {
		return fail(fmt.Sprintf("a name of 1 to %d characters", maxOwnName))
	}
	if len(row.Cells) > len(head) {
		return fail(fmt.Sprintf("%d cells under %d columns", len(row.Cells), len(head)))
	}
	at := slices.IndexFunc(*all, func(c Candidate) bool { return c.Name == name || c.ID == name })
	m := Candidate{ID: fmt.Sprintf("own-%d", row.Line), Name: name, Vendor: "自己", Own: true}
	if at >= 0 {
		m = (*all)[at]
	}
	facts := map[string]Fact{}
	for k, f := range m.Facts {
		facts[k] = f
	}
	m.Facts = facts
	for i, text := range row.Cells[1:] {
		column := head[i+1]
		if text == "" || column == "" {
			continue
		}
		if set, ok := attributes[column]; ok {
			if want := set(&m, text); want != "" {
				return fail(fmt.Sprintf("%s: %.40q, want %s", column, text, want))
			}
			continue
		}
		c := criterionOf(column)
		v, err := strconv.ParseFloat(strings.NewReplacer("−", "-", "%", "", " ", "").Replace(text), 64)
		if err != nil {
			return fail(fmt.Sprintf("%s: %.40q is no number", column, text))
		}
		if err := sim.CheckRange(column, v, c.Least, c.Most); err != nil {
			return fail(err.Error())
		}
		if c.Log && v <= 0 {
			return fail(column + ": want above 0")
		}
		m.Facts[c.ID] = Fact{Lo: v, Hi: v, Own: true, Sources: []sim.Source{ownSource}, Note: "自己填写"}
		if c.ID == "context" {
			m.Context = &v
		}
	}
	if at >= 0 {
		(*all)[at] = m
	} else {
		*all = append(*all, m)
	}
	return nil
}
