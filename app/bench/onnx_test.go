package bench

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"courselab/app/engine"
)

// parse reads protobuf's wire format: numbers and byte fields by their id.
func parse(t *testing.T, data []byte) map[int][][]byte {
	t.Helper()
	fields := map[int][][]byte{}
	for len(data) > 0 {
		key, n := binary.Uvarint(data)
		value, m := binary.Uvarint(data[max(n, 0):])
		if n <= 0 || m <= 0 {
			t.Fatal("cut short")
		}
		data = data[n+m:]
		id := int(key >> 3)
		switch key & 7 {
		case 0:
			fields[id] = append(fields[id], []byte{byte(value), byte(value >> 8)})
		case 2:
			if value > uint64(len(data)) {
				t.Fatal("cut short")
			}
			fields[id] = append(fields[id], data[:value])
			data = data[value:]
		default:
			t.Fatalf("field %d: wire type %d", id, key&7)
		}
	}
	return fields
}

func TestProduct(t *testing.T) {
	s := engine.BenchSize{Rows: 300, Cols: 5, Depth: 7}
	model := parse(t, product(s))
	if opset := parse(t, model[8][0])[2][0]; opset[0] != 13 {
		t.Errorf("opset %d", opset)
	}
	graph := parse(t, model[7][0])
	node := parse(t, graph[1][0])
	if !bytes.Equal(bytes.Join(node[1], []byte(",")), []byte("A,B")) || string(node[2][0]) != "C" || string(node[4][0]) != "MatMul" {
		t.Errorf("node %v", node)
	}
	constant := parse(t, graph[5][0])
	if raw := constant[9][0]; len(raw) != 4*s.Cols*s.Depth || math.Float32frombits(binary.LittleEndian.Uint32(raw[12:])) != 3.0/8-1 {
		t.Errorf("%d bytes of weights", len(raw))
	}
	for id, want := range map[int][2]int{11: {s.Rows, s.Depth}, 12: {s.Rows, s.Cols}} {
		kind := parse(t, parse(t, parse(t, graph[id][0])[2][0])[1][0])
		for i, dim := range parse(t, kind[2][0])[1] {
			if got := int(binary.LittleEndian.Uint16(parse(t, dim)[1][0])); got != want[i] {
				t.Errorf("value %d, dimension %d is %d, want %d", id, i, got, want[i])
			}
		}
	}
}

// TestLayer walks the graph: every operand is the input, a constant or an earlier
// node's result.
func TestLayer(t *testing.T) {
	shape := engine.BenchBlock{Rows: 3, Width: 8, Heads: 2, FFN: 12}
	graph := parse(t, parse(t, layer(shape))[7][0])
	known := map[string]bool{"A": true}
	for _, c := range graph[5] {
		tensor := parse(t, c)
		size := 1
		for _, d := range tensor[1] {
			size *= int(binary.LittleEndian.Uint16(d))
		}
		width := map[byte]int{floats: 4, longs: 8}[tensor[2][0][0]]
		if len(tensor[9][0]) != size*width {
			t.Errorf("constant %s: %d bytes for %d cells", tensor[8][0], len(tensor[9][0]), size)
		}
		known[string(tensor[8][0])] = true
	}
	count := map[string]int{}
	for _, n := range graph[1] {
		n := parse(t, n)
		count[string(n[4][0])]++
		for _, in := range n[1] {
			if !known[string(in)] {
				t.Errorf("%s takes %s, which is not there yet", n[4][0], in)
			}
		}
		known[string(n[2][0])] = true
	}
	if !known["C"] || count["MatMul"] != 9 || count["Softmax"] != 1 || count["Concat"] != 2 || count["Sqrt"] != 2 {
		t.Errorf("nodes %v", count)
	}
	// The weights lie transposed: cell (j, i) of w7 is cell (i, j) of the file.
	for _, c := range graph[5] {
		tensor := parse(t, c)
		if string(tensor[8][0]) != "w7" {
			continue
		}
		got := math.Float32frombits(binary.LittleEndian.Uint32(tensor[9][0][4*(5*shape.Width+2):]))
		if want := engine.BenchBlockValue(2*shape.FFN+5, 7, shape.FFN); got != want {
			t.Errorf("w7[5,2] is %v, want %v", got, want)
		}
	}
}
