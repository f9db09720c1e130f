package registry

import "courselab/lessons"

// partFunctions are those about the parts of one layer.
func partFunctions() map[string]lessons.FunctionSpec {
	width := whole("d_model", 1, 1e6)
	return map[string]lessons.FunctionSpec{
		"attention-params": {
			Title:  "一层注意力的参数量",
			Params: params(width, heads, kvHeads, headDim),
			Units:  parameterUnits(),
		},
		"ffn-params": {
			Title:  "一层前馈网络的参数量",
			Params: params(width, whole("d_ff", 1, 1e6), whole("matrices", 2, 3)),
			Units:  parameterUnits(),
		},
	}
}
