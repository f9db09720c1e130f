package labs

import (
	"math"
	"strconv"

	"courselab/app/engine"
)

// nextState is everything a learner can set in the lab "next-token". It is what
// a permalink carries.
type nextState struct {
	text string // what the model reads first; may be empty
	// kept are the characters after the text that stand: what was drawn up to a
	// fork, and the character chosen there. What follows them is drawn.
	kept        string
	count       int // characters after the text, those kept included
	temperature float64
	topK        int
	topP        float64
	minP        float64
	penalty     float64
	seed        uint64
	backend     string
	// at is the place looked at: the distribution of character at after the text.
	at int
}

func defaultNext() nextState {
	return nextState{text: "海上生明月，", count: 24, temperature: 0.9, topK: 40, topP: 0.9, penalty: 1, seed: 1}
}

// input is what the engine is asked with: text and path as given, settings as
// they stand.
func (s nextState) input(path string) engine.NextInput {
	return engine.NextInput{
		Text: s.text, Path: path, Count: s.count, Temperature: s.temperature, TopK: s.topK, TopP: s.topP, MinP: s.minP,
		Penalty: s.penalty, Seed: s.seed, Backend: s.backend,
	}
}

// noText stands for the empty text in links, where an empty field is none.
const noText = "∅"

// nextFields are the parts of the state in the order in which a permalink lists
// them.
var nextFields = []field[nextState]{
	{name: "text", label: "开头", pack: true, want: "至多 200 个字，不含换行；∅ 表示没有",
		get: func(s nextState) string {
			if s.text == "" {
				return noText
			}
			return s.text
		},
		set: func(s *nextState, v string) bool {
			if v == noText {
				v = ""
			}
			s.text = cleanText(v, engine.MaxNextText)
			return s.text == v
		}},
	{name: "kept", label: "固定的字", pack: true, want: "至多 200 个字，不含换行",
		get: func(s nextState) string { return s.kept },
		set: func(s *nextState, v string) bool {
			s.kept = cleanText(v, engine.MaxNextCount)
			return s.kept == v
		}},
	intField("count", "写多少字", 0, engine.MaxNextCount, func(s *nextState) *int { return &s.count }),
	decimalField("temperature", "温度", 0, engine.MaxNextTemperature, func(s *nextState) *float64 { return &s.temperature }),
	intField("topk", "top-k", 0, 100000, func(s *nextState) *int { return &s.topK }),
	decimalField("topp", "top-p", 1e-9, 1, func(s *nextState) *float64 { return &s.topP }),
	decimalField("minp", "min-p", 0, 1, func(s *nextState) *float64 { return &s.minP }),
	decimalField("penalty", "重复惩罚", 1e-3, engine.MaxNextPenalty, func(s *nextState) *float64 { return &s.penalty }),
	seedField(func(s *nextState) *uint64 { return &s.seed }),
	choiceField("backend", "计算后端", []string{"cpu", "simd", "webgpu"}, func(s *nextState) *string { return &s.backend }),
	intField("at", "看第几个字", 0, engine.MaxNextCount, func(s *nextState) *int { return &s.at }),
}

// nextFromParams returns the defaults with a lesson's parameters applied.
func nextFromParams(params map[string]string) (nextState, []fault) {
	return fromParams(defaultNext(), nextFields, params)
}

// fromParams returns s with the parameters that are fields applied.
func fromParams[S any](s S, fields []field[S], params map[string]string) (S, []fault) {
	var faults []fault
	for _, f := range fields {
		v, ok := params[f.name]
		if !ok {
			continue
		}
		if next := s; f.set(&next, v) {
			s = next
		} else {
			faults = append(faults, f.fault(s, v))
		}
	}
	return s, faults
}

func decimalField[S any](name, label string, low, high float64, at func(*S) *float64) field[S] {
	write := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	return field[S]{name: name, label: label, want: " " + write(low) + " 到 " + write(high) + " 的数",
		get: func(s S) string { return write(*at(&s)) },
		set: func(s *S, v string) bool {
			x, err := strconv.ParseFloat(v, 64)
			if err != nil || math.IsNaN(x) || x < low || x > high {
				return false
			}
			*at(s) = x
			return true
		}}
}

func seedField[S any](at func(*S) *uint64) field[S] {
	return field[S]{name: "seed", label: "随机种子", want: "0 到 999999999 的整数",
		get: func(s S) string { return strconv.FormatUint(*at(&s), 10) },
		set: func(s *S, v string) bool {
			n, err := strconv.ParseUint(v, 10, 64)
			if err != nil || n > maxSeed {
				return false
			}
			*at(s) = n
			return true
		}}
}
