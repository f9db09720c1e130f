package registry

// precisions are the formats that package sim knows, widest first; a test holds
// the two lists together.
var precisions = []Option{
	{"fp32", "FP32"},
	{"fp16", "FP16 / BF16"},
	{"q8-0", "GGUF Q8_0"},
	{"int8", "INT8 权重（词表 16 位）"},
	{"w8a8", "W8A8（用 INT8 相乘）"},
	{"fp8", "FP8（用 FP8 相乘）"},
	{"q4-k-m", "GGUF Q4_K_M（4.82 位）"},
	{"q4-0", "GGUF Q4_0"},
	{"int4-g128", "INT4，GPTQ / AWQ"},
	{"nf4", "NF4"},
}

// Custom is the model whose config.json the learner pastes.
const Custom = "custom"

// configParam takes a Hugging Face config.json while model is Custom.
func configParam(model string) Param {
	return Param{Name: "config", Kind: LongText, Label: "config.json", Max: 20000, Accept: ".json,application/json",
		Empty: "把模型仓库里的 config.json 整个贴在这里，或从文件读入",
		Help:  "只在这个浏览器里读，不会上传。认识 llama、qwen2、qwen3、mixtral、deepseek_v3、kimi_k2、gpt_oss 等结构。",
		Only:  Condition{Name: model, Values: []string{Custom}}}
}

// deployed are the inputs of a model on cards.
func deployed(model, gpu, precision, batch string) []Param {
	return []Param{
		{Name: "model", Kind: Model, Label: "模型", Default: model, Trait: "arch", Options: []Option{{Custom, "自己贴一个 config.json"}},
			Help: "列出的是结构公开、可以逐项计数的模型。"},
		configParam("model"),
		{Name: "gpu", Kind: GPU, Label: "显卡", Default: gpu, Trait: "memory"},
		{Name: "gpus", Kind: Number, Label: "卡数", Unit: "张", Default: "1", Min: 1, Max: 64, Whole: true, Scale: Doubling, Help: "张量并行：每张卡分一份权重，要能整除注意力头数。"},
		{Name: "precision", Kind: Choice, Label: "权重的格式", Default: precision, Options: precisions},
		{Name: "batch", Kind: Number, Label: "同时的请求", Unit: "路", Default: batch, Min: 1, Max: 1024, Whole: true, Scale: Doubling, Help: "每一路各有自己的 KV 缓存。"},
		{Name: "kv_bits", Kind: Number, Label: "KV 缓存的位数", Unit: "位", Default: "16", Min: 2, Max: 32, Step: 2, Group: "更多设置"},
	}
}

func fit() Lab {
	return Lab{
		Name:    "fit",
		Title:   "能不能跑",
		Module:  "m4",
		Section: "fit",
		Summary: "模型、精度、上下文和并发决定显存的每一部分：放不放得下，要几张卡；预测旁边是有日期的实测，误差写明。",
		Inputs: append(deployed("qwen3-32b", "a100-sxm4-80gb", "fp16", "8"),
			Param{Name: "context", Kind: Number, Label: "每路的上下文", Unit: "词元", Default: "8192", Min: 128, Max: 2097152, Whole: true, Scale: Doubling, Help: "提示词与回答合计。"},
			Param{Name: "prefix", Kind: Number, Label: "公共前缀", Unit: "词元", Default: "0", Min: 0, Max: 1048576, Whole: true, Scale: Log, Group: "更多设置", Help: "各路相同的开头（如系统提示词）只存一份。"},
			Param{Name: "reserve", Kind: Number, Label: "预留的显存", Unit: "%", Default: "10", Min: 0, Max: 50, Step: 1, Group: "更多设置", Help: "留给激活、运行时与碎片；vLLM 默认留 10%。"},
			Param{Name: "framework", Kind: Number, Label: "框架自身", Unit: "GB", Default: "0.5", Min: 0, Max: 10, Step: 0.1, Group: "更多设置", Help: "CUDA 上下文等，假设。"},
		),
		Extra: []string{"measurements"},
		Guess: &Guess{Question: "16 位的 Qwen3-32B 权重是 65.5 GB，一张 80 GB 的卡。同时 8 个人、每人 8,192 个词元，放得下吗？",
			Options: []Option{{"yes", "放得下，还剩十几 GB"}, {"no", "放不下"}}},
		TryIt: []Experiment{
			{Do: "把同时的请求从 8 降到 1，再升到 64。", Notice: "权重一字节不变，KV 缓存成倍增长：“单卡能跑 32B”只对两三个用户成立。", Params: map[string]string{"batch": "1"}},
			{Do: "格式换成 INT4（GPTQ / AWQ），看“还能放多少”。", Notice: "权重小到不足三分之一，省下的显存变成了并发和上下文，KV 缓存还是那么大。", Params: map[string]string{"precision": "int4-g128"}},
			{Do: "模型换成 DeepSeek-V3，卡换成 H200，看要几张卡。", Notice: "每个词元只用 370 亿参数，权重却一个也不能少装；它的 KV 缓存反而很小，因为用了潜在注意力（MLA）。", Params: map[string]string{"model": "deepseek-v3", "gpu": "h200-sxm", "precision": "fp8", "gpus": "8"}},
		},
		Note: Note{
			Goal: "学生能说出显存由哪几部分组成、哪一部分随上下文与并发增长，并能给“一张卡能不能跑”补上缺的四个条件：精度、上下文、并发、余量。",
			Ask: []string{
				"“24 GB 的卡能跑 13B 吗？”这句话缺了哪些条件？（精度、上下文、并发、预留。）",
				"把并发翻倍，显存会翻倍吗？（只有 KV 翻倍；先让学生估，再看条形。）",
				"从 16 位换到 4 位，权重变成几分之一？为什么不是四分之一？（缩放因子、词表。）",
				"两张卡能放的并发是一张的几倍？（常常远不止两倍：第二张几乎全给了 KV。）",
			},
			Wrong: []Mistake{
				{Belief: "显存够装权重就能跑。", Answer: "权重只是起点：每一路会话都要一份 KV，还要激活与框架的余量。把并发调到 8 就看见。"},
				{Belief: "MoE 每次只用一部分参数，所以只要装一部分。", Answer: "每个词元选哪几个专家事先不知道，全部专家都要在显存里；省的是计算，不是显存。"},
				{Belief: "nvidia-smi 显示 90% 就是快满了。", Answer: "服务框架会把剩余显存预先划给 KV 缓存，占用高不等于不够用。"},
			},
			Timing: "约 15 分钟：先猜，5 分钟做“试一试”，最后让每人给自己的场景填一组数，用“复制链接”交上来。",
		},
	}
}

