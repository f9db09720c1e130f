package registry

func align() Lab {
	return Lab{
		Name:    "align",
		Title:   "微调与对齐",
		Module:  "m6",
		Section: "alignment",
		Summary: "把“诗芽”微调成会写藏头诗，再用押韵、平仄的规则当奖励做强化学习：看奖励怎样升、模型怎样漂，没有 KL 惩罚时怎样崩塌。",
		Shiya:   true,
		Run: &Run{
			Start: "开始训练",
			About: "诗芽先写教材，再做指令微调，最后做强化学习，都在你的浏览器里。较新的电脑约三五分钟，手机要久得多；随时可以暂停，β 与学习率可以边跑边改。",
			Step:  "走一步",
			Live:  []string{"beta", "rate"},
		},
		Inputs: []Param{
			{Name: "heads", Kind: Text, Label: "你的四个首字", Default: "春花秋月", Min: 4, Max: 4, Help: "训练时每隔几步用它出一道题。要在诗芽的 3,000 个字里。"},
			{Name: "beta", Kind: Number, Label: "KL 惩罚的系数 β", Unit: "分/奈特", Default: "0.1", Min: 0, Max: 2, Step: 0.01, Help: "每离开参考模型一奈特扣多少分。0 就是只奖不罚。"},
			{Name: "rate", Kind: Number, Label: "强化学习的学习率", Default: "0.0005", Min: 0.00001, Max: 0.01, Scale: Log},
			{Name: "rewarded", Kind: List, Label: "奖励哪几项", Default: "form,heads,rhyme,tone", Options: []Option{
				{"form", "形式"}, {"heads", "首字"}, {"rhyme", "押韵"}, {"tone", "平仄"}}, Help: "每项 0 到 1 分，加起来就是奖励。"},
			{Name: "repeats", Kind: Toggle, Label: "同一个字也算押韵（有漏洞的规则）", Default: "0"},
			{Name: "steps", Kind: Number, Label: "强化学习的步数", Unit: "步", Default: "150", Min: 0, Max: 500, Whole: true, Group: "训练多少"},
			{Name: "tune", Kind: Number, Label: "指令微调的步数", Unit: "步", Default: "150", Min: 0, Max: 500, Whole: true, Group: "训练多少", Help: "每步 32 道题。"},
			{Name: "poems", Kind: Number, Label: "写多少首作教材", Unit: "首", Default: "1920", Min: 192, Max: 8192, Whole: true, Scale: Log, Group: "训练多少", Help: "四行而合格的才用得上，约七成。"},
			{Name: "prompts", Kind: Number, Label: "每步几道题", Unit: "道", Default: "8", Min: 1, Max: 16, Whole: true, Group: "训练多少"},
			{Name: "samples", Kind: Number, Label: "每道题写几首", Unit: "首", Default: "4", Min: 2, Max: 8, Whole: true, Group: "训练多少", Help: "每首与同题的其余几首比。"},
			{Name: "tune-rate", Kind: Number, Label: "指令微调的学习率", Default: "0.003", Min: 0.00001, Max: 0.02, Scale: Log, Group: "训练多少"},
			{Name: "seed", Kind: Number, Label: "随机种子", Default: "1", Min: 0, Max: 999999, Whole: true, Bare: true, Group: "训练多少"},
			{Name: "poem", Kind: Text, Label: "诗", Default: "床前明月光，疑是地上霜。举头望明月，低头思故乡。", Min: 1, Max: 80, Group: "给一首诗打分", Help: "用逗号和句号分行。"},
		},
		Guess: &Guess{
			Question: "只奖不罚（β = 0）地训练下去，规则给的分和写出的诗会怎样？",
			Options:  []Option{{"both", "分更高，诗也更多样"}, {"collapse", "分更高，诗却越写越像"}, {"nothing", "没有惩罚就学不动，都不变"}},
		},
		TryIt: []Experiment{
			{
				Do:     "β 设为 0，学习率调到 0.001，开始训练，看“离参考模型多远”与“还有多少花样”两张图。",
				Notice: "几十步之内 KL 就升到几十奈特，不同的二字组一路降，首字先丢，后来有的诗连标点也不成样子；分数却没有因此高出多少。没有惩罚，噪声也会把模型带走。",
				Params: map[string]string{"beta": "0", "rate": "0.001"},
			},
			{
				Do:     "只奖励押韵，并勾上“同一个字也算押韵”，β 为 0。",
				Notice: "押韵一项升得最快，首字没有人管，慢慢往下掉：奖励里没写的，模型没有理由保住。对照表里的押韵按严格规则算，与奖励里的比一比，就看得见漏洞被用了多少。",
				Params: map[string]string{"rewarded": "rhyme", "repeats": "1", "beta": "0"},
			},
			{
				Do:     "β 设为 0.5，再训练一遍。",
				Notice: "KL 被压在几奈特，得分也几乎不动：惩罚太重，差不多等于没有训练。和“事先跑好的四次”比一比，同样多的步数，轻一点的惩罚换来多少分。",
				Params: map[string]string{"beta": "0.5"},
			},
		},
		Note: Note{
			Goal: "学生能说清微调与强化学习各教了什么，解释 KL 惩罚为什么要有、为什么不能太大，并能在一张“得分对漂移”的图上指出该停在哪里。",
			Ask: []string{
				"教材全是诗芽自己写的诗，为什么微调之后它忽然会做题了？",
				"只看奖励曲线，能不能发现崩塌？要再看哪几条？",
				"你的业务里，哪一条验收规则最容易被模型钻空子？",
				"静夜思的平仄只有 0.6 分。是诗不好，还是尺子不合？",
			},
			Wrong: []Mistake{
				{Belief: "微调教会了它写诗。", Answer: "写诗是预训练学来的；教材是它自己的作品，微调只教了“题目里的四个字要放到行首”这个格式。看微调前后的形式与押韵：变化来自教材只收合格的诗。"},
				{Belief: "奖励高就是诗好。", Answer: "奖励只是四条规则的和。把同一个字当韵脚也能拿满分（打开有漏洞的规则），分数和好诗从那时起就分了家。"},
				{Belief: "KL 惩罚只会拖慢训练，能省则省。", Answer: "比较事先跑好的 β 为 0 与 0.02 的两条线：得分相当，有惩罚的离原来的模型近一半，花样也留得多。"},
			},
			Timing: "约 15 分钟：先猜，同时开始训练（三五分钟），等的时候读规则给静夜思打的分，再改 β 重跑强化学习。",
		},
	}
}
