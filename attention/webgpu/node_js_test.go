//go:build js && wasm

package webgpu

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/hack-pad/safejs"

	"courselab/attention"
)

// These tests run under Node with the false WebGPU of testdata/gpu.cjs;
// TestForBrowsers starts them.

func falseGPU(t testing.TB) safejs.Value {
	t.Helper()
	v, err := safejs.Global().Get("falseGPU")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// spoil lets the false WebGPU fail after some passes; it is sound again after
// the test.
func spoil(t testing.TB, fault string, after int) {
	t.Helper()
	set := func(fault string, after int) {
		for name, value := range map[string]any{"fault": fault, "after": after} {
			if err := falseGPU(t).Set(name, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	set(fault, after)
	t.Cleanup(func() { set("", 0) })
}

func count(t testing.TB, name string) int {
	t.Helper()
	counts, err := falseGPU(t).Get("counts")
	if err != nil {
		t.Fatal(err)
	}
	v, err := counts.Get(name)
	if err != nil {
		t.Fatal(err)
	}
	n, err := v.Int()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNodeSuite(t *testing.T) {
	b, err := Open(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	runSuite(t, b)
	broken, err := falseGPU(t).Get("broken")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := broken.Length(); err != nil || n != 0 {
		text, _ := broken.Call("join", "; ")
		said, _ := text.String()
		t.Errorf("%d rules of WebGPU broken: %s", n, said)
	}
}

// TestNodeOnePass counts what a token costs, once weights are on the device.
func TestNodeOnePass(t *testing.T) {
	b, err := Open(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	m := lively(t, small)
	d, err := attention.NewDecoder(m, b, 40)
	if err != nil {
		t.Fatal(err)
	}
	names := []string{"encoders", "passes", "submits", "maps", "buffers", "groups", "uploaded", "read", "dispatches"}
	counts := func() (all []int) {
		for _, name := range names {
			all = append(all, count(t, name))
		}
		return all
	}
	step := func() {
		if _, err := d.Next(t.Context(), []int{1}); err != nil {
			t.Fatal(err)
		}
	}
	step()
	alive := count(t, "alive")
	before := counts()
	const steps = 5
	for range steps {
		step()
	}
	got := counts()
	// 15 operations a layer; the embedding, the last norm and the logits.
	dispatches := 15*small.Layers + 3
	want := []int{1, 1, 1, 1, 0, 0, stride*dispatches + 4, 4 * small.Vocab, dispatches}
	for i, name := range names {
		if n := got[i] - before[i]; n != steps*want[i] {
			t.Errorf("%d %s in %d tokens, want %d", n, name, steps, steps*want[i])
		}
	}
	if n := count(t, "alive"); n != alive {
		t.Errorf("%d buffers, %d after the first token", n, alive)
	}
	if count(t, "empty") == 0 {
		t.Error("no empty submission: Firefox would wait 100 ms")
	}
}

// TestNodeOpenFails gives every reason for which there is no backend, and lets
// the choice end on the CPU with it.
func TestNodeOpenFails(t *testing.T) {
	m := lively(t, small)
	want := generate(t, m, []attention.Backend{attention.Go{}}, nil)
	for fault, c := range map[string]struct {
		after int
		is    error
		says  string
	}{
		"absent":        {0, ErrAbsent, ""},
		"no-adapter":    {0, ErrNoAdapter, ""},
		"adapter-error": {0, ErrNoAdapter, "the false adapter is refused"},
		"fallback":      {0, ErrSoftware, "false"},
		"named":         {0, ErrSoftware, "SwiftShader"},
		"no-device":     {0, ErrNoDevice, "the false device is refused"},
		"shader":        {0, ErrShader, "attend: line 7: the false compiler objects"},
		"pipeline":      {0, ErrShader, "the false pipeline is refused"},
		"wrong":         {0, ErrSelfTest, "gate"},
		"lost":          {3, ErrLost, "the false device went"},
		"lost-silent":   {3, ErrLost, "the false device went"},
		"invalid":       {3, ErrInvalid, "the false command"},
		"uncaptured":    {3, ErrInvalid, "the false uncaptured error"},
		"memory":        {3, ErrMemory, "the false memory is full"},
	} {
		t.Run(fault, func(t *testing.T) {
			spoil(t, fault, c.after)
			ranking, err := attention.Choose(t.Context(), contenders(), "", nil)
			if err != nil {
				t.Fatal(err)
			}
			reason := ranking.Rejected("webgpu")
			if !errors.Is(reason, c.is) || !strings.Contains(reason.Error(), c.says) {
				t.Errorf("reason %v, want %v: %s", reason, c.is, c.says)
			}
			if ranking[0].Name != "cpu" {
				t.Errorf("chosen %s", ranking[0].Name)
			}
			if got := generate(t, m, ranking.Backends(), nil); !slices.Equal(got, want) {
				t.Errorf("tokens %v, want %v", got, want)
			}
		})
	}
}

func contenders() []attention.Contender {
	return []attention.Contender{
		{Name: "webgpu", Open: func(ctx context.Context, forced bool) (attention.Backend, error) {
			return asBackend(Open(ctx, Options{Software: forced}))
		}},
		{Name: "cpu", Open: func(context.Context, bool) (attention.Backend, error) { return attention.Go{}, nil }},
	}
}

// asBackend keeps a nil pointer from becoming a backend.
func asBackend(b *Backend, err error) (attention.Backend, error) {
	if err != nil {
		return nil, err
	}
	return b, nil
}

// generated is how many tokens generate draws: more than a decoder's first
// memory is for.
const generated = 140

func generate(t testing.TB, m *attention.Model, backends []attention.Backend, report func(attention.Handover)) []int {
	t.Helper()
	r, err := attention.NewRelay(m, backends, m.Config.Context, report)
	if err != nil {
		t.Fatal(err)
	}
	s, err := attention.NewSampler(attention.Sampling{Temperature: 0.8, TopP: 0.9, RepetitionPenalty: 1, Seed: 9}, m.Config.Vocab)
	if err != nil {
		t.Fatal(err)
	}
	tokens, _, err := attention.Generate(t.Context(), r, s, []int{1, 2, 3}, generated, nil)
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

// TestNodeLostInGeneration fails in the middle of a text.
func TestNodeLostInGeneration(t *testing.T) {
	m := lively(t, small)
	want := generate(t, m, []attention.Backend{attention.Go{}}, nil)
	for fault, is := range map[string]error{
		"": nil, "lost": ErrLost, "lost-silent": ErrLost, "invalid": ErrInvalid, "uncaptured": ErrInvalid, "memory": ErrMemory,
	} {
		t.Run("fault "+fault, func(t *testing.T) {
			ranking, err := attention.Choose(t.Context(), contenders(), "webgpu", nil)
			if err != nil || ranking[0].Name != "webgpu" {
				t.Fatalf("%v, %v", ranking, err)
			}
			passes, err := falseGPU(t).Get("passes")
			if err != nil {
				t.Fatal(err)
			}
			before, err := passes.Int() // of the self-tests
			if err != nil {
				t.Fatal(err)
			}
			spoil(t, fault, before+60)
			var seen []attention.Handover
			got := generate(t, m, ranking.Backends(), func(h attention.Handover) { seen = append(seen, h) })
			if !slices.Equal(got, want) {
				t.Errorf("tokens %v, want %v", got, want)
			}
			if is == nil {
				if len(seen) != 0 {
					t.Errorf("handed over: %v", seen)
				}
				return
			}
			if len(seen) != 1 || seen[0].From != "webgpu" || seen[0].To != "cpu" || !errors.Is(seen[0].Err, is) || seen[0].Tokens < 10 {
				t.Errorf("handed over: %+v, want for %v", seen, is)
			}
		})
	}
}
