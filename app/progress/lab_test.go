package progress

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestLabRecords(t *testing.T) {
	storage := &Memory{}
	now := day
	open := func() *Store {
		return Open(storage, Options{Course: "c", Base: "/", Now: func() time.Time { return now }})
	}
	s := open()
	if !s.Lab("fit").At.IsZero() || len(s.Labs()) != 0 {
		t.Error("a record before anything was set")
	}
	if err := s.SetLab("fit", map[string]string{"model": "llama-2-7b"}, "放得下"); err != nil {
		t.Fatal(err)
	}
	first := s.Lab("fit").At
	if err := s.SetLab("fit", map[string]string{"model": "llama-2-70b"}, "放不下"); err != nil {
		t.Fatal(err)
	}
	again := open()
	r := again.Lab("fit")
	if r.Values["model"] != "llama-2-70b" || r.Verdict != "放不下" || !r.At.After(first) {
		t.Errorf("kept %+v", r)
	}
	if got := again.Labs(); len(got) != 1 || got[0] != "fit" {
		t.Errorf("labs %v", got)
	}
	if err := s.SetLab("fit", map[string]string{"text": strings.Repeat("长", maxLabValue)}, ""); err == nil {
		t.Error("a value without bounds was kept")
	}
	s.Erase()
	if got := open().Labs(); len(got) != 0 {
		t.Errorf("after erasing: %v", got)
	}
}

func TestMergeLabsKeepsTheNewer(t *testing.T) {
	a := LabRecord{At: day, Values: map[string]string{"x": "1"}}
	b := LabRecord{At: day.Add(time.Second), Values: map[string]string{"x": "2"}}
	c := LabRecord{At: day, Values: map[string]string{"x": "3"}}
	for _, pair := range [][2]LabRecord{{a, b}, {b, a}, {a, c}, {c, a}} {
		one, two := MergeLabs(pair[0], pair[1]), MergeLabs(pair[1], pair[0])
		if one.Values["x"] != two.Values["x"] {
			t.Errorf("%v merged with %v depends on the order", pair[0], pair[1])
		}
	}
	if MergeLabs(a, b).Values["x"] != "2" {
		t.Error("the older record won")
	}
}

func TestDamagedLabIsSetAside(t *testing.T) {
	storage := &Memory{}
	s := Open(storage, Options{Course: "c", Base: "/"})
	if err := storage.Set(s.prefix+"labs/fit", `{"version":1,"values":7}`); err != nil {
		t.Fatal(err)
	}
	if !s.Lab("fit").At.IsZero() || len(s.Problems()) != 1 || !strings.Contains(s.Problems()[0].Message, "fit") {
		t.Errorf("problems %v", s.Problems())
	}
}

// What was set in labs goes along with an exported file; the newer record wins.
func TestLabsTravel(t *testing.T) {
	now := day
	open := func() *Store {
		return Open(&Memory{}, Options{Course: "c", Base: "/", Now: func() time.Time { return now }})
	}
	from, to := open(), open()
	if err := from.SetLab("fit", map[string]string{"batch": "8"}, "放不下"); err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(from.Export())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.Import(data); err != nil {
		t.Fatal(err)
	}
	if r := to.Lab("fit"); r.Values["batch"] != "8" || r.Verdict != "放不下" {
		t.Errorf("arrived %+v", r)
	}
	now = day.Add(time.Hour)
	if err := to.SetLab("fit", map[string]string{"batch": "1"}, "放得下"); err != nil {
		t.Fatal(err)
	}
	if _, err := to.Import(data); err != nil || to.Lab("fit").Values["batch"] != "1" {
		t.Errorf("an older file replaced %+v, %v", to.Lab("fit"), err)
	}
	if _, err := to.Import([]byte(strings.Replace(string(data), `"batch"`, `"ba\u0000tch"`, 1))); err == nil {
		t.Error("a damaged record was imported")
	}
}
