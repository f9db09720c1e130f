package sim

// shrinkFunctions are those about making a model smaller.
func shrinkFunctions() map[string]Function {
	return map[string]Function{
		"bitmap-bytes": {
			Title: "位图加非零值的体积", Base: Byte,
			Params: []Param{paramsParam, bitsParam, decimal("sparsity", "零的比例 s", 0, 1)},
			eval:   func(v values) (Quantity, error) { return BitmapBytes(v["params"], v["bits"], v["sparsity"]) },
		},
		"soft-target": {
			Title: "老师在温度 T 下给一个候选的概率", Base: Ratio,
			Params: []Param{
				decimal("s1", "第 1 个候选的分数", -1e3, 1e3), decimal("s2", "第 2 个候选的分数", -1e3, 1e3), decimal("s3", "第 3 个候选的分数", -1e3, 1e3),
				decimal("temperature", "温度 T", 1e-3, 1e3), whole("key", "第几个候选", 1, 3),
			},
			eval: func(v values) (Quantity, error) {
				return SoftTarget([]float64{v["s1"], v["s2"], v["s3"]}, v["temperature"], int(v["key"]))
			},
		},
	}
}
