package registry

import "slices"

func cost() Lab {
	const fees = "并发与存储的费用（假设）"
	dollars := func(name, label, value, help string) Param {
		return Param{Name: name, Kind: Number, Label: label, Unit: "价目币种", Default: value, Min: 0, Max: 1e5, Bare: true, Group: fees, Help: help}
	}
	return Lab{
		Name:    "cost",
		Title:   "成本计算器",
		Module:  "m6",
		Section: "api-storage",
		Summary: "API 的输入、输出、缓存、批量、分时与长上下文价格，并发与存储的费用，对照自有硬件的折旧、电力与运维，逐月计算并导出。",
		Inputs: slices.Concat(
			[]Param{pricedModel("model", "用 API 的模型", "gpt-6-sol")},
			use("30000", "4000", "300"),
			[]Param{
				{Name: "own", Kind: Toggle, Label: "同时算自有硬件", Default: "1"},
				horizon("12"),
				cachedShare("0"),
				{Name: "written", Kind: Number, Label: "写入缓存的输入", Unit: "%", Default: "0", Min: 0, Max: 100, Step: 1, Group: apiGroup, Help: "也是输入的一部分；只有另收写缓存价的服务才填。"},
			},
			batchShare(),
			[]Param{
				{Name: "hours", Kind: Choice, Label: "一天里的分布", Default: "even", Options: []Option{{"even", "全天均匀"}, {"work", "七成在北京时间 9 至 18 时"}}, Group: apiGroup, Help: "只对有分时价的模型有影响。"},
				{Name: "long", Kind: Number, Label: "长上下文请求", Unit: "%", Default: "0", Min: 0, Max: 100, Step: 1, Group: apiGroup},
				{Name: "long_input", Kind: Number, Label: "长请求的输入", Unit: "词元", Default: "300000", Min: 0, Max: 1e7, Whole: true, Scale: Log, Group: apiGroup, Help: "越过门槛时整个请求换价。"},
				{Name: "priority", Kind: Number, Label: "走优先档的请求", Unit: "%", Default: "0", Min: 0, Max: 100, Step: 1, Group: fees},
				{Name: "priority_factor", Kind: Number, Label: "优先档的倍数", Unit: "倍", Default: "2.5", Min: 1, Max: 100, Bare: true, Group: fees},
				{Name: "reserved", Kind: Number, Label: "预留吞吐的单位", Default: "0", Min: 0, Max: 1000, Whole: true, Bare: true, Group: fees},
				dollars("reserved_price", "预留，每单位每小时", "0", "用不用都付。"),
				{Name: "stored", Kind: Number, Label: "存放的文件", Unit: "GB", Default: "0", Min: 0, Max: 1e6, Bare: true, Group: fees},
				{Name: "stored_free", Kind: Number, Label: "其中免费", Unit: "GB", Default: "1", Min: 0, Max: 1e6, Bare: true, Group: fees},
				dollars("stored_price", "文件，每 GB 每天", "0.1", ""),
				{Name: "retrievals", Kind: Number, Label: "每次请求的检索调用", Unit: "次", Default: "0", Min: 0, Max: 100, Bare: true, Group: fees},
				dollars("retrieval_price", "检索，每千次", "2.5", ""),
				{Name: "held", Kind: Number, Label: "显式缓存的词元", Unit: "词元", Default: "0", Min: 0, Max: 1e9, Whole: true, Bare: true, Group: fees},
				dollars("held_price", "显式缓存，每百万词元每小时", "4.5", "整月都留着。"),
			},
			ownHardware(),
			trends(),
			currencies(),
		),
		TryIt: []Experiment{
			{
				Do:     "先把命中缓存的输入从 0 加到 50%，再把每次输出从 300 加到 600。",
				Notice: "省下的与多花的差不多：一个输出词元抵五个输入词元，命中的只是输入里便宜的那一份。",
				Params: map[string]string{"cached": "50", "output": "600"},
			},
			{
				Do:     "换成 DeepSeek-V4-Flash，把一天里的分布改成集中在工作时间。",
				Notice: "同样的次数，账单跟着时段走：高峰时段加倍，均匀分布时平均乘 1.29。",
				Params: map[string]string{"model": "deepseek-v4-flash", "hours": "work"},
			},
			{
				Do:     "让 10% 的请求变成 30 万词元的长请求。",
				Notice: "一成的请求拿走大半账单，其中还有越过门槛的整单换价。",
				Params: map[string]string{"model": "gpt-5.5", "long": "10"},
			},
		},
		Note: Note{
			Goal: "学生能把一张 API 账单拆成输入、命中缓存、输出与各项费用，并说出自有硬件的全成本里哪些是现金、哪些是折旧。",
			Ask: []string{
				"命中 80% 缓存，账单会少 80% 吗？（只有输入的那一部分变便宜，输出不变。）",
				"这个月只用了一半的量，哪些项减半，哪些一分不少？（词元费减半；预留、存储与自有硬件不减。）",
				"哪一项的单价你没有来源？它要是错一倍，总数错多少？",
			},
			Wrong: []Mistake{
				{Belief: "缓存的词元要在输入之外再加一份。", Answer: "它是输入的一部分。打开“输入（命中缓存）”那一项：两段相加正好是全部输入。"},
				{Belief: "存储费贵在容量。", Answer: "把存放的文件设成 10 GB、每次检索一次：容量费二十几美元，检索调用两千多。"},
				{Belief: "自有硬件买完就不花钱了。", Answer: "看现金一列：电、人、维保每月都在。"},
			},
			Timing: "约 15 分钟，配合自己公司上个月的账单更好。",
		},
	}
}
