package env

import "testing"

func TestHostWatch(t *testing.T) {
	h := &Host{}
	calls := 0
	stop := h.Watch(func() { calls++ })
	h.Change(func(s *State) { s.Engine = "ready" })
	if calls != 1 || h.State().Engine != "ready" {
		t.Fatalf("after change: %d calls, engine %q", calls, h.State().Engine)
	}
	stop()
	h.Change(func(s *State) { s.Engine = "restarting" })
	if calls != 1 {
		t.Errorf("stopped watcher was called")
	}
}

func TestHostVisit(t *testing.T) {
	h := &Host{}
	for _, step := range []struct {
		path         string
		first, fresh bool
	}{{"lessons/m3", true, true}, {"lessons/m3", false, false}, {"", false, true}, {"lessons/m3", false, true}} {
		first, fresh := h.Visit(step.path)
		if first != step.first || fresh != step.fresh {
			t.Errorf("Visit(%q) = %v, %v; want %v, %v", step.path, first, fresh, step.first, step.fresh)
		}
	}
}

func TestNilHost(t *testing.T) {
	var h *Host
	if h.State().Engine != "" {
		t.Error("state of no host is not zero")
	}
	h.Watch(func() {})()
}
