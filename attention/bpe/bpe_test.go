package bpe

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", ""},
		{"床前明月光，疑是地上霜。", "床前明月光|，|疑是地上霜|。"},
		{"我用GPT写 Go 代码", "我用|GPT|写| Go| |代码"},
		{"Hello, world!  Two  blanks", "Hello|,| world|!| | Two| | blanks"},
		{"2026年11月25日 3.14159", "202|6|年|11|月|25|日| |3|.|141|59"},
		{"a\n\n  b\n", "a|\n\n | b|\n"},
		{"if x>=10 {", "if| x|>=|10| {"},
		{" ", " "}, {"  （中）", " | （|中|）"},
		{"e\u0301te\u0301", "e\u0301te\u0301"},
		{"\u0301a", "\u0301a"},
		{"👩\u200d👧好🌕", "👩\u200d👧|好|🌕"},
		{"1\ufe0f\u20e3", "1\ufe0f\u20e3"},
		{"中\xff\xfe文", "中|\xff\xfe|文"},
		{"ひらがな漢字한국어", "ひらがな|漢字|한국어"},
		{"々〇", "々〇"},
	} {
		var got []string
		for p := range Split(c.text) {
			got = append(got, p)
		}
		if text := strings.Join(got, "|"); text != c.want {
			t.Errorf("%q: %q, want %q", c.text, text, c.want)
		}
	}
	// A reader may stop early.
	for range Split("a b") {
		break
	}
}

// TestByHand holds merges that can be counted on paper.
func TestByHand(t *testing.T) {
	// "ab ab ac db": pairs ab 2, " a" 2, ac 1, " d" 1, db 1. The blank has the lower id.
	v := learn(t, "ab ab ac db", 10)
	want := []Merge{
		{Left: ' ', Right: 'a', Count: 2, Tokens: 9}, // ab | _a b | _a c | _ d b
	}
	if !slices.Equal(v.Merges(), want) {
		t.Errorf("merges %+v, want %+v", v.Merges(), want)
	}
	// Overlapping places count each, merging takes them from the left.
	v = learn(t, "aaaaa", 10)
	want = []Merge{{Left: 'a', Right: 'a', Count: 4, Tokens: 3}}
	if !slices.Equal(v.Merges(), want) {
		t.Errorf("merges %+v, want %+v", v.Merges(), want)
	}
	if got := v.Encode("aaa", 1); !slices.Equal(got, []int{256, 'a'}) {
		t.Errorf("encoded %v", got)
	}
	// 明 is E6 98 8E, 月 is E6 9C 88: six bytes that always stand together take five
	// merges.
	v = learn(t, "床前明月光\n举头望明月\n明月几时有\n明月光如水", 5)
	if b, _ := v.Bytes(256 + 4); b != "明月" {
		t.Errorf("after five merges: %q", b)
	}
}

