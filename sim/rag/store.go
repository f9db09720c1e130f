package rag

import (
	"context"
	"fmt"

	"courselab/sim"
)

// Store is an index over chunks.
type Store struct {
	Sections []Section
	Chunks   []Chunk

	index *sim.Index
}

// Ranking says how chunks are ranked.
type Ranking struct {
	BM25 sim.BM25
	// Title is how much a term in the title of a chunk's section counts beside one
	// in the chunk; 0 leaves titles out.
	Title float64
}

// DefaultRanking is what Lucene uses, titles counting as the text does.
var DefaultRanking = Ranking{BM25: sim.DefaultBM25, Title: 1}

// pauseEvery is how many chunks are indexed between two pauses.
const pauseEvery = 32

// NewStore cuts and indexes sections. pause is called now and then; where it
// fails, NewStore does.
func NewStore(ctx context.Context, sections []Section, c Chunking, r Ranking, pause func(context.Context) error) (*Store, error) {
	for _, err := range []error{
		sim.CheckRange("k1", r.BM25.K1, 0, 100), sim.CheckRange("b", r.BM25.B, 0, 1), sim.CheckRange("title_weight", r.Title, 0, 10),
	} {
		if err != nil {
			return nil, fmt.Errorf("index: %w", err)
		}
	}
	chunks, err := Cut(sections, c)
	if err != nil {
		return nil, err
	}
	s := &Store{Sections: sections, Chunks: chunks, index: sim.NewIndex(r.BM25)}
	for i, chunk := range chunks {
		if i%pauseEvery == 0 {
			if err := pause(ctx); err != nil {
				return nil, err
			}
		}
		fields := []sim.Field{{Terms: terms(chunk.Text), Weight: 1}}
		if r.Title > 0 {
			fields = append(fields, sim.Field{Terms: terms(sections[chunk.Section].Title), Weight: r.Title})
		}
		s.index.Add(fields...)
	}
	return s, nil
}

func terms(text string) []string {
	words := sim.Words(text, false)
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = w.Text
	}
	return texts
}

// Terms is how many different terms are indexed.
func (s *Store) Terms() int { return len(s.index.Terms()) }

// Found is a chunk that fits a question.
type Found struct {
	Chunk   int
	Score   float64
	Matched int // different terms of the question in it
}

// Search returns the k chunks that fit a question best.
func (s *Store) Search(question string, k int) []Found {
	hits := s.index.Search(terms(question), k)
	found := make([]Found, len(hits))
	for i, h := range hits {
		found[i] = Found{Chunk: h.Document, Score: h.Score, Matched: h.Matched}
	}
	return found
}

// Asked are the different terms of a question with how many chunks hold each.
func (s *Store) Asked(question string) []Asked {
	var all []Asked
	seen := map[string]bool{}
	for _, t := range terms(question) {
		if !seen[t] {
			seen[t] = true
			n := s.index.Containing(t)
			all = append(all, Asked{t, n, s.index.Rank.IDF(float64(s.index.Documents()), float64(n))})
		}
	}
	return all
}

// Asked is a term of a question: how many chunks hold it, and how telling it is.
type Asked struct {
	Term   string
	Chunks int
	IDF    float64
}
