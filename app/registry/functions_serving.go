package registry

import "courselab/lessons"

// servingFunctions are those about queues, caches and rulers.
func servingFunctions() map[string]lessons.FunctionSpec {
	return map[string]lessons.FunctionSpec{
		"exact-match": {
			Title:  "整串全对的概率",
			Params: params(decimal("per_token", 0, 1), whole("tokens", 1, 1e4)),
			Units:  ratioUnits(),
		},
		"in-flight": {
			Title:  "在途的请求数",
			Params: params(decimal("arrivals_per_second", 0, 1e9), decimal("seconds", 0, 1e9)),
			Units:  ratioUnits(),
		},
		"queue-tail": {
			Title: "排队时间的分位数",
			Params: params(decimal("arrivals_per_second", 0, 1e9), decimal("service_seconds", 1e-9, 1e6), whole("servers", 1, 1e4),
				decimal("share", 0, 1-1e-9)),
			Units: secondUnits(),
		},
		"ttl-hit-rate": {
			Title:  "限期缓存的命中率",
			Params: params(decimal("asked_per_hour", 0, 1e9), decimal("hours", 0, 1e6)),
			Units:  ratioUnits(),
		},
		"zipf-hit-rate": {
			Title:  "缓存最热的问题，命中率",
			Params: params(whole("questions", 1, 1e6), whole("cached", 0, 1e6), decimal("skew", 0, 5)),
			Units:  ratioUnits(),
		},
	}
}
