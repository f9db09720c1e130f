package registry

import "courselab/lessons"

func xray() Lab {
	return Lab{
		Name:    "xray",
		Title:   "透视",
		Module:  "m3",
		Section: "components",
		Summary: "在你的文字上走完“诗芽”的整个前向计算：任何张量、任何一格都能打开它的来历；关掉一个头、一层、一条残差，看预测怎样变化。",
		Params: map[string]lessons.ParamSpec{
			"text":     {Kind: lessons.TextParam, Min: 1, Max: 200},
			"tensor":   {Kind: lessons.TextParam, Min: 1, Max: 80},
			"at":       {Kind: lessons.TextParam, Min: 3, Max: 12},
			"ablate":   {Kind: lessons.TextParam, Min: 1, Max: 400},
			"view":     {Kind: lessons.ChoiceParam, Choices: []string{"next", "heads", "lens", "cache", "backends"}},
			"position": {Kind: lessons.IntParam, Min: 0, Max: 200},
			"count":    {Kind: lessons.IntParam, Min: 1, Max: 200},
		},
		Note: Note{
			Goal: "学生能在真实的模型里指着任意一个张量说出它的形状、由谁算出；能说出注意力是唯一让位置之间交换信息的一步，残差流贯穿始终；知道 KV 缓存省的是什么、代价是什么。",
			Ask: []string{
				"从“词嵌入”按“下一步”走到“抽到的字”，一共经过哪几种运算？哪一种让两个字互相看见？（只有注意力：QKᵀ 与加权求和。）",
				"看第 0 层 归一化 N 的一格，它用到了别的位置的数吗？（没有：同一行的 128 个数。）",
				"键与值只有两组，查询有四组：头 0 和头 1 的键是同一份吗？（打开分数的一格，看操作数落在 K 的哪些列。）",
				"关掉第 2 层前馈的残差，预测挪动多少？换成第 0 层的呢？先猜，再看 KL 散度。",
				"逐层猜：从第几层起，正确的下一个字进了前三名？",
			},
			Wrong: []Mistake{
				{Belief: "每个头都有明确的分工，能起一个名字。", Answer: "打开“各个头”：约一半的头在列出的几种看法里没有突出的一种；有突出的，说的也只是权重落在哪里，不是它“负责”什么。"},
				{Belief: "关掉一个头，预测变化小，说明这个头没用。", Answer: "别的头可以顶替，这里只是一段文字上的结果。两个头分别关掉都没事，一起关掉可能就有事：自己试。"},
				{Belief: "KV 缓存让每一步的计算量不变。", Answer: "投影和前馈每步只算一行，但 QKᵀ 要和缓存里的全部位置相乘，随长度增长。看“KV 缓存”里那一行的倍数。"},
				{Belief: "WebGPU 一定比 CPU 快。", Answer: "诗芽只有一百多万个参数，一次提交的来回比算还久。打开“后端”，看逐个运算的时间。"},
			},
			Timing: "约 25 分钟：5 分钟教师用“下一步”走完一层，10 分钟两人一组各认领一个张量、向对方解释一格，5 分钟关部件并比较 KL，5 分钟讲评误解。",
		},
		TryIt: []Experiment{
			{
				Do:     "打开“各个头”，找带 ★ 的，点“看它的权重”，比如第 1 层头 1 和头 2。",
				Notice: "第 1 层头 1 多看前一个字，头 2 多看上一句的下一位置：正对着将要写的那个字，对仗就靠它。★ 只标比均匀分配明显多的。",
				Params: map[string]string{"view": "heads"},
			},
			{
				Do:     "关掉第 2 层前馈的残差，看“下一个字”；接回去，再关第 0 层前馈的残差。",
				Notice: "第 2 层的挪动比第 0 层的大十倍以上：到第 2 层，残差流里攒下了前面各层的结果，断在那里就全丢了；第 0 层只断掉词嵌入。单关一个头，挪动更小。",
				Params: map[string]string{"ablate": "ffn_residual2", "view": "next"},
			},
			{
				Do:     "打开“KV 缓存”，把要写的字数从 16 调到 40。",
				Notice: "没有缓存的总次数大致随字数的平方增长，有缓存的大致成正比；QKᵀ 那一行的倍数最小，因为它本来就要看全部位置。",
				Params: map[string]string{"view": "cache", "count": "40"},
			},
		},
	}
}
