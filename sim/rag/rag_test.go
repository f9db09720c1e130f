package rag

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"courselab/sim"
)

func noPause(context.Context) error { return nil }

func store(t testing.TB, c Chunking, sections ...Section) *Store {
	t.Helper()
	s, err := NewStore(t.Context(), sections, c, DefaultRanking, noPause)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCutByHand(t *testing.T) {
	text := strings.Repeat("甲乙丙丁戊己庚辛壬癸", 10) // 100 characters
	chunks, err := Cut([]Section{{ID: "a", Text: text}, {ID: "b", Text: "短。"}, {ID: "c"}}, Chunking{Size: 40, Overlap: 10})
	if err != nil {
		t.Fatal(err)
	}
	want := [][3]int{{0, 0, 40}, {0, 30, 70}, {0, 60, 100}, {1, 0, 2}}
	if len(chunks) != len(want) {
		t.Fatalf("%+v", chunks)
	}
	for i, c := range chunks {
		if [3]int{c.Section, c.Start, c.End} != want[i] {
			t.Errorf("chunk %d: %+v", i, c)
		}
	}
	// The last quarter of 40 holds an end of a sentence at 35.
	text = strings.Repeat("字", 34) + "。" + strings.Repeat("文", 30)
	chunks, err = Cut([]Section{{Text: text}}, Chunking{Size: 40, Sentences: true})
	if err != nil || len(chunks) != 2 || chunks[0].End != 35 || chunks[1].End != 65 {
		t.Errorf("%+v, %v", chunks, err)
	}
}

// Chunks cover the text, are no longer than asked for, and overlap as asked for.
func TestCutCovers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var text []rune
		for range rng.IntN(3000) {
			text = append(text, []rune("字文。a ")[rng.IntN(5)])
		}
		c := Chunking{Size: MinSize + rng.IntN(300), Sentences: rng.IntN(2) == 0}
		c.Overlap = rng.IntN(c.Size/2 + 1)
		chunks, err := Cut([]Section{{Text: string(text)}}, c)
		if err != nil {
			t.Fatal(err)
		}
		end := 0
		for i, k := range chunks {
			if k.End-k.Start > c.Size || k.Start > end || k.End <= end || k.Text != string(text[k.Start:k.End]) || i > 0 && end-k.Start != c.Overlap {
				t.Fatalf("%+v: chunk %d %+v after %d", c, i, k, end)
			}
			end = k.End
		}
		if end != len(text) {
			t.Fatalf("%d of %d covered", end, len(text))
		}
	}
}

func TestCount(t *testing.T) {
	// 4 Chinese characters and marks, 6 others; spaces are free.
	if got := DeepSeekRates.Count("中文，。 GPT-4x"); math.Abs(got-(4*0.6+6*0.3)) > 1e-12 {
		t.Error(got)
	}
}

func tiny() []Section {
	return []Section{
		{ID: "a", Title: "猫", Text: "猫吃鱼。猫在夜里活动。"},
		{ID: "b", Title: "狗", Text: "狗吃骨头。狗在白天看门。"},
		{ID: "c", Title: "鸟", Text: "鸟吃虫子。鸟在清晨唱歌。"},
	}
}

func TestEvaluateByHand(t *testing.T) {
	s := store(t, Chunking{Size: 40}, tiny()...)
	budget := Budget{Window: 1000, Output: 100, Rates: Rates{1, 1}}
	questions := []Question{
		{ID: "1", Text: "猫吃什么", Gold: []Gold{{"a", "猫吃鱼"}}},
		{ID: "2", Text: "狗在白天", Gold: []Gold{{"b", "狗在 白天看门"}, {"c", "鸟在清晨"}}},
		{ID: "3", Text: "猫吃什么", Gold: []Gold{{"c", "鸟吃虫子"}}},
		{ID: "4", Text: "鸟唱歌", Gold: []Gold{{"c", "鸟游泳"}}},
		{ID: "5", Text: "xyz", Gold: []Gold{{"d", "猫"}}},
	}
	r, err := s.Evaluate(t.Context(), questions, Instruction, 1, budget, noPause)
	if err != nil {
		t.Fatal(err)
	}
	if g := r.Graded[0]; g.First() != 1 || g.Recall(1) != 1 {
		t.Errorf("%+v", g)
	}
	if g := r.Graded[1]; g.Ranks[0] != 1 || g.Recall(1) != 0.5 {
		t.Errorf("%+v", g)
	}
	if r.Gone != 2 || r.Graded[3].Gone != 1 || r.Graded[4].Gone != 1 {
		t.Errorf("gone: %+v", r)
	}
	recall, hit := r.Recall(1, true)
	if math.Abs(recall-1.5/5) > 1e-12 || math.Abs(hit-2.0/5) > 1e-12 {
		t.Errorf("recall %v, hit %v", recall, hit)
	}
	mrr := 0.0
	for _, g := range r.Graded {
		if f := g.First(); f > 0 {
			mrr += 1 / float64(f)
		}
	}
	if r.MRR != mrr/5 || r.Torn != 0 {
		t.Errorf("%+v", r)
	}
}

