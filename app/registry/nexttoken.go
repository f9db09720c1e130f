package registry

import "courselab/lessons"

func nextToken() Lab {
	return Lab{
		Name:    "next-token",
		Title:   "下一个字",
		Module:  "m1",
		Section: "sampling",
		Summary: "小模型“诗芽”在你的浏览器里预测并续写：温度、top-k、top-p 直接作用在完整的概率分布上，切掉了什么一目了然，任何一个字都可以改走另一条路。",
		Params: map[string]lessons.ParamSpec{
			"text":        {Kind: lessons.TextParam, Min: 1, Max: 200},
			"kept":        {Kind: lessons.TextParam, Min: 1, Max: 200},
			"count":       {Kind: lessons.IntParam, Min: 0, Max: 200},
			"temperature": {Kind: lessons.FloatParam, Min: 0, Max: 5},
			"topk":        {Kind: lessons.IntParam, Min: 0, Max: 100000},
			"topp":        {Kind: lessons.FloatParam, Min: 1e-9, Max: 1},
			"minp":        {Kind: lessons.FloatParam, Min: 0, Max: 1},
			"penalty":     {Kind: lessons.FloatParam, Min: 1e-3, Max: 10},
			"seed":        {Kind: lessons.IntParam, Min: 0, Max: 999999999},
			"at":          {Kind: lessons.IntParam, Min: 0, Max: 200},
		},
		Note: Note{
			Goal: "学生能说出：模型每一步给出的是整张字表上的一个分布；温度改它的形状，top-k、top-p、min-p 按名次、累计、比例切掉尾巴；写出哪个字是抽签，改一个字，后面全变。",
			Ask: []string{
				"先别动：模型最看好的那个字，概率有多大？猜一个数，再看第一行。（常常不到一半：模型不是在“查”下一个字。）",
				"把温度拉到 0，再换种子，文字会变吗？为什么？（不变：不抽签，种子没有用处。）",
				"top-k 取 3 与 top-p 取 0.9，在“很有把握”的位置和“没有把握”的位置各留下几个？走到两个位置各看一眼。",
				"第三个字改走第二名，后面的字为什么也变了？（后面每一步都以它为条件。）",
				"标橙的字是模型没料到的。它们多半出现在一行的什么位置？",
			},
			Wrong: []Mistake{
				{Belief: "温度是“创造力”。", Answer: "温度只是在 softmax 之前除分数。名次一个也不变（看第一行到第二十行的次序），变的是差距；“有创意”是抽到了冷门字，冷门字也可能就是错字。"},
				{Belief: "top-p 0.9 就是留下 90% 的字。", Answer: "留下的是合占 90% 概率的那几个。看步骤那一行：3003 个符号里可能只留十来个。"},
				{Belief: "温度 0 写出的最好。", Answer: "每步取最大，不等于整句最大；小模型尤其容易绕圈子重复。把温度调到 0、字数调多，看它写到后面怎样。"},
				{Belief: "同一个种子一定得同样的字。", Answer: "在这里是的：同样的设置、同样的后端，逐字相同。换后端，浮点求和次序不同，两个概率几乎相等时名次可能互换，从那里起就走两条路。"},
			},
			Timing: "约 15 分钟：3 分钟猜温度与 top-p 的关系，7 分钟两人一组做“试一试”，5 分钟比较各组在同一个字上改走的路。用“复制链接”把一条岔路发给全班。",
		},
		TryIt: []Experiment{
			{
				Do:     "温度调到 0，看写出的全文；再“换个种子重写”两次。",
				Notice: "一字不差。温度 0 每步取第一名，没有抽签，种子不起作用。",
				Params: map[string]string{"temperature": "0", "count": "48"},
			},
			{
				Do:     "把 top-k 调到 0、top-p 调到 1，温度调到 1.8，看写出的字和“分散程度”。",
				Notice: "什么也没切，长长的尾巴合起来占了不少：每一步都有机会抽到离谱的字，一抽到，后面就跟着离谱。",
				Params: map[string]string{"temperature": "1.8", "topk": "0", "topp": "1"},
			},
			{
				Do:     "走到第 3 个字，点名次第二的候选，再往后看。",
				Notice: "从那个字起，后面每一个分布都变了：模型以写出来的字为条件，自己也收不回来。推理模型的“想一想再答”，想的也是这样一条路。",
				Params: map[string]string{"at": "2"},
			},
		},
	}
}
