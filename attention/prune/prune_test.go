package prune

import (
	"math"
	"slices"
	"testing"

	"courselab/attention"
	"courselab/attention/train"
)

var tiny = attention.ModelConfig{Vocab: 11, Width: 8, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 4, FFN: 12, Context: 9, RopeTheta: 100, NormEps: 1e-5, Tied: true, BOS: 0, EOS: []int{1}}

func model(t *testing.T) *attention.Model {
	t.Helper()
	m, err := attention.NewModel(tiny, 7)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range m.Parameters() {
		for i := range p.Values {
			if len(p.Shape) > 1 {
				p.Values[i] *= 8
			}
		}
	}
	return m
}

// sorted is Magnitude by sorting: which of values stay.
func sorted(values []float32, sparsity float64) []bool {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	size := func(i int) float64 { return math.Abs(float64(values[i])) }
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case size(a) < size(b):
			return -1
		case size(a) > size(b):
			return 1
		}
		return 0
	})
	kept := all(len(values))
	for _, i := range order[:int(math.Round(sparsity*float64(len(values))))] {
		kept[i] = false
	}
	return kept
}

func TestMagnitudeIsSorting(t *testing.T) {
	m := model(t)
	// Equal magnitudes of both signs, and zeros.
	for _, l := range m.Layers {
		for i := range l.WUp.Data {
			l.WUp.Data[i] = float32(i%5-2) / 4
		}
	}
	parameters := m.Parameters()
	var whole []float32
	for _, i := range prunable(parameters) {
		whole = append(whole, parameters[i].Values...)
	}
	for _, sparsity := range []float64{0, 0.001, 0.1, 0.25, 0.5, 0.77, 0.999, 1} {
		global, err := Magnitude(m, Global, sparsity)
		if err != nil {
			t.Fatal(err)
		}
		each, err := Magnitude(m, PerMatrix, sparsity)
		if err != nil {
			t.Fatal(err)
		}
		want, at := sorted(whole, sparsity), 0
		for i, p := range parameters {
			if !Prunable(p) {
				if global.kept[i] != nil || each.kept[i] != nil {
					t.Errorf("%s was cut into", p.Name)
				}
				continue
			}
			if !slices.Equal(global.kept[i], want[at:at+len(p.Values)]) {
				t.Errorf("sparsity %v, %s: global differs from sorting", sparsity, p.Name)
			}
			at += len(p.Values)
			if !slices.Equal(each.kept[i], sorted(p.Values, sparsity)) {
				t.Errorf("sparsity %v, %s: per matrix differs from sorting", sparsity, p.Name)
			}
		}
		if got, want := global.Cut(), int(math.Round(sparsity*float64(len(whole)))); got != want {
			t.Errorf("sparsity %v: %d cut, want %d", sparsity, got, want)
		}
	}
	for _, bad := range []float64{-0.1, 1.1, math.NaN()} {
		if _, err := Magnitude(m, Global, bad); err == nil {
			t.Errorf("sparsity %v was taken", bad)
		}
	}
}

func TestTwoOfFour(t *testing.T) {
	values := []float32{1, -3, 2, 0.5, 4, 4, -4, 4, 0, 0, 0, 0, 9, 8}
	kept := all(len(values))
	cutTwoOfFour(values, kept, 14)
	want := []bool{false, true, true, false, true, true, false, false, true, true, false, false, true, true}
	if !slices.Equal(kept, want) {
		t.Errorf("kept %v, want %v", kept, want)
	}
	m := model(t)
	k, err := Magnitude(m, TwoOfFour, 0)
	if err != nil {
		t.Fatal(err)
	}
	pruned := k.Pruned(m)
	for _, p := range pruned.Parameters() {
		if !Prunable(p) {
			continue
		}
		for at := 0; at < len(p.Values); at += 4 {
			zeros := 0
			for _, v := range p.Values[at : at+4] {
				if v == 0 {
					zeros++
				}
			}
			if zeros != 2 {
				t.Fatalf("%s: %d zeros at %d", p.Name, zeros, at)
			}
		}
		if data, err := Packed.Encode(p.Values, p.Shape[1]); err != nil || len(data) != Packed.Bytes(len(p.Values), 0) {
			t.Errorf("%s: %d bytes, %v", p.Name, len(data), err)
		}
	}
	if m.Layers[0].WQ.Data[0] == 0 {
		t.Error("the whole model was changed")
	}
}

