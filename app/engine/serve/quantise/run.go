package quantise

import (
	"context"
	"fmt"
	"math"

	"courselab/app/engine"
	"courselab/app/engine/serve/run"
	"courselab/app/engine/serve/sheet"
	"courselab/attention"
	"courselab/attention/quantise"
	"courselab/attention/train"
	"courselab/attention/verse"
)

// Run measures what a scheme does to the whole model.
var Run = run.Lab{Version: "1", Bytes: need, Begin: begin}

// perStep is how many poems of calibration a step writes.
const perStep = 8

// rows is how many tokens a pass reads at a time.
const rows = 512

// version is one way of storing the model, measured.
type version struct {
	scheme quantise.Scheme
	gptq   bool
	bytes  int
	losses []float64 // of each held-out poem
}

// matrix is what quantising one matrix alone does.
type matrix struct {
	name     string
	distance float64 // ‖W − Ŵ‖ / ‖W‖
	output   float64 // of what it gives out on the calibration; NaN where it was not seen
	losses   []float64
}

// measurement is the run.
type measurement struct {
	in        *sheet.Input
	set       settings
	model     *attention.Model
	tokenizer *attention.Tokenizer
	backend   attention.Backend
	prompt    []int

	steps []step
	done  int

	held        []train.Document
	base        []float64        // losses of the model as it is
	texts       []train.Document // of the calibration
	calibration quantise.Calibration
	chosen      *version
	model8      *quantise.Model // the chosen one, while it is needed
	integers    []float64       // losses of the chosen one on integers; nil: none
	matrices    []matrix
	versions    []version
	poems       []poem
	speeds      []speed
}

type step struct {
	what string
	do   func(context.Context) error
}

// grid are the versions that are compared with the chosen one.
func grid() []version {
	all := []version{{scheme: quantise.Scheme{Bits: 16}}}
	for _, bits := range []int{8, 4} {
		for _, group := range []int{quantise.Whole, quantise.Channel, 128, 64, 32} {
			for _, asymmetric := range []bool{false, true} {
				for _, gptq := range []bool{false, true} {
					all = append(all, version{scheme: quantise.Scheme{Bits: bits, Group: group, Asymmetric: asymmetric}, gptq: gptq})
				}
			}
		}
	}
	return all
}

// modelCopies is how many models in float32 a run holds at once: that of a
// version and what its products are noted in.
const modelCopies = 2

func need(in *sheet.Input) (int64, error) {
	m, _, err := in.Shiya()
	if err != nil {
		return 0, err
	}
	var bytes, grams int64
	for _, p := range m.Parameters() {
		bytes += 4 * int64(len(p.Values))
		if len(p.Shape) == 2 {
			grams += 2 * 8 * int64(p.Shape[1]) * int64(p.Shape[1])
		}
	}
	c := m.Config
	pass := 4 * rows * int64(c.Layers*(6*c.Width+2*c.Heads*c.HeadDim+3*c.FFN)+c.Vocab/2)
	return modelCopies*bytes + grams + pass + speedBytes, nil
}

func begin(in *sheet.Input) (run.Run, error) {
	r := &measurement{in: in, set: read(in)}
	if err := in.Err(); err != nil {
		return nil, err
	}
	var err error
	if r.model, r.tokenizer, err = in.Shiya(); err != nil {
		return nil, err
	}
	c := r.model.Config
	if c.BOS < 0 || len(c.EOS) == 0 {
		in.Fault("method", "这个模型没有篇首或篇末的记号，不能用整首诗来量")
		return nil, in.Err()
	}
	ids, err := r.tokenizer.Encode(r.set.prompt)
	if err != nil {
		in.Fault("prompt", fmt.Sprintf("有字不在模型的字表里（%v）；请换字", err))
		return nil, in.Err()
	}
	r.prompt = append([]int{c.BOS}, ids...)
	if len(r.prompt) >= c.Context {
		in.Fault("prompt", fmt.Sprintf("最多 %d 个字", c.Context-2))
		return nil, in.Err()
	}
	r.backend = in.Backend()
	if r.held, err = train.Documents(verse.HeldOut(), r.tokenizer, c, r.unknown()); err != nil {
		return nil, err
	}
	r.plan()
	return r, nil
}

