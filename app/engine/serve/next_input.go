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

// decodeNext reads and checks the lab's input; the error is an *engine.Error
// that names the field.
func decodeNext(op string, raw json.RawMessage) (engine.NextInput, error) {
	var in engine.NextInput
	if err := json.Unmarshal(raw, &in); err != nil {
		return in, undecodable(op, err)
	}
	return in, checkNext(op, in)
}

// checkNext returns the first fault of in, or nil. It refuses a NaN too.
func checkNext(op string, in engine.NextInput) error {
	bad := func(field, format string, args ...any) error {
		return &engine.Error{Code: engine.BadInput, Op: op, Field: field, Message: fmt.Sprintf(format, args...)}
	}
	if n := utf8.RuneCountInString(in.Text); n > engine.MaxNextText {
		return bad("text", "开头有 %d 个字；最多 %d 个", n, engine.MaxNextText)
	}
	if n := utf8.RuneCountInString(in.Path); n > engine.MaxNextCount {
		return bad("path", "已写出的有 %d 个字；最多 %d 个", n, engine.MaxNextCount)
	}
	for field, text := range map[string]string{"text": in.Text, "path": in.Path} {
		for i, r := range []rune(text) {
			if unicode.IsControl(r) || r == utf8.RuneError {
				return bad(field, "第 %d 个字符（U+%04X）不能显示；请去掉换行、制表符和乱码", i+1, r)
			}
		}
	}
	number := attention.Number
	switch {
	case in.Count < 0 || in.Count > engine.MaxNextCount:
		return bad("count", "写 %d 个字；可用 0 到 %d", in.Count, engine.MaxNextCount)
	case !(in.Temperature >= 0 && in.Temperature <= engine.MaxNextTemperature):
		return bad("temperature", "温度是 %s；可用 0 到 %d，0 表示总取最可能的字", number(in.Temperature), engine.MaxNextTemperature)
	case in.TopK < 0:
		return bad("topK", "top-k 是 %d；可用 0 和正整数，0 表示不切", in.TopK)
	case !(in.TopP > 0 && in.TopP <= 1):
		return bad("topP", "top-p 是 %s；要大于 0、不超过 1，1 表示不切（0 会一个字也不留）", number(in.TopP))
	case !(in.MinP >= 0 && in.MinP <= 1):
		return bad("minP", "min-p 是 %s；可用 0 到 1，0 表示不切", number(in.MinP))
	case !(in.Penalty > 0 && in.Penalty <= engine.MaxNextPenalty):
		return bad("penalty", "重复惩罚是 %s；要大于 0、不超过 %d，1 表示不罚", number(in.Penalty), engine.MaxNextPenalty)
	case in.Rows < 0:
		return bad("rows", "要列 %d 个候选；不能是负数", in.Rows)
	}
	return checkBackendName(op, in.Backend)
}

func checkBackendName(op, name string) error {
	switch name {
	case "", "cpu", "simd", "webgpu":
		return nil
	}
	return &engine.Error{Code: engine.BadInput, Op: op, Field: "backend", Message: fmt.Sprintf("没有名为“%s”的后端；可用 cpu、simd、webgpu，留空则自动选择", name)}
}

func nextSampling(in engine.NextInput) attention.Sampling {
	return attention.Sampling{Temperature: in.Temperature, TopK: in.TopK, TopP: in.TopP, MinP: in.MinP, RepetitionPenalty: in.Penalty, Seed: in.Seed}
}

// nextReading returns the tokens that the model reads and how they are shown.
// Of a text that is longer than the context the end is read, after the mark that
// begins a text.
func (m *heldModel) nextReading(text string) ([]int, engine.NextReading) {
	tokens, shown := m.read(text)
	reading := engine.NextReading{Tokens: shown, Context: m.Config.Context}
	over := len(tokens) - m.Config.Context
	for i := range shown {
		switch t := &shown[i]; {
		case t.Mark:
		case t.Token < 0:
			reading.Unseen++
		case reading.Dropped < over:
			t.Dropped = true
			reading.Dropped++
		}
	}
	if over > 0 {
		marks := 0
		if m.Config.BOS >= 0 {
			marks = 1
		}
		tokens = append(tokens[:marks:marks], tokens[marks+over:]...)
	}
	reading.Read = len(tokens)
	return tokens, reading
}

// unreadable is the error for a text of which nothing is left to read.
func unreadable(op string) error {
	return &engine.Error{Code: engine.BadInput, Op: op, Field: "text", Message: "没有一个字是诗芽认得的，而它又没有表示开头的记号，无从写起"}
}

// modelError puts an error of a pass into words for the learner.
func modelError(op string, err error) error {
	var full *attention.ContextError
	if errors.As(err, &full) {
		return &engine.Error{Code: engine.BadInput, Op: op, Field: "text",
			Message: fmt.Sprintf("上下文只有 %d 个位置，读过 %d 个之后放不下 %d 个", full.Capacity, full.Read, full.Tokens)}
	}
	return err
}

// spread is the perplexity of a distribution: exp of its entropy in nats.
func spread(p []float64) float64 {
	var entropy float64
	for _, v := range p {
		if v > 0 {
			entropy -= v * math.Log(v)
		}
	}
	return math.Exp(entropy)
}
