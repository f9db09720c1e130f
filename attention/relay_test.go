package attention

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"
)

// mortal fails at its k-th Sync and ever after. What it computes once it has
// failed is wrong.
type mortal struct {
	Go
	name  string
	left  int // Syncs before it fails
	syncs int
}

var errLost = errors.New("device lost")

func (m *mortal) Name() string { return m.name }

func (m *mortal) Sync(context.Context) error {
	if m.syncs++; m.syncs > m.left {
		return errLost
	}
	return nil
}

func (m *mortal) Add(dst, a, b Matrix) {
	m.Go.Add(dst, a, b)
	if m.syncs >= m.left {
		dst.Data[0] += 1
	}
}

func sampled(t *testing.T, m *Model, r Reader) ([]int, error) {
	t.Helper()
	s, err := NewSampler(Sampling{Temperature: 1, TopP: 1, RepetitionPenalty: 1.1, Seed: 4}, m.Config.Vocab)
	if err != nil {
		t.Fatal(err)
	}
	tokens, _, err := Generate(t.Context(), r, s, []int{1, 2, 3}, 12, nil)
	return tokens, err
}

// TestRelay loses the first backend at each of its steps, and the second too.
func TestRelay(t *testing.T) {
	c := configs()[0]
	c.EOS = nil
	m := lively(t, c, 1)
	d, err := NewDecoder(m, Go{}, c.Context)
	if err != nil {
		t.Fatal(err)
	}
	want, err := sampled(t, m, d)
	if err != nil {
		t.Fatal(err)
	}
	for first := range 15 {
		for _, second := range []int{0, 1, 2, 100} {
			var seen []Handover
			backends := []Backend{&mortal{name: "a", left: first}, &mortal{name: "b", left: second}, Go{}}
			r, err := NewRelay(m, backends, c.Context, func(h Handover) { seen = append(seen, h) })
			if err != nil {
				t.Fatal(err)
			}
			got, err := sampled(t, m, r)
			if err != nil || !slices.Equal(got, want) {
				t.Fatalf("lost after %d and %d: %v, %v, want %v", first, second, got, err, want)
			}
			last := "a"
			for _, h := range seen {
				if h.From != last || !errors.Is(h.Err, errLost) {
					t.Errorf("lost after %d and %d: handover %+v", first, second, h)
				}
				last = h.To
			}
			if last != r.Backend() || first < 13 && len(seen) == 0 {
				t.Errorf("lost after %d and %d: on %s after %v", first, second, r.Backend(), seen)
			}
			// One Sync makes room, one reads the prompt, then one a token.
			if first >= 2 && len(seen) > 0 && seen[0].Tokens != 3+first-2 {
				t.Errorf("lost after %d: %d tokens read anew", first, seen[0].Tokens)
			}
		}
	}
}

