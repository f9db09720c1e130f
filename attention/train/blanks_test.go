package train

import (
	"math"
	"slices"
	"testing"

	"courselab/attention"
)

func TestBlanks(t *testing.T) {
	documents := []Document{{0, 3, 4, 5, 6, 1}, {2, 2, 2, 2, 2, 2}, {0, 3}, {3, 4, 5, 6, 7, 8, 9}, {5, 2, 2, 6, 2, 2}}
	blanks := Blanks(documents, 10, 2, 1, 3)
	if len(blanks) != 3 {
		t.Fatalf("%d blanks, want 3: %v", len(blanks), blanks)
	}
	for _, b := range blanks {
		if b.At < 2 || b.At >= len(b.Text)-1 || b.Text[b.At] < 3 {
			t.Errorf("blank %+v", b)
		}
	}
	if again := Blanks(documents, 10, 2, 1, 3); !slices.EqualFunc(again, blanks, func(a, b Blank) bool { return a.At == b.At && slices.Equal(a.Text, b.Text) }) {
		t.Error("two draws differ")
	}
	if few := Blanks(documents, 1, 0, 0, 3); len(few) != 1 || few[0].At < 1 {
		t.Errorf("one blank: %+v", few)
	}
}

// TestFill compares what is put into blanks with what the definition gives, by a
// decoder and by one reading a candidate.
func TestFill(t *testing.T) {
	m := model(t, tiny)
	var long []Document
	for _, d := range counting() {
		if d.rows() > 4 {
			long = append(long, d)
		}
	}
	blanks := Blanks(long, 8, 1, 1, 3)
	if len(blanks) < 8 {
		t.Fatalf("%d blanks", len(blanks))
	}
	log := func(logits []float32, token int) float64 {
		var sum float64
		for _, v := range logits {
			sum += math.Exp(float64(v))
		}
		return float64(logits[token]) - math.Log(sum)
	}
	read := func(unmasked bool, text []int, at int) []float32 {
		logits, err := NewReader(m, attention.Reference{}, unmasked).Logits(t.Context(), [][]int{text}, []Place{{0, at}})
		if err != nil {
			t.Fatal(err)
		}
		return slices.Clone(logits.Row(0))
	}
	greatest := func(row []float32) int {
		best := 3
		for j := 3; j < len(row); j++ {
			if row[j] > row[best] {
				best = j
			}
		}
		return best
	}
	for _, task := range []Task{{First: 3}, {Objective: Masked, Hide: 0.2, Mask: 2, First: 3}} {
		for _, sight := range []Sight{Left, Both} {
			got, err := task.Fill(t.Context(), m, attention.Go{}, blanks, sight, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, b := range blanks {
				var want int
				switch {
				case task.Objective == Masked:
					text := slices.Clone(b.Text)
					text[b.At] = task.Mask
					if sight == Left {
						text = text[:b.At+1]
					}
					want = greatest(read(true, text, b.At))
				case sight == Left:
					want = greatest(read(false, b.Text[:b.At], b.At-1))
				default:
					// All eight characters of the vocabulary are candidates.
					most := math.Inf(-1)
					for token := 3; token < tiny.Vocab; token++ {
						text := slices.Clone(b.Text)
						text[b.At] = token
						var sum float64
						for at := b.At - 1; at < len(text)-1; at++ {
							sum += log(read(false, text, at), text[at+1])
						}
						if sum > most {
							want, most = token, sum
						}
					}
				}
				if got[i] != want {
					t.Errorf("objective %d, sight %d, blank %d: %d, want %d", task.Objective, sight, i, got[i], want)
				}
			}
		}
	}
}
