package serve

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"unicode"
	"unicode/utf8"

	"courselab/app/engine"
	"courselab/attention"
)

// maxEditMagnitude bounds an edited cell: beyond it every softmax is 0 or 1, and
// far beyond it float32 overflows.
const maxEditMagnitude = 1000

// decodeAttention reads and checks the lab's input; the error is an
// *engine.Error that names the field.
func decodeAttention(op string, raw json.RawMessage) (engine.AttentionInput, error) {
	var in engine.AttentionInput
	if err := json.Unmarshal(raw, &in); err != nil {
		return in, undecodable(op, err)
	}
	return in, checkAttention(op, in)
}

// undecodable says which field has a value of the wrong type or size.
func undecodable(op string, err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) && kind.Field != "" {
		return badAttention(op, kind.Field, "“%s”的值 %s 类型不对或超出范围", kind.Field, kind.Value)
	}
	return badAttention(op, "", "请求的内容读不出来")
}

// checkAttention returns the first fault of in, or nil.
func checkAttention(op string, in engine.AttentionInput) error {
	n := utf8.RuneCountInString(in.Text)
	switch {
	case n == 0:
		return badAttention(op, "text", "文字是空的；请输入 1 到 %d 个字", engine.MaxAttentionTokens)
	case n > engine.MaxAttentionTokens:
		return badAttention(op, "text", "文字有 %d 个字；最多 %d 个", n, engine.MaxAttentionTokens)
	}
	for i, r := range []rune(in.Text) {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return badAttention(op, "text", "第 %d 个字符（U+%04X）不能显示；请去掉换行、制表符和乱码", i+1, r)
		}
	}
	switch {
	case in.Source != "" && in.Source != "model":
		return badAttention(op, "source", "没有名为“%s”的来源；可用 model（诗芽），留空则随机", in.Source)
	case in.Source != "":
		// What the model's shape bounds is checked against it.
	case in.Heads < 1 || in.Heads > engine.MaxAttentionHeads:
		return badAttention(op, "heads", "头数是 %d；可用 1 到 %d", in.Heads, engine.MaxAttentionHeads)
	case in.DK < engine.MinAttentionDK || in.DK > engine.MaxAttentionDK:
		return badAttention(op, "dk", "d_k 是 %d；可用 %d 到 %d", in.DK, engine.MinAttentionDK, engine.MaxAttentionDK)
	}
	switch {
	case in.Backend != "" && in.Backend != "cpu" && in.Backend != "simd" && in.Backend != "webgpu":
		return badAttention(op, "backend", "没有名为“%s”的后端；可用 cpu、simd、webgpu，留空则自动选择", in.Backend)
	}
	if in.Source != "" {
		return nil
	}
	for i, e := range in.Edits {
		if err := checkEdit(op, fmt.Sprintf("edits[%d]", i), i+1, n, in, e); err != nil {
			return err
		}
	}
	return nil
}

func checkEdit(op, field string, place, n int, in engine.AttentionInput, e engine.CellEdit) error {
	switch v := float64(e.Value); {
	case e.Matrix != string(attention.Q) && e.Matrix != string(attention.K) && e.Matrix != string(attention.V):
		return badAttention(op, field+".matrix", "第 %d 处改动在矩阵“%s”；只能改 q、k、v", place, e.Matrix)
	case e.Head < 0 || e.Head >= in.Heads:
		return badAttention(op, field+".head", "第 %d 处改动在头 %d；可用 0 到 %d", place, e.Head, in.Heads-1)
	case e.Row < 0 || e.Row >= n:
		return badAttention(op, field+".row", "第 %d 处改动在第 %d 行；可用 0 到 %d", place, e.Row, n-1)
	case e.Col < 0 || e.Col >= in.DK:
		return badAttention(op, field+".col", "第 %d 处改动在第 %d 列；可用 0 到 %d", place, e.Col, in.DK-1)
	case math.IsNaN(v) || math.Abs(v) > maxEditMagnitude:
		return badAttention(op, field+".value", "第 %d 处改动的值是 %s；可用 −%d 到 %d", place, attention.Number(v), maxEditMagnitude, maxEditMagnitude)
	}
	return nil
}

func badAttention(op, field, format string, args ...any) error {
	return &engine.Error{Code: engine.BadInput, Op: op, Field: field, Message: fmt.Sprintf(format, args...)}
}
