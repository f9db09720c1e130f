package safetensors

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
)

// file puts a header and a number of value bytes together.
func file(header string, values int) []byte {
	out := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(out, header...), make([]byte, values)...)
}

func TestRoundTrip(t *testing.T) {
	tensors := []Source{
		{"b.half", F16, []int{2, 3}, []float32{0, -1.5, 65504, 6e-8, 0.333251953125, -0}},
		{"a.full", F32, []int{3}, []float32{math.MaxFloat32, -1e-45, 0.1}},
		{"c.brain", BF16, []int{1, 1}, []float32{-3}},
		{"d.empty", F32, []int{0, 7}, []float32{}},
		{"e.single", F32, nil, []float32{42}},
	}
	var first, second bytes.Buffer
	if err := Write(&first, tensors, map[string]string{"format": "pt"}); err != nil {
		t.Fatal(err)
	}
	tensors[0], tensors[3] = tensors[3], tensors[0]
	if err := Write(&second, tensors, map[string]string{"format": "pt"}); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		t.Error("the order of the tensors changes the file")
	}
	f, err := Parse(first.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Tensors) != len(tensors) || f.Metadata["format"] != "pt" {
		t.Errorf("read %d tensors, metadata %v", len(f.Tensors), f.Metadata)
	}
	for _, want := range tensors {
		got, ok := f.Tensor(want.Name)
		if !ok || got.DType != want.DType || fmt.Sprint(got.Shape) != fmt.Sprint(append([]int{}, want.Shape...)) {
			t.Fatalf("%s: read %v %v %v", want.Name, ok, got.DType, got.Shape)
		}
		for i, v := range got.Values() {
			if v != want.DType.round(want.Values[i]) {
				t.Errorf("%s value %d is %v, want %v", want.Name, i, v, want.Values[i])
			}
		}
	}
	if _, ok := f.Tensor("absent"); ok {
		t.Error("found a tensor that is not there")
	}
}