func TestRelayEnds(t *testing.T) {
	m := lively(t, configs()[0], 1)
	if _, err := NewRelay(m, nil, 4, nil); err == nil {
		t.Error("a relay without backends")
	}
	r, err := NewRelay(m, []Backend{&mortal{name: "a", left: 2}, &mortal{name: "b"}}, 4, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Next(t.Context(), []int{99}); err == nil || r.Backend() != "a" {
		t.Errorf("a wrong token: %v, on %s", err, r.Backend())
	}
	if _, err := r.Forward(t.Context(), []int{1, 2}); err != nil || r.Len() != 2 {
		t.Errorf("%v, %d read", err, r.Len())
	}
	if _, err := r.Next(t.Context(), []int{1}); !errors.Is(err, errLost) {
		t.Errorf("all lost: %v", err)
	}
	// A caller who gives up while the text is read anew loses nothing.
	r, _ = NewRelay(m, []Backend{&mortal{name: "a", left: 2}, Go{}}, 4, nil)
	if _, err := r.Next(t.Context(), []int{1, 2}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	r.report = func(Handover) { cancel() }
	if _, err := r.Next(ctx, []int{3}); !errors.Is(err, context.Canceled) || r.Len() != 2 {
		t.Errorf("given up: %v, %d read", err, r.Len())
	}
	r.report = nil
	if _, err := r.Next(t.Context(), []int{3}); err != nil || r.Len() != 3 || r.Backend() != "cpu" {
		t.Errorf("%v, %d read on %s", err, r.Len(), r.Backend())
	}
}

// opened is a contender whose backend notes that it was closed.
type opened struct {
	mortal
	closed bool
}

func (o *opened) Close() error { o.closed = true; return nil }

// misnamed is a backend whose gates are wrong.
type misnamed struct{ spoilt }

func (misnamed) Name() string { return "wrong" }

func contender(b Backend, err error) Contender {
	return Contender{Name: b.Name(), Open: func(context.Context, bool) (Backend, error) { return b, err }}
}

func TestChoose(t *testing.T) {
	missing := errors.New("no adapter")
	gone := &opened{mortal: mortal{name: "lost", left: 3}}
	wrong := misnamed{spoilt{op: "gate"}}
	software := Contender{Name: "software", Open: func(_ context.Context, forced bool) (Backend, error) {
		if !forced {
			return nil, missing
		}
		return &mortal{name: "software", left: 1 << 30}, nil
	}}
	all := []Contender{
		software, contender(&mortal{name: "absent"}, missing), contender(gone, nil), contender(wrong, nil),
		contender(&mortal{name: "slow", left: 1 << 30}, nil), contender(Go{}, nil),
	}
	// A trial whose time is in its backend's name.
	trial := func(_ context.Context, b LayerBackend) error {
		if b.Name() != "cpu" {
			time.Sleep(5 * time.Millisecond)
		}
		return nil
	}
	names := func(r Ranking) (out []string) {
		for _, b := range r.Backends() {
			out = append(out, b.Name())
		}
		return out
	}
	r, err := Choose(t.Context(), all, "", trial)
	if err != nil || !slices.Equal(names(r), []string{"cpu", "slow"}) || len(r) != len(all) {
		t.Fatalf("%v, %v", r, err)
	}
	if !errors.Is(r.Rejected("absent"), missing) || !errors.Is(r.Rejected("software"), missing) || !errors.Is(r.Rejected("lost"), errLost) || r.Rejected("wrong") == nil || errors.Is(r.Rejected("wrong"), errLost) || r.Rejected("cpu") != nil {
		t.Errorf("reasons %v", r)
	}
	if !gone.closed || r[0].Time <= 0 || r[1].Time <= r[0].Time {
		t.Errorf("closed %t, times %v", gone.closed, r)
	}
	for forced, want := range map[string][]string{
		"software": {"software", "cpu", "slow"}, "slow": {"slow", "cpu"}, "cpu": {"cpu"}, "lost": {"cpu", "slow"},
	} {
		if r, err := Choose(t.Context(), all, forced, trial); err != nil || !slices.Equal(names(r), want) {
			t.Errorf("forced %s: %v, %v", forced, names(r), err)
		}
	}
	if r, err := Choose(t.Context(), all[4:], "", nil); err != nil || r[0].Name != "slow" || r[0].Time != 0 {
		t.Errorf("without a trial: %v, %v", r, err)
	}
	if _, err := Choose(t.Context(), all, "gpu", nil); err == nil {
		t.Error("an unknown name was accepted")
	}
	if _, err := Choose(t.Context(), all[1:2], "", nil); !errors.Is(err, missing) {
		t.Errorf("none: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	kept := &opened{mortal: mortal{name: "kept", left: 1 << 30}}
	giveUp := Contender{Name: "up", Open: func(context.Context, bool) (Backend, error) { cancel(); return nil, missing }}
	if _, err := Choose(ctx, []Contender{contender(kept, nil), giveUp}, "", nil); !errors.Is(err, context.Canceled) || !kept.closed {
		t.Errorf("given up: %v, closed %t", err, kept.closed)
	}
}

func TestDecodingTrial(t *testing.T) {
	m := lively(t, configs()[0], 1)
	for _, b := range []LayerBackend{Go{}, Reference{}} {
		if err := DecodingTrial(m, 5, 3)(t.Context(), b); err != nil {
			t.Error(err)
		}
	}
	if err := DecodingTrial(m, 5, 3)(t.Context(), &mortal{name: "a", left: 4}); !errors.Is(err, errLost) {
		t.Error(fmt.Errorf("lost within: %w", err))
	}
}
