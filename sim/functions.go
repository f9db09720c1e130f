package sim

import (
	"fmt"
	"maps"
	"sort"
)

// Function is a computation that a quiz question may name.
type Function struct {
	Title  string // Chinese
	Params []Param
	// Base is the unit that Eval answers in; Units, which an answer may be asked
	// in, begin with it.
	Base  string
	Units []string
	eval  func(v values) (Quantity, error)
	name  string
}

// Param is one input of a Function.
type Param struct {
	Name     string // as lessons write it
	Title    string // Chinese
	Whole    bool   // whole numbers only
	Min, Max float64
}

// values are inputs that have been checked against the Params.
type values map[string]float64

// Eval checks the inputs and computes. It fails with a *FieldError on an input
// that is missing, unknown, not finite, not whole where it must be, or out of
// range; never on inputs that satisfy the Params, except where two of them
// contradict each other (heads that kv_heads does not divide, servers that cannot
// keep up).
func (f Function) Eval(in map[string]float64) (Quantity, error) {
	known := map[string]bool{}
	for _, p := range f.Params {
		known[p.Name] = true
		v, ok := in[p.Name]
		if !ok {
			return Quantity{}, fmt.Errorf("evaluate %s: %w", f.name, &FieldError{Field: p.Name, Reason: Missing})
		}
		check := checkRange
		if p.Whole {
			check = checkWhole
		}
		if err := check(p.Name, v, p.Min, p.Max); err != nil {
			return Quantity{}, fmt.Errorf("evaluate %s: %w", f.name, err)
		}
	}
	var extra []string
	for name := range in {
		if !known[name] {
			extra = append(extra, name)
		}
	}
	if len(extra) > 0 {
		sort.Strings(extra)
		return Quantity{}, fmt.Errorf("evaluate %s: %w", f.name, &FieldError{Field: extra[0], Reason: Unknown})
	}
	q, err := f.eval(in)
	if err != nil {
		return Quantity{}, fmt.Errorf("evaluate %s: %w", f.name, err)
	}
	return q, nil
}

func whole(name, title string, lo, hi float64) Param {
	return Param{Name: name, Title: title, Whole: true, Min: lo, Max: hi}
}

func decimal(name, title string, lo, hi float64) Param {
	return Param{Name: name, Title: title, Min: lo, Max: hi}
}

var (
	layersParam  = whole("layers", "层数 L", 1, maxLayers)
	headsParam   = whole("heads", "查询头数 n_h", 1, maxHeads)
	kvHeadsParam = whole("kv_heads", "键值头数 n_kv", 1, maxHeads)
	headDimParam = whole("head_dim", "每个头的维数 d_h", 1, maxWidth)
	tokensParam  = whole("tokens", "词元数 T", 1, maxTokens)
	bitsParam    = decimal("bits", "每个数的位数 b", 1, maxBits)
	paramsParam  = decimal("params", "参数量 N", 1, maxParams)
	dkParam      = whole("d_k", "键的维数 d_k", 1, maxWidth)
)

