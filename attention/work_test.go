package attention

import (
	"errors"
	"maps"
	"testing"
)

// TestWorkAgainstCounter compares the arithmetic with what a backend was asked
// for, with the cache and without.
func TestWorkAgainstCounter(t *testing.T) {
	long := configs()[0]
	long.Context = 300
	for i, tt := range []struct {
		c             ModelConfig
		prompt, count int
	}{
		{configs()[0], 3, 5}, {configs()[1], 1, 6}, {configs()[2], 7, 1}, {configs()[5], 2, 3}, {long, 130, 4},
	} {
		m := lively(t, tt.c, uint64(i))
		tokens := someTokens(tt.c, tt.prompt+tt.count, uint64(i))
		for _, cached := range []bool{true, false} {
			counter := NewCounter(Go{}, m)
			d, err := NewDecoder(m, counter, tt.c.Context)
			if err != nil {
				t.Fatal(err)
			}
			for step := range tt.count {
				if !cached {
					d.Truncate(0)
				}
				if _, err := d.Next(t.Context(), tokens[d.Len():tt.prompt+step]); err != nil {
					t.Fatal(err)
				}
			}
			want, err := GenerationWork(tt.c, tt.prompt, tt.count, cached)
			if err != nil {
				t.Fatal(err)
			}
			// Only the long text outgrows the decoder's memory.
			if grown := counter.Work[WorkOther]; (grown.Bytes > 0) != (cached && tt.prompt > firstRoom) || grown.Multiplications > 0 {
				t.Errorf("%d tokens: other work %+v", tt.prompt, grown)
			}
			delete(counter.Work, WorkOther)
			if !maps.Equal(counter.Work, want) {
				t.Errorf("%+v, %d after %d, cache %v:\ncounted %v\n   want %v", tt.c, tt.count, tt.prompt, cached, counter.Work, want)
			}
		}
	}
}

// TestWorkByHand counts one small pass on paper: 2 tokens after 1, width 4, one
// layer of 2 heads of 2 on 1 of keys, middle 3, vocabulary 5.
func TestWorkByHand(t *testing.T) {
	c := ModelConfig{Vocab: 5, Width: 4, Layers: 1, Heads: 2, KVHeads: 1, HeadDim: 2, FFN: 3, Context: 9}
	want := Work{
		WorkEmbedding:  {0, 4 * (8 + 8)},
		WorkNorm:       {3*8*2 + 3*4, 4 * (2*(8+8+4) + 4 + 4 + 4)},
		WorkProjection: {2*4*4 + 2*(2*4*2), 4 * ((8 + 16 + 8) + 2*(8+8+4))},
		WorkRotation:   {2 * (8 + 4), 4 * (2*(8+4) + 4 + 4)},
		WorkAttention:  {2 * 2 * (2 + 3) * 2, 4 * (8 + 8 + 6 + 6 + 2*2*3)},
		WorkOutput:     {2 * 4 * 4, 4 * (8 + 16 + 8)},
		WorkFFN:        {3 * 2 * 4 * 3, 4 * 3 * (8 + 12 + 6)},
		WorkGate:       {6, 4 * 3 * 6},
		WorkResidual:   {0, 4 * 2 * 3 * 8},
		WorkLogits:     {20, 4 * (4 + 20 + 5)},
	}
	got := PassWork(c, 1, 2, 1)
	for _, part := range WorkParts {
		if got[part] != want[part] {
			t.Errorf("%s: %+v, want %+v", part, got[part], want[part])
		}
	}
	if sum := got.Total(); sum.Multiplications != 60+64+24+40+32+72+6+20 {
		t.Errorf("total %+v", sum)
	}
	if got := CacheBytes(c, 3); got != 4*2*3*2 {
		t.Errorf("cache of %v bytes", got)
	}
}

func TestWorkRefuses(t *testing.T) {
	c := configs()[0] // context 16
	for _, bad := range [][2]int{{0, 1}, {1, 0}, {-1, 3}} {
		_, err := GenerationWork(c, bad[0], bad[1], true)
		says(t, "too few", err, "at least 1")
	}
	var full *ContextError
	if _, err := GenerationWork(c, 10, 8, true); !errors.As(err, &full) || full.Capacity != 16 {
		t.Errorf("beyond the context: %v", err)
	}
	if _, err := GenerationWork(c, 10, 7, false); err != nil {
		t.Errorf("just fitting: %v", err)
	}
}

// TestCounterKeepsResults counts other operations and changes nothing.
func TestCounterKeepsResults(t *testing.T) {
	m := lively(t, configs()[0], 1)
	counter := NewCounter(Go{}, m)
	if err := CompareLayersToReference(t.Context(), counter, layerShapes[3], 1); err != nil {
		t.Error(err)
	}
	if err := SelfTest(t.Context(), counter); err != nil {
		t.Error(err)
	}
	if counter.Name() != "cpu" || counter.Work[WorkOther].Multiplications == 0 {
		t.Errorf("%s: %v", counter.Name(), counter.Work)
	}
}
