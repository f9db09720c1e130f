package attention

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Tokenizer maps characters to tokens and back. A symbol of one character
// stands for it; longer ones (<bos>, <eos>) never arise from a text.
type Tokenizer struct {
	ids     map[string]int
	symbols map[int]string
	special map[int]bool // left out of decoded text
}

// tokenizerFile is tokenizer.json as far as it matters here.
type tokenizerFile struct {
	Model *struct {
		Type   string            `json:"type"`
		Vocab  json.RawMessage   `json:"vocab"`
		Merges []json.RawMessage `json:"merges"`
	} `json:"model"`
	Added []struct {
		ID      int    `json:"id"`
		Content string `json:"content"`
		Special bool   `json:"special"`
	} `json:"added_tokens"`
}

// ParseTokenizer reads a tokenizer.json whose tokens are characters: a
// model.vocab map from symbols to ids, and no merges.
func ParseTokenizer(src []byte) (*Tokenizer, error) {
	var f tokenizerFile
	if err := json.Unmarshal(src, &f); err != nil {
		return nil, fmt.Errorf("parse tokenizer: %w", err)
	}
	if f.Model == nil || len(f.Model.Vocab) == 0 || string(f.Model.Vocab) == "null" {
		return nil, fmt.Errorf("parse tokenizer: model.vocab: missing")
	}
	if kind := f.Model.Type; kind != "" && kind != "WordLevel" && kind != "BPE" || len(f.Model.Merges) > 0 {
		return nil, fmt.Errorf("parse tokenizer: model.type %q with %d merges: not a tokenizer of characters", kind, len(f.Model.Merges))
	}
	var vocab map[string]int
	if err := json.Unmarshal(f.Model.Vocab, &vocab); err != nil {
		return nil, fmt.Errorf("parse tokenizer: model.vocab: not a map from symbols to ids: %w", err)
	}
	t := &Tokenizer{ids: map[string]int{}, symbols: map[int]string{}, special: map[int]bool{}}
	names := make([]string, 0, len(vocab))
	for symbol := range vocab {
		names = append(names, symbol)
	}
	slices.Sort(names) // the same fault is reported each time
	for _, symbol := range names {
		if err := t.add(symbol, vocab[symbol]); err != nil {
			return nil, fmt.Errorf("parse tokenizer: model.vocab: %w", err)
		}
	}
	for _, a := range f.Added {
		if err := t.add(a.Content, a.ID); err != nil {
			return nil, fmt.Errorf("parse tokenizer: added_tokens: %w", err)
		}
		if a.Special {
			t.special[a.ID] = true
		}
	}
	return t, nil
}

// NewTokenizer returns the tokenizer whose symbol i is symbols[i]; the first
// special of them mark places in a text and are no part of it.
func NewTokenizer(symbols []string, special int) (*Tokenizer, error) {
	t := &Tokenizer{ids: map[string]int{}, symbols: map[int]string{}, special: map[int]bool{}}
	for id, symbol := range symbols {
		if _, twice := t.ids[symbol]; twice {
			return nil, fmt.Errorf("new tokenizer: symbol %q stands there twice", symbol)
		}
		if err := t.add(symbol, id); err != nil {
			return nil, fmt.Errorf("new tokenizer: %w", err)
		}
		if id < special {
			t.special[id] = true
		}
	}
	return t, nil
}

// add takes a symbol in; the same symbol with the same id may come again.
func (t *Tokenizer) add(symbol string, id int) error {
	if id < 0 || symbol == "" {
		return fmt.Errorf("symbol %q: id %d: an id below zero or an empty symbol", symbol, id)
	}
	if other, taken := t.symbols[id]; taken && other != symbol {
		return fmt.Errorf("symbol %q: id %d is that of %q", symbol, id, other)
	}
	if other, known := t.ids[symbol]; known && other != id {
		return fmt.Errorf("symbol %q: ids %d and %d", symbol, other, id)
	}
	t.ids[symbol], t.symbols[id] = id, symbol
	return nil
}

