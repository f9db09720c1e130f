package labs

import (
	"reflect"
	"strings"
	"testing"
)

func TestPermalinkKeepsState(t *testing.T) {
	all := defaultAttention()
	all.text = "a=b&c #50%，明月+霜🌕"
	all.heads, all.dk, all.causal, all.scale, all.seed, all.backend = 4, 64, true, false, maxSeed, "cpu"
	all.edit(cell{"q", 3, 2, 63}, -1.5)
	all.edit(cell{"v", 0, 0, 0}, 1e-7)
	all.at = cell{"masked", 2, 1, 3}
	for _, want := range []attentionState{defaultAttention(), all} {
		link := encodePermalink("attention", attentionFields, want)
		got, present, faults := decodePermalink("attention", attentionFields, defaultAttention(), "#"+link)
		if !present || len(faults) > 0 {
			t.Errorf("%s: present %v, faults %v", link, present, faults)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", link, got, want)
		}
		if strings.ContainsAny(link, " #\"<>\n") {
			t.Errorf("%q would break when pasted", link)
		}
	}
}

func TestPermalinkNamesWhatIsWrong(t *testing.T) {
	for fragment, want := range map[string][]string{
		"lab=attention.1&dk=abc":                               {"d_k", "abc", "2 到 64", "已用“8”"},
		"lab=attention.1&dk=65":                                {"65"},
		"lab=attention.1&dk=+8":                                {"d_k"},
		"lab=attention.1&heads=0":                              {"头数", "0", "1 到 4"},
		"lab=attention.1&seed=-1":                              {"随机种子", "-1"},
		"lab=attention.1&backend=gpu":                          {"计算后端", "gpu"},
		"lab=attention.1&text=%zz%":                            {"文字", "损坏", "已用“床前"},
		"lab=attention.1&text=%E6%98%A5%E6":                    {"文字", "损坏"},
		"lab=attention.1&dk=1%EF%BF%BD":                        {"d_k", "损坏", "已用“8”"},
		"lab=%":                                                {"损坏", "默认值"},
		"lab=attention.1&text=" + strings.Repeat("a", 65):      {"文字"},
		"lab=attention.1&edits=q0.0.0:NaN":                     {"改动", "NaN"},
		"lab=attention.1&edits=q0.0.99:1":                      {"改动"},
		"lab=attention.1&edits=w0.0.0:1":                       {"改动"},
		"lab=attention.1&edits=q0.0.0:1,q0.0.0:2":              {"改动"},
		"lab=attention.1&at=weights9.0.0":                      {"所看的格子"},
		"lab=attention.1&colour=red":                           {"colour"},
		"lab=attention.9":                                      {"版本", "9"},
		"lab=fit.1":                                            {"fit"},
		"lab=attention.1&" + strings.Repeat("x", maxPermalink): {"太长"},
	} {
		s, present, faults := decodePermalink("attention", attentionFields, defaultAttention(), fragment)
		if !present {
			t.Errorf("%.60s: not taken for a permalink", fragment)
		}
		if len(faults) != 1 {
			t.Errorf("%.60s: faults %v, want one", fragment, faults)
			continue
		}
		for _, w := range want {
			if !strings.Contains(faults[0].message, w) {
				t.Errorf("%.60s: message %q lacks %q", fragment, faults[0].message, w)
			}
		}
		if !reflect.DeepEqual(s, defaultAttention()) {
			t.Errorf("%.60s: state %+v, want the defaults", fragment, s)
		}
	}
}

func TestPermalinkKeepsTheRest(t *testing.T) {
	s, _, faults := decodePermalink("attention", attentionFields, defaultAttention(), "lab=attention.1&heads=9&dk=16&causal=1")
	if len(faults) != 1 || s.heads != 2 || s.dk != 16 || !s.causal {
		t.Errorf("state %+v, faults %v", s, faults)
	}
}

func TestAnchorIsNoPermalink(t *testing.T) {
	for _, f := range []string{"", "#", "#s3-1", "quiz"} {
		if _, present, faults := decodePermalink("attention", attentionFields, defaultAttention(), f); present || faults != nil {
			t.Errorf("%q taken for a permalink: %v", f, faults)
		}
	}
}

// FuzzPermalink holds that any fragment leads to a state that the engine
// accepts and that survives being written again.
func FuzzPermalink(f *testing.F) {
	f.Add("lab=attention.1&text=%E9%9C%9C&heads=2&dk=8&causal=0&scale=1&seed=1&edits=q0.0.0:1&at=q0.0.0")
	f.Add("lab=attention.1&at=q1.10.7&dk=2")
	f.Add("lab=attention&text=&edits=,")
	f.Add("lab=attention.1&edits=q0.0.0:1e39&seed=18446744073709551616")
	f.Fuzz(func(t *testing.T, fragment string) {
		s, _, _ := decodePermalink("attention", attentionFields, defaultAttention(), fragment)
		n := runeCount(s.text)
		if n < 1 || n > 64 || s.heads < 1 || s.heads > 4 || s.dk < 2 || s.dk > 64 || s.seed > maxSeed {
			t.Fatalf("%q: out of range: %+v", fragment, s)
		}
		if !s.holds(s.at) || len(s.strayEdits()) > 0 {
			t.Fatalf("%q: cells outside: %+v", fragment, s)
		}
		again, present, faults := decodePermalink("attention", attentionFields, defaultAttention(), encodePermalink("attention", attentionFields, s))
		if !present || len(faults) > 0 || !reflect.DeepEqual(again, s) {
			t.Fatalf("%q: %+v became %+v with %v", fragment, s, again, faults)
		}
	})
}

func TestParamsSetTheLab(t *testing.T) {
	s, faults := attentionFromParams(map[string]string{
		"text": "春眠", "dk": "16", "heads": "3", "causal": "true", "scale": "false", "seed": "5", "matrix": "k", "head": "3"})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	want := attentionState{text: "春眠", dk: 16, heads: 3, causal: true, seed: 5, at: cell{matrix: "k", head: 2}}
	if !reflect.DeepEqual(s, want) {
		t.Errorf("got %+v, want %+v", s, want)
	}
}

func TestSettleKeepsCellsInside(t *testing.T) {
	s := defaultAttention()
	s.edit(cell{"q", 1, 5, 7}, 1)
	s.edit(cell{"k", 0, 0, 1}, 2)
	s.at = cell{"output", 1, 9, 7}
	s.heads, s.dk, s.text = 1, 2, "明月"
	s.settle()
	if len(s.edits) != 1 || s.edits[0].Matrix != "k" {
		t.Errorf("edits %v, want only k's", s.edits)
	}
	if want := (cell{"output", 0, 1, 1}); s.at != want {
		t.Errorf("at %v, want %v", s.at, want)
	}
}

func TestCleanText(t *testing.T) {
	for in, want := range map[string]string{
		"床前\n明月\t光": "床前明月光", "a\xffb": "ab", "": "", "\u2028": "", "🌕月": "🌕月",
		strings.Repeat("月", 70): strings.Repeat("月", 64),
	} {
		if got := cleanText(in, 64); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
