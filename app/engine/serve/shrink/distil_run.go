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

// The methods of the students' points.
const (
	byText    = "学生，只看文字"
	byTeacher = "学生，跟老师学"
)

// DistilRun makes the runs of the lab "distil".
func (l *Lab) DistilRun() run.Lab {
	return run.Lab{
		Version: "1",
		Bytes: func(in *sheet.Input) (int64, error) {
			plan := readLesson(in)
			if err := in.Err(); err != nil {
				return 0, err
			}
			m, _, err := in.Shiya()
			if err != nil {
				return 0, err
			}
			c, err := studentConfig(m.Config, plan.student)
			return distilBytes(m.Config, c, plan.texts), err
		},
		Begin: func(in *sheet.Input) (run.Run, error) { return newSchool(in) },
	}
}

// readings is how often, about, the students read the held-out poems.
const readings = 10

// school is such a run: the teacher writes poems, both students learn and are
// measured by turns, then versions of the teacher are measured.
type school struct {
	in        *sheet.Input
	plan      lesson
	model     *attention.Model // the teacher
	tokenizer *attention.Tokenizer
	backend   attention.Backend
	student   attention.ModelConfig
	documents []train.Document // held out

	steps   []stage // of the whole run, in order
	done    int
	poet    *poet
	alone   *train.Trainer
	taught  *train.Trainer
	read    []reading
	written [2]string // by the students, as they last stood
	learnt  [2]train.Result
	points  []quality.Point
	teacher float64 // its loss; 0: not yet measured
}

// stage is what one step of a run does.
type stage struct {
	what string
	do   func(ctx context.Context) error
}

// reading is how the students stood after so many steps.
type reading struct {
	step                 int
	alone, taught        float64 // loss on held-out poems
	aloneFit, divergence float64 // of the last step, on the poems learnt from
}

func newSchool(in *sheet.Input) (*school, error) {
	r := &school{in: in, plan: readLesson(in)}
	if err := in.Err(); err != nil {
		return nil, err
	}
	var err error
	if r.model, r.tokenizer, err = in.Shiya(); err != nil {
		return nil, err
	}
	if r.student, err = studentConfig(r.model.Config, r.plan.student); err != nil {
		return nil, err
	}
	if r.documents, err = heldOut(r.model, r.tokenizer, 0); err != nil {
		return nil, err
	}
	r.backend = in.Backend()
	if r.poet, err = newPoet(r.model, r.backend, r.plan.seed); err != nil {
		return nil, err
	}
	r.plot()
	return r, nil
}

// plot lays out the stages.
func (r *school) plot() {
	for range r.plan.texts {
		r.steps = append(r.steps, stage{"老师写诗", func(context.Context) error { return r.poet.write(r.in) }})
	}
	every := max(1, r.plan.steps/readings)
	r.steps = append(r.steps, stage{"学生读留出的诗", func(context.Context) error { return r.examine(0) }})
	for s := 1; s <= r.plan.steps; s++ {
		r.steps = append(r.steps, stage{"两个学生各走一步", r.step})
		if s%every == 0 || s == r.plan.steps {
			r.steps = append(r.steps, stage{"学生读留出的诗", func(context.Context) error { return r.examine(s) }})
		}
	}
	beside := append(standing(), setting{method: matrix, share: 0.5}.version(false), setting{method: matrix, share: 0.6}.version(false))
	for _, v := range beside {
		r.steps = append(r.steps, stage{"老师的别的压缩版本", func(context.Context) error {
			p, err := v.measure(r.in, r.model, train.Importance{}, r.backend, r.documents)
			if err == nil {
				r.points = append(r.points, p)
				if v.method == asItIs {
					r.teacher = p.Loss
				}
			}
			return err
		}})
	}
	r.steps = append(r.steps, stage{"学生存成 fp16", r.graduate})
}

// At implements run.Run.
func (r *school) At() engine.Progressed {
	what := "全部算完"
	if r.done < len(r.steps) {
		what = r.steps[r.done].what
	}
	return engine.Progressed{What: what, Done: float64(r.done), Total: float64(len(r.steps)), Unit: "步"}
}

// Bytes implements run.Run.
func (r *school) Bytes() int64 { return distilBytes(r.model.Config, r.student, r.plan.texts) }

// Step implements run.Run.
func (r *school) Step(ctx context.Context) error {
	if r.done >= len(r.steps) {
		return fmt.Errorf("distil: all %d steps are done", r.done)
	}
	err := r.steps[r.done].do(ctx)
	if err == nil {
		r.done++
	}
	return err
}

// enrol makes the students, once there is something to learn.
func (r *school) enrol() (err error) {
	if r.alone == nil {
		r.alone, r.taught, err = trainers(r.model, r.backend, r.poet.poems, r.plan, func(context.Context) error { return r.in.Pause() })
	}
	return err
}

// step has both students take the same step. One that was broken off between the
// two goes on with the second.
func (r *school) step(ctx context.Context) error {
	if err := r.enrol(); err != nil {
		return err
	}
	var err error
	if r.alone.Done() == r.taught.Done() {
		if r.learnt[0], err = r.alone.Step(ctx); err != nil {
			return err
		}
	}
	learnt, err := r.taught.Step(ctx)
	if err == nil {
		r.learnt[1] = learnt
	}
	return err
}

// examine measures both students after so many steps, and has each write.
func (r *school) examine(step int) error {
	if err := r.enrol(); err != nil {
		return err
	}
	out := reading{step: step, aloneFit: r.learnt[0].Loss, divergence: r.learnt[1].Divergence}
	var err error
	if out.alone, err = meanLoss(r.in, r.alone.Model(), r.backend, r.documents); err != nil {
		return err
	}
	if out.taught, err = meanLoss(r.in, r.taught.Model(), r.backend, r.documents); err != nil {
		return err
	}
	var written [2]string
	for i, t := range []*train.Trainer{r.alone, r.taught} {
		p, err := newPoet(t.Model(), r.backend, r.plan.seed)
		if err != nil {
			return err
		}
		if err := p.write(r.in); err != nil {
			return err
		}
		written[i] = text(r.tokenizer, p.poems[0])
	}
	r.read, r.written = append(r.read, out), written
	return nil
}

// graduate measures the students as files would keep them.
func (r *school) graduate(context.Context) error {
	var points []quality.Point
	for _, s := range []struct {
		method string
		of     *train.Trainer
	}{{byText, r.alone}, {byTeacher, r.taught}} {
		m := s.of.Model().Clone()
		if err := prune.Halve(m); err != nil {
			return err
		}
		loss, err := meanLoss(r.in, m, r.backend, r.documents)
		if err != nil {
			return err
		}
		points = append(points, quality.Point{Method: s.method, Setting: "fp16", Label: s.method, Bytes: float64(prune.Measure(m).Dense), Loss: loss, Strong: true})
	}
	r.points = append(r.points, points...)
	r.alone, r.taught = nil, nil // of no more use, and large
	return nil
}
