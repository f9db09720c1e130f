package safetensors

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
)

// DType is how a tensor's values are stored.
type DType string

// The types that this package reads and writes.
const (
	F32  DType = "F32"
	F16  DType = "F16"
	BF16 DType = "BF16"
)

// size returns the bytes a value takes, or 0 for an unknown type.
func (d DType) size() int {
	switch d {
	case F32:
		return 4
	case F16, BF16:
		return 2
	}
	return 0
}

// headerLimit is the longest header that the format allows.
const headerLimit = 100_000_000

// metadataKey is the header's key that is no tensor.
const metadataKey = "__metadata__"

// Tensor is one tensor of a file.
type Tensor struct {
	Name  string
	DType DType
	Shape []int  // row-major; empty for a single value
	Data  []byte // the values as stored; part of the bytes given to Parse
}

// Len returns the number of values.
func (t Tensor) Len() int { return len(t.Data) / t.DType.size() }

// Values returns the values as float32, in row-major order.
func (t Tensor) Values() []float32 {
	out := make([]float32, t.Len())
	switch t.DType {
	case F32:
		for i := range out {
			out[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.Data[4*i:]))
		}
	case F16:
		for i := range out {
			out[i] = FromHalf(binary.LittleEndian.Uint16(t.Data[2*i:]))
		}
	case BF16:
		for i := range out {
			out[i] = fromBrain(binary.LittleEndian.Uint16(t.Data[2*i:]))
		}
	}
	return out
}

// File is a file's contents.
type File struct {
	Tensors  []Tensor // in the order of their values
	Metadata map[string]string
	byName   map[string]int
}

// Tensor returns a tensor by name and reports whether there is one.
func (f *File) Tensor(name string) (Tensor, bool) {
	i, ok := f.byName[name]
	if !ok {
		return Tensor{}, false
	}
	return f.Tensors[i], true
}

// Parse reads a file. The tensors share data's memory; what is allocated is in
// proportion to the header's true length. The error names what is wrong and,
// where there is one, the tensor.
func Parse(data []byte) (*File, error) {
	if len(data) < 8 {
		return nil, fmt.Errorf("parse safetensors: %d bytes, too short for the header's length", len(data))
	}
	length, rest := binary.LittleEndian.Uint64(data), data[8:]
	if length > headerLimit {
		return nil, fmt.Errorf("parse safetensors: header of %d bytes, more than the %d allowed", length, headerLimit)
	}
	if length > uint64(len(rest)) {
		return nil, fmt.Errorf("parse safetensors: header of %d bytes, but the file holds %d after its length", length, len(rest))
	}
	f, err := parse(rest[:length], rest[length:])
	if err != nil {
		return nil, fmt.Errorf("parse safetensors: %w", err)
	}
	return f, nil
}

// entry is a tensor as the header describes it.
type entry struct {
	name    string
	DType   DType   `json:"dtype"`
	Shape   []int64 `json:"shape"`
	Offsets []int64 `json:"data_offsets"`
}

func parse(header, values []byte) (*File, error) {
	entries, metadata, err := readHeader(header)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if err := e.check(len(values)); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", e.name, err)
		}
	}
	sort.Slice(entries, func(i, j int) bool {
		a, b := entries[i], entries[j]
		if a.Offsets[0] != b.Offsets[0] {
			return a.Offsets[0] < b.Offsets[0]
		}
		if a.Offsets[1] != b.Offsets[1] {
			return a.Offsets[1] < b.Offsets[1] // an empty tensor comes before the one that starts there
		}
		return a.name < b.name
	})
	f := &File{Metadata: metadata, byName: make(map[string]int, len(entries))}
	var end int64
	for i, e := range entries {
		switch begin := e.Offsets[0]; {
		case begin < end:
			return nil, fmt.Errorf("tensor %q: begins at byte %d and overlaps %q, which ends at %d", e.name, begin, entries[i-1].name, end)
		case begin > end:
			return nil, fmt.Errorf("tensor %q: begins at byte %d, leaving a gap from %d", e.name, begin, end)
		}
		end = e.Offsets[1]
		shape := make([]int, len(e.Shape))
		for d, n := range e.Shape {
			shape[d] = int(n)
		}
		f.byName[e.name] = i
		f.Tensors = append(f.Tensors, Tensor{Name: e.name, DType: e.DType, Shape: shape, Data: values[e.Offsets[0]:end:end]})
	}
	if end != int64(len(values)) {
		return nil, fmt.Errorf("values end at byte %d, but the file holds %d", end, len(values))
	}
	return f, nil
}

// check holds an entry against itself and the bytes of values that there are.
func (e entry) check(available int) error {
	size := e.DType.size()
	switch {
	case size == 0:
		return fmt.Errorf("dtype %q is not F32, F16 or BF16", e.DType)
	case e.Shape == nil:
		return errors.New("shape: missing")
	case len(e.Offsets) != 2:
		return fmt.Errorf("data_offsets %v: not a begin and an end", e.Offsets)
	}
	begin, end := e.Offsets[0], e.Offsets[1]
	if begin < 0 || end < begin || end > int64(available) {
		return fmt.Errorf("data_offsets %v: outside the %d bytes of values", e.Offsets, available)
	}
	count := int64(1)
	for _, n := range e.Shape {
		if n < 0 || n != int64(int(n)) {
			return fmt.Errorf("shape %v: %d is not a size", e.Shape, n)
		}
		if n != 0 && count > math.MaxInt64/8/n {
			return fmt.Errorf("shape %v: too large", e.Shape)
		}
		count *= n
	}
	if count*int64(size) != end-begin {
		return fmt.Errorf("shape %v of %s needs %d bytes, data_offsets %v give %d", e.Shape, e.DType, count*int64(size), e.Offsets, end-begin)
	}
	return nil
}

// readHeader goes through the header key by key, because a map would hide a
// name that stands there twice.
func readHeader(header []byte) ([]entry, map[string]string, error) {
	if len(header) == 0 || header[0] != '{' {
		return nil, nil, errors.New("header is not a JSON object")
	}
	decoder := json.NewDecoder(bytes.NewReader(header))
	if _, err := decoder.Token(); err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	var entries []entry
	var metadata map[string]string
	seen := map[string]bool{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, nil, fmt.Errorf("header: %w", err)
		}
		name, ok := key.(string)
		if !ok || seen[name] {
			return nil, nil, fmt.Errorf("header: name %q stands there twice", name)
		}
		seen[name] = true
		if name == metadataKey {
			if err := decoder.Decode(&metadata); err != nil {
				return nil, nil, fmt.Errorf("header %s: %w", metadataKey, err)
			}
			continue
		}
		e := entry{name: name}
		if err := decoder.Decode(&e); err != nil {
			return nil, nil, fmt.Errorf("header tensor %q: %w", name, err)
		}
		entries = append(entries, e)
	}
	if _, err := decoder.Token(); err != nil {
		return nil, nil, fmt.Errorf("header: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, nil, errors.New("header: more follows the JSON object")
	}
	return entries, metadata, nil
}
