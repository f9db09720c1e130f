package registry

import (
	"maps"

	"courselab/lessons"
)

// Functions returns the functions that a compute block may name, with the
// parameters it must give them and the units an answer may be asked in. It
// states again, as plain data, what sim computes; a test of the engine compares
// the two.
func Functions() map[string]lessons.FunctionSpec {
	all := map[string]lessons.FunctionSpec{
		"attention-flops": {
			Title:  "注意力的计算量",
			Params: params(layers, heads, headDim, tokens),
			Units:  flopUnits(),
		},
		"forward-flops": {
			Title:  "前向计算量（2N 估计）",
			Params: params(parameters, tokens),
			Units:  flopUnits(),
		},
		"kv-cache": {
			Title:  "KV 缓存",
			Params: params(layers, kvHeads, headDim, tokens, whole("batch", 1, 1e12), bits),
			Units:  byteUnits(),
		},
		"params-dense": {
			Title: "稠密模型的参数量",
			Params: params(layers, whole("d_model", 1, 1e6), heads, kvHeads, headDim,
				whole("d_ff", 1, 1e6), whole("vocab", 1, 1e8), whole("tied", 0, 1)),
			Units: parameterUnits(),
		},
		"scaled-dot": {
			Title:  "缩放后的分数",
			Params: params(decimal("dot", -1e6, 1e6), dimension),
			Units:  ratioUnits(),
		},
		"scaled-score": {
			Title: "四维向量的缩放点积",
			Params: params(component("q1"), component("q2"), component("q3"), component("q4"),
				component("k1"), component("k2"), component("k3"), component("k4")),
			Units: ratioUnits(),
		},
		"softmax-weight": {
			Title:  "三个键之一的注意力权重",
			Params: params(component("s1"), component("s2"), component("s3"), dimension, whole("key", 1, 3)),
			Units:  ratioUnits(),
		},
		"train-flops": {
			Title:  "训练计算量",
			Params: params(parameters, decimal("tokens", 1, 1e18)),
			Units:  flopUnits(),
		},
		"weights-bytes": {
			Title:  "权重体积",
			Params: params(parameters, bits),
			Units:  byteUnits(),
		},
	}
	maps.Copy(all, choosingFunctions())
	maps.Copy(all, servingFunctions())
	maps.Copy(all, tuningFunctions())
	maps.Copy(all, partFunctions())
	maps.Copy(all, modelFunctions())
	maps.Copy(all, shrinkFunctions())
	maps.Copy(all, quantiseFunctions())
	return all
}

// named is a parameter with its name.
type named struct {
	name string
	spec lessons.ParamSpec
}

var (
	layers     = whole("layers", 1, 1e4)
	heads      = whole("heads", 1, 1e4)
	kvHeads    = whole("kv_heads", 1, 1e4)
	headDim    = whole("head_dim", 1, 1e6)
	tokens     = whole("tokens", 1, 1e12)
	bits       = decimal("bits", 1, 64)
	parameters = decimal("params", 1, 1e18)
	dimension  = whole("d_k", 1, 1e6)
)

func whole(name string, lo, hi float64) named {
	return named{name, lessons.ParamSpec{Kind: lessons.IntParam, Min: lo, Max: hi}}
}

func decimal(name string, lo, hi float64) named {
	return named{name, lessons.ParamSpec{Kind: lessons.FloatParam, Min: lo, Max: hi}}
}

// component is an element of a short vector.
func component(name string) named { return decimal(name, -1e3, 1e3) }

func params(all ...named) map[string]lessons.ParamSpec {
	m := make(map[string]lessons.ParamSpec, len(all))
	for _, p := range all {
		m[p.name] = p.spec
	}
	return m
}

func byteUnits() []string {
	return []string{"B", "字节", "KB", "MB", "GB", "TB", "KiB", "MiB", "GiB", "TiB"}
}

func flopUnits() []string {
	return []string{"FLOP", "MFLOP", "GFLOP", "TFLOP", "PFLOP", "EFLOP", "ZFLOP"}
}

// ratioUnits begin with the empty unit of pure numbers.
func ratioUnits() []string { return []string{"", "%"} }