// A passage that the cut goes through is found in no chunk, and an overlap of its
// length brings it back.
func TestTornPassage(t *testing.T) {
	text := strings.Repeat("填", 36) + "答案是四十二" + strings.Repeat("充", 60)
	q := []Question{{ID: "1", Text: "答案是四十二", Gold: []Gold{{"a", "答案是四十二"}}}}
	budget := Budget{Window: 10000, Output: 100, Rates: Rates{1, 1}}
	for overlap, torn := range map[int]int{0: 1, 10: 0} {
		s := store(t, Chunking{Size: 40, Overlap: overlap}, Section{ID: "a", Text: text})
		r, err := s.Evaluate(t.Context(), q, "", 5, budget, noPause)
		if err != nil || r.Torn != torn || (r.Graded[0].First() == 0) != (torn == 1) {
			t.Errorf("overlap %d: %+v, %v", overlap, r, err)
		}
	}
}

func TestPromptFitsTheWindow(t *testing.T) {
	s := store(t, Chunking{Size: 40}, tiny()...)
	found := s.Search("猫吃 狗吃 鸟吃", 3)
	if len(found) != 3 {
		t.Fatalf("%+v", found)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		b := Budget{Window: 120 + float64(rng.IntN(300)), Output: 1 + float64(rng.IntN(40)), Rates: DeepSeekRates}
		if rng.IntN(2) == 0 {
			b.Passage = float64(rng.IntN(60))
		}
		p, err := s.Assemble(Instruction, "猫吃什么？", found, b)
		if err != nil {
			t.Fatal(err)
		}
		if p.Input+b.Output > b.Window || b.Passage > 0 && p.Passages > b.Passage || p.Used > 3 || p.Input != p.Fixed+p.Passages {
			t.Fatalf("%+v under %+v", p, b)
		}
		if p.Used < 3 {
			// The next one did not fit.
			next := math.Ceil(b.Rates.Count(s.passage(p.Used+1, found[p.Used])))
			room := b.Window - b.Output - p.Fixed
			if b.Passage > 0 {
				room = min(room, b.Passage)
			}
			if p.Passages+next <= room {
				t.Fatalf("%+v leaves room for %v under %+v", p, next, b)
			}
		}
		sum := p.Fixed + b.Output
		for _, t := range p.Parts {
			sum += t
		}
		if q := p.Tokens(b.Output); q.Value != sum {
			t.Fatalf("%v tokens, the parts sum to %v", q.Value, sum)
		}
		for i := range p.Used {
			if !strings.Contains(p.Text, s.Chunks[found[i].Chunk].Text) {
				t.Fatal("a passage is missing from the prompt")
			}
		}
	}
	if _, err := s.Assemble(strings.Repeat("长", 200), "问", found, Budget{Window: 64, Output: 10, Rates: DeepSeekRates}); err == nil {
		t.Error("a question that does not fit was accepted")
	}
}

func TestLatency(t *testing.T) {
	q, err := Latency(2000, 300, Speed{0.5, 4000, 50})
	if err != nil || math.Abs(q.Value-(0.5+0.5+6)) > 1e-12 {
		t.Error(q.Value, err)
	}
	if _, err := Latency(1, 1, Speed{0, 0, 1}); err == nil {
		t.Error("a rate of zero was accepted")
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []Chunking{{Size: 39}, {Size: 100, Overlap: 51}, {Size: 100, Overlap: -1}, {Size: MaxSize + 1}} {
		_, err := Cut(nil, c)
		var field *sim.FieldError
		if !errors.As(err, &field) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	stop := errors.New("stop")
	if _, err := NewStore(t.Context(), tiny(), Chunking{Size: 40}, DefaultRanking, func(context.Context) error { return stop }); !errors.Is(err, stop) {
		t.Error(err)
	}
	for _, text := range []string{``, `{"schema_version":2}`, `{"schema_version":1,"questions":[]}`, `{"schema_version":1,"questions":[{"id":"a","text":"b"}]}`,
		`{"schema_version":1,"questions":[{"id":"a","text":"b","gold":[{"section":"s","text":" "}]}]}`,
		`{"schema_version":1,"questions":[{"id":"a","text":"b","gold":[{"section":"s","text":"x"}]},{"id":"a","text":"b","gold":[{"section":"s","text":"x"}]}]}`} {
		if _, err := ParseQuestions([]byte(text)); err == nil {
			t.Errorf("%s: accepted", text)
		}
	}
}

func FuzzParseQuestions(f *testing.F) {
	f.Add([]byte(`{"schema_version":1,"questions":[{"id":"a","text":"b","gold":[{"section":"s","text":"x"}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		questions, err := ParseQuestions(data)
		if err == nil && len(questions) == 0 {
			t.Error("no questions and no error")
		}
	})
}
