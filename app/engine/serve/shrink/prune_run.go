package shrink

import (
	"context"
	"fmt"

	"courselab/app/engine"
	"courselab/app/engine/serve/quality"
	"courselab/app/engine/serve/run"
	"courselab/app/engine/serve/sheet"
	"courselab/attention"
	"courselab/attention/prune"
	"courselab/attention/train"
)

// recovered is the method of points that were trained after they were pruned.
const recovered = "剪完再训练"

// PruneRun makes the runs of the lab "prune": every way to prune and a few
// quantised versions on all held-out poems, each head cut alone, and at the end
// the learner's setting trained for some steps.
func (l *Lab) PruneRun() run.Lab {
	return run.Lab{
		Version: "1",
		Bytes: func(in *sheet.Input) (int64, error) {
			m, _, err := in.Shiya()
			if err != nil {
				return 0, err
			}
			return comparisonBytes(m.Config, int(in.Number("texts"))), in.Err()
		},
		Begin: func(in *sheet.Input) (run.Run, error) { return newComparison(in) },
	}
}

// comparisonBytes: a pruned copy and a trainer with its teacher are the most that
// lives at a time.
func comparisonBytes(c attention.ModelConfig, poems int) int64 {
	return 2*4*weights(c) + trainingBytes(c) + teachingBytes(c) + textBytes(c, poems)
}

// comparison is such a run. Its steps are, in order: the poems, the importances,
// the versions, each head alone, the steps of training and their outcome.
type comparison struct {
	in        *sheet.Input
	model     *attention.Model
	tokenizer *attention.Tokenizer
	backend   attention.Backend
	chosen    setting
	seed      uint64
	texts     int
	recover   int
	documents []train.Document // held out

	done     int
	poet     *poet
	imp      train.Importance
	versions []version
	points   []quality.Point // of versions measured, in their order
	alone    []float64       // loss without each head, by layer and head
	trainer  *train.Trainer
	mask     *prune.Mask
	bytes    int // of the chosen setting
	curve    []train.Result
	after    quality.Point // once trained
}

func newComparison(in *sheet.Input) (*comparison, error) {
	r := &comparison{in: in, chosen: readSetting(in), seed: uint64(in.Number("seed")), texts: int(in.Number("texts")), recover: int(in.Number("recover"))}
	if err := in.Err(); err != nil {
		return nil, err
	}
	var err error
	if r.model, r.tokenizer, err = in.Shiya(); err != nil {
		return nil, err
	}
	c := r.model.Config
	if total := c.Layers * c.Heads; r.chosen.heads > total {
		in.Faultf("heads", "超过了：这个模型一共有 %d 个头", total)
		return nil, in.Err()
	}
	if r.documents, err = heldOut(r.model, r.tokenizer, 0); err != nil {
		return nil, err
	}
	r.backend = in.Backend()
	if r.poet, err = newPoet(r.model, r.backend, r.seed); err != nil {
		return nil, err
	}
	r.versions = versions(r.chosen, c)
	return r, nil
}

// The number of the first step of each stage.
func (r *comparison) stages() (importances, measuring, heads, training, end int) {
	importances = r.texts
	measuring = importances + 1
	heads = measuring + len(r.versions)
	training = heads + r.model.Config.Layers*r.model.Config.Heads
	end = training
	if r.recover > 0 {
		end += r.recover + 1
	}
	return
}

// At implements run.Run.
func (r *comparison) At() engine.Progressed {
	importances, measuring, heads, training, end := r.stages()
	what := "剪完再训练"
	switch {
	case r.done >= end:
		what = "全部算完"
	case r.done < importances:
		what = "诗芽写诗，用来量重要性和再训练"
	case r.done < measuring:
		what = "量各部件的重要性"
	case r.done < heads:
		what = "把各个版本读一遍留出的诗"
	case r.done < training:
		what = "逐个剪掉一个头"
	}
	return engine.Progressed{What: what, Done: float64(r.done), Total: float64(end), Unit: "步"}
}

