package serve

import (
	"context"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"courselab/app/engine"
)

var searched = []engine.SearchDocument{
	{Title: "注意力", Text: "每个词元按相关程度取用别的词元。缩放点积注意力除以根号 d_k，是为了方差不随宽度变大。"},
	{Title: "KV 缓存", Text: "生成时把算过的键和值留下来。" + strings.Repeat("这里是别的话。", 40) + "缓存随并发增长，注意它的大小。"},
	{Title: "量化", Text: "用 8 位或 4 位存权重。GPT-4o 没有公布。Quantisation 有误差。"},
	{Title: "电费", Text: "每月一千到五千元，力气不在这里。"},
}

// searchEngine returns a client to an engine that has the texts.
func searchEngine(t testing.TB) *engine.Client {
	client := engine.NewClient(InProcess(Default()), engine.Options{})
	t.Cleanup(client.Stop)
	var out engine.SearchIndexOutput
	if err := client.Call(context.Background(), engine.OpSearchIndex, engine.SearchIndexInput{Mark: "a", Documents: searched}, &out); err != nil {
		t.Fatal(err)
	}
	if out.Documents != len(searched) || out.Terms < 50 {
		t.Fatalf("indexed %+v", out)
	}
	return client
}

func find(t testing.TB, client *engine.Client, query string) engine.SearchOutput {
	t.Helper()
	var out engine.SearchOutput
	if err := client.Call(context.Background(), engine.OpSearchQuery, engine.SearchQueryInput{Mark: "a", Query: query, Limit: 10}, &out); err != nil {
		t.Fatalf("query %.40q: %v", query, err)
	}
	return out
}

func TestSearch(t *testing.T) {
	client := searchEngine(t)
	for _, c := range []struct {
		query, first string
		total        int
		passage      string // marks in brackets; a part of it
	}{
		{"注意力", "注意力", 2, "缩放点积[注意力]除以"},
		{"kv缓存", "KV 缓存", 1, "[缓存]随并发增长"},
		{"力", "注意力", 2, "注意[力]除以"},
		{"GPT-4o", "量化", 1, "[GPT]-[4o]"},
		{"ＧＰＴ", "量化", 1, "[GPT]-4o"},
		{"quanti", "量化", 1, "[Quantisation]"},
		{"词元取用", "注意力", 1, "[词元]按相关程度[取用]别的[词元]"},
		{"量子纠缠", "", 0, ""},
	} {
		out := find(t, client, c.query)
		if out.Total != c.total || len(out.Results) != c.total {
			t.Errorf("%q: %d of %d results, want %d", c.query, len(out.Results), out.Total, c.total)
		}
		if len(out.Results) == 0 {
			continue
		}
		r := out.Results[0]
		if got := searched[r.Document].Title; got != c.first {
			t.Errorf("%q: first is %s, want %s", c.query, got, c.first)
		}
		if got := bracketed(r.Passage, r.Marks); !strings.Contains(got, c.passage) {
			t.Errorf("%q: passage %s, want %s", c.query, got, c.passage)
		}
	}
	if r := find(t, client, "注意力").Results; !r[0].Whole || r[1].Whole || bracketed("注意力", r[0].TitleMarks) != "[注意力]" {
		t.Errorf("注意力: %+v", r)
	}
}

// bracketed shows marks in a text; it fails by panic where they do not fit.
func bracketed(text string, marks [][2]int) string {
	runes := []rune(text)
	var b strings.Builder
	at := 0
	for _, m := range marks {
		b.WriteString(string(runes[at:m[0]]) + "[" + string(runes[m[0]:m[1]]) + "]")
		at = m[1]
	}
	return b.String() + string(runes[at:])
}

func TestSearchOfOddQueries(t *testing.T) {
	client := searchEngine(t)
	for query, want := range map[string]struct{ words, total int }{
		"":                          {0, 0},
		"   ":                       {0, 0},
		"😀":                         {0, 0},
		"？！（）":                      {0, 0},
		"\x00\xff":                  {0, 0},
		"<script>alert(1)</script>": {3, 0},
		"元":                         {1, 2},
		"a":                         {1, 0},
		strings.Repeat("，", 10000) + "注意力": {0, 0},
	} {
		out := find(t, client, query)
		if out.Words != want.words || out.Total != want.total {
			t.Errorf("%.20q: %d words, %d results, want %+v", query, out.Words, out.Total, want)
		}
	}
	out := find(t, client, strings.Repeat("注意力机制", 2000))
	if !out.Cut || out.Total == 0 || out.Words > engine.MaxSearchQuery {
		t.Errorf("10,000 characters: cut %v, %d words, %d results", out.Cut, out.Words, out.Total)
	}
}

func TestSearchRefusals(t *testing.T) {
	client := searchEngine(t)
	ask := func(op string, input any) *engine.Error {
		var e *engine.Error
		if err := client.Call(context.Background(), op, input, nil); !errors.As(err, &e) {
			t.Fatalf("%s %+v: %v", op, input, err)
		}
		return e
	}
	if e := ask(engine.OpSearchQuery, engine.SearchQueryInput{Mark: "other", Query: "a", Limit: 1}); e.Code != engine.NeedsData {
		t.Errorf("an index that is not there: %v", e)
	}
	for _, limit := range []int{0, -1, engine.MaxSearchResults + 1} {
		if e := ask(engine.OpSearchQuery, engine.SearchQueryInput{Mark: "a", Limit: limit}); e.Code != engine.BadInput || e.Field != "limit" {
			t.Errorf("limit %d: %v", limit, e)
		}
	}
	many := make([]engine.SearchDocument, engine.MaxSearchDocuments+1)
	if e := ask(engine.OpSearchIndex, engine.SearchIndexInput{Documents: many}); e.Code != engine.BadInput {
		t.Errorf("too many: %v", e)
	}
	long := []engine.SearchDocument{{Text: strings.Repeat("长", engine.MaxSearchText/3+1)}}
	if e := ask(engine.OpSearchIndex, engine.SearchIndexInput{Documents: long}); e.Code != engine.BadInput {
		t.Errorf("too long: %v", e)
	}
}

// A newer text replaces the index of the older.
func TestSearchIndexIsReplaced(t *testing.T) {
	client := searchEngine(t)
	next := engine.SearchIndexInput{Mark: "b", Documents: []engine.SearchDocument{{Title: "新", Text: "改过的课文"}}}
	if err := client.Call(context.Background(), engine.OpSearchIndex, next, nil); err != nil {
		t.Fatal(err)
	}
	var out engine.SearchOutput
	if err := client.Call(context.Background(), engine.OpSearchQuery, engine.SearchQueryInput{Mark: "b", Query: "课文", Limit: 5}, &out); err != nil || out.Total != 1 {
		t.Errorf("%+v, %v", out, err)
	}
}

func FuzzSearchQuery(f *testing.F) {
	client := searchEngine(f)
	for _, q := range []string{"注意力", "😀", "<b>", "力", "quanti", "\xff", "K"} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		for _, r := range find(t, client, query).Results {
			if r.Document < 0 || r.Document >= len(searched) || !(r.Score > 0) {
				t.Fatalf("result %+v", r)
			}
			if n := utf8.RuneCountInString(r.Passage); n > passageLength+2 {
				t.Fatalf("passage of %d characters", n)
			}
			bracketed(r.Passage, r.Marks)
			bracketed(searched[r.Document].Title, r.TitleMarks)
		}
	})
}
