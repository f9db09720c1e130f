package report

import "strings"

// Lines of the rubric, in its order.
const (
	Scene = iota
	Conditions
	Candidates
	Evaluation
	Costs
	Sensitivity
	Conclusion
	SourcesLine
	rubricLines
)

// Rubric returns the capstone's rubric as m6.md states it, without scores.
func Rubric() []Score {
	return []Score{
		{Criterion: "场景", Asks: "谁在用、每次多少词元、每天多少次、峰谷", Full: "来自日志抽样，写明日期", Points: -1},
		{Criterion: "硬约束", Asks: "数据去向、版本固定、许可、延迟上限", Full: "每条都能判真假", Points: -1},
		{Criterion: "候选", Asks: "至少三个，含一个开放权重的", Full: "写了版本、发布与退役日期", Points: -1},
		{Criterion: "评测", Asks: "自己的题、人数、区间", Full: "区间不重叠才说谁更好", Points: -1},
		{Criterion: "成本", Asks: "6.1 的每一项，除以解决的问题数", Full: "有公式、单位、来源", Points: -1},
		{Criterion: "敏感性", Asks: "用量减半、API 降价一半、失败费加倍", Full: "指出哪个假设改变结论", Points: -1},
		{Criterion: "结论与退路", Asks: "选谁，何时重审，不行怎么退", Full: "退路已经试过一次", Points: -1},
		{Criterion: "来源", Asks: "价格与规格的出处和日期", Full: "查不到的写“待核实”", Points: -1},
	}
}

// Check fills in what the document itself shows of its rubric: whether there is a
// text where one is asked for, results where they are computed, and dates at the
// sources. What is good about them a person has to judge.
func (d *Document) Check() {
	if len(d.Rubric) != rubricLines {
		return
	}
	written := func(line int) bool {
		for _, t := range d.Texts {
			if t.Heading == d.Rubric[line].Criterion {
				return strings.TrimSpace(t.Body) != ""
			}
		}
		return false
	}
	set := func(line int, holds bool, yes, no string) {
		d.Rubric[line].Holds, d.Rubric[line].Checked = holds, no
		if holds {
			d.Rubric[line].Checked = yes
		}
	}
	for _, line := range []int{Scene, Evaluation, Conclusion} {
		set(line, written(line), "已写", "还没有写")
	}
	set(Conditions, written(Conditions) || d.has("select"), "有约束", "没有写约束，也没有选型的结果")
	rows := 0
	for _, p := range d.Parts {
		if p.ID == "select" && p.Missing == "" {
			for _, t := range p.Tables {
				rows = max(rows, len(t.Rows))
			}
		}
	}
	set(Candidates, rows >= 3, "不少于三个候选", "候选不足三个")
	set(Costs, d.has("cost") || d.has("breakeven"), "有成本的算式", "没有成本的结果")
	set(Sensitivity, d.has("breakeven") || written(Sensitivity), "有敏感性", "没有打平或敏感性的结果")
	undated, all := 0, d.Sources()
	for _, s := range all {
		if s.Source.Date == "" {
			undated++
		}
	}
	set(SourcesLine, len(all) > 0 && undated*2 <= len(all), "来源多数写明日期", "没有来源，或多数没有日期")
}

// has reports whether a part has a result.
func (d *Document) has(id string) bool {
	for _, p := range d.Parts {
		if p.ID == id && p.Missing == "" {
			return true
		}
	}
	return false
}