func roofline() Lab {
	return Lab{
		Name:    "roofline",
		Title:   "速度",
		Module:  "m4",
		Section: "speed",
		Summary: "预填充与逐词解码各受什么限制：带宽还是算力；并发怎样改变它；再测出这个浏览器的算力与带宽，放到同一张图上。",
		Inputs: append(deployed("llama-3-8b", "a100-sxm4-80gb", "fp16", "1"),
			Param{Name: "prompt", Kind: Number, Label: "提示词", Unit: "词元", Default: "1024", Min: 1, Max: 1048576, Whole: true, Scale: Log},
			Param{Name: "answer", Kind: Number, Label: "回答", Unit: "词元", Default: "256", Min: 1, Max: 65536, Whole: true, Scale: Log},
			Param{Name: "bandwidth_share", Kind: Number, Label: "带宽用到", Unit: "%", Default: "70", Min: 10, Max: 100, Step: 1, Group: "效率（假设）", Help: "程序达到公布带宽的几成；100% 就是屋顶线本身。"},
			Param{Name: "rate_share", Kind: Number, Label: "算力用到", Unit: "%", Default: "70", Min: 10, Max: 100, Step: 1, Group: "效率（假设）"},
			Param{Name: "link", Kind: Number, Label: "卡间带宽", Unit: "GB/s", Default: "32", Min: 1, Max: 2000, Scale: Log, Group: "效率（假设）", Help: "单向；PCIe 4.0 ×16 约 32，NVLink 4 约 450。"},
			Param{Name: "browser_gflops", Kind: Number, Label: "CPU 算力", Unit: "GFLOP/s", Min: 0.01, Max: 1e6, Bare: true, Optional: true, Empty: "没有测", Group: "这个浏览器（实测）"},
			Param{Name: "browser_webgpu", Kind: Number, Label: "WebGPU 算力", Unit: "GFLOP/s", Min: 0.01, Max: 1e6, Bare: true, Optional: true, Empty: "没有测", Group: "这个浏览器（实测）"},
			Param{Name: "browser_gbps", Kind: Number, Label: "内存带宽", Unit: "GB/s", Min: 0.01, Max: 1e5, Bare: true, Optional: true, Empty: "没有测", Group: "这个浏览器（实测）"},
		),
		Extra: []string{"measurements"},
		Guess: &Guess{Question: "A100 每秒能做 312 万亿次运算。一路对话逐词生成时，先用完的是什么？",
			Options: []Option{{"compute", "算力"}, {"bandwidth", "显存带宽"}}},
		TryIt: []Experiment{
			{Do: "把同时的请求从 1 加到 32，看合计与每路。", Notice: "合计涨了二十多倍，每路只慢一点：权重只读一次，大家分摊。", Params: map[string]string{"batch": "32"}},
			{Do: "提示词加到 32,768 个词元，再看首字时间和 32 路的解码。", Notice: "提示词变成 32 倍，首字时间涨得还要多；每步解码的大半时间在读 KV，并发的好处早早用完。", Params: map[string]string{"prompt": "32768", "batch": "32"}},
			{Do: "按“测这个浏览器”，看自己的屋顶线落在哪里。", Notice: "浏览器的屋顶低三四个数量级，形状却一样：左边受带宽限制，右边受算力限制。"},
		},
		Note: Note{
			Goal: "学生能用“每读一个字节做几次运算”判断一项工作受什么限制，并解释为什么批处理提高合计吞吐，为什么量化不一定更快。",
			Ask: []string{
				"换一张算力翻倍、带宽不变的卡，单路对话会快多少？（几乎不变。）",
				"为什么首字慢、后面快，或者反过来？（两段受不同的东西限制。）",
				"并发从 1 加到 32，电费几乎不变，产出多少倍？这对价格意味着什么？",
				"预测与实测差一半时，先怀疑什么？（效率假设、内核、框架，而不是公式。）",
			},
			Wrong: []Mistake{
				{Belief: "算力（TFLOPS）高的卡，生成一定快。", Answer: "单路解码看的是带宽。把显卡从 A100 换成 RTX 4090：算力接近，带宽只有一半。"},
				{Belief: "量化到 4 位，速度就是四倍。", Answer: "只有读权重那部分变少；没有配好的内核时还会变慢（实测见表）。"},
				{Belief: "延迟和吞吐是一回事。", Answer: "看“每路”和“合计”两条线：并发加大，一条升，一条降。"},
			},
			Timing: "约 15 分钟：猜 2 分钟，试一试 8 分钟，最后全班各测自己的浏览器，把数字写到黑板上比一比。",
		},
	}
}
