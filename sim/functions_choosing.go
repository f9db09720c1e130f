package sim

// choosingFunctions are those about money, speed, reliability and evaluation.
func choosingFunctions() map[string]Function {
	price := func(name, title string) Param { return decimal(name, title, 0, maxPrice) }
	count := func(name, title string, lo, hi float64) Param { return whole(name, title, lo, hi) }
	fit := func(v values) Chinchilla {
		if v["constants"] == 1 {
			return BesirogluFit
		}
		return HoffmannFit
	}
	fitParam := whole("constants", "常数：0 为 Hoffmann 等，1 为 Besiroglu 等", 0, 1)
	return map[string]Function{
		"api-cost": {
			Title: "API 费用", Base: Currency,
			Params: []Param{
				count("input_tokens", "每次输入的词元（含命中缓存的）", 0, maxTokens), count("cached_tokens", "其中命中缓存的词元", 0, maxTokens),
				count("output_tokens", "每次输出的词元", 0, maxTokens), count("requests", "请求数", 0, maxRequests),
				price("input_price", "每百万词元输入价"), price("cached_price", "每百万词元缓存价"), price("output_price", "每百万词元输出价"),
			},
			eval: func(v values) (Quantity, error) {
				return APICost(Rates{Input: v["input_price"], Cached: v["cached_price"], Output: v["output_price"]},
					Usage{Input: v["input_tokens"], Cached: v["cached_tokens"], Output: v["output_tokens"]}, v["requests"])
			},
		},
		"cascade-price": {
			Title: "级联每问的价钱", Base: Currency,
			Params: []Param{
				price("small_price", "小模型每问"), price("large_price", "大模型每问"),
				decimal("right", "小模型答对的比例（0 到 1）", 0, 1), decimal("caught", "检查器抓出的错（0 到 1）", 0, 1), decimal("false_alarm", "检查器误报的对（0 到 1）", 0, 1),
			},
			eval: func(v values) (Quantity, error) {
				return CascadePrice(v["small_price"], v["large_price"], v["right"], v["caught"], v["false_alarm"])
			},
		},
		"electricity": {
			Title: "电费", Base: Currency,
			Params: []Param{
				decimal("watts", "设备功率（瓦）", 0, 1e9), decimal("pue", "机房总用电与设备用电之比", 1, 10),
				price("price_per_kwh", "每千瓦时电价"), decimal("hours", "运行小时数", 0, maxHours),
			},
			eval: func(v values) (Quantity, error) {
				return Electricity(v["watts"], v["pue"], v["price_per_kwh"], v["hours"])
			},
		},
		"breakeven": {
			Title: "打平所需时间", Base: Month,
			Params: []Param{
				decimal("capex", "一次性投入", 0, maxMoney), decimal("own_per_month", "自建每月的费用", 0, maxMoney),
				decimal("api_per_month", "用 API 每月的费用", 0, maxMoney),
			},
			eval: func(v values) (Quantity, error) {
				return Breakeven(v["capex"], v["own_per_month"], v["api_per_month"])
			},
		},
		"rent-per-mtok": {
			Title: "每百万词元的租金", Base: Currency,
			Params: []Param{
				count("gpus", "GPU 数", 1, maxGPUs), price("price_per_gpu_hour", "每卡每小时租金"),
				decimal("tokens_per_second", "全部卡合计每秒词元数", 1e-3, 1e12),
			},
			eval: func(v values) (Quantity, error) {
				return RentPerMTok(v["gpus"], v["price_per_gpu_hour"], v["tokens_per_second"])
			},
		},
		"decode-time": {
			Title: "每步解码时间（理想）", Base: Second,
			Params: []Param{
				decimal("params", "每步要读的权重数", 1, maxParams), bitsParam, decimal("kv_bytes_per_token", "每个词元的 KV 缓存（字节）", 0, 1e9),
				count("context", "每个序列已有的词元", 0, maxTokens), count("batch", "并发序列数", 1, maxTokens),
				decimal("bandwidth_gbps", "显存带宽（GB/s）", 1e-3, 1e9), decimal("tflops", "算力（TFLOPS）", 1e-3, 1e9),
			},
			eval: func(v values) (Quantity, error) {
				return DecodeTime(Load{Params: v["params"], Active: v["params"], Bits: v["bits"], KVBytesPerToken: v["kv_bytes_per_token"], Context: v["context"], Batch: v["batch"]},
					Device{Bandwidth: v["bandwidth_gbps"], Rate: v["tflops"]})
			},
		},
		"availability": {
			Title: "多副本的可用性", Base: Ratio,
			Params: []Param{
				decimal("availability", "每个副本的可用性（0 到 1）", 0, 1), count("needed", "至少要有几个副本", 1, maxReplicas), count("present", "共有几个副本", 1, maxReplicas),
			},
			eval: func(v values) (Quantity, error) {
				return Availability(v["availability"], v["needed"], v["present"])
			},
		},
		"queue-wait": {
			Title: "平均排队时间", Base: Second,
			Params: []Param{
				decimal("arrivals_per_second", "每秒到达的请求数", 0, 1e9), decimal("service_seconds", "平均处理时间（秒）", 1e-9, 1e6), count("servers", "服务者个数", 1, maxReplicas),
			},
			eval: func(v values) (Quantity, error) {
				return QueueWait(v["arrivals_per_second"], v["service_seconds"], v["servers"])
			},
		},
		"wilson-half-width": {
			Title: "置信区间的半宽", Base: Ratio,
			Params: []Param{count("correct", "答对的题数", 0, maxTokens), count("total", "题数", 1, maxTokens), decimal("z", "标准差的倍数", 0, 10)},
			eval: func(v values) (Quantity, error) {
				return WilsonHalfWidth(v["correct"], v["total"], v["z"])
			},
		},
		"flip-weight": {
			Title: "两个候选打平的权重", Base: Ratio,
			Params: []Param{
				decimal("a1", "甲在第一项的得分（0 到 1）", 0, 1), decimal("a2", "甲在第二项的得分（0 到 1）", 0, 1),
				decimal("b1", "乙在第一项的得分（0 到 1）", 0, 1), decimal("b2", "乙在第二项的得分（0 到 1）", 0, 1),
			},
			eval: func(v values) (Quantity, error) { return FlipWeight(v["a1"], v["a2"], v["b1"], v["b2"]) },
		},
		"kappa": {
			Title: "两人评判的 κ", Base: Ratio,
			Params: []Param{
				count("both_a", "都选甲的题", 0, maxTokens), count("both_b", "都选乙的题", 0, maxTokens),
				count("first_a", "只有第一人选甲的题", 0, maxTokens), count("second_a", "只有第二人选甲的题", 0, maxTokens),
			},
			eval: func(v values) (Quantity, error) {
				return Kappa(v["both_a"], v["both_b"], v["first_a"], v["second_a"])
			},
		},
		"outcome-cost": {
			Title: "办成一件事的花费", Base: Currency,
			Params: []Param{price("call", "每次调用的钱"), decimal("success", "成功率（0 到 1）", 0, 1), price("repair", "失败一次的补救")},
			eval:   func(v values) (Quantity, error) { return OutcomeCost(v["call"], v["success"], v["repair"]) },
		},
		"paired-questions": {
			Title: "分辨两个模型要多少题（配对）", Base: Ratio,
			Params: []Param{
				decimal("difference", "正确率的差 δ（0 到 1）", smallestDifference, 1), decimal("discordant", "一对一错的题的比例 ψ（0 到 1）", smallestDifference, 1),
				decimal("power", "把握（0.5 到 0.999）", 0.5, 0.999),
			},
			eval: func(v values) (Quantity, error) {
				return PairedQuestionsNeeded(v["difference"], v["discordant"], v["power"])
			},
		},
		"rag-tokens": {
			Title: "每问的词元数", Base: Token,
			Params: []Param{
				count("chunks", "放进提示词的段数", 0, 1e6), count("chunk_tokens", "每段的词元", 0, 1e9),
				count("prompt_tokens", "指令与问题的词元", 0, 1e9), count("output_tokens", "输出的词元", 0, 1e9),
			},
			eval: func(v values) (Quantity, error) {
				return RAGTokens(v["chunks"], v["chunk_tokens"], v["prompt_tokens"], v["output_tokens"])
			},
		},
		"loss-chinchilla": {
			Title: "预测的损失", Base: Nat,
			Params: []Param{fitParam, paramsParam, decimal("tokens", "训练词元数 D", 1, maxParams)},
			eval:   func(v values) (Quantity, error) { return fit(v).Loss(v["params"], v["tokens"]) },
		},
		"optimal-n": {
			Title: "算力最优的参数量", Base: Parameter,
			Params: []Param{fitParam, decimal("flops", "训练计算量 C", 1, 1e36)},
			eval:   func(v values) (Quantity, error) { return fit(v).OptimalParameters(v["flops"]) },
		},
	}
}
