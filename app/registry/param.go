package registry

import (
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"courselab/app/format"
	"courselab/lessons"
)

// Kind is what a parameter of a lab holds, and so which control sets it.
type Kind int

const (
	// Number is a finite number from Min to Max; Whole ones are integers. A
	// slider with a typed number beside it, or the typed number alone (Bare).
	Number Kind = iota + 1
	// Choice is the Value of one of Options: a select.
	Choice
	// Toggle is "1" or "0": a checkbox.
	Toggle
	// Text is one line of Min to Max characters.
	Text
	// LongText is text with line breaks, of Min to Max characters, typed, pasted
	// or read from a file.
	LongText
	// Model is the id of a model of the course's data/models.json, or the Value
	// of one of Options.
	Model
	// GPU is the id of an accelerator of the course's data/gpus.json, or the
	// Value of one of Options.
	GPU
	// List is up to Max of the Values of Options, separated by commas, in their
	// order; without Options the ids of models, in the learner's order.
	List
)

// Scale is how a Number's slider maps its places to values. What is typed may
// lie between.
type Scale int

const (
	Linear   Scale = iota
	Log            // equal steps are equal ratios, rounded to two digits; Min 0 is the first place
	Doubling       // Min, twice Min, four times Min …
)

// Option is one value of a Choice or a List.
type Option struct {
	Value string
	Label string
}

// Param is one input of a lab, as data: what the lesson parser accepts, what a
// permalink carries, and which control the learner gets.
type Param struct {
	Name    string // in links, lesson blocks and requests: "context"
	Kind    Kind
	Label   string // for the learner, without the unit
	Unit    string // as in package format; of a Number
	Help    string // one sentence below the control; may be empty
	Default string // in canonical form
	// Group is the title of the collapsible group that the control stands in;
	// empty: always in sight.
	Group string
	// Min and Max bound a Number, the characters of a text, and (Max) the items
	// of a List.
	Min, Max float64
	Step     float64 // of a Number's slider; 0: Whole ones 1, others a hundredth of the range
	Whole    bool
	Scale    Scale
	Bare     bool // a Number without a slider
	// Optional allows the empty value, which Empty names: "自动", "未知".
	Optional bool
	Empty    string
	Options  []Option
	// Trait is what a Model or GPU must have to be offered: one of the traits
	// that the engine's OpLabChoices gives ("arch", "price", "open" …).
	Trait string
	// Accept are the kinds of file that a LongText can be read from, as an
	// <input type=file> takes them: ".csv,text/csv"; empty: no file chooser.
	Accept string
	// Only shows the control while another parameter has one of the values.
	Only Condition
}

// Condition is met while the parameter Name has one of Values. The zero
// Condition is always met.
type Condition struct {
	Name   string
	Values []string
}

// maxListItems bounds a List that does not say how long it may be.
const maxListItems = 12

// Canonical returns text as the lab keeps and sends it, and whether it is
// acceptable. An id of a Model or GPU is held against the catalogue by the
// engine; here only its form counts.
func (p Param) Canonical(text string) (string, bool) {
	if p.Optional && strings.TrimSpace(text) == "" {
		return "", true
	}
	switch p.Kind {
	case Number:
		v, ok := parseNumber(text)
		if !ok || v < p.Min || v > p.Max || p.Whole && v != math.Trunc(v) {
			return "", false
		}
		return format.Plain(v), true
	case Choice:
		text = strings.TrimSpace(text)
		return text, p.option(text) != ""
	case Toggle:
		switch strings.TrimSpace(text) {
		case "1", "true": // lessons write true and false
			return "1", true
		case "0", "false":
			return "0", true
		}
		return "", false
	case Text, LongText:
		clean := p.clean(text)
		n := float64(utf8.RuneCountInString(clean))
		return clean, n >= p.Min && n <= p.Max
	case Model, GPU:
		text = strings.TrimSpace(text)
		return text, isItem(text)
	case List:
		return p.canonicalList(text)
	}
	return "", false
}

// clean drops what cannot be shown; a LongText keeps tabs and line breaks, as \n.
func (p Param) clean(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		if p.Kind == LongText && (r == '\n' || r == '\t') {
			return r
		}
		if r == utf8.RuneError || unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\ufeff' {
			return -1
		}
		return r
	}, text)
}

// Items returns the items of a List's value.
func Items(value string) []string {
	return strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune(",，、 ", r) })
}

