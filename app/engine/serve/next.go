package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"courselab/app/engine"
	"courselab/attention"
)

// nextLab answers the operations of the lab "next-token". It keeps two decoders:
// the learner looks at one place of a text while another is being written.
type nextLab struct {
	backends *backends
	model    *shiya
	// Guarded by backends.busy.
	looking, writing reader
}

func registerNext(s *Server, b *backends, model *shiya) {
	lab := &nextLab{backends: b, model: model}
	s.Register(engine.OpNextPredict, lab.predict)
	s.Register(engine.OpNextWrite, lab.write)
	s.Register(engine.OpNextStatic, lab.static)
}

// defaultRows is how many candidates are listed where nothing is said.
const defaultRows = 20

// predict answers engine.OpNextPredict.
func (lab *nextLab) predict(ctx context.Context, raw json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
	in, err := decodeNext(engine.OpNextPredict, raw)
	if err != nil {
		return nil, nil, err
	}
	out, err := lab.distribution(ctx, engine.OpNextPredict, in, emit)
	return out, nil, err
}

// distribution computes what may follow the text of a checked input.
func (lab *nextLab) distribution(ctx context.Context, op string, in engine.NextInput, emit func(engine.Reply)) (engine.NextPrediction, error) {
	var none engine.NextPrediction
	m, err := lab.model.get(ctx, emit)
	if err != nil {
		return none, err
	}
	tokens, reading := m.nextReading(in.Text + in.Path)
	if len(tokens) == 0 {
		return none, unreadable(op)
	}
	lab.backends.busy.Lock()
	defer lab.backends.busy.Unlock()
	by, err := lab.backends.forModel(ctx, m, in.Backend)
	if err != nil {
		return none, err
	}
	logits, err := lab.looking.next(ctx, m, by, tokens)
	if err != nil {
		return none, modelError(op, err)
	}
	d, err := nextSampling(in).Distribute(logits, tokens)
	if err != nil {
		return none, err
	}
	drawn, err := lab.draw(in, logits, tokens, len([]rune(in.Path)))
	if err != nil {
		return none, err
	}
	out := engine.NextPrediction{
		Backend: lab.looking.backend(by), Reading: reading, Vocab: len(logits),
		TopK: d.TopK, TopP: d.TopP, MinP: d.MinP, TopKMass: d.TopKMass, TopPMass: d.TopPMass, MinPMass: d.MinPMass,
		PlainSpread: spread(d.Plain), FinalSpread: spread(d.Final),
	}
	rows := in.Rows
	if rows == 0 {
		rows = defaultRows
	}
	for rank, token := range d.Order {
		c := engine.NextCandidate{Symbol: m.symbol(token), Token: token, Mark: m.ends(token), Rank: rank, Logit: float64(logits[token]),
			Plain: d.Plain[token], Tempered: d.Tempered[token], Final: d.Final[token], Cut: string(d.Cuts[token])}
		if rank < rows {
			out.Rows = append(out.Rows, c)
		}
		if token == drawn {
			out.Drawn = c
		}
	}
	out.Figure, err = drawNextCurve(in, d)
	return out, err
}

// draw returns the token that the seed draws after done others.
func (lab *nextLab) draw(in engine.NextInput, logits []float32, tokens []int, done int) (int, error) {
	sampler, err := attention.NewSampler(nextSampling(in), len(logits))
	if err != nil {
		return 0, err
	}
	sampler.Skip(done)
	return sampler.Sample(logits, tokens)
}

// partialEvery is how often the steps so far are sent: about two frames, for a
// page that is drawn anew at each.
const partialEvery = 33 * time.Millisecond

