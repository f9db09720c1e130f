//go:build !js

package browsertest

import (
	"context"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Timeout is how long a step may take before the test fails. It is generous,
// since only a fault ever waits for it.
const Timeout = 60 * time.Second

// Browser is one page of a headless Chromium with a profile of its own.
type Browser struct {
	t     testing.TB
	ctx   context.Context
	proxy *proxy
	media map[string]string

	mu         sync.Mutex
	console    []Message
	violations []Violation
}

// New starts a Chromium that ends with the test. Without one the test is
// skipped, but fails where the environment variable CI is set. Flags are
// further switches, such as "enable-unsafe-webgpu".
func New(t testing.TB, flags ...string) *Browser {
	t.Helper()
	path := executable()
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("browsertest: no chromium found, and CI is set")
		}
		t.Skip("browsertest: no chromium found (Debian: apt-get install chromium)")
	}
	p := newProxy()
	t.Cleanup(p.close)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.NoSandbox,
		chromedp.Flag("headless", "new"),
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-features", "Translate,OptimizationHints,MediaRouter,AutofillServerCommunication"),
		chromedp.ProxyServer(p.address()),
		// Chromium spares loopback addresses the proxy unless told otherwise.
		chromedp.Flag("proxy-bypass-list", "<-loopback>"),
	)
	for _, f := range flags {
		options = append(options, chromedp.Flag(f, true))
	}
	allocator, release := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(release)
	return open(t, allocator, p)
}

// Tab opens a further page in the same browser and profile.
func (b *Browser) Tab() *Browser {
	b.t.Helper()
	return open(b.t, b.ctx, b.proxy)
}

func open(t testing.TB, parent context.Context, p *proxy) *Browser {
	t.Helper()
	b := &Browser{t: t, proxy: p, media: map[string]string{}}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithListener(b.listen))
	b.ctx = ctx
	t.Cleanup(func() {
		// A graceful end leaves no process behind that still writes its profile.
		graceful, stop := context.WithTimeout(ctx, 10*time.Second)
		defer stop()
		_ = chromedp.Cancel(graceful)
		cancel()
	})
	// The first use must not carry a timeout: it would bound the browser's life.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("browsertest: start chromium: %v", err)
	}
	step, stop := b.step()
	defer stop()
	if _, err := chromedp.Call(step, runtime.AddBinding, runtime.AddBindingParams{Name: violationBinding}); err != nil {
		t.Fatalf("browsertest: listen for violations: %v", err)
	}
	if _, err := chromedp.Call(step, page.AddScriptToEvaluateOnNewDocument,
		page.AddScriptToEvaluateOnNewDocumentParams{Source: violationScript}); err != nil {
		t.Fatalf("browsertest: listen for violations: %v", err)
	}
	return b
}

// executable returns the path of a Chromium, or "" where there is none. The
// environment variable CHROMIUM names one explicitly.
func executable() string {
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// Context returns the page's chromedp context, for what this package does not
// offer.
func (b *Browser) Context() context.Context { return b.ctx }

func (b *Browser) step() (context.Context, context.CancelFunc) {
	return context.WithTimeout(b.ctx, Timeout)
}

func (b *Browser) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := b.step()
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatalf("browsertest: %s: %v", what, err)
	}
}
