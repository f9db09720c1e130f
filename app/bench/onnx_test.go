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

func TestBestAndCompare(t *testing.T) {
	rates := func(cpu, simd, decode float64) engine.BenchOutput {
		b := func(name string, gflops, decode float64) engine.BenchBackend {
			return engine.BenchBackend{Backend: engine.Backend{Name: name}, Decode: decode,
				Products: []engine.BenchProduct{{BenchSize: products[0], GFLOPs: gflops}}}
		}
		return engine.BenchOutput{CopyGBps: cpu, Backends: []engine.BenchBackend{b("cpu", cpu, decode), b("simd", simd, 4*decode)}}
	}
	var r Report
	best(&r.Rates, rates(2, 10, 5))
	best(&r.Rates, rates(1, 20, 3))
	r.Training = []Training{{Backend: "cpu", Rate: 2}, {Backend: "simd", Rate: 14}}
	r.Peer = &Peer{Name: "peer", Products: []engine.BenchProduct{{BenchSize: products[0], GFLOPs: 16}}}
	r.compare()
	want := []Ratio{{"256×1024×1024", "cpu", 10}, {"256×1024×1024", "peer", 1.25}, {"decode", "cpu", 4}, {"training", "cpu", 7}}
	if len(r.Ratios) != len(want) {
		t.Fatalf("ratios %v, want %v", r.Ratios, want)
	}
	for i := range want {
		if r.Ratios[i] != want[i] {
			t.Errorf("ratio %v, want %v", r.Ratios[i], want[i])
		}
	}
	if r.Rates.CopyGBps != 2 {
		t.Errorf("copy %v", r.Rates.CopyGBps)
	}
}
