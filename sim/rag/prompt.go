package rag

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"courselab/sim"
)

// Instruction is what the prompt begins with, unless the learner writes another.
const Instruction = "只根据下面的资料回答问题。资料里没有答案就说“资料里没有”，不要猜。每句话后面用 [编号] 注明出处。"

// Budget bounds a prompt.
type Budget struct {
	Window  float64 // tokens that the model takes, input and output together
	Passage float64 // tokens for passages at most; 0 is what the window leaves
	Output  float64 // tokens kept free for the answer
	Rates   Rates
}

func (b Budget) check() error {
	for _, err := range []error{
		sim.CheckWhole("window", b.Window, 64, 1e9),
		sim.CheckWhole("passage_budget", b.Passage, 0, 1e9),
		sim.CheckWhole("output_tokens", b.Output, 1, 1e6),
		b.Rates.check(),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// Prompt is what is sent to a model.
type Prompt struct {
	Text string
	Used int // how many of the chunks found went in, the best ones
	// Tokens, each part rounded up: of the instruction with the question, of the
	// passages, and together.
	Fixed, Passages, Input float64
	Parts                  []float64 // of each chunk that went in
}

// passage is a chunk as it stands in the prompt.
func (s *Store) passage(number int, f Found) string {
	c := s.Chunks[f.Chunk]
	section := s.Sections[c.Section]
	return "[" + strconv.Itoa(number) + "] " + section.Title + "（" + section.ID + "）\n" + strings.TrimSpace(c.Text) + "\n"
}

// fits is how many of the chunks found go into a prompt, the best first until one
// does not, and their tokens. fixed are the tokens of the rest.
func (s *Store) fits(found []Found, fixed float64, b Budget) (parts []float64, total float64) {
	room := b.Window - b.Output - fixed
	if b.Passage > 0 {
		room = min(room, b.Passage)
	}
	for i, f := range found {
		t := math.Ceil(b.Rates.Count(s.passage(i+1, f)))
		if total+t > room {
			break
		}
		parts, total = append(parts, t), total+t
	}
	return parts, total
}

// Assemble writes the prompt for a question from what was found. It fails with a
// *sim.FieldError on window where not even the question fits.
func (s *Store) Assemble(instruction, question string, found []Found, b Budget) (Prompt, error) {
	if err := b.check(); err != nil {
		return Prompt{}, fmt.Errorf("assemble prompt: %w", err)
	}
	fixed := math.Ceil(b.Rates.Count(instruction + question + "资料：问题："))
	if fixed+b.Output > b.Window {
		return Prompt{}, fmt.Errorf("assemble prompt: %w", &sim.FieldError{Field: "window", Reason: sim.OutOfRange,
			Detail: fmt.Sprintf("%s tokens, the question and its answer alone need %s", sim.Number(b.Window), sim.Number(fixed+b.Output))})
	}
	p := Prompt{Fixed: fixed}
	p.Parts, p.Passages = s.fits(found, fixed, b)
	p.Used, p.Input = len(p.Parts), fixed+p.Passages
	var text strings.Builder
	text.WriteString(instruction + "\n\n资料：\n")
	for i, f := range found[:p.Used] {
		text.WriteString(s.passage(i+1, f))
	}
	text.WriteString("\n问题：" + question)
	p.Text = text.String()
	return p, nil
}

// Tokens is what a question costs in tokens:
//
//	P + Σ s_i + O
//
// P is the instruction with the question, s_i each chunk that went in, O the answer
// at its longest. sim.RAGTokens is the same for chunks of one size.
func (p Prompt) Tokens(output float64) sim.Quantity {
	parts := make([]string, len(p.Parts))
	for i, t := range p.Parts {
		parts[i] = sim.Number(t)
	}
	working := sim.Number(p.Fixed)
	if len(parts) > 0 {
		working += " + (" + strings.Join(parts, " + ") + ")"
	}
	return sim.Quantity{
		Name: "每问的词元数", Unit: sim.Token,
		Value:   p.Input + output,
		Formula: "P + Σ s_i + O",
		Working: working + " + " + sim.Number(output),
		Terms: []sim.Term{
			{Symbol: "P", Name: "指令与问题", Value: p.Fixed, Unit: sim.Token}, {Symbol: "Σ s_i", Name: "放进提示词的段", Value: p.Passages, Unit: sim.Token},
			{Symbol: "O", Name: "输出（至多）", Value: output, Unit: sim.Token},
		},
		Sources: []sim.Source{SourceRates},
	}
}

// Speed is how fast a model answers.
type Speed struct {
	Overhead float64 // seconds before it begins to read
	Prefill  float64 // tokens read in a second
	Decode   float64 // tokens written in a second
}

// Latency is the time to the last token of an answer:
//
//	t_0 + I / v_p + O / v_d   seconds
//
// of which the first two terms pass before the first token.
func Latency(input, output float64, v Speed) (sim.Quantity, error) {
	for _, err := range []error{
		sim.CheckRange("input_tokens", input, 0, 1e9), sim.CheckRange("output_tokens", output, 0, 1e9),
		sim.CheckRange("overhead", v.Overhead, 0, 3600), sim.CheckRange("prefill_rate", v.Prefill, 0.01, 1e9), sim.CheckRange("decode_rate", v.Decode, 0.01, 1e9),
	} {
		if err != nil {
			return sim.Quantity{}, fmt.Errorf("latency: %w", err)
		}
	}
	first := v.Overhead + input/v.Prefill
	n := sim.Number
	return sim.Quantity{
		Name: "每问的延迟", Unit: sim.Second,
		Value:   first + output/v.Decode,
		Formula: "t_0 + I / v_p + O / v_d",
		Working: n(v.Overhead) + " + " + n(input) + " / " + n(v.Prefill) + " + " + n(output) + " / " + n(v.Decode),
		Terms: []sim.Term{
			{Symbol: "t_0", Name: "排队与网络", Value: v.Overhead, Unit: sim.Second}, {Symbol: "I", Name: "输入词元", Value: input, Unit: sim.Token},
			{Symbol: "v_p", Name: "每秒读入词元", Value: v.Prefill}, {Symbol: "O", Name: "输出词元", Value: output, Unit: sim.Token},
			{Symbol: "v_d", Name: "每秒写出词元", Value: v.Decode}, {Symbol: "TTFT", Name: "首字时间", Value: first, Unit: sim.Second},
		},
	}, nil
}