// Functions returns every function that a question may name, by name.
func Functions() map[string]Function {
	all := map[string]Function{
		"kv-cache": {
			Title: "KV 缓存", Base: Byte,
			Params: []Param{layersParam, kvHeadsParam, headDimParam, tokensParam, whole("batch", "并发序列数 B", 1, maxTokens), bitsParam},
			eval: func(v values) (Quantity, error) {
				return kvCache(v["layers"], v["kv_heads"], v["head_dim"], v["tokens"], v["batch"], v["bits"])
			},
		},
		"params-dense": {
			Title: "稠密模型的参数量", Base: Parameter,
			Params: []Param{
				layersParam, whole("d_model", "宽度 d", 1, maxWidth), headsParam, kvHeadsParam, headDimParam,
				whole("d_ff", "前馈宽度 d_ff", 1, maxWidth), whole("vocab", "词表大小 V", 1, maxVocab),
				whole("tied", "输入与输出共用词嵌入：1 是，0 否", 0, 1),
			},
			eval: func(v values) (Quantity, error) {
				// The one field whose name differs and that can still be at fault.
				if int(v["heads"])%int(v["kv_heads"]) != 0 {
					return Quantity{}, &FieldError{Field: "kv_heads", Reason: OutOfRange, Detail: "does not divide heads"}
				}
				return v.dense().Parameters()
			},
		},
		"weights-bytes": {
			Title: "权重体积", Base: Byte,
			Params: []Param{paramsParam, bitsParam},
			eval:   func(v values) (Quantity, error) { return WeightBytes(v["params"], v["bits"]) },
		},
		"train-flops": {
			Title: "训练计算量", Base: FLOP,
			Params: []Param{paramsParam, decimal("tokens", "训练词元数 D", 1, maxParams)},
			eval:   func(v values) (Quantity, error) { return TrainFLOPs(v["params"], v["tokens"]) },
		},
		"forward-flops": {
			Title: "前向计算量（2N 估计）", Base: FLOP,
			Params: []Param{paramsParam, tokensParam},
			eval:   func(v values) (Quantity, error) { return RoughForwardFLOPs(v["params"], v["tokens"]) },
		},
		"attention-flops": {
			Title: "注意力的计算量", Base: FLOP,
			Params: []Param{layersParam, headsParam, headDimParam, tokensParam},
			eval: func(v values) (Quantity, error) {
				return attentionFLOPs(v["layers"], v["heads"], v["head_dim"], v["tokens"])
			},
		},
		"softmax-weight": {
			Title: "三个键之一的注意力权重", Base: Ratio,
			Params: []Param{
				decimal("s1", "与第 1 个键的点积", -1e3, 1e3), decimal("s2", "与第 2 个键的点积", -1e3, 1e3), decimal("s3", "与第 3 个键的点积", -1e3, 1e3),
				dkParam, whole("key", "第几个键", 1, 3),
			},
			eval: func(v values) (Quantity, error) {
				return SoftmaxWeight([]float64{v["s1"], v["s2"], v["s3"]}, v["d_k"], int(v["key"]))
			},
		},
		"scaled-score": {
			Title: "四维向量的缩放点积", Base: Ratio,
			Params: vectorParams("q", "查询", "k", "键"),
			eval: func(v values) (Quantity, error) {
				return ScaledScore([]float64{v["q1"], v["q2"], v["q3"], v["q4"]}, []float64{v["k1"], v["k2"], v["k3"], v["k4"]})
			},
		},
		"scaled-dot": {
			Title: "缩放后的分数", Base: Ratio,
			Params: []Param{decimal("dot", "点积 q·k", -maxScore, maxScore), dkParam},
			eval:   func(v values) (Quantity, error) { return ScaledDot(v["dot"], v["d_k"]) },
		},
	}
	maps.Copy(all, choosingFunctions())
	maps.Copy(all, servingFunctions())
	maps.Copy(all, tuningFunctions())
	maps.Copy(all, partFunctions())
	maps.Copy(all, modelFunctions())
	maps.Copy(all, shrinkFunctions())
	maps.Copy(all, quantiseFunctions())
	for name, f := range all {
		f.name, f.Units = name, Units(f.Base)
		all[name] = f
	}
	return all
}

func vectorParams(namesAndTitles ...string) []Param {
	var all []Param
	for i := 0; i < len(namesAndTitles); i += 2 {
		for n := 1; n <= 4; n++ {
			all = append(all, decimal(fmt.Sprintf("%s%d", namesAndTitles[i], n), fmt.Sprintf("%s的第 %d 维", namesAndTitles[i+1], n), -1e3, 1e3))
		}
	}
	return all
}

// dense builds the architecture that whole numbers of these names describe: the
// LLaMA family's.
func (v values) dense() *Architecture {
	ff := v["d_ff"]
	return &Architecture{
		Layers: v["layers"], Width: v["d_model"], Heads: v["heads"], KVHeads: v["kv_heads"],
		HeadDim: v["head_dim"], FF: &ff, Vocab: v["vocab"], Tied: v["tied"] == 1, MLP: mlpGated,
	}
}
