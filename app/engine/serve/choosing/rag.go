package choosing

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/rag"
)

const (
	passagesFile  = "data/passages.json"
	questionsFile = "data/rag-questions.json"
	// pastedID is the section that pasted text makes.
	pastedID = "粘贴的文字"
)

// Retrieval answers the lab "rag". It keeps what it parsed, and the indexes that it
// built last: while a learner turns to prompts and models, the text stays.
type Retrieval struct {
	passages  sheet.Kept[string, []rag.Section]
	questions sheet.Kept[string, []rag.Question]
	stores    sheet.Kept[indexed, *rag.Store]
}

// NewRetrieval returns one that has kept nothing yet.
func NewRetrieval() *Retrieval {
	const sizes = 4 // indexes kept: a slider is often moved back
	return &Retrieval{stores: sheet.Kept[indexed, *rag.Store]{Most: sizes}}
}

// indexed is what an index depends on: the texts of the course, empty where they
// are left out, and the learner's own.
type indexed struct {
	course, own string
	chunking    rag.Chunking
	ranking     rag.Ranking
}

// asked is one state of the lab, computed.
type asked struct {
	store     *rag.Store
	chunking  rag.Chunking
	question  string
	k         int
	found     []rag.Found
	prompt    rag.Prompt
	budget    rag.Budget
	model     *sim.Model
	catalogue *sim.Catalogue
	questions []rag.Question
	report    *rag.Report // nil where there are no questions to it
	speed     rag.Speed
	guide     string // the instruction
}

// Sheet answers engine.OpLab.
func (r *Retrieval) Sheet(in *sheet.Input) (engine.Sheet, error) {
	a, err := r.read(in)
	if err != nil {
		return engine.Sheet{}, err
	}
	s, err := a.quick()
	if err != nil {
		return s, err
	}
	in.Partial(s)
	if len(a.questions) > 0 {
		report, err := a.store.Evaluate(in.Context, a.questions, a.guide, a.k, a.budget, func(context.Context) error { return in.Pause() })
		if err != nil {
			return s, sheet.Rename(err, "k", "topk")
		}
		a.report = &report
		if s, err = a.whole(in, s); err != nil {
			return s, err
		}
	}
	if !in.On("sweep") || len(a.questions) == 0 {
		return s, nil
	}
	in.Partial(s)
	part, err := a.sweep(in)
	if err != nil {
		return s, err
	}
	s.Parts = append(s.Parts, part)
	return s, nil
}

func (r *Retrieval) read(in *sheet.Input) (*asked, error) {
	a := &asked{
		question: strings.TrimSpace(in.Text("question")), k: int(in.Number("topk")), guide: in.Text("instruction"), model: in.Model("model"), catalogue: in.Models("model"),
		speed: rag.Speed{Overhead: in.Number("overhead"), Prefill: in.Number("prefill"), Decode: in.Number("decode")},
	}
	a.chunking = rag.Chunking{Size: int(in.Number("size")), Overlap: int(in.Number("overlap")), Sentences: in.On("sentences")}
	a.budget = rag.Budget{Passage: in.NumberOr("budget", 0), Output: in.Number("output"), Rates: rag.Rates{Chinese: in.Number("han"), Other: in.Number("latin")}}
	ranking := rag.DefaultRanking
	ranking.Title = in.Number("title")
	if a.chunking.Overlap > a.chunking.Size/2 {
		in.Fault("overlap", fmt.Sprintf("不能超过块长的一半（%d）", a.chunking.Size/2))
	}
	if a.question == "" {
		in.Fault("question", "写一个问题")
	}
	window := in.NumberOr("window", 0)
	if a.model != nil && window == 0 {
		if a.model.Context == nil {
			in.Fault("window", "这个型号的上下文未公布，请填一个")
		} else {
			window = *a.model.Context
		}
	}
	a.budget.Window = window
	of, sections, questions := r.sections(in)
	of.chunking, of.ranking = a.chunking, ranking
	a.questions = questions
	if err := in.Err(); err != nil {
		return nil, err
	}
	var err error
	if a.store, err = r.index(in, of, sections); err != nil {
		return nil, sheet.Rename(err, "title_weight", "title")
	}
	a.found = a.store.Search(a.question, a.k)
	a.prompt, err = a.store.Assemble(a.guide, a.question, a.found, a.budget)
	return a, sheet.Rename(err, "output_tokens", "output", "passage_budget", "budget", "tokens_per_chinese", "han", "tokens_per_other", "latin")
}

