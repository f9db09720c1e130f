package registry

// measures are those of package sim that the shipped catalogue has; a test holds
// the two lists together.
var measures = []Option{
	{"release", "发布日期"},
	{"params", "参数量"},
	{"active", "激活参数"},
	{"context", "上下文"},
	{"input-price", "输入价"},
	{"output-price", "输出价"},
	{"kv", "每词元 KV 缓存"},
	{"C-Eval", "C-Eval"},
	{"HellaSwag", "HellaSwag"},
	{"HumanEval", "HumanEval"},
	{"MMLU", "MMLU"},
}

func catalogue() Lab {
	return Lab{
		Name:    "catalogue",
		Title:   "模型目录",
		Module:  "m2",
		Section: "together",
		Summary: "课程提到的全部模型与它们今天的后继者：筛选、排序、固定比较，任选两项画散点、时间线和家族；没有公布的写“未公布”，每个数都能打开来源与日期，几家说法不一的画成区间。",
		Inputs: []Param{
			{Name: "find", Kind: Text, Label: "找名字或厂商", Max: 40},
			{Name: "which", Kind: Choice, Label: "哪一批", Default: "all", Options: []Option{{"all", "全部"}, {"course", "原课程点名的"}, {"later", "后来的"}}},
			{Name: "weights", Kind: Choice, Label: "权重", Default: "all", Options: []Option{{"all", "不限"}, {"open", "开放"}, {"closed", "不开放"}}},
			{Name: "chart", Kind: Choice, Label: "画什么", Default: "scatter", Options: []Option{{"scatter", "散点：任选两项"}, {"time", "时间线：发布日期与纵轴"}, {"series", "家族"}}},
			{Name: "x", Kind: Choice, Label: "横轴", Default: "output-price", Options: measures, Only: Condition{Name: "chart", Values: []string{"scatter"}}},
			{Name: "y", Kind: Choice, Label: "纵轴", Default: "MMLU", Options: measures, Only: Condition{Name: "chart", Values: []string{"scatter", "time"}}},
			{Name: "pin", Kind: List, Label: "固定比较（最多 6 个）", Default: "gpt-4o,deepseek-v3", Max: 6},
			{Name: "log", Kind: Toggle, Label: "价格、大小用对数轴", Default: "1"},
			{Name: "reads", Kind: Choice, Label: "能读", Default: "any", Group: "更多条件", Options: []Option{{"any", "不限"}, {"text", "文本"}, {"image", "图像"}, {"audio", "音频"}, {"video", "视频"}}},
			{Name: "min_context", Kind: Number, Label: "上下文至少", Unit: "词元", Min: 1, Max: 1e8, Whole: true, Bare: true, Optional: true, Empty: "不限", Group: "更多条件"},
			{Name: "max_price", Kind: Number, Label: "输出价至多", Unit: "美元/百万词元", Min: 0, Max: 1e5, Bare: true, Optional: true, Empty: "不限", Group: "更多条件"},
			{Name: "max_params", Kind: Number, Label: "参数量至多", Unit: "B，十亿", Min: 0.001, Max: 1e5, Bare: true, Optional: true, Empty: "不限", Group: "更多条件"},
			{Name: "min_mmlu", Kind: Number, Label: "MMLU 至少", Unit: "%", Min: 0, Max: 100, Bare: true, Optional: true, Empty: "不限", Group: "更多条件"},
			{Name: "sort", Kind: Choice, Label: "表按什么排", Default: "release", Options: measures, Group: "表"},
			{Name: "descending", Kind: Toggle, Label: "从大到小，从新到旧", Default: "1", Group: "表"},
			{Name: "rows", Kind: Number, Label: "列出", Unit: "行", Default: "20", Min: 5, Max: 200, Step: 5, Whole: true, Group: "表"},
		},
		Data: []string{"models"},
		Wide: true,
		Guess: &Guess{Question: "目录里有几十个不开放权重的模型。其中公布了参数量的有多少？",
			Options: []Option{{"most", "大多数"}, {"half", "一小半"}, {"none", "一个也没有"}}},
		TryIt: []Experiment{
			{Do: "只看开放权重的，横轴换成参数量，纵轴用 MMLU。", Notice: "同样大小的得分能差三四十分；带竖线的是几家说法不一：差别常来自提示与示例数。", Params: map[string]string{"weights": "open", "x": "params"}},
			{Do: "画时间线，纵轴选上下文。", Notice: "三年里上下文从几千涨到百万，涨的次数比翻倍还快；但价格表里常有“超过多少词元另计”。", Params: map[string]string{"chart": "time", "y": "context"}},
			{Do: "加一条“MMLU 至少 80”，看结论那句话里有多少个“无法判断”。", Notice: "没有公布的既不算合格也不算不合格；条件越多，能判断的越少。", Params: map[string]string{"min_mmlu": "80"}},
		},
		Note: Note{
			Goal: "学生能在同一份有日期、有来源的数据上筛选和比较，分清“未公布”“未查到”与“零”，并在引用一个数时连同口径一起写。",
			Ask: []string{
				"固定的两个模型，表里哪些格是“未公布”？这对选型意味着什么？",
				"随便点开一个 MMLU：是几个示例（shot）？谁报的？哪一天？",
				"价格轴换成线性会怎样？为什么要用对数轴？",
				"“不开放权重的模型更强”，用这张图能不能证明？缺了什么？",
			},
			Wrong: []Mistake{
				{Belief: "空格就是不支持，或者是零。", Answer: "空格是没有公布。筛选时它单独计数，排序时排在最后，从不当作零。"},
				{Belief: "两个模型差 0.5 分，就是一个比另一个强。", Answer: "看竖线：同一个模型，不同来源就能差几分。差得比来源之间还小，就分不出。"},
				{Belief: "价格低的就便宜。", Answer: "还要看每个任务用多少词元、缓存与批量价；到“成本计算器”里算自己的。"},
			},
			Timing: "约 15 分钟：先猜，再每组给一个场景定三条硬条件，把链接交上来；全班对照，看谁的条件把谁筛掉了。",
		},
	}
}
