package progress

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

func linked(t testing.TB, f File) string {
	t.Helper()
	link, err := f.Link()
	if err != nil {
		t.Fatal(err)
	}
	return link
}

// TestLinkKeepsAll: what goes through a link is what goes through a file.
func TestLinkKeepsAll(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 60 {
		f := randomFile(r, "llm")
		link := linked(t, f)
		if strings.Trim(link, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=") != "" {
			t.Fatalf("%q does not survive a mail", link)
		}
		got, present, err := ParseLink("#"+link, "llm")
		if err != nil || !present {
			t.Fatal(err)
		}
		want, err := ParseFile(encoded(t, f), "llm")
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\n%+v", got, want)
		}
	}
}

// TestLinkParts: the parts of a file, taken in any order, are the whole; a brief
// one changes no score and takes nothing away.
func TestLinkParts(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 40 {
		f := randomFile(r, "llm").normalise()
		f.Exams = nil // no part carries them
		c := &clock{day}
		whole, parts := open(&Memory{}, c), open(&Memory{}, c)
		whole.Take(f)
		for _, id := range []string{"m2", "m0", "m1"} {
			part, _, err := ParseLink(linked(t, f.Only(id)), "llm")
			if err != nil {
				t.Fatal(err)
			}
			parts.Take(part)
		}
		if x, y := contents(whole), contents(parts); !reflect.DeepEqual(x, y) {
			t.Fatalf("parts:\n%+v\n%+v", x, y)
		}
		brief, dropped := f.Brief()
		_, before := f.Answers()
		if _, after := brief.Answers(); before-after != dropped {
			t.Fatalf("%d of %d attempts, %d dropped", after, before, dropped)
		}
		for id, l := range f.Lessons {
			for q, record := range l.Questions {
				short := brief.Lessons[id].Questions[q]
				for _, mark := range []string{"f0", "f1", "f2"} {
					x, _ := record.Last(mark)
					y, _ := short.Last(mark)
					if short.Best(mark) != record.Best(mark) || short.FirstTry(mark) != record.FirstTry(mark) || !reflect.DeepEqual(x, y) {
						t.Fatalf("%s %s: %+v\n%+v", q, mark, record, short)
					}
				}
			}
		}
		if sum := whole.Take(brief); sum.Attempts != 0 {
			t.Fatalf("a brief file brought %+v", sum)
		}
		if x, y := contents(whole), contents(parts); !reflect.DeepEqual(x, y) {
			t.Fatal("a brief file has changed what was there")
		}
	}
}

func TestCompare(t *testing.T) {
	c := &clock{day}
	a, b := open(&Memory{}, c), open(&Memory{}, c)
	record(t, a, "m3", "q1", choice("a", true))
	record(t, a, "m3", "q2", choice("a", true))
	f := a.Export()
	before := contents(b)
	sum := b.Compare(f)
	if sum.Questions != 2 || sum.Attempts != 2 || !reflect.DeepEqual(before, contents(b)) {
		t.Errorf("%+v", sum)
	}
	if took := b.Take(f); took != sum {
		t.Errorf("told %+v, took %+v", sum, took)
	}
	if sum := b.Compare(f); sum.Attempts != 0 {
		t.Errorf("again %+v", sum)
	}
}

func TestLinkRefuses(t *testing.T) {
	s := open(&Memory{}, &clock{day})
	s.SetName("学员")
	record(t, s, "m3", "q", choice("a", true))
	good := linked(t, s.Export())
	later := s.Export()
	later.Version = 7
	other := s.Export()
	other.Course = "cooking"
	edited := []byte(good)
	edited[len(edited)/2] ^= 1
	for name, test := range map[string]struct{ fragment, want string }{
		"cut":           {good[:len(good)/2], "不完整或被改动"},
		"cut by one":    {good[:len(good)-1], "不完整或被改动"},
		"edited":        {string(edited), "不完整或被改动"},
		"nothing":       {"progress=", "不完整或被改动"},
		"no data":       {"progress=1.", "不完整或被改动"},
		"no base64":     {"progress=1.%zz", "不完整或被改动"},
		"later link":    {strings.Replace(good, "=1.", "=2.", 1), "更新版本"},
		"later version": {linked(t, later), "更新版本"},
		"other course":  {linked(t, other), "链接里的进度属于另一门课程（cooking）"},
		"too long":      {"progress=1." + strings.Repeat("A", MaxLink), "太长"},
	} {
		_, present, err := ParseLink(test.fragment, "llm")
		var refusal *Refusal
		if !present || !errors.As(err, &refusal) || !strings.Contains(refusal.Message, test.want) {
			t.Errorf("%s: present %v, %v, want %q", name, present, err, test.want)
		}
	}
	for _, fragment := range []string{"", "data", "lab=attention.1"} {
		if _, present, err := ParseLink(fragment, "llm"); present || err != nil {
			t.Errorf("%q: %v", fragment, err)
		}
	}
	long := s.Export()
	r := rand.New(rand.NewPCG(1, 1))
	noise := make([]byte, 60<<10)
	for i := range noise {
		noise[i] = byte('!' + r.IntN(90))
	}
	long.Labs = map[string]LabRecord{"tokens": {At: day, Values: map[string]string{"text": string(noise)}}}
	if _, err := long.Link(); !errors.Is(err, ErrLinkTooLong) {
		t.Errorf("a link of %d bytes of noise: %v", len(noise), err)
	}
}

// FuzzLink: a fragment is refused with a message, or gives a file that can be
// stored and linked again.
func FuzzLink(f *testing.F) {
	s := open(&Memory{}, &clock{day})
	_, _ = s.Record("m0", "q0", choice("b", false))
	link := linked(f, s.Export())
	f.Add(link)
	f.Add(link[:len(link)-3])
	f.Add("progress=2.AAAA")
	f.Fuzz(func(t *testing.T, fragment string) {
		file, present, err := ParseLink(fragment, "llm")
		var refusal *Refusal
		if err != nil && (!present || !errors.As(err, &refusal)) {
			t.Fatalf("present %v: %v", present, err)
		}
		if err != nil || !present {
			return
		}
		again, _, err := ParseLink(linked(t, file), "llm")
		if err != nil || !reflect.DeepEqual(again, file) {
			t.Fatalf("%+v\n%+v: %v", file, again, err)
		}
	})
}
