package objectives

import (
	"context"
	"errors"
	"fmt"
	"time"

	"courselab/app/engine"
	"courselab/app/engine/serve/run"
	"courselab/app/engine/serve/sheet"
	"courselab/attention"
	"courselab/attention/train"
)

const (
	// looks is about how often in a run the held-out loss is measured; every
	// fillEvery-th time the blanks are filled too, and at the end.
	looks     = 30
	fillEvery = 3
	// heldRows and blankCount bound what is measured.
	heldRows   = 48
	blankCount = 100
)

// point is what was measured after a step. Train is the mean loss of the steps
// since the point before; NaN is never kept: a side that diverged has no points.
type point struct {
	Step  int
	Train float64
	Held  float64
}

// filling is how many of the blanks a model filled rightly after a step.
type filling struct {
	Step       int
	Left, Both int
	// InUse is the held-out loss of a leaked model with the mask back in its place,
	// as when it writes; 0 of another.
	InUse float64
}

// ahead is how much of its attention a model gives to the next character: that of
// the head which gives most, and the mean of all.
type ahead struct {
	Layer, Head int
	Most, Mean  float64
}

// history is what a side has shown so far.
type history struct {
	Points   []point
	Fillings []filling
	Ahead    ahead
	Diverged int // the step at which it did; 0: it has not
}

// side is one of the two models.
type side struct {
	task    train.Task
	trainer *train.Trainer
	sum     float64 // of the losses since the last point
	count   int
	history
}

// sample is what the models wrote and filled in after a step.
type sample struct {
	Step    int
	Written string
	// Filled is the sentence as each model fills it; Guesses are what each would put
	// into each blank, best first.
	Filled  [2]string
	Guesses [2][][]guess
}

// guess is a token with its probability.
type guess struct {
	Sign        string
	Probability float64
}

// training is the run: both models, step by step.
type training struct {
	in       *sheet.Input
	settings settings
	corpus   *corpus
	config   attention.ModelConfig
	backend  attention.Backend

	learnt, held []train.Document
	blanks       []train.Blank
	common       int     // blanks that the commonest character fills rightly
	unigram      float64 // held-out loss of one who knows the characters' shares alone

	sides   [2]side
	samples []sample
	done    int // steps whose measurements are done too
	// looked says that the measurements of done have been made, the first time
	// before the first step.
	looked  bool
	seconds float64 // computed in steps
}

// Lab makes the lab's runs.
func Lab() run.Lab { return run.Lab{Bytes: bytes, Begin: begin, Version: "1"} }

// bytes estimates what a run holds: both models, and the documents.
func bytes(in *sheet.Input) (int64, error) {
	s, c, err := prepare(in)
	if err != nil {
		return 0, err
	}
	return s.footprint(len(c.vocabulary), c.learntSize+c.heldSize), nil
}

// footprint is what the run holds; a token of a document takes eight bytes.
func (s settings) footprint(vocabulary, characters int) int64 {
	config := s.config(vocabulary)
	sum := int64(8 * characters)
	for _, task := range s.tasks() {
		sum += train.Footprint(config, s.batch, s.window, s.batch*task.Predicted(s.window))
	}
	return sum
}

