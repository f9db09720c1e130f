package registry

func objectives() Lab {
	const (
		text  = "文字"
		size  = "模型"
		steps = "训练"
	)
	return Lab{
		Name:    "objectives",
		Title:   "掩码与因果",
		Module:  "m1",
		Section: "objectives",
		Summary: "同一个小模型当场训练两遍：一个猜下一个字，一个填被遮住的字。损失曲线边练边画，同一批空两个都来填；学习率太高、字太少、标签泄漏，各点一下就看得到。",
		Data:    []string{"passages"},
		Inputs: []Param{
			{Name: "rate", Kind: Number, Label: "学习率", Default: "0.005", Min: 0.0001, Max: 10, Scale: Log, Help: "训练途中也能改。"},
			{Name: "width", Kind: Choice, Label: "宽度", Default: "48", Options: []Option{{"16", "16"}, {"32", "32"}, {"48", "48"}, {"64", "64"}, {"96", "96"}, {"128", "128"}}},
			{Name: "steps", Kind: Number, Label: "步数", Unit: "步", Default: "600", Min: 10, Max: 10000, Whole: true, Scale: Log},
			{Name: "leak", Kind: Toggle, Label: "泄漏标签：因果模型不加因果掩码", Default: "0", Help: "每个位置都看得见它要猜的那个字。"},
			{Name: "prompt", Kind: Text, Label: "接着写", Default: "大模型的", Min: 1, Max: 20, Help: "训练途中也能改。"},
			{Name: "cloze", Kind: Text, Label: "填空（＿ 是空）", Default: "每个词元的＿算量与参＿量成正比。", Min: 1, Max: 60, Help: "训练途中也能改；一个 ＿ 一个字。"},

			{Name: "source", Kind: Choice, Label: "用什么训练", Default: "course", Options: []Option{{"course", "课文"}, {"pasted", "粘贴的文字"}}, Group: text},
			{Name: "text", Kind: LongText, Label: "粘贴的文字", Default: "", Max: 200000, Accept: ".txt,.md,text/plain", Group: text, Only: Condition{"source", []string{"pasted"}}, Help: "1,000 到 200,000 个字，只留在这个浏览器里。"},
			{Name: "chars", Kind: Number, Label: "只用前面的", Unit: "字", Default: "200000", Min: 500, Max: 200000, Whole: true, Scale: Log, Group: text, Help: "留出集与词表不随它变。"},
			{Name: "vocab", Kind: Number, Label: "词表至多", Unit: "个", Default: "800", Min: 50, Max: 4000, Whole: true, Scale: Log, Group: text, Help: "不在词表里的字记作 <unk>。"},

			{Name: "layers", Kind: Number, Label: "层数", Unit: "层", Default: "2", Min: 1, Max: 4, Whole: true, Group: size},
			{Name: "context", Kind: Choice, Label: "上下文（每行的字数）", Default: "32", Options: []Option{{"16", "16"}, {"32", "32"}, {"64", "64"}, {"128", "128"}}, Group: size},

			{Name: "batch", Kind: Number, Label: "每步的行数", Unit: "行", Default: "16", Min: 1, Max: 64, Whole: true, Group: steps},
			{Name: "hide", Kind: Number, Label: "遮住的比例", Unit: "%", Default: "15", Min: 5, Max: 90, Step: 5, Group: steps, Help: "BERT 是 15%。"},
			{Name: "seed", Kind: Number, Label: "随机种子", Default: "1", Min: 0, Max: 999999, Whole: true, Bare: true, Group: steps},
		},
		Run: &Run{
			Start: "开始训练",
			About: "两个模型一起训练，都在这个浏览器里算。切到别的标签页照样训练；要关掉页面，先存下来，回来再打开继续。",
			Step:  "走一步",
			Kept:  true,
			Live:  []string{"rate", "prompt", "cloze"},
		},
		Guess: &Guess{
			Question: "两个模型读同样多的字。每读 32 个字，因果的答 32 道题，掩码的答几道？",
			Options:  []Option{{"same", "一样，32 道上下"}, {"third", "十来道"}, {"seventh", "五六道"}},
		},
		TryIt: []Experiment{
			{
				Do:     "学习率改成 1，开始训练；一百步后改成 0.005，接着看。",
				Notice: "损失上下乱跳，练了上百步还不如只背字频，写出来的是重复的字。步子太大，每一步都越过了低处。把学习率调小，它才慢慢缓过来；再点“从头再来”，比一比同样步数谁低。",
				Params: map[string]string{"rate": "1", "steps": "200"},
			},
			{
				Do:     "只用前面的 800 个字训练。",
				Notice: "训练损失一直降，留出损失先降后升：模型在背这 800 个字。两条线分开的地方就是该停的地方。",
				Params: map[string]string{"chars": "800", "steps": "600"},
			},
			{
				Do:     "打开“泄漏标签”，开始训练。",
				Notice: "因果模型的训练损失和留出损失一起掉到接近零，写出来却不成话。看“目光放在哪里”：它把注意力移到右邻，把答案抄下来。留出集低，不等于没有泄漏。",
				Params: map[string]string{"leak": "1", "steps": "400"},
			},
		},
		Note: Note{
			Goal: "学生能说出两种目标各看得见什么、每读一遍出多少题，知道两条损失不能互相比，并能从曲线认出学习率太高、过拟合与标签泄漏。",
			Ask: []string{
				"掩码模型的损失比因果的高（或低），能说它更差（更好）吗？",
				"给两边时，因果模型也能填空。它多花了什么？",
				"训练损失 0.5，留出损失 5：模型会什么？",
				"你们怎样发现标签泄漏？（留出损失太好，换成真实使用的条件再量一次。）",
				"掩码比例从 15% 调到 40%，题多了，每道题的线索少了：哪边赢？",
			},
			Wrong: []Mistake{
				{Belief: "损失低的模型好。", Answer: "先问是哪道题的损失。两个目标的题不同；泄漏时损失接近零而什么也不会。"},
				{Belief: "两边都看得见，掩码模型填空一定更准。", Answer: "看同一批填空和区间。读的字一样多时，因果的题多好几倍；小模型、短训练里常常是因果先会。"},
				{Belief: "留出集是干净的，分数就可信。", Answer: "泄漏发生在模型的结构或数据的准备里，留出集一样漏。"},
				{Belief: "学习率越大学得越快。", Answer: "到某个值为止。过了，损失会跳起来，权重被推到很远的地方。"},
			},
			Timing: "约 20 分钟：先猜题量；默认设置训练半分钟，边看边读“写与填”；再分三组各做一个“试一试”，最后拿曲线互相讲。",
		},
	}
}
