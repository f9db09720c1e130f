package registry

import "courselab/lessons"

// tuningFunctions are those about changing a model that is already trained.
func tuningFunctions() map[string]lessons.FunctionSpec {
	return map[string]lessons.FunctionSpec{
		"penalised-advantage": {
			Title:  "带 KL 惩罚的留一优势",
			Params: params(decimal("reward", -1e3, 1e3), decimal("kl", -1e3, 1e3), decimal("beta", 0, 100), decimal("others", -1e6, 1e6)),
			Units:  ratioUnits(),
		},
	}
}