// write answers engine.OpNextWrite.
func (lab *nextLab) write(ctx context.Context, raw json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
	const op = engine.OpNextWrite
	in, err := decodeNext(op, raw)
	if err != nil {
		return nil, nil, err
	}
	m, err := lab.model.get(ctx, emit)
	if err != nil {
		return nil, nil, err
	}
	tokens, reading := m.nextReading(in.Text + in.Path)
	if len(tokens) == 0 {
		return nil, nil, unreadable(op)
	}
	by, err := lab.rank(ctx, m, in.Backend)
	if err != nil {
		return nil, nil, err
	}
	sampler, err := attention.NewSampler(nextSampling(in), m.Config.Vocab)
	if err != nil {
		return nil, nil, err
	}
	done := len([]rune(in.Path))
	sampler.Skip(done)

	out := engine.NextWritten{Backend: by.chosen, Reading: reading}
	var decoding time.Duration
	drawn, sent := 0, time.Now()
	for {
		if done >= in.Count {
			out.Stop, out.Why = string(attention.StopCount), fmt.Sprintf("写满了 %d 个字。", in.Count)
			break
		}
		if len(tokens) > m.Config.Context {
			out.Stop = string(attention.StopContext)
			out.Why = fmt.Sprintf("上下文满了：诗芽只有 %d 个位置，连开头的记号和你的文字都算在内，再写就没有地方读了。", m.Config.Context)
			break
		}
		began := time.Now()
		step, err := lab.step(ctx, m, by, sampler, tokens)
		if err != nil {
			return nil, nil, modelError(op, err)
		}
		out.Backend = lab.writing.backend(by)
		if took := time.Since(began); drawn == 0 {
			out.PrefillMS = float64(took) / float64(time.Millisecond)
		} else {
			decoding += took
			out.Rate = float64(drawn) / decoding.Seconds()
		}
		drawn++
		done++
		out.Steps = append(out.Steps, step)
		if step.Mark {
			out.Stop, out.Why = string(attention.StopEnd), "诗芽自己写了结束的记号：它认为这首诗完了。"
			break
		}
		tokens = append(tokens, step.Token)
		if drawn == 1 || time.Since(sent) >= partialEvery {
			if err := emitPartial(emit, out); err != nil {
				return nil, nil, err
			}
			out.From += len(out.Steps)
			out.Steps, sent = nil, time.Now()
		}
		if err := Pause(ctx); err != nil {
			return nil, nil, err
		}
	}
	return out, nil, nil
}

// rank is backends.forModel for one who does not hold busy.
func (lab *nextLab) rank(ctx context.Context, m *heldModel, forced string) (ranking, error) {
	lab.backends.busy.Lock()
	defer lab.backends.busy.Unlock()
	return lab.backends.forModel(ctx, m, forced)
}

// step reads what is new of tokens and draws the next.
func (lab *nextLab) step(ctx context.Context, m *heldModel, by ranking, sampler *attention.Sampler, tokens []int) (engine.NextStep, error) {
	lab.backends.busy.Lock()
	defer lab.backends.busy.Unlock()
	logits, err := lab.writing.next(ctx, m, by, tokens)
	if err != nil {
		return engine.NextStep{}, err
	}
	token, err := sampler.Sample(logits, tokens)
	if err != nil {
		return engine.NextStep{}, err
	}
	step := engine.NextStep{Symbol: m.symbol(token), Token: token, Mark: m.ends(token), Kept: len(sampler.Candidates())}
	for _, c := range sampler.Candidates() {
		if c.Token == token {
			step.Final = c.Probability
		}
	}
	step.Plain, step.Rank = place(logits, token)
	return step, nil
}

// place returns a token's softmax probability and how many are likelier, of
// equals the lower ones included.
func place(logits []float32, token int) (probability float64, rank int) {
	for i, v := range logits {
		if v > logits[token] || v == logits[token] && i < token {
			rank++
		}
	}
	return 1 / attention.SumExp(logits, float64(logits[token])), rank
}

func emitPartial(emit func(engine.Reply), output any) error {
	text, err := engine.EncodeOutput(output)
	if err != nil {
		return err
	}
	emit(engine.Reply{Kind: engine.Partial, Output: text})
	return nil
}
