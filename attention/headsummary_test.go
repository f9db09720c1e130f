package attention

import (
	"math"
	"strings"
	"testing"
)

// verse is <bos> and two lines with their marks: positions 0; 1–3, 4; 5–7, 8.
var verse = []string{"<bos>", "明", "月", "光", "，", "地", "上", "霜", "。"}

// looking returns weights that lie on key(i) alone, and evenly on all keys seen
// where key is negative.
func looking(n int, key func(i int) int) Matrix {
	m := NewMatrix(n, n)
	for i := range n {
		if j := key(i); j >= 0 {
			m.Set(i, j, 1)
			continue
		}
		for j := range i + 1 {
			m.Set(i, j, 1/float32(i+1))
		}
	}
	return m
}

func summarise(t *testing.T, weights Matrix, texts []string) (HeadSummary, map[Pattern]PatternMass) {
	t.Helper()
	h, err := SummariseHead(weights, texts)
	if err != nil {
		t.Fatal(err)
	}
	masses := map[Pattern]PatternMass{}
	for i, m := range h.Patterns {
		if m.Pattern != Patterns[i] {
			t.Fatalf("pattern %d is %s", i, m.Pattern)
		}
		masses[m.Pattern] = m
	}
	return h, masses
}

// TestHeadPatterns gives each pattern a head that follows it.
func TestHeadPatterns(t *testing.T) {
	for _, tt := range []struct {
		pattern Pattern
		key     func(i int) int
		queries int
		uniform float64
	}{
		// All but the first query, which sees itself alone.
		{PatternSelf, func(i int) int { return i }, 8, (1./2 + 1./3 + 1./4 + 1./5 + 1./6 + 1./7 + 1./8 + 1./9) / 8},
		{PatternPrevious, func(i int) int { return max(i-1, 0) }, 8, (1./2 + 1./3 + 1./4 + 1./5 + 1./6 + 1./7 + 1./8 + 1./9) / 8},
		{PatternFirst, func(int) int { return 0 }, 8, (1./2 + 1./3 + 1./4 + 1./5 + 1./6 + 1./7 + 1./8 + 1./9) / 8},
		// 地上霜 to 明月光.
		{PatternAbove, func(i int) int {
			if i >= 5 && i <= 7 {
				return i - 4
			}
			return -1
		}, 3, (1./6 + 1./7 + 1./8) / 3},
		// ，to 明, 地 to 月, 上 to 光, 。to 地.
		{PatternAboveNext, func(i int) int {
			if i >= 4 && i != 7 {
				return i - 3
			}
			return -1
		}, 4, (1./5 + 1./6 + 1./7 + 1./9) / 4},
		// 光, and with the last query 霜 too.
		{PatternLineEnd, func(i int) int {
			if i >= 3 {
				return 3
			}
			return -1
		}, 6, (1./4 + 1./5 + 1./6 + 1./7 + 2./8 + 2./9) / 6},
		{PatternPunctuation, func(i int) int {
			if i >= 4 {
				return 4
			}
			return -1
		}, 5, (1./5 + 1./6 + 1./7 + 1./8 + 2./9) / 5},
	} {
		h, masses := summarise(t, looking(len(verse), tt.key), verse)
		m := masses[tt.pattern]
		if m.Queries != tt.queries || math.Abs(m.Mean-1) > 1e-6 || math.Abs(m.Uniform-tt.uniform) > 1e-6 || math.Abs(m.Gain+math.Log(tt.uniform)) > 1e-5 {
			t.Errorf("%s: %+v, want a mean of 1 of %d queries against %v", tt.pattern, m, tt.queries, tt.uniform)
		}
		if h.Standout != tt.pattern {
			t.Errorf("%s: what stands out is %q", tt.pattern, h.Standout)
		}
	}
}

