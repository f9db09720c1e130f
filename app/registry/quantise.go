package registry

func quantise() Lab {
	return Lab{
		Name:    "quantise",
		Title:   "量化",
		Module:  "m6",
		Section: "quantisation",
		Summary: "“诗芽”的 fp32、fp16、int8、int4：直方图、误差、困惑度、体积与实测速度，同一个种子写出的诗并排看。",
		Wide:    true,
		Shiya:   true,
		Inputs: []Param{
			{Name: "bits", Kind: Choice, Label: "每个权重的位数", Default: "4", Options: []Option{
				{"32", "fp32"}, {"16", "fp16"}, {"8", "int8"}, {"4", "int4"}, {"3", "int3"}, {"2", "int2"}}},
			{Name: "group", Kind: Choice, Label: "谁共用一个尺度", Default: "channel", Only: integerBits, Options: []Option{
				{"whole", "整个矩阵"}, {"channel", "每行（每个输出通道）"}, {"128", "一行里每 128 个"}, {"64", "一行里每 64 个"}, {"32", "一行里每 32 个"}},
				Help: "尺度要另存：分得越细，误差越小，占得越多。"},
			{Name: "zero", Kind: Choice, Label: "零点", Default: "symmetric", Only: integerBits, Options: []Option{
				{"symmetric", "对称：零点就是 0"}, {"asymmetric", "非对称：每个尺度另配一个零点"}}},
			{Name: "method", Kind: Choice, Label: "怎样舍入", Default: "nearest", Only: integerBits, Options: []Option{
				{"nearest", "就近舍入"}, {"gptq", "GPTQ（看校准文字，2022）"}},
				Help: "GPTQ 在“开始测量”之后才算：它要先让模型读校准文字。"},
			{Name: "part", Kind: Choice, Label: "看哪个矩阵", Default: "up", Options: []Option{
				{"embedding", "E（嵌入，也作输出）"}, {"q", "W_Q"}, {"k", "W_K"}, {"v", "W_V"}, {"o", "W_O"}, {"gate", "W_gate"}, {"up", "W_up"}, {"down", "W_down"}}},
			{Name: "layer", Kind: Number, Label: "第几层", Default: "0", Min: 0, Max: 3, Whole: true,
				Only: Condition{Name: "part", Values: []string{"q", "k", "v", "o", "gate", "up", "down"}}},
			{Name: "prompt", Kind: Text, Label: "诗的开头", Default: "明月", Min: 1, Max: 20, Group: "测量用"},
			{Name: "seed", Kind: Number, Label: "随机种子", Default: "1", Min: 0, Max: 999999, Whole: true, Bare: true, Group: "测量用", Help: "写诗与写校准文字都用它。"},
			{Name: "poems", Kind: Number, Label: "校准用的诗", Unit: "首", Default: "32", Min: 8, Max: 128, Whole: true, Step: 8, Group: "测量用", Help: "由“诗芽”自己写。"},
		},
		Run: &Run{
			Start: "开始测量",
			About: "量困惑度、逐个矩阵的影响、速度，再把各种方法与位数比一遍。先出所选设置的结果，全部约要一分钟，可以随时暂停。",
		},
		Guess: &Guess{
			Question: "权重从 16 位压到 4 位，每 32 个共用一个 16 位的尺度。体积变成原来的多少？",
			Options:  []Option{{"quarter", "正好四分之一"}, {"more", "比四分之一多一成以上"}, {"half", "一半以上"}},
		},
		TryIt: []Experiment{
			{
				Do:     "int4，共用尺度的从“每行”换成“整个矩阵”，再点“开始测量”。",
				Notice: "一个离群的权重撑大了整个矩阵的尺度，其余的全挤进中间几格。每行一个尺度时困惑度几乎不变，换成整个矩阵一个就坏掉：位数没有变，变的是谁和谁共用。",
				Params: map[string]string{"bits": "4", "group": "whole"},
			},
			{
				Do:     "看嵌入矩阵 E，int4；测量后看“哪些矩阵最怕量化”。",
				Notice: "E 占全部参数的三分之一，又兼作输出矩阵，它的误差每个字都要经过两次。真实模型常把词表留在 16 位，正是为此。",
				Params: map[string]string{"bits": "4", "part": "embedding"},
			},
			{
				Do:     "3 位、非对称，先就近舍入测一次，再换 GPTQ 测一次。",
				Notice: "4 位时两种方法差得不多，3 位时差出一截：GPTQ 用后面的列去补前面的误差，位数越少越值得。它不总是赢：表里找一格它更差的。",
				Params: map[string]string{"bits": "3", "zero": "asymmetric", "method": "gptq"},
			},
		},
		Note: Note{
			Goal: "学生能算出一种量化存法的真实体积（尺度和零点也占地方），会用困惑度而不是权重误差判断代价，并分得清“小了”和“快了”。",
			Ask: []string{
				"int4 为什么不是 fp16 的四分之一？多出来的在哪里？",
				"权重误差最大的矩阵，是不是最伤困惑度的矩阵？为什么？",
				"同一个种子写出的诗变了，能说明模型变差了吗？该看什么？",
				"int8 在放得进缓存的矩阵上也快，原因和放不进时一样吗？",
			},
			Wrong: []Mistake{
				{Belief: "位数减半，速度就翻倍。", Answer: "看“int8 快多少”：受内存限制的大矩阵才接近字节数之比；“诗芽”这样小的模型，写一个字的时间还有一大半花在别处。没有对应的内核，量化还会变慢，见课文的表。"},
				{Belief: "量化误差均匀地伤到每个矩阵。", Answer: "逐个矩阵的表里，最怕的与最不怕的差几十倍。按张量选位数正是由此而来。"},
				{Belief: "困惑度几乎不变，所以输出也不变。", Answer: "同一个种子的两首诗往往从中间分开：单个输出会变，分布几乎不变。要重现旧输出的业务不能只看困惑度。"},
			},
			Timing: "约 15 分钟：先猜体积，看直方图 5 分钟；开始测量，等的时候算一遍体积；最后看哪些矩阵最怕量化。",
		},
	}
}

// integerBits is met where weights become integers.
var integerBits = Condition{Name: "bits", Values: []string{"8", "4", "3", "2"}}
