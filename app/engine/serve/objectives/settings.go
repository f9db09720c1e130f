package objectives

import (
	"encoding/json"
	"strconv"
	"strings"

	"courselab/app/engine/serve/sheet"
	"courselab/attention"
	"courselab/attention/train"
)

const (
	passagesFile = "data/passages.json"
	headDim      = 16
	// warmup is how many steps the learning rate rises.
	warmup = 20
	// baseRate stands in the trainers' options; what the learner sets replaces it,
	// so that a saved run does not hang on it.
	baseRate = 3e-3
)

// settings are the inputs of the lab, read.
type settings struct {
	texts                 []string
	most, vocabulary      int
	width, layers, window int
	batch, steps          int
	rate, hide            float64
	leak                  bool
	seed                  uint64
	prompt, cloze         string
}

// read takes the settings from the inputs; faults are noted there.
func read(in *sheet.Input) settings {
	whole := func(name string) int { return int(in.Number(name)) }
	s := settings{
		most: whole("chars"), vocabulary: whole("vocab"), width: whole("width"), layers: whole("layers"), window: whole("context"),
		batch: whole("batch"), steps: whole("steps"), rate: in.Number("rate"), hide: in.Number("hide") / 100,
		leak: in.On("leak"), seed: uint64(in.Number("seed")), prompt: strings.TrimSpace(in.Text("prompt")), cloze: strings.TrimSpace(in.Text("cloze")),
	}
	if s.prompt == "" {
		in.Fault("prompt", "写几个字，让因果模型接着写")
	}
	if n := strings.Count(blanked(s.cloze), "＿"); n == 0 {
		in.Fault("cloze", "用 ＿ 或 _ 标出至少一个空")
	}
	if in.Text("source") == "pasted" {
		s.texts = []string{in.Text("text")}
		return s
	}
	var sections []struct {
		Text string `json:"text"`
	}
	if err := json.Unmarshal([]byte(in.File(passagesFile)), &sections); err != nil && in.Err() == nil {
		in.Fault("", "课文读不出来")
	}
	for _, section := range sections {
		s.texts = append(s.texts, section.Text)
	}
	return s
}

// blanked writes every blank as ＿.
func blanked(text string) string { return strings.ReplaceAll(text, "_", "＿") }

// prepare reads the settings and makes the corpus; its error holds the faults.
func prepare(in *sheet.Input) (settings, *corpus, error) {
	s := read(in)
	if err := in.Err(); err != nil {
		return s, nil, err
	}
	c, fault, err := newCorpus(s.texts, s.most, s.vocabulary)
	if err != nil {
		return s, nil, err
	}
	if fault != "" {
		field := "text"
		if in.Text("source") != "pasted" {
			field = ""
		}
		in.Fault(field, fault)
		return s, nil, in.Err()
	}
	if cloze := c.encode(blanked(s.cloze)); len(cloze) > s.window {
		in.Faultf("cloze", "有 %d 个字，上下文只有 %d", len(cloze), s.window)
	}
	if n := len(c.encode(s.prompt)); n >= s.window {
		in.Faultf("prompt", "有 %d 个字，上下文只有 %d，没有地方往下写", n, s.window)
	}
	return s, c, in.Err()
}

// config is the model's shape: heads of 16, a gated feed-forward of 8/3 the width,
// as in LLaMA.
func (s settings) config(vocabulary int) attention.ModelConfig {
	heads := max(1, s.width/headDim)
	return attention.ModelConfig{
		Vocab: vocabulary, Width: s.width, Layers: s.layers, Heads: heads, KVHeads: heads, HeadDim: headDim,
		FFN: (s.width*8/3 + 7) / 8 * 8, Context: s.window, RopeTheta: 10000, NormEps: 1e-5, Tied: true,
		BOS: train.BOS, EOS: []int{train.EOS},
	}
}

// tasks are what the two models learn: the first causal, or leaked, the second
// masked.
func (s settings) tasks() [2]train.Task {
	first := train.Task{Objective: train.Causal, First: firstToken}
	if s.leak {
		first.Objective = train.Leaked
	}
	return [2]train.Task{first, {Objective: train.Masked, Hide: s.hide, Mask: maskToken, First: firstToken}}
}

// options of both trainers, of steps of batch rows over documents.
func (s settings) options(task train.Task, documents int) train.Options {
	o := train.Default()
	o.Rows = s.batch * s.window
	o.Rate, o.Last, o.Warmup = baseRate, 1, warmup
	perEpoch := max(1, documents/s.batch)
	o.Epochs = s.steps/perEpoch + 1
	o.Seed, o.Task = s.seed, task
	return o
}

// names of the two models.
func (s settings) names() [2]string {
	if s.leak {
		return [2]string{"泄漏的因果", "掩码"}
	}
	return [2]string{"因果", "掩码"}
}

func tooShort(n int) string {
	return "太短：只有 " + strconv.Itoa(n) + " 个字（不算空白），至少要 " + strconv.Itoa(leastText) + " 个，才分得出训练与留出两份"
}

func tooPlain(kinds int) string {
	return "里只有 " + strconv.Itoa(kinds) + " 种字，至少要 " + strconv.Itoa(leastKinds) + " 种，才有东西可以预测"
}
