package evaluate

import (
	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
)

// protocols sets the lab beside four public benchmarks. What each leaves out is
// said in the lesson.
func protocols() engine.Part {
	cell := func(text, source, date string) engine.Fact {
		return engine.Fact{Text: text, Origins: []engine.Origin{{Text: text, Source: source, Date: date}}}
	}
	const (
		mmlu     = "https://arxiv.org/abs/2009.03300"
		mmluset  = "https://huggingface.co/datasets/sbintuitions/MMLU"
		hella    = "https://arxiv.org/abs/1905.07830"
		harness  = "https://github.com/EleutherAI/lm-evaluation-harness"
		human    = "https://arxiv.org/abs/2107.03374"
		ceval    = "https://arxiv.org/abs/2305.08322"
		cevalset = "https://huggingface.co/datasets/ceval/ceval-exam"
	)
	return engine.Part{
		Title: "四个公开基准的做法，与这里对照",
		Tables: []engine.FactTable{{
			Title:   "协议",
			Columns: sheet.Columns("基准", "计分的题（题）", "例题", "怎样判", "瞎猜（%）", "这里对应的"),
			Text:    "各基准漏了什么、有哪些已知的毛病，见正文 5.2。点开带点线的格子看出处。",
			Rows: []engine.FactRow{
				{Cells: []engine.Fact{{Text: "MMLU"}, cell("14,042", mmluset, "2026-11"), cell("5 道，取自 dev", mmlu, "2020-09-07"), cell("比 A、B、C、D 四个字母的概率", mmlu, "2020-09-07"), {Text: "25"}, {Text: "补末字：选项等长，各一个字"}}},
				{Cells: []engine.Fact{{Text: "HellaSwag"}, cell("10,042（验证集）", harness, "2023"), cell("0 或 10 道", harness, "2023"), cell("比四个结尾的似然；acc 合计，acc_norm 按长度平均", harness, "2023"), {Text: "25"}, {Text: "接下句、长短不一"}}},
				{Cells: []engine.Fact{{Text: "HumanEval"}, cell("164", human, "2021-07-07"), cell("0 道", human, "2021-07-07"), cell("跑单元测试；pass@k 的无偏估计", human, "2021-07-07"), {Text: "0"}, {Text: "写诗：由规则检查，同一个估计"}}},
				{Cells: []engine.Fact{{Text: "C-Eval"}, cell("约 1.23 万（test，交卷才有分）", cevalset, "2023"), cell("0 或 5 道", ceval, "2023-05-15"), cell("看答的是 A、B、C、D 哪个字母", ceval, "2023-05-15"), {Text: "25"}, {Text: "接下句（似然，不必生成）"}}},
			},
		}},
	}
}