// sections are the texts that are searched, with the questions that fit them.
func (r *Retrieval) sections(in *sheet.Input) (of indexed, sections []rag.Section, questions []rag.Question) {
	source := in.Text("source")
	if source != "pasted" {
		of.course = in.File(passagesFile)
		var err error
		if sections, err = r.passages.Get(of.course, func() (all []rag.Section, err error) {
			return all, json.Unmarshal([]byte(of.course), &all)
		}); err != nil && in.Err() == nil {
			in.Fault("", "课文读不出来")
		}
		text := in.File(questionsFile)
		if questions, err = r.questions.Get(text, func() ([]rag.Question, error) { return rag.ParseQuestions([]byte(text)) }); err != nil && in.Err() == nil {
			in.Fault("", "课程数据 "+questionsFile+" 有错："+err.Error())
		}
	}
	if source != "course" {
		of.own = strings.TrimSpace(in.Text("text"))
		if of.own == "" && source == "pasted" {
			in.Fault("text", "还没有粘贴文字")
		}
		if of.own != "" {
			sections = append(slices.Clip(sections), rag.Section{ID: pastedID, Title: pastedID, Text: of.own})
		}
	}
	return of, sections, questions
}

// index returns the store of sections, one that is there where nothing changed.
func (r *Retrieval) index(in *sheet.Input, of indexed, sections []rag.Section) (*rag.Store, error) {
	return r.stores.Get(of, func() (*rag.Store, error) {
		return rag.NewStore(in.Context, sections, of.chunking, of.ranking, func(context.Context) error { return in.Pause() })
	})
}

// quick is what follows for the question alone.
func (a *asked) quick() (engine.Sheet, error) {
	var s engine.Sheet
	cost, priced := a.cost(a.model, a.prompt.Input)
	text := fmt.Sprintf("取回 %d 段，放进提示词 %d 段，输入约 %s 词元", len(a.found), a.prompt.Used, format.Fixed(a.prompt.Input, 0))
	if priced {
		text += "，每问 " + format.Value(cost.Value, cost.Unit)
	}
	s.Verdict = engine.Verdict{Text: text + "。"}
	switch {
	case len(a.found) == 0:
		s.Verdict = engine.Verdict{Tone: engine.Bad, Text: "一段也没有取到：问题里的词，文字里一个也没有。"}
	case a.prompt.Used < len(a.found):
		s.Verdict.Tone = engine.Warn
		s.Verdict.Detail = fmt.Sprintf("窗口 %s 词元要留 %s 给回答，取回的 %d 段放不下 %d 段。", format.Count(a.budget.Window), format.Count(a.budget.Output), len(a.found), len(a.found)-a.prompt.Used)
	}
	s.Notes = []engine.Note{{Text: "词元数是按字数估的（每个汉字 " + format.Number(a.budget.Rates.Chinese) + "，其他字符 " + format.Number(a.budget.Rates.Other) + "），每个型号的分词器不同，实际以接口返回的用量为准。速度三项是假设。"}}
	p := engine.Part{Title: "这一问"}
	p.Quantities = append(p.Quantities, sheet.Noted(sheet.Quantity(a.prompt.Tokens(a.budget.Output)), "输入 %s，输出至多 %s", format.Fixed(a.prompt.Input, 0), format.Fixed(a.budget.Output, 0)))
	if priced {
		q := sheet.Quantity(cost.Quantity)
		q.Name, q.Text, q.Unit = "每问的费用（"+a.model.Name+"）", format.Value(cost.Value, cost.Unit), cost.Unit
		p.Quantities = append(p.Quantities, q)
	} else {
		p.Quantities = append(p.Quantities, sheet.Unknown("每问的费用（"+a.model.Name+"）"))
	}
	wait, err := rag.Latency(a.prompt.Input, a.budget.Output, a.speed)
	if err != nil {
		return s, sheet.Rename(err, "prefill_rate", "prefill", "decode_rate", "decode")
	}
	first := a.speed.Overhead + a.prompt.Input/a.speed.Prefill
	p.Quantities = append(p.Quantities, sheet.Noted(sheet.Quantity(wait), "首字 %s", format.Value(first, "s")))
	p.Tables = []engine.FactTable{a.hits(), a.terms()}
	s.Parts = []engine.Part{p}
	s.Files = []engine.File{{Name: "prompt.txt", Type: "text/plain", Text: a.prompt.Text}}
	return s, nil
}

