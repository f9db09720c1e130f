package train

import (
	"context"
	"fmt"
	"math"

	"courselab/attention"
)

// Distillation says how a student learns from a teacher (Hinton, Vinyals and
// Dean 2015, section 2). With z the teacher's logits, s the student's and
// softmax_T(x) = softmax(x/T), the loss of a row is
//
//	(1 − Weight)·(−log softmax(s)[target]) + Weight·T²·KL(softmax_T(z) ‖ softmax_T(s))
//
// T² keeps the size of the second gradient, which falls as 1/T² (there, section
// 2). The authors write the cross-entropy with the teacher's distribution in
// place of the divergence; the two differ by the teacher's entropy, which the
// student cannot change.
type Distillation struct {
	Teacher     *attention.Model // of the student's vocabulary and context
	Temperature float64          // T, from 1/16 to 64
	Weight      float64          // of the teacher, from 0 (the text alone) to 1
}

// Bounds of a Distillation.
const (
	minTemperature = 1.0 / 16
	maxTemperature = 64
)

// Check returns an error that names what does not fit a student of shape c.
func (d Distillation) Check(c attention.ModelConfig) error {
	switch {
	case d.Teacher == nil:
		return fmt.Errorf("teacher: none")
	case d.Teacher.Config.Vocab != c.Vocab:
		return fmt.Errorf("teacher of %d symbols: the student has %d", d.Teacher.Config.Vocab, c.Vocab)
	case d.Teacher.Config.Context < c.Context:
		return fmt.Errorf("teacher with a context of %d: the student has %d", d.Teacher.Config.Context, c.Context)
	case !(d.Temperature >= minTemperature && d.Temperature <= maxTemperature):
		return fmt.Errorf("temperature %v: not in %v … %d", d.Temperature, minTemperature, maxTemperature)
	case !(d.Weight >= 0 && d.Weight <= 1):
		return fmt.Errorf("weight of the teacher %v: not in 0 … 1", d.Weight)
	}
	return nil
}

// Distil makes every further step one of distillation. It is called before the
// first step.
func (t *Trainer) Distil(d Distillation) error {
	if err := d.Check(t.pass.model.Config); err != nil {
		return fmt.Errorf("distil: %w", err)
	}
	if t.options.Task.Objective != Causal {
		return fmt.Errorf("distil: objective %d: only the causal one", t.options.Task.Objective)
	}
	t.pass.distil = &distilling{Distillation: d, pass: pass{model: d.Teacher, backend: t.pass.backend}}
	return nil
}

// distilling is a Distillation under way.
type distilling struct {
	Distillation
	pass        pass // of the teacher, without a gradient
	scratch     [3]attention.Matrix
	divergences []float32 // KL at T of each row of the batch, in nats
}

// read takes the teacher through the batch that the student has before it.
func (d *distilling) read(ctx context.Context, batch []Document, pause func(context.Context) error) error {
	d.pass.pause = pause
	d.pass.load(batch)
	return d.pass.forward(ctx)
}

// loss does what CrossEntropy does, for the rows at r: losses are those of the
// text alone; logits become the gradient of scale·Σ of the whole loss.
func (d *distilling) loss(ctx context.Context, b attention.TrainingBackend, logits attention.Matrix, r span, targets []int, losses []float32, scale float64) error {
	teacher := &d.pass.logits
	shape(teacher, logits.Rows, logits.Cols)
	b.MatMulT(*teacher, r.rows(d.pass.norm), d.pass.model.Output)
	if err := b.Sync(ctx); err != nil {
		return err
	}
	for i := range d.scratch {
		shape(&d.scratch[i], logits.Rows, logits.Cols)
	}
	d.divergences = lengthen(d.divergences, len(d.pass.inputs))
	return soften(ctx, b, logits, *teacher, d.scratch, targets, losses, d.divergences[r.from:r.to], d.Temperature, d.Weight, scale)
}

// soften is the loss of Distillation over rows of logits s (n, V) and z (n, V). It
// sets losses (n) and divergences (n), and turns s into the gradient of
// scale·Σ loss; z is divided by T. scratch has the shape of s.
func soften(ctx context.Context, b attention.TrainingBackend, s, z attention.Matrix, scratch [3]attention.Matrix, targets []int, losses, divergences []float32, temperature, weight, scale float64) error {
	cool, q, p := scratch[0], scratch[1], scratch[2]
	inverse := float32(1 / temperature)
	for i, v := range s.Data {
		cool.Data[i] = v * inverse
		z.Data[i] *= inverse
	}
	b.SoftmaxRows(q, cool)
	b.SoftmaxRows(p, z)
	if err := b.Sync(ctx); err != nil {
		return err
	}
	for i := range divergences {
		// KL = Σ p·(log p − log q), and log p = z/T − log Σ exp(z/T).
		x, y, weights := z.Row(i), cool.Row(i), p.Row(i)
		var sum float64
		for j, w := range weights {
			sum += float64(w) * (float64(x[j]) - float64(y[j]))
		}
		// Rounding can leave the divergence of equals just below zero.
		divergences[i] = float32(math.Max(0, sum-logSum(x, weights)+logSum(y, q.Row(i))))
	}
	b.CrossEntropy(s, targets, losses, (1-weight)*scale)
	if err := b.Sync(ctx); err != nil {
		return err
	}
	// ∂/∂s of T²·KL is T·(q − p).
	factor := float32(weight * temperature * scale)
	for i := range s.Data {
		s.Data[i] += factor * (q.Data[i] - p.Data[i])
	}
	return nil
}

// logSum returns log Σ exp(x), from x and its softmax.
func logSum(x, softmax []float32) float64 {
	at := 0
	for j, v := range x {
		if v > x[at] {
			at = j
		}
	}
	return float64(x[at]) - math.Log(float64(softmax[at]))
}

// mean is the mean of the divergences; 0 where there is no teacher.
func (d *distilling) mean() float64 {
	if d == nil || len(d.divergences) == 0 {
		return 0
	}
	var sum float64
	for _, v := range d.divergences {
		sum += float64(v)
	}
	return sum / float64(len(d.divergences))
}
