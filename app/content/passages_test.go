package content

import (
	"context"
	"encoding/json"
	"io/fs"
	"testing"

	"courselab/app/registry"
	shipped "courselab/lessons/content"
	"courselab/sim/rag"
)

// shippedPassages are the sections of the shipped course and its questions.
func shippedPassages(t testing.TB) ([]rag.Section, []rag.Question) {
	t.Helper()
	library, err := Load(FromFS(shipped.FS), registry.Lessons())
	if err != nil {
		t.Fatal(err)
	}
	text, mark, err := library.Data(PassagesFile)
	if err != nil {
		t.Fatal(err)
	}
	if _, again, _ := library.Data(PassagesFile); again != mark {
		t.Error("the mark of one text differs")
	}
	for _, f := range library.Files() {
		if f == Root+PassagesFile {
			t.Error("the passages are listed as a file")
		}
	}
	var sections []rag.Section
	if err := json.Unmarshal(text, &sections); err != nil {
		t.Fatal(err)
	}
	data, err := fs.ReadFile(shipped.FS, "data/rag-questions.json")
	if err != nil {
		t.Fatal(err)
	}
	questions, err := rag.ParseQuestions(data)
	if err != nil {
		t.Fatal(err)
	}
	return sections, questions
}

// Every gold passage of the course's questions stands in the section that it names,
// and plain BM25 over pairs of characters finds most of them.
func TestQuestionsHoldAgainstTheCourse(t *testing.T) {
	sections, questions := shippedPassages(t)
	if len(questions) < 30 {
		t.Errorf("%d questions", len(questions))
	}
	pause := func(context.Context) error { return nil }
	for _, c := range []rag.Chunking{{Size: 100, Overlap: 0}, {Size: 300, Overlap: 60, Sentences: true}, {Size: 1000, Overlap: 100, Sentences: true}} {
		store, err := rag.NewStore(t.Context(), sections, c, rag.DefaultRanking, pause)
		if err != nil {
			t.Fatal(err)
		}
		report, err := store.Evaluate(t.Context(), questions, rag.Instruction, 5, rag.Budget{Window: 8192, Output: 300, Rates: rag.DeepSeekRates}, pause)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range report.Graded {
			if g.Gone > 0 {
				t.Errorf("question %s: its passage is not in %+v", g.Question.ID, g.Question.Gold)
			}
		}
		recall, hit := report.Recall(5, true)
		t.Logf("%+v: %d chunks, recall@5 %.3f, hit %.3f, MRR %.3f, torn %d", c, len(store.Chunks), recall, hit, report.MRR, report.Torn)
		if c.Size == 300 && (recall < 0.6 || report.MRR < 0.5) {
			t.Errorf("recall@5 %.3f, MRR %.3f", recall, report.MRR)
		}
	}
}

func BenchmarkPassages(b *testing.B) {
	sections, questions := shippedPassages(b)
	pause := func(context.Context) error { return nil }
	b.Run("index", func(b *testing.B) {
		for b.Loop() {
			if _, err := rag.NewStore(b.Context(), sections, rag.Chunking{Size: 300, Overlap: 60, Sentences: true}, rag.DefaultRanking, pause); err != nil {
				b.Fatal(err)
			}
		}
	})
	store, err := rag.NewStore(b.Context(), sections, rag.Chunking{Size: 300, Overlap: 60, Sentences: true}, rag.DefaultRanking, pause)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("evaluate", func(b *testing.B) {
		for b.Loop() {
			if _, err := store.Evaluate(b.Context(), questions, rag.Instruction, 5, rag.Budget{Window: 8192, Output: 300, Rates: rag.DeepSeekRates}, pause); err != nil {
				b.Fatal(err)
			}
		}
	})
}
