package shrink

import (
	"context"
	"fmt"
	"strings"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/attention"
	"courselab/attention/train"
	"courselab/attention/verse"
)

// batchRows is how many tokens go through a model at a time where only its loss is
// asked for: enough for the kernels, and little memory.
const batchRows = 256

// heldOut returns the first n poems that no model has read, all for n 0.
func heldOut(m *attention.Model, t *attention.Tokenizer, n int) ([]train.Document, error) {
	poems := verse.HeldOut()
	if n > 0 {
		poems = poems[:min(n, len(poems))]
	}
	unknown, ok := t.ID("<unk>")
	if !ok {
		unknown = -1
	}
	documents, err := train.Documents(poems, t, m.Config, unknown)
	if err != nil {
		return nil, &engine.Error{Code: engine.NoModel, Message: fmt.Sprintf("这个站点的语言模型读不了留出的诗（%v）。", err)}
	}
	return documents, nil
}

// positions counts what is predicted in documents.
func positions(documents []train.Document) int {
	n := 0
	for _, d := range documents {
		n += len(d) - 1
	}
	return n
}

// losses returns the sum of each document's losses; step, which may be nil, is told
// how many documents are done.
func losses(in *sheet.Input, m *attention.Model, b attention.Backend, documents []train.Document, step func(done int) error) ([]float64, error) {
	const together = 6
	var out []float64
	for from := 0; from < len(documents); from += together {
		part, err := train.Losses(in.Context, m, b, documents[from:min(from+together, len(documents))], batchRows, func(context.Context) error { return in.Pause() })
		if err != nil {
			return nil, err
		}
		out = append(out, part...)
		if step != nil {
			if err := step(len(out)); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// meanLoss is the mean over the predicted tokens of documents, in nats.
func meanLoss(in *sheet.Input, m *attention.Model, b attention.Backend, documents []train.Document) (float64, error) {
	all, err := losses(in, m, b, documents, nil)
	if err != nil {
		return 0, err
	}
	return train.MeanLoss(all, documents), nil
}

// poet has a model write poems to learn from. Each has a seed of its own, so that
// one that was broken off comes out the same.
type poet struct {
	decoder *attention.Decoder
	seed    uint64
	poems   []train.Document
}

func newPoet(m *attention.Model, b attention.Backend, seed uint64) (*poet, error) {
	d, err := attention.NewDecoder(m, b, m.Config.Context)
	if err != nil {
		return nil, err
	}
	return &poet{decoder: d, seed: seed}, nil
}

// write adds a poem. After an error nothing is added.
func (p *poet) write(in *sheet.Input) error {
	c := p.decoder.Config()
	sampler, err := attention.NewSampler(attention.Sampling{Temperature: 1, TopP: 1, RepetitionPenalty: 1, Seed: p.seed<<16 + uint64(len(p.poems))}, c.Vocab)
	if err != nil {
		return err
	}
	p.decoder.Truncate(0)
	var paused error
	tokens, stop, err := attention.Generate(in.Context, p.decoder, sampler, []int{c.BOS}, c.Context-1, func(int) bool {
		paused = in.Pause()
		return paused == nil
	})
	if err == nil {
		err = paused
	}
	if err != nil {
		return err
	}
	document := append(train.Document{c.BOS}, tokens...)
	if stop == attention.StopEnd {
		document = append(document, c.EOS[0])
	}
	if len(document) < 2 {
		document = append(document, c.EOS[0])
	}
	p.poems = append(p.poems, document)
	return nil
}

// text is a document as it is read.
func text(t *attention.Tokenizer, d train.Document) string { return strings.TrimSpace(t.Decode(d)) }
