package registry

// Groups of the lab on evaluation.
const (
	groupOne     = "看一道题"
	groupWriting = "写诗（pass@k）"
	groupLeak    = "题目泄漏"
	groupNeeded  = "要多少题"
)

func evaluate() Lab {
	choice := Condition{Name: "task", Values: []string{"choice", "leak"}}
	compressed := Condition{Name: "task", Values: []string{"choice", "writing"}}
	return Lab{
		Name:    "evaluate",
		Title:   "评测",
		Module:  "m5",
		Section: "live",
		Summary: "在“诗芽”和它的量化、剪枝版本上真跑一次基准：比似然的选择题、由规则检查的 pass@k、困惑度，每个分数带区间；再拿考题训练它，看分数怎样涨、本事涨没涨。",
		Shiya:   true,
		Run: &Run{
			Start: "开始评测",
			About: "按“跑什么”做：选择题 174 道加 58 首诗的困惑度，写诗 10 题各 20 份，或拿考题训练并复查。模型小，多半在一分钟上下；结果随做随看，可以暂停。",
			Step:  "做一步",
		},
		Inputs: []Param{
			{Name: "task", Kind: Choice, Label: "跑什么", Default: "choice", Options: []Option{
				{"choice", "选择题与困惑度"}, {"writing", "写诗与检查（pass@k）"}, {"leak", "拿考题训练（泄漏）"}}},
			{Name: "rule", Kind: Choice, Label: "由似然选答案", Default: "sum", Only: choice, Options: []Option{
				{"sum", "合计最大"}, {"character", "按字平均最大"}, {"byte", "按字节平均最大"}, {"lift", "题干使它多出最多"}, {"noprompt", "不看题干（按字平均）"}}},
			{Name: "versions", Kind: List, Label: "与原版比的版本", Default: "int8,int4,pruned50", Only: compressed, Max: 4, Options: []Option{
				{"int8", "int8（每行一个比例）"}, {"int4", "int4（每 32 个一个比例）"}, {"int3", "int3（每 32 个一个比例）"}, {"int2", "int2（每 32 个一个比例）"},
				{"pruned50", "剪掉一半（按大小）"}, {"pruned80", "剪掉八成（按大小）"}}},

			{Name: "item", Kind: Number, Label: "第几题", Unit: "题", Default: "12", Min: 1, Max: 174, Whole: true, Group: groupOne},
			{Name: "own", Kind: LongText, Label: "自己的题", Default: "", Max: 700, Group: groupOne, Accept: ".txt,text/plain",
				Empty: "白日依山尽，黄河入海流。欲穷千里目，\n*更上一层楼。\n不见长安路。\n上楼。",
				Help:  "第一行题干，以下每行一个选项（2 到 8 个），正确的前面加 *。留空就看上面那一题。"},

			{Name: "check", Kind: Choice, Label: "怎样算通过", Default: "rhyme", Group: groupWriting, Options: []Option{
				{"form", "格式对"}, {"rhyme", "格式对且押韵"}, {"tone", "格式对、押韵且合平仄"}}},
			{Name: "openings", Kind: Number, Label: "题数", Unit: "题", Default: "10", Min: 2, Max: 58, Whole: true, Group: groupWriting, Help: "一题是一句起句。"},
			{Name: "samples", Kind: Number, Label: "每题抽 n", Unit: "份", Default: "20", Min: 1, Max: 200, Whole: true, Group: groupWriting},
			{Name: "k", Kind: Number, Label: "给 k 次机会", Unit: "份", Default: "5", Min: 1, Max: 200, Whole: true, Group: groupWriting},
			{Name: "temperature", Kind: Number, Label: "温度", Default: "0.8", Min: 0, Max: 2, Step: 0.1, Group: groupWriting},

			{Name: "steps", Kind: Number, Label: "拿考题训练", Unit: "步", Default: "20", Min: 1, Max: 200, Whole: true, Group: groupLeak},
			{Name: "leaked", Kind: Number, Label: "公开卷有多少泄漏", Unit: "%", Default: "100", Min: 10, Max: 100, Step: 10, Group: groupLeak},
			{Name: "rate", Kind: Number, Label: "学习率", Default: "0.002", Min: 0.0001, Max: 0.01, Scale: Log, Group: groupLeak},

			{Name: "p1", Kind: Number, Label: "甲的真实正确率", Unit: "%", Default: "72", Min: 0, Max: 100, Step: 1, Group: groupNeeded},
			{Name: "p2", Kind: Number, Label: "乙的真实正确率", Unit: "%", Default: "67", Min: 0, Max: 100, Step: 1, Group: groupNeeded},
			{Name: "discordant", Kind: Number, Label: "一对一错的题", Unit: "%", Default: "15", Min: 0.5, Max: 100, Step: 0.5, Group: groupNeeded, Help: "两个模型越像，这个数越小，配对越省题。"},
			{Name: "power", Kind: Number, Label: "把握", Unit: "%", Default: "80", Min: 50, Max: 99, Step: 1, Group: groupNeeded},
			{Name: "seed", Kind: Number, Label: "随机种子", Default: "1", Min: 0, Max: 999999, Whole: true, Bare: true, Group: groupNeeded, Help: "写诗的抽签与区间的抽取都由它定。"},
		},
		Guess: &Guess{
			Question: "两个模型的真实正确率是 60% 与 62%，各答各的题。要多少道题，才有八成把握看出差别？",
			Options:  []Option{{"hundred", "约一百道"}, {"thousand", "约一千道"}, {"thousands", "近一万道"}},
		},
		TryIt: []Experiment{
			{
				Do:     "看第 12 题：四个选项两长两短。比较“合计”与“按字平均”各把 ✓ 给了谁，再运行选择题，看“判法也是协议的一部分”一表的“长短不一”那一行。",
				Notice: "合计几乎总选短的：多一个字就多乘一个小于一的数。按字平均又偏向长的：后面的字与标点容易猜。同一次运行，一个模型能有五个“正确率”，所以分数离开判法就没有意义。",
				Params: map[string]string{"task": "choice", "item": "12", "rule": "sum"},
			},
			{
				Do:     "跑“写诗与检查”，格式对且押韵；再把检查换成“格式对”，最后换成“合平仄”。",
				Notice: "模型没有变，尺子每加一条，pass@1 就掉一截；pass@20 掉得慢得多。没有人替用户从二十份里挑，就只能看 pass@1。",
				Params: map[string]string{"task": "writing", "check": "rhyme"},
			},
			{
				Do:     "跑“拿考题训练”，看泄漏的题与新卷两条线；再把泄漏的比例改成 30% 跑一次。",
				Notice: "泄漏的题一路上升，新卷不跟着涨。只泄漏三成时，公开卷的总分抬高了多少？单看这个分数，你能断定有泄漏吗？要换新卷才量得出。",
				Params: map[string]string{"task": "leak", "rule": "character", "leaked": "100"},
			},
		},
		Note: Note{
			Goal: "学生能说出一个分数由题、判法、抽样三样东西定下，能给它配上区间，并能判断两个分数的差分不分得开；能解释泄漏为什么不是多出几道题就能纠正的。",
			Ask: []string{
				"压缩版本比原版低 2 分，174 道题。你敢说它变差了吗？看 p 和区间；要多少题才敢说？",
				"合计与按字平均选得不一样，哪个“对”？（没有对错：它们量的不是一回事，要写明用的是哪个。）",
				"按诗抽取的区间和 Wilson 区间为什么会不同？同一篇文章出十道题，算十道还是一道？",
				"泄漏之后的区间更窄了，是不是更可信？（不是：区间只管抽样，不管偏差。）",
				"你的业务里，谁来从 k 份里挑出对的那一份？",
			},
			Wrong: []Mistake{
				{Belief: "p 大于 0.05，所以两个版本一样好。", Answer: "分不出不等于一样。看“照这样的差，要几题才分得出”：174 题本来就看不出一两分的差。"},
				{Belief: "pass@10 高，就是模型可靠。", Answer: "pass@k 随 k 只升不降，k 够大谁都高。可靠是 k 次全对，那条线随 k 下降（见正文的 pass^k）。"},
				{Belief: "困惑度低的，选择题分数一定高。", Answer: "比较剪枝前后：困惑度升了不少，选择题只掉几分。选择题只问四个里哪个最可能，次序没变，分数就不变。"},
				{Belief: "多做几遍同样的题，误差就小了。", Answer: "这里的选择题没有抽签，做多少遍都一样。题才是样本。"},
			},
			Timing: "约 20 分钟：3 分钟先猜要多少题，5 分钟看一道题的判法并各自出一道，7 分钟分组各跑一项，5 分钟对照写出“这个分数能说明什么”。",
		},
	}
}
