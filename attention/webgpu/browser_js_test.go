//go:build js && wasm

package webgpu

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"courselab/attention"
)

// These tests need a real WebGPU; TestForBrowsers starts them in a worker.

// TestBrowser does everything on one device: on a busy machine SwiftShader takes
// seconds to compile the shaders.
func TestBrowser(t *testing.T) {
	b, err := Open(t.Context(), Options{Software: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("adapter: %s", b.Adapter())
	t.Run("suite", func(t *testing.T) { runSuite(t, b) })
	t.Run("shader", func(t *testing.T) { testShader(t, b) })
	t.Run("failures", func(t *testing.T) { testFailures(t, b) })
}

func TestBrowserNeverChoosesSoftware(t *testing.T) {
	if _, err := Open(t.Context(), Options{}); !errors.Is(err, ErrSoftware) && !errors.Is(err, ErrNoAdapter) {
		t.Errorf("error %v, want ErrSoftware", err)
	}
}

// testShader spoils a shader: its compiler's words come back.
func testShader(t *testing.T, b *Backend) {
	spoilt := recipes[gather]
	spoilt.prelude = "const one: u32 = 1.5;\n"
	_, err := b.device.(*gpu).compile(t.Context(), []recipe{spoilt})
	if !errors.Is(err, ErrShader) || !strings.Contains(err.Error(), "gather: line 1") {
		t.Errorf("error %v, want ErrShader with name and line", err)
	}
	// What is reported outside error scopes, as this is too, fails a pass as well.
	x := random(1, 2, 2)
	for range 100 {
		b.Add(x, x, x)
		if err = b.Sync(t.Context()); err != nil {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "gather") {
		t.Errorf("a pass after the complaint: %v", err)
	}
}

// testFailures makes a device's passes fail: nothing of them arrives, and a text
// goes on elsewhere.
func testFailures(t *testing.T, b *Backend) {
	x, y := random(1, 2, 2), attention.NewMatrix(2, 2)

	b.Add(y, x, x)
	b.plan.steps[0].x = most + 1
	if err := b.Sync(t.Context()); !errors.Is(err, ErrInvalid) || y.Data[0] != 0 {
		t.Errorf("too many workgroups: %v, %v", err, y.Data)
	}
	large := attention.NewMatrix(1, bindingLimit/4+1)
	b.Add(large, large, large)
	if err := b.Sync(t.Context()); !errors.Is(err, ErrMemory) {
		t.Errorf("too large a matrix: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b.Add(y, x, x)
	if err := b.Sync(ctx); !errors.Is(err, context.Canceled) || y.Data[0] != 0 {
		t.Errorf("given up: %v, %v", err, y.Data)
	}
	b.Add(y, x, x)
	if err := b.Sync(t.Context()); err != nil || y.Data[0] != 2*x.Data[0] {
		t.Errorf("after the failures: %v, %v", err, y.Data)
	}

	m := lively(t, small)
	text := func(r attention.Reader, each func(int) bool) []int {
		s, err := attention.NewSampler(attention.Sampling{TopP: 1, RepetitionPenalty: 1}, m.Config.Vocab)
		if err != nil {
			t.Fatal(err)
		}
		tokens, _, err := attention.Generate(t.Context(), r, s, []int{1, 2, 3}, 20, each)
		if err != nil {
			t.Fatal(err)
		}
		return tokens
	}
	d, err := attention.NewDecoder(m, attention.Go{}, 40)
	if err != nil {
		t.Fatal(err)
	}
	want := text(d, nil)
	var seen []attention.Handover
	r, err := attention.NewRelay(m, []attention.Backend{b, attention.Go{}}, 40, func(h attention.Handover) { seen = append(seen, h) })
	if err != nil {
		t.Fatal(err)
	}
	drawn := 0
	got := text(r, func(int) bool {
		if drawn++; drawn == 7 {
			if _, err := b.device.(*gpu).device.Call("destroy"); err != nil {
				t.Fatal(err)
			}
		}
		return true
	})
	if !slices.Equal(got, want) {
		t.Errorf("tokens %v, want %v", got, want)
	}
	if len(seen) != 1 || !errors.Is(seen[0].Err, ErrLost) || seen[0].To != "cpu" || seen[0].Tokens != 3+6 {
		t.Errorf("handed over: %+v", seen)
	}
	b.Add(y, x, x)
	if err := b.Sync(t.Context()); !errors.Is(err, ErrLost) {
		t.Errorf("after the loss: %v", err)
	}
}
