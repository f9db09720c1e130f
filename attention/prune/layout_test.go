package prune

import (
	"bytes"
	"slices"
	"testing"

	"courselab/attention/safetensors"
)

// TestSizesAreThoseOfFiles encodes every tensor of a pruned model and compares the
// bytes with Measure's.
func TestSizesAreThoseOfFiles(t *testing.T) {
	m := model(t)
	if err := Halve(m); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		scope    Scope
		sparsity float64
	}{{Global, 0}, {Global, 0.05}, {Global, 0.5}, {PerMatrix, 0.9}, {TwoOfFour, 0.5}} {
		k, err := Magnitude(m, c.scope, c.sparsity)
		if err != nil {
			t.Fatal(err)
		}
		pruned := k.Pruned(m)
		two := c.scope == TwoOfFour
		sparse, dense := 0, 0
		for _, p := range pruned.Parameters() {
			cols := p.Shape[len(p.Shape)-1]
			least := 1 << 30
			for _, l := range []Layout{Dense, Bitmap, Packed} {
				data, err := l.Encode(p.Values, cols)
				if l == Packed && (err != nil || !two) {
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				back, err := l.Decode(data, len(p.Values))
				if err != nil || !slices.Equal(back, p.Values) {
					t.Errorf("%s in layout %d comes back otherwise: %v", p.Name, l, err)
				}
				if l == Dense {
					dense += len(data)
				}
				least = min(least, len(data))
			}
			sparse += least
		}
		if size := Measure(pruned); size.Sparse != sparse || size.Dense != dense || size.Zeros < k.Cut() {
			t.Errorf("scope %d, sparsity %v: %+v, files of %d and %d bytes", c.scope, c.sparsity, size, sparse, dense)
		}
	}
	var file bytes.Buffer
	if err := m.WriteWeights(&file, safetensors.F16); err != nil {
		t.Fatal(err)
	}
	if header := file.Len() - Measure(m).Dense; header < 0 || header > 4096 {
		t.Errorf("a safetensors file of %d bytes for %d of weights", file.Len(), Measure(m).Dense)
	}
}

// The smaller of two layouts changes where a bit a value is what the zeros save.
func TestSmallest(t *testing.T) {
	for _, c := range []struct {
		n, nonzero int
		want       Layout
		bytes      int
	}{
		{1600, 1600, Dense, 3200}, {1600, 1500, Dense, 3200}, {1600, 1499, Bitmap, 3198}, {1600, 800, Bitmap, 1800}, {15, 8, Bitmap, 18}, {1600, 0, Bitmap, 200},
	} {
		if l, b := Smallest(c.n, c.nonzero); l != c.want || b != c.bytes {
			t.Errorf("%+v: layout %d of %d bytes", c, l, b)
		}
	}
	if Packed.Bytes(1600, 800) != Bitmap.Bytes(1600, 800) {
		t.Error("two of four take another size than half of any")
	}
}

func TestDecodeRefuses(t *testing.T) {
	values := []float32{0, 1, 0, 2, 3, 0, 0, 0}
	for _, l := range []Layout{Dense, Bitmap, Packed} {
		data, err := l.Encode(values, 8)
		if err != nil {
			t.Fatal(err)
		}
		for cut := range data {
			if _, err := l.Decode(data[:cut], 8); err == nil {
				t.Errorf("layout %d: %d of %d bytes were taken", l, cut, len(data))
			}
		}
		if _, err := l.Decode(append(data, 0), 8); err == nil {
			t.Errorf("layout %d: a byte too many was taken", l)
		}
	}
	if _, err := Packed.Encode([]float32{1, 2, 3, 0}, 4); err == nil {
		t.Error("three of four were packed into two")
	}
	if _, err := Packed.Encode([]float32{1, 2, 3}, 3); err == nil {
		t.Error("rows of three were packed by four")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte{2, 0, 60}, 8, 1)
	f.Fuzz(func(t *testing.T, data []byte, n, layout int) {
		if n < 0 || n > 1<<12 {
			return
		}
		_, _ = Layout(((layout%3)+3)%3).Decode(data, n)
	})
}
