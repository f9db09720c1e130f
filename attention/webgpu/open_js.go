//go:build js && wasm

package webgpu

import (
	"context"
	"fmt"
	"strings"

	"github.com/hack-pad/safejs"

	"courselab/attention"
)

// Open finds an adapter, compiles every shader and checks their answers. It must
// not be called inside a js.Func handler: it waits for promises.
func Open(ctx context.Context, o Options) (*Backend, error) {
	adapter, about, err := findAdapter(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("open webgpu: %w", err)
	}
	d, err := openDevice(ctx, adapter)
	if err != nil {
		return nil, fmt.Errorf("open webgpu on %s: %w", about, err)
	}
	b := newBackend(d, about)
	if err := attention.SelfTestLayers(ctx, b); err != nil {
		_ = b.Close()
		return nil, fmt.Errorf("open webgpu on %s: %w", about, asSelfTest(err))
	}
	return b, nil
}

// findAdapter returns an adapter and what the browser says of it.
func findAdapter(ctx context.Context, o Options) (safejs.Value, string, error) {
	none := safejs.Value{}
	navigator, err := safejs.Global().Get("navigator")
	if err != nil || !is(navigator) {
		return none, "", ErrAbsent
	}
	gpu, err := navigator.Get("gpu")
	if err != nil || !is(gpu) {
		return none, "", ErrAbsent
	}
	adapter, err := await(ctx, gpu, "requestAdapter")
	if err == nil && !is(adapter) && o.Software {
		adapter, err = await(ctx, gpu, "requestAdapter", map[string]any{"forceFallbackAdapter": true})
	}
	if err != nil {
		return none, "", fmt.Errorf("%w: %w", ErrNoAdapter, err)
	}
	if !is(adapter) {
		return none, "", ErrNoAdapter
	}
	about, software := describe(adapter)
	if software && !o.Software {
		return none, "", fmt.Errorf("%w: %s", ErrSoftware, about)
	}
	return adapter, about, nil
}

// softwareNames are words by which adapters without a graphics card are known
// where the browser does not say it otherwise.
var softwareNames = []string{"swiftshader", "llvmpipe", "lavapipe", "softpipe", "basic render", "warp"}

// describe returns the words of an adapter's info, and whether it is software.
func describe(adapter safejs.Value) (about string, software bool) {
	holders := []safejs.Value{adapter} // where older browsers say isFallbackAdapter
	if info, err := adapter.Get("info"); err == nil && is(info) {
		var words []string
		for _, name := range []string{"vendor", "architecture", "device", "description"} {
			if word := property(info, name); word != "" {
				words = append(words, word)
			}
		}
		about = strings.Join(words, " ")
		holders = append(holders, info)
	}
	for _, v := range holders {
		if fallback, err := v.Get("isFallbackAdapter"); err == nil && fallback.Type() == safejs.TypeBoolean {
			yes, err := fallback.Bool()
			software = software || err == nil && yes
		}
	}
	for _, name := range softwareNames {
		software = software || strings.Contains(strings.ToLower(about), name)
	}
	if about == "" {
		about = "an adapter without a name"
	}
	return about, software
}