func TestLyingFiles(t *testing.T) {
	one := func(fields string) []byte { return file(`{"w":{`+fields+`}}`, 8) }
	for _, tt := range []struct {
		name string
		data []byte
		says []string
	}{
		{"empty", nil, []string{"0 bytes"}},
		{"length only", make([]byte, 8), []string{"not a JSON object"}},
		{"header past the end", binary.LittleEndian.AppendUint64(nil, 50), []string{"50", "holds 0"}},
		{"huge header", binary.LittleEndian.AppendUint64(nil, math.MaxUint64), []string{"18446744073709551615"}},
		{"not JSON", file("{]", 0), []string{"header"}},
		{"cut short", file(`{"w":{"dtype":"F32","shape":[2]`, 8), []string{"header"}},
		{"two objects", file(`{}{}`, 0), []string{"more follows"}},
		{"twice", file(`{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8), []string{`"w"`, "twice"}},
		{"type", one(`"dtype":"I64","shape":[1],"data_offsets":[0,8]`), []string{`"w"`, "I64"}},
		{"no shape", one(`"dtype":"F32","data_offsets":[0,8]`), []string{`"w"`, "shape"}},
		{"negative size", one(`"dtype":"F32","shape":[-2],"data_offsets":[0,8]`), []string{`"w"`, "-2"}},
		{"huge shape", one(`"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]`), []string{`"w"`, "too large"}},
		{"wrapping shape", one(`"dtype":"F32","shape":[9223372036854775807,9223372036854775807],"data_offsets":[0,8]`), []string{"too large"}},
		{"shape and range differ", one(`"dtype":"F32","shape":[3],"data_offsets":[0,8]`), []string{`"w"`, "12", "8"}},
		{"past the end", one(`"dtype":"F32","shape":[3],"data_offsets":[0,12]`), []string{`"w"`, "outside"}},
		{"backwards", one(`"dtype":"F32","shape":[0],"data_offsets":[8,0]`), []string{"outside"}},
		{"negative offset", one(`"dtype":"F32","shape":[2],"data_offsets":[-8,0]`), []string{"outside"}},
		{"three offsets", one(`"dtype":"F32","shape":[2],"data_offsets":[0,8,8]`), []string{"data_offsets"}},
		{"gap", one(`"dtype":"F32","shape":[1],"data_offsets":[4,8]`), []string{`"w"`, "gap"}},
		{"overlap", file(`{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`, 8), []string{`"v"`, `"w"`, "overlap"}},
		{"left over", one(`"dtype":"F32","shape":[1],"data_offsets":[0,4]`), []string{"4", "8"}},
		{"metadata", file(`{"__metadata__":{"a":1}}`, 0), []string{"__metadata__"}},
	} {
		_, err := Parse(tt.data)
		if err == nil {
			t.Errorf("%s: accepted", tt.name)
			continue
		}
		for _, says := range tt.says {
			if !strings.Contains(err.Error(), says) {
				t.Errorf("%s: %q does not say %q", tt.name, err, says)
			}
		}
	}
}

func TestWriteRefuses(t *testing.T) {
	for name, tensors := range map[string][]Source{
		"empty name":    {{"", F32, []int{1}, []float32{1}}},
		"reserved name": {{metadataKey, F32, []int{1}, []float32{1}}},
		"twice":         {{"a", F32, []int{1}, []float32{1}}, {"a", F16, []int{1}, []float32{1}}},
		"shape":         {{"a", F32, []int{2, 2}, []float32{1}}},
		"wrapping":      {{"a", F32, []int{1 << 32, 1 << 32}, nil}},
		"negative":      {{"a", F32, []int{-1, -1}, []float32{1}}},
		"type":          {{"a", "I8", []int{1}, []float32{1}}},
		"beyond F16":    {{"a", F16, []int{1}, []float32{65520}}},
		"beyond BF16":   {{"a", BF16, []int{1}, []float32{math.MaxFloat32}}},
	} {
		var out bytes.Buffer
		if err := Write(&out, tensors, nil); err == nil || out.Len() > 0 {
			t.Errorf("%s: %v after %d bytes", name, err, out.Len())
		}
	}
}

// TestHalf goes through all 65,536 numbers of both short types: each reads back
// as itself, and a value between two neighbours goes to the nearer one.
func TestHalf(t *testing.T) {
	for name, f := range map[string]struct {
		from func(uint16) float32
		to   func(float32) uint16
		inf  uint16
	}{"F16": {FromHalf, ToHalf, 31 << 10}, "BF16": {fromBrain, toBrain, 255 << 7}} {
		for h := range 1 << 16 {
			bits := uint16(h)
			v := f.from(bits)
			if v != v {
				if back := f.from(f.to(v)); back == back {
					t.Fatalf("%s %#04x: not a number becomes %v", name, bits, back)
				}
				continue
			}
			if back := f.to(v); back != bits {
				t.Fatalf("%s %#04x = %v reads back as %#04x", name, bits, v, back)
			}
			if bits&0x7fff >= f.inf-1 {
				continue
			}
			next := float64(f.from(bits + 1))
			middle := (float64(v) + next) / 2
			even := bits + bits&1
			below, above := math.Nextafter32(float32(middle), v), math.Nextafter32(float32(middle), float32(next))
			if float64(float32(middle)) == middle && (f.to(float32(middle)) != even || f.to(below) != bits || f.to(above) != bits+1) {
				t.Fatalf("%s %#04x: around the middle %v: %#04x %#04x %#04x", name, bits, middle, f.to(below), f.to(float32(middle)), f.to(above))
			}
		}
	}
	for half, want := range map[uint16]float64{0x3c00: 1, 0xc000: -2, 0x7bff: 65504, 0x0001: 0x1p-24, 0x0400: 0x1p-14, 0x3555: 0.333251953125} {
		if got := float64(FromHalf(half)); got != want {
			t.Errorf("F16 %#04x = %v, want %v", half, got, want)
		}
	}
}

// FuzzParse asks for no panic, no tensor outside the file, and that what was
// read can be written and read again.
func FuzzParse(f *testing.F) {
	var good bytes.Buffer
	if err := Write(&good, []Source{{"a", F16, []int{2}, []float32{1, 2}}, {"b", F32, []int{1, 1}, []float32{3}}}, map[string]string{"k": "v"}); err != nil {
		f.Fatal(err)
	}
	f.Add(good.Bytes())
	f.Add(good.Bytes()[:20])
	f.Add(file(`{"w":{"dtype":"BF16","shape":[2,2],"data_offsets":[0,8]}}`, 8))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := Parse(data)
		if err != nil {
			return
		}
		total := 0
		var again []Source
		for _, tensor := range file.Tensors {
			total += len(tensor.Data)
			if tensor.Name == "" {
				return // legal to read, refused to write
			}
			again = append(again, Source{tensor.Name, tensor.DType, tensor.Shape, tensor.Values()})
		}
		if total > len(data) {
			t.Fatalf("%d bytes of tensors in %d", total, len(data))
		}
		var out bytes.Buffer
		if err := Write(&out, again, file.Metadata); err != nil {
			t.Fatal(err)
		}
		back, err := Parse(out.Bytes())
		if err != nil || len(back.Tensors) != len(file.Tensors) {
			t.Fatalf("written again: %v", err)
		}
		for _, tensor := range file.Tensors {
			got, _ := back.Tensor(tensor.Name)
			if !reflect.DeepEqual(got.Shape, tensor.Shape) {
				t.Fatalf("%q: shape %v, want %v", tensor.Name, got.Shape, tensor.Shape)
			}
		}
	})
}