func (p Param) canonicalList(text string) (string, bool) {
	most := int(p.Max)
	if most == 0 {
		most = maxListItems
	}
	items, chosen := Items(text), map[string]bool{}
	var kept []string
	for _, item := range items {
		if !isItem(item) || len(p.Options) > 0 && p.option(item) == "" {
			return "", false
		}
		if !chosen[item] {
			chosen[item] = true
			kept = append(kept, item)
		}
	}
	if len(p.Options) > 0 {
		kept = kept[:0]
		for _, o := range p.Options {
			if chosen[o.Value] {
				kept = append(kept, o.Value)
			}
		}
	}
	return strings.Join(kept, ","), len(kept) <= most
}

// isItem reports whether s can be an id: letters, digits, '.', '_' and '-'.
func isItem(s string) bool {
	for _, r := range s {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r)) {
			return false
		}
	}
	return s != "" && len(s) <= 64
}

// option returns the label of an option, "" where there is none.
func (p Param) option(value string) string {
	for _, o := range p.Options {
		if o.Value == value {
			return o.Label
		}
	}
	return ""
}

// Want says in Chinese what is accepted.
func (p Param) Want() string {
	want := ""
	switch p.Kind {
	case Number:
		kind := "数"
		if p.Whole {
			kind = "整数"
		}
		want = format.Number(p.Min) + " 到 " + format.Number(p.Max) + " 的" + kind
	case Choice:
		want = values(p.Options) + " 之一"
	case Toggle:
		want = "1（是）或 0（否）"
	case Text:
		want = format.Plain(p.Min) + " 到 " + format.Plain(p.Max) + " 个字，不含换行"
	case LongText:
		want = format.Plain(p.Min) + " 到 " + format.Plain(p.Max) + " 个字"
	case Model:
		want = "模型目录里的名字，如 llama-2-7b"
	case GPU:
		want = "显卡目录里的名字，如 h100-sxm5-80gb"
	case List:
		if len(p.Options) > 0 {
			want = values(p.Options) + " 中的几个，用逗号分开"
		} else {
			want = "几个名字，用逗号分开"
		}
	}
	if p.Optional {
		want += "，也可以不填"
	}
	return want
}

func values(options []Option) string {
	all := make([]string, len(options))
	for i, o := range options {
		all[i] = o.Value
	}
	return strings.Join(all, "、")
}

// Shown writes a canonical value for the learner.
func (p Param) Shown(value string) string {
	if value == "" && p.Optional {
		return p.Empty
	}
	switch p.Kind {
	case Number:
		if v, ok := parseNumber(value); ok {
			return format.Value(v, p.Unit)
		}
	case Choice, Model, GPU:
		if label := p.option(value); label != "" {
			return label
		}
	case Toggle:
		if value == "1" {
			return "开"
		}
		return "关"
	}
	return value
}

// parseNumber reads a finite decimal number as learners type it: "4096", "−0.5",
// "7e9", "131,072", full-width digits.
func parseNumber(text string) (float64, bool) {
	text = strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '．' || r == '。':
			return '.'
		case r == '−' || r == '－':
			return '-'
		case r == ',' || r == '，' || r == ' ' || r == '\u00a0' || r == '_':
			return -1
		}
		return r
	}, strings.TrimSpace(text))
	for _, r := range text {
		if !strings.ContainsRune("0123456789.eE+-", r) {
			return 0, false // ParseFloat alone would take "inf" and hexadecimals
		}
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && !math.IsInf(v, 0)
}

// spec is the parameter as the lesson parser knows it.
func (p Param) spec() lessons.ParamSpec {
	switch p.Kind {
	case Number:
		kind := lessons.FloatParam
		if p.Whole {
			kind = lessons.IntParam
		}
		return lessons.ParamSpec{Kind: kind, Min: p.Min, Max: p.Max}
	case Choice:
		var choices []string
		for _, o := range p.Options {
			choices = append(choices, o.Value)
		}
		return lessons.ParamSpec{Kind: lessons.ChoiceParam, Choices: choices}
	case Toggle:
		return lessons.ParamSpec{Kind: lessons.BoolParam}
	case Text, LongText:
		return lessons.ParamSpec{Kind: lessons.TextParam, Min: p.Min, Max: p.Max}
	case Model, GPU:
		return lessons.ParamSpec{Kind: lessons.TextParam, Min: 1, Max: 64}
	}
	return lessons.ParamSpec{Kind: lessons.TextParam, Min: 1, Max: 2000}
}
