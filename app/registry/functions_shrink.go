package registry

import "courselab/lessons"

// shrinkFunctions are those about making a model smaller.
func shrinkFunctions() map[string]lessons.FunctionSpec {
	return map[string]lessons.FunctionSpec{
		"bitmap-bytes": {
			Title:  "位图加非零值的体积",
			Params: params(parameters, bits, decimal("sparsity", 0, 1)),
			Units:  byteUnits(),
		},
		"soft-target": {
			Title:  "老师在温度 T 下给一个候选的概率",
			Params: params(component("s1"), component("s2"), component("s3"), decimal("temperature", 1e-3, 1e3), whole("key", 1, 3)),
			Units:  ratioUnits(),
		},
	}
}
