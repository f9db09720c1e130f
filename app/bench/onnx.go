package bench

import (
	"encoding/binary"
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/attention"
)

// Models in ONNX's file format: protobuf's wire format, with the field numbers of
// onnx.proto3.

// graph is an ONNX graph that is being written.
type graph struct {
	nodes, constants [][]byte
	names            int
}

// product returns a model of one node, C = A·B, with A (rows, depth) its input and
// B (depth, cols) a constant.
func product(s engine.BenchSize) []byte {
	var g graph
	weights := make([]float32, s.Depth*s.Cols)
	for i := range weights {
		weights[i] = float32(i%17)/8 - 1
	}
	g.constant("B", weights, s.Depth, s.Cols)
	g.nodes = append(g.nodes, node("MatMul", []string{"A", "B"}, "C"))
	return g.model(value("A", s.Rows, s.Depth), value("C", s.Rows, s.Cols))
}

// layer returns a model of the block that engine.BenchBlock describes: A (rows,
// width) in, C (rows, width) out.
func layer(s engine.BenchBlock) []byte {
	var g graph
	h := s.Width / s.Heads
	weight := func(rows, cols, salt int) string {
		// (out, in) as in a model's file; MatMul wants (in, out).
		data := make([]float32, rows*cols)
		for i := range rows {
			for j := range cols {
				data[j*rows+i] = engine.BenchBlockValue(i*cols+j, salt, cols)
			}
		}
		name := fmt.Sprintf("w%d", salt)
		g.constant(name, data, cols, rows)
		return name
	}
	cos, sin := attention.Rotations(attention.ModelConfig{HeadDim: h, RopeTheta: 10000}, s.Rows)
	g.constant("cos", cos.Data, cos.Rows, cos.Cols)
	g.constant("sin", sin.Data, sin.Rows, sin.Cols)
	mask := make([]float32, s.Rows*s.Rows)
	for i := range s.Rows {
		for j := i + 1; j < s.Rows; j++ {
			mask[i*s.Rows+j] = -1e9
		}
	}
	g.constant("mask", mask, s.Rows, s.Rows)
	gain := make([]float32, s.Width)
	for i := range gain {
		gain[i] = 1
	}
	g.constant("gain", gain, s.Width)
	g.constant("eps", []float32{1e-5})
	g.constant("scale", []float32{float32(1 / math.Sqrt(float64(h)))})
	for name, v := range map[string][]int{"split": {s.Rows, s.Heads, h}, "join": {s.Rows, s.Width}, "0": {0}, "half": {h / 2}, "all": {h}, "last": {2}} {
		g.integers(name, v)
	}

	norm := func(x string) string {
		mean := g.add("ReduceMean", []string{g.add("Mul", []string{x, x})}, ints("axes", -1), integer("keepdims", 1))
		root := g.add("Sqrt", []string{g.add("Add", []string{mean, "eps"})})
		return g.add("Mul", []string{g.add("Div", []string{x, root}), "gain"})
	}
	heads := func(x string) string {
		return g.add("Transpose", []string{g.add("Reshape", []string{x, "split"})}, ints("perm", 1, 0, 2))
	}
	rotated := func(x string) string {
		a, b := g.add("Slice", []string{x, "0", "half", "last"}), g.add("Slice", []string{x, "half", "all", "last"})
		first := g.add("Sub", []string{g.add("Mul", []string{a, "cos"}), g.add("Mul", []string{b, "sin"})})
		second := g.add("Add", []string{g.add("Mul", []string{b, "cos"}), g.add("Mul", []string{a, "sin"})})
		return g.add("Concat", []string{first, second}, integer("axis", 2))
	}
	times := func(x string, rows, cols, salt int) string {
		return g.add("MatMul", []string{x, weight(rows, cols, salt)})
	}
	n := norm("A")
	q, k, v := rotated(heads(times(n, s.Width, s.Width, 1))), rotated(heads(times(n, s.Width, s.Width, 2))), heads(times(n, s.Width, s.Width, 3))
	scores := g.add("MatMul", []string{q, g.add("Transpose", []string{k}, ints("perm", 0, 2, 1))})
	scores = g.add("Add", []string{g.add("Mul", []string{scores, "scale"}), "mask"})
	mixed := g.add("MatMul", []string{g.add("Softmax", []string{scores}, integer("axis", -1)), v})
	mixed = g.add("Reshape", []string{g.add("Transpose", []string{mixed}, ints("perm", 1, 0, 2)), "join"})
	between := g.add("Add", []string{"A", times(mixed, s.Width, s.Width, 4)})
	n = norm(between)
	gate := times(n, s.FFN, s.Width, 5)
	gate = g.add("Mul", []string{gate, g.add("Sigmoid", []string{gate})})
	inner := g.add("Mul", []string{gate, times(n, s.FFN, s.Width, 6)})
	g.nodes = append(g.nodes, node("Add", []string{between, times(inner, s.Width, s.FFN, 7)}, "C"))
	return g.model(value("A", s.Rows, s.Width), value("C", s.Rows, s.Width))
}

// add appends a node and returns its result's name.
func (g *graph) add(op string, in []string, attributes ...[]byte) string {
	g.names++
	out := fmt.Sprintf("t%d", g.names)
	g.nodes = append(g.nodes, node(op, in, out, attributes...))
	return out
}

// The types of TensorProto and AttributeProto that occur.
const (
	floats      = 1
	longs       = 7
	attrInteger = 2
	attrInts    = 7
)

func (g *graph) constant(name string, data []float32, dims ...int) {
	raw := make([]byte, 0, 4*len(data))
	for _, v := range data {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	g.constants = append(g.constants, join(numbers(1, dims), number(2, floats), text(8, name), field(9, raw)))
}

func (g *graph) integers(name string, data []int) {
	var raw []byte
	for _, v := range data {
		raw = binary.LittleEndian.AppendUint64(raw, uint64(v))
	}
	g.constants = append(g.constants, join(number(1, len(data)), number(2, longs), text(8, name), field(9, raw)))
}

// model returns the file: IR 7, opset 13.
func (g *graph) model(in, out []byte) []byte {
	var all []byte
	for _, n := range g.nodes {
		all = append(all, field(1, n)...)
	}
	all = append(all, text(2, "bench")...)
	for _, c := range g.constants {
		all = append(all, field(5, c)...)
	}
	all = append(all, join(field(11, in), field(12, out))...)
	return join(number(1, 7), field(7, all), field(8, number(2, 13)))
}

func node(op string, in []string, out string, attributes ...[]byte) []byte {
	var all []byte
	for _, name := range in {
		all = append(all, text(1, name)...)
	}
	all = append(all, join(text(2, out), text(4, op))...)
	for _, a := range attributes {
		all = append(all, field(5, a)...)
	}
	return all
}

func integer(name string, n int) []byte {
	return join(text(1, name), number(3, n), number(20, attrInteger))
}

func ints(name string, n ...int) []byte {
	return join(text(1, name), numbers(8, n), number(20, attrInts))
}

// value is a ValueInfoProto: a matrix of floats.
func value(name string, rows, cols int) []byte {
	shape := join(field(1, number(1, rows)), field(1, number(1, cols)))
	return join(text(1, name), field(2, field(1, join(number(1, floats), field(2, shape)))))
}

func number(id, n int) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(id<<3)), uint64(n))
}

func numbers(id int, values []int) (all []byte) {
	for _, n := range values {
		all = append(all, number(id, n)...)
	}
	return all
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