func begin(in *sheet.Input) (run.Run, error) {
	s, c, err := prepare(in)
	if err != nil {
		return nil, err
	}
	t := &training{in: in, settings: s, corpus: c, config: s.config(len(c.vocabulary)), backend: in.Backend()}
	if t.learnt, err = train.Pack(c.learnt, c.tokenizer, t.config, train.Unknown); err != nil {
		return nil, fmt.Errorf("begin training: %w", err)
	}
	held, err := train.Pack(c.held, c.tokenizer, t.config, train.Unknown)
	if err != nil {
		return nil, fmt.Errorf("begin training: %w", err)
	}
	if len(t.learnt) == 0 || len(held) == 0 {
		in.Faultf("context", "对这段文字太长，拼不满一行")
		return nil, in.Err()
	}
	// Rows of all parts of the text, not of its beginning.
	for i := range min(len(held), heldRows) {
		t.held = append(t.held, held[i*len(held)/min(len(held), heldRows)])
	}
	t.blanks = train.Blanks(held, blankCount, s.window/4, s.window/4, firstToken)
	t.baselines()
	for i, task := range s.tasks() {
		m, err := attention.NewModel(t.config, s.seed) // both begin alike
		if err != nil {
			return nil, fmt.Errorf("begin training: %w", err)
		}
		trainer, err := train.New(m, t.backend, t.learnt, s.options(task, len(t.learnt)))
		if err != nil {
			return nil, fmt.Errorf("begin training: %w", err)
		}
		trainer.Pause = t.pause
		if err := trainer.SetRate(s.rate); err != nil {
			return nil, fmt.Errorf("begin training: %w", err)
		}
		t.sides[i] = side{task: task, trainer: trainer}
	}
	return t, nil
}

func (t *training) pause(context.Context) error { return t.in.Pause() }

// every is how many steps lie between two measurements.
func (t *training) every() int { return max(1, t.settings.steps/looks) }

// Step takes both models one step on, and measures where that is due. Before the
// first step it measures the models as they were drawn.
func (t *training) Step(ctx context.Context) error {
	began := time.Now()
	defer func() { t.seconds += time.Since(began).Seconds() }()
	if t.done == 0 && !t.looked {
		if err := t.look(ctx, 0); err != nil {
			return err
		}
		t.looked = true
	}
	next := t.done + 1
	for i := range t.sides {
		s := &t.sides[i]
		if s.Diverged > 0 || s.trainer.Done() >= next {
			continue // it was interrupted between the two, or is no more
		}
		r, err := s.trainer.Step(ctx)
		switch {
		case errors.Is(err, train.ErrDiverged):
			s.Diverged = next
		case err != nil:
			return err
		default:
			s.sum, s.count = s.sum+r.Loss, s.count+1
		}
	}
	if next%t.every() == 0 || next == t.settings.steps {
		if err := t.look(ctx, next); err != nil {
			return err
		}
	}
	t.done = next
	return nil
}

// At implements run.Run.
func (t *training) At() engine.Progressed {
	return engine.Progressed{What: "训练", Done: float64(t.done), Total: float64(t.settings.steps), Unit: "步"}
}

// Bytes implements run.Run.
func (t *training) Bytes() int64 {
	return t.settings.footprint(len(t.corpus.vocabulary), t.corpus.learntSize+t.corpus.heldSize)
}

// Set takes a new learning rate, and texts to write on and to fill in.
func (t *training) Set(in *sheet.Input) (bool, error) {
	s := read(in)
	if err := in.Err(); err != nil {
		return false, err
	}
	for _, name := range []string{"source", "text", "chars", "vocab", "width", "layers", "context", "batch", "steps", "hide", "leak", "seed"} {
		if in.Text(name) != t.in.Text(name) {
			return false, nil
		}
	}
	if n := len(t.corpus.encode(blanked(s.cloze))); n > s.window {
		in.Faultf("cloze", "有 %d 个字，上下文只有 %d", n, s.window)
	}
	if n := len(t.corpus.encode(s.prompt)); n >= s.window {
		in.Faultf("prompt", "有 %d 个字，上下文只有 %d，没有地方往下写", n, s.window)
	}
	if err := in.Err(); err != nil {
		return false, err
	}
	for i := range t.sides {
		if err := t.sides[i].trainer.SetRate(s.rate); err != nil {
			return false, fmt.Errorf("set training: %w", err)
		}
	}
	t.settings.rate, t.settings.prompt, t.settings.cloze = s.rate, s.prompt, s.cloze
	return true, nil
}

// Live are the inputs that Set takes.
var Live = []string{"rate", "prompt", "cloze"}
