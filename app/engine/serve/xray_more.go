package serve

import (
	"context"
	"encoding/json"
	"fmt"

	"courselab/app/engine"
	"courselab/attention"
)

// registerMore adds what is asked about a pass as a whole.
func (lab *xrayLab) registerMore(s *Server) {
	s.Register(engine.OpXrayHeads, onPass(lab, engine.OpXrayHeads, whole, lab.heads))
	s.Register(engine.OpXrayLens, onPass(lab, engine.OpXrayLens, func(in *engine.XrayLensInput) *engine.XrayInput { return &in.Xray }, lab.lens))
	s.Register(engine.OpXrayWork, lab.work)
	s.Register(engine.OpXrayBackends, lab.contest)
}

// patternTitles are the patterns of attention in words.
var patternTitles = map[attention.Pattern]string{
	attention.PatternSelf:        "自己",
	attention.PatternPrevious:    "前一个字",
	attention.PatternAbove:       "上一句同一位置",
	attention.PatternAboveNext:   "上一句下一位置",
	attention.PatternFirst:       "开头的记号",
	attention.PatternLineEnd:     "句末的字",
	attention.PatternPunctuation: "标点",
}

// heads answers engine.OpXrayHeads.
func (lab *xrayLab) heads(ctx context.Context, in engine.XrayInput, p *xrayPass) (any, []engine.Tensor, error) {
	layers, err := p.HeadSummaries()
	if err != nil {
		return nil, nil, err
	}
	var out engine.XrayHeads
	for _, pattern := range attention.Patterns {
		out.Patterns = append(out.Patterns, engine.XrayPattern{Name: string(pattern), Title: patternTitles[pattern]})
	}
	for layer, heads := range layers {
		for head, h := range heads {
			x := engine.XrayHead{Layer: layer, Head: head, Text: headSentence(h)}
			for _, mass := range h.Patterns {
				x.Masses = append(x.Masses, engine.XrayMass{Queries: mass.Queries, Mean: mass.Mean, Uniform: mass.Uniform, Stands: mass.Pattern == h.Standout})
			}
			out.Heads = append(out.Heads, x)
		}
	}
	return out, nil, nil
}

// headSentence says what a head looks at, as far as the numbers carry.
func headSentence(h attention.HeadSummary) string {
	spread := fmt.Sprintf("权重的熵平均 %.2f 奈特，均匀分配是 %.2f", h.Entropy, h.UniformEntropy)
	for _, mass := range h.Patterns {
		if mass.Pattern == h.Standout {
			return fmt.Sprintf("最突出的是看“%s”：平均 %.0f%% 的权重，均匀分配只有 %.0f%%（%d 个位置可以这样看）。%s。",
				patternTitles[mass.Pattern], 100*mass.Mean, 100*mass.Uniform, mass.Queries, spread)
		}
	}
	return "这几种看法里没有一种明显多于均匀分配。" + spread + "。"
}

// lensTop is how many symbols the lens lists at each depth.
const lensTop = 5

// lens answers engine.OpXrayLens.
func (lab *xrayLab) lens(ctx context.Context, in engine.XrayLensInput, p *xrayPass) (any, []engine.Tensor, error) {
	const op = engine.OpXrayLens
	m := p.model
	if in.Position < 0 || in.Position >= len(p.Tokens) {
		return nil, nil, &engine.Error{Code: engine.BadInput, Op: op, Field: "position",
			Message: fmt.Sprintf("没有第 %d 个位置；可用 0 到 %d", in.Position, len(p.Tokens)-1)}
	}
	depths, err := p.Lens(ctx, p.backend, min(lensTop, m.Config.Vocab))
	if err != nil {
		return nil, nil, err
	}
	out := engine.XrayLens{Position: in.Position, Token: m.symbol(p.Tokens[in.Position])}
	if in.Position+1 < len(p.Tokens) {
		out.Next = m.symbol(p.Tokens[in.Position+1])
	}
	for _, d := range depths {
		depth := engine.XrayDepth{Layers: d.Layers, Tensor: string(d.Stream)}
		for rank, c := range d.Top[in.Position] {
			depth.Top = append(depth.Top, engine.XrayChance{Symbol: m.symbol(c.Token), Token: c.Token, Rank: rank, Probability: c.Probability})
		}
		if out.Next != "" {
			depth.Following = d.Following[in.Position]
		}
		out.Depths = append(out.Depths, depth)
	}
	return out, nil, nil
}

// workTitles are the parts of a pass in words.
var workTitles = map[attention.WorkPart]string{
	attention.WorkEmbedding:  "查词嵌入",
	attention.WorkNorm:       "归一化",
	attention.WorkProjection: "Q、K、V 投影",
	attention.WorkRotation:   "旋转（RoPE）",
	attention.WorkAttention:  "QKᵀ 与加权求和",
	attention.WorkOutput:     "注意力输出 W_O",
	attention.WorkFFN:        "前馈网络",
	attention.WorkGate:       "门控",
	attention.WorkResidual:   "残差相加",
	attention.WorkLogits:     "输出层",
}

// work answers engine.OpXrayWork.
func (lab *xrayLab) work(ctx context.Context, raw json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
	const op = engine.OpXrayWork
	in, m, err := beginXray(ctx, lab, op, raw, emit, func(in *engine.XrayWorkInput) *engine.XrayInput { return &in.Xray })
	if err != nil {
		return nil, nil, err
	}
	tokens, _ := m.nextReading(in.Xray.Text)
	if len(tokens) == 0 {
		return nil, nil, unreadable(op)
	}
	most := m.Config.Context - len(tokens) + 1
	if in.Count < 1 || in.Count > most {
		return nil, nil, &engine.Error{Code: engine.BadInput, Op: op, Field: "count",
			Message: fmt.Sprintf("要写 %d 个字；文字占了 %d 个位置，上下文 %d 个，还能写 1 到 %d 个", in.Count, len(tokens), m.Config.Context, most)}
	}
	cached, err := attention.GenerationWork(m.Config, len(tokens), in.Count, true)
	if err != nil {
		return nil, nil, err
	}
	without, err := attention.GenerationWork(m.Config, len(tokens), in.Count, false)
	if err != nil {
		return nil, nil, err
	}
	out := engine.XrayWork{Prompt: len(tokens), Count: in.Count, Cached: cached.Total().Multiplications, Without: without.Total().Multiplications,
		CacheBytes: attention.CacheBytes(m.Config, len(tokens)+in.Count-1)}
	for _, part := range attention.WorkParts {
		if n := without[part].Multiplications; n > 0 {
			out.Parts = append(out.Parts, engine.XrayWorkPart{Title: workTitles[part], Cached: cached[part].Multiplications, Without: n})
		}
	}
	out.Text = fmt.Sprintf("读 %d 个位置、再写 %d 个字：有缓存要做 %.4g 次乘法，没有缓存要 %.4g 次，是 %.1f 倍。代价是记住各位置的键和值，到最后占 %.0f 字节。",
		out.Prompt, out.Count, out.Cached, out.Without, out.Without/out.Cached, out.CacheBytes)
	return out, nil, nil
}
