package registry

func distilLab() Lab {
	return Lab{
		Name:    "distil",
		Title:   "蒸馏",
		Module:  "m6",
		Section: "distillation",
		Summary: "“诗芽”当老师：两个一样的小模型读同样的诗，一个只看文字，一个看老师给每个字的概率；当场训练，看谁学得好，再与量化、剪枝画到一张图上。",
		Shiya:   true,
		Wide:    true,
		Inputs: []Param{
			{Name: "student", Kind: Choice, Label: "学生", Default: "narrow", Options: []Option{
				{"narrow", "宽与层数各减半，从零开始"}, {"half", "层数减半，取老师的层开始"}}},
			{Name: "temperature", Kind: Number, Label: "温度 T", Default: "1", Min: 0.5, Max: 8, Step: 0.5, Help: "老师与学生的 logits 都先除以它；越高，表越平。"},
			{Name: "weight", Kind: Number, Label: "老师的份量 α", Default: "1", Min: 0, Max: 1, Step: 0.1, Help: "1：只学老师的概率；0：只看文字。"},
			{Name: "text", Kind: Text, Label: "看老师怎么说：开头", Default: "床前明月光，疑是地上", Min: 1, Max: 40},
			{Name: "texts", Kind: Number, Label: "老师写多少首给学生读", Unit: "首", Default: "64", Min: 8, Max: 160, Whole: true, Step: 8, Group: "训练"},
			{Name: "steps", Kind: Number, Label: "走多少步", Unit: "步", Default: "160", Min: 20, Max: 400, Whole: true, Step: 20, Group: "训练", Help: "每步约 256 个字；诗读完了从头再读。"},
			{Name: "rate", Kind: Number, Label: "学习率", Default: "0.003", Min: 0.0001, Max: 0.03, Scale: Log, Group: "训练"},
			{Name: "seed", Kind: Number, Label: "随机种子", Default: "1", Min: 0, Max: 9999, Whole: true, Bare: true, Group: "训练", Help: "决定老师写的诗、学生的初值与读的次序。"},
		},
		Guess: &Guess{
			Question: "两个一样的学生读同样的诗、走同样的步数：一个只看文字，一个看老师给每个字的概率。谁在没读过的诗上损失更低？",
			Options:  []Option{{"teacher", "看老师概率的"}, {"same", "差不多：诗本来就是老师写的"}, {"data", "只看文字的"}},
		},
		TryIt: []Experiment{
			{
				Do:     "温度从 1 改成 4，看老师给的表；再训练一次，比较两次的 KL 与损失。",
				Notice: "表变平，排在后面的字占得更多；可是学生被考的是 T = 1 的概率，步数不多、学习率不变时，T = 4 的学生反而远远落后，比只看文字的还差。温度是要试的旋钮，不是越高越好。",
				Params: map[string]string{"temperature": "4"},
			},
			{
				Do:     "只让老师写 16 首诗，再训练。",
				Notice: "只看文字的学生很快把这几首背下来：学过的诗损失直往下掉，留出的诗先降后升。跟老师学的升得少得多：每个位置上有三千个字的概率可学。",
				Params: map[string]string{"texts": "16"},
			},
			{
				Do:     "学生换成“取老师的层开始”，学习率改成 0.001。",
				Notice: "起点就有老师的词嵌入和两层，同样的步数走得远得多：做大模型的人也很少从零蒸馏。代价是学生大了一倍多。",
				Params: map[string]string{"student": "half", "rate": "0.001"},
			},
		},
		Note: Note{
			Goal: "学生能说出蒸馏比“多几条数据”多给了什么（每个位置一整张概率表），并说明学到的只是老师在那批文字上的行为。",
			Ask: []string{
				"诗就是老师写的，为什么看概率表仍比看文字学得多？",
				"用商业接口蒸馏时，你拿得到 logits 吗？拿不到，还剩下什么？",
				"图上同样大小的点里，学生、量化、剪枝谁更好？若训练多一万倍呢？",
			},
			Wrong: []Mistake{
				{Belief: "蒸馏出的学生会老师会的一切。", Answer: "它只在老师写的那批诗上学。留出诗的损失离老师还远，写出来的句子也看得出。"},
				{Belief: "温度越高，学到的“暗知识”越多，所以越高越好。", Answer: "试 T = 4 与 T = 1，同样的步数：比较留出诗上的损失，不比较 KL（温度不同，KL 不能相比）。"},
				{Belief: "蒸馏是最省事的压缩。", Answer: "看图：int8 不用训练就在左下角。蒸馏换来的是更小的结构与更少的计算，要付训练。"},
			},
			Timing: "约 15 分钟：先猜，运行时讨论概率表，跑完看两条曲线与总图。",
		},
		Run: &Run{
			Start: "开始训练",
			About: "老师先写诗，两个学生再一步一步地学，中途量十来次；默认设置在多数电脑上要半分钟到两分钟，可以随时暂停。",
		},
	}
}
