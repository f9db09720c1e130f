package registry

// patternOf shows a control while requests arrive in one of these ways.
func patternOf(values ...string) Condition { return Condition{Name: "pattern", Values: values} }

func serving() Lab {
	const more, faults, scale = "请求与批处理", "上限、重试与故障", "扩缩容与费用"
	return Lab{
		Name:    "serving",
		Title:   "并发与可用性",
		Module:  "m4",
		Section: "stable",
		Summary: "逐个事件地模拟一个推理服务：请求到达、排队、连续批处理、负载均衡、扩缩容、故障与重试。看首字时间怎样随负载变陡，多一个副本买到多少可用性。",
		Inputs: []Param{
			{Name: "model", Kind: Model, Label: "模型", Default: "llama-3-8b", Trait: "arch", Help: "每一步的时间由屋顶线算出，与“速度”实验相同。"},
			{Name: "gpu", Kind: GPU, Label: "显卡", Default: "rtx-4090", Trait: "fp16"},
			{Name: "replicas", Kind: Number, Label: "副本", Unit: "个", Default: "2", Min: 1, Max: 8, Whole: true, Help: "每个副本是模型的一份完整拷贝。"},
			{Name: "load", Kind: Number, Label: "负载（占最大吞吐）", Unit: "%", Default: "80", Min: 10, Max: 130, Step: 5, Help: "100% 是积压做不完时量出的最大吞吐。"},
			{Name: "balance", Kind: Choice, Label: "请求怎样分给副本", Default: "least-loaded", Options: balances()},
			{Name: "pattern", Kind: Choice, Label: "请求怎样到达", Default: "poisson", Options: []Option{
				{"poisson", "随机（泊松）"}, {"bursty", "有高峰（平均不变）"}, {"recorded", "自己的记录"}}},
			{Name: "peak", Kind: Number, Label: "高峰是平均的几倍", Unit: "倍", Default: "2.5", Min: 1, Max: 5, Step: 0.1, Only: patternOf("bursty"), Help: "高峰占五分之一的时间，一峰一谷平均 5 分钟。"},
			{Name: "trace", Kind: LongText, Label: "请求记录", Min: 1, Max: 400000, Accept: ".csv,.txt,text/csv,text/plain", Only: patternOf("recorded"),
				Default: "秒,提示词词元,回答词元\n0,800,250\n0.4,1200,90\n0.5,300,400\n2.1,2400,180\n2.2,150,60\n5,900,300",
				Help:    "一行一个请求：第几秒到达、提示词词元、回答词元。只在这个浏览器里计算。"},

			{Name: "gpus", Kind: Number, Label: "每个副本几张卡", Unit: "张", Default: "1", Min: 1, Max: 16, Whole: true, Scale: Doubling, Group: more},
			{Name: "precision", Kind: Choice, Label: "权重的精度", Default: "fp16", Group: more, Options: []Option{{"fp16", "16 位"}, {"int8", "INT8 权重"}, {"int4-g128", "INT4 权重（GPTQ / AWQ）"}}},
			{Name: "prompt", Kind: Number, Label: "提示词平均", Unit: "词元", Default: "800", Min: 16, Max: 8000, Whole: true, Scale: Log, Group: more},
			{Name: "output", Kind: Number, Label: "回答平均", Unit: "词元", Default: "250", Min: 2, Max: 2000, Whole: true, Scale: Log, Group: more},
			{Name: "cv", Kind: Number, Label: "长短不齐的程度（标准差 ÷ 平均）", Default: "1", Min: 0, Max: 3, Step: 0.1, Group: more},
			{Name: "batch", Kind: Number, Label: "每个副本最多同时算", Unit: "个请求", Default: "64", Min: 1, Max: 256, Whole: true, Scale: Doubling, Group: more, Help: "1 就是一个算完再算下一个。"},
			{Name: "chunk", Kind: Number, Label: "每步最多读入", Unit: "词元", Default: "2048", Min: 128, Max: 16384, Whole: true, Scale: Doubling, Group: more, Help: "长提示词切成段，与别人的解码放在同一步里。"},
			{Name: "preempt", Kind: Toggle, Label: "显存不够时清掉最晚的请求再重算", Default: "0", Group: more, Help: "关：先为整个回答留好位置才收。"},

			{Name: "queue", Kind: Number, Label: "每个副本最多排队", Unit: "个请求", Default: "0", Min: 0, Max: 1000, Whole: true, Group: faults, Bare: true, Help: "0 是不限；满了就拒绝（429）。"},
			{Name: "timeout", Kind: Number, Label: "客户端等多久放弃", Unit: "秒", Default: "0", Min: 0, Max: 600, Group: faults, Bare: true, Help: "0 是一直等。"},
			{Name: "retries", Kind: Number, Label: "被拒绝后重试", Unit: "次", Default: "0", Min: 0, Max: 6, Whole: true, Group: faults, Help: "先等 1 秒，以后每次加倍，带随机。"},
			{Name: "mtbf", Kind: Number, Label: "一个副本平均多久坏一次", Unit: "小时", Default: "198", Min: 1, Max: 10000, Scale: Log, Group: faults, Help: "只用于可用性；198 与 2 小时合起来就是 99%。"},
			{Name: "mttr", Kind: Number, Label: "平均多久修好", Unit: "小时", Default: "2", Min: 0.05, Max: 200, Scale: Log, Group: faults},
			{Name: "common", Kind: Number, Label: "一起坏：每年", Unit: "次", Default: "0", Min: 0, Max: 52, Step: 1, Group: faults, Help: "停电、错误的发布，每次停的时间与上面相同。"},
			{Name: "fail", Kind: Toggle, Label: "在请求的模拟里也让副本坏", Default: "0", Group: faults, Help: "为了在几分钟里看到，改成平均 5 分钟坏一次、1 分钟修好。"},

			{Name: "scale", Kind: Toggle, Label: "自动扩缩容", Default: "0", Group: scale, Help: "每 10 秒看一次，按在途请求定副本数，最多 8 个。"},
			{Name: "delay", Kind: Number, Label: "新副本多久能用", Unit: "秒", Default: "90", Min: 0, Max: 900, Step: 10, Group: scale, Only: Condition{Name: "scale", Values: []string{"1"}}, Help: "拉镜像、装载权重、预热。"},
			{Name: "price", Kind: Number, Label: "一个副本每小时", Unit: "元", Default: "3", Min: 0, Max: 1000, Group: scale, Bare: true, Help: "假设，请换成自己的租金或折旧加电费。"},
			{Name: "seed", Kind: Number, Label: "随机种子", Default: "1", Min: 0, Max: 999999, Whole: true, Group: scale, Bare: true},
		},
		Guess: &Guess{
			Question: "机器不动，负载从最大吞吐的 70% 加到 90%，最慢的那 1% 请求的首字时间会变成原来的几倍？",
			Options:  []Option{{"same", "差不多，1.5 倍以内"}, {"double", "1.5 到 3 倍"}, {"many", "3 倍以上"}},
		},
		TryIt: []Experiment{
			{
				Do:     "把负载设成 90%，看“首字时间随负载”那张图；再与 70% 比一比吞吐只多了几成。",
				Notice: "吞吐多不到三成，最慢的 1% 却等了十倍以上。中位数几乎没动，所以只看平均或中位数会以为没事。",
				Params: map[string]string{"load": "90"},
			},
			{
				Do:     "保持 80%，把“最多同时算”改成 1。",
				Notice: "一个一个算，最大吞吐掉到几分之一：每一步都要把全部权重读一遍，只为一个人读就浪费了。连续批处理让大家分摊。",
				Params: map[string]string{"batch": "1"},
			},
			{
				Do:     "平均负载降到 60%，但让请求有高峰；再打开自动扩缩容，启动延迟 90 秒。",
				Notice: "平均 60% 也会慢，因为高峰时超过了 100%。扩容有用，但新副本要 90 秒才到，高峰的头一分半没有它。",
				Params: map[string]string{"load": "60", "pattern": "bursty", "scale": "1", "delay": "90"},
			},
		},
		Note: Note{
			Goal: "学生能说出：首字时间在负载接近最大吞吐时陡升，且高分位数先升；GPU“利用率”100% 不等于满载；N+1 要从扛住高峰所需的台数往上加。",
			Ask: []string{
				"30% 负载时 GPU 已经 100% 的时间在忙，为什么还能再收三倍的请求？（看平均每步有几个请求。）",
				"为什么 p99 先坏、p50 后坏？哪一个写进 SLA？",
				"三个副本、高峰需要两个：可用性是多少？如果它们同一天升级到同一个坏版本呢？",
				"客户端超时重试，会让过载好一点还是更糟？把超时与重试打开试试。",
			},
			Wrong: []Mistake{
				{Belief: "GPU 利用率 100%，说明该加机器了。", Answer: "连续批处理下只要有一个请求在生成，GPU 就一直在忙。要看排队、批量与缓存占用。图中 30% 负载时“忙”已接近 100%。"},
				{Belief: "两台机器比一台可靠。", Answer: "取决于高峰要几台。要两台同时在，两台的可用性是 a²，比一台差；要一台就够，才是 1 −（1 − a）²。表里两种都列出。"},
				{Belief: "连续批处理不是 M/M/1，排队公式没有用。", Answer: "数字不同，方向相同。表里用同一个模拟器跑了 M/M/c，与 Erlang C 的公式相合；再换成连续批处理，曲线形状仍是接近满载时陡升。"},
			},
			Timing: "约 20 分钟：猜 3 分钟，三条“试一试”分组各做一条，最后一起读可用性那张表。",
		},
	}
}

func balances() []Option {
	return []Option{
		{"random", "随机"}, {"round-robin", "轮询"}, {"two-choices", "随机挑两个，选闲的"},
		{"least-loaded", "请求最少的"}, {"least-tokens", "词元最少的"}, {"shared-queue", "共用一条队"},
	}
}
