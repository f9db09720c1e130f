package registry

func emergence() Lab {
	return Lab{
		Name:    "emergence",
		Title:   "涌现",
		Module:  "m1",
		Section: "emergence",
		Summary: "逐词元的正确率平滑上升，整串全对却突然跃起：同一批模型换一把尺子，看“涌现”来了又走。",
		Inputs: []Param{
			{Name: "ruler", Kind: Choice, Label: "用哪一把尺子", Default: "exact", Options: []Option{
				{"exact", "整串全对的比例"}, {"token", "每个词元的正确率"}, {"wrong", "平均错几个词元"}, {"loss", "每个词元的损失"}}},
			{Name: "tokens", Kind: Number, Label: "答案的长度", Unit: "词元", Default: "8", Min: 1, Max: 100, Whole: true, Scale: Log},
			{Name: "questions", Kind: Number, Label: "测试题", Unit: "道", Default: "100", Min: 10, Max: 100000, Whole: true, Scale: Log, Help: "题少了，很小的得分会测成 0 分。"},
			{Name: "exponent", Kind: Number, Label: "损失随规模下降的指数 α", Default: "0.3", Min: 0.05, Max: 1.5, Step: 0.05, Group: "模型家族（假设）", Help: "损失 =（N₀ ÷ N）^α。"},
			{Name: "scale", Kind: Number, Label: "N₀：损失为 1 的规模", Unit: "个", Default: "10000000", Min: 1000000, Max: 100000000000, Scale: Log, Group: "模型家族（假设）", Help: "这个规模的模型每个词元答对的概率是 37%。"},
			{Name: "seed", Kind: Number, Label: "随机种子", Default: "1", Min: 0, Max: 999999, Whole: true, Bare: true, Group: "模型家族（假设）"},
		},
		Guess: &Guess{
			Question: "同一批模型，答案由 8 个词元缩短到 2 个，“忽然开窍”（一半答案全对）的规模会怎样？",
			Options:  []Option{{"same", "不变：模型没有变"}, {"smaller", "小得多"}, {"larger", "大得多"}},
		},
		TryIt: []Experiment{
			{
				Do:     "尺子从“整串全对”换成“平均错几个词元”。",
				Notice: "陡坡不见了。模型是同一批，每个词元的正确率一点没变，变的是怎样汇总。",
				Params: map[string]string{"ruler": "wrong"},
			},
			{
				Do:     "答案的长度从 8 改成 30，再改成 1。",
				Notice: "整条曲线向右平移：答案长几倍，“出现能力的规模”就大几倍的 1/α 次方。只有一个词元时，整串全对就是逐词元正确率。横轴取了对数，所以各条形状相同；起飞之前那一长段贴着零，才像“忽然”。",
				Params: map[string]string{"tokens": "30"},
			},
			{
				Do:     "测试题从 100 道加到 10 万道，看左边那些 0 分的点。",
				Notice: "题少时一串 0 分看起来像“毫无能力”；题多了，才看到它们一直在进步。",
				Params: map[string]string{"questions": "100000"},
			},
		},
		Note: Note{
			Goal: "学生能用 p^L 解释“涌现”的一种来历，并说明它没有否定什么：整串全对若就是用户的尺子，那条陡坡是真的。",
			Ask: []string{
				"模型没变，图变了。那么“涌现”是谁的性质？",
				"你的业务用哪一把尺子？SQL、账号、邮件草稿各用哪一把？",
				"这里假设各词元互相独立。真实的加法里，进位会让它们怎样相关？",
			},
			Wrong: []Mistake{
				{Belief: "所以涌现是假的。", Answer: "整串全对的跃起是真实的得分，只是它不能说明模型内部有突变。Wei 等人列出的现象没有被推翻，被推翻的是“不能由小模型外推”：换连续的指标就能外推。"},
				{Belief: "小模型得 0 分，说明它什么也没学到。", Answer: "看同一个点的逐词元正确率与“测出零分的概率”。"},
			},
			Timing: "约 8 分钟：先猜，再换尺子，最后讨论自己的业务用哪一把。",
		},
	}
}
