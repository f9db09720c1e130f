package registry

func scale() Lab {
	config := configParam("own")
	config.Only.Values = []string{"1"}
	return Lab{
		Name:    "scale",
		Title:   "规模",
		Module:  "m3",
		Section: "count",
		Summary: "从 112 万参数的“诗芽”到 Llama 2 的 7B、13B、70B，再到 MoE：参数在哪里，前向计算、显存与 KV 缓存各多少，按同一比例画出；也可以贴自己的 config.json。",
		Inputs: []Param{
			{Name: "models", Kind: List, Label: "比较哪些模型（诗芽总在第一个）", Default: "llama-2-7b,llama-2-13b,llama-2-70b,qwen2.5-7b,mixtral-8x7b,qwen3-30b-a3b,deepseek-v3", Trait: "params", Max: 12},
			{Name: "context", Kind: Number, Label: "上下文", Unit: "词元", Default: "4096", Min: 1, Max: 1048576, Whole: true, Scale: Doubling},
			{Name: "batch", Kind: Number, Label: "同时的请求", Unit: "路", Default: "1", Min: 1, Max: 1024, Whole: true, Scale: Doubling},
			{Name: "vary", Kind: Model, Label: "给哪个模型换注意力", Default: "llama-2-70b", Trait: "arch"},
			{Name: "own", Kind: Toggle, Label: "加上自己的 config.json", Default: "0"},
			config,
			{Name: "bits", Kind: Number, Label: "每个权重的位数", Unit: "位", Default: "16", Min: 1, Max: 32, Step: 0.5, Group: "更多设置"},
			{Name: "kv_bits", Kind: Number, Label: "KV 缓存的位数", Unit: "位", Default: "16", Min: 2, Max: 32, Step: 2, Group: "更多设置"},
			{Name: "window", Kind: Number, Label: "滑动窗口", Unit: "词元", Default: "1024", Min: 16, Max: 65536, Whole: true, Scale: Doubling, Group: "更多设置", Help: "“换一种注意力”里，每 6 层有 5 层只看这么远，如 Gemma 3。"},
		},
		Guess: &Guess{Question: "Llama 2 70B 的参数是 7B 的十倍。读同样长的一段话，它的 KV 缓存是 7B 的几倍？",
			Options: []Option{{"more", "十倍左右"}, {"same", "一两倍"}, {"less", "比 7B 还小"}}},
		TryIt: []Experiment{
			{Do: "看“各部件的份额”：诗芽和 DeepSeek-V3 的词表各占多少。", Notice: "同一种结构，小模型三分之一以上的参数在词表里，大模型不到百分之一：“参数量”不是同一种东西。", Params: map[string]string{"models": "deepseek-v3"}},
			{Do: "把上下文加到 131,072，看 KV 缓存与权重谁大。", Notice: "13B 用 MHA，缓存已是权重的四倍；DeepSeek-V3 用 MLA，671B 的模型缓存反而比 7B 的小得多。", Params: map[string]string{"context": "131072"}},
			{Do: "打开“加上自己的 config.json”，贴一个你在用的模型。", Notice: "公开的配置足以算出参数量、权重体积和 KV；算不出的只有质量。", Params: map[string]string{"own": "0"}},
		},
		Note: Note{
			Goal: "学生能由一份配置算出参数量、权重体积与 KV 缓存，说清三者各随什么增长，并知道参数量本身不是能力。",
			Ask: []string{
				"上面那张图里诗芽去哪了？要放大多少倍才看得见？",
				"Mixtral 8x7B 为什么不是 56B？（注意力与词表只有一份，八份的是前馈。）",
				"70B 的 KV 缓存为什么比 7B 还小？换成 MHA 会怎样？",
				"“13B 才能做复杂推理”这句话，拿得分表里的哪一行可以反驳？",
			},
			Wrong: []Mistake{
				{Belief: "参数越多，显存里的一切都按比例变大。", Answer: "权重按参数量，KV 缓存按层数、键值头和上下文；换一种注意力就差几十倍。"},
				{Belief: "MoE 的参数量和稠密模型可以直接比。", Answer: "显存看总参数，每个词元的计算看激活参数；表里两列并排。"},
				{Belief: "7B、13B、70B 是能力的档次。", Answer: "同样大小，年份与数据不同，得分可以差三十分；看得分表和日期。"},
			},
			Timing: "约 15 分钟：先猜，再让每组认领一个模型，按公式手算 KV 缓存，和实验对答案。",
		},
	}
}
