package registry

func scalingLaw() Lab {
	return Lab{
		Name:    "scaling-law",
		Title:   "规模定律",
		Module:  "m3",
		Section: "scaling-law",
		Summary: "花一份训练算力：几组发表过的常数各主张多大的模型、多少数据；把真实的模型放到同一张图上，看谁练得不够、谁练过了头。",
		Data:    []string{"scaling"},
		Inputs: []Param{
			{Name: "log_flops", Kind: Number, Label: "训练算力 C = 10 的几次方 FLOP", Unit: "", Default: "23.76", Min: 15, Max: 27, Step: 0.02, Help: "23.76 是 Gopher 与 Chinchilla 的预算，5.76 × 10²³。"},
			{Name: "ratio", Kind: Number, Label: "你的分法：每参数", Unit: "词元", Default: "20", Min: 0.1, Max: 10000, Scale: Log, Help: "Chinchilla 是 20；Llama 3 8B 约 1,870。"},
		},
		Guess: &Guess{
			Question: "同一批实验、同一个公式，印在论文里的常数与重新拟合的常数，给出的最优参数量差多少？",
			Options:  []Option{{"same", "几乎一样"}, {"some", "差一半以内"}, {"double", "差一倍以上"}},
		},
		TryIt: []Experiment{
			{
				Do:     "算力留在 5.76 × 10²³，每参数的词元从 20 调到 1.7（GPT-3 的分法），再调到 300（Llama 2 7B 的）。",
				Notice: "两头都比谷底高，但高得不多：谷底很平。于是“练过头”的小模型只多花一点训练，却省下今后每一次调用。",
				Params: map[string]string{"ratio": "1.7"},
			},
			{
				Do:     "把算力降到 10 的 18 次方，看四组常数的分歧。",
				Notice: "外推得越远，常数的小差别放得越大；在它们拟合过的范围里，分歧反而小。",
				Params: map[string]string{"log_flops": "18"},
			},
			{
				Do:     "看“真实的模型”：哪些点在线的下方？",
				Notice: "2023 年以后的点几乎都在下方很远：为了推理便宜而多练。GPT-3 与 Gopher 在上方。",
				Params: map[string]string{"log_flops": "24"},
			},
		},
		Note: Note{
			Goal: "学生能用 C = 6ND 对账，说出一份算力在参数与数据之间怎样分，并知道“每参数 20 个词元”来自哪一次拟合。",
			Ask: []string{
				"同一批数据，只是把常数四舍五入，最优参数量就变了四分之一。哪个常数最敏感？",
				"Llama 3 8B 每参数约 1,870 个词元，是不是“练错了”？",
				"两个模型的损失一个 1.92、一个 2.31，能说前者好吗？还要问什么？",
			},
			Wrong: []Mistake{
				{Belief: "每参数 20 个词元是定律。", Answer: "换一组常数就不是 20；而且它只问训练最省，不问今后要调用多少次。"},
				{Belief: "损失低就是能力强。", Answer: "只在同一个分词器、同一份数据上可比。Kaplan 那一条线与另外三条的高低没有意义。"},
				{Belief: "参数越多损失越低。", Answer: "算力固定时，参数多了词元就少：曲线先降后升。"},
			},
			Timing: "约 15 分钟：先猜，再按“试一试”一条条看，最后各组挑一个真实的模型，算它偏离最优多少。",
		},
	}
}
