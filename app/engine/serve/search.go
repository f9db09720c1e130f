package serve

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"unicode/utf8"

	"courselab/app/engine"
	"courselab/sim"
)

// titleWeight is how much more a term in a title counts than one in the text.
const titleWeight = 4

// mostPrefixed is how many terms an unfinished Latin word may stand for.
const mostPrefixed = 20

// search holds the index of the texts that were handed over last.
type search struct {
	mu    sync.Mutex
	ready *searchIndex // nil before the first
}

type searchIndex struct {
	mark      string
	documents []engine.SearchDocument
	index     *sim.Index
	terms     []string // sorted
}

func registerSearch(s *Server) {
	state := &search{}
	s.Register(engine.OpSearchIndex, state.build)
	s.Register(engine.OpSearchQuery, state.query)
}

func badSearch(op, field, message string) *engine.Error {
	return &engine.Error{Code: engine.BadInput, Op: op, Field: field, Message: message}
}

// build answers engine.OpSearchIndex.
func (s *search) build(ctx context.Context, in json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	const op = engine.OpSearchIndex
	var input engine.SearchIndexInput
	if err := json.Unmarshal(in, &input); err != nil {
		return nil, nil, badSearch(op, "", "请求的内容读不出来")
	}
	if len(input.Documents) > engine.MaxSearchDocuments {
		return nil, nil, badSearch(op, "documents", "要索引的条目太多")
	}
	size := 0
	for _, d := range input.Documents {
		size += len(d.Title) + len(d.Text)
	}
	if size > engine.MaxSearchText {
		return nil, nil, badSearch(op, "documents", "要索引的文字太多")
	}
	made := &searchIndex{mark: input.Mark, documents: input.Documents, index: sim.NewIndex(sim.DefaultBM25)}
	for _, d := range input.Documents {
		if err := Pause(ctx); err != nil {
			return nil, nil, err
		}
		made.index.Add(
			sim.Field{Terms: textsOf(sim.Words(d.Title, true)), Weight: titleWeight},
			sim.Field{Terms: textsOf(sim.Words(d.Text, true)), Weight: 1})
	}
	made.terms = made.index.Terms()
	s.mu.Lock()
	s.ready = made
	s.mu.Unlock()
	return engine.SearchIndexOutput{Documents: len(made.documents), Terms: len(made.terms)}, nil, nil
}

func textsOf(words []sim.Word) []string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.Text
	}
	return texts
}

// query answers engine.OpSearchQuery.
func (s *search) query(ctx context.Context, in json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	const op = engine.OpSearchQuery
	var input engine.SearchQueryInput
	if err := json.Unmarshal(in, &input); err != nil {
		return nil, nil, badSearch(op, "", "请求的内容读不出来")
	}
	if input.Limit < 1 || input.Limit > engine.MaxSearchResults {
		return nil, nil, badSearch(op, "limit", "结果数要在 1 到 50 之间")
	}
	s.mu.Lock()
	x := s.ready
	s.mu.Unlock()
	if x == nil || x.mark != input.Mark {
		return nil, nil, &engine.Error{Code: engine.NeedsData, Op: op, Field: "mark", Message: "索引还没有建立"}
	}
	text, cut := cutQuery(input.Query)
	asked := x.asked(text)
	out := engine.SearchOutput{Cut: cut, Words: len(asked), Results: []engine.SearchResult{}}
	if len(asked) == 0 {
		return out, nil, nil
	}
	wanted := map[string]bool{}
	var terms []string
	for _, forms := range asked {
		for _, f := range forms {
			if !wanted[f] {
				wanted[f] = true
				terms = append(terms, f)
			}
		}
	}
	hits := x.index.Search(terms, len(x.documents))
	out.Total = len(hits)
	for _, h := range hits[:min(input.Limit, len(hits))] {
		if err := Pause(ctx); err != nil {
			return nil, nil, err
		}
		out.Results = append(out.Results, x.result(h, asked, wanted))
	}
	return out, nil, nil
}

// cutQuery shortens a query to what is looked for.
func cutQuery(query string) (text string, cut bool) {
	query = strings.TrimSpace(query)
	if utf8.RuneCountInString(query) <= engine.MaxSearchQuery {
		return query, false
	}
	return string([]rune(query)[:engine.MaxSearchQuery]), true
}

// asked returns the different terms of a query, each with the terms of the index
// that it stands for: itself, or those that begin with an unfinished Latin word.
func (x *searchIndex) asked(query string) [][]string {
	var asked [][]string
	seen := map[string]bool{}
	for _, w := range sim.Words(query, false) {
		if seen[w.Text] {
			continue
		}
		seen[w.Text] = true
		forms := []string{w.Text}
		if x.index.Containing(w.Text) == 0 && w.Text[0] < utf8.RuneSelf && len(w.Text) > 1 {
			for _, t := range x.terms {
				if strings.HasPrefix(t, w.Text) && len(forms) <= mostPrefixed {
					forms = append(forms, t)
				}
			}
		}
		asked = append(asked, forms)
	}
	return asked
}

func (x *searchIndex) result(h sim.Hit, asked [][]string, wanted map[string]bool) engine.SearchResult {
	d := x.documents[h.Document]
	title, text := matches(d.Title, wanted), matches(d.Text, wanted)
	has := map[string]bool{}
	for _, w := range title {
		has[w.Text] = true
	}
	for _, w := range text {
		has[w.Text] = true
	}
	r := engine.SearchResult{Document: h.Document, Score: h.Score, Whole: true, TitleMarks: joined(title)}
	for _, forms := range asked {
		found := false
		for _, f := range forms {
			found = found || has[f]
		}
		r.Whole = r.Whole && found
	}
	r.Passage, r.Marks = x.passage(d.Text, text)
	return r
}

// matches returns the words of a text that are wanted.
func matches(text string, wanted map[string]bool) []sim.Word {
	var found []sim.Word
	for _, w := range sim.Words(text, true) {
		if wanted[w.Text] {
			found = append(found, w)
		}
	}
	return found
}
