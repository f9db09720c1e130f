package registry

import "slices"

// Inputs that the labs about money have in common.

const (
	hardwareGroup = "硬件与机房（假设）"
	moneyGroup    = "币种与资金"
	apiGroup      = "API 的细节"
	spreadGroup   = "不确定度（假设）"
)

// pricedModel is the model whose API is paid for.
func pricedModel(name, label, value string) Param {
	return Param{Name: name, Kind: Model, Label: label, Default: value, Trait: "price", Help: "列出的是目录里有价格的模型；没有公布价格的不在内。"}
}

// use are the requests.
func use(daily, input, output string) []Param {
	return []Param{
		{Name: "daily", Kind: Number, Label: "每天的请求", Unit: "次", Default: daily, Min: 1, Max: 1e8, Whole: true, Scale: Log, Help: "每月按 30 天计。"},
		{Name: "input", Kind: Number, Label: "每次输入", Unit: "词元", Default: input, Min: 0, Max: 1e6, Whole: true, Scale: Log, Help: "系统提示、检索段落、历史与问题合计。"},
		{Name: "output", Kind: Number, Label: "每次输出", Unit: "词元", Default: output, Min: 0, Max: 1e6, Whole: true, Scale: Log, Help: "思考过程也按输出计费。"},
	}
}

func cachedShare(value string) Param {
	return Param{Name: "cached", Kind: Number, Label: "命中缓存的输入", Unit: "%", Default: value, Min: 0, Max: 100, Step: 1, Help: "是输入的一部分，按缓存价计。", Group: apiGroup}
}

func batchShare() []Param {
	return []Param{
		{Name: "batch", Kind: Number, Label: "走批量接口的请求", Unit: "%", Default: "0", Min: 0, Max: 100, Step: 1, Group: apiGroup},
		{Name: "batch_discount", Kind: Number, Label: "批量折扣", Unit: "%", Default: "50", Min: 0, Max: 100, Step: 1, Group: apiGroup, Help: "几家主要厂商的批量接口是标准价的一半；以当期价目为准。"},
	}
}

// currencies are the currency shown and the rate between the two.
func currencies() []Param {
	return []Param{
		{Name: "currency", Kind: Choice, Label: "显示的币种", Default: "CNY", Options: []Option{{"CNY", "人民币"}, {"USD", "美元"}}, Group: moneyGroup},
		{Name: "rate", Kind: Number, Label: "1 美元合", Unit: "元", Default: "6.7379", Min: 0.1, Max: 100, Bare: true, Group: moneyGroup},
		{Name: "rate_date", Kind: Text, Label: "汇率的日期", Default: "2026-08-22", Min: 4, Max: 10, Group: moneyGroup, Help: "写成 2026-08-22；改了汇率就改日期。"},
	}
}

