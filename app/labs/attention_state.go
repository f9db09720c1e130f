package labs

import (
	"sort"
	"strconv"

	"courselab/app/engine"
)

// cell is a place in a lab's matrices.
type cell struct {
	matrix   string
	head     int
	row, col int
}

// attentionState is everything a learner can set in the attention lab. It is
// what a permalink carries.
type attentionState struct {
	text    string // 1 to engine.MaxAttentionTokens characters
	heads   int
	dk      int
	causal  bool
	scale   bool
	seed    uint64
	edits   []engine.CellEdit
	backend string // "", "cpu", "simd" or "webgpu"
	// source is "" for Q, K and V that are drawn, "model" for those of head modelHead
	// of layer layer of the course's model. heads and dk then wait for the drawn ones
	// to come back.
	source           string
	layer, modelHead int
	// modelRows and modelDK are the shape of the model's Q, K and V for this text; 0
	// until the engine has said. They are no part of a link.
	modelRows, modelDK int
	// at is the cell looked at; its matrix and head are those shown large.
	at cell
}

// attentionMatrices are the stages of the computation, as the engine names them.
var attentionMatrices = []string{"q", "k", "v", "scores", "scaled", "masked", "weights", "output"}

// maxModelDK bounds the width of a model's head.
const maxModelDK = 1024

// maxSeed keeps a seed exact in a JavaScript number and short to type.
const maxSeed = 999999999

func defaultAttention() attentionState {
	return attentionState{
		text:  "床前明月光，疑是地上霜",
		heads: 2,
		dk:    8,
		scale: true,
		seed:  1,
		at:    cell{matrix: "weights"},
	}
}

// input is what the engine is asked with.
func (s attentionState) input() engine.AttentionInput {
	return engine.AttentionInput{
		Text: s.text, Heads: s.heads, DK: s.dk, Causal: s.causal, Scale: s.scale,
		Seed: s.seed, Edits: s.edits, Backend: s.backend,
		Source: s.source, Layer: s.drawnFrom(s.layer), Head: s.drawnFrom(s.modelHead),
	}
}

// drawnFrom returns a place in the model, 0 where nothing comes from there.
func (s attentionState) drawnFrom(place int) int {
	if s.source == "" {
		return 0
	}
	return place
}

// headCount is how many heads the lab shows.
func (s attentionState) headCount() int {
	if s.source != "" {
		return 1
	}
	return s.heads
}

// headWidth is d_k.
func (s attentionState) headWidth() int {
	if s.source != "" && s.modelDK > 0 {
		return s.modelDK
	}
	return s.dk
}

// take puts another source, layer or head in. Edits belong to the matrices that
// they were made in and stay behind; what the model computes with comes along.
func (s *attentionState) take(source string, layer, head int) {
	if source != s.source && source != "" {
		s.causal, s.scale = true, true
	}
	s.source, s.layer, s.modelHead, s.edits = source, layer, head, nil
	if source == "" {
		s.layer, s.modelHead = 0, 0
	}
}

// attentionFields are the parts of the state that are single values, in the
// order in which a permalink lists them.
var attentionFields = []field[attentionState]{
	{name: "text", label: "文字", want: "1 到 64 个字，不含换行",
		get: func(s attentionState) string { return s.text },
		set: func(s *attentionState, v string) bool {
			t := cleanText(v, engine.MaxAttentionTokens)
			if t == "" || t != v {
				return false
			}
			s.text = t
			return true
		}},
	intField("heads", "头数", 1, engine.MaxAttentionHeads, func(s *attentionState) *int { return &s.heads }),
	intField("dk", "d_k", engine.MinAttentionDK, engine.MaxAttentionDK, func(s *attentionState) *int { return &s.dk }),
	boolField("causal", "因果掩码", func(s *attentionState) *bool { return &s.causal }),
	boolField("scale", "除以 √d_k", func(s *attentionState) *bool { return &s.scale }),
	{name: "seed", label: "随机种子", want: "0 到 999999999 的整数",
		get: func(s attentionState) string { return strconv.FormatUint(s.seed, 10) },
		set: func(s *attentionState, v string) bool {
			n, err := strconv.ParseUint(v, 10, 64)
			if err != nil || n > maxSeed {
				return false
			}
			s.seed = n
			return true
		}},
	choiceField("backend", "计算后端", []string{"cpu", "simd", "webgpu"}, func(s *attentionState) *string { return &s.backend }),
	// Before edits and cell, whose bounds depend on it.
	choiceField("source", "Q、K、V 的来源", []string{"model"}, func(s *attentionState) *string { return &s.source }),
	placeField("layer", "诗芽的层", func(s *attentionState) *int { return &s.layer }),
	placeField("mhead", "诗芽的头", func(s *attentionState) *int { return &s.modelHead }),
	{name: "edits", label: "改动", want: "形如 q0.3.2:1.5 的列表，格子要在矩阵之内",
		get: func(s attentionState) string { return formatEdits(s.edits) },
		set: func(s *attentionState, v string) bool {
			edits, ok := parseEdits(v)
			if !ok {
				return false
			}
			s.edits = edits
			return len(s.strayEdits()) == 0
		}},
	{name: "at", label: "所看的格子", want: "形如 weights0.3.1，格子要在矩阵之内",
		get: func(s attentionState) string { return formatCell(s.at) },
		set: func(s *attentionState, v string) bool {
			c, ok := parseCell(v, attentionMatrices)
			if !ok || !s.holds(c) {
				return false
			}
			s.at = c
			return true
		}},
}

