package registry

// scenarioOf shows a control in some of the scenarios.
func scenarioOf(values ...string) Condition { return Condition{Name: "scenario", Values: values} }

func architecture() Lab {
	return Lab{
		Name:    "architecture",
		Title:   "架构优化",
		Module:  "m6",
		Section: "architecture",
		Summary: "同一批请求、同样多的机器，换一种接法：怎样分给副本，同步还是异步，冷热放在一起还是分开，放在中心还是边缘。每种接法跑一遍模拟，并排比较。",
		Inputs: []Param{
			{Name: "scenario", Kind: Choice, Label: "比什么", Default: "balance", Options: []Option{
				{"balance", "负载均衡"}, {"async", "异步处理"}, {"hotcold", "冷热分离"}, {"edge", "边缘部署"}}},
			{Name: "replicas", Kind: Number, Label: "副本", Unit: "个", Default: "4", Min: 2, Max: 16, Whole: true},
			{Name: "load", Kind: Number, Label: "负载（占最大吞吐）", Unit: "%", Default: "80", Min: 20, Max: 120, Step: 5},
			{Name: "service", Kind: Choice, Label: "副本怎样工作", Default: "single", Options: []Option{
				{"single", "一次一个，平均 2 秒（排队论的 M/M/c）"}, {"batch", "连续批处理（8B 模型，RTX 4090）"}}},

			{Name: "groups", Kind: Number, Label: "不同的会话或系统提示", Unit: "个", Default: "200", Min: 1, Max: 5000, Whole: true, Scale: Log, Only: scenarioOf("balance"), Help: "同一个会话的前缀相同，算过就可以不再算。只在连续批处理时起作用。"},
			{Name: "prefix", Kind: Number, Label: "共同的前缀", Unit: "词元", Default: "1500", Min: 0, Max: 6000, Step: 100, Whole: true, Only: scenarioOf("balance")},
			{Name: "keeps", Kind: Number, Label: "每个副本留得住", Unit: "个前缀", Default: "60", Min: 1, Max: 5000, Whole: true, Scale: Log, Only: scenarioOf("balance")},

			{Name: "peak", Kind: Number, Label: "高峰是平均的几倍", Unit: "倍", Default: "2", Min: 1, Max: 5, Step: 0.1, Only: scenarioOf("async")},
			{Name: "connections", Kind: Number, Label: "同步连接最多", Unit: "个", Default: "10", Min: 1, Max: 1000, Whole: true, Scale: Log, Only: scenarioOf("async"), Help: "线程池或网关的上限。"},
			{Name: "timeout", Kind: Number, Label: "同步请求超时", Unit: "秒", Default: "30", Min: 1, Max: 600, Scale: Log, Only: scenarioOf("async")},
			{Name: "deferrable", Kind: Number, Label: "可以拖后的请求", Unit: "%", Default: "40", Min: 0, Max: 90, Step: 5, Only: scenarioOf("async")},

			{Name: "models", Kind: Number, Label: "不同的微调模型", Unit: "个", Default: "20", Min: 2, Max: 100, Whole: true, Only: scenarioOf("hotcold")},
			{Name: "skew", Kind: Number, Label: "热度的集中（Zipf 指数）", Default: "1", Min: 0, Max: 2, Step: 0.1, Only: scenarioOf("hotcold")},
			{Name: "resident", Kind: Number, Label: "一个副本装得下", Unit: "个模型", Default: "4", Min: 1, Max: 20, Whole: true, Only: scenarioOf("hotcold")},
			{Name: "loading", Kind: Number, Label: "换装一个模型", Unit: "秒", Default: "0.65", Min: 0, Max: 60, Step: 0.05, Scale: Log, Only: scenarioOf("hotcold"), Help: "16 GB 的权重：从内存经 PCIe（25 GB/s）约 0.65 秒，从硬盘（7 GB/s）2.3 秒，经 10 Gb/s 网络 13 秒。"},

			{Name: "sites", Kind: Number, Label: "边缘站点", Unit: "处", Default: "4", Min: 2, Max: 8, Whole: true, Only: scenarioOf("edge")},
			{Name: "far", Kind: Number, Label: "到中心往返", Unit: "毫秒", Default: "40", Min: 0, Max: 300, Step: 5, Only: scenarioOf("edge")},
			{Name: "near", Kind: Number, Label: "到边缘往返", Unit: "毫秒", Default: "4", Min: 0, Max: 100, Step: 1, Only: scenarioOf("edge")},

			{Name: "seed", Kind: Number, Label: "随机种子", Default: "1", Min: 0, Max: 999999, Whole: true, Bare: true, Group: "更多设置"},
		},
		Guess: &Guess{
			Question: "四台副本，机器、流量都不变，只把“随机分、各排各的队”换成“共用一条队”，平均排队会变成原来的多少？",
			Options:  []Option{{"same", "差不多，总量没变"}, {"half", "一半左右"}, {"fifth", "三分之一以下"}},
		},
		TryIt: []Experiment{
			{
				Do:     "先看默认的负载均衡，对照课文里 8.0 秒与 1.49 秒；再换成“连续批处理”。",
				Notice: "一次一个时，模拟与 Erlang C 相合。换成连续批处理，分法的差别小了，按前缀分却冒了出来：算过的前缀不再算，等于白得了容量。",
				Params: map[string]string{"scenario": "balance", "service": "batch", "load": "85"},
			},
			{
				Do:     "看“异步处理”：同步连接只开 10 个，高峰是平均的 2 倍。",
				Notice: "同步把高峰时的请求直接拒绝掉；异步一个不丢，代价是等。机器算得并没有更快。把可拖后的四成放低优先级，急的那部分才真的快了。",
				Params: map[string]string{"scenario": "async"},
			},
			{
				Do:     "看“边缘部署”：四台集中，还是四处各一台。",
				Notice: "路上省下几十毫秒，排队却多出几秒：容量拆散了不能互补。",
				Params: map[string]string{"scenario": "edge"},
			},
		},
		Note: Note{
			Goal: "学生能对每一种架构手法说出它缓解哪一个瓶颈、代价是什么，并知道它们都不增加算力（按前缀复用除外）。",
			Ask: []string{
				"异步以后，每秒能答的题变多了吗？变的是什么？",
				"冷热分开以后，冷门请求变慢了还是变快了？谁受益？",
				"什么情况下边缘仍然值得？（断网、数据不出设备、带宽。）",
			},
			Wrong: []Mistake{
				{Belief: "加了负载均衡，容量就大了。", Answer: "容量没有变，变的是等待。负载到 100% 以上，哪种分法都排不完。把负载拖到 105% 看看。"},
				{Belief: "异步能提高吞吐。", Answer: "表里各行的“答出”差别来自被拒绝的那部分；机器每秒能算的没有变。异步换来的是“能挂起”。"},
				{Belief: "离用户近就快。", Answer: "往返几十毫秒，一次回答要几秒。拆成几处以后，各处的忙闲不能互补。"},
			},
			Timing: "约 15 分钟：四种场景分给四组，各组用一句话报告“缓解了什么，付出了什么”。",
		},
	}
}
