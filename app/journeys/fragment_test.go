//go:build !js

package journeys

import (
	"strings"
	"testing"

	"courselab/app/browsertest"
)

// TestDamagedFragment opens and goes to addresses whose fragment is no valid
// percent encoding, as a link cut short by a mail program has. The page must
// stand, and a lab must say that its link is damaged.
func TestDamagedFragment(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/any/sub/path/")
	for _, address := range []string{"#%zz", "lessons/m3/#%", "lessons/m3/?from=mail#lab=%", "labs/attention/#%e6%98%a"} {
		t.Run(address, func(t *testing.T) {
			b := browsertest.New(t)
			open(b, h.root+address)
			b.WaitFor("the heading", `document.querySelector("#page-title") !== null`)
			clean(t, b)
		})
	}
	t.Run("lab", func(t *testing.T) {
		b := browsertest.New(t)
		open(b, h.root+"labs/attention/#lab=attention.1&text=%E6%98%A5%E6%9")
		b.WaitFor("the lab", labsReady)
		if notice := b.Text("[data-lab=attention]"); !strings.Contains(notice, "损坏") {
			t.Errorf("nothing says that the link is damaged: %q", notice)
		}
		clean(t, b)
	})
	t.Run("typed later", func(t *testing.T) {
		b := browsertest.New(t)
		open(b, h.root+"labs/attention/")
		b.WaitFor("the lab", labsReady)
		b.Eval(`location.hash = "#lab=attention.1&text=%zz"`, nil)
		b.WaitFor("the notice", `document.querySelector("[data-lab=attention]").textContent.includes("损坏")`)
		b.Click(`a[href$="labs/"]`)
		b.WaitFor("the list of labs", `location.pathname.endsWith("/labs/")`)
		b.Eval(`location.hash = "#%zz"`, nil)
		b.Click(`a[href$="about/"]`)
		b.WaitFor("the next page", `location.pathname.endsWith("/about/")`)
		clean(t, b)
	})
}

// TestBaseInChinese: the browser writes such a path percent-encoded, Go decoded.
func TestBaseInChinese(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/课程/")
	b := browsertest.New(t)
	open(b, h.root+"labs/attention/")
	b.WaitFor("the lab", labsReady)
	open(b, h.root)
	b.Click(`a[href$="lessons/m3/"]`)
	b.WaitFor("the lesson", `document.querySelector("h1").textContent.includes("模型架构")`)
	b.WaitFor("the offline copy", offlineSet)
	h.Close()
	b.Offline(true)
	open(b, h.root+"lessons/m3/")
	b.WaitFor("the labs", labsReady)
	b.Navigate(h.root + "labs/attention?from=mail")
	b.WaitFor("the lab", labsReady)
	clean(t, b)
}
