package pages

import (
	"strings"
	"testing"

	"courselab/app/env"
	"courselab/app/progress"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// TestNoticesOfStorage holds that what is wrong with the storage is said on every
// page, with the way to the export, and goes when it is right again.
func TestNoticesOfStorage(t *testing.T) {
	memory := &progress.Memory{Limit: 10}
	e := &env.Env{Host: &env.Host{}, Progress: progress.Open(memory, progress.Options{Course: "c", Base: "/"})}
	said := func() string { return goapp.HTMLString(&notices{Env: e}) }
	if html := said(); strings.Contains(html, "notice\"") {
		t.Errorf("at the start: %s", html)
	}
	e.Progress.SetName("赵六")
	if html := said(); !strings.Contains(html, "存储空间已满") || !strings.Contains(html, "settings") {
		t.Errorf("on a full storage: %s", html)
	}
	memory.Limit = 0
	e.Progress.Retry()
	if html := said(); strings.Contains(html, "存储空间") {
		t.Errorf("with room again: %s", html)
	}
	_ = memory.Delete("courselab/c/%2F/profile")
	e.Progress.Changed("")
	if html := said(); !strings.Contains(html, "已存回") || e.Progress.Profile().Name != "赵六" {
		t.Errorf("cleared: %s", html)
	}
}
