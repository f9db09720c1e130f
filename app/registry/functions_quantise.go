package registry

import "courselab/lessons"

// quantiseFunctions are those about weights of fewer bits.
func quantiseFunctions() map[string]lessons.FunctionSpec {
	return map[string]lessons.FunctionSpec{
		"grouped-bytes": {
			Title:  "分组量化后的体积",
			Params: params(parameters, bits, whole("group", 1, 1e6), decimal("scale_bits", 0, 64)),
			Units:  byteUnits(),
		},
	}
}
