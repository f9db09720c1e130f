package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"courselab/attention"
)

// Options say how a model is trained. The zero value is not valid; Default is.
type Options struct {
	Epochs int     // passes over the documents
	Rows   int     // tokens read per step, about
	Rate   float64 // peak learning rate
	Last   float64 // rate at the end, as a share of Rate
	Warmup int     // steps up to Rate
	Decay  float64 // weight decay, on matrices only
	Beta1  float64
	Beta2  float64
	Clip   float64 // greatest norm of the gradient; 0: do not clip
	Seed   uint64  // of the order of documents, and of what is hidden
	Task   Task    // the zero Task: predict the next token
}

// Default returns usual options of a small model.
func Default() Options {
	return Options{Epochs: 3, Rows: 4096, Rate: 3e-3, Last: 0.1, Warmup: 200, Decay: 0.1, Beta1: 0.9, Beta2: 0.95, Clip: 1}
}

// Check returns an error that names the first option out of range.
func (o Options) Check() error {
	number := func(name string, v, low, high float64) error {
		if !(v >= low && v <= high) {
			return fmt.Errorf("%s %v: not in %v … %v", name, v, low, high)
		}
		return nil
	}
	for _, err := range []error{
		number("epochs", float64(o.Epochs), 1, 1e6),
		number("batch-tokens", float64(o.Rows), 1, 1<<24),
		number("rate", o.Rate, 0, 10),
		number("last-rate", o.Last, 0, 1),
		number("warmup", float64(o.Warmup), 0, 1e9),
		number("decay", o.Decay, 0, 10),
		number("beta1", o.Beta1, 0, 0.999999),
		number("beta2", o.Beta2, 0, 0.999999),
		number("clip", o.Clip, 0, 1e9),
	} {
		if err != nil {
			return err
		}
	}
	return o.Task.check()
}

// ErrDiverged is wrapped by Step where the numbers have left what a float32 can
// hold: the learning rate is too high.
var ErrDiverged = errors.New("the training has diverged")

// epsilon keeps AdamW from dividing by zero.
const epsilon = 1e-8

// Trainer trains one model on one set of documents. It is used by one goroutine
// at a time.
type Trainer struct {
	// Pause is called between layers, where it is set: in the browser it lets
	// messages in. Its error ends the step.
	Pause func(context.Context) error

	options   Options
	documents []Document
	pass      pass
	moments   [2]*attention.Model // AdamW's m and v
	perEpoch  []int               // steps of each epoch
	steps     int                 // of all epochs
	done      int                 // steps taken
	rate      float64             // peak learning rate from now on
	batches   [][]int             // of the epoch that step done belongs to
	epoch     int                 // which that is; −1: none
	batch     []Document
}

// New returns a trainer that changes m in place.
func New(m *attention.Model, b attention.Backend, documents []Document, o Options) (*Trainer, error) {
	if err := o.Check(); err != nil {
		return nil, fmt.Errorf("new trainer: %w", err)
	}
	if len(documents) == 0 {
		return nil, fmt.Errorf("new trainer: no documents")
	}
	if err := checkDocuments(documents, m.Config); err != nil {
		return nil, fmt.Errorf("new trainer: %w", err)
	}
	if err := o.Task.fits(m.Config); err != nil {
		return nil, fmt.Errorf("new trainer: %w", err)
	}
	t := &Trainer{
		options: o, documents: documents, epoch: -1, rate: o.Rate,
		pass:    pass{model: m, gradient: m.Zeros(), backend: attention.ForTraining(b)},
		moments: [2]*attention.Model{m.Zeros(), m.Zeros()},
	}
	for epoch := range o.Epochs {
		n := len(Epoch(documents, o.Rows, o.Seed, epoch))
		t.perEpoch = append(t.perEpoch, n)
		t.steps += n
	}
	return t, nil
}

func checkDocuments(documents []Document, c attention.ModelConfig) error {
	for i, d := range documents {
		if len(d) < 2 || d.rows() > c.Context {
			return fmt.Errorf("document %d: %d tokens, not in 2 … %d", i+1, len(d), c.Context+1)
		}
		for _, token := range d {
			if token < 0 || token >= c.Vocab {
				return fmt.Errorf("document %d: token %d is not in 0 … %d", i+1, token, c.Vocab-1)
			}
		}
	}
	return nil
}

// Model returns the model in training.
func (t *Trainer) Model() *attention.Model { return t.pass.model }

// Done returns the steps taken, Steps those of the whole run.
func (t *Trainer) Done() int { return t.done }

// Steps returns the steps of the whole run.
func (t *Trainer) Steps() int { return t.steps }

