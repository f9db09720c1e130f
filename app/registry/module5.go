package registry

func module5() []Lab {
	return []Lab{
		selectLab(),
		evaluate(),
		acceptance(),
		rag(),
	}
}

// Groups of the lab on choosing.
const (
	groupConstraints = "更多硬约束"
	groupWeights     = "更多权重"
	groupUse         = "用量与假设"
)

// weight is a criterion's weight in points.
func weight(id, title, points, group, help string) Param {
	return Param{Name: "w_" + id, Kind: Number, Label: "权重：" + title, Unit: "点", Default: points, Max: 100, Step: 5, Group: group, Help: help}
}

func selectLab() Lab {
	return Lab{
		Name:    "select",
		Title:   "选型",
		Module:  "m5",
		Section: "scoring",
		Summary: "先用硬约束筛掉不合格的，再按权重给剩下的排名；未公布的数据按“最差到最好”的区间计，所以每个型号有最好与最差的名次；权重移多远第一才换，解方程给出。",
		Data:    []string{"models", "terms"},
		Inputs: []Param{
			{Name: "place", Kind: Choice, Label: "数据去向", Default: "mainland", Options: []Option{{"any", "不限"}, {"mainland", "境内可用"}, {"onprem", "明文不出机房"}}, Help: "境内可用：能下载自建，或厂商在境内提供服务；处理地点仍以合同为准。"},
			{Name: "min_context", Kind: Number, Label: "上下文至少", Unit: "词元", Default: "16000", Max: 2000000, Step: 1000, Scale: Log, Whole: true},
			{Name: "max_cost", Kind: Number, Label: "千次请求至多", Unit: "USD", Default: "10", Min: 0.01, Max: 100000, Bare: true, Optional: true, Empty: "不限"},
			weight("understanding", "理解能力", "20", "", "用 MMLU 代替：考试知识，不是对你的问题的理解。"),
			weight("reasoning", "推理能力", "0", "", "用 HumanEval 代替：只测写 Python 函数。"),
			weight("multilingual", "多语言能力（中文）", "30", "", "用 C-Eval 代替：中文考试知识，不测对话。"),
			weight("context", "上下文长度", "10", "", "标称值。"),
			weight("latency", "响应速度", "0", "", "自建时的理想值；API 的速度未公布。"),
			weight("cost", "成本效益", "30", "", "按下面的用量算千次请求的目录价。"),
			{Name: "scale", Kind: Choice, Label: "归一化", Default: "fixed", Options: []Option{{"fixed", "刻度定死"}, {"minmax", "按名单里最差与最好"}}, Help: "后一种会让陪跑的候选改变第一。"},

			{Name: "open", Kind: Toggle, Label: "必须开放权重", Default: "0", Group: groupConstraints},
			{Name: "licence", Kind: Choice, Label: "许可", Default: "commercial", Group: groupConstraints, Options: []Option{{"any", "不限"}, {"commercial", "可商用"}, {"permissive", "只要 Apache-2.0 或 MIT"}}, Help: "带条件的许可记“未知”：逐条读了再定。"},
			{Name: "min_chinese", Kind: Number, Label: "C-Eval 至少", Unit: "%", Default: "0", Max: 100, Step: 1, Group: groupConstraints},
			{Name: "images", Kind: Toggle, Label: "必须能读图", Default: "0", Group: groupConstraints},
			{Name: "served_until", Kind: Text, Label: "这一天之前不得停用", Default: "2027-06-01", Max: 10, Optional: true, Empty: "不限", Group: groupConstraints, Help: "写成 2027-06-01；开放权重在手，视为不会停用。"},
			{Name: "released_from", Kind: Text, Label: "这一天之后发布", Default: "", Max: 10, Optional: true, Empty: "不限", Group: groupConstraints, Help: "写成 2025-01-01。"},
			{Name: "max_memory", Kind: Number, Label: "自建内存至多", Unit: "GB", Default: "", Min: 0.1, Max: 100000, Bare: true, Optional: true, Empty: "不限", Group: groupConstraints},
			{Name: "unclear", Kind: Choice, Label: "约束所问的没有公布时", Default: "keep", Group: groupConstraints, Options: []Option{{"keep", "先留下，去核实"}, {"drop", "按不满足处理"}}},

			weight("generation", "生成质量", "10", groupWeights, "没有公开的测量：自己评，填在下面的表里。"),
			weight("concurrency", "并发能力", "0", groupWeights, "自己压测的每秒请求。"),
			weight("memory", "内存占用", "0", groupWeights, "自建时权重与 KV 缓存；用 API 时留 0。"),
			weight("availability", "可用性", "0", groupWeights, "自己查的月可用率。"),
			weight("scalability", "扩展性", "0", groupWeights, "已批额度 ÷ 高峰用量。"),

			{Name: "input", Kind: Number, Label: "每次输入", Unit: "词元", Default: "3000", Min: 1, Max: 1000000, Scale: Log, Whole: true, Group: groupUse},
			{Name: "cached", Kind: Number, Label: "其中命中缓存", Unit: "词元", Default: "1000", Max: 1000000, Scale: Log, Whole: true, Group: groupUse, Help: "没有公布缓存价的按全价计。"},
			{Name: "output", Kind: Number, Label: "每次输出", Unit: "词元", Default: "300", Max: 100000, Scale: Log, Whole: true, Group: groupUse},
			{Name: "yuan", Kind: Number, Label: "1 美元合", Unit: "CNY", Default: "6.7379", Min: 0.1, Max: 100, Bare: true, Group: groupUse, Help: "只有人民币价的才折算；2026-08-22 的牌价。"},
			{Name: "gpu", Kind: GPU, Label: "自建用的显卡", Default: "h100-sxm5-80gb", Trait: "bandwidth", Group: groupUse},
			{Name: "bits", Kind: Number, Label: "每个权重的位数", Unit: "位", Default: "16", Min: 1, Max: 32, Step: 0.5, Group: groupUse},
			{Name: "context", Kind: Number, Label: "自建时每条会话", Unit: "词元", Default: "4096", Min: 1, Max: 2097152, Scale: Doubling, Whole: true, Group: groupUse},
			{Name: "batch", Kind: Number, Label: "自建时同时的会话", Unit: "个请求", Default: "16", Min: 1, Max: 1024, Scale: Doubling, Whole: true, Group: groupUse},

			{Name: "own", Kind: LongText, Label: "自己的型号与测量（CSV）", Default: "", Max: 20000, Accept: ".csv,text/csv,text/plain", Group: "自己的型号与测量",
				Empty: "型号,开放权重,上下文长度,理解能力,生成质量\n我的微调版,是,32768,72,4.2\ndeepseek-v3,,,,4.5",
				Help:  "第一行写列名，第一列是型号。列名可用：厂商、开放权重、许可、境内可用、读图、发布日期、停用日期，以及各项指标的名字。写目录里已有的型号，就是给它补上测量。"},
		},
		Guess: &Guess{
			Question: "约束与权重都定了之后，公开数据够不够定出唯一的第一？",
			Options:  []Option{{"one", "够，只有一个能第一"}, {"few", "剩两到五个"}, {"many", "五个以上都可能第一"}},
		},
		TryIt: []Experiment{
			{
				Do:     "设成“代码助手”：只要 Apache-2.0 或 MIT 的开放权重，推理占大头，未公布的按不满足处理。",
				Notice: "可能第一的从几十个变成几个：约束收紧、用的指标多有公开数据。看“权重移多远”一表，哪一项最容易翻盘。",
				Params: map[string]string{
					"place": "onprem", "open": "1", "licence": "permissive", "unclear": "drop", "min_context": "32000", "max_cost": "", "served_until": "", "max_memory": "640",
					"w_understanding": "0", "w_reasoning": "45", "w_multilingual": "0", "w_context": "15", "w_latency": "25", "w_cost": "0", "w_generation": "0", "w_memory": "15",
					"input": "12000", "cached": "8000", "output": "800", "context": "32768", "batch": "8", "bits": "8",
				},
			},
			{
				Do:     "把归一化换成“按名单里最差与最好”，记下第一；再把“上下文至少”降到 0，让 2023 年的旧型号进来。",
				Notice: "进来的没有一个会被选中，前几名的得分却都变了，名次也可能变：最小—最大法的分数取决于谁在名单上。刻度定死时则不变。",
				Params: map[string]string{"scale": "minmax", "min_context": "0"},
			},
			{
				Do:     "只留“成本效益”与“多语言能力”两项权重，各 50，看第一不变的范围。",
				Notice: "两项都有公开数据的型号得分是一个点，缺 C-Eval 的是一段。名次先后要看区间是否重叠，不是看中点。",
				Params: map[string]string{"w_understanding": "0", "w_context": "0", "w_generation": "0", "w_cost": "50", "w_multilingual": "50"},
			},
		},
		Note: Note{
			Goal: "学生能把要求分成约束与权重，说出一个排名在权重与缺失值变动时还站不站得住，并由此决定去测什么。",
			Ask: []string{
				"先不看结果：你们组给六项各多少点？看到排名之后想改的，说出理由；只因为第一不是想要的，不算理由。",
				"“合规”为什么不在权重里？给它 100 点能不能代替约束？",
				"某个型号最好第一、最差第四十，该怎样写进报告？（写区间和已知权重的占比，列出要测的，不写“第一”。）",
				"去测哪一项最值？（看“最值得去测的”：权重乘以未知的宽度。）",
				"同样的权重，为什么来了一个陪跑的，第一就换了？",
			},
			Wrong: []Mistake{
				{Belief: "没有公布的填 0，或者填平均值，才好排名。", Answer: "填 0 是惩罚没公布的，填平均是替它编数。按已知的最差到最好算区间，名次也成了区间；结论往往是“先去测”。"},
				{Belief: "加权总分最高的就是最好的。", Answer: "看“权重移多远，第一才换”：有时只移两三个百分点就换人。报告里要写这个范围，而不只是第一是谁。"},
				{Belief: "把合规放进去给高权重，不合规的自然排不上。", Answer: "加权求和允许用长处补短处，总有一组分数补得回来。设成硬约束，看它单独去掉了几个。"},
				{Belief: "MMLU 高就是理解能力强。", Answer: "每一项都写明用什么代替、漏了什么。自己的题测出来的分，可以填进表里顶替它。"},
			},
			Timing: "约 20 分钟：5 分钟各组先写权重（不看结果），5 分钟填进去比较，10 分钟轮流只改对方的一个假设，看第一换不换。",
		},
	}
}
