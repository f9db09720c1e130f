package wasmcode

import (
	"slices"
	"testing"
)

// module is a type and a function (i32) → v128 of one local, with a constant
// that holds the bytes of an instruction, two fused additions and a branch.
var module = []byte{
	0, 'a', 's', 'm', 1, 0, 0, 0,
	1, 6, 1, 0x60, 1, 0x7f, 1, 0x7b,
	3, 2, 1, 0,
	10, 49, 1, 47, 1, 1, 0x7b,
	0x02, 0x40, 0x20, 0, 0x0d, 0, 0x0b,
	0xfd, 12, 0xfd, 0xaf, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0x22, 1, 0x20, 1, 0x20, 1, 0xfd, 0xaf, 1,
	0x20, 1, 0x20, 1, 0xfd, 0x85, 2,
	0x0f, 0x00, 0x0b,
}

func TestWalk(t *testing.T) {
	var codes []uint32
	at := map[uint32]int{}
	if err := Walk(module, func(i Instruction) { codes, at[i.Code] = append(codes, i.Code), i.At }); err != nil {
		t.Fatal(err)
	}
	want := []uint32{0x02, 0x20, 0x0d, 0x0b, vector | 12, 0x22, 0x20, 0x20, DraftMadd, 0x20, 0x20, Madd, 0x0f, 0x00, 0x0b}
	if !slices.Equal(codes, want) {
		t.Errorf("instructions %#x, want %#x", codes, want)
	}
	if module[at[DraftMadd]] != 0xfd || at[DraftMadd] < at[vector|12]+18 {
		t.Errorf("the fused addition is said to be at %d", at[DraftMadd])
	}
}

func FuzzWalk(f *testing.F) {
	f.Add(module)
	f.Add(module[:len(module)-1])
	f.Fuzz(func(t *testing.T, data []byte) {
		last := 0
		err := Walk(data, func(i Instruction) {
			if i.At < last || i.At >= len(data) {
				t.Fatalf("instruction at %d after %d of %d", i.At, last, len(data))
			}
			last = i.At
		})
		if err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}