// Rate returns the peak learning rate of the steps to come.
func (t *Trainer) Rate() float64 { return t.rate }

// SetRate changes it, to more than 0; a checkpoint keeps what it was changed to.
func (t *Trainer) SetRate(rate float64) error {
	if !(rate > 0) {
		return fmt.Errorf("set rate: %v is not above 0", rate)
	}
	o := t.options
	o.Rate = rate
	if err := o.Check(); err != nil {
		return fmt.Errorf("set rate: %w", err)
	}
	t.rate = rate
	return nil
}

// Result is what a step tells.
type Result struct {
	Step     int     // from 1
	Epoch    int     // from 1
	EpochEnd bool    // this was the epoch's last step
	Loss     float64 // mean over the batch of −log p(target), nats per token
	// Divergence is the mean of KL(teacher ‖ student) at the temperature, in nats
	// per token; 0 without a teacher.
	Divergence float64
	Rows       int // tokens read
	Scored     int // tokens predicted
	Rate       float64
	Norm       float64 // of the gradient, before clipping
}

// Step takes one step. After an error the model may be half changed; a
// checkpoint of before is the way back. It must not be called when Done equals
// Steps.
func (t *Trainer) Step(ctx context.Context) (Result, error) {
	if t.done >= t.steps {
		return Result{}, fmt.Errorf("train: all %d steps are done", t.steps)
	}
	epoch, at := 0, t.done
	for at >= t.perEpoch[epoch] {
		at -= t.perEpoch[epoch]
		epoch++
	}
	if epoch != t.epoch {
		t.batches, t.epoch = Epoch(t.documents, t.options.Rows, t.options.Seed, epoch), epoch
	}
	t.batch = t.batch[:0]
	for _, i := range t.batches[at] {
		t.batch = append(t.batch, t.documents[i])
	}
	loss, err := t.gradients(ctx, t.batch)
	if err != nil {
		return Result{}, fmt.Errorf("train step %d on %s: %w", t.done+1, t.pass.backend.Name(), err)
	}
	rate := Rate(t.done, t.steps, t.options.Warmup, t.rate, t.options.Last)
	norm, err := t.update(ctx, rate)
	if err != nil {
		return Result{}, fmt.Errorf("train step %d on %s: %w", t.done+1, t.pass.backend.Name(), err)
	}
	t.done++
	return Result{Divergence: t.pass.distil.mean(), Step: t.done, Epoch: epoch + 1, EpochEnd: at == t.perEpoch[epoch]-1, Loss: loss, Rows: len(t.pass.inputs), Scored: len(t.pass.targets), Rate: rate, Norm: norm}, nil
}

// gradients sets the gradient of the batch's mean loss, and returns the loss.
func (t *Trainer) gradients(ctx context.Context, batch []Document) (float64, error) {
	p := &t.pass
	p.pause = t.Pause
	for _, parameter := range p.gradient.Parameters() {
		clear(parameter.Values)
	}
	random := hiding(t.options.Seed, uint64(t.done))
	t.options.Task.load(p, batch, func(int) *rand.Rand { return random })
	if p.distil != nil {
		if err := p.distil.read(ctx, batch, t.Pause); err != nil {
			return 0, err
		}
	}
	if err := p.forward(ctx); err != nil {
		return 0, err
	}
	if err := p.score(ctx, true); err != nil {
		return 0, err
	}
	if err := p.backward(ctx); err != nil {
		return 0, err
	}
	return p.meanLoss()
}

// update takes AdamW's step and returns the norm of the gradient.
func (t *Trainer) update(ctx context.Context, rate float64) (float64, error) {
	gradients := t.pass.gradient.Parameters()
	var sum float64
	for _, g := range gradients {
		for _, v := range g.Values {
			sum += float64(v) * float64(v)
		}
	}
	norm := math.Sqrt(sum)
	if math.IsNaN(norm) || math.IsInf(norm, 0) {
		return 0, fmt.Errorf("%w: the norm of the gradient is %v", ErrDiverged, norm)
	}
	step := attention.AdamWStep{Rate: rate, Beta1: t.options.Beta1, Beta2: t.options.Beta2, Epsilon: epsilon, Scale: 1, Time: t.done + 1}
	if clip := t.options.Clip; clip > 0 && norm > clip {
		step.Scale = clip / norm
	}
	weights, m, v := t.pass.model.Parameters(), t.moments[0].Parameters(), t.moments[1].Parameters()
	for i, w := range weights {
		s := step
		if len(w.Shape) > 1 {
			s.Decay = t.options.Decay
		}
		t.pass.backend.AdamW(w.Values, m[i].Values, v[i].Values, gradients[i].Values, s)
	}
	return norm, t.pass.backend.Sync(ctx)
}
