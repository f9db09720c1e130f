package choose

// Scenario is a use with the conditions and weights that a choice for it may
// start from. They are opinions of the course, there to be changed.
type Scenario struct {
	ID, Title string
	// Who uses it how often, and what a wrong answer costs.
	About       string
	Load        Load   // without GPU and moment
	GPU         string // id of the accelerator that own machines are sized with
	Constraints Constraints
	Weights     map[string]float64 // points of 100 by criterion
	Test        string             // what to measure oneself before deciding
}

// Scenarios are the library, the default first.
func Scenarios() []Scenario {
	return []Scenario{
		{
			ID: "support", Title: "客服 RAG",
			About: "每天两千次提问，答案要引到出处；答错由人工补救。",
			Load:  Load{Input: 3000, Cached: 1000, Output: 300, Context: 4096, Batch: 16, Bits: 16},
			GPU:   "h100-sxm5-80gb",
			Constraints: Constraints{MinContext: 16000, MinChinese: 0, MaxCost: 10, ServedUntil: "2027-06-01", Place: MainlandUse,
				Licence: Commercial, Unclear: KeepUnclear},
			Weights: map[string]float64{"multilingual": 30, "generation": 10, "understanding": 20, "cost": 30, "context": 10},
			Test:    "直接喂标准段的问答，混入资料里没有答案的题，看它拒不拒答。",
		},
		{
			ID: "code", Title: "代码助手",
			About: "四十名开发者，代码不出公司；补全要快，改错要对。",
			Load:  Load{Input: 12000, Cached: 8000, Output: 800, Context: 32768, Batch: 8, Bits: 8},
			GPU:   "h100-sxm5-80gb",
			Constraints: Constraints{OpenWeights: true, Licence: Permissive, Place: OnPremises, MinContext: 32000, MaxMemoryGB: 640,
				Unclear: DropUnclear},
			Weights: map[string]float64{"reasoning": 45, "latency": 25, "context": 15, "memory": 15},
			Test:    "自家仓库最近的五十个 issue，改完跑测试，数通过的。",
		},
		{
			ID: "intranet", Title: "合规内网",
			About: "明文不出机房，版本固定两年；公文问答与摘要。",
			Load:  Load{Input: 6000, Output: 600, Context: 16384, Batch: 8, Bits: 8},
			GPU:   "rtx-4090",
			Constraints: Constraints{OpenWeights: true, Licence: Commercial, Place: OnPremises, MinContext: 16000, MinChinese: 60,
				MaxMemoryGB: 320, Unclear: KeepUnclear},
			Weights: map[string]float64{"multilingual": 40, "understanding": 20, "memory": 20, "latency": 10, "generation": 10},
			Test:    "目标卡上压测，加一组越权提问，看权限过滤漏不漏。",
		},
		{
			ID: "edge", Title: "边缘设备",
			About: "断网可用，内存不到 12 GB；一个人用，连续对话。",
			Load:  Load{Input: 1500, Output: 200, Context: 2048, Batch: 1, Bits: 4.5},
			GPU:   "rtx-4090",
			Constraints: Constraints{OpenWeights: true, Place: OnPremises, MaxMemoryGB: 12, MinContext: 4096,
				Unclear: DropUnclear},
			Weights: map[string]float64{"memory": 30, "latency": 25, "multilingual": 25, "understanding": 20},
			Test:    "目标设备上连续跑 30 分钟，记每个词元的时间与温度。",
		},
		{
			ID: "longdoc", Title: "长文档分析",
			About: "一次读十万词元的合同，一天两百份；漏一条要重做。",
			Load:  Load{Input: 100000, Output: 1500, Context: 131072, Batch: 2, Bits: 8},
			GPU:   "h200-sxm",
			Constraints: Constraints{MinContext: 120000, MaxCost: 1000, ServedUntil: "2027-06-01", Licence: Commercial,
				Unclear: KeepUnclear},
			Weights: map[string]float64{"context": 25, "understanding": 25, "multilingual": 20, "cost": 30},
			Test:    "把同一个事实放在长文的头、中、尾，各问三十次。",
		},
		{
			ID: "batch", Title: "离线批量",
			About: "每晚从五十万条评论里抽取字段，第二天早上要；单条不急，总价要紧。",
			Load:  Load{Input: 600, Cached: 300, Output: 80, Context: 1024, Batch: 64, Bits: 8},
			GPU:   "h100-sxm5-80gb",
			Constraints: Constraints{MaxCost: 1, Licence: Commercial, ServedUntil: "2027-01-01",
				Unclear: KeepUnclear},
			Weights: map[string]float64{"cost": 50, "multilingual": 25, "understanding": 25},
			Test:    "三百条人工标好的评论，数字段全对的比例，再乘失败费。",
		},
	}
}
