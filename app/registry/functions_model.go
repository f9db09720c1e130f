package registry

import "courselab/lessons"

// modelFunctions are those about a model that writes.
func modelFunctions() map[string]lessons.FunctionSpec {
	return map[string]lessons.FunctionSpec{
		"top-p-probability": {
			Title: "top-p 之后抽到某个候选的概率",
			Params: params(component("s1"), component("s2"), component("s3"), component("s4"),
				decimal("temperature", 1e-3, 1e3), decimal("top_p", 1e-9, 1), whole("key", 1, 4)),
			Units: ratioUnits(),
		},
		"cache-saving": {
			Title:  "KV 缓存省下的倍数",
			Params: params(whole("prompt", 1, 1e12), whole("count", 1, 1e12)),
			Units:  ratioUnits(),
		},
		"text-cost": {
			Title: "读入一份文字的费用",
			Params: params(whole("characters", 0, 1e12), whole("sample_characters", 1, 1e12), whole("sample_tokens", 1, 1e12),
				price("input_price")),
			Units: moneyUnits(),
		},
		"masked-reading": {
			Title:  "出同样多的题，掩码模型要读的词元",
			Params: params(tokens, decimal("share", 1e-3, 100)),
			Units:  []string{"词元", "K", "万", "M"},
		},
		"ffn-share": {
			Title:  "前馈占一层矩阵参数的比例",
			Params: params(whole("d_model", 1, 1e6), heads, kvHeads, headDim, whole("d_ff", 1, 1e6)),
			Units:  ratioUnits(),
		},
	}
}
