package registry

func pruneLab() Lab {
	return Lab{
		Name:    "prune",
		Title:   "剪枝",
		Module:  "m6",
		Section: "pruning",
		Summary: "在“诗芽”身上当场剪：单个权重、2:4、整个注意力头、前馈的列；看文件、乘法与损失各变多少，再与量化画到一张图上。",
		Shiya:   true,
		Wide:    true,
		Inputs: []Param{
			{Name: "method", Kind: Choice, Label: "剪什么", Default: "global", Options: []Option{
				{"global", "最小的权重，全模型一起比"}, {"matrix", "最小的权重，每个矩阵同样比例"}, {"two", "每四个权重留两个（2:4）"},
				{"heads", "整个注意力头"}, {"columns", "前馈的列"}}},
			{Name: "share", Kind: Number, Label: "剪掉多少", Unit: "%", Default: "50", Min: 0, Max: 95, Whole: true, Step: 5,
				Only: Condition{"method", []string{"global", "matrix", "columns"}}, Help: "占各层矩阵里的权重；剪列时占前馈的宽度。"},
			{Name: "heads", Kind: Number, Label: "剪掉几个头", Unit: "个", Default: "4", Min: 0, Max: 16, Whole: true,
				Only: Condition{"method", []string{"heads"}}, Help: "诗芽有 4 层，每层 4 个查询头、2 个键值头。"},
			{Name: "order", Kind: Choice, Label: "按什么次序", Default: "plain", Only: Condition{"method", []string{"heads", "columns"}}, Options: []Option{
				{"plain", "最不重要的先剪"}, {"scaled", "同上，重要性先按层归一（论文的做法）"}, {"reverse", "最重要的先剪"}}},
			{Name: "recover", Kind: Number, Label: "剪完再训练", Unit: "步", Default: "40", Min: 0, Max: 200, Whole: true, Step: 10, Group: "完整的比较",
				Help: "只在“跑完整的比较”里：读诗芽自己写的诗，学原来的模型给出的概率，剪掉的保持为零。"},
			{Name: "texts", Kind: Number, Label: "诗芽写多少首来学", Unit: "首", Default: "48", Min: 8, Max: 128, Whole: true, Step: 8, Group: "完整的比较"},
			{Name: "seed", Kind: Number, Label: "随机种子", Default: "1", Min: 0, Max: 9999, Whole: true, Bare: true, Group: "完整的比较", Help: "决定诗芽写出哪些诗。"},
		},
		Guess: &Guess{
			Question: "按大小把各层一半的权重置零，仍存成普通的 16 位文件。文件会变成多大？",
			Options:  []Option{{"half", "约一半"}, {"same", "一样大"}, {"less", "小一点"}},
		},
		TryIt: []Experiment{
			{
				Do:     "剪掉的比例从 50% 改成 30%，再改成 70%。",
				Notice: "30% 几乎不疼，70% 就不会写了：损失不是随比例匀速上升，而是先平后陡。全模型一起比时，看表里哪些矩阵被剪得最多；换成“每个矩阵同样比例”，同是一半，损失反而小些。",
				Params: map[string]string{"share": "30"},
			},
			{
				Do:     "剪一个头：先剪最不重要的，再把次序换成“最重要的先剪”。",
				Notice: "最不重要的一个几乎看不出；最重要的一个剪掉，整个模型就废了。16 个头并不平等，随手剪一个是在赌。两次文件一样小。",
				Params: map[string]string{"method": "heads", "heads": "1", "order": "reverse"},
			},
			{
				Do:     "按“跑完整的比较”，看同样大小的几个点，再看“再训练”前后。",
				Notice: "要省一半体积，int8 的损失几乎不动，剪枝要付出多得多；再训练几十步能挽回一大半，这正是论文里剪枝总配着训练的原因。",
				Params: map[string]string{"method": "matrix", "share": "60"},
			},
		},
		Note: Note{
			Goal: "学生能分清三件事：零的个数、文件的大小、算得多快。置零只改第一件；换存法才改第二件；整行整列地剪，或硬件认得 2:4，才改第三件。",
			Ask: []string{
				"同是一半的零，位图与 2:4 存出来一样大。那 2:4 买到了什么？",
				"重要性排在后面的头，剪掉它的实测损失也一定小吗？看完整比较里的表。",
				"要省一半体积，先剪枝还是先量化？根据图说，不根据名字说。",
			},
			Wrong: []Mistake{
				{Belief: "剪掉一半权重，文件小一半，快一倍。", Answer: "看“普通存法”与“普通程序：零也要乘”：两个数都没变。"},
				{Belief: "数值小的权重不重要，所以剪到九成也行。", Answer: "把比例拉到 70%：损失升到与乱猜相近。小是相对的，一个个都小，合起来不小。"},
				{Belief: "重要性是头的固有属性。", Answer: "它是在某批文字上量的一阶导数。换种子（换一批诗）再看次序，有几个会换位置；一次剪好几个时，剩下的头的作用也变了。"},
			},
			Timing: "约 12 分钟：先猜文件大小，再拉比例、换剪法，最后全班一起看完整的比较。",
		},
		Run: &Run{
			Start: "跑完整的比较",
			About: "把二十来种剪法与 fp16、int8、int4 量化都在 60 首留出诗上算一遍，再按上面的设置剪完训练几步；多数电脑要半分钟到两分钟，可以随时暂停。",
		},
	}
}