// unknown is the token that stands for characters which the model lacks.
func (r *measurement) unknown() int {
	if id, ok := r.tokenizer.ID("<unk>"); ok {
		return id
	}
	return r.model.Config.EOS[0]
}

// plan lists the steps: what the learner chose comes first.
func (r *measurement) plan() {
	add := func(what string, do func(context.Context) error) { r.steps = append(r.steps, step{what, do}) }
	add("量原来的困惑度", r.measureBase)
	for n := 0; n < r.set.poems; n += perStep {
		add("写校准用的诗", r.write(n, min(perStep, r.set.poems-n)))
	}
	add("看各矩阵的输入", r.calibrate)
	add("量所选设置的困惑度", r.measureChosen)
	if !r.set.scheme.Float() {
		add("换成整数乘法再量", r.measureIntegers)
	}
	add("同一个种子写诗", r.writePoems)
	add("测速", r.measureModelSpeed)
	for _, s := range products {
		add("测速", r.measureProduct(s))
	}
	if !r.set.scheme.Float() {
		for _, name := range quantise.Matrices(r.model) {
			add("只量化 "+nameOf(name), r.measureMatrix(name))
		}
	}
	for _, v := range grid() {
		add("比较："+methodName(v.gptq)+" "+name(v.scheme), r.measureVersion(v))
	}
}

// Step does the next step.
func (r *measurement) Step(ctx context.Context) error {
	if err := r.steps[r.done].do(ctx); err != nil {
		return err
	}
	r.done++
	return nil
}

// At is how far it has come.
func (r *measurement) At() engine.Progressed {
	what := "量完了"
	if r.done < len(r.steps) {
		what = r.steps[r.done].what
	}
	return engine.Progressed{What: what, Done: float64(r.done), Total: float64(len(r.steps)), Unit: "步"}
}

// Bytes is the memory that it holds.
func (r *measurement) Bytes() int64 {
	bytes, err := need(r.in)
	if err != nil {
		return 0
	}
	return bytes
}

func (r *measurement) pause(context.Context) error { return r.in.Pause() }

// losses are those of a model on the held-out verse.
func (r *measurement) losses(ctx context.Context, m *attention.Model, b attention.Backend) ([]float64, error) {
	return train.Losses(ctx, m, b, r.held, rows, r.pause)
}

func (r *measurement) measureBase(ctx context.Context) (err error) {
	r.base, err = r.losses(ctx, r.model, r.backend)
	return err
}

// write has the model write poems from the at-th on: what it is calibrated on.
// Each has a seed of its own, so that one which a pause broke off comes out the
// same.
func (r *measurement) write(at, poems int) func(context.Context) error {
	return func(ctx context.Context) error {
		var texts []train.Document
		c := r.model.Config
		for i := range poems {
			s, err := attention.NewSampler(attention.Sampling{Temperature: 1, TopP: 1, RepetitionPenalty: 1, Seed: r.set.seed<<8 + uint64(at+i)}, c.Vocab)
			if err != nil {
				return err
			}
			d, err := attention.NewDecoder(r.model, r.backend, c.Context)
			if err != nil {
				return err
			}
			ids, _, err := attention.Generate(ctx, d, s, []int{c.BOS}, c.Context-1, nil)
			if err != nil {
				return err
			}
			if len(ids) > 0 {
				texts = append(texts, append(train.Document{c.BOS}, ids...))
			}
			if err := r.in.Pause(); err != nil {
				return err
			}
		}
		r.texts = append(r.texts, texts...)
		return nil
	}
}

