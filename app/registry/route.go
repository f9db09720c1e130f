package registry

import "slices"

func routeLab() Lab {
	share := func(name, label, value, help string) Param {
		return Param{Name: name, Kind: Number, Label: label, Unit: "%", Default: value, Min: 0, Max: 100, Step: 0.5, Help: help}
	}
	in := func(group string, p Param) Param { p.Group = group; return p }
	const (
		quality = "两个模型答对多少（假设）"
		trim    = "精简提示词与输出"
		quota   = "配额"
	)
	return Lab{
		Name:    "route",
		Title:   "业务优化",
		Module:  "m6",
		Section: "routing",
		Summary: "小模型与大模型级联、精简提示词与输出、配额：按你自己的难易比例，看保住多少质量、省下多少钱。",
		Inputs: slices.Concat(
			[]Param{pricedModel("small", "小模型", "gpt-6-luna"), pricedModel("large", "大模型", "gpt-6-sol")},
			use("30000", "4000", "300"),
			[]Param{
				share("easy", "容易题的比例", "60", "从自己的日志里抽样数出来。"),
				share("catch", "检查器抓出的错", "80", "小模型答错的题里，被升级的比例。"),
				share("false_alarm", "检查器误报的对", "10", "小模型答对的题里，也被升级的比例。"),
				{Name: "failure", Kind: Number, Label: "答错一题的代价", Unit: "元", Default: "5", Min: 0, Max: 1e5, Scale: Log, Help: "转人工、退款或返工，你的假设。"},
				in(quality, share("small_easy", "小模型，容易题", "95", "")), in(quality, share("large_easy", "大模型，容易题", "99", "")),
				in(quality, share("small_hard", "小模型，难题", "57.5", "")), in(quality, share("large_hard", "大模型，难题", "89", "")),
				{Name: "check", Kind: Number, Label: "检查一次的价钱", Unit: "元", Default: "0", Min: 0, Max: 10, Bare: true, Group: quality},
				{Name: "cut_input", Kind: Number, Label: "每次少输入", Unit: "词元", Default: "0", Min: 0, Max: 1e6, Whole: true, Scale: Log, Group: trim},
				{Name: "cut_output", Kind: Number, Label: "每次少输出", Unit: "词元", Default: "0", Min: 0, Max: 1e6, Whole: true, Scale: Log, Group: trim},
				in(trim, share("cut_loss", "因精简而答错", "0", "原来答对、精简之后答错的比例；先量召回率再填。")),
				{Name: "quota", Kind: Toggle, Label: "设配额", Default: "0", Group: quota},
				{Name: "runaway", Kind: Number, Label: "失控的调用，每月", Unit: "次", Default: "0", Min: 0, Max: 1e8, Whole: true, Scale: Log, Group: quota, Help: "例：写错的循环每秒一次，跑 8 小时是 28,800 次。"},
				in(quota, share("refused", "配额误拒的正常请求", "0", "")),
			},
			currencies(),
		),
		TryIt: []Experiment{
			{
				Do:     "把答错一题的代价从 5 元减到 0.5 元。",
				Notice: "同一套级联，从亏变成赚：分界线就在“失败费的分界线”那一项。",
				Params: map[string]string{"failure": "0.5"},
			},
			{
				Do:     "把检查器换成小模型自评：抓出 30%，误报 25%。",
				Notice: "升级的题没有少多少，答对率却掉下来：没有可靠的检查器，级联只是更贵的小模型。",
				Params: map[string]string{"catch": "30", "false_alarm": "25"},
			},
			{
				Do:     "每次少输入 800、少输出 100 词元，看“一步一步”。",
				Notice: "两步各省一成多，再级联又省掉剩下的大半；把三个百分比相加会超过真实的节省。",
				Params: map[string]string{"cut_input": "800", "cut_output": "100"},
			},
		},
		Note: Note{
			Goal: "学生能从难易比例、检查器与两个单价算出升级率、费用与答对率，并用失败费说出该停在哪一步。",
			Ask: []string{
				"检查器什么都不放过（抓 100%，误报 100%）会怎样？（等于两个模型都付钱，比只用大模型还贵。）",
				"费用降到三成，正确率少三个百分点，值不值？还缺哪个数？（一次答错值多少钱。）",
				"三步各省 15%、9%、70%，为什么合起来不是 94%？",
			},
			Wrong: []Mistake{
				{Belief: "级联总是更便宜。", Answer: "升级率接近 100% 时，每题付了两次钱；把误报调到 100% 看。"},
				{Belief: "大模型能救回所有升级的题。", Answer: "救回的只有大模型自己会的那部分：（l − s）/（1 − s）。"},
				{Belief: "节省可以相加。", Answer: "后一步只作用在剩下的钱上，看“剩下”一列。"},
			},
			Timing: "约 15 分钟：5 分钟手算一组，10 分钟换成自己的难易比例。",
		},
	}
}
