package registry

import "courselab/lessons"

func blocks() Lab {
	return Lab{
		Name:    "blocks",
		Title:   "架构图",
		Module:  "m3",
		Section: "families",
		Summary: "原始 Transformer 与 LLaMA 家族的部件图：点开一个部件，看它做什么、有多少参数，再到“透视”里看它被算出来；编码器、解码器、编码器—解码器并排看。",
		Params: map[string]lessons.ParamSpec{
			"view": {Kind: lessons.ChoiceParam, Choices: []string{"llama", "2017", "families"}},
			"part": {Kind: lessons.ChoiceParam, Choices: []string{"embedding", "sinusoid", "norm", "layernorm", "qkv", "rope", "scores", "mask", "softmax",
				"mix", "wo", "self", "cross", "residual", "relu", "ffn", "feed", "finalnorm", "output", "sampling"}},
		},
		Note: Note{
			Goal: "学生能画出 LLaMA 的一层，说出每个部件做什么、参数大致在哪里；能指出 2017 年的图里哪几处后来换掉了，三种骨架只差谁看得见谁。",
			Ask: []string{
				"遮住图，从“词嵌入”起，把一层里的部件按次序说一遍；说到哪一步，两个词元第一次相遇？（QKᵀ。）",
				"三种骨架的方格图，哪一格不同？为什么只有解码器的可以缓存键和值？（左边的不会再变。）",
				"2017 年的图有哪几处在 LLaMA 里不见了？各换成了什么？",
				"诗芽的词嵌入为什么占这么大的比例，大模型却不是？（词嵌入随 V·d 增长，层里随 d² 与层数增长。）",
			},
			Wrong: []Mistake{
				{Belief: "注意力是参数最多的部件。", Answer: "先猜，再看下面的表：Llama 2 7B 里前馈占 64.2%，注意力 31.9%。"},
				{Belief: "解码器就是把编码器倒过来。", Answer: "两者的部件几乎一样，差在掩码和交叉注意力。看“三种骨架”的方格。"},
				{Belief: "残差连接只是训练的技巧，推理时可以省。", Answer: "点“残差”到“透视”里去，关掉一条，看分布挪动多少奈特。"},
			},
			Timing: "约 10 分钟：3 分钟猜参数在哪里，5 分钟两人一组轮流点部件、用自己的话解释，2 分钟比较三种骨架。",
		},
		TryIt: []Experiment{
			{
				Do:     "在“LLaMA 的一层”里从下往上逐个点部件，遇到 QKᵀ 就点“在透视里看”。",
				Notice: "从词嵌入到 RoPE，每个位置各算各的；到 QKᵀ 才第一次用到别的位置的数。",
				Params: map[string]string{"view": "llama", "part": "scores"},
			},
			{
				Do:     "换到“2017 年的 Transformer”，点“交叉注意力”。",
				Notice: "它的 K、V 来自编码器。只有解码器的模型没有“另一句原文”，这个部件整个拆掉了。",
				Params: map[string]string{"view": "2017", "part": "cross"},
			},
			{
				Do:     "换到“三种骨架”，比较三个方格图的第一行与最后一行。",
				Notice: "只有编码器：每一行都满。只有解码器：第一行只有自己。编码器—解码器：前三行互见，后三行还带一个三角。",
				Params: map[string]string{"view": "families", "part": "mask"},
			},
		},
	}
}
