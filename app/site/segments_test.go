package site

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"testing"
)

// memory lays a module's segments out.
func memory(t testing.TB, module []byte) (content []byte, segments int) {
	t.Helper()
	r := &moduleReader{rest: module[len(wasmHeader):]}
	for len(r.rest) > 0 {
		id := r.take(1)
		body := r.take(r.unsigned())
		if r.failed {
			t.Fatal("the module ends inside a section")
		}
		if id[0] != sectionData {
			continue
		}
		all, err := readSegments(body)
		if err != nil {
			t.Fatal(err)
		}
		segments = len(all)
		for _, s := range all {
			if end := s.at + uint64(len(s.data)); end > uint64(len(content)) {
				content = append(content, make([]byte, end-uint64(len(content)))...)
			}
			copy(content[s.at:], s.data)
		}
	}
	return content, segments
}

func module(sections ...[]byte) []byte {
	out := bytes.Clone(wasmHeader)
	for _, s := range sections {
		out = append(out, s[0])
		out = binary.AppendUvarint(out, uint64(len(s)-1))
		out = append(out, s[1:]...)
	}
	return out
}

func TestJoinSegments(t *testing.T) {
	data := writeSegments([]segment{
		{5, []byte("a")}, {6, []byte("b")}, {20, []byte("c")}, // 13 zeros between
		{20 + 1 + widestGap + 1, []byte("d")},
		{3, []byte("before")}, // over what is there already
		{1 << 20, []byte("far")},
	})
	given := module(append([]byte{1}, "types"...), append([]byte{sectionData}, data...), append([]byte{0}, "name"...))
	got, err := joinSegments(given)
	if err != nil {
		t.Fatal(err)
	}
	before, _ := memory(t, given)
	after, n := memory(t, got)
	if !bytes.Equal(before, after) {
		t.Error("the memory starts with other content")
	}
	if n != 4 {
		t.Errorf("%d segments, want 4", n)
	}
	if !bytes.Contains(got, []byte("types")) || !bytes.HasSuffix(got, []byte("name")) {
		t.Errorf("another section is gone: %q", got)
	}
}

func TestJoinSegmentsLeavesOthersAlone(t *testing.T) {
	for name, given := range map[string][]byte{
		"text":             []byte("no module"),
		"counted segments": module([]byte{sectionDataCount, 1}, []byte{sectionData, 1, 1, 1, 'x'}),
		"passive segment":  module([]byte{sectionData, 1, 1, 1, 'x'}),
	} {
		if got, err := joinSegments(given); err != nil || !bytes.Equal(got, given) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	cut := module([]byte{sectionData, 1, 0, 0x41, 5, 0x0b, 3, 'a', 'b', 'c'})
	for n := len(wasmHeader) + 1; n < len(cut); n++ {
		if _, err := joinSegments(cut[:n]); !errors.Is(err, errModule) {
			t.Errorf("cut after %d bytes: %v", n, err)
		}
	}
}

func FuzzJoinSegments(f *testing.F) {
	f.Add(module([]byte{sectionData, 1, 0, 0x41, 5, 0x0b, 3, 'a', 'b', 'c'}))
	f.Add(module([]byte{sectionData, 2, 0, 0x41, 0x7f, 0x0b, 1, 'a', 0, 0x41, 9, 0x0b, 0}))
	f.Fuzz(func(t *testing.T, given []byte) {
		got, err := joinSegments(given)
		if err != nil {
			return
		}
		again, err := joinSegments(got)
		if err != nil || !bytes.Equal(got, again) {
			t.Errorf("joined once %q, twice %q, %v", got, again, err)
		}
	})
}

// TestProgramsStartTheSame joins the programs that the browser gets.
func TestProgramsStartTheSame(t *testing.T) {
	for _, name := range []string{"app.wasm", "engine.wasm"} {
		given, err := os.ReadFile("../../build/" + name)
		if err != nil {
			t.Fatalf("no program to try: %v (make wasm makes it)", err)
		}
		got, err := joinSegments(given)
		if err != nil {
			t.Fatal(err)
		}
		before, was := memory(t, given)
		after, is := memory(t, got)
		if !bytes.Equal(before, after) {
			t.Errorf("%s starts with other content", name)
		}
		if is*10 > was {
			t.Errorf("%s: %d segments of %d are left", name, is, was)
		}
	}
}

func BenchmarkJoinSegments(b *testing.B) {
	given, err := os.ReadFile("../../build/app.wasm")
	if err != nil {
		b.Skip(err)
	}
	b.SetBytes(int64(len(given)))
	for b.Loop() {
		if _, err := joinSegments(given); err != nil {
			b.Fatal(err)
		}
	}
}
