package safetensors

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"sort"
)

// Source is a tensor to be written.
type Source struct {
	Name   string
	DType  DType
	Shape  []int
	Values []float32 // row-major, as many as Shape says
}

// Write writes a file: the same tensors and metadata give the same bytes,
// whatever their order. Values are rounded to DType, ties to even. It fails,
// before it writes anything, on a name that is empty, reserved or used twice, on
// a shape that does not fit the values, and on a finite value that DType cannot
// hold.
func Write(w io.Writer, tensors []Source, metadata map[string]string) error {
	sorted := append([]Source(nil), tensors...)
	// Wider types first keep every tensor aligned to its own width.
	sort.SliceStable(sorted, func(i, j int) bool {
		if a, b := sorted[i].DType.size(), sorted[j].DType.size(); a != b {
			return a > b
		}
		return sorted[i].Name < sorted[j].Name
	})
	header, err := buildHeader(sorted, metadata)
	if err != nil {
		return fmt.Errorf("write safetensors: %w", err)
	}
	out := bufio.NewWriterSize(w, 1<<16)
	var word [8]byte
	binary.LittleEndian.PutUint64(word[:], uint64(len(header)))
	out.Write(word[:])
	out.Write(header)
	for _, t := range sorted {
		for _, v := range t.Values {
			switch t.DType {
			case F32:
				binary.LittleEndian.PutUint32(word[:], math.Float32bits(v))
			case F16:
				binary.LittleEndian.PutUint16(word[:], ToHalf(v))
			case BF16:
				binary.LittleEndian.PutUint16(word[:], toBrain(v))
			}
			out.Write(word[:t.DType.size()])
		}
	}
	// A bufio.Writer keeps its first error.
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write safetensors: %w", err)
	}
	return nil
}

// buildHeader checks the tensors and returns the header, filled up with spaces
// to a multiple of eight bytes.
func buildHeader(sorted []Source, metadata map[string]string) ([]byte, error) {
	type entry struct {
		DType   DType  `json:"dtype"`
		Shape   []int  `json:"shape"`
		Offsets [2]int `json:"data_offsets"`
	}
	fields := map[string]any{}
	if len(metadata) > 0 {
		fields[metadataKey] = metadata
	}
	at := 0
	for _, t := range sorted {
		if err := t.check(); err != nil {
			return nil, fmt.Errorf("tensor %q: %w", t.Name, err)
		}
		if _, twice := fields[t.Name]; twice {
			return nil, fmt.Errorf("tensor %q: name used twice", t.Name)
		}
		end := at + len(t.Values)*t.DType.size()
		fields[t.Name] = entry{t.DType, append([]int{}, t.Shape...), [2]int{at, end}}
		at = end
	}
	header, err := json.Marshal(fields) // sorts the names
	if err != nil {
		return nil, err
	}
	for len(header)%8 != 0 {
		header = append(header, ' ')
	}
	if len(header) > headerLimit {
		return nil, fmt.Errorf("header of %d bytes, more than the %d allowed", len(header), headerLimit)
	}
	return header, nil
}

func (t Source) check() error {
	if t.Name == "" || t.Name == metadataKey {
		return fmt.Errorf("not a name for a tensor")
	}
	if t.DType.size() == 0 {
		return fmt.Errorf("dtype %q is not F32, F16 or BF16", t.DType)
	}
	count := 1
	for _, n := range t.Shape {
		if n < 0 {
			return fmt.Errorf("shape %v: %d is not a size", t.Shape, n)
		}
		if n != 0 && count > math.MaxInt/n {
			return fmt.Errorf("shape %v: too large", t.Shape)
		}
		count *= n
	}
	if count != len(t.Values) {
		return fmt.Errorf("shape %v holds %d values, got %d", t.Shape, count, len(t.Values))
	}
	for i, v := range t.Values {
		if stored := float64(t.DType.round(v)); math.IsInf(stored, 0) && !math.IsInf(float64(v), 0) {
			return fmt.Errorf("value %d, %v, is beyond %s", i, v, t.DType)
		}
	}
	return nil
}

// round returns v as it reads back.
func (d DType) round(v float32) float32 {
	switch d {
	case F16:
		return FromHalf(ToHalf(v))
	case BF16:
		return fromBrain(toBrain(v))
	}
	return v
}