func logits(t *testing.T, m *attention.Model) attention.Matrix {
	t.Helper()
	d, err := attention.NewDecoder(m, attention.Reference{}, m.Config.Context)
	if err != nil {
		t.Fatal(err)
	}
	out, err := d.Forward(t.Context(), []int{0, 3, 4, 9, 2, 2, 10})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestZerosAreSmallerMatrices compares a model with zeros, the smaller model and,
// for heads, the model without them by ablation.
func TestZerosAreSmallerMatrices(t *testing.T) {
	m := model(t)
	whole := logits(t, m)
	for name, cut := range map[string]func(s Structure){
		"one head of each group": func(s Structure) {
			s.Heads[0][1], s.Heads[0][2] = false, false
			s.Heads[1][0], s.Heads[1][3] = false, false
		},
		"a whole group": func(s Structure) {
			s.Heads[0][0], s.Heads[0][1] = false, false
			s.Heads[1][2], s.Heads[1][3] = false, false
		},
		"columns": func(s Structure) {
			for j := range 5 {
				s.Columns[0][2*j] = false
				s.Columns[1][j] = false
			}
		},
	} {
		s := Whole(tiny)
		cut(s)
		zeros := s.Mask(m).Pruned(m)
		small, err := s.Compact(m)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		n := 0
		for _, p := range small.Parameters() {
			n += len(p.Values)
		}
		if n != s.Parameters() || n != Measure(small).Weights {
			t.Errorf("%s: %d parameters, Structure says %d", name, n, s.Parameters())
		}
		if size := Measure(zeros); size.Weights-size.Zeros != n || size.NonzeroProducts != n-tiny.Width*(2*tiny.Layers+1) {
			t.Errorf("%s: %+v, want %d weights left", name, size, n)
		}
		a, b, moved := logits(t, zeros), logits(t, small), 0.0
		for i := range a.Data {
			if math.Abs(float64(a.Data[i]-b.Data[i])) > 1e-5 {
				t.Fatalf("%s: logit %d is %v with zeros, %v with smaller matrices", name, i, a.Data[i], b.Data[i])
			}
			moved = max(moved, math.Abs(float64(a.Data[i]-whole.Data[i])))
		}
		if moved < 1e-3 {
			t.Errorf("%s: nothing changed", name)
		}
	}
	uneven := Whole(tiny)
	uneven.Heads[0][0] = false
	if _, err := uneven.Compact(m); err == nil {
		t.Error("layers of different shapes were made one")
	}
	s := Whole(tiny)
	s.Heads[1][2] = false
	d, err := attention.NewDecoder(m, attention.Reference{}, tiny.Context)
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Ablate(attention.Ablation{Part: attention.PartHead, Layer: 1, Head: 2}); err != nil {
		t.Fatal(err)
	}
	ablated, err := d.Forward(t.Context(), []int{0, 3, 4, 9, 2, 2, 10})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range logits(t, s.Mask(m).Pruned(m)).Data {
		if math.Abs(float64(v-ablated.Data[i])) > 1e-5 {
			t.Fatalf("logit %d is %v cut, %v ablated", i, v, ablated.Data[i])
		}
	}
}

// TestLayersAreCounted: a group's keys go with the last of its query heads.
func TestLayersAreCounted(t *testing.T) {
	s := Whole(tiny)
	for i, want := range []LayerShape{{3, 2, 12}, {2, 1, 12}, {1, 1, 12}, {0, 0, 12}} {
		s.Heads[0][i] = false
		if got := s.Layer(0); got != want {
			t.Errorf("%d cut: %+v, want %+v", i+1, got, want)
		}
	}
	if got, want := s.Parameters(), Whole(tiny).Parameters()-(2*4+2*2)*tiny.HeadDim*tiny.Width; got != want {
		t.Errorf("%d parameters without the heads of a layer, want %d", got, want)
	}
}

func TestRankCutsTheLeast(t *testing.T) {
	ranked := Rank([][]float64{{0.5, 0.1, 0.9, 0.1}, {0.2, 0.6, 0.05, 0.1}})
	want := []Unit{{1, 2, 0.05}, {0, 1, 0.1}, {0, 3, 0.1}, {1, 3, 0.1}, {1, 0, 0.2}, {0, 0, 0.5}, {1, 1, 0.6}, {0, 2, 0.9}}
	if !slices.Equal(ranked, want) {
		t.Errorf("ranked %v", ranked)
	}
	s := Whole(tiny)
	if err := s.CutHeads(ranked, 3); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Heads[0], []bool{true, false, true, false}) || !slices.Equal(s.Heads[1], []bool{true, true, false, true}) {
		t.Errorf("heads %v", s.Heads)
	}
	columns := [][]float64{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, {12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}}
	if err := s.CutColumns(columns, 0.25); err != nil {
		t.Fatal(err)
	}
	if count(s.Columns[0]) != 9 || s.Columns[0][2] || !s.Columns[0][3] || s.Columns[1][11] || !s.Columns[1][8] {
		t.Errorf("columns %v", s.Columns)
	}
	if s.CutHeads(ranked, 9) == nil || s.CutColumns(columns, 1.5) == nil {
		t.Error("more was cut than there is")
	}
}

// TestMaskHoldsInTraining: weights that are cut stay zero through steps.
func TestMaskHoldsInTraining(t *testing.T) {
	m := model(t)
	k, err := Magnitude(m, Global, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	k.Apply(m)
	before := m.Layers[0].WQ.Data[slices.IndexFunc(m.Layers[0].WQ.Data, func(v float32) bool { return v != 0 })]
	trainer, err := train.New(m, attention.Go{}, []train.Document{{0, 2, 3, 4, 1}, {0, 5, 6, 1}}, train.Options{Epochs: 3, Rows: 100, Rate: 1e-2})
	if err != nil {
		t.Fatal(err)
	}
	for trainer.Done() < trainer.Steps() {
		if _, err := trainer.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		k.Apply(m)
	}
	if size := Measure(m); size.Zeros < k.Cut() {
		t.Errorf("%d zeros, %d were cut", size.Zeros, k.Cut())
	}
	if after := m.Layers[0].WQ.Data[slices.IndexFunc(m.Layers[0].WQ.Data, func(v float32) bool { return v != 0 })]; after == before {
		t.Error("what is left did not learn")
	}
}
