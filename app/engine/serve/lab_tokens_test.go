package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/engine/serve/tokens"
)

// tokensFiles are the data of a course of two short lessons, read once.
var tokensFiles = sync.OnceValues(func() (courseFiles, error) {
	models, err := os.ReadFile("../../../lessons/content/" + modelsFile)
	if err != nil {
		return nil, err
	}
	return (&courseData{}).files(map[string]engine.DataFile{
		modelsFile: {Mark: "shipped", Text: string(models)},
		"data/passages.json": {Mark: "two", Text: `[
			{"id":"m1#a","title":"月","text":"` + strings.Repeat("床前明月光，疑是地上霜。举头望明月，低头思故乡。", 3) + `"},
			{"id":"m2#b","title":"moon","text":"` + strings.Repeat("the moon, the moon; ", 5) + `"}]`},
	})
})

// tokensInput is the lab "tokens" with its defaults but for some values.
func tokensInput(t testing.TB, ctx context.Context, changes map[string]string, pause func(context.Context) error) *sheet.Input {
	t.Helper()
	files, err := tokensFiles()
	if err != nil {
		t.Fatal(err)
	}
	return sheet.New(ctx, defaults(t, "tokens", changes), sheet.Options{Lab: "tokens", Files: files, Pause: pause})
}

// tokensOf computes the lab, a training of its own for each.
func tokensOf(t testing.TB, changes map[string]string) (engine.Sheet, engine.TokenText) {
	t.Helper()
	in := tokensInput(t, t.Context(), changes, nil)
	s, err := (&tokens.Lab{}).Sheet(in)
	if err != nil {
		faults, ok := sheet.Explain(err, nil)
		if !ok {
			t.Fatalf("%v: %v", changes, err)
		}
		return engine.Sheet{Faults: faults}, engine.TokenText{}
	}
	return s, cutText(t, s)
}

func cutText(t testing.TB, s engine.Sheet) (text engine.TokenText) {
	t.Helper()
	for _, f := range s.Files {
		if f.Name == engine.TokensFile {
			if err := json.Unmarshal([]byte(f.Text), &text); err != nil {
				t.Fatal(err)
			}
		}
	}
	return text
}

// Whatever is to be cut, its tokens hold its bytes, and the number stands in the
// verdict.
func TestTokensHoldTheBytes(t *testing.T) {
	for _, sample := range []string{"明月", "a", " ", "\n\n", "e\u0301\u0301", "👩\u200d👧🏽🇨🇳", "\u0301", "\x00\x7f", "\u200b\u202e\ufeff", "\xe6\x98", strings.Repeat("霜", 90), "𠀀𪚥"} {
		for _, step := range []string{"0", "3", ""} {
			s, text := tokensOf(t, map[string]string{"sample": sample, "step": step})
			var hex []string
			for _, x := range text.Tokens {
				hex = append(hex, x.Bytes)
				if x.Shown == "" || x.From == "" {
					t.Errorf("%q: token %+v", sample, x)
				}
			}
			want := fmt.Sprintf("% X", sample)
			if got := strings.Join(hex, " "); text.More == 0 && got != want {
				t.Errorf("%q with %q merges: bytes %s, want %s", sample, step, got, want)
			}
			if n := fmt.Sprintf("切成 %d 个词元", len(text.Tokens)+text.More); !strings.Contains(s.Verdict.Text, n) {
				t.Errorf("%q: %s", sample, s.Verdict.Text)
			}
		}
	}
}

func TestTokensNameWhatIsWrong(t *testing.T) {
	for _, c := range []struct {
		changes     map[string]string
		field, says string
	}{
		{map[string]string{"source": "own"}, "text", "还没有文字"},
		{map[string]string{"source": "own", "text": strings.Repeat("长", 700_000)}, "text", "有 2,100,000 字节，最多 2,000,000 字节"},
		{map[string]string{"sample": ""}, "sample", "还是空的"},
		{map[string]string{"sample": strings.Repeat("a", 20_001)}, "sample", "有 20,001 字节"},
		{map[string]string{"source": "m6"}, "source", "没有这一单元"},
		{map[string]string{"vocab": "255"}, "vocab", "256 到"},
		{map[string]string{"vocab": "1e9"}, "vocab", "256 到"},
		{map[string]string{"step": "many"}, "step", "不是一个数"},
		{map[string]string{"model": "gpt-99"}, "model", "没有这个模型"},
	} {
		s, _ := tokensOf(t, c.changes)
		if len(s.Faults) == 0 || s.Faults[0].Field != c.field || !strings.Contains(s.Faults[0].Message, c.says) {
			t.Errorf("%s: %+v", c.says, s.Faults)
		}
	}
}

