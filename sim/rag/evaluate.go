package rag

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"courselab/sim"
)

// Depth is how far down the ranks a gold passage is looked for.
const Depth = 50

// Question is one question of a set.
type Question struct {
	ID   string `json:"id"`
	Text string `json:"text"`
	// Gold are the passages that the answer stands in; it takes all of them.
	Gold []Gold `json:"gold"`
}

// Gold is a passage: the section, and a stretch of its text.
type Gold struct {
	Section string `json:"section"`
	Text    string `json:"text"`
}

// Graded is one question, retrieved.
type Graded struct {
	Question Question
	Found    []Found // the first k
	// Ranks are where each gold passage is held first, from 1; 0 where none of the
	// first Depth chunks holds it.
	Ranks []int
	// Torn are gold passages that no chunk holds whole.
	Torn int
	// Gone are gold passages that the text no longer has.
	Gone int
	Used int // chunks that fit into the prompt, at most k
}

// First is the best rank of any gold passage; 0 where there is none.
func (g Graded) First() int {
	first := 0
	for _, r := range g.Ranks {
		if r > 0 && (first == 0 || r < first) {
			first = r
		}
	}
	return first
}

// Recall is recall@k of the question.
func (g Graded) Recall(k int) float64 {
	held := 0
	for _, r := range g.Ranks {
		if r > 0 && r <= k {
			held++
		}
	}
	return float64(held) / float64(len(g.Ranks))
}

// Report is a set of questions, retrieved.
type Report struct {
	Graded []Graded
	MRR    float64
	Torn   int // questions of which a gold passage is torn
	Gone   int // questions of which a gold passage is gone from the text
}

// Recall and Hit are the means over the set. With used the chunks that did not
// fit into the prompt do not count.
func (r Report) Recall(k int, used bool) (recall, hit float64) {
	if len(r.Graded) == 0 {
		return 0, 0
	}
	for _, g := range r.Graded {
		at := k
		if used {
			at = min(k, g.Used)
		}
		recall += g.Recall(at)
		if first := g.First(); first > 0 && first <= at {
			hit++
		}
	}
	n := float64(len(r.Graded))
	return recall / n, hit / n
}

// Evaluate retrieves for every question and grades it. b bounds the prompts in
// which the first k chunks are to go. pause is called between questions.
func (s *Store) Evaluate(ctx context.Context, questions []Question, instruction string, k int, b Budget, pause func(context.Context) error) (Report, error) {
	if err := sim.CheckWhole("k", float64(k), 1, Depth); err != nil {
		return Report{}, fmt.Errorf("evaluate: %w", err)
	}
	if err := b.check(); err != nil {
		return Report{}, fmt.Errorf("evaluate: %w", err)
	}
	sections := make(map[string]int, len(s.Sections))
	for i, section := range s.Sections {
		sections[section.ID] = i
	}
	of := make([][]int, len(s.Sections)) // chunks by section
	for i, c := range s.Chunks {
		of[c.Section] = append(of[c.Section], i)
	}
	squeezed := s.squeezed()
	var report Report
	sum := 0.0
	for _, q := range questions {
		if err := pause(ctx); err != nil {
			return Report{}, err
		}
		found := s.Search(q.Text, Depth)
		g := Graded{Question: q, Found: found[:min(k, len(found))], Ranks: make([]int, len(q.Gold))}
		for i, gold := range q.Gold {
			at, known := sections[gold.Section]
			text := squeeze(gold.Text)
			if !known || !strings.Contains(squeezed.section(at), text) {
				g.Gone++
				continue
			}
			holders := map[int]bool{}
			for _, c := range of[at] {
				if strings.Contains(squeezed.chunk(c), text) {
					holders[c] = true
				}
			}
			if len(holders) == 0 {
				g.Torn++
			}
			for rank, f := range found {
				if holders[f.Chunk] {
					g.Ranks[i] = rank + 1
					break
				}
			}
		}
		prompt, err := s.Assemble(instruction, q.Text, g.Found, b)
		if err == nil {
			g.Used = prompt.Used
		}
		if first := g.First(); first > 0 {
			sum += 1 / float64(first)
		}
		if g.Torn > 0 {
			report.Torn++
		}
		if g.Gone > 0 {
			report.Gone++
		}
		report.Graded = append(report.Graded, g)
	}
	if len(questions) > 0 {
		report.MRR = sum / float64(len(questions))
	}
	return report, nil
}

// squeezedTexts are the texts of a store without spaces, each made when it is
// asked for: most sections hold no gold passage.
type squeezedTexts struct {
	of               *Store
	sections, chunks []string
}

func (s *Store) squeezed() squeezedTexts {
	return squeezedTexts{s, make([]string, len(s.Sections)), make([]string, len(s.Chunks))}
}

func (q squeezedTexts) section(i int) string {
	if q.sections[i] == "" {
		q.sections[i] = squeeze(q.of.Sections[i].Text)
	}
	return q.sections[i]
}

func (q squeezedTexts) chunk(i int) string {
	if q.chunks[i] == "" {
		q.chunks[i] = squeeze(q.of.Chunks[i].Text)
	}
	return q.chunks[i]
}

// Holds reports whether a chunk holds a gold passage.
func (s *Store) Holds(chunk int, g Gold) bool {
	c := s.Chunks[chunk]
	return s.Sections[c.Section].ID == g.Section && strings.Contains(squeeze(c.Text), squeeze(g.Text))
}

// squeeze leaves out spaces, which differ between a text and its markup.
func squeeze(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsSpace(c) {
			return -1
		}
		return c
	}, text)
}