func (r *measurement) calibrate(ctx context.Context) (err error) {
	if len(r.texts) == 0 {
		return fmt.Errorf("calibrate: the model wrote nothing")
	}
	r.calibration, err = quantise.Calibrate(ctx, r.model, r.backend, r.texts, r.pause)
	return err
}

// options are those of a version; only chooses matrices, nil: all.
func (r *measurement) options(v version, only func(string) bool) quantise.Options {
	o := quantise.Options{Scheme: v.scheme, Only: only, Pause: r.pause}
	if v.gptq {
		o.Calibration = r.calibration
	}
	return o
}

func (r *measurement) measureChosen(ctx context.Context) error {
	v := version{scheme: r.set.scheme, gptq: r.set.gptq && !r.set.scheme.Float()}
	q, err := quantise.Quantise(ctx, r.model, r.options(v, nil))
	if err != nil {
		return err
	}
	if v.losses, err = r.losses(ctx, q.Model, r.backend); err != nil {
		return err
	}
	v.bytes = q.Bytes
	r.chosen, r.model8 = &v, q
	return nil
}

func (r *measurement) measureIntegers(ctx context.Context) error {
	if !r.countsIntegers() {
		return nil
	}
	b, err := r.model8.Integers(r.backend)
	if err != nil {
		return err
	}
	r.integers, err = r.losses(ctx, r.model8.Model, b)
	return err
}

// countsIntegers reports whether the backend multiplies integers; without, there
// are no figures of that.
func (r *measurement) countsIntegers() bool {
	_, ok := r.backend.(attention.IntegerBackend)
	return ok
}

func (r *measurement) measureMatrix(name string) func(context.Context) error {
	return func(ctx context.Context) error {
		q, err := quantise.Quantise(ctx, r.model, r.options(*r.chosen, func(n string) bool { return n == name }))
		if err != nil {
			return err
		}
		out := matrix{name: name, output: math.NaN()}
		if out.losses, err = r.losses(ctx, q.Model, r.backend); err != nil {
			return err
		}
		for _, p := range r.model.Parameters() {
			if p.Name == name {
				w, after := quantise.Matrix(p), q.Tensors[name].Matrix()
				out.distance = quantise.Distance(w, after)
				if in := r.calibration[name]; in != nil {
					out.output = in.Error(w, after)
				}
			}
		}
		r.matrices = append(r.matrices, out)
		return nil
	}
}

func (r *measurement) measureVersion(v version) func(context.Context) error {
	return func(ctx context.Context) error {
		r.model8 = nil
		if r.chosen.scheme == v.scheme && r.chosen.gptq == v.gptq {
			r.versions = append(r.versions, *r.chosen)
			return nil
		}
		q, err := quantise.Quantise(ctx, r.model, r.options(v, nil))
		if err != nil {
			return err
		}
		if v.losses, err = r.losses(ctx, q.Model, r.backend); err != nil {
			return err
		}
		v.bytes = q.Bytes
		r.versions = append(r.versions, v)
		return nil
	}
}

// mean is nats per token of the held-out verse.
func (r *measurement) mean(losses []float64) float64 { return train.MeanLoss(losses, r.held) }

// rise is by how much losses exceed the base's, per token, and 1.96 times the
// standard error of that: poem by poem, so that what makes one poem harder than
// another does not count.
func (r *measurement) rise(losses []float64) (mean, margin float64) {
	differences := make([]float64, len(losses))
	for i, l := range losses {
		differences[i] = l - r.base[i]
	}
	mean = r.mean(differences)
	var squares, tokens float64
	for i, d := range differences {
		n := float64(len(r.held[i]) - 1)
		squares += (d - mean*n) * (d - mean*n)
		tokens += n
	}
	n := float64(len(losses))
	return mean, 1.96 * math.Sqrt(squares*n/max(n-1, 1)) / tokens
}