// A poor text ends the training early, and the sheet says so.
func TestTokensOfAPoorText(t *testing.T) {
	for _, text := range []string{"啊", strings.Repeat("啊", 500), strings.Repeat("🌕", 50), "e\u0301", "abcdefg"} {
		s, cut := tokensOf(t, map[string]string{"source": "own", "text": text})
		if s.Verdict.Tone != engine.Warn || !strings.Contains(s.Verdict.Detail, "再没有出现两次的一对了") || cut.Steps > 12 || cut.Next != "" {
			t.Errorf("%.10q: %+v, %d merges", text, s.Verdict, cut.Steps)
		}
	}
}

// A training that was given up half way goes on where it stopped, and the result is
// that of one in a single stroke.
func TestTokensTrainingGoesOn(t *testing.T) {
	changes := map[string]string{"vocab": "316", "source": "own", "text": strings.Repeat("床前明月光，疑是地上霜。举头望明月，低头思故乡。", 4)}
	var lab tokens.Lab
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	pauses := 0
	if _, err := lab.Sheet(tokensInput(t, ctx, changes, func(ctx context.Context) error {
		if pauses++; pauses == 20 {
			cancel()
		}
		return ctx.Err()
	})); !errors.Is(err, context.Canceled) {
		t.Fatalf("a training that was given up: %v", err)
	}
	got, err := lab.Sheet(tokensInput(t, t.Context(), changes, nil))
	if err != nil {
		t.Fatal(err)
	}
	want, text := tokensOf(t, changes)
	if got.Verdict != want.Verdict || !reflect.DeepEqual(cutText(t, got), text) {
		t.Errorf("%+v, want %+v", got.Verdict, want.Verdict)
	}
}

// The lab's numbers follow from each other.
func TestTokensAddUp(t *testing.T) {
	s, text := tokensOf(t, map[string]string{"sample": "明月光 the moon", "volume": "1000000", "model": "gpt-4o"})
	find := func(name string) engine.Quantity {
		for _, p := range s.Parts {
			for _, q := range p.Quantities {
				if strings.HasPrefix(q.Name, name) {
					return q
				}
			}
		}
		t.Fatalf("no %s", name)
		return engine.Quantity{}
	}
	c, n := float64(utf8.RuneCountInString("明月光 the moon")), float64(len(text.Tokens))
	for name, want := range map[string]float64{
		"每词元的字符": c / n, "每词元的字节": 18 / n, "100 万个字符要多少词元": 1e6 * n / c,
		"读入一遍的费用": 1e6 * n / c * 2.5 / 1e6, "上下文装得下": 128000 * c / n,
	} {
		if q := find(name); q.Value == nil || *q.Value < 0.999*want || *q.Value > 1.001*want || q.Formula == "" {
			t.Errorf("%s: %+v, want %v", name, q, want)
		}
	}
}

// BenchmarkTokens is a change of one input when the training is there, for the
// shipped course's size.
func BenchmarkTokens(b *testing.B) {
	changes := map[string]string{"source": "own", "text": wordyText(230_000)}
	var lab tokens.Lab
	for i := 0; b.Loop(); i++ {
		changes["step"] = fmt.Sprint(i % 2000)
		if _, err := lab.Sheet(tokensInput(b, b.Context(), changes, nil)); err != nil {
			b.Fatal(err)
		}
	}
}

// wordyText is a text of about n bytes with recurring words.
func wordyText(n int) string {
	var b strings.Builder
	for i := uint32(1); b.Len() < n; i = i*1664525 + 1013904223 {
		b.WriteRune(rune(0x4e00 + (i>>16)%(1+(i>>8)%900)))
		if i>>28 == 0 {
			b.WriteString("，")
		}
	}
	return b.String()
}