// ownHardware are a server and what it takes to keep it running.
func ownHardware() []Param {
	yuan := func(name, label, value string, most float64, help string) Param {
		return Param{Name: name, Kind: Number, Label: label, Unit: "元", Default: value, Min: 0, Max: most, Scale: Log, Group: hardwareGroup, Help: help}
	}
	share := func(name, label, value, help string) Param {
		return Param{Name: name, Kind: Number, Label: label, Unit: "%", Default: value, Min: 0, Max: 100, Step: 1, Group: hardwareGroup, Help: help}
	}
	return []Param{
		{Name: "hardware", Kind: Number, Label: "服务器价格（每台）", Unit: "元", Default: "200000", Min: 1000, Max: 1e7, Scale: Log, Help: "你的假设。课程大纲写 10 万到 50 万，没有写日期、型号和数量。"},
		{Name: "staff", Kind: Number, Label: "人力", Unit: "人", Default: "0.2", Min: 0, Max: 20, Step: 0.1, Help: "折成全职的人数；填 0 等于夜里坏了等到早上也没人。"},
		{Name: "kwh", Kind: Number, Label: "电价（每千瓦时）", Unit: "元", Default: "0.8", Min: 0, Max: 5, Step: 0.05, Help: "你的假设。大纲写电费每月 1000 到 5000 元。"},
		{Name: "servers", Kind: Number, Label: "服务器台数", Unit: "台", Default: "1", Min: 1, Max: 1000, Whole: true, Scale: Doubling, Group: hardwareGroup, Help: "由“能不能跑”和“速度”得出，别忘了备机。"},
		{Name: "speed", Kind: Number, Label: "每台每秒生成", Unit: "词元", Min: 1, Max: 1e7, Bare: true, Optional: true, Empty: "不核对台数", Group: hardwareGroup, Help: "一台上所有请求合计，取自“并发与可用性”或实测；填了就核对台数够不够最忙的一小时。"},
		{Name: "peak", Kind: Number, Label: "最忙一小时占全天", Unit: "%", Default: "15", Min: 4, Max: 100, Step: 1, Group: hardwareGroup, Help: "全天均匀是 4.2%。只用来核对台数。"},
		{Name: "watts", Kind: Number, Label: "忙时整机功率", Unit: "W", Default: "1500", Min: 50, Max: 20000, Step: 50, Group: hardwareGroup, Help: "每台，用电表读的，不是铭牌。"},
		{Name: "idle_watts", Kind: Number, Label: "闲时整机功率", Unit: "W", Default: "500", Min: 0, Max: 20000, Step: 50, Group: hardwareGroup},
		share("busy", "忙的时间", "100", "其余时间按闲时功率计。"),
		{Name: "pue", Kind: Number, Label: "PUE", Default: "1.5", Min: 1, Max: 3, Step: 0.05, Group: hardwareGroup, Help: "机房总用电与设备用电之比。"},
		yuan("wage", "每人每月全成本", "30000", 1e6, "你的假设。"),
		{Name: "upkeep", Kind: Number, Label: "维保，每年占采购价", Unit: "%", Default: "5", Min: 0, Max: 100, Step: 1, Group: hardwareGroup},
		yuan("space", "场地，每台每月", "0", 1e6, "机位、机柜的租金。"),
		yuan("link", "网络线路，每月", "0", 1e6, ""),
		share("gpu_share", "采购价里 GPU 占", "70", "只用来分项，不改合计。"),
		share("memory_share", "采购价里内存占", "7", ""),
		share("storage_share", "采购价里存储占", "4", ""),
		share("network_share", "采购价里网络设备占", "4", ""),
		{Name: "life", Kind: Number, Label: "折旧", Unit: "个月", Default: "36", Min: 1, Max: 240, Whole: true, Step: 1, Group: hardwareGroup, Help: "采购价摊到多少个月；只进全成本，不进现金。"},
		{Name: "rebuy", Kind: Toggle, Label: "折旧到期再买一次", Default: "0", Group: hardwareGroup},
		share("residual", "到期的残值", "0", ""),
		{Name: "loan", Kind: Number, Label: "贷款占采购价", Unit: "%", Default: "0", Min: 0, Max: 100, Step: 5, Group: moneyGroup},
		{Name: "interest", Kind: Number, Label: "贷款年利率", Unit: "%", Default: "4", Min: 0, Max: 50, Step: 0.25, Group: moneyGroup},
		{Name: "loan_months", Kind: Number, Label: "还款期", Unit: "个月", Default: "36", Min: 1, Max: 240, Whole: true, Step: 1, Group: moneyGroup},
	}
}

// trends are how requests and prices move.
func trends() []Param {
	return []Param{
		{Name: "growth", Kind: Number, Label: "用量每月增长", Unit: "%", Default: "0", Min: -50, Max: 50, Step: 0.5, Group: apiGroup},
		{Name: "trend", Kind: Number, Label: "API 单价每年变化", Unit: "%", Default: "0", Min: -90, Max: 100, Step: 5, Group: apiGroup, Help: "−30 是每年便宜三成。"},
	}
}

func horizon(value string) Param {
	return Param{Name: "months", Kind: Number, Label: "看多少个月", Unit: "个月", Default: value, Min: 1, Max: 240, Whole: true, Step: 1}
}

// withDefaults returns params with other defaults for some, by name.
func withDefaults(params []Param, defaults map[string]string) []Param {
	params = slices.Clone(params)
	for i, p := range params {
		if v, ok := defaults[p.Name]; ok {
			params[i].Default = v
		}
	}
	return params
}
