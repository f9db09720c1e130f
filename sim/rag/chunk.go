package rag

import (
	"fmt"
	"strings"
	"unicode"

	"courselab/sim"
)

// Section is a stretch of text with an address of its own; no chunk reaches
// beyond it.
type Section struct {
	ID    string // "m3#kv-cache"
	Title string
	Text  string
}

// Chunking says how sections are cut.
type Chunking struct {
	Size    int // characters of a chunk, at most
	Overlap int // characters that a chunk repeats of the one before
	// Sentences moves a cut back to the last end of a sentence, where one lies in
	// the last quarter of the chunk.
	Sentences bool
}

// Limits of Chunking.
const (
	MinSize, MaxSize = 40, 4000
	MaxText          = 2_000_000 // characters of all sections
)

func (c Chunking) check() error {
	if err := sim.CheckWhole("size", float64(c.Size), MinSize, MaxSize); err != nil {
		return err
	}
	return sim.CheckWhole("overlap", float64(c.Overlap), 0, float64(c.Size/2))
}

// Chunk is a stretch of one section.
type Chunk struct {
	Section    int // index
	Start, End int // characters within the section's text
	Text       string
}

// Cut divides sections into chunks, in order. Every character is in a chunk.
func Cut(sections []Section, c Chunking) ([]Chunk, error) {
	if err := c.check(); err != nil {
		return nil, fmt.Errorf("cut: %w", err)
	}
	var chunks []Chunk
	total := 0
	for i, s := range sections {
		text := []rune(s.Text)
		if total += len(text); total > MaxText {
			return nil, fmt.Errorf("cut: %w", &sim.FieldError{Field: "text", Reason: sim.OutOfRange, Detail: fmt.Sprintf("more than %d characters", MaxText)})
		}
		for start := 0; start < len(text); {
			end := min(start+c.Size, len(text))
			if c.Sentences && end < len(text) {
				end = sentenceEnd(text, end, start+c.Size*3/4)
			}
			chunks = append(chunks, Chunk{Section: i, Start: start, End: end, Text: string(text[start:end])})
			if end == len(text) {
				break
			}
			start = end - c.Overlap
		}
	}
	return chunks, nil
}

// sentenceEnd is the last end of a sentence in text[least:end], or end.
func sentenceEnd(text []rune, end, least int) int {
	for i := end; i > least; i-- {
		if strings.ContainsRune("。！？；\n", text[i-1]) {
			return i
		}
	}
	return end
}

// Rates estimate tokens from characters.
type Rates struct {
	Chinese float64 // tokens for one Chinese character or full-width mark
	Other   float64 // tokens for one other character that is no space
}

// DeepSeekRates are what DeepSeek's documentation gives as a rule of thumb.
var DeepSeekRates = Rates{Chinese: 0.6, Other: 0.3}

// SourceRates is where DeepSeekRates come from.
var SourceRates = sim.Source{Title: "DeepSeek API 文档，Token 用量计算", URL: "https://api-docs.deepseek.com/zh-cn/quick_start/token_usage", Date: "2025"}

// Count estimates the tokens of a text:
//
//	chinese · r_c + others · r_o
func (r Rates) Count(text string) float64 {
	var chinese, other float64
	for _, c := range text {
		switch {
		case unicode.IsSpace(c):
		case c >= 0x2e80:
			chinese++
		default:
			other++
		}
	}
	return chinese*r.Chinese + other*r.Other
}

func (r Rates) check() error {
	if err := sim.CheckRange("tokens_per_chinese", r.Chinese, 0.01, 10); err != nil {
		return err
	}
	return sim.CheckRange("tokens_per_other", r.Other, 0.01, 10)
}
