package registry

import "slices"

func breakeven() Lab {
	doubt := func(name, label, value string) Param {
		return Param{Name: name, Kind: Number, Label: label, Unit: "%", Default: value, Min: 0, Max: 90, Step: 5, Group: spreadGroup, Help: "上下各这么多；0 是确定。"}
	}
	return Lab{
		Name:    "breakeven",
		Title:   "本地还是云端",
		Module:  "m4",
		Section: "breakeven",
		Summary: "采购、电费、维护、人力、利用率与按量计费的 API 放在同一条轴上：第几个月打平，误差带多宽，哪个输入最要紧。",
		Inputs: slices.Concat(
			[]Param{pricedModel("model", "用 API 的模型", "qwen3-32b")},
			use("60000", "1500", "300"),
			ownHardware(),
			[]Param{horizon("72")},
			[]Param{cachedShare("0")}, batchShare(), trends(),
			currencies(),
			[]Param{
				{Name: "discount", Kind: Number, Label: "折现率，每年", Unit: "%", Default: "0", Min: 0, Max: 50, Step: 0.5, Group: moneyGroup},
				doubt("u_traffic", "用量", "50"), doubt("u_price", "API 单价", "50"), doubt("u_hardware", "硬件价格", "30"), doubt("u_staff", "人力", "50"),
				doubt("u_power", "电费", "30"), doubt("u_upkeep", "维保", "50"), doubt("u_rate", "汇率", "5"),
				{Name: "seed", Kind: Number, Label: "抽样的种子", Default: "1", Min: 0, Max: 999999999, Whole: true, Bare: true, Group: spreadGroup},
			},
		),
		Guess: &Guess{
			Question: "按这里的用量、价格与人力，自己买服务器第几个月追平 API？",
			Options:  []Option{{"year", "一年以内"}, {"life", "第二或第三年"}, {"later", "三年以后"}, {"never", "一直追不平"}},
		},
		TryIt: []Experiment{
			{
				Do:     "把每天的请求从 60,000 减到 20,000。",
				Notice: "API 的月费低于自建的每月现金，两条线再也不相交：打平与否先看用量。",
				Params: map[string]string{"daily": "20000"},
			},
			{
				Do:     "把电价从 0.8 元改成 1.6 元，再改回来，把人力从 0.2 改成 0.5。",
				Notice: "电价翻一倍只推后一个多月，多 0.3 个人却推后近两年：最吓人的不是最要紧的。",
				Params: map[string]string{"staff": "0.5"},
			},
			{
				Do:     "买两台服务器（一台备用），并且 API 单价每年便宜 30%。",
				Notice: "备机让起点加倍；API 年年降价，让后面的月份越追越慢。误差带里有多少情形不打平？",
				Params: map[string]string{"servers": "2", "trend": "-30"},
			},
		},
		Note: Note{
			Goal: "学生能说出打平月份由哪三个数决定（采购、API 月费、自建每月现金），指出眼前最要紧的输入，并说清结论在什么条件下翻转。",
			Ask: []string{
				"先不看图：把硬件价格砍一半，和把用量加一倍，哪个让打平更早？（分母 A − M 里的变化比分子更厉害。）",
				"折旧为什么不进打平的公式？（采购已经算进起点，再算就是两遍。）",
				"大纲说“长期成本低”。在它自己的区间里取最不利的一组，结论还成立吗？（永不打平。）",
				"误差带里有两成不打平，你会怎样写这个结论？",
			},
			Wrong: []Mistake{
				{Belief: "电费是自建最大的开销。", Answer: "看“每一项”里各占多少：人力填上真实的数，通常远大于电费。"},
				{Belief: "买得起就划算，反正以后免费。", Answer: "每月还有电费、维保、人力；到期还要再买。累计线的斜率不是零。"},
				{Belief: "算出 13.5 个月，就是第 13.5 个月。", Answer: "那是一组输入的点估计。看误差带：用量与单价各差五成，一部分情形一直不打平。"},
			},
			Timing: "约 20 分钟：先猜 2 分钟，8 分钟两人一组做“试一试”，10 分钟换成自己公司的数。",
		},
	}
}
