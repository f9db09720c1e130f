package labs

// blockPart is one part of an architecture: what it does, and where it can be
// seen computed.
type blockPart struct {
	id, title, text, formula string
	// counts is the part of engine.BlocksPart that holds its parameters; empty:
	// it has none.
	counts string
	// tensor is what to open in the lab "xray"; empty: the course's model has no
	// such part, and instead says what it has.
	tensor, instead string
}

// blockParts are the parts that the diagrams show.
var blockParts = []blockPart{
	{id: "embedding", title: "词嵌入", formula: "X[i,·] = E[id[i],·]", counts: "embedding", tensor: "embedding",
		text: "按编号到一张 V×d 的表里取一行，编号就成了向量。只查表，不计算。"},
	{id: "sinusoid", title: "正弦位置编码", formula: "X ← X + P，P[i,2j] = sin(i / 10000^(2j/d))", tensor: "rope.cos", instead: "诗芽用 RoPE 代替它：位置不加在入口，而是在每一层旋转 Q 与 K。",
		text: "2017 年的做法：把一串固定的正弦、余弦加到词嵌入上，位置信息从入口进来。"},
	{id: "norm", title: "RMSNorm", formula: "N = x / √(均值 x² + ε) · g", counts: "norm", tensor: "layers.0.attention_norm",
		text: "把每个位置的向量拉回固定的尺度，只除以均方根，不减均值。放在子层之前，残差的直路畅通。"},
	{id: "layernorm", title: "LayerNorm（后置）", formula: "LN(x) = (x − μ) / σ · g + b", tensor: "layers.0.attention_norm", instead: "诗芽用前置的 RMSNorm：少减一次均值，放的地方也换了。",
		text: "2017 年放在相加之后：先减均值，再除以标准差，残差的直路每层被截一次。"},
	{id: "qkv", title: "投影 W_Q、W_K、W_V", formula: "Q = N·W_Qᵀ，K = N·W_Kᵀ，V = N·W_Vᵀ", counts: "attention", tensor: "layers.0.q",
		text: "每个位置的向量各乘三个矩阵，得到查询、键和值。诗芽有 4 组查询，只有 2 组键和值（GQA）。"},
	{id: "rope", title: "RoPE", formula: "每对分量转 i·θ^(−2j/h)", tensor: "layers.0.q_rotated",
		text: "按位置旋转 Q 与 K 的每一对分量：两个位置的点积从此只看它们相隔多远。没有参数。"},
	{id: "scores", title: "QKᵀ / √h", formula: "S′[i,j] = Σ_d Q[i,d]·K[j,d] / √h", tensor: "layers.0.heads.0.scaled",
		text: "每个查询与每个键做点积，除以 √h。这是两个位置第一次相遇。"},
	{id: "mask", title: "因果掩码", formula: "M[i,j] = −∞（j > i）", tensor: "layers.0.heads.0.masked",
		text: "把查询之后的位置换成 −∞：只许看自己和左边。编码器里没有这一步。"},
	{id: "softmax", title: "softmax", formula: "A[i,·] = softmax(M[i,·])", tensor: "layers.0.heads.0.weights",
		text: "每一行变成和为 1 的权重：这个位置把多少注意力给了谁。"},
	{id: "mix", title: "加权求和 A·V", formula: "O[i,·] = Σ_j A[i,j]·V[j,·]", tensor: "layers.0.heads.0.mixed",
		text: "按权重把各位置的值加起来：取回来的就是看到的东西。"},
	{id: "wo", title: "拼接与 W_O", formula: "P = [O₀ O₁ …]·W_Oᵀ", counts: "attention", tensor: "layers.0.attention_output",
		text: "各个头的结果并排，再乘一个矩阵，变回残差流的宽度。"},
	{id: "self", title: "多头自注意力", formula: "softmax(QKᵀ/√d_k)·V", counts: "attention", tensor: "layers.0.heads.0.weights",
		text: "位置之间唯一交换信息的地方；编码器里所有位置互相可见，解码器里加因果掩码。"},
	{id: "cross", title: "交叉注意力", formula: "Q 来自解码器，K、V 来自编码器的输出", instead: "诗芽没有这个部件：提示和续写排在同一串里，自注意力就够了。", tensor: "layers.0.heads.0.weights",
		text: "解码器每写一个词元，都去看编码器读完的整句原文：查询来自译文，键和值来自原文。"},
	{id: "residual", title: "残差连接", formula: "x ← x + f(x)", tensor: "layers.0.attention_residual",
		text: "子层的输出加到输入上，不是替换。所有层读写同一条 d 维的残差流。"},
	{id: "relu", title: "前馈网络（ReLU）", formula: "max(0, x·W₁ + b₁)·W₂ + b₂", tensor: "layers.0.silu", instead: "诗芽用 SwiGLU 代替它：多一个矩阵作门，去掉偏置。",
		text: "2017 年的前馈：升维、ReLU、降维，两个矩阵。每个位置单独算。"},
	{id: "ffn", title: "前馈网络（SwiGLU）", formula: "(SiLU(N·W_gateᵀ) ⊙ N·W_upᵀ)·W_downᵀ", counts: "ffn", tensor: "layers.0.gated",
		text: "两路升维，一路过 SiLU 作门，逐元素相乘，再降回来。每个位置单独算，参数却最多。"},
	{id: "feed", title: "前馈网络", formula: "升维 → 非线性 → 降维", tensor: "layers.0.gated", instead: "各家的非线性不同：原始 Transformer 用 ReLU，BERT 用 GELU，LLaMA 与诗芽用 SwiGLU。",
		text: "三种骨架都有的部件：每个位置单独算，位置之间不交换信息。"},
	{id: "finalnorm", title: "最后的 RMSNorm", formula: "N = x / r · g", counts: "norm", tensor: "final_norm",
		text: "前置归一化之后，最后一层的输出没人归一化，所以出口再补一次。漏了它不会报错，只会变差。"},
	{id: "output", title: "输出层", formula: "z = N·W_outᵀ", counts: "output", tensor: "logits",
		text: "与每个词元的输出向量做点积，得到整张词表的分数。诗芽与词嵌入共用一张表。"},
	{id: "sampling", title: "softmax 与抽签", formula: "p = softmax(z / T)", tensor: "sampling.probabilities",
		text: "分数变成概率，切掉尾巴，抽一个词元，接到末尾，再来一遍。"},
}