// CheckVocab returns an error when a symbol's id is not below a model's
// vocabulary size.
func (t *Tokenizer) CheckVocab(vocab int) error {
	worst := -1
	for id := range t.symbols {
		worst = max(worst, id)
	}
	if worst >= vocab {
		return fmt.Errorf("check tokenizer: symbol %q: id %d, but the model's vocab_size is %d", t.symbols[worst], worst, vocab)
	}
	return nil
}

// Len returns the number of symbols.
func (t *Tokenizer) Len() int { return len(t.symbols) }

// Symbol returns the symbol of an id and reports whether there is one.
func (t *Tokenizer) Symbol(id int) (string, bool) {
	symbol, ok := t.symbols[id]
	return symbol, ok
}

// ID returns the id of a symbol and reports whether there is one.
func (t *Tokenizer) ID(symbol string) (int, bool) {
	id, ok := t.ids[symbol]
	return id, ok
}

// Unseen is a character that the vocabulary lacks.
type Unseen struct {
	Index     int  // counted in characters
	Character rune // utf8.RuneError for a byte that is no text
}

// UnseenError lists every character of a text that the vocabulary lacks.
type UnseenError struct{ Characters []Unseen }

// Error names up to five of them.
func (e *UnseenError) Error() string {
	var b strings.Builder
	b.WriteString("not in the vocabulary:")
	for i, u := range e.Characters {
		if i == 5 {
			fmt.Fprintf(&b, " and %d more", len(e.Characters)-i)
			break
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, " character %d %q (%U)", u.Index, u.Character, u.Character)
	}
	return b.String()
}

// Encode returns one id per character of text. Where the vocabulary lacks a
// character its id is −1, and the error, an *UnseenError, lists them all.
func (t *Tokenizer) Encode(text string) ([]int, error) {
	ids := make([]int, 0, len(text))
	var unseen []Unseen
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRuneInString(text[at:])
		id, ok := t.ids[text[at:at+size]]
		if !ok || t.special[id] || r == utf8.RuneError && size == 1 {
			id = -1
			unseen = append(unseen, Unseen{Index: len(ids), Character: r})
		}
		ids = append(ids, id)
		at += size
	}
	if unseen != nil {
		return ids, &UnseenError{unseen}
	}
	return ids, nil
}

// Decode puts symbols together, without the special ones. An id without a symbol
// becomes U+FFFD.
func (t *Tokenizer) Decode(ids []int) string {
	var b strings.Builder
	for _, id := range ids {
		symbol, ok := t.symbols[id]
		switch {
		case !ok:
			b.WriteRune(utf8.RuneError)
		case !t.special[id]:
			b.WriteString(symbol)
		}
	}
	return b.String()
}

// JSON returns the tokenizer as a tokenizer.json that transformers reads. unk
// names the symbol that it takes for characters it lacks; Encode never does.
func (t *Tokenizer) JSON(unk string) []byte {
	type added struct {
		ID         int    `json:"id"`
		Content    string `json:"content"`
		SingleWord bool   `json:"single_word"`
		LStrip     bool   `json:"lstrip"`
		RStrip     bool   `json:"rstrip"`
		Normalized bool   `json:"normalized"`
		Special    bool   `json:"special"`
	}
	marks := []added{}
	for id := range t.special {
		marks = append(marks, added{ID: id, Content: t.symbols[id], Special: true})
	}
	slices.SortFunc(marks, func(a, b added) int { return a.ID - b.ID })
	out, err := json.MarshalIndent(map[string]any{
		"version": "1.0", "truncation": nil, "padding": nil, "added_tokens": marks,
		"normalizer": nil, "post_processor": nil,
		"pre_tokenizer": map[string]any{
			"type": "Split", "pattern": map[string]string{"Regex": `[\s\S]`}, "behavior": "Isolated", "invert": false,
		},
		"decoder": map[string]string{"type": "Fuse"},
		"model":   map[string]any{"type": "WordLevel", "vocab": t.ids, "unk_token": unk},
	}, "", " ")
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return append(out, '\n')
}
