//go:build !js

package journeys

import (
	"fmt"
	"testing"
	"time"

	"courselab/app/browsertest"
	"courselab/app/registry"
	"courselab/app/site"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/chromedp"
)

// phone is the memory of both programs together, in MB, that the pass through all
// labs must stay below: half of the 512 MB that a phone of the lower class leaves to
// a page.
const phone = 256

// slack is what a program's memory may come to, in MB, before growth counts: up to
// there it is the garbage that its collector lets lie.
const slack = 72

// pageMemory goes before boot.js, workerMemory before worker.js: self.memory resolves
// with what the two programs hold, in bytes.
const (
	pageMemory = `{
	const make = WebAssembly.instantiate;
	WebAssembly.instantiate = async (...args) => {
		const made = await make.apply(WebAssembly, args);
		self.pageProgram = (made.instance ?? made).exports;
		return made;
	};
	self.memory = () => new Promise(done => {
		const channel = new BroadcastChannel("memory");
		channel.onmessage = e => { channel.close(); done({page: pageProgram.mem.buffer.byteLength, engine: e.data, objects: performance.memory.usedJSHeapSize}); };
		channel.postMessage("");
	});
}
`
	workerMemory = `{
	const channel = new BroadcastChannel("memory");
	channel.onmessage = () => channel.postMessage(self.courselabMemory?.buffer.byteLength ?? 0);
}
`
)

// memory is what a visit has left behind, in bytes: WebAssembly's memories, which
// never shrink, and the page's objects.
type memory struct{ Page, Engine, Objects float64 }

func (m memory) String() string {
	return fmt.Sprintf("page %.1f MB, engine %.1f MB, objects of the page %.1f MB", m.Page/1e6, m.Engine/1e6, m.Objects/1e6)
}

// TestMemory goes through all labs without leaving the page, again and again: after
// the first two rounds nothing grows by more than a tenth in 200 visits and more.
func TestMemory(t *testing.T) {
	long(t)
	t.Parallel()
	h := newHost(t, "/")
	h.change(func(files site.Files) {
		delete(files, "sw.js")
		before(files, "assets/boot.js", pageMemory)
		before(files, "assets/worker.js", workerMemory)
	})
	b := browsertest.New(t, "enable-precise-memory-info")
	b.Viewport(360, 740, true)
	open(b, h.root+"labs/")
	var names []string
	for _, lab := range registry.Labs() {
		if !lab.Coming {
			names = append(names, lab.Name)
		}
	}
	measure := func() (m memory) {
		t.Helper()
		if _, err := chromedp.Call(b.Context(), heapprofiler.CollectGarbage, cdp.Empty{}); err != nil {
			t.Fatal(err)
		}
		b.Eval(`memory()`, &m)
		return m
	}
	const settling = 2
	rounds := settling + (200+len(names)-1)/len(names)
	var settled, last memory
	for round := range rounds {
		begun := time.Now()
		for _, name := range names {
			b.Eval(fmt.Sprintf(`document.querySelector('main a[href$="/labs/%s/"], main a[href$="labs/%[1]s/"]').click()`, name), nil)
			b.WaitForWithin(time.Minute, name, labAnswered(name))
			b.Eval(`history.back()`, nil)
			b.WaitFor("the list of labs", `location.pathname === "/labs/" && document.querySelector("[data-lab]") === null`)
		}
		last = measure()
		t.Logf("round %d, %d visits in %.0f s: %s", round+1, len(names), time.Since(begun).Seconds(), last)
		if round < settling {
			settled = last
		}
	}
	for what, grown := range map[string][2]float64{
		"the page's program": {settled.Page, last.Page}, "the engine": {settled.Engine, last.Engine},
	} {
		if grown[1] > max(1.1*grown[0], slack*1e6) {
			t.Errorf("%s grew from %.1f to %.1f MB", what, grown[0]/1e6, grown[1]/1e6)
		}
	}
	if last.Objects > 2*settled.Objects {
		t.Errorf("the page's objects grew from %.1f to %.1f MB", settled.Objects/1e6, last.Objects/1e6)
	}
	if sum := (last.Page + last.Engine) / 1e6; sum > phone {
		t.Errorf("both programs hold %.0f MB, more than %d", sum, phone)
	}
	if v := b.Violations(); len(v) > 0 {
		t.Errorf("content security policy: %v", v)
	}
}
