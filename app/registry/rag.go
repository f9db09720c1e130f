package registry

// ragInstruction is what the prompt begins with.
const ragInstruction = "只根据下面的资料回答问题。资料里没有答案就说“资料里没有”，不要猜。每句话后面用 [编号] 注明出处。"

func rag() Lab {
	const (
		prompt  = "提示词与词元"
		speed   = "速度的假设"
		finding = "更多检索设置"
	)
	return Lab{
		Name:    "rag",
		Title:   "大模型在 RAG 中",
		Module:  "m5",
		Section: "rag-limits",
		Summary: "在本课程自己的课文（或你粘贴的文字）上检索：切块、重叠、BM25、取前 k 段，看拼出的提示词、词元、延迟与任何型号的每问成本；用课程自己的题集量 recall@k 与 MRR。",
		Data:    []string{"models", "passages", "rag-questions"},
		Inputs: []Param{
			{Name: "question", Kind: Text, Label: "问题", Default: "70B 模型的 KV 缓存为什么反而比 7B 的小？", Min: 1, Max: 200},
			{Name: "size", Kind: Number, Label: "块长", Unit: "字", Default: "300", Min: 40, Max: 2000, Step: 20, Whole: true},
			{Name: "overlap", Kind: Number, Label: "重叠", Unit: "字", Default: "60", Max: 1000, Step: 10, Whole: true, Help: "每块重复前一块末尾的字数，至多块长的一半。"},
			{Name: "topk", Kind: Number, Label: "取前 k 段", Unit: "段", Default: "5", Min: 1, Max: 50, Whole: true},
			{Name: "model", Kind: Model, Label: "生成用的模型", Default: "deepseek-v4-flash", Help: "上下文与价格取自目录。"},
			{Name: "window", Kind: Number, Label: "上下文", Unit: "词元", Default: "", Min: 64, Max: 10000000, Whole: true, Bare: true, Optional: true, Empty: "照模型", Help: "填小一点，看放不下时会怎样。"},
			{Name: "sweep", Kind: Toggle, Label: "对比五种块长（要几秒）", Default: "0"},

			{Name: "source", Kind: Choice, Label: "检索什么", Default: "course", Options: []Option{{"course", "课文"}, {"pasted", "粘贴的文字"}, {"both", "两样都"}}, Group: finding},
			{Name: "text", Kind: LongText, Label: "粘贴的文字", Default: "", Max: 200000, Accept: ".txt,.md,text/plain", Group: finding, Only: Condition{"source", []string{"pasted", "both"}}, Help: "只留在这个浏览器里。"},
			{Name: "sentences", Kind: Toggle, Label: "尽量在句末切", Default: "1", Group: finding},
			{Name: "title", Kind: Number, Label: "标题里的词算几倍", Unit: "倍", Default: "1", Max: 5, Step: 0.5, Group: finding},

			{Name: "output", Kind: Number, Label: "回答至多", Unit: "词元", Default: "300", Min: 1, Max: 100000, Scale: Log, Whole: true, Group: prompt},
			{Name: "budget", Kind: Number, Label: "资料至多", Unit: "词元", Default: "", Min: 1, Max: 1000000, Whole: true, Bare: true, Optional: true, Empty: "窗口装多少算多少", Group: prompt},
			{Name: "instruction", Kind: LongText, Label: "指令", Default: ragInstruction, Max: 2000, Group: prompt},
			{Name: "han", Kind: Number, Label: "每个汉字", Unit: "词元", Default: "0.6", Min: 0.1, Max: 3, Step: 0.05, Group: prompt, Help: "DeepSeek 文档的估计；第 1 单元实测 o200k 约 0.77，cl100k 约 0.99。"},
			{Name: "latin", Kind: Number, Label: "每个其他字符", Unit: "词元", Default: "0.3", Min: 0.05, Max: 3, Step: 0.05, Group: prompt},

			{Name: "overhead", Kind: Number, Label: "排队与网络", Unit: "s", Default: "0.3", Max: 60, Step: 0.1, Group: speed, Help: "三项都是假设：目录没有各家接口的速度，用你自己量的数换掉。"},
			{Name: "prefill", Kind: Number, Label: "每秒读入", Unit: "词元", Default: "3000", Min: 1, Max: 1000000, Scale: Log, Group: speed},
			{Name: "decode", Kind: Number, Label: "每秒写出", Unit: "词元", Default: "40", Min: 0.1, Max: 100000, Scale: Log, Group: speed},
		},
		Guess: &Guess{
			Question: "只用关键词（相邻两字的 BM25），课程题集里答案所在的段有多少能进前 5？",
			Options:  []Option{{"low", "不到一半"}, {"middle", "五到八成"}, {"high", "八成以上"}},
		},
		TryIt: []Experiment{
			{
				Do:     "块长 80、重叠 0、不在句末切，再看题集。",
				Notice: "recall 大跌，而且有十几题“被切断了”：k 加到多少都救不回来。重叠加到 40，看回来多少。",
				Params: map[string]string{"size": "80", "overlap": "0", "sentences": "0"},
			},
			{
				Do:     "上下文填 1024，块长 600，k 取 10。",
				Notice: "检索一点没变，可放进提示词的只剩三段上下：recall@10 与“放得进提示词的 recall”差出一截。小窗口的型号要更短的块、更准的前几名。",
				Params: map[string]string{"window": "1024", "size": "600", "overlap": "60", "topk": "10"},
			},
			{
				Do:     "问“把模型搬到用户附近能快多少？”，打开“问题里的词”。",
				Notice: "课文的标题是“边缘计算”，问题里没有这四个字，靠“用户”“附近”这些词凑。问法与原文用词不同，正是关键词检索的短处，向量检索的长处。",
				Params: map[string]string{"question": "把模型搬到用户附近能快多少？"},
			},
		},
		Note: Note{
			Goal: "学生能把一次 RAG 问答拆成检索与生成，分别度量，说出错误出在哪一段，并算出词元、延迟与每问成本。",
			Ask: []string{
				"recall@5 是 93%，换一个更强的生成模型，答对率的上限大约是多少？",
				"k 从 5 加到 20：recall 多几个百分点，词元多几倍？值不值？",
				"同一段课文切成 80 字与 600 字，各丢掉什么？",
				"MRR 比 recall 低很多，说明什么？（取到了，但不在前面。）",
			},
			Wrong: []Mistake{
				{Belief: "答不出来就换更大的模型。", Answer: "先看这一题的标准段名次多少。没取到的，换什么模型都只能猜。"},
				{Belief: "k 越大越好。", Answer: "成本和首字时间随输入涨，窗口小的还放不进去；答案埋在中间也更容易被忽略。"},
				{Belief: "块越小越准。", Answer: "切断的答案一段也取不到。看“被切断的题”。"},
				{Belief: "关键词检索过时了。", Answer: "在这份课文上它取到九成。先跑这条基线，再证明别的比它好。"},
			},
			Timing: "约 20 分钟：先猜，再两人一组做“试一试”，最后各组给自己的文字粘贴一段，写三个问题量一遍。",
		},
	}
}
