package evaluate

import (
	"context"
	"fmt"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/attention"
	"courselab/attention/evaluate"
)

// writing is the run of pass@k: openings that every version goes on from, so many
// times each, checked by a rule. A step is one poem.
type writing struct {
	in          *sheet.Input
	task        evaluate.Task
	tokenizer   *attention.Tokenizer
	openings    []string
	versions    []*version
	samples, k  int
	temperature float64
	seed        uint64
	done        int
	passed      [][]int  // [version][opening] of those written so far
	latest      []sample // the last poems, the newest last
}

// sample is one poem as it was checked.
type sample struct {
	version, poem string
	passes        map[evaluate.Task]bool
}

// keptSamples is how many poems are shown.
const keptSamples = 8

func newWriting(in *sheet.Input, m *attention.Model, t *attention.Tokenizer) (*writing, error) {
	wanted, err := versionsOf(in)
	if err != nil {
		return nil, err
	}
	r := &writing{in: in, task: taskOf(in), tokenizer: t, seed: uint64(in.Number("seed"))}
	r.openings = append(evaluate.Openings(evaluate.Public, t), evaluate.Openings(evaluate.Fresh, t)...)
	r.openings = r.openings[:min(whole(in, "openings", 2, 58), len(r.openings))]
	r.samples, r.k = whole(in, "samples", 1, 200), whole(in, "k", 1, 200)
	r.temperature = in.Number("temperature")
	if err := in.Err(); err != nil {
		return nil, err
	}
	if r.versions, err = build(in, m, t, wanted); err != nil {
		return nil, err
	}
	for range r.versions {
		r.passed = append(r.passed, make([]int, len(r.openings)))
	}
	return r, nil
}

// place is which version goes on from which opening at a step, and how often it
// has. All samples of an opening come together, version by version.
func (r *writing) place(step int) (opening, version, n int) {
	perOpening := r.samples * len(r.versions)
	return step / perOpening, step % perOpening / r.samples, step % r.samples
}

// Step implements run.Run.
func (r *writing) Step(ctx context.Context) error {
	opening, version, n := r.place(r.done)
	v := r.versions[version]
	sampling := attention.Sampling{Temperature: r.temperature, TopP: 1, RepetitionPenalty: 1, Seed: r.seed<<20 + uint64(opening*r.samples+n)}
	poem, err := evaluate.Write(ctx, v.decoder, r.tokenizer, r.openings[opening], sampling)
	if err != nil {
		return err
	}
	s := sample{version: v.name, poem: poem, passes: map[evaluate.Task]bool{}}
	for _, task := range evaluate.Tasks() {
		s.passes[task] = task.Passes(poem)
	}
	if s.passes[r.task] {
		r.passed[version][opening]++
	}
	if r.latest = append(r.latest, s); len(r.latest) > keptSamples {
		r.latest = r.latest[1:]
	}
	r.done++
	return nil
}

// At implements run.Run.
func (r *writing) At() engine.Progressed {
	return engine.Progressed{Done: float64(r.done), Total: float64(len(r.openings) * len(r.versions) * r.samples), Unit: "首", What: "写诗并检查"}
}

// Bytes implements run.Run.
func (r *writing) Bytes() int64 {
	n := int64(len(r.versions))
	m := r.versions[0].model
	return (n-1)*modelBytes(m) + n*decoderBytes(m.Config)
}

// whole is how many openings a version has all samples of.
func (r *writing) whole(version int) int {
	opening, at, _ := r.place(r.done)
	if opening >= len(r.openings) || version < at {
		return min(opening+1, len(r.openings))
	}
	return opening
}

// Sheet implements run.Run.
func (r *writing) Sheet(context.Context) (engine.Sheet, error) {
	var out engine.Sheet
	samples := r.samplesPart()
	if r.whole(0) == 0 {
		out.Verdict.Text = "还没有抽完一题的份数。"
		out.Parts = []engine.Part{samples}
		return out, nil
	}
	scores, err := r.scoresPart(&out.Verdict)
	if err != nil {
		return out, err
	}
	out.Notes = []engine.Note{{Text: fmt.Sprintf("一题是一句起句，同一句写 %d 份，温度 %s；检查：%s。押韵与平仄按今天的普通话（中华新韵），唐人的诗也未必全合。", r.samples, format.Number(r.temperature), taskNames[r.task])}}
	out.Parts = []engine.Part{scores, r.openingsPart(), samples}
	return out, nil
}
