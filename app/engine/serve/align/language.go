package align

import (
	"fmt"

	"courselab/attention"
	"courselab/attention/train"
	"courselab/attention/verse"
)

// separator ends the question.
const separator = "。"

// language turns questions and poems into tokens and back.
type language struct {
	config    attention.ModelConfig
	tokenizer *attention.Tokenizer
}

// question returns the tokens of a question.
func (l language) question(heads string) (train.Document, error) {
	ids, err := l.tokenizer.Encode(heads + separator)
	if err != nil {
		return nil, fmt.Errorf("encode question: %w", err)
	}
	return append(train.Document{l.config.BOS}, ids...), nil
}

// example returns a pair of question and answer, made of a poem; the answer alone
// counts.
func (l language) example(poem string) (train.Weighted, error) {
	question, err := l.question(verse.Heads(poem))
	if err != nil {
		return train.Weighted{}, err
	}
	ids, err := l.tokenizer.Encode(poem)
	if err != nil {
		return train.Weighted{}, fmt.Errorf("encode answer: %w", err)
	}
	from := len(question)
	return train.Answer(append(append(question, ids...), l.config.EOS[0]), from), nil
}

// text returns what was written.
func (l language) text(r train.Rollout) string { return l.tokenizer.Decode(r.Drawn()) }

// fits reports whether a poem can be an answer: four lines that keep the form.
func fits(poem string) bool { return verse.KeepsForm(poem) && len(verse.Lines(poem)) == lines }

// lines is how many lines an answer has.
const lines = 4
