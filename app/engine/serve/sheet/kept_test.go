package sheet

import (
	"errors"
	"testing"
)

func TestKept(t *testing.T) {
	k := Kept[string, int]{Most: 2}
	made := 0
	get := func(key string) int {
		v, err := k.Get(key, func() (int, error) { made++; return len(key), nil })
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for i, want := range []struct {
		key  string
		made int
	}{{"a", 1}, {"a", 1}, {"bb", 2}, {"a", 2}, {"ccc", 3}, {"a", 3}, {"bb", 4}, {"a", 4}} {
		if got := get(want.key); got != len(want.key) || made != want.made {
			t.Errorf("step %d: %q gave %d, made %d times, want %d", i, want.key, got, made, want.made)
		}
	}
	fail := errors.New("x")
	if _, err := k.Get("d", func() (int, error) { return 0, fail }); err != fail {
		t.Errorf("error %v", err)
	}
	if get("d") != 1 {
		t.Error("an error was kept")
	}
}
