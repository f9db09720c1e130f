package registry

import "courselab/lessons"

func module3() []Lab {
	return []Lab{
		attention(),
		xray(),
		blocks(),
		scale(),
		scalingLaw(),
	}
}

func attention() Lab {
	return Lab{
		Name:    "attention",
		Title:   "注意力公式",
		Module:  "m3",
		Section: "attention",
		Summary: "在你自己的文字上逐格计算 softmax(QKᵀ/√d_k)V：改 Q、K、V 的任何一格，开关因果掩码，看为什么要除以 √d_k。",
		Params: map[string]lessons.ParamSpec{
			"text":   {Kind: lessons.TextParam, Min: 1, Max: 64},
			"heads":  {Kind: lessons.IntParam, Min: 1, Max: 4},
			"dk":     {Kind: lessons.IntParam, Min: 2, Max: 64},
			"causal": {Kind: lessons.BoolParam},
			"scale":  {Kind: lessons.BoolParam},
			"seed":   {Kind: lessons.IntParam, Min: 0, Max: 999999999},
			// Of the course's model, instead of drawn ones: a layer and a head of it,
			// counted from 0.
			"source": {Kind: lessons.ChoiceParam, Choices: []string{"model"}},
			"layer":  {Kind: lessons.IntParam, Min: 0, Max: 999},
			"mhead":  {Kind: lessons.IntParam, Min: 0, Max: 999},
			// The matrix and head shown first.
			"matrix": {Kind: lessons.ChoiceParam, Choices: []string{"q", "k", "v", "scores", "scaled", "masked", "weights", "output"}},
			"head":   {Kind: lessons.IntParam, Min: 1, Max: 4},
		},
		Note: Note{
			Goal: "学生能指着权重矩阵的任意一格，说出它由哪两个向量点积、除以什么、和谁一起做 softmax；并能解释为什么不除以 √d_k，权重会随 d_k 变尖。",
			Ask: []string{
				"先别看图：一行权重加起来是多少？为什么一定是这个数？（每行之和为 1；让学生挑一行，打开表格自己加。）",
				"打开因果掩码之前先问：第一个字那一行会变成什么样？（只剩自己一格，权重必为 1，与 Q、K 的内容无关。）",
				"把 d_k 从 4 调到 64，关掉“除以 √d_k”：颜色会更均匀还是更集中？先举手表决，再看熵的曲线。",
				"把某个字的 V 改掉一格，权重矩阵会变吗？输出的哪些行会变？（权重不变；凡是给了它权重的行，输出都变。）",
				"默认的 Q、K、V 来自随机的投影。那么眼前的“关注”有语义吗？训练改变的是哪几个矩阵？（把来源换成诗芽的一个头，对照着看。）",
			},
			Wrong: []Mistake{
				{Belief: "权重高就说明这个字“重要”，或者模型“理解”了它。", Answer: "本实验的投影是随机种子生成的，没有训练过；权重只说明此刻 q·k 较大。换一个种子，图案就变了。即便在训练过的模型里，权重也不等于重要性，还要看被取走的 V。"},
				{Belief: "除以 √d_k 是为了防止数值溢出。", Answer: "溢出由 softmax 先减去最大值来避免（打开权重的一格就能看到这个减法）。除以 √d_k 是为了让点积的方差不随 d_k 增大：各分量独立、方差为 1 时，点积的方差是 d_k。"},
				{Belief: "掩码把未来的权重设成 0 就行。", Answer: "若在 softmax 之后置零，一行加起来就不再是 1。这里在 softmax 之前加 −∞，其余的格子重新分配全部权重。开关掩码，看同一行剩下的格子怎样变大。"},
				{Belief: "QKᵀ 是对称的：A 看 B 与 B 看 A 一样多。", Answer: "Q 与 K 来自不同的投影，矩阵不对称；找出第 i 行第 j 列与第 j 行第 i 列比一比。"},
				{Belief: "几个头就是把同一件事做几遍取平均。", Answer: "每个头有自己的投影，权重图各不相同；输出是拼接后再投影，不是平均。把头数调到 4，四张小图放在一起看。"},
			},
			Timing: "约 15 分钟：3 分钟猜，7 分钟两人一组做“试一试”，5 分钟对照下面的误解讲评。可把调好的状态用“复制链接”发给全班，所有人打开的是同一张图。",
		},
		TryIt: []Experiment{
			{
				Do:     "把 d_k 调到 64，先开着、再关掉“除以 √d_k”，各看一眼权重矩阵和下面熵的曲线。",
				Notice: "不除时，每行几乎只剩一格有颜色：点积的大小随 √d_k 增长，softmax 就被最大的那一格占满，熵接近 0，梯度也跟着消失。",
				Params: map[string]string{"dk": "64", "scale": "false", "matrix": "weights"},
			},
			{
				Do:     "打开因果掩码，看“加掩码”与“权重”两步；再从第一行往下逐行移动焦点。",
				Notice: "斜线格是 −∞，权重恰为 0；第一行只能看自己，权重必为 1；越往下可看的越多。生成式模型正是这样只看左边。",
				Params: map[string]string{"causal": "true", "matrix": "weights"},
			},
			{
				Do:     "选中 V 的一格按回车，改成 10，再看“权重”和“输出”。",
				Notice: "权重一格不变，输出只在这一列变化，变化的多少正是那一行给它的权重乘以改动量。再去改 K 的一格：这次是一整列的分数都变。",
				Params: map[string]string{"matrix": "v"},
			},
			{
				Do:     "把“Q、K、V 的来源”换成诗芽的一个头（先载入模型），逐个换层与头，看同一句诗；再关掉“除以 √d_k”。",
				Notice: "随机的头没有规律，训练过的头有：有的总看前一个字，有的把许多权重放在开头的记号上。选中 Q 的一格，最后一个链接到“透视”里，从 RoPE 一直追到词嵌入。",
				Params: map[string]string{"source": "model", "layer": "0", "mhead": "0", "causal": "true", "text": "白日依山尽，黄河入海流。"},
			},
		},
	}
}
