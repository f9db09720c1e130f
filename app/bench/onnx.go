package bench

import (
	"encoding/binary"
	"math"

	"courselab/app/engine"
)

// product returns an ONNX model of one node, C = A·B, with A (rows, depth) its
// input and B (depth, cols) a constant. It is written in protobuf's wire format,
// with the field numbers of onnx.proto3.
func product(s engine.BenchSize) []byte {
	weights := make([]byte, 0, 4*s.Depth*s.Cols)
	for i := range s.Depth * s.Cols {
		weights = binary.LittleEndian.AppendUint32(weights, math.Float32bits(float32(i%17)/8-1))
	}
	node := join(text(1, "A"), text(1, "B"), text(2, "C"), text(4, "MatMul"))
	constant := join(number(1, s.Depth), number(1, s.Cols), number(2, floats), text(8, "B"), field(9, weights))
	graph := join(field(1, node), text(2, "product"), field(5, constant),
		field(11, value("A", s.Rows, s.Depth)), field(12, value("C", s.Rows, s.Cols)))
	return join(number(1, 7), field(7, graph), field(8, number(2, 13))) // IR 7, opset 13
}

// floats is TensorProto.FLOAT.
const floats = 1

// value is a ValueInfoProto: a matrix of floats.
func value(name string, rows, cols int) []byte {
	shape := join(field(1, number(1, rows)), field(1, number(1, cols)))
	return join(text(1, name), field(2, field(1, join(number(1, floats), field(2, shape)))))
}

func number(id, n int) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(id<<3)), uint64(n))
}

func field(id int, data []byte) []byte {
	return append(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(id<<3|2)), uint64(len(data))), data...)
}

func text(id int, s string) []byte { return field(id, []byte(s)) }

func join(parts ...[]byte) []byte {
	var all []byte
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}