func learn(t testing.TB, text string, merges int) *Vocabulary {
	t.Helper()
	trainer, err := NewTrainer(t.Context(), text, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := trainer.Train(t.Context(), merges, nil); err != nil {
		t.Fatal(err)
	}
	return trainer.Vocabulary()
}

// texts are what training must live with.
func texts() map[string]string {
	random := rand.New(rand.NewPCG(7, 0x627065))
	var verse, noise strings.Builder
	words := []string{"明月", "光", "床前", "，", "\n", " moon", " the", "月光", "2026", "🌕", "e\u0301", "几时有", "疑是地上霜", "ing", "tion"}
	for range 900 {
		verse.WriteString(words[random.IntN(len(words))])
		noise.WriteByte(byte(random.Uint32()))
	}
	return map[string]string{
		"empty": "", "one byte": "a", "one character": "月", "repeated": strings.Repeat("a", 333), "repeated Chinese": strings.Repeat("啊", 200),
		"alternating": strings.Repeat("ab", 100), "three": strings.Repeat("aab", 60), "equal pieces": strings.Repeat("moon ", 50),
		"verse": verse.String(), "noise": noise.String(), "emoji": strings.Repeat("👩\u200d👧🏽", 20),
		"marks": strings.Repeat("a\u0300\u0301\u0302", 30), "invalid": strings.Repeat("\xe6\x98", 40),
	}
}

func TestTrainMatchesReference(t *testing.T) {
	for name, text := range texts() {
		got, want := learn(t, text, 150).Merges(), TrainReference(text, 150)
		if !slices.Equal(got, want) {
			for i := range min(len(got), len(want)) {
				if got[i] != want[i] {
					t.Errorf("%s: merge %d is %+v, want %+v", name, i, got[i], want[i])
					break
				}
			}
			if len(got) != len(want) {
				t.Errorf("%s: %d merges, want %d", name, len(got), len(want))
			}
		}
	}
}

func TestEncodeMatchesReference(t *testing.T) {
	all := texts()
	v := learn(t, all["verse"]+all["three"]+all["marks"], 200)
	for name, text := range all {
		for _, k := range []int{0, 1, 7, 60, 200, 1000} {
			got, want := v.Encode(text, k), EncodeReference(text, v.Merges()[:min(k, v.Len())])
			if !slices.Equal(got, want) {
				t.Errorf("%s with %d merges: %v, want %v", name, k, got, want)
			}
			back, err := v.Decode(got)
			if err != nil || back != text {
				t.Errorf("%s with %d merges comes back as %q, %v", name, k, back, err)
			}
		}
	}
}

func TestCounts(t *testing.T) {
	all := texts()
	v := learn(t, all["verse"]+all["three"]+all["marks"], 200)
	at := []int{0, 200, 3, 1, 60, 1000, -1}
	for name, text := range all {
		for i, n := range v.Counts(text, at) {
			if want := len(v.Encode(text, at[i])); n != want {
				t.Errorf("%s with %d merges: %d tokens, want %d", name, at[i], n, want)
			}
		}
	}
	if n := v.Counts("明月", nil); len(n) != 0 {
		t.Errorf("%v", n)
	}
}

// TestTextItself holds that encoding the training text gives as many tokens as the
// training counted, after any number of merges.
func TestTextItself(t *testing.T) {
	text := texts()["verse"]
	v := learn(t, text, 80)
	if v.Len() != 80 {
		t.Fatalf("%d merges", v.Len())
	}
	for k, m := range v.Merges() {
		if n := len(v.Encode(text, k+1)); n != m.Tokens {
			t.Fatalf("after %d merges %d tokens, training counted %d", k+1, n, m.Tokens)
		}
	}
}

// TestEveryCharacterComesBack encodes every code point of Unicode.
func TestEveryCharacterComesBack(t *testing.T) {
	v := learn(t, texts()["verse"], 100)
	var b strings.Builder
	for r := rune(0); r <= utf8.MaxRune; r++ {
		b.WriteRune(r) // U+FFFD for surrogates
		if r%4096 != 4095 && r != utf8.MaxRune {
			continue
		}
		back, err := v.Decode(v.Encode(b.String(), v.Len()))
		if err != nil || back != b.String() {
			t.Fatalf("up to U+%04X: not the same (%v)", r, err)
		}
		b.Reset()
	}
}

func TestDecodeRefusesUnknownTokens(t *testing.T) {
	v := learn(t, "abab abab", 2)
	for _, id := range []int{-1, 256 + v.Len(), 1 << 40} {
		if _, err := v.Decode([]int{'a', id}); err == nil {
			t.Errorf("id %d decoded", id)
		}
		if _, ok := v.Bytes(id); ok {
			t.Errorf("id %d has bytes", id)
		}
	}
}

// TestTrainGoesOn holds that a training which was interrupted or asked for more
// learns what one in a single stroke does, and that what it gave out stays.
func TestTrainGoesOn(t *testing.T) {
	text := texts()["verse"]
	whole := learn(t, text, 90)
	trainer, err := NewTrainer(t.Context(), text, nil)
	if err != nil {
		t.Fatal(err)
	}
	enough := errors.New("enough")
	more, err := trainer.Train(t.Context(), 90, func(done int) error {
		if done == 30 {
			return enough
		}
		return nil
	})
	if !errors.Is(err, enough) || !more || trainer.Done() != 30 {
		t.Fatalf("after %d merges: %v, more %v", trainer.Done(), err, more)
	}
	early := trainer.Vocabulary()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := trainer.Train(ctx, 90, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a training that was given up: %v", err)
	}
	if more, err := trainer.Train(t.Context(), 90, nil); err != nil || !more {
		t.Errorf("more %v, %v", more, err)
	}
	if got := trainer.Vocabulary().Merges(); !slices.Equal(got, whole.Merges()) {
		t.Error("another result than in one stroke")
	}
	if early.Len() != 30 || !slices.Equal(early.Merges(), whole.Merges()[:30]) {
		t.Error("what was given out changed")
	}
	if trainer.Bytes() != len(text) || trainer.Memory() <= 0 || trainer.Rest() < worthwhile {
		t.Errorf("%d bytes, %d held, rest %d", trainer.Bytes(), trainer.Memory(), trainer.Rest())
	}
}

func TestTrainerBounds(t *testing.T) {
	if _, err := NewTrainer(t.Context(), strings.Repeat("a", MaxText+1), nil); err == nil {
		t.Error("a text beyond the limit was taken")
	}
	trainer, err := NewTrainer(t.Context(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	if more, err := trainer.Train(t.Context(), 5, nil); more || err != nil || trainer.Done() != 0 || trainer.Rest() != 0 {
		t.Errorf("an empty text: more %v, %v, %d merges", more, err, trainer.Done())
	}
	if _, err := trainer.Train(t.Context(), MaxMerges+1, nil); err == nil {
		t.Error("too many merges were taken")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := NewTrainer(ctx, strings.Repeat("a b ", 4096), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("counting that was given up: %v", err)
	}
}

func FuzzRoundTrip(f *testing.F) {
	for _, text := range texts() {
		f.Add(text, "明月 moon\xff", uint8(40))
	}
	f.Fuzz(func(t *testing.T, train, text string, merges uint8) {
		train = train[:min(len(train), 400)]
		text = text[:min(len(text), 1000)]
		pieces := ""
		for p := range Split(text) {
			if p == "" {
				t.Fatal("an empty piece")
			}
			pieces += p
		}
		if pieces != text {
			t.Fatalf("pieces make %q of %q", pieces, text)
		}
		v := learn(t, train, int(merges))
		if want := TrainReference(train, int(merges)); !slices.Equal(v.Merges(), want) {
			t.Fatalf("merges %+v, want %+v", v.Merges(), want)
		}
		ids := v.Encode(text, v.Len())
		if want := EncodeReference(text, v.Merges()); !slices.Equal(ids, want) {
			t.Fatalf("tokens %v, want %v", ids, want)
		}
		if back, err := v.Decode(ids); err != nil || back != text {
			t.Fatalf("%q comes back as %q, %v", text, back, err)
		}
	})
}