// placeField is a place in the model; how many there are the engine knows. In a
// link it stands only with the model.
func placeField(name, label string, at func(*attentionState) *int) field[attentionState] {
	f := intField(name, label, 0, 999, at)
	get := f.get
	f.get = func(s attentionState) string {
		if s.source == "" {
			return ""
		}
		return get(s)
	}
	return f
}

// attentionFromParams returns the defaults with a lesson's parameters applied.
func attentionFromParams(params map[string]string) (attentionState, []fault) {
	s := defaultAttention()
	var faults []fault
	for _, f := range attentionFields {
		v, ok := params[f.name]
		if !ok || f.name == "edits" || f.name == "at" {
			continue
		}
		if next := s; f.set(&next, v) {
			s = next
		} else {
			faults = append(faults, f.fault(s, v))
		}
	}
	if m, ok := params["matrix"]; ok && s.holds(cell{matrix: m}) {
		s.at.matrix = m
	}
	if h, err := strconv.Atoi(params["head"]); err == nil && h >= 1 && h <= s.heads {
		s.at.head = h - 1
	}
	return s, faults
}

// size returns the shape of one of the matrices.
func (s attentionState) size(matrix string) (rows, cols int, ok bool) {
	n, dk := runeCount(s.text), s.dk
	if s.source != "" {
		// Until the engine has said: the mark that begins a text, then the text; no
		// head is wider.
		n, dk = n+1, maxModelDK
		if s.modelRows > 0 {
			n, dk = s.modelRows, s.modelDK
		}
	}
	switch matrix {
	case "q", "k", "v", "output":
		return n, dk, true
	case "scores", "scaled", "masked", "weights":
		return n, n, true
	}
	return 0, 0, false
}

// holds reports whether c lies in the matrices that s leads to.
func (s attentionState) holds(c cell) bool {
	rows, cols, ok := s.size(c.matrix)
	return ok && c.head >= 0 && c.head < s.headCount() && c.row >= 0 && c.row < rows && c.col >= 0 && c.col < cols
}

// strayEdits returns the edits that no longer lie in a matrix.
func (s attentionState) strayEdits() []engine.CellEdit {
	var stray []engine.CellEdit
	for _, e := range s.edits {
		if !editable(e.Matrix) || !s.holds(cell{e.Matrix, e.Head, e.Row, e.Col}) {
			stray = append(stray, e)
		}
	}
	return stray
}

// settle brings the parts that depend on others back into range after a change:
// edits outside their matrix are dropped, the cell looked at stays inside.
func (s *attentionState) settle() {
	if len(s.strayEdits()) > 0 {
		var kept []engine.CellEdit
		for _, e := range s.edits {
			if s.holds(cell{e.Matrix, e.Head, e.Row, e.Col}) {
				kept = append(kept, e)
			}
		}
		s.edits = kept
	}
	rows, cols, _ := s.size(s.at.matrix)
	s.at.head = clamp(s.at.head, 0, s.headCount()-1)
	s.at.row = clamp(s.at.row, 0, rows-1)
	s.at.col = clamp(s.at.col, 0, cols-1)
}

// edit puts v into the cell at c, in place of an earlier edit of it.
func (s *attentionState) edit(c cell, v float32) {
	s.revert(c)
	s.edits = append(s.edits, engine.CellEdit{Matrix: c.matrix, Head: c.head, Row: c.row, Col: c.col, Value: v})
	sort.Slice(s.edits, func(i, j int) bool {
		a, b := s.edits[i], s.edits[j]
		switch {
		case a.Matrix != b.Matrix:
			return a.Matrix < b.Matrix
		case a.Head != b.Head:
			return a.Head < b.Head
		case a.Row != b.Row:
			return a.Row < b.Row
		}
		return a.Col < b.Col
	})
}

// revert takes the edit of the cell at c back.
func (s *attentionState) revert(c cell) {
	var kept []engine.CellEdit
	for _, e := range s.edits {
		if (cell{e.Matrix, e.Head, e.Row, e.Col}) != c {
			kept = append(kept, e)
		}
	}
	s.edits = kept
}

// edited returns the edit of the cell at c.
func (s attentionState) edited(c cell) (float32, bool) {
	for _, e := range s.edits {
		if (cell{e.Matrix, e.Head, e.Row, e.Col}) == c {
			return e.Value, true
		}
	}
	return 0, false
}

func editable(matrix string) bool { return matrix == "q" || matrix == "k" || matrix == "v" }

func clamp(n, low, high int) int { return max(low, min(n, high)) }
