//go:build !js

package browsertest

import (
	"testing"
)

func TestOutside(t *testing.T) {
	cleaned := ""
	err := Outside(func(t testing.TB) {
		t.Helper()
		t.Cleanup(func() { cleaned += "1" })
		t.Cleanup(func() { cleaned += "2" })
		t.Fatalf("open %s", "x")
	})
	if err == nil || err.Error() != "open x" || cleaned != "21" {
		t.Errorf("ended with %v, cleaned %q", err, cleaned)
	}
	if err := Outside(func(testing.TB) {}); err != nil {
		t.Error(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("a fault was swallowed")
		}
	}()
	Outside(func(testing.TB) { panic("fault") })
}
