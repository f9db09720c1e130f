package registry

func fit() Lab {
	return Lab{
		Name:    "fit",
		Title:   "能不能跑",
		Module:  "m4",
		Section: "fit",
		Summary: "模型、精度、上下文和批量决定显存的每一部分：放不放得下，要几张卡。",
		Inputs: []Param{
			{Name: "model", Kind: Model, Label: "模型", Default: "llama-2-7b", Trait: "arch", Help: "列出的是结构公开、可以逐项计数的模型。"},
			{Name: "gpu", Kind: GPU, Label: "显卡", Default: "rtx-4090", Trait: "memory"},
			{Name: "bits", Kind: Number, Label: "每个权重的位数", Unit: "位", Default: "16", Min: 1, Max: 32, Step: 0.5, Help: "FP16 是 16，INT8 是 8；4 位量化连同缩放因子约 4.5。"},
			{Name: "context", Kind: Number, Label: "上下文", Unit: "词元", Default: "4096", Min: 128, Max: 2097152, Whole: true, Scale: Doubling, Help: "每个请求的提示词与回答合计。"},
			{Name: "batch", Kind: Number, Label: "同时的请求", Unit: "个请求", Default: "1", Min: 1, Max: 1024, Whole: true, Scale: Doubling, Help: "每个请求各有自己的 KV 缓存。"},
			{Name: "kv_bits", Kind: Number, Label: "KV 缓存的位数", Unit: "位", Default: "16", Min: 2, Max: 32, Step: 1, Group: "更多设置"},
			{Name: "usable", Kind: Number, Label: "可用的显存", Unit: "%", Default: "90", Min: 50, Max: 100, Step: 1, Group: "更多设置", Help: "余下的留给激活、运行时与碎片。"},
		},
		TryIt: []Experiment{
			{Do: "把同时的请求从 1 加到 16。", Notice: "权重一字节不变，KV 缓存成倍增长，直到超过权重本身。", Params: map[string]string{"batch": "16"}},
		},
		Note: Note{Goal: "学生能说出显存由哪几部分组成，哪一部分随上下文与并发增长。", Timing: "约 10 分钟。"},
	}
}
