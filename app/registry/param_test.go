package registry

import (
	"math"
	"testing"

	"courselab/app/format"
)

func TestCanonical(t *testing.T) {
	number := Param{Kind: Number, Min: -1, Max: 1e6, Optional: true, Empty: "自动"}
	whole := Param{Kind: Number, Min: 1, Max: 131072, Whole: true}
	choice := Param{Kind: Choice, Options: []Option{{"a", "甲"}, {"b", "乙"}}}
	list := Param{Kind: List, Options: []Option{{"a", "甲"}, {"b", "乙"}, {"c", "丙"}}, Max: 2}
	models := Param{Kind: List, Max: 2}
	text := Param{Kind: Text, Min: 1, Max: 3}
	long := Param{Kind: LongText, Max: 5}
	for _, c := range []struct {
		p        Param
		in, want string
		ok       bool
	}{
		{number, "", "", true}, {number, " 1,024.50 ", "1024.5", true}, {number, "−0.5", "-0.5", true}, {number, "１２", "12", true},
		{number, "-0", "0", true}, {number, "nan", "", false}, {number, "inf", "", false}, {number, "0x10", "", false}, {number, "1e7", "", false}, {number, "1e", "", false},
		{whole, "", "", false}, {whole, "4096", "4096", true}, {whole, "1.5", "", false}, {whole, "0", "", false}, {whole, "1e5", "100000", true},
		{choice, "a", "a", true}, {choice, " b ", "b", true}, {choice, "甲", "甲", false},
		{Param{Kind: Toggle}, "true", "1", true}, {Param{Kind: Toggle}, "0", "0", true}, {Param{Kind: Toggle}, "yes", "", false},
		{list, "c, a", "a,c", true}, {list, "a，a", "a", true}, {list, "", "", true}, {list, "a,b,c", "", false}, {list, "d", "", false},
		{models, "qwen3-8b,llama-2-7b", "qwen3-8b,llama-2-7b", true}, {models, "a b c", "", false}, {models, "<x>", "", false},
		{text, "明\n月", "明月", true}, {text, "", "", false}, {text, "明月光明", "", false},
		{long, "a\r\nb\x00", "a\nb", true}, {long, "", "", true}, {long, "123456", "", false},
		{Param{Kind: Model}, "llama-2-7b", "llama-2-7b", true}, {Param{Kind: GPU}, "a b", "a b", false},
	} {
		got, ok := c.p.Canonical(c.in)
		if ok != c.ok || ok && got != c.want {
			t.Errorf("%v %q: %q, %v; want %q, %v", c.p.Kind, c.in, got, ok, c.want, c.ok)
		}
		if again, ok := c.p.Canonical(got); c.ok && (!ok || again != got) {
			t.Errorf("%v %q: canonical form %q is not", c.p.Kind, c.in, got)
		}
	}
}

// Every place of a slider is a value that is accepted, values grow with places,
// and a value finds its own place again.
func TestSliders(t *testing.T) {
	for _, p := range []Param{
		{Kind: Number, Min: 1, Max: 64, Whole: true},
		{Kind: Number, Min: 0, Max: 1, Step: 0.1},
		{Kind: Number, Min: 128, Max: 2097152, Whole: true, Scale: Doubling},
		{Kind: Number, Min: 100, Max: 1e9, Scale: Log},
		{Kind: Number, Min: 0, Max: 1e6, Whole: true, Scale: Log},
		{Kind: Number, Min: 0, Max: 100, Scale: Log, Step: 0.01},
	} {
		last := math.Inf(-1)
		for at := 0; at <= p.Places(); at++ {
			v := p.At(at)
			text, ok := p.Canonical(format.Plain(v))
			if !ok || v < last {
				t.Errorf("%+v place %d: %v (%v) after %v", p, at, v, ok, last)
			}
			if back := p.At(p.Place(p.Number(text))); math.Abs(back-v) > 1e-9*math.Abs(v) && math.Abs(back-v) > 0.06*v {
				t.Errorf("%+v place %d: %v comes back as %v", p, at, v, back)
			}
			last = v
		}
		if p.At(0) != p.Min || p.At(p.Places()) != p.Max {
			t.Errorf("%+v: runs from %v to %v", p, p.At(0), p.At(p.Places()))
		}
	}
}

// TestLabsAreWhole holds what the common panel relies on.
func TestLabsAreWhole(t *testing.T) {
	for _, lab := range Labs() {
		seen := map[string]bool{}
		for _, p := range lab.Inputs {
			if seen[p.Name] || p.Name == "" || p.Name == "lab" || p.Label == "" {
				t.Errorf("%s: parameter %q: twice, or without a name or label", lab.Name, p.Name)
			}
			seen[p.Name] = true
			if got, ok := p.Canonical(p.Default); !ok || got != p.Default {
				t.Errorf("%s %s: default %q is not in canonical form (%q, %v)", lab.Name, p.Name, p.Default, got, ok)
			}
			if p.Kind == Number && !(p.Min < p.Max) || p.Scale == Doubling && !(p.Min > 0) {
				t.Errorf("%s %s: from %v to %v", lab.Name, p.Name, p.Min, p.Max)
			}
			if p.Optional && p.Empty == "" {
				t.Errorf("%s %s: optional, and nothing says what its absence means", lab.Name, p.Name)
			}
			if p.Only.Name != "" {
				if _, ok := lab.Input(p.Only.Name); !ok {
					t.Errorf("%s %s: depends on unknown %s", lab.Name, p.Name, p.Only.Name)
				}
			}
		}
		if len(lab.Inputs) == 0 {
			continue
		}
		for i, e := range lab.TryIt {
			for name, value := range e.Params {
				p, ok := lab.Input(name)
				if _, fits := p.Canonical(value); !ok || !fits {
					t.Errorf("%s experiment %d: %s = %q is not accepted", lab.Name, i+1, name, value)
				}
			}
		}
	}
}

func FuzzCanonical(f *testing.F) {
	f.Add("1e9", 1)
	f.Add("明月\r\n", 5)
	f.Add("a,b，c", 8)
	f.Fuzz(func(t *testing.T, text string, kind int) {
		p := Param{Kind: Kind(kind%8 + 1), Min: 0, Max: 1e4, Options: []Option{{"a", "甲"}, {"b", "乙"}}}
		got, ok := p.Canonical(text)
		if again, fits := p.Canonical(got); ok && (!fits || again != got) {
			t.Errorf("%v %q: %q is not canonical: %q", p.Kind, text, got, again)
		}
	})
}
