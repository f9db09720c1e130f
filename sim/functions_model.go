package sim

// modelFunctions are those about a model that writes.
func modelFunctions() map[string]Function {
	return map[string]Function{
		"top-p-probability": {
			Title: "top-p 之后抽到某个候选的概率", Base: Ratio,
			Params: []Param{
				decimal("s1", "第 1 个候选的分数", -1e3, 1e3), decimal("s2", "第 2 个候选的分数", -1e3, 1e3),
				decimal("s3", "第 3 个候选的分数", -1e3, 1e3), decimal("s4", "第 4 个候选的分数", -1e3, 1e3),
				decimal("temperature", "温度 T", 1e-3, 1e3), decimal("top_p", "top-p", 1e-9, 1), whole("key", "第几个候选", 1, 4),
			},
			eval: func(v values) (Quantity, error) {
				return NucleusProbability([]float64{v["s1"], v["s2"], v["s3"], v["s4"]}, v["temperature"], v["top_p"], int(v["key"]))
			},
		},
		"cache-saving": {
			Title: "KV 缓存省下的倍数", Base: Ratio,
			Params: []Param{whole("prompt", "提示的词元数 n", 1, maxTokens), whole("count", "写出的词元数 m", 1, maxTokens)},
			eval:   func(v values) (Quantity, error) { return CacheSaving(v["prompt"], v["count"]) },
		},
		"text-cost": {
			Title: "读入一份文字的费用", Base: Currency,
			Params: []Param{
				whole("characters", "全文的字符 C", 0, maxTokens), whole("sample_characters", "样本的字符 c", 1, maxTokens),
				whole("sample_tokens", "样本切成的词元 t", 1, maxTokens), decimal("input_price", "每百万词元输入价 p", 0, maxPrice),
			},
			eval: func(v values) (Quantity, error) {
				return TextCost(v["characters"], v["sample_characters"], v["sample_tokens"], v["input_price"])
			},
		},
		"masked-reading": {
			Title: "出同样多的题，掩码模型要读的词元", Base: Token,
			Params: []Param{whole("tokens", "因果模型读的词元 T", 1, maxTokens), decimal("share", "遮住的百分比", 1e-3, 100)},
			eval:   func(v values) (Quantity, error) { return MaskedReading(v["tokens"], v["share"]) },
		},
		"ffn-share": {
			Title: "前馈占一层矩阵参数的比例", Base: Ratio,
			Params: []Param{whole("d_model", "宽度 d", 1, maxWidth), headsParam, kvHeadsParam, headDimParam, whole("d_ff", "前馈宽度 f", 1, maxWidth)},
			eval: func(v values) (Quantity, error) {
				return FFNShare(v["d_model"], v["heads"], v["kv_heads"], v["head_dim"], v["d_ff"])
			},
		},
	}
}
