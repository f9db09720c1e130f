package train

import (
	"context"
	"fmt"

	"courselab/attention"
)

// Weighted is a document whose tokens count differently: Weights[i] is the weight
// of −log p(Document[i+1]), one for each token read. A weight may be zero, and
// below zero: then the token is to become less likely.
type Weighted struct {
	Document Document
	Weights  []float64
}

// Answer returns a document whose tokens from index from on, the answer, count
// equally, and those before, the question, not at all (Ouyang et al. 2022, section
// 3.5: supervised fine-tuning). The weight of each is one; Mean makes shares of
// a batch of them.
func Answer(d Document, from int) Weighted {
	w := Weighted{Document: d, Weights: make([]float64, d.rows())}
	for i := max(from-1, 0); i < len(w.Weights); i++ {
		w.Weights[i] = 1
	}
	return w
}

// Mean divides the weights of a batch by their sum, in place, so that its loss
// is a mean. All zero they stay.
func Mean(batch []Weighted) {
	var sum float64
	for _, w := range batch {
		for _, v := range w.Weights {
			sum += v
		}
	}
	if sum == 0 {
		return
	}
	for _, w := range batch {
		for i := range w.Weights {
			w.Weights[i] /= sum
		}
	}
}

// Tuner changes a model by steps on batches that its caller makes, one by one: a
// Trainer without documents of its own. The loss of a batch is
//
//	Σ weight·(−log p(token))    over all rows of all its documents
//
// It is used by one goroutine at a time.
type Tuner struct {
	// Pause is as that of a Trainer.
	Pause func(context.Context) error

	trainer Trainer
	plain   []Document
}

// NewTuner returns a tuner that changes m in place. Of the options it takes
// Decay, Beta1, Beta2 and Clip; the rest belong to the caller.
func NewTuner(m *attention.Model, b attention.Backend, o Options) (*Tuner, error) {
	if err := o.Check(); err != nil {
		return nil, fmt.Errorf("new tuner: %w", err)
	}
	return &Tuner{trainer: Trainer{
		options: o, epoch: -1,
		pass:    pass{model: m, gradient: m.Zeros(), backend: attention.ForTraining(b)},
		moments: [2]*attention.Model{m.Zeros(), m.Zeros()},
	}}, nil
}

// Model returns the model that is being changed.
func (t *Tuner) Model() *attention.Model { return t.trainer.pass.model }

// Done returns the steps taken.
func (t *Tuner) Done() int { return t.trainer.done }

// Tuned is what a step tells.
type Tuned struct {
	Loss float64 // of the batch, before the step
	Norm float64 // of its gradient, before clipping
	Rows int     // tokens read
}

// Step takes one step of AdamW at the given rate. After the context's error the
// model is as it was.
func (t *Tuner) Step(ctx context.Context, batch []Weighted, rate float64) (Tuned, error) {
	loss, err := t.gradients(ctx, batch)
	if err != nil {
		return Tuned{}, fmt.Errorf("tune step %d: %w", t.Done()+1, err)
	}
	norm, err := t.trainer.update(ctx, rate)
	if err != nil {
		return Tuned{}, fmt.Errorf("tune step %d: %w", t.Done()+1, err)
	}
	t.trainer.done++
	return Tuned{Loss: loss, Norm: norm, Rows: len(t.trainer.pass.inputs)}, nil
}

// gradients sets the gradient of the batch's loss, and returns the loss.
func (t *Tuner) gradients(ctx context.Context, batch []Weighted) (float64, error) {
	p := &t.trainer.pass
	p.pause = t.Pause
	t.plain = t.plain[:0]
	for i, w := range batch {
		if len(w.Weights) != len(w.Document)-1 {
			return 0, fmt.Errorf("document %d: %d weights for %d tokens that are read", i+1, len(w.Weights), len(w.Document)-1)
		}
		t.plain = append(t.plain, w.Document)
	}
	if len(batch) == 0 {
		return 0, fmt.Errorf("no documents")
	}
	if err := checkDocuments(t.plain, p.model.Config); err != nil {
		return 0, err
	}
	for _, parameter := range p.gradient.Parameters() {
		clear(parameter.Values)
	}
	p.load(t.plain)
	p.choose(batch)
	if err := p.forward(ctx); err != nil {
		return 0, err
	}
	if err := p.score(ctx, true); err != nil {
		return 0, err
	}
	if err := p.backward(ctx); err != nil {
		return 0, err
	}
	var loss float64
	for i, target := range p.targets {
		l := p.losses[i]
		if l != l {
			return 0, fmt.Errorf("the loss of target %d, token %d, is not a number", i, target)
		}
		loss += float64(p.shares[i]) * float64(l)
	}
	return loss, nil
}

// choose scores those rows of a loaded batch whose weight is not zero.
func (p *pass) choose(batch []Weighted) {
	p.scored, p.targets, p.shares = []int{}, p.targets[:0], p.shares[:0]
	for i, w := range batch {
		for j, v := range w.Weights {
			if v != 0 {
				p.scored = append(p.scored, p.documents[i].from+j)
				p.targets = append(p.targets, w.Document[j+1])
				p.shares = append(p.shares, float32(v))
			}
		}
	}
}

// weigh is CrossEntropy where rows count differently: it sets the losses of the
// targets at d and turns their logits into the gradient of Σ share·loss.
func (p *pass) weigh(ctx context.Context, d span) error {
	p.backend.CrossEntropy(p.logits, p.targets[d.from:d.to], p.losses[d.from:d.to], 1)
	if err := p.backend.Sync(ctx); err != nil {
		return err
	}
	for i, share := range p.shares[d.from:d.to] {
		row := p.logits.Row(i)
		for j := range row {
			row[j] *= share
		}
	}
	return nil
}

// logProbabilities are log p of each token that a document's rows predict, in
// nats, one slice to a document.
func (p *pass) logProbabilities(ctx context.Context, documents []Document) ([][]float64, error) {
	if err := checkDocuments(documents, p.model.Config); err != nil {
		return nil, err
	}
	p.load(documents)
	if err := p.forward(ctx); err != nil {
		return nil, err
	}
	if err := p.score(ctx, false); err != nil {
		return nil, err
	}
	out := make([][]float64, len(documents))
	for i, d := range p.documents {
		for _, l := range p.losses[d.from:d.to] {
			out[i] = append(out[i], -float64(l))
		}
	}
	return out, nil
}
