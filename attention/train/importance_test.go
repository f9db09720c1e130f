package train

import (
	"math"
	"testing"

	"courselab/attention"
)

// TestImportanceIsTheSlope scales what a part gives (a head's columns of W_O, a
// column of W_down) by 1 ± δ and takes each document's loss.
func TestImportanceIsTheSlope(t *testing.T) {
	m, documents := model(t, tiny), counting()[2:7]
	got, err := Importances(t.Context(), m, attention.Reference{}, documents, 12, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	const delta = 1.0 / 256
	slope := func(matrix attention.Matrix, from, to int) float64 {
		whole := append([]float32(nil), matrix.Data...)
		scaled := func(factor float32, d Document) float64 {
			for r := range matrix.Rows {
				for j := from; j < to; j++ {
					matrix.Row(r)[j] = whole[r*matrix.Cols+j] * factor
				}
			}
			l, err := HeldOut(t.Context(), m, attention.Reference{}, []Document{d}, 1000)
			if err != nil {
				t.Fatal(err)
			}
			copy(matrix.Data, whole)
			return l
		}
		var sum float64
		for _, d := range documents {
			sum += math.Abs(scaled(1+delta, d)-scaled(1-delta, d)) / (2 * delta)
		}
		return sum / float64(len(documents))
	}
	near := func(got, want float64) bool { return math.Abs(got-want) <= 2e-4+5e-3*want }
	var largest float64
	for i, l := range m.Layers {
		for a, v := range got.Heads[i] {
			if want := slope(l.WO, a*tiny.HeadDim, (a+1)*tiny.HeadDim); !near(v, want) {
				t.Errorf("layer %d head %d: %v, want %v", i, a, v, want)
			}
			largest = max(largest, v)
		}
		for j, v := range got.Columns[i] {
			if want := slope(l.WDown, j, j+1); !near(v, want) {
				t.Errorf("layer %d column %d: %v, want %v", i, j, v, want)
			}
		}
	}
	if largest < 0.01 {
		t.Errorf("the most important head has %v: nothing was measured", largest)
	}
	// Neither the batches nor the backend matter.
	other, err := Importances(t.Context(), m, attention.Go{}, documents, 1000, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got.Heads {
		for a, v := range got.Heads[i] {
			if math.Abs(v-other.Heads[i][a]) > 1e-4*(1+v) {
				t.Errorf("layer %d head %d: %v in small batches, %v in one", i, a, v, other.Heads[i][a])
			}
		}
	}
	for i, layer := range Scaled(got.Heads) {
		var squares float64
		for _, v := range layer {
			squares += v * v
		}
		if math.Abs(squares-1) > 1e-9 {
			t.Errorf("layer %d scaled: norm² %v", i, squares)
		}
	}
	if _, err := Importances(t.Context(), m, attention.Go{}, nil, 1000, nil, nil); err == nil {
		t.Error("no documents were taken")
	}
}
