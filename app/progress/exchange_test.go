package progress

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

func encoded(t testing.TB, f File) []byte {
	t.Helper()
	b, err := f.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// contents is what a store exports, without the time of exporting.
func contents(s *Store) File {
	f := s.Export()
	f.Exported = time.Time{}
	return f
}

func imported(t testing.TB, s *Store, data []byte) Imported {
	t.Helper()
	sum, err := s.Import(data)
	if err != nil {
		t.Fatalf("import: %v\n%s", err, data)
	}
	return sum
}

// TestImportLaws: the order of imports does not matter, and a second import of
// the same file changes nothing.
func TestImportLaws(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 60 {
		a, b := encoded(t, randomFile(r, "llm")), encoded(t, randomFile(r, "llm"))
		c := &clock{day}
		ab, ba := open(&Memory{}, c), open(&Memory{}, c)
		imported(t, ab, a)
		imported(t, ab, b)
		imported(t, ba, b)
		imported(t, ba, a)
		if x, y := contents(ab), contents(ba); !reflect.DeepEqual(x, y) {
			t.Fatalf("not commutative:\n%+v\n%+v", x, y)
		}
		before := contents(ab)
		if sum := imported(t, ab, a); sum.Attempts != 0 {
			t.Fatalf("second import brought %d attempts", sum.Attempts)
		}
		imported(t, ab, encoded(t, ab.Export()))
		if after := contents(ab); !reflect.DeepEqual(before, after) {
			t.Fatalf("not idempotent:\n%+v\n%+v", before, after)
		}
		// The way through a file keeps everything.
		other := open(&Memory{}, c)
		imported(t, other, encoded(t, ab.Export()))
		if x := contents(other); !reflect.DeepEqual(x, before) {
			t.Fatalf("export and import:\n%+v\n%+v", before, x)
		}
	}
}

func TestImportRefuses(t *testing.T) {
	c := &clock{day}
	s := open(&Memory{}, c)
	s.SetName("学员")
	record(t, s, "m3", "q", choice("a", true))
	good := string(encoded(t, s.Export()))
	edit := func(old, new string) string {
		if !strings.Contains(good, old) {
			t.Fatalf("no %q in %s", old, good)
		}
		return strings.Replace(good, old, new, 1)
	}
	for name, test := range map[string]struct{ data, want string }{
		"empty":          {"", "空的"},
		"blank":          {" \n", "空的"},
		"truncated":      {good[:len(good)/2], "不完整"},
		"trailing":       {good + "x", "JSON"},
		"two values":     {good + good, "JSON"},
		"not JSON":       {"姓名,分数", "JSON"},
		"binary":         {"PK\x03\x04\xff\xff", "UTF-8"},
		"UTF-16":         {"\xff\xfe{\x00", "UTF-16"},
		"array":          {"[1]", "不是本课程导出的进度文件"},
		"other JSON":     {`{"a":1}`, "不是本课程导出的进度文件"},
		"other format":   {edit(Format, "else"), "不是本课程导出的进度文件"},
		"later version":  {edit(`"version": 1`, `"version": 7`), "更新版本"},
		"no version":     {edit(`"version": 1`, `"version": 0`), "版本号"},
		"other course":   {edit(`"course": "llm"`, `"course": "cooking"`), "另一门课程（cooking）"},
		"edited time":    {edit(`"at": "2026`, `"at": "yesterday`), "改动"},
		"time too early": {edit(`"at": "2026`, `"at": "0001`), "改动"},
		"edited type":    {edit(`"correct": true`, `"correct": "yes"`), "改动"},
		"no answer":      {edit(`"options"`, `"option"`), "改动"},
		"no fingerprint": {edit(`"fingerprint": "f"`, `"fingerprint": ""`), "改动"},
		"long name":      {edit("学员", strings.Repeat("长", 200)), "改动"},
		"too large":      {strings.Repeat(" ", MaxFile+1), "太大"},
	} {
		t.Run(name, func(t *testing.T) {
			before := contents(s)
			_, err := s.Import([]byte(test.data))
			var refusal *Refusal
			if !errors.As(err, &refusal) || !strings.Contains(refusal.Message, test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
			if !reflect.DeepEqual(before, contents(s)) {
				t.Error("something has changed")
			}
		})
	}
	// What an editor does to a file without changing it is taken.
	for _, data := range []string{"\xef\xbb\xbf" + good, strings.ReplaceAll(good, "\n", "\r\n"), "\n\n" + good + "\n"} {
		if _, err := s.Import([]byte(data)); err != nil {
			t.Error(err)
		}
	}
}

func TestImportReports(t *testing.T) {
	c := &clock{day}
	a, b := open(&Memory{}, c), open(&Memory{}, c)
	record(t, a, "m3", "q1", choice("a", true))
	record(t, a, "m3", "q2", choice("a", true))
	record(t, b, "m3", "q1", choice("b", false))
	sum := imported(t, b, encoded(t, a.Export()))
	if sum.Lessons != 1 || sum.Questions != 2 || sum.Attempts != 2 {
		t.Errorf("%+v: %s", sum, sum.Message())
	}
	if q := b.Lesson("m3").Questions["q1"]; !q.Best("f") || len(q.Attempts) != 2 {
		t.Errorf("merged %+v", q)
	}
}

func TestFileName(t *testing.T) {
	f := File{Course: "llm", Name: `../王 五:"2024"?`, Exported: day}
	if got := f.FileName(); got != "进度-llm-王_五__2024-20260301-0800.json" {
		t.Errorf("%s", got)
	}
	f.Name = ""
	if got := f.FileName(); got != "进度-llm-20260301-0800.json" {
		t.Errorf("%s", got)
	}
}

// FuzzImport: a file is taken whole or refused with nothing changed; what is
// taken can be exported and read again.
func FuzzImport(f *testing.F) {
	// Small seeds: large ones are mutated too slowly to reach anything.
	small := open(&Memory{}, &clock{day})
	_, _ = small.Record("m0", "q0", choice("b", false))
	small.SetReading("m0", "s", 0.5)
	for _, name := range []string{"", "学员"} {
		small.SetName(name)
		b := encoded(f, small.Export())
		f.Add(b)
		f.Add(b[:len(b)/2])
		f.Add(bytes.Replace(b, []byte("2026"), []byte("9999"), 1))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		memory, c := &Memory{}, &clock{day}
		s := open(memory, c)
		_, _ = s.Record("m0", "q0", choice("a", true))
		before := contents(s)
		if _, err := s.Import(data); err != nil {
			var refusal *Refusal
			if !errors.As(err, &refusal) || !reflect.DeepEqual(before, contents(s)) {
				t.Fatalf("refused and changed: %v", err)
			}
			return
		}
		if !s.Lesson("m0").Questions["q0"].Best("f") {
			t.Fatal("an import lost an attempt")
		}
		out := encoded(t, s.Export())
		again := open(memory, c)
		imported(t, again, out)
		if x, y := contents(s), contents(again); !bytes.Equal(encoded(t, x), encoded(t, y)) {
			t.Fatalf("stored and exported differ: %s\n%s", encoded(t, x), encoded(t, y))
		}
		if p := again.Problems(); len(p) > 0 {
			t.Fatalf("an import stored what cannot be read: %v", p)
		}
	})
}
