package choose

import "math"

// Group is the syllabus's heading over a criterion.
type Group string

const (
	Performance Group = "性能指标"
	Technical   Group = "技术指标"
	Business    Group = "商业指标"
)

// Criterion is one of the criteria of 5.1 with what is known to stand for it.
type Criterion struct {
	ID    string
	Title string
	Group Group
	// Measure says what is measured, in Chinese; Unit is its unit.
	Measure, Unit string
	// Proxy says what the measure leaves out, where it is not the criterion itself.
	Proxy string
	// Own criteria have no public measure: they count what the learner measured.
	Own bool
	// Lower values are better.
	Lower bool
	// Log puts the measure on a logarithmic scale: each doubling counts the same.
	Log bool
	// Zero and One are the fixed ends of the scale: worth 0 and worth 1.
	Zero, One float64
	// Least and Most bound what may be typed.
	Least, Most float64
}

// Criteria are those of the syllabus in its order, but for compliance, which is
// no criterion to trade but a constraint. The ends of the scales are choices of the
// course, shown with every result and not facts.
func Criteria() []Criterion {
	return []Criterion{
		{ID: "understanding", Title: "理解能力", Group: Performance, Measure: "MMLU", Unit: "%", Proxy: "考试知识，不是对你的问题的理解", Zero: 40, One: 95, Most: 100},
		{ID: "generation", Title: "生成质量", Group: Performance, Measure: "自己评的 1–5 分", Unit: "分", Own: true, Zero: 1, One: 5, Least: 1, Most: 5},
		{ID: "reasoning", Title: "推理能力", Group: Performance, Measure: "HumanEval", Unit: "%", Proxy: "只测写 Python 函数", Zero: 10, One: 95, Most: 100},
		{ID: "multilingual", Title: "多语言能力（中文）", Group: Performance, Measure: "C-Eval", Unit: "%", Proxy: "中文考试知识，不测对话", Zero: 30, One: 95, Most: 100},
		{ID: "latency", Title: "响应速度", Group: Technical, Measure: "自建时每个词元的理想时间", Unit: "ms", Proxy: "带宽与算力的下限；API 的速度未公布", Lower: true, Log: true, Zero: 200, One: 2, Least: 0.01, Most: 1e5},
		{ID: "concurrency", Title: "并发能力", Group: Technical, Measure: "自己压测的每秒请求", Unit: "次/s", Own: true, Log: true, Zero: 0.5, One: 50, Least: 0.001, Most: 1e6},
		{ID: "context", Title: "上下文长度", Group: Technical, Measure: "标称上下文", Unit: "词元", Proxy: "标称不等于有效", Log: true, Zero: 4096, One: 1048576, Least: 1, Most: 1e9},
		{ID: "memory", Title: "内存占用", Group: Technical, Measure: "自建时权重与 KV 缓存", Unit: "GB", Proxy: "用 API 时不归你管", Lower: true, Log: true, Zero: 1600, One: 4, Least: 0.001, Most: 1e6},
		{ID: "cost", Title: "成本效益", Group: Business, Measure: "千次请求的 API 费用", Unit: "美元", Proxy: "目录价，不含失败的代价", Lower: true, Log: true, Zero: 100, One: 0.1, Least: 0.0001, Most: 1e6},
		{ID: "availability", Title: "可用性", Group: Business, Measure: "自己查的月可用率", Unit: "%", Own: true, Zero: 99, One: 100, Most: 100},
		{ID: "scalability", Title: "扩展性", Group: Business, Measure: "额度 ÷ 高峰用量", Unit: "倍", Own: true, Log: true, Zero: 1, One: 10, Least: 0.001, Most: 1e6},
	}
}

// Ends are the two ends of a scale in the measure's unit.
type Ends struct{ Zero, One float64 }

// place puts a measure between the ends, cut off at 0 and 1. Ends that are equal
// tell nothing apart: everything is worth 1.
func (c Criterion) place(v float64, e Ends) float64 {
	f := func(x float64) float64 { return x }
	if c.Log {
		f = math.Log
	}
	from, to := f(e.Zero), f(e.One)
	if from == to {
		return 1
	}
	return min(1, max(0, (f(v)-from)/(to-from)))
}

// Formula is how place computes, with the ends put in.
func (c Criterion) Formula(e Ends) string {
	if e.Zero == e.One {
		return "全部相同，都记 1"
	}
	zero, one := number(e.Zero), number(e.One)
	if c.Log {
		return "(ln x − ln " + zero + ") / (ln " + one + " − ln " + zero + ")"
	}
	return "(x − " + zero + ") / (" + one + " − " + zero + ")"
}