func TestHeadUniform(t *testing.T) {
	h, masses := summarise(t, looking(len(verse), func(int) int { return -1 }), verse)
	for _, m := range masses {
		if math.Abs(m.Mean-m.Uniform) > 1e-6 || math.Abs(m.Gain) > 1e-9 {
			t.Errorf("equal weights: %+v", m)
		}
	}
	if want := math.Log(362880) / 9; h.Standout != "" || math.Abs(h.Entropy-want) > 1e-6 || math.Abs(h.UniformEntropy-want) > 1e-9 {
		t.Errorf("equal weights: %+v, want an entropy of %v", h, want)
	}
	// A head that avoids a pattern has a gain below zero there.
	_, masses = summarise(t, looking(len(verse), func(i int) int { return i }), verse)
	if m := masses[PatternFirst]; m.Mean != 0 || !(m.Gain < 0) {
		t.Errorf("avoided: %+v", m)
	}
	if h, _ := summarise(t, looking(9, func(i int) int { return i }), verse); h.Entropy != 0 {
		t.Errorf("entropy %v of a head that looks at one key", h.Entropy)
	}
	// Half the mass on 1 of about 5 keys is what stands out at least.
	if g := relative(0.5, 0.19) + relative(0.5, 0.81); math.Abs(g-StandoutGain) > 0.01 {
		t.Errorf("the gain in the definition of StandoutGain is %v", g)
	}
}

func TestHeadSummaryOfLittle(t *testing.T) {
	h, masses := summarise(t, looking(1, func(int) int { return 0 }), []string{"月"})
	for _, m := range masses {
		if m.Queries != 0 || m.Mean != 0 {
			t.Errorf("one token: %+v", m)
		}
	}
	if h.Standout != "" || h.Entropy != 0 || h.UniformEntropy != 0 {
		t.Errorf("one token: %+v", h)
	}
	if _, err := SummariseHead(NewMatrix(2, 2), []string{"月"}); err == nil || !strings.Contains(err.Error(), "(2, 2) of 1") {
		t.Errorf("wrong shape: %v", err)
	}
	if _, err := SummariseHead(Matrix{}, nil); err == nil {
		t.Error("no tokens: no error")
	}
}

func TestVersePlaces(t *testing.T) {
	texts := append([]string{"<bos>"}, strings.Split("《月》a，\n 光b、c。！d", "")...)
	want := []versePlace{
		{0, -1, false, false}, {0, -1, true, false}, {0, 0, false, false}, {0, -1, true, false}, {0, 1, false, false},
		{0, -1, true, true}, {0, -1, true, true}, {1, -1, false, false}, {1, 0, false, false}, {1, 1, false, false},
		{1, -1, true, false}, {1, 2, false, false}, {1, -1, true, true}, {1, -1, true, true}, {2, 0, false, false},
	}
	for i, p := range versePlaces(texts) {
		if p != want[i] {
			t.Errorf("%q at %d: %+v, want %+v", texts[i], i, p, want[i])
		}
	}
}

func TestHeadSummariesOfTrace(t *testing.T) {
	c := configs()[0]
	trace, err := TraceModel(t.Context(), Go{}, lively(t, c, 1), []int{0, 1, 2, 3, 4, 5, 6, 7, 8}, TraceOptions{Symbol: func(id int) string {
		if id < len(verse) {
			return verse[id]
		}
		return "〇"
	}})
	if err != nil {
		t.Fatal(err)
	}
	heads, err := trace.HeadSummaries()
	if err != nil || len(heads) != c.Layers || len(heads[1]) != c.Heads {
		t.Fatalf("%d layers: %v", len(heads), err)
	}
	weights, _ := trace.Tensor(HeadName(1, 3, "weights"))
	want, _ := summarise(t, weights.Matrix, verse)
	if got := heads[1][3]; got.Entropy != want.Entropy || got.Patterns[2] != want.Patterns[2] {
		t.Errorf("head 3 of layer 1: %+v, want %+v", got, want)
	}
}
