package labs

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"courselab/app/registry"
)

func TestNoteKeepsStateAndText(t *testing.T) {
	s := defaultAttention()
	s.text, s.heads = "明月几时有", 2
	for _, note := range []string{
		"先看第二个头。", "100% & <b>粗</b> #1 = a+b\"'", strings.Repeat("注意第三行，", 33) + "好", "🌕", "z.abc",
	} {
		link := linkTo(encodePermalink("attention", attentionFields, s), "attention-2", note)
		got, damaged := linkNote(link)
		if got != note || damaged {
			t.Errorf("%q: got %q, damaged %v in %s", note, got, damaged, link)
		}
		back, present, faults := decodePermalink("attention", attentionFields, defaultAttention(), link)
		if !present || len(faults) > 0 || !reflect.DeepEqual(back, s) {
			t.Errorf("%q: state %+v, faults %v", note, back, faults)
		}
		if LinkTarget(link) != "attention-2" {
			t.Errorf("%s leads to %q", link, LinkTarget(link))
		}
		if strings.ContainsAny(link, " <>\"\n") {
			t.Errorf("%q does not survive a mail", link)
		}
	}
	if plain := encodePermalink("attention", attentionFields, s); linkTo(plain, "", " \n ") != plain {
		t.Error("an empty note leaves something")
	}
}

// TestDamagedNote: the state stands whatever the note is.
func TestDamagedNote(t *testing.T) {
	s := defaultAttention()
	s.heads = 4
	plain := encodePermalink("attention", attentionFields, s)
	for raw, want := range map[string]struct {
		note    string
		damaged bool
	}{
		"%E6%9":                   {"", true},
		"%zz":                     {"", true},
		"%ff":                     {"", true},
		"z.!!!":                   {"", true},
		"z.AAAA":                  {"", true},
		"":                        {"", false},
		"%0A%00":                  {"", false},
		"a%0Ab%E2%80%AEc":         {"a bc", false},
		strings.Repeat("a", 5000): {strings.Repeat("a", maxNote), false},
		escapeLink(packText(strings.Repeat("长", 900))): {strings.Repeat("长", maxNote), false},
	} {
		link := plain + "&note=" + raw
		note, damaged := linkNote(link)
		if note != want.note || damaged != want.damaged {
			t.Errorf("%.40s: %.40q, damaged %v", raw, note, damaged)
		}
		back, _, faults := decodePermalink("attention", attentionFields, defaultAttention(), link)
		if len(faults) > 0 || !reflect.DeepEqual(back, s) {
			t.Errorf("%.40s: state %+v, faults %v", raw, back, faults)
		}
	}
}

func TestLinkTarget(t *testing.T) {
	for fragment, want := range map[string]string{
		"": "", "section": "", "lab=": "", "lab=%": "",
		"lab=attention.1": "attention-1", "lab=attention.1&heads=2&lesson-lab=attention-3": "attention-3",
		"lesson-lab=attention-3": "",
	} {
		if got := LinkTarget(fragment); got != want {
			t.Errorf("%q: %q, want %q", fragment, got, want)
		}
	}
}

// FuzzLinkNote: a note is bounded plain text whatever the fragment is, and one
// that was read is written so that it is read again.
func FuzzLinkNote(f *testing.F) {
	f.Add("lab=attention.1&note=%E5%A5%BD")
	f.Add("lab=attention.1&note=" + escapeLink(packText(strings.Repeat("长", 150))))
	f.Fuzz(func(t *testing.T, fragment string) {
		note, damaged := linkNote(fragment)
		if !utf8.ValidString(note) || utf8.RuneCountInString(note) > maxNote || damaged && note != "" {
			t.Fatalf("%q, damaged %v", note, damaged)
		}
		if again, _ := linkNote(linkTo("lab=a.1", "", note)); again != note {
			t.Fatalf("%q, then %q", note, again)
		}
		LinkTarget(fragment)
	})
}

// TestReservedNames: no lab's own field is called as what stands beside the state.
func TestReservedNames(t *testing.T) {
	var names []string
	add := func(more ...string) { names = append(names, more...) }
	for _, f := range attentionFields {
		add(f.name)
	}
	for _, f := range nextFields {
		add(f.name)
	}
	for _, f := range xrayFields {
		add(f.name)
	}
	for _, f := range blocksFields {
		add(f.name)
	}
	for _, lab := range registry.Labs() {
		for _, f := range labFields(&lab) {
			add(f.name)
		}
	}
	for _, name := range names {
		if name == noteKey || name == placeKey {
			t.Errorf("a field is called %q", name)
		}
	}
}
