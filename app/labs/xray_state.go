package labs

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"courselab/app/engine"
)

// xrayState is everything a learner can set in the lab "xray". It is what a
// permalink carries.
type xrayState struct {
	text     string
	tensor   string // shown large: "layers.0.heads.2.weights"
	row, col int    // the cell looked at
	ablate   []engine.XrayPart
	view     string // of xrayViews
	position int    // of the lens
	count    int    // characters written in the comparison of the KV cache
	backend  string
}

// xrayViews are what is said of the pass as a whole.
var xrayViews = []struct{ name, title string }{
	{"next", "下一个字"}, {"heads", "各个头"}, {"lens", "逐层猜"}, {"cache", "KV 缓存"}, {"backends", "后端"},
}

func defaultXray() xrayState {
	return xrayState{text: "白日依山尽，黄河入海流。", tensor: "layers.1.heads.2.weights", row: 9, col: 4, view: "next", position: 11, count: 16}
}

// input is what a pass is asked with. The draw after the text is that of the lab
// "next-token" in its default state, uncut.
func (s xrayState) input() engine.XrayInput {
	return engine.XrayInput{Text: s.text, Ablate: s.ablate, Temperature: 1, Seed: 1, Backend: s.backend}
}

func (s xrayState) cell() engine.XrayCell {
	return engine.XrayCell{Tensor: s.tensor, Row: s.row, Col: s.col}
}

// xrayFields are the parts of the state in the order in which a permalink lists
// them.
var xrayFields = []field[xrayState]{
	{name: "text", label: "文字", pack: true, want: "1 到 200 个字，不含换行",
		get: func(s xrayState) string { return s.text },
		set: func(s *xrayState, v string) bool {
			s.text = cleanText(v, engine.MaxXrayText)
			return s.text == v && v != ""
		}},
	{name: "tensor", label: "张量", want: "地图上一个张量的名字，如 layers.0.q",
		get: func(s xrayState) string { return s.tensor },
		set: func(s *xrayState, v string) bool {
			// Which there are the engine knows.
			s.tensor = v
			return len(v) <= 80 && strings.Trim(v, "abcdefghijklmnopqrstuvwxyz_.0123456789") == ""
		}},
	{name: "at", label: "所看的格子", want: "形如 3.1（行.列）",
		get: func(s xrayState) string { return strconv.Itoa(s.row) + "." + strconv.Itoa(s.col) },
		set: func(s *xrayState, v string) bool {
			a, b, ok := strings.Cut(v, ".")
			row, err1 := strconv.ParseUint(a, 10, 20)
			col, err2 := strconv.ParseUint(b, 10, 20)
			s.row, s.col = int(row), int(col)
			return ok && err1 == nil && err2 == nil
		}},
	{name: "ablate", label: "关掉的部件", want: "形如 head0.2,ffn1 的列表",
		get: func(s xrayState) string { return formatParts(s.ablate) },
		set: func(s *xrayState, v string) bool {
			parts, ok := parseParts(v)
			s.ablate = parts
			return ok
		}},
	choiceField("view", "分析", []string{"next", "heads", "lens", "cache", "backends"}, func(s *xrayState) *string { return &s.view }),
	intField("position", "透镜的位置", 0, engine.MaxXrayText, func(s *xrayState) *int { return &s.position }),
	intField("count", "续写的字数", 1, engine.MaxXrayText, func(s *xrayState) *int { return &s.count }),
	choiceField("backend", "计算后端", []string{"cpu", "simd", "webgpu"}, func(s *xrayState) *string { return &s.backend }),
}

// xrayFromParams returns the defaults with a lesson's parameters applied.
func xrayFromParams(params map[string]string) (xrayState, []fault) {
	return fromParams(defaultXray(), xrayFields, params)
}

// partNames are the parts that can be taken out of a layer, as the engine calls
// them.
var partNames = []struct{ name, title string }{
	{"attention", "注意力"}, {"ffn", "前馈"}, {"layer", "整层"}, {"attention_residual", "注意力的残差"}, {"ffn_residual", "前馈的残差"},
}

// Parts are written PARTLAYER, a head PARTLAYER.HEAD: "head0.2,ffn1".
func formatParts(parts []engine.XrayPart) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = p.Part + strconv.Itoa(p.Layer)
		if p.Part == "head" {
			out[i] += "." + strconv.Itoa(p.Head)
		}
	}
	return strings.Join(out, ",")
}

// maxParts bounds a list of parts.
const maxParts = 64

func parseParts(v string) ([]engine.XrayPart, bool) {
	var out []engine.XrayPart
	if v == "" {
		return nil, true
	}
	for _, text := range strings.Split(v, ",") {
		i := strings.IndexAny(text, "0123456789")
		if i < 0 || len(out) == maxParts {
			return nil, false
		}
		p := engine.XrayPart{Part: text[:i]}
		layer, head, isHead := strings.Cut(text[i:], ".")
		known := p.Part == "head"
		for _, n := range partNames {
			known = known || n.name == p.Part
		}
		l, err := strconv.ParseUint(layer, 10, 8)
		if !known || err != nil || isHead != (p.Part == "head") {
			return nil, false
		}
		p.Layer = int(l)
		if isHead {
			h, err := strconv.ParseUint(head, 10, 8)
			if err != nil {
				return nil, false
			}
			p.Head = int(h)
		}
		if slices.Contains(out, p) {
			return nil, false
		}
		out = append(out, p)
	}
	return out, true
}

// toggled returns the parts with p taken out, or put back.
func toggled(parts []engine.XrayPart, p engine.XrayPart) []engine.XrayPart {
	if i := slices.Index(parts, p); i >= 0 {
		return slices.Delete(slices.Clone(parts), i, i+1)
	}
	return append(slices.Clone(parts), p)
}

// partTitle names a part for the learner.
func partTitle(p engine.XrayPart) string {
	if p.Part == "head" {
		return fmt.Sprintf("第 %d 层 头 %d", p.Layer, p.Head)
	}
	for _, n := range partNames {
		if n.name == p.Part {
			return fmt.Sprintf("第 %d 层 %s", p.Layer, n.title)
		}
	}
	return p.Part
}
