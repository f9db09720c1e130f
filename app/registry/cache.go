package registry

func cache() Lab {
	exact, semantic := Condition{Name: "kind", Values: []string{"exact"}}, Condition{Name: "kind", Values: []string{"semantic"}}
	return Lab{
		Name:    "cache",
		Title:   "缓存",
		Module:  "m6",
		Section: "caching",
		Summary: "把答过的答案存起来，能少算多少次，又会给出多少过期或张冠李戴的答案？精确缓存有公式也有模拟；语义缓存的模型与每个假设都写明，换成你自己的数。",
		Inputs: []Param{
			{Name: "kind", Kind: Choice, Label: "哪一种缓存", Default: "exact", Options: []Option{{"exact", "精确缓存：一字不差才算命中"}, {"semantic", "语义缓存：意思相近就算命中"}}},

			{Name: "questions", Kind: Number, Label: "不同的问题", Unit: "个", Default: "100000", Min: 10, Max: 200000, Whole: true, Scale: Log, Only: exact},
			{Name: "skew", Kind: Number, Label: "热度的集中（Zipf 指数 α）", Default: "0.8", Min: 0, Max: 1.5, Step: 0.05, Only: exact, Help: "从自己的日志估：0 是人人平均，1 是很集中。"},
			{Name: "cached", Kind: Number, Label: "缓存装得下", Unit: "个答案", Default: "1000", Min: 1, Max: 200000, Whole: true, Scale: Log, Only: exact, Help: "装满后丢掉最久没被问到的（LRU）。"},
			{Name: "perday", Kind: Number, Label: "每天的问题", Unit: "次", Default: "30000", Min: 100, Max: 10000000, Whole: true, Scale: Log, Only: exact},
			{Name: "ttl", Kind: Number, Label: "答案的有效期", Unit: "小时", Default: "24", Min: 0, Max: 2160, Scale: Log, Step: 0.1, Only: exact, Help: "0 是永久有效。"},
			{Name: "change", Kind: Number, Label: "正确答案平均多久变一次", Unit: "天", Default: "30", Min: 0, Max: 3650, Scale: Log, Step: 0.1, Only: exact, Help: "0 是从不变。"},

			{Name: "known", Kind: Number, Label: "缓存里有同义问题的比例", Unit: "%", Default: "50", Min: 0, Max: 100, Step: 1, Only: semantic},
			{Name: "threshold", Kind: Number, Label: "相似度阈值", Default: "0.85", Min: 0.5, Max: 1, Step: 0.005, Only: semantic},
			{Name: "same", Kind: Number, Label: "同义问题的相似度：平均", Default: "0.9", Min: 0, Max: 1, Step: 0.01, Only: semantic, Help: "假设，请换成自己的测量。"},
			{Name: "same_sd", Kind: Number, Label: "同义问题的相似度：标准差", Default: "0.05", Min: 0.005, Max: 0.3, Step: 0.005, Only: semantic, Help: "假设，请换成自己的测量。"},
			{Name: "other", Kind: Number, Label: "最像的异义问题：平均", Default: "0.7", Min: 0, Max: 1, Step: 0.01, Only: semantic, Help: "假设，请换成自己的测量。"},
			{Name: "other_sd", Kind: Number, Label: "最像的异义问题：标准差", Default: "0.06", Min: 0.005, Max: 0.3, Step: 0.005, Only: semantic, Help: "假设，请换成自己的测量。"},

			{Name: "cost", Kind: Number, Label: "一次回答的模型费", Unit: "元", Default: "0.074", Min: 0, Max: 100, Bare: true, Help: "课文例子里每次命中省下的钱。"},
			{Name: "penalty", Kind: Number, Label: "一个错答或过期答案的损失", Unit: "元", Default: "5", Min: 0, Max: 10000, Bare: true},
			{Name: "seed", Kind: Number, Label: "随机种子", Default: "1", Min: 0, Max: 999999, Whole: true, Bare: true, Group: "更多设置"},
		},
		Guess: &Guess{
			Question: "十万个不同的问题，缓存只装得下其中一千个（1%），大约能直接答掉多少提问？",
			Options:  []Option{{"tiny", "5% 以下"}, {"some", "5% 到 50%"}, {"most", "一半以上"}},
		},
		TryIt: []Experiment{
			{
				Do:     "有效期分别设成 1 小时、24 小时和 0（永久），看命中率与过期答案。",
				Notice: "新鲜与省钱直接相换：有效期越长命中越多，过期的答案也越多。若一个过期答案要赔 5 元，最划算的有效期比想象的短得多。",
				Params: map[string]string{"ttl": "0"},
			},
			{
				Do:     "把 α 从 0.8 改成 0.4，缓存放大十倍。",
				Notice: "流量平了，十倍的缓存也救不回来。决定命中率的先是流量，再是缓存。",
				Params: map[string]string{"skew": "0.4", "cached": "10000"},
			},
			{
				Do:     "换成语义缓存，把阈值从 0.85 降到 0.75。",
				Notice: "命中多了，错配长得更快；一个错答 5 元时，净收益早已是负的。最优阈值写在结果里。",
				Params: map[string]string{"kind": "semantic", "threshold": "0.75"},
			},
		},
		Note: Note{
			Goal: "学生能由 α、缓存大小与有效期估出命中率，并用“省下的 − 错答的损失”决定有效期或阈值。",
			Ask: []string{
				"缓存扩大十倍，命中率会扩大几倍？为什么？",
				"什么时候有效期应该设成 0.1 小时，哪怕命中率很低？",
				"语义缓存的阈值该由谁定：工程师、还是付得起错答的人？",
			},
			Wrong: []Mistake{
				{Belief: "缓存 1% 的问题，命中率就是 1%。", Answer: "热门的问题被问得多。α = 0.8 时最热的 1% 约占三分之一的提问；LRU 与有效期再打些折扣。"},
				{Belief: "语义缓存的错配率是软件的质量问题，调好就没有了。", Answer: "两个分布有重叠就一定有错配，阈值只是在两种错误之间选。要降低它，得让分布分得更开（更好的向量、重排、规则）。"},
			},
			Timing: "约 12 分钟：4 分钟猜与读图，8 分钟两人一组找自己业务的有效期。",
		},
	}
}
