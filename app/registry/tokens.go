package registry

// tokensSample holds Chinese, a character that is not common, English, digits and
// an emoji.
const tokensSample = "床前明月光，疑是地上霜。大模型按词元收费：a 128K context holds about 200,000 汉字。🌕"

func tokensLab() Lab {
	const price = "价格与上下文"
	return Lab{
		Name:    "tokens",
		Title:   "分词",
		Module:  "m1",
		Section: "tokens",
		Summary: "在课文或你自己的文字上当场训练字节对编码（BPE），一次合并一步地看；比较中文与英文每个词元装多少字，以及这对价格和上下文意味着什么。",
		Data:    []string{"models", "passages"},
		Inputs: []Param{
			{Name: "source", Kind: Choice, Label: "从哪份文字学", Default: "all", Options: []Option{
				{"all", "全部课文"}, {"m1", "第 1 单元课文"}, {"m2", "第 2 单元课文"}, {"m3", "第 3 单元课文"}, {"m4", "第 4 单元课文"}, {"m5", "第 5 单元课文"}, {"m6", "第 6 单元课文"},
				{"own", "你的文字"}}},
			{Name: "vocab", Kind: Number, Label: "词表大小", Unit: "个词元", Default: "2256", Min: 256, Max: 8256, Step: 50, Whole: true, Help: "256 个字节，加上学到的合并。"},
			{Name: "text", Kind: LongText, Label: "你的文字", Default: "", Max: 400000, Accept: ".txt,.md,.csv,text/plain", Only: Condition{"source", []string{"own"}}, Help: "贴一段，或读入 UTF-8 的文本文件；越长，学到的越像样。只留在这个浏览器里。"},
			{Name: "sample", Kind: LongText, Label: "要切的文字", Default: tokensSample, Min: 1, Max: 2000},
			{Name: "step", Kind: Number, Label: "只用前几次合并", Unit: "次", Default: "", Max: 8000, Whole: true, Bare: true, Optional: true, Empty: "全部", Help: "填 0 是没有合并；下面的滑块与按钮改的也是它。"},
			{Name: "model", Kind: Model, Label: "算钱用的型号", Default: "deepseek-v4-flash", Group: price},
			{Name: "volume", Kind: Number, Label: "一共要读", Unit: "字符", Default: "1000000", Min: 1000, Max: 1000000000, Whole: true, Scale: Log, Group: price},
		},
		Guess: &Guess{
			Question: "词表只学过这份中文课文。同一段话的中文和英文两种写法，哪一种切出的词元少？",
			Options:  []Option{{"chinese", "中文少"}, {"english", "英文少"}, {"same", "差不多"}},
		},
		TryIt: []Experiment{
			{
				Do:     "“只用前几次合并”填 0，再按“下一次合并”一步步走，看最先合成的是什么。",
				Notice: "头三次合成的都不是字，是许多汉字与标点共有的头两个字节：虚线框单独解码只会得到 �。第 4 次才有第一个完整的符号（逗号），第 7 次是“的”。",
				Params: map[string]string{"step": "0"},
			},
			{
				Do:     "词表从 2,256 拉到 5,256，先看开头四个字，再看“词表越大”那张图里训练文字与样本几条线。",
				Notice: "“床前明月”成了一个词元，因为课文老拿它举例；“霜”却还是两块。训练文字一路上升，英文与代码样本先变平：后来的合并记住的是这份文字自己的套话。真实的词表靠更多样的文字，不只靠更多次合并。",
				Params: map[string]string{"vocab": "5256"},
			},
			{
				Do:     "改成“你的文字”，只贴一个字重复几百遍。",
				Notice: "头两次合出一个字，以后每次长度翻一倍，几次就没有出现两次的一对了：词表停住，页面说明原因。压缩得再好，对别的文字也没有用。",
				Params: map[string]string{"source": "own", "text": tokensRepeated, "sample": "啊啊啊啊啊，你好"},
			},
		},
		Note: Note{
			Goal: "学生能说出词元从字节合并而来、次序由计数决定，能从一段样本的比率推算费用与上下文，并说明为什么比率随语言与词表而变。",
			Ask: []string{
				"先猜：合并 20 次以后，“月”是一个词元吗？（看框：还是两块。前二十次多半在合成汉字共有的头两个字节。）",
				"同一段话，中文 116 个字、英文 384 个字符，哪一种词元少？换一份词表呢？（看真实的词表那张表：从 2.9 倍到 0.86 倍。）",
				"Qwen3 切数字样本得 89 个词元，正好是它的字符数，为什么？（它把数字一位一位地切。）",
				"词表翻倍，词嵌入的参数翻倍，省下的词元却越来越少。你会停在哪里？",
			},
			Wrong: []Mistake{
				{Belief: "一个词元就是一个字（或一个词）。", Answer: "走到第 0 次合并：一个汉字三个词元。走到最后：常用的几个字一个词元，少用的字还是两三个。"},
				{Belief: "词元按词义切。", Answer: "看合并表：有“模型的”这样跨过词边界的，也有英文单词半路上的碎片。合并只看并排出现的次数。"},
				{Belief: "中文天生比英文费词元。", Answer: "费不费看词表学了什么。在这份中文课文学出的词表里是英文费；新一代真实词表里中文的词元数已少于英文。"},
				{Belief: "单价低的模型一定便宜。", Answer: "单价是每词元的。先用各自的分词器量自己的文字，再乘单价。"},
			},
			Timing: "约 15 分钟：先猜，5 分钟一步步走前 60 次合并，5 分钟各组贴一段自己行业的文字比较比率，最后算一份合同的费用。",
		},
	}
}

// tokensRepeated is a text of one character only.
const tokensRepeated = "啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊啊"
