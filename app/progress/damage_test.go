package progress

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestDamagedValueIsPutAside(t *testing.T) {
	memory, c := &Memory{}, &clock{day}
	s := open(memory, c)
	record(t, s, "m1", "q", choice("a", true))
	record(t, s, "m3", "q", choice("a", true))
	s.SetName("王五")
	for _, raw := range []string{
		"", "null", "[]", `{"version":1`, `{"version":"1"}`, `{"questions":{}}`, `{"version":0}`, `{"version":-1}`,
		`{"version":1,"questions":[]}`, "\xff\xfe",
	} {
		t.Run(raw, func(t *testing.T) {
			key := testPrefix + "progress/m3"
			if err := memory.Set(key, raw); err != nil {
				t.Fatal(err)
			}
			s := open(memory, c)
			if n := attempts(s, "m3", "q"); n != 0 {
				t.Errorf("read %d attempts", n)
			}
			p := s.Problems()
			if len(p) != 1 || p[0].Kind != Damaged || !strings.Contains(p[0].Message, p[0].Kept) {
				t.Fatalf("problems %v", p)
			}
			if kept, ok, _ := memory.Get(p[0].Kept); !ok || kept != raw {
				t.Errorf("kept %q", kept)
			}
			if attempts(s, "m1", "q") != 1 || s.Profile().Name != "王五" {
				t.Error("the rest is lost")
			}
			record(t, s, "m3", "q", choice("b", true))
			again := open(memory, c)
			if attempts(again, "m3", "q") != 1 || len(again.Problems()) > 0 {
				t.Errorf("after the next save: %d attempts, %v", attempts(again, "m3", "q"), again.Problems())
			}
			s.Erase()
			record(t, s, "m1", "q", choice("a", true))
			s.SetName("王五")
		})
	}
}

// TestDamagedQuestion: the other questions of the same lesson are kept.
func TestDamagedQuestion(t *testing.T) {
	memory, c := &Memory{}, &clock{day}
	s := open(memory, c)
	record(t, s, "m3", "good", choice("a", true))
	key := testPrefix + "progress/m3"
	raw, _, _ := memory.Get(key)
	raw = strings.Replace(raw, `"questions":{`, `"questions":{"bad":{"attempts":[{"at":"gestern"}]},`, 1)
	_ = memory.Set(key, raw)

	s = open(memory, c)
	if attempts(s, "m3", "good") != 1 || attempts(s, "m3", "bad") != 0 {
		t.Errorf("read %+v", s.Lesson("m3"))
	}
	p := s.Problems()
	if len(p) != 1 || !strings.Contains(p[0].Message, "1 道题的记录完好") {
		t.Fatalf("problems %v", p)
	}
	if kept, _, _ := memory.Get(p[0].Kept); kept != raw {
		t.Errorf("kept %q", kept)
	}
	if again := open(memory, c); attempts(again, "m3", "good") != 1 || len(again.Problems()) > 0 {
		t.Errorf("reported twice: %v", again.Problems())
	}
}

// TestDamagedAndFull: what cannot be moved aside stays where it is.
func TestDamagedAndFull(t *testing.T) {
	memory, c := &Memory{}, &clock{day}
	key := testPrefix + "progress/m3"
	_ = memory.Set(key, "damaged")
	memory.Limit = 10
	s := open(memory, c)
	record(t, s, "m3", "q", choice("a", true))
	if v, _, _ := memory.Get(key); v != "damaged" {
		t.Errorf("stored %q", v)
	}
	if n := attempts(s, "m3", "q"); n != 1 {
		t.Errorf("%d attempts in memory", n)
	}
	memory.Limit = 0
	if !s.Retry() {
		t.Error("not stored with room again")
	}
	if n := attempts(open(memory, c), "m3", "q"); n != 1 {
		t.Errorf("%d attempts stored", n)
	}
	if v, _, _ := memory.Get(testPrefix + "damaged/progress/m3/1"); v != "damaged" {
		t.Errorf("put aside %q", v)
	}
}

// TestLaterVersion: a value from a later version stays as it is.
func TestLaterVersion(t *testing.T) {
	memory, c := &Memory{}, &clock{day}
	key, future := testPrefix+"progress/m3", `{"version":2,"everything":"else"}`
	_ = memory.Set(key, future)
	s := open(memory, c)
	record(t, s, "m3", "q", choice("a", true))
	record(t, s, "m1", "q", choice("a", true))
	if v, _, _ := memory.Get(key); v != future {
		t.Errorf("stored %q", v)
	}
	if attempts(s, "m3", "q") != 1 || attempts(open(memory, c), "m1", "q") != 1 {
		t.Error("attempts lost")
	}
	if p := s.Problems(); len(p) != 1 || p[0].Kind != Future {
		t.Errorf("problems %v", p)
	}
}

func TestEarlierVersionIsMigrated(t *testing.T) {
	memory, c := &Memory{}, &clock{day}
	_ = memory.Set(testPrefix+"profile", `{"version":0,"learner":"赵六"}`)
	s := open(memory, c)
	s.migrate = migrations{0: func(body json.RawMessage) (json.RawMessage, error) {
		return json.RawMessage(strings.Replace(string(body), "learner", "name", 1)), nil
	}}
	if got := s.Profile().Name; got != "赵六" || len(s.Problems()) > 0 {
		t.Errorf("name %q, problems %v", got, s.Problems())
	}
}

// FuzzLoad: whatever stands under a key, reading never panics, and the text is
// still there afterwards, in its place or aside.
func FuzzLoad(f *testing.F) {
	good := open(&Memory{}, &clock{day})
	_, _ = good.Record("m3", "q", choice("a", true))
	raw, _, _ := good.storage.Get(testPrefix + "progress/m3")
	for _, seed := range []string{raw, raw[:len(raw)/2], "", "null", `{"version":2}`, `{"version":1,"questions":{"q":null}}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		for _, name := range []string{"progress/m3", "reading/m3", "profile", "settings"} {
			memory, c := &Memory{}, &clock{day}
			key := testPrefix + name
			_ = memory.Set(key, raw)
			s := open(memory, c)
			s.Lesson("m3")
			s.Reading("m3")
			s.Profile()
			s.Settings()
			for _, p := range s.Problems() {
				kept, _, _ := memory.Get(p.Kept)
				here, _, _ := memory.Get(key)
				if kept != raw && here != raw {
					t.Fatalf("%s: %q lost", name, raw)
				}
			}
			if len(s.Problems()) > 0 {
				continue
			}
			// What was read is readable when written.
			s.SetName("名")
			s.SetReading("m3", "s", 0)
			if _, err := s.Record("m3", "q", choice("a", true)); err != nil {
				t.Fatal(err)
			}
			again := open(memory, c)
			again.Lesson("m3")
			again.Reading("m3")
			if p := again.Problems(); len(p) > 0 && strings.HasPrefix(name, "progress") {
				t.Fatalf("wrote what cannot be read: %v", p)
			}
		}
	})
}
