package train

import (
	"fmt"
	"math/rand/v2"

	"courselab/attention"
)

// Document is one text as tokens: its marks included, at least two, so that
// something can be predicted. All but the last are read, all but the first
// predicted.
type Document []int

// rows returns how many tokens are read.
func (d Document) rows() int { return len(d) - 1 }

// Documents turns texts into documents: c.BOS, the characters, c.EOS. A
// character that the tokenizer lacks becomes the token unknown; where that is
// below zero it is refused, as is an empty text. A text longer than the context
// is cut into documents that overlap by one token, so that each of its tokens is
// predicted once.
func Documents(texts []string, t *attention.Tokenizer, c attention.ModelConfig, unknown int) ([]Document, error) {
	if c.BOS < 0 || len(c.EOS) == 0 {
		return nil, fmt.Errorf("documents: the config has no bos_token_id or no eos_token_id")
	}
	var out []Document
	for i, text := range texts {
		ids, err := t.Encode(text)
		if err != nil && unknown < 0 {
			return nil, fmt.Errorf("document %d: %w", i+1, err)
		}
		if len(ids) == 0 {
			return nil, fmt.Errorf("document %d: empty", i+1)
		}
		whole := make(Document, 0, len(ids)+2)
		whole = append(whole, c.BOS)
		for _, id := range ids {
			if id < 0 {
				id = unknown
			}
			whole = append(whole, id)
		}
		whole = append(whole, c.EOS[0])
		for whole.rows() > c.Context {
			out = append(out, whole[:c.Context+1])
			whole = whole[c.Context:]
		}
		out = append(out, whole)
	}
	return out, nil
}

// Pack lays texts end to end, c.EOS after each, and cuts them into documents that
// are as long as the context and overlap by one token, so that each token but the
// first is predicted once. Nothing is padded, and attention crosses from one text
// to the next, as in the pretraining of GPT and LLaMA. A remainder of one token is
// left out. unknown is as in Documents.
func Pack(texts []string, t *attention.Tokenizer, c attention.ModelConfig, unknown int) ([]Document, error) {
	if len(c.EOS) == 0 {
		return nil, fmt.Errorf("pack: the config has no eos_token_id")
	}
	var all Document
	for i, text := range texts {
		ids, err := t.Encode(text)
		if err != nil && unknown < 0 {
			return nil, fmt.Errorf("pack text %d: %w", i+1, err)
		}
		for _, id := range ids {
			if id < 0 {
				id = unknown
			}
			all = append(all, id)
		}
		all = append(all, c.EOS[0])
	}
	var out []Document
	for all.rows() > c.Context {
		out = append(out, all[:c.Context+1])
		all = all[c.Context:]
	}
	if len(all) > 1 {
		out = append(out, all)
	}
	return out, nil
}

// Epoch returns the batches of one pass over the documents, as their indices:
// shuffled by seed and epoch, each batch filled up to rows tokens read. A
// document larger than that is a batch of its own.
func Epoch(documents []Document, rows int, seed uint64, epoch int) [][]int {
	order := make([]int, len(documents))
	for i := range order {
		order[i] = i
	}
	random := rand.New(rand.NewPCG(seed, uint64(epoch)+1))
	random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	var batches [][]int
	from, sum := 0, 0
	for at, i := range order {
		if n := documents[i].rows(); at > from && sum+n > rows {
			batches = append(batches, order[from:at])
			from, sum = at, 0
		}
		sum += documents[i].rows()
	}
	if from < len(order) {
		batches = append(batches, order[from:])
	}
	return batches
}
