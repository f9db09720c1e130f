package registry

func acceptance() Lab {
	return Lab{
		Name:    "acceptance",
		Title:   "自建评测",
		Module:  "m5",
		Section: "practical",
		Summary: "用自己的题目并排、匿名、打乱地评两套系统：准确、流畅、完成、满意；胜率与完成率带区间，多少次评判才够，评判者之间是否一致。",
		Inputs: []Param{
			{Name: "items", Kind: LongText, Label: "题目与两边的回答（CSV）", Default: exampleItems, Min: 1, Max: 60000, Accept: ".csv,.tsv,text/csv,text/plain",
				Help: "默认是课程编写的示例，不是任何模型的输出。第一行可写列名：题目、甲、乙、参考；也可从电子表格里粘贴。文字只留在这个浏览器里。"},
			{Name: "judge", Kind: Number, Label: "现在是第几位评判者", Unit: "", Default: "1", Min: 1, Max: 9, Whole: true, Help: "换人时换号：每人的次序与左右各自打乱。"},
			{Name: "reveal", Kind: Toggle, Label: "揭晓：还原身份，算胜率", Default: "0", Help: "评完再开；开了就不再是盲评。"},
			{Name: "name_a", Kind: Text, Label: "“甲”列是哪个系统", Default: "甲", Min: 1, Max: 30, Group: "名字与打乱"},
			{Name: "name_b", Kind: Text, Label: "“乙”列是哪个系统", Default: "乙", Min: 1, Max: 30, Group: "名字与打乱"},
			{Name: "seed", Kind: Number, Label: "打乱的种子", Unit: "", Default: "7", Max: 999999, Whole: true, Bare: true, Group: "名字与打乱", Help: "评到一半不要改：已有的评判按原来的左右记着。"},
			{Name: "judgements", Kind: LongText, Label: "评判的记录", Default: "", Max: 60000, Accept: ".txt,text/plain", Group: "评判的记录（可保存、合并）",
				Help: "每位评判者一段，段与段用分号隔开：“1:0=ltyn43,…;2:…”。第 0 题的六个字依次是更准确、更好读（l 左 r 右 t 平）、左右完成否（y n）、左右满意度（1–5），“-”是没评。把几个人的记录接起来就能合并。"},
		},
		TryIt: []Experiment{
			{
				Do:     "先盲评三四题，再照这一条载入三位评判者的示例评判，并揭晓。",
				Notice: "简短的一边准确性 6 比 3 领先，可是 12 题还分不出高下；任务完成的差（只有甲完成的 6 题，反过来 0 题）却站得住。流畅性偏向啰嗦的一边，满意度两边一样：四样要分开报。",
				Params: map[string]string{"judgements": exampleJudgements, "reveal": "1"},
			},
			{
				Do:     "同一组示例，只看“一致程度”一表：哪一项的 κ 最低？",
				Notice: "准确性有参考答案可依，κ 约 0.6；流畅性全凭感觉，κ 是负的，比碰巧还差。先把规则写清再评，比多请人有用。",
				Params: map[string]string{"judgements": exampleJudgements, "reveal": "1"},
			},
			{
				Do:     "看“多少次才够”：12 题能分辨多大的差别？",
				Notice: "12 题只够分出九成左右的胜率。真实胜率 60% 要 194 题分出胜负，55% 要 783 题。",
				Params: map[string]string{"judgements": exampleJudgements, "reveal": "1"},
			},
		},
		Note: Note{
			Goal: "学生能设计一次匿名、打乱的并排评测，报告胜率、区间、题数与一致程度，并说出题数够不够。",
			Ask: []string{
				"为什么每一题的左右要打乱，而不是甲总在左边？（看“选左边的比例”。）",
				"三个人评 12 题，样本是 36 还是 12？（12：同一题的几次评判不独立。）",
				"一边全是短而对的，一边全是长而顺的，准确与流畅合成一个分，会掩盖什么？",
				"资料里没有答案的那一题，答了的算对还是算错？评之前写进规则了吗？",
			},
			Wrong: []Mistake{
				{Belief: "胜率 60% 就是赢了。", Answer: "看区间含不含 50%。12 题里 7 比 5，区间从三成到八成，什么也说明不了。"},
				{Belief: "一致率 90% 就说明评判可靠。", Answer: "若几乎都判“合格”，碰巧就有近九成一致；κ 扣掉碰巧。两个数都报。"},
				{Belief: "满意度高就是答得好。", Answer: "对照准确性那一栏：讨好的、自信的错答也会得高分。"},
				{Belief: "评的次数不够，多请几个人评同样的题就行。", Answer: "能减少评判者的偶然，补不了题目的抽样：题才是样本。"},
			},
			Timing: "约 25 分钟：三人一组各评同样 12 题（8 分钟），合并记录、揭晓（5 分钟），对照一致程度改规则（12 分钟）。",
		},
	}
}
