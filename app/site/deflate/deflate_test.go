package deflate

import (
	"bytes"
	"compress/gzip"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

func unpack(t testing.TB, packed []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func standard(data []byte) int {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // the level is one that there is
	w.Write(data)
	w.Close()
	return b.Len()
}

func TestGzip(t *testing.T) {
	noise := make([]byte, 70_000)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	text, err := os.ReadFile("deflate.go")
	if err != nil {
		t.Fatal(err)
	}
	model, err := os.ReadFile("../../../assets/kernel.wasm")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data    []byte
		smaller bool // than compress/gzip
	}{
		"nothing": {nil, false}, "one": {[]byte("a"), false}, "three": {[]byte("aaa"), false},
		"zeros": {make([]byte, 100_000), false}, "noise": {noise, false}, "text": {text, true}, "program": {model, true},
		// More than one segment, with matches across their border.
		"long": {[]byte(strings.Repeat(string(model), 100)), false},
	} {
		packed := Gzip(c.data)
		if got := unpack(t, packed); !bytes.Equal(got, c.data) {
			t.Errorf("%s: %d bytes became %d others", name, len(c.data), len(got))
		}
		if n := standard(c.data); c.smaller && len(packed) >= n || len(packed) > n+n/50+200 {
			t.Errorf("%s: %d bytes packed, %d by compress/gzip", name, len(packed), n)
		}
		if !bytes.Equal(packed, Gzip(c.data)) {
			t.Errorf("%s: packed in two ways", name)
		}
	}
}

// TestLengths holds code lengths against Kraft's inequality under a limit that
// the frequencies would exceed.
func TestLengths(t *testing.T) {
	fibonacci := make([]int, 30)
	a, b := 1, 1
	for i := range fibonacci {
		fibonacci[i] = a
		a, b = b, a+b
	}
	for _, limit := range []int{7, 15} {
		freq := fibonacci
		if limit == 7 {
			freq = fibonacci[:19]
		}
		sum := 0
		for s, l := range lengths(freq, limit) {
			if l == 0 || int(l) > limit {
				t.Fatalf("symbol %d: %d bits of at most %d", s, l, limit)
			}
			sum += 1 << (limit - int(l))
		}
		if sum != 1<<limit {
			t.Errorf("limit %d: the code fills %d of %d", limit, sum, 1<<limit)
		}
	}
	for _, freq := range [][]int{{0, 0, 0}, {5, 0, 0}, {0, 0, 7}} {
		used := 0
		for _, l := range lengths(freq, 15) {
			if l == 1 {
				used++
			}
		}
		if used != 2 {
			t.Errorf("%v: %d symbols of one bit, want 2", freq, used)
		}
	}
}

func FuzzGzip(f *testing.F) {
	for _, s := range []string{"", "a", "abcabcabcabc", strings.Repeat("ab", 600), "床前明月光，疑是地上霜"} {
		f.Add([]byte(s), uint8(1))
	}
	f.Add([]byte("long"), uint8(200))
	f.Fuzz(func(t *testing.T, data []byte, times uint8) {
		data = bytes.Repeat(data, int(times))
		if len(data) > 1<<17 {
			data = data[:1<<17]
		}
		if got := unpack(t, Gzip(data)); !bytes.Equal(got, data) {
			t.Errorf("%d bytes became %d others", len(data), len(got))
		}
	})
}
