//go:build !js

package browsertest

import (
	"fmt"
	"maps"
	"slices"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// Offline takes the network from the whole browser, service workers included,
// or gives it back. The page's navigator.onLine follows.
func (b *Browser) Offline(offline bool) {
	b.t.Helper()
	b.proxy.setOffline(offline)
	ctx, cancel := b.step()
	defer cancel()
	_, err := chromedp.Call(ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{
		Offline: offline, DownloadThroughput: -1, UploadThroughput: -1,
	})
	if err != nil {
		b.t.Fatalf("browsertest: offline %t: %v", offline, err)
	}
}

// Quota bounds what an origin may keep in IndexedDB and in caches, in bytes.
// Chromium asks for it when the origin next opens a database.
func (b *Browser) Quota(origin string, bytes float64) {
	b.t.Helper()
	ctx, cancel := b.step()
	defer cancel()
	_, err := chromedp.Call(ctx, storage.OverrideQuotaForOrigin, storage.OverrideQuotaForOriginParams{Origin: origin, QuotaSize: &bytes})
	if err != nil {
		b.t.Fatalf("browsertest: quota of %s: %v", origin, err)
	}
}

// Viewport sets the page's size in CSS pixels; mobile adds a phone's viewport
// rules and touch.
func (b *Browser) Viewport(width, height int, mobile bool) {
	b.t.Helper()
	var options []chromedp.EmulateViewportOption
	if mobile {
		options = append(options, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	b.do(fmt.Sprintf("viewport %d×%d", width, height), chromedp.EmulateViewport(int64(width), int64(height), options...))
}

// Theme sets the learner's preferred colour scheme: "light" or "dark".
func (b *Browser) Theme(scheme string) {
	b.t.Helper()
	b.Media("prefers-color-scheme", scheme)
}

// Media sets one media feature, such as "prefers-reduced-motion" to "reduce".
func (b *Browser) Media(feature, value string) {
	b.t.Helper()
	b.media[feature] = value
	var features []*emulation.MediaFeature
	for _, name := range slices.Sorted(maps.Keys(b.media)) {
		features = append(features, &emulation.MediaFeature{Name: name, Value: b.media[name]})
	}
	ctx, cancel := b.step()
	defer cancel()
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		b.t.Fatalf("browsertest: media %s %s: %v", feature, value, err)
	}
}
