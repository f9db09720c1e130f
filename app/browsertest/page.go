//go:build !js

package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Navigate opens an address and returns when its load event has fired.
func (b *Browser) Navigate(url string) {
	b.t.Helper()
	b.do("navigate "+url, chromedp.Navigate(url))
}

// Reload loads the page anew and returns when its load event has fired.
func (b *Browser) Reload() {
	b.t.Helper()
	b.do("reload", chromedp.Reload())
}

// URL returns the page's address.
func (b *Browser) URL() string {
	b.t.Helper()
	var url string
	b.Eval("location.href", &url)
	return url
}

// Eval evaluates a JavaScript expression in the page, waits for it if it is a
// promise, and decodes its value into out unless that is nil. An exception or a
// rejection fails the test.
func (b *Browser) Eval(expression string, out any) {
	b.t.Helper()
	ctx, cancel := b.step()
	defer cancel()
	if err := eval(ctx, expression, out); err != nil {
		b.t.Fatalf("browsertest: eval %s: %v\n%s", clip(expression), err, b.context())
	}
}

// eval goes through JSON text, so that undefined and values without a JSON form
// are null for every type of out.
func eval(ctx context.Context, expression string, out any) error {
	wrapped := "Promise.resolve((" + expression + ")).then(v => { const s = JSON.stringify(v); return s === undefined ? 'null' : s })"
	if out == nil {
		wrapped = "Promise.resolve((" + expression + ")).then(() => 'null')"
	}
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](wrapped, chromedp.EvalAwaitPromise))
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal([]byte(text), out)
}

// WaitForSelector waits until an element matches the CSS selector.
func (b *Browser) WaitForSelector(selector string) {
	b.t.Helper()
	b.WaitFor("an element "+selector, "document.querySelector("+strconv.Quote(selector)+") !== null")
}

// WaitFor waits until a JavaScript condition holds. What names it in the
// failure. Conditions are asked again across navigations.
func (b *Browser) WaitFor(what, condition string) {
	b.t.Helper()
	b.WaitForWithin(Timeout, what, condition)
}

// WaitForWithin is WaitFor with a limit of its own.
func (b *Browser) WaitForWithin(limit time.Duration, what, condition string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, limit)
	defer cancel()
	var last error
	for {
		var holds bool
		// An error may be a navigation under way, so it is no reason to stop.
		if err := eval(ctx, "Promise.resolve("+condition+").then(v => !!v)", &holds); err == nil && holds {
			return
		} else if ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			b.t.Fatalf("browsertest: waited %s in vain for %s (%s); last error: %v\n%s", limit, what, clip(condition), last, b.context())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Text returns the rendered text of the first element that matches; it waits
// for one.
func (b *Browser) Text(selector string) string {
	b.t.Helper()
	b.WaitForSelector(selector)
	var text string
	b.Eval("document.querySelector("+strconv.Quote(selector)+").innerText", &text)
	return text
}

// Click scrolls to the first element that matches and clicks into its middle
// as a learner would.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	b.do("click "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// Focus gives the first element that matches the keyboard.
func (b *Browser) Focus(selector string) {
	b.t.Helper()
	b.do("focus "+selector, chromedp.Focus(chromedp.CSS(selector)))
}

// Press sends keys to whatever has the focus; keys such as kb.Tab are those of
// chromedp/kb.
func (b *Browser) Press(keys string) {
	b.t.Helper()
	b.do(fmt.Sprintf("press %q", keys), chromedp.KeyEvent(keys))
}

// Screenshot writes the visible page as PNG.
func (b *Browser) Screenshot(path string) {
	b.t.Helper()
	ctx, cancel := b.step()
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err == nil {
		err = os.WriteFile(path, png, 0o644)
	}
	if err != nil {
		b.t.Fatalf("browsertest: screenshot %s: %v", path, err)
	}
}

// Print returns the page as the browser prints it on A4, a PDF file.
func (b *Browser) Print() []byte {
	b.t.Helper()
	ctx, cancel := b.step()
	defer cancel()
	const width, height = 8.27, 11.69 // inches
	out, err := chromedp.Call(ctx, page.PrintToPDF, page.PrintToPDFParams{PaperWidth: width, PaperHeight: height})
	if err != nil {
		b.t.Fatalf("browsertest: print: %v", err)
	}
	return out.Data
}

// context describes the page for a failure: where it is and what it complained
// of.
func (b *Browser) context() string {
	ctx, cancel := context.WithTimeout(b.ctx, 2*time.Second)
	defer cancel()
	var at string
	if err := eval(ctx, "location.href + ' | ' + document.title + ' | ' + JSON.stringify(document.documentElement.dataset)", &at); err != nil {
		at = err.Error()
	}
	text := "page: " + at
	for _, m := range b.Errors() {
		text += "\nconsole: " + m.String()
	}
	for _, v := range b.Violations() {
		text += "\nviolation: " + v.String()
	}
	return text
}

func clip(s string) string {
	if len(s) > 300 {
		return s[:300] + "…"
	}
	return s
}
