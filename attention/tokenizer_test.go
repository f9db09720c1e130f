package attention

import (
	"errors"
	"slices"
	"testing"
)

func TestTokenizer(t *testing.T) {
	made, err := NewTokenizer([]string{"<bos>", "<eos>", "<unk>", "月", "𠮷", "\n"}, 3)
	if err != nil {
		t.Fatal(err)
	}
	read, err := ParseTokenizer(made.JSON("<unk>"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tok := range []*Tokenizer{made, read} {
		ids, err := tok.Encode("月𠮷\n月")
		if err != nil || !slices.Equal(ids, []int{3, 4, 5, 3}) {
			t.Errorf("ids %v, %v", ids, err)
		}
		if text := tok.Decode([]int{0, 3, 4, 9, 1}); text != "月𠮷\uFFFD" {
			t.Errorf("decoded %q", text)
		}
		if tok.Len() != 6 {
			t.Errorf("%d symbols", tok.Len())
		}
		ids, err = tok.Encode("月龘\xff<\uFFFD")
		var unseen *UnseenError
		if !errors.As(err, &unseen) || !slices.Equal(ids, []int{3, -1, -1, -1, -1}) || len(unseen.Characters) != 4 ||
			unseen.Characters[0] != (Unseen{1, '龘'}) {
			t.Errorf("unseen: %v, %v", ids, err)
		}
		says(t, "unseen", err, "character 1", "龘", "U+9F98")
		says(t, "vocabulary", tok.CheckVocab(5), "id 5", "vocab_size is 5")
		if err := tok.CheckVocab(6); err != nil {
			t.Error(err)
		}
	}
	// A special symbol of one character is no character of a text.
	marked, err := NewTokenizer([]string{"^", "月"}, 1)
	if err != nil {
		t.Fatal(err)
	}
	if ids, err := marked.Encode("^月"); err == nil || ids[0] != -1 {
		t.Errorf("%v, %v", ids, err)
	}
	_, err = NewTokenizer([]string{"a", "b", "a"}, 0)
	says(t, "twice", err, `"a"`)
}

func TestTokenizerRefused(t *testing.T) {
	for name, tt := range map[string]struct{ src, says string }{
		"not JSON":    {`{`, "parse tokenizer"},
		"no model":    {`{"added_tokens":[]}`, "model.vocab"},
		"no vocab":    {`{"model":{"type":"WordLevel"}}`, "model.vocab"},
		"pairs":       {`{"model":{"vocab":[["a",-1.5]]}}`, "model.vocab"},
		"kind":        {`{"model":{"type":"WordPiece","vocab":{"a":0}}}`, "WordPiece"},
		"merges":      {`{"model":{"type":"BPE","vocab":{"a":0},"merges":["a a"]}}`, "1 merges"},
		"below zero":  {`{"model":{"vocab":{"a":-1}}}`, `"a"`},
		"id twice":    {`{"model":{"vocab":{"a":1,"b":1}}}`, `"b"`},
		"two ids":     {`{"model":{"vocab":{"a":1}},"added_tokens":[{"id":2,"content":"a"}]}`, "ids 1 and 2"},
		"empty":       {`{"model":{"vocab":{"":1}}}`, `""`},
		"not a count": {`{"model":{"vocab":{"a":1.5}}}`, "1.5"},
	} {
		_, err := ParseTokenizer([]byte(tt.src))
		says(t, name, err, tt.says)
	}
	if tok, err := ParseTokenizer([]byte(`{"model":{"vocab":{"a":3000000000}}}`)); err != nil || tok.Len() != 1 {
		t.Errorf("a large id: %v", err) // and no table of its size
	}
}

func FuzzTokenizer(f *testing.F) {
	f.Add([]byte(`{"model":{"vocab":{"a":0,"月":1}},"added_tokens":[{"id":2,"content":"<s>","special":true}]}`), "a月b")
	f.Fuzz(func(t *testing.T, src []byte, text string) {
		tok, err := ParseTokenizer(src)
		if err != nil {
			return
		}
		ids, err := tok.Encode(text)
		if err == nil && tok.Decode(ids) != text {
			t.Fatalf("%q becomes %q", text, tok.Decode(ids))
		}
		if _, err := ParseTokenizer(tok.JSON("<unk>")); err != nil {
			t.Fatal(err)
		}
	})
}
