package registry

// ReportLabs are the labs that the report gathers, in its order.
var ReportLabs = []string{"fit", "breakeven", "select", "cost"}

func report() Lab {
	const (
		words  = "自己写的部分"
		scores = "自评（0 到 2 分）"
		kept   = "收进来的实验"
	)
	text := func(name, label, help string) Param {
		return Param{Name: name, Kind: LongText, Label: label, Max: 4000, Group: words, Help: help}
	}
	score := func(name, label, full string) Param {
		return Param{Name: "score_" + name, Kind: Choice, Label: label, Default: "-", Group: scores, Help: "得 2 分的样子：" + full,
			Options: []Option{{"-", "未评"}, {"0", "0：没有"}, {"1", "1：有结论没有依据"}, {"2", "2：别人能照着重算"}}}
	}
	take := func(name, title string) Param {
		return Param{Name: name, Kind: LongText, Label: title + "的设置", Max: 60000, Group: kept, Empty: "空着：用课程的默认设置",
			Help: "由上面的按钮填；写“-”是不收。"}
	}
	return Lab{
		Name:     "report",
		Title:    "选型报告",
		Module:   "m6",
		Section:  "report",
		Summary:  "把“能不能跑”“本地还是云端”“选型”“成本计算器”里的选择汇成一份报告：每个假设、来源、日期与数据的版本都写在里面，可以打印、存成 Markdown、用链接交给别人，附评分表。",
		Includes: ReportLabs,
		Inputs: []Param{
			{Name: "title", Kind: Text, Label: "报告的题目", Default: "大模型选型报告", Min: 1, Max: 60},
			{Name: "author", Kind: Text, Label: "谁写的", Max: 40, Help: "只写进报告，不发给任何服务器。"},
			{Name: "date", Kind: Text, Label: "日期", Max: 10, Help: "写成 2026-11-25。"},
			text("scene", "场景", "谁在用、每次多少词元、每天多少次、峰谷；数字来自哪里的抽样。"),
			text("conditions", "硬约束", "每条写成能判真假的句子。"),
			text("evaluation", "评测", "自己的题、人数、区间；可以抄“自建评测”的结果。"),
			text("sensitivity", "敏感性", "用量减半、API 降价一半、失败费加倍：哪个假设改变结论。"),
			text("conclusion", "结论与退路", "选谁，何时重审，不行怎么退。"),
			score("scene", "场景", "来自日志抽样，写明日期"),
			score("conditions", "硬约束", "每条都能判真假"),
			score("candidates", "候选", "写了版本、发布与退役日期"),
			score("evaluation", "评测", "区间不重叠才说谁更好"),
			score("costs", "成本", "有公式、单位、来源"),
			score("sensitivity", "敏感性", "指出哪个假设改变结论"),
			score("conclusion", "结论与退路", "退路已经试过一次"),
			score("sources", "来源", "查不到的写“待核实”"),
			take("fit", "能不能跑"), take("breakeven", "本地还是云端"), take("select", "选型"), take("cost", "成本计算器"),
		},
		TryIt: []Experiment{
			{
				Do:     "到“选型”里改一次权重，再回来按“收进最近一次的设置”。",
				Notice: "报告里那一节整个换了，假设表里“由谁定”一栏把你改过的标成“自己”。别人打开你的链接，看到的是同样的数。",
				Params: map[string]string{},
			},
			{
				Do:     "只收“能不能跑”与“选型”，看评分表的“自动核对”。",
				Notice: "没有成本，也没有敏感性：这两栏打叉。自动核对只看有没有，好不好要人判断。",
				Params: map[string]string{"breakeven": "-", "cost": "-"},
			},
		},
		Note: Note{
			Goal: "学生交出一份别人能照着重算的选型报告，并能指出哪个假设改变结论。",
			Ask: []string{
				"只改对方报告里的一个假设，结论变不变？变了，请对方补上依据。",
				"哪些来源没有日期？三个月后哪些数要重查？",
				"“由谁定”一栏里课程预设的还剩几项？为什么没有换成自己的？",
			},
			Wrong: []Mistake{
				{Belief: "报告写完就定了。", Answer: "价格、停用日期都有日期。写明何时重审，以及什么数变了就得重审。"},
				{Belief: "自动核对全是勾，就是满分。", Answer: "它只看有没有写、有没有日期；区间重不重叠、退路试没试过，它看不出来。"},
				{Belief: "结论只要第一名是谁。", Answer: "还要权重在什么范围内它才第一、缺哪些数据、哪个假设翻盘。"},
			},
			Timing: "两次课：第一次各组定场景、做四个实验、收进报告；中间各自去测一项缺的数据；第二次交换报告，只改对方一个假设，按评分表互评。",
		},
	}
}