// Bytes implements run.Run.
func (r *comparison) Bytes() int64 { return comparisonBytes(r.model.Config, r.texts) }

// Step implements run.Run.
func (r *comparison) Step(ctx context.Context) error {
	importances, measuring, heads, training, end := r.stages()
	var err error
	switch {
	case r.done >= end:
		return fmt.Errorf("compare: all %d steps are done", end)
	case r.done < importances:
		err = r.poet.write(r.in)
	case r.done < measuring:
		// Few poems are enough, and the passes back are slow.
		some := r.poet.poems[:min(2*calibrationPoems, len(r.poet.poems))]
		r.imp, err = train.Importances(ctx, r.model, r.backend, some, batchRows, func(context.Context) error { return r.in.Pause() }, nil)
	case r.done < heads:
		err = r.measure(r.versions[r.done-measuring])
	case r.done < training:
		err = r.without(r.done - heads)
	case r.done < end-1:
		err = r.train(ctx)
	default:
		err = r.finish()
	}
	if err == nil {
		r.done++
	}
	return err
}

// measure adds the point of a version.
func (r *comparison) measure(v version) error {
	p, err := v.measure(r.in, r.model, r.imp, r.backend, r.documents)
	if err == nil {
		r.points = append(r.points, p)
	}
	return err
}

// without measures the model less one head.
func (r *comparison) without(i int) error {
	s := prune.Whole(r.model.Config)
	s.Heads[i/r.model.Config.Heads][i%r.model.Config.Heads] = false
	loss, err := meanLoss(r.in, s.Mask(r.model).Pruned(r.model), r.backend, r.documents)
	if err == nil {
		r.alone = append(r.alone, loss)
	}
	return err
}

// recoveryRate is the highest learning rate after pruning: a third of what the
// model was trained with.
const recoveryRate = 1e-3

// train takes a step on what the chosen setting leaves: towards the distribution
// that the whole model has on its own poems. What is cut stays zero.
func (r *comparison) train(ctx context.Context) error {
	if r.trainer == nil {
		cut, err := r.chosen.cut(r.model, r.imp)
		if err != nil {
			return err
		}
		o := train.Options{Rows: batchRows, Rate: recoveryRate, Last: 0.1, Warmup: 3, Beta1: 0.9, Beta2: 0.95, Clip: 1, Seed: r.seed}
		o.Epochs = epochs(r.poet.poems, o, r.recover)
		t, err := train.New(cut.model, r.backend, r.poet.poems, o)
		if err != nil {
			return err
		}
		if err := t.Distil(train.Distillation{Teacher: r.model, Temperature: 1, Weight: 1}); err != nil {
			return err
		}
		t.Pause = func(context.Context) error { return r.in.Pause() }
		r.trainer, r.mask, r.bytes = t, cut.mask, cut.bytes
	}
	result, err := r.trainer.Step(ctx)
	if err != nil {
		return err
	}
	r.mask.Apply(r.trainer.Model())
	r.curve = append(r.curve, result)
	return nil
}

// epochs is how many passes over documents make at least so many steps.
func epochs(documents []train.Document, o train.Options, steps int) int {
	n := 1
	for done := 0; ; n++ {
		if done += len(train.Epoch(documents, o.Rows, o.Seed, n-1)); done >= steps {
			return n
		}
	}
}

// finish measures what was trained, as a file would keep it.
func (r *comparison) finish() error {
	m := r.trainer.Model().Clone()
	if err := prune.Halve(m); err != nil {
		return err
	}
	loss, err := meanLoss(r.in, m, r.backend, r.documents)
	if err != nil {
		return err
	}
	r.after = quality.Point{Method: recovered, Setting: r.chosen.words(), Bytes: float64(r.bytes), Loss: loss, Strong: true}
	r.trainer, r.mask = nil, nil // of no more use, and large
	return nil
}
