package evaluate_test

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"courselab/assets"
	"courselab/attention"
	"courselab/attention/evaluate"
	"courselab/attention/train"
	"courselab/attention/verse"
)

// shiya is the course's model with its tokenizer.
var shiya = sync.OnceValues(func() (*attention.Model, *attention.Tokenizer) {
	folder, err := fs.Sub(assets.FS, "model")
	if err != nil {
		panic(err)
	}
	m, err := attention.LoadModel(folder)
	if err != nil {
		panic(err)
	}
	src, err := fs.ReadFile(folder, attention.TokenizerFile)
	if err != nil {
		panic(err)
	}
	tokenizer, err := attention.ParseTokenizer(src)
	if err != nil {
		panic(err)
	}
	return m, tokenizer
})

func decoder(t testing.TB, m *attention.Model) *attention.Decoder {
	t.Helper()
	d, err := attention.NewDecoder(m, attention.Go{}, m.Config.Context)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func scorer(t testing.TB) *evaluate.Scorer {
	t.Helper()
	m, tokenizer := shiya()
	s, err := evaluate.NewScorer(decoder(t, m), tokenizer)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// naive is Σ log p of a continuation: one pass over everything for each token,
// and softmax as it is written.
func naive(t *testing.T, prompt, continuation string) float64 {
	t.Helper()
	m, tokenizer := shiya()
	before, _ := tokenizer.Encode(prompt)
	rest, _ := tokenizer.Encode(continuation)
	text := append([]int{m.Config.BOS}, before...)
	var sum float64
	for _, token := range rest {
		logits, err := decoder(t, m).Next(context.Background(), text)
		if err != nil {
			t.Fatal(err)
		}
		var total float64
		for _, v := range logits {
			total += math.Exp(float64(v))
		}
		sum += math.Log(math.Exp(float64(logits[token])) / total)
		text = append(text, token)
	}
	return sum
}

func TestAfterAgreesWithNaive(t *testing.T) {
	s := scorer(t)
	for _, c := range []struct {
		prompt        string
		continuations []string
	}{
		{"白日依山尽，", []string{"黄河入海流。", "海", "黄河入海流。欲穷千里目，"}},
		{"", []string{"明月", "月"}},
	} {
		got, err := s.After(context.Background(), c.prompt, c.continuations)
		if err != nil {
			t.Fatal(err)
		}
		for i, text := range c.continuations {
			want := naive(t, c.prompt, text)
			if math.Abs(got[i].Nats-want) > 1e-4 {
				t.Errorf("%s after %q: %v, want %v", text, c.prompt, got[i].Nats, want)
			}
			n := utf8.RuneCountInString(text)
			if got[i].Characters != n || got[i].Tokens != n || got[i].Bytes != 3*n || math.Abs(got[i].PerByte()*3-got[i].PerCharacter()) > 1e-12 {
				t.Errorf("%s: %+v", text, got[i])
			}
		}
	}
}

// TestDocumentAgreesWithTraining holds documents to the loss that training
// measures.
func TestDocumentAgreesWithTraining(t *testing.T) {
	m, tokenizer := shiya()
	texts := verse.HeldOut()[:3]
	documents, err := train.Documents(texts, tokenizer, m.Config, -1)
	if err != nil {
		t.Fatal(err)
	}
	losses, err := train.Losses(context.Background(), m, attention.Go{}, documents, 256, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := scorer(t)
	var all []evaluate.Likelihood
	for i, text := range texts {
		l, err := s.Document(context.Background(), text)
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(l.Nats+losses[i]) > 1e-3 || l.Tokens != len(documents[i])-1 {
			t.Errorf("%s: %+v, want %v", text, l, -losses[i])
		}
		all = append(all, l)
	}
	if got, want := evaluate.Perplexity(all...), math.Exp(train.MeanLoss(losses, documents)); math.Abs(got/want-1) > 1e-5 {
		t.Errorf("perplexity %v, want %v", got, want)
	}
	if got := evaluate.Perplexity(); got != 1 {
		t.Errorf("of nothing %v", got)
	}
}

func TestScorerRefuses(t *testing.T) {
	s, ctx := scorer(t), context.Background()
	var unseen *attention.UnseenError
	if _, err := s.After(ctx, "白日😀", []string{"山"}); !errors.As(err, &unseen) || len(unseen.Characters) != 1 {
		t.Errorf("an emoji: %v", err)
	}
	if _, err := s.After(ctx, "白日", []string{"山", "é"}); !errors.As(err, &unseen) {
		t.Errorf("a Latin letter: %v", err)
	}
	if _, err := s.After(ctx, "白日", []string{""}); err == nil {
		t.Error("an empty continuation")
	}
	var full *attention.ContextError
	if _, err := s.After(ctx, strings.Repeat("山", 72), []string{"水"}); !errors.As(err, &full) {
		t.Errorf("too long: %v", err)
	}
	if _, err := s.Document(ctx, strings.Repeat("山", 72)); !errors.As(err, &full) {
		t.Errorf("too long a document: %v", err)
	}
	// The last token of a continuation need not be read.
	if _, err := s.After(ctx, strings.Repeat("山", 71), []string{"水"}); err != nil {
		t.Errorf("as long as fits: %v", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := s.After(gone, "白日", []string{"山"}); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

func TestItems(t *testing.T) {
	_, tokenizer := shiya()
	poems := verse.HeldOut()
	seen := map[int]evaluate.Set{}
	for _, set := range []evaluate.Set{evaluate.Public, evaluate.Fresh} {
		items := evaluate.Items(set, tokenizer)
		if want := len(evaluate.Kinds()) * len(evaluate.Poems(set, tokenizer)); len(items) != want || want < 60 {
			t.Errorf("set %d: %d items, want %d", set, len(items), want)
		}
		short, rhyming, lines := 0, 0, 0
		answers := map[int]int{}
		for _, item := range items {
			if other, twice := seen[item.Poem]; twice && other != set {
				t.Errorf("poem %d in both sets", item.Poem)
			}
			seen[item.Poem] = set
			answers[item.Answer]++
			if len(item.Choices) != evaluate.Choices {
				t.Fatalf("%+v: %d choices", item, len(item.Choices))
			}
			lengths := map[int]int{}
			for i, c := range item.Choices {
				lengths[utf8.RuneCountInString(c)]++
				if _, err := tokenizer.Encode(item.Prompt + c); err != nil {
					t.Errorf("%+v: %v", item, err)
				}
				if goesOn := strings.HasPrefix(poems[item.Poem], item.Prompt+c); goesOn != (i == item.Answer) {
					t.Errorf("%+v: choice %d goes on: %t", item, i, goesOn)
				}
				if slices.Index(item.Choices, c) != i {
					t.Errorf("%+v: %s twice", item, c)
				}
			}
			switch item.Kind {
			case evaluate.Span:
				if len(lengths) != 2 || lengths[utf8.RuneCountInString(item.Choices[0])] != 2 {
					t.Errorf("%+v: lengths %v", item, lengths)
				}
				if strings.HasSuffix(item.Choices[item.Answer], "，") {
					short++
				}
			default:
				if len(lengths) != 1 {
					t.Errorf("%+v: lengths %v", item, lengths)
				}
				lines++
				if rhymes(item) {
					rhyming++
				}
			}
		}
		if n := len(items) / 3; short < n/2 || short > n/2+1 {
			t.Errorf("set %d: %d of %d right spans are short", set, short, n)
		}
		if rhyming*10 < lines*7 {
			t.Errorf("set %d: all choices rhyme in %d of %d", set, rhyming, lines)
		}
		for i := range evaluate.Choices {
			if answers[i]*8 < len(items) {
				t.Errorf("set %d: choice %d is right %d times of %d", set, i, answers[i], len(items))
			}
		}
		if again := evaluate.Items(set, tokenizer); len(again) != len(items) || again[7].Choices[2] != items[7].Choices[2] {
			t.Errorf("set %d: other items the second time", set)
		}
	}
}

// rhymes reports whether all choices can rhyme with the right one.
func rhymes(item evaluate.Item) bool {
	ends := func(c string) []verse.Group {
		r, _ := utf8.DecodeLastRuneInString(strings.TrimSuffix(c, "。"))
		return verse.Groups(r)
	}
	right := ends(item.Choices[item.Answer])
	for _, c := range item.Choices {
		if !slices.ContainsFunc(ends(c), func(g verse.Group) bool { return slices.Contains(right, g) }) {
			return false
		}
	}
	return true
}

func TestRules(t *testing.T) {
	a := evaluate.Answered{
		Item:  evaluate.Item{Choices: []string{"山", "山山山山"}, Answer: 1},
		After: []evaluate.Likelihood{{Nats: -6, Tokens: 1, Characters: 1, Bytes: 3}, {Nats: -8, Tokens: 4, Characters: 4, Bytes: 12}},
		Alone: []evaluate.Likelihood{{Nats: -4, Tokens: 1, Characters: 1, Bytes: 3}, {Nats: -20, Tokens: 4, Characters: 4, Bytes: 12}},
	}
	want := map[evaluate.Rule]int{evaluate.Sum: 0, evaluate.PerCharacter: 1, evaluate.PerByte: 1, evaluate.Lift: 1, evaluate.NoPrompt: 0}
	for _, r := range evaluate.Rules() {
		if got := r.Pick(a); got != want[r] {
			t.Errorf("rule %d picks %d", r, got)
		}
	}
	if n := evaluate.Sum.Correct([]evaluate.Answered{a}) + evaluate.Lift.Correct([]evaluate.Answered{a, a}); n != 2 {
		t.Errorf("%d right", n)
	}
	same := evaluate.Answered{Item: evaluate.Item{Choices: []string{"山", "水"}}, After: []evaluate.Likelihood{{Nats: -1, Characters: 1}, {Nats: -1, Characters: 1}}}
	if got := evaluate.Sum.Pick(same); got != 0 {
		t.Errorf("of equals %d", got)
	}
}

// TestLengthMatters: of the model that the site carries, over a part of the
// questions whose choices differ in length.
func TestLengthMatters(t *testing.T) {
	_, tokenizer := shiya()
	s := scorer(t)
	var all []evaluate.Answered
	shortest := 0
	for _, item := range evaluate.Items(evaluate.Public, tokenizer) {
		if item.Kind != evaluate.Span || len(all) == 8 {
			continue
		}
		a, err := s.Answer(context.Background(), item)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, a)
		if strings.HasSuffix(item.Choices[evaluate.Sum.Pick(a)], "，") {
			shortest++
		}
	}
	if shortest < len(all)-1 {
		t.Errorf("the sum picks a short choice in %d of %d", shortest, len(all))
	}
	if sum, per := evaluate.Sum.Correct(all), evaluate.Lift.Correct(all); per <= sum {
		t.Errorf("%d right by the sum, %d by what the prompt adds", sum, per)
	}
}

func TestTasksNest(t *testing.T) {
	for text, want := range map[string][3]bool{
		"床前明月光，疑是地上霜。举头望明月，低头思故乡。": {true, true, false},
		"白日依山尽，黄河入海流。欲穷千里目，更上一层楼。": {true, true, true},
		"白日依山尽，黄河入海流。欲穷千里目，更上一层山。": {true, false, false},
		"白日依山尽，": {},
		"":       {},
	} {
		for i, task := range evaluate.Tasks() {
			if got := task.Passes(text); got != want[i] {
				t.Errorf("%s of %q: %t", task, text, got)
			}
		}
	}
	if evaluate.Task("other").Passes("白日依山尽，黄河入海流。欲穷千里目，更上一层楼。") {
		t.Error("an unknown task passes")
	}
}

func TestWrite(t *testing.T) {
	m, tokenizer := shiya()
	d := decoder(t, m)
	sampling := attention.Sampling{Temperature: 0.8, TopP: 1, RepetitionPenalty: 1, Seed: 3}
	opening := evaluate.Openings(evaluate.Public, tokenizer)[0]
	kept := 0
	for seed := range uint64(5) {
		sampling.Seed = seed
		poem, err := evaluate.Write(context.Background(), d, tokenizer, opening, sampling)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(poem, opening) || len(poem) <= len(opening) {
			t.Errorf("%q does not go on from %q", poem, opening)
		}
		if evaluate.Form.Passes(poem) {
			kept++
		}
		if again, _ := evaluate.Write(context.Background(), d, tokenizer, opening, sampling); again != poem {
			t.Errorf("the same seed: %q, then %q", poem, again)
		}
	}
	if kept < 4 {
		t.Errorf("%d of 5 poems keep the form", kept)
	}
	var unseen *attention.UnseenError
	if _, err := evaluate.Write(context.Background(), d, tokenizer, "hello", sampling); !errors.As(err, &unseen) {
		t.Errorf("Latin letters: %v", err)
	}
}

func BenchmarkAnswer(b *testing.B) {
	_, tokenizer := shiya()
	s := scorer(b)
	items := evaluate.Items(evaluate.Public, tokenizer)
	for i := 0; b.Loop(); i++ {
		if _, err := s.Answer(context.Background(), items[i%len(items)]); err != nil {
			b.Fatal(err)
		}
	}
}
