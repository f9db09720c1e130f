package registry

import "courselab/lessons"

// choosingFunctions are those about money, speed, reliability and evaluation.
func choosingFunctions() map[string]lessons.FunctionSpec {
	constants := whole("constants", 0, 1) // 0: Hoffmann et al., 1: Besiroglu et al.
	trained := decimal("tokens", 1, 1e18)
	return map[string]lessons.FunctionSpec{
		"api-cost": {
			Title: "API 费用",
			Params: params(whole("input_tokens", 0, 1e12), whole("cached_tokens", 0, 1e12), whole("output_tokens", 0, 1e12),
				whole("requests", 0, 1e12), price("input_price"), price("cached_price"), price("output_price")),
			Units: moneyUnits(),
		},
		"availability": {
			Title:  "多副本的可用性",
			Params: params(decimal("availability", 0, 1), whole("needed", 1, 1e4), whole("present", 1, 1e4)),
			Units:  ratioUnits(),
		},
		"breakeven": {
			Title:  "打平所需时间",
			Params: params(decimal("capex", 0, 1e12), decimal("own_per_month", 0, 1e12), decimal("api_per_month", 0, 1e12)),
			Units:  []string{"月", "个月", "年"},
		},
		"cascade-price": {
			Title: "级联每问的价钱",
			Params: params(price("small_price"), price("large_price"),
				decimal("right", 0, 1), decimal("caught", 0, 1), decimal("false_alarm", 0, 1)),
			Units: moneyUnits(),
		},
		"decode-time": {
			Title: "每步解码时间（理想）",
			Params: params(parameters, bits, decimal("kv_bytes_per_token", 0, 1e9), whole("context", 0, 1e12), whole("batch", 1, 1e12),
				decimal("bandwidth_gbps", 1e-3, 1e9), decimal("tflops", 1e-3, 1e9)),
			Units: secondUnits(),
		},
		"electricity": {
			Title:  "电费",
			Params: params(decimal("watts", 0, 1e9), decimal("pue", 1, 10), price("price_per_kwh"), decimal("hours", 0, 1e6)),
			Units:  moneyUnits(),
		},
		"flip-weight": {
			Title:  "两个候选打平的权重",
			Params: params(decimal("a1", 0, 1), decimal("a2", 0, 1), decimal("b1", 0, 1), decimal("b2", 0, 1)),
			Units:  ratioUnits(),
		},
		"kappa": {
			Title:  "两人评判的 κ",
			Params: params(whole("both_a", 0, 1e12), whole("both_b", 0, 1e12), whole("first_a", 0, 1e12), whole("second_a", 0, 1e12)),
			Units:  ratioUnits(),
		},
		"outcome-cost": {
			Title:  "办成一件事的花费",
			Params: params(price("call"), decimal("success", 0, 1), price("repair")),
			Units:  moneyUnits(),
		},
		"loss-chinchilla": {
			Title:  "预测的损失",
			Params: params(constants, parameters, trained),
			Units:  []string{"nat", "bit"},
		},
		"optimal-n": {
			Title:  "算力最优的参数量",
			Params: params(constants, decimal("flops", 1, 1e36)),
			Units:  parameterUnits(),
		},
		"queue-wait": {
			Title:  "平均排队时间",
			Params: params(decimal("arrivals_per_second", 0, 1e9), decimal("service_seconds", 1e-9, 1e6), whole("servers", 1, 1e4)),
			Units:  secondUnits(),
		},
		"paired-questions": {
			Title:  "分辨两个模型要多少题（配对）",
			Params: params(decimal("difference", 1e-3, 1), decimal("discordant", 1e-3, 1), decimal("power", 0.5, 0.999)),
			Units:  ratioUnits(),
		},
		"rag-tokens": {
			Title: "每问的词元数",
			Params: params(whole("chunks", 0, 1e6), whole("chunk_tokens", 0, 1e9), whole("prompt_tokens", 0, 1e9),
				whole("output_tokens", 0, 1e9)),
			Units: []string{"词元", "K", "万", "M"},
		},
		"rent-per-mtok": {
			Title:  "每百万词元的租金",
			Params: params(whole("gpus", 1, 1e6), price("price_per_gpu_hour"), decimal("tokens_per_second", 1e-3, 1e12)),
			Units:  moneyUnits(),
		},
		"wilson-half-width": {
			Title:  "置信区间的半宽",
			Params: params(whole("correct", 0, 1e12), whole("total", 1, 1e12), decimal("z", 0, 10)),
			Units:  ratioUnits(),
		},
	}
}

func price(name string) named { return decimal(name, 0, 1e6) }

// moneyUnits begin with the unnamed currency of the prices given.
func moneyUnits() []string {
	return []string{"货币单位", "CNY", "USD", "元", "美元", "万元", "万美元"}
}

func secondUnits() []string { return []string{"s", "秒", "ms", "毫秒", "µs", "分钟"} }

func parameterUnits() []string { return []string{"个", "K", "M", "B", "T", "万", "亿"} }