// bill is a cost in a currency.
type bill struct {
	sim.Quantity
	Unit string
}

// cost is what a question costs with a model, in the currency of its list.
func (a *asked) cost(m *sim.Model, input float64) (bill, bool) {
	price := m.Price
	if price == nil {
		price = m.PriceCNY
	}
	if price == nil {
		return bill{}, false
	}
	tariff, err := price.At(startOf(a.catalogue.Generated), input)
	if err != nil {
		return bill{}, false
	}
	q, err := tariff.Cost(sim.Usage{Input: input, Output: a.budget.Output}, 1)
	return bill{q, price.Currency}, err == nil
}

// hits lists the chunks that were found.
func (a *asked) hits() engine.FactTable {
	t := sheet.Table("取回的段", sheet.Columns("名次", "小节", "得分", "命中的词（个）", "词元（个）", "去向", "开头"))
	gold := a.gold()
	for i, f := range a.found {
		c := a.store.Chunks[f.Chunk]
		section := a.store.Sections[c.Section]
		where, tokens := "放不下", ""
		if i < a.prompt.Used {
			where, tokens = "进了提示词", format.Fixed(a.prompt.Parts[i], 0)
		}
		r := row(fmt.Sprint(i+1), section.Title+"（"+section.ID+"）", format.Fixed(f.Score, 2), fmt.Sprint(f.Matched), tokens, where, opening(c.Text))
		if gold[i] {
			r.Tone = engine.Good
		}
		t.Rows = append(t.Rows, r)
	}
	if len(gold) > 0 {
		t.Text = "左边有线的那一段含有这道题的标准答案。"
	}
	return t
}

// gold tells which of the chunks found hold a gold passage, where the question is
// one of the course's.
func (a *asked) gold() map[int]bool {
	out := map[int]bool{}
	for _, q := range a.questions {
		if q.Text != a.question {
			continue
		}
		for i, f := range a.found {
			for _, g := range q.Gold {
				if a.store.Holds(f.Chunk, g) {
					out[i] = true
				}
			}
		}
	}
	return out
}

// opening is the beginning of a chunk.
func opening(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > 40 {
		return string(runes[:40]) + "…"
	}
	return string(runes)
}

// terms lists what was looked for.
func (a *asked) terms() engine.FactTable {
	t := sheet.Table("问题里的词", sheet.Columns("词", "含它的段（个）", "罕见程度 idf"))
	for _, x := range a.store.Asked(a.question) {
		t.Rows = append(t.Rows, row(x.Term, fmt.Sprint(x.Chunks), format.Fixed(x.IDF, 2)))
	}
	t.Text = "中文按相邻两字切；越少见的词越能区分。没有一段含它的，帮不上忙。"
	t.Name = "rag-terms"
	return t
}
