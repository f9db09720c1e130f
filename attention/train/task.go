package train

import (
	"fmt"
	"math"
	"math/rand/v2"

	"courselab/attention"
)

// Objective is what a model in training predicts, and from what.
type Objective int

const (
	// Causal is the next token of every position, from the tokens up to it: the
	// objective of GPT and of the LLaMA family.
	Causal Objective = iota
	// Masked is the tokens that were hidden, from those on both sides (Devlin et
	// al. 2018, section 3.1).
	Masked
	// Leaked is Causal without the mask of attention: every position sees the very
	// token that it is to predict. It is a mistake, to be looked at.
	Leaked
)

// Unmasked reports whether attention sees the tokens after a position too.
func (o Objective) Unmasked() bool { return o != Causal }

// The rule of Devlin et al. 2018 for a token that is to be predicted: it becomes
// the mask, any token, or stays, with these chances.
const (
	becomesMask   = 0.8
	becomesRandom = 0.1
)

// Task is an objective with what it needs. The zero Task is Causal.
type Task struct {
	Objective Objective
	Hide      float64 // share of a document's tokens that Masked hides
	Mask      int     // the token that stands for a hidden one
	First     int     // the first token that is a character: those before it are never put in at random
}

func (t Task) check() error {
	if t.Objective < Causal || t.Objective > Leaked {
		return fmt.Errorf("objective %d: not in %d … %d", t.Objective, Causal, Leaked)
	}
	if t.Objective == Masked && !(t.Hide > 0 && t.Hide <= 1) {
		return fmt.Errorf("hide %v: not in 0 … 1", t.Hide)
	}
	return nil
}

// fits reports whether the tokens of the task are in a model's vocabulary.
func (t Task) fits(c attention.ModelConfig) error {
	if t.Objective == Masked && (t.Mask < 0 || t.Mask >= c.Vocab || t.First < 0 || t.First >= c.Vocab) {
		return fmt.Errorf("mask %d, first character %d: not in 0 … %d", t.Mask, t.First, c.Vocab-1)
	}
	return nil
}

// Hidden returns how many of n tokens are hidden: the nearest whole number to
// their share, at least one.
func (t Task) Hidden(n int) int { return min(max(int(math.Round(t.Hide*float64(n))), 1), n) }

// Predicted returns how many tokens of n that are read the task predicts.
func (t Task) Predicted(n int) int {
	if t.Objective == Masked {
		return t.Hidden(n)
	}
	return n
}

// Hiding returns what a masked task makes of a document in the first step of a run
// with a seed, were it the only one of its batch: what is read, and which positions
// are asked for.
func (t Task) Hiding(d Document, seed uint64, vocabulary int) (read []int, asked []bool) {
	read, asked = append([]int(nil), d[:d.rows()]...), make([]bool, d.rows())
	if t.Objective != Masked {
		for i := range asked {
			asked[i] = true
		}
		return read, asked
	}
	for _, at := range t.choose(read, vocabulary, hiding(seed, 0)) {
		asked[at] = true
	}
	return read, asked
}

// heldOutSeed draws what is hidden of held-out documents, in every run alike.
const heldOutSeed = 0x68656c64

// hiding returns the draws of a number: of a training step, or of a held-out
// document.
func hiding(seed, number uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed^0x6d61736b, number))
}

// load lays documents out as a batch of the task. All objectives read the same
// tokens of a document: all but its last. draws gives the draws for a document.
func (t Task) load(p *pass, documents []Document, draws func(document int) *rand.Rand) {
	p.begin(t.Objective.Unmasked())
	for i, d := range documents {
		rows := p.lay(d[:d.rows()])
		if t.Objective == Masked {
			t.hide(p, rows, draws(i))
		} else {
			p.targets = append(p.targets, d[1:]...)
		}
	}
	p.ready()
}

// hide hides some tokens of a document, and has them predicted.
func (t Task) hide(p *pass, rows span, random *rand.Rand) {
	was := append([]int(nil), p.inputs[rows.from:rows.to]...)
	for _, at := range t.choose(p.inputs[rows.from:rows.to], p.model.Config.Vocab, random) {
		p.scored, p.targets = append(p.scored, rows.from+at), append(p.targets, was[at])
	}
}

// choose hides some of tokens, in place, and returns where.
func (t Task) choose(tokens []int, vocabulary int, random *rand.Rand) []int {
	order := make([]int, len(tokens))
	for i := range order {
		order[i] = i
	}
	chosen := order[:t.Hidden(len(order))]
	for i := range chosen {
		j := i + random.IntN(len(order)-i)
		order[i], order[j] = order[j], order[i]
		switch chance := random.Float64(); {
		case chance < becomesMask:
			tokens[order[i]] = t.Mask
		case chance < becomesMask+becomesRandom:
			tokens[order[i]] = t.First + random.IntN(vocabulary-t.First)
		}
	}
	return chosen
}