// findPart returns a part by its id.
func findPart(id string) (blockPart, bool) {
	for _, p := range blockParts {
		if p.id == id {
			return p, true
		}
	}
	return blockPart{}, false
}

// blockColumn is one stack of a diagram, read from the bottom up.
type blockColumn struct {
	title string
	note  string // below the title
	rows  []blockRow
	// mask tells who sees whom, drawn below: "all", "left", "both" (an encoder's
	// positions and then a decoder's), or empty.
	mask string
}

// blockRow is one row of a stack: boxes side by side.
type blockRow struct {
	parts []string
	// again: the row begins a block that is repeated, up to the row that ends it.
	again, end bool
	// around: the row's sublayer is passed by a residual path that starts below
	// this many rows and joins here.
	around int
	label  string // in place of the part's title
}

// blockDiagrams are the pictures by name.
var blockDiagrams = []struct {
	name, title, desc string
	columns           []blockColumn
}{
	{"llama", "LLaMA 的一层", "自下而上：词嵌入；每一层先 RMSNorm，投影成 Q、K、V，RoPE 旋转 Q 与 K，点积、掩码、softmax、加权求和，乘 W_O，加回残差流；再 RMSNorm、SwiGLU 前馈、加回残差流；各层之后最后归一化、输出层、抽签。诗芽就是这样的四层。",
		[]blockColumn{{title: "只有解码器", rows: []blockRow{
			{parts: []string{"embedding"}},
			{parts: []string{"norm"}, again: true},
			{parts: []string{"qkv"}},
			{parts: []string{"rope"}},
			{parts: []string{"scores"}},
			{parts: []string{"mask"}},
			{parts: []string{"softmax"}},
			{parts: []string{"mix"}},
			{parts: []string{"wo"}},
			{parts: []string{"residual"}, around: 8, label: "＋ 残差"},
			{parts: []string{"norm"}},
			{parts: []string{"ffn"}},
			{parts: []string{"residual"}, around: 2, label: "＋ 残差", end: true},
			{parts: []string{"finalnorm"}},
			{parts: []string{"output"}},
			{parts: []string{"sampling"}},
		}}}},
	{"2017", "2017 年的 Transformer", "左边编码器：词嵌入加正弦位置编码，重复六层的自注意力与前馈，每个子层之后相加再 LayerNorm。右边解码器：自注意力带因果掩码，再用交叉注意力看编码器的输出，再前馈；最后输出层与 softmax。",
		[]blockColumn{
			{title: "编码器", note: "重复 6 层", rows: []blockRow{
				{parts: []string{"embedding"}}, {parts: []string{"sinusoid"}},
				{parts: []string{"self"}, again: true}, {parts: []string{"layernorm"}, around: 1},
				{parts: []string{"relu"}}, {parts: []string{"layernorm"}, around: 1, end: true},
			}},
			{title: "解码器", note: "重复 6 层", rows: []blockRow{
				{parts: []string{"embedding"}}, {parts: []string{"sinusoid"}},
				{parts: []string{"self"}, again: true, label: "自注意力（掩码）"}, {parts: []string{"layernorm"}, around: 1},
				{parts: []string{"cross"}}, {parts: []string{"layernorm"}, around: 1},
				{parts: []string{"relu"}}, {parts: []string{"layernorm"}, around: 1, end: true},
				{parts: []string{"output"}}, {parts: []string{"sampling"}, label: "softmax"},
			}},
		}},
	{"families", "三种骨架", "并排三栏。只有编码器（BERT）：所有位置互相可见，猜被遮住的词元。只有解码器（GPT、LLaMA、诗芽）：每个位置只见自己与左边，猜下一个词元。编码器—解码器（原始 Transformer、T5）：编码器内互见，解码器见自己、左边和编码器的全部输出。每栏下面的方格涂色处表示行看得见列。",
		[]blockColumn{
			{title: "只有编码器", note: "BERT（2018）", mask: "all", rows: []blockRow{
				{parts: []string{"embedding"}}, {parts: []string{"self"}, again: true, label: "自注意力"}, {parts: []string{"feed"}, end: true, label: "前馈"}, {parts: []string{"output"}, label: "猜被遮住的"},
			}},
			{title: "只有解码器", note: "LLaMA（2023）", mask: "left", rows: []blockRow{
				{parts: []string{"embedding"}}, {parts: []string{"mask"}, again: true, label: "掩码自注意力"}, {parts: []string{"feed"}, end: true, label: "前馈"}, {parts: []string{"output"}, label: "猜下一个"},
			}},
			{title: "编码器—解码器", note: "T5（2019）", mask: "both", rows: []blockRow{
				{parts: []string{"embedding"}}, {parts: []string{"mask"}, again: true, label: "掩码自注意力"}, {parts: []string{"cross"}, label: "交叉注意力"}, {parts: []string{"feed"}, end: true, label: "前馈"}, {parts: []string{"output"}, label: "猜译文"},
			}},
		}},
}
