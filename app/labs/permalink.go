package labs

import (
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A permalink is the fragment of a lab's address:
//
//	#lab=NAME.VERSION&field=value&…
//
// Values are percent-encoded UTF-8, so that a link survives being mailed; long
// texts are compressed (permalink_pack.go). Fields that are empty are left out,
// unless the empty value differs from the default. The version is raised when a field changes
// its meaning; a link of another version is still read field by field, with a
// notice.

// permalinkVersion is that of the links written.
const permalinkVersion = 1

// maxPermalink bounds the fragment that is read, in bytes.
const maxPermalink = 64 << 10

// field is one value of a lab's state S.
type field[S any] struct {
	name  string // in links and lesson parameters
	label string // for the learner
	want  string // what is accepted, in words
	get   func(S) string
	// set puts a value in and reports whether it is acceptable; on false the
	// state may be half changed and is thrown away.
	set func(*S, string) bool
	// blank says that the empty value is one of its own, and not the default.
	blank bool
	// pack says that long values are compressed in links.
	pack bool
}

// fault is a value of a link that could not be used.
type fault struct {
	field, value, message string
}

func (f field[S]) fault(kept S, value string) fault {
	m := "“" + f.label + "”（" + f.name + "）的值“" + shorten(value) + "”不能用，应为" + f.want
	return fault{field: f.name, value: value, message: m + f.instead(kept)}
}

// damage is the fault of a value that is no percent-encoded UTF-8.
func (f field[S]) damage(kept S, value string) fault {
	m := "链接里“" + f.label + "”（" + f.name + "）的值已损坏：可能没有复制完整，手写的“%”要写成“%25”"
	return fault{field: f.name, value: value, message: m + f.instead(kept)}
}

func (f field[S]) instead(kept S) string {
	if k := f.get(kept); k != "" {
		return "；已用“" + shorten(k) + "”。"
	}
	return "；已忽略。"
}

// encodePermalink writes s as a fragment, without the '#'.
func encodePermalink[S any](lab string, fields []field[S], s S) string {
	var b strings.Builder
	b.WriteString("lab=" + lab + "." + strconv.Itoa(permalinkVersion))
	for _, f := range fields {
		v := f.get(s)
		if f.pack {
			v = packText(v)
		}
		if v != "" || f.blank {
			b.WriteString("&" + f.name + "=" + escapeLink(v))
		}
	}
	return b.String()
}

// decodePermalink reads a fragment over the defaults. present is false when the
// fragment is none of a lab's: empty, or an anchor. What cannot be used keeps
// its default and is named in faults.
func decodePermalink[S any](lab string, fields []field[S], defaults S, fragment string) (s S, present bool, faults []fault) {
	s = defaults
	fragment = strings.TrimPrefix(fragment, "#")
	if !strings.HasPrefix(fragment, "lab=") {
		return s, false, nil
	}
	if len(fragment) > maxPermalink {
		return s, true, []fault{{field: "lab", message: "链接太长（超过 64 KB），没有读取；已用默认值。"}}
	}
	pairs := strings.Split(fragment, "&")
	name, version, _ := strings.Cut(strings.TrimPrefix(pairs[0], "lab="), ".")
	if _, ok := unescapeLink(pairs[0]); !ok {
		return s, true, []fault{{field: "lab", message: "链接已损坏，读不出属于哪个实验；已用默认值。"}}
	}
	if name != lab {
		return s, true, []fault{{field: "lab", value: name, message: "链接属于实验“" + shorten(name) + "”，不是这一个；已用默认值。"}}
	}
	if version != strconv.Itoa(permalinkVersion) {
		faults = append(faults, fault{field: "lab", value: version,
			message: "链接的版本是“" + shorten(version) + "”，这里是 " + strconv.Itoa(permalinkVersion) + "；能认的部分已照用。"})
	}
	values, damaged := map[string]string{}, map[string]bool{}
	for _, p := range pairs[1:] {
		key, raw, _ := strings.Cut(p, "=")
		if p == "" || key == noteKey || key == placeKey {
			continue // permalink_note.go reads these
		}
		known := false
		for _, f := range fields {
			known = known || f.name == key
		}
		if !known {
			faults = append(faults, fault{field: key, value: raw, message: "不认识链接里的“" + shorten(key) + "”；已忽略。"})
			continue
		}
		v, ok := unescapeLink(raw)
		values[key], damaged[key] = v, !ok
	}
	// In the fields' own order: the cell looked at depends on text and d_k.
	for _, f := range fields {
		v, given := values[f.name]
		ok := !damaged[f.name]
		if ok && f.pack {
			v, ok = unpackText(v)
		}
		if !ok {
			faults = append(faults, f.damage(s, v))
			continue
		}
		if v == "" && !(given && f.blank) {
			continue
		}
		if next := s; f.set(&next, v) {
			s = next
		} else {
			faults = append(faults, f.fault(s, v))
		}
	}
	return s, true, faults
}

// unescapeLink is the inverse of escapeLink; ok is false for what that never
// writes. U+FFFD stands where boot.js found a '%' that encodes nothing.
func unescapeLink(raw string) (v string, ok bool) {
	v, err := url.QueryUnescape(raw)
	return v, err == nil && utf8.ValidString(v) && !strings.ContainsRune(v, utf8.RuneError)
}

// escapeLink percent-encodes v, leaving the marks that fragments may hold.
func escapeLink(v string) string {
	v = url.QueryEscape(v)
	v = strings.ReplaceAll(v, "%3A", ":")
	return strings.ReplaceAll(v, "%2C", ",")
}

// shorten bounds what a message quotes.
func shorten(s string) string {
	const most = 24
	n := 0
	for i := range s {
		if n == most {
			return s[:i] + "…"
		}
		n++
	}
	return s
}

func intField[S any](name, label string, low, high int, at func(*S) *int) field[S] {
	return field[S]{name: name, label: label,
		want: strconv.Itoa(low) + " 到 " + strconv.Itoa(high) + " 的整数",
		get:  func(s S) string { return strconv.Itoa(*at(&s)) },
		set: func(s *S, v string) bool {
			n, err := strconv.Atoi(v)
			if err != nil || n < low || n > high {
				return false
			}
			*at(s) = n
			return true
		}}
}

func boolField[S any](name, label string, at func(*S) *bool) field[S] {
	return field[S]{name: name, label: label, want: " 1（是）或 0（否）",
		get: func(s S) string {
			if *at(&s) {
				return "1"
			}
			return "0"
		},
		set: func(s *S, v string) bool {
			// Lessons write true and false.
			switch v {
			case "1", "true":
				*at(s) = true
			case "0", "false":
				*at(s) = false
			default:
				return false
			}
			return true
		}}
}

func choiceField[S any](name, label string, choices []string, at func(*S) *string) field[S] {
	return field[S]{name: name, label: label, want: strings.Join(choices, "、") + " 之一",
		get: func(s S) string { return *at(&s) },
		set: func(s *S, v string) bool {
			for _, c := range choices {
				if v == c {
					*at(s) = v
					return true
				}
			}
			return false
		}}
}
