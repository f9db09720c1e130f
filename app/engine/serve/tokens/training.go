package tokens

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/attention/bpe"
)

// keptTrainings is how many trainings are kept: of the course's text and of the
// learner's.
const keptTrainings = 2

// training is a trainer with what it has learnt so far.
type training struct {
	text       string
	characters float64
	trainer    *bpe.Trainer
	vocabulary *bpe.Vocabulary
}

// course returns the text of a lesson, or of all.
func (l *Lab) course(in *sheet.Input, which string) (name, text string) {
	file := in.File(passagesFile)
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file != file || l.texts == nil {
		texts, err := lessons(file)
		if err != nil {
			if in.Err() == nil {
				in.Fault("", "课文读不出来")
			}
			return "", ""
		}
		l.file, l.texts = file, texts
	}
	text = l.texts[which]
	switch n := len(text); {
	case n == 0:
		in.Fault("source", "这门课没有这一单元，请选别的")
	case n > MaxText:
		in.Faultf("source", "有 %s 字节，最多 %s 字节", format.Number(float64(n)), format.Number(MaxText))
	}
	if which == allLessons {
		return "全部课文", text
	}
	return "第 " + strings.TrimPrefix(which, "m") + " 单元课文", text
}

// allLessons is the choice of the whole course.
const allLessons = "all"

// lessons returns the text of each lesson, and of all.
func lessons(file string) (map[string]string, error) {
	var sections []struct{ ID, Title, Text string }
	if err := json.Unmarshal([]byte(file), &sections); err != nil {
		return nil, fmt.Errorf("read passages: %w", err)
	}
	each := map[string]*strings.Builder{allLessons: {}}
	for _, s := range sections {
		id, _, _ := strings.Cut(s.ID, "#")
		if each[id] == nil {
			each[id] = &strings.Builder{}
		}
		for _, b := range []*strings.Builder{each[id], each[allLessons]} {
			b.WriteString(s.Title + "\n" + s.Text + "\n")
		}
	}
	texts := map[string]string{}
	for id, b := range each {
		texts[id] = b.String()
	}
	return texts, nil
}

// learn returns a training of at least merges merges, fewer where the text gives
// no more. One that was given up is kept and goes on the next time.
func (l *Lab) learn(in *sheet.Input, text string, merges int) (training, error) {
	t := l.take(text)
	if t.trainer == nil {
		trainer, err := bpe.NewTrainer(in.Context, text, func(context.Context) error { return in.Pause() })
		if err != nil {
			return training{}, err
		}
		t.trainer, t.characters = trainer, float64(utf8.RuneCountInString(text))
	}
	defer l.keep(t)
	from := t.trainer.Done()
	_, err := t.trainer.Train(in.Context, merges, func(done int) error {
		if done%50 == 0 {
			return in.Progress("学合并", float64(done), float64(merges), "次")
		}
		return in.Pause()
	})
	if t.vocabulary == nil || t.trainer.Done() > from {
		t.vocabulary = t.trainer.Vocabulary()
	}
	return *t, err
}

// take returns the training of a text, a new one where there is none. It is out of
// the others' hands until it is kept.
func (l *Lab) take(text string) *training {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, t := range l.kept {
		if t.text == text {
			l.kept = slices.Delete(l.kept, i, i+1)
			return t
		}
	}
	return &training{text: text}
}

func (l *Lab) keep(t *training) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.kept = slices.DeleteFunc(l.kept, func(o *training) bool { return o.text == t.text })
	l.kept = append(l.kept, t)
	if n := len(l.kept) - keptTrainings; n > 0 {
		l.kept = slices.Delete(l.kept, 0, n)
	}
}
