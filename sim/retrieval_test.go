package sim

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// Two documents, worked by hand. "a" stands in both, "b" in the second only,
// lengths 3 and 1, mean 2.
//
//	idf(a) = ln(1 + 0.5/2.5) = ln 1.2 = 0.18232156
//	idf(b) = ln(1 + 1.5/1.5) = ln 2   = 0.69314718
//	a in 0: f = 2: 2 · 2.2 / (2 + 1.2 · (0.25 + 0.75 · 1.5)) = 4.4 / 3.65 = 1.20547945
//	b in 0: f = 1: 2.2 / (1 + 1.2 · 1.375) = 2.2 / 2.65 = 0.83018868
//	a in 1: f = 1: 2.2 / (1 + 1.2 · (0.25 + 0.375)) = 2.2 / 1.75 = 1.25714286
func TestBM25ByHand(t *testing.T) {
	x := NewIndex(DefaultBM25)
	x.Add(Field{Terms: []string{"a", "b", "a"}, Weight: 1})
	x.Add(Field{Terms: []string{"a"}, Weight: 1})
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-7 {
			t.Errorf("%s = %.8f, want %.8f", what, got, want)
		}
	}
	hits := x.Search([]string{"a", "b", "a", "nothing"}, 10)
	if len(hits) != 2 || hits[0].Document != 0 || hits[0].Matched != 2 || hits[1].Matched != 1 {
		t.Fatalf("hits %+v", hits)
	}
	near("document 0", hits[0].Score, 0.18232156*1.20547945+0.69314718*0.83018868)
	near("document 1", hits[1].Score, 0.18232156*1.25714286)
	q, err := BM25Weight(DefaultBM25, 2, 3, 2, 2, 2)
	if err != nil {
		t.Fatal(err)
	}
	near("quantity", q.Value, 0.18232156*1.20547945)
	if !strings.Contains(q.Working, "ln(1 + (2 − 2 + 0.5) / (2 + 0.5)) × 2 × (1.2 + 1) / (2 + 1.2 × (1 − 0.75 + 0.75 × 3 / 2))") {
		t.Errorf("working %s", q.Working)
	}
	if hits := x.Search([]string{"a"}, 1); len(hits) != 1 || hits[0].Document != 1 {
		t.Errorf("the short document first: %+v", hits)
	}
}

func TestBM25Refusals(t *testing.T) {
	for _, c := range [][5]float64{{-1, 1, 1, 1, 1}, {1, math.NaN(), 1, 1, 1}, {1, 1, math.Inf(1), 1, 1}, {1, 1, 1, 0, 0}, {1, 1, 1, 2, 3}, {1, 1, 1, 1.5, 1}} {
		if q, err := BM25Weight(DefaultBM25, c[0], c[1], c[2], c[3], c[4]); err == nil {
			t.Errorf("%v gives %v", c, q.Value)
		}
	}
	if _, err := BM25Weight(BM25{K1: 1, B: 2}, 1, 1, 1, 1, 1); err == nil {
		t.Error("b = 2 is accepted")
	}
}

// What the ranking promises whatever the numbers: never below zero, more
// occurrences never count less, a longer document never more.
func TestBM25Properties(t *testing.T) {
	for _, p := range []BM25{DefaultBM25, {0, 0}, {0, 1}, {2, 1}} {
		for n := 1.0; n <= 5; n++ {
			for containing := 0.0; containing <= n; containing++ {
				for f := 0.0; f < 6; f++ {
					w := p.Weight(f, 10, 10, n, containing)
					const rounding = 1e-12
					if !(w >= 0) || p.Weight(f+1, 10, 10, n, containing) < w-rounding || p.Weight(f, 20, 10, n, containing) > w+rounding {
						t.Errorf("%+v n %v of %v f %v: %v", p, containing, n, f, w)
					}
				}
			}
		}
	}
	if hits := NewIndex(DefaultBM25).Search([]string{"a"}, 3); hits != nil {
		t.Errorf("an empty index finds %v", hits)
	}
}

func TestFieldsWeigh(t *testing.T) {
	x := NewIndex(DefaultBM25)
	x.Add(Field{Terms: []string{"b"}, Weight: 3}, Field{Terms: []string{"a"}, Weight: 1})
	x.Add(Field{Terms: []string{"a"}, Weight: 3}, Field{Terms: []string{"b"}, Weight: 1})
	if hits := x.Search([]string{"a"}, 2); len(hits) != 2 || hits[0].Document != 1 {
		t.Errorf("a title counts no more than text: %+v", hits)
	}
	if x.Containing("a") != 2 || x.Documents() != 2 || fmt.Sprint(x.Terms()) != "[a b]" {
		t.Errorf("%d of %d, terms %v", x.Containing("a"), x.Documents(), x.Terms())
	}
}

func TestWords(t *testing.T) {
	show := func(words []Word) string {
		var parts []string
		for _, w := range words {
			parts = append(parts, fmt.Sprintf("%s@%d-%d", w.Text, w.Start, w.End))
		}
		return strings.Join(parts, " ")
	}
	for _, c := range []struct {
		text    string
		singles bool
		want    string
	}{
		{"注意力", false, "注意@0-2 意力@1-3"},
		{"注意", true, "注@0-1 注意@0-2 意@1-2"},
		{"力", false, "力@0-1"},
		{"KV 缓存", false, "kv@0-2 缓存@3-5"},
		{"ＫＶ缓存，GPT-4o", false, "kv@0-2 缓存@2-4 gpt@5-8 4o@9-11"},
		{"pass@k", false, "pass@0-4 k@5-6"},
		{"😀 ！<b>", false, "b@4-5"},
		{"", false, ""},
		{"\xff\xfe", false, ""},
	} {
		if got := show(Words(c.text, c.singles)); got != c.want {
			t.Errorf("Words(%q) = %s, want %s", c.text, got, c.want)
		}
	}
}

func FuzzWords(f *testing.F) {
	f.Add("注意力 KV 缓存，pass@k 😀")
	f.Fuzz(func(t *testing.T, text string) {
		runes := []rune(text)
		for _, w := range Words(text, true) {
			if w.Start < 0 || w.End > len(runes) || w.End <= w.Start || w.Text == "" {
				t.Fatalf("word %+v of %d characters", w, len(runes))
			}
		}
	})
}
