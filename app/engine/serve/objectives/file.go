package objectives

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"

	"courselab/attention/safetensors"
	"courselab/attention/train"
)

// stateKey is the metadata of a file that holds what is not in its tensors; each
// trainer's own stands under aboutKeys, its tensors begin with prefixes.
const stateKey = "courselab.objectives"

var (
	prefixes  = [2]string{"causal.", "masked."}
	aboutKeys = [2]string{"courselab.objectives.causal", "courselab.objectives.masked"}
)

// saved is what a file says of a training beside the trainers' states.
type saved struct {
	Done    int
	Looked  bool
	Seconds float64
	Sides   [2]savedSide
	Samples []sample
}

type savedSide struct {
	history
	Sum   float64
	Count int
}

// Save implements run.Saver.
func (t *training) Save(w io.Writer, metadata map[string]string) error {
	all := maps.Clone(metadata)
	if all == nil {
		all = map[string]string{}
	}
	state := saved{Done: t.done, Looked: t.looked, Seconds: t.seconds, Samples: t.samples}
	var tensors []safetensors.Source
	for i := range t.sides {
		s := &t.sides[i]
		own, about, err := s.trainer.Checkpoint(prefixes[i])
		if err != nil {
			return fmt.Errorf("save training: %w", err)
		}
		tensors = append(tensors, own...)
		all[aboutKeys[i]] = about
		state.Sides[i] = savedSide{history: s.history, Sum: s.sum, Count: s.count}
	}
	text, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("save training: %w", err)
	}
	all[stateKey] = string(text)
	if err := safetensors.Write(w, tensors, all); err != nil {
		return fmt.Errorf("save training: %w", err)
	}
	return nil
}

// Load implements run.Saver. Its errors are for the learner.
func (t *training) Load(data []byte) error {
	file, err := safetensors.Parse(data)
	if err != nil {
		return fmt.Errorf("文件不完整：%w", err)
	}
	var state saved
	if err := json.Unmarshal([]byte(file.Metadata[stateKey]), &state); err != nil {
		return fmt.Errorf("文件里没有训练的记录：%w", err)
	}
	if err := state.check(t.settings.steps); err != nil {
		return err
	}
	var apply [2]func()
	for i := range t.sides {
		trainer := t.sides[i].trainer
		apply[i], err = trainer.Restore(file, prefixes[i], file.Metadata[aboutKeys[i]])
		switch {
		case errors.Is(err, train.ErrOtherRun):
			return fmt.Errorf("它训练的文字或模型与现在的不同，多半是课文改过：%w", err)
		case err != nil:
			return fmt.Errorf("权重读不出来：%w", err)
		}
	}
	rate := t.sides[0].trainer.Rate()
	for i := range t.sides {
		apply[i]()
		s := &t.sides[i]
		// What the learner last set is in the values that came with the file.
		if err := s.trainer.SetRate(rate); err != nil {
			return err
		}
		s.history, s.sum, s.count = state.Sides[i].history, state.Sides[i].Sum, state.Sides[i].Count
	}
	t.done, t.looked, t.seconds, t.samples = state.Done, state.Looked, state.Seconds, state.Samples
	return nil
}

// check refuses a state that no training of so many steps can be in.
func (s *saved) check(steps int) error {
	if s.Done < 0 || s.Done > steps || !(s.Seconds >= 0) {
		return fmt.Errorf("记录的步数 %d 不在 0 到 %d 之间", s.Done, steps)
	}
	for _, side := range s.Sides {
		last := -1
		for _, p := range side.Points {
			if p.Step <= last || p.Step > s.Done+1 || math.Abs(p.Train)+math.Abs(p.Held) > 1e30 {
				return fmt.Errorf("损失的记录有错（第 %d 步）", p.Step)
			}
			last = p.Step
		}
		for _, f := range side.Fillings {
			if f.Left < 0 || f.Both < 0 || max(f.Left, f.Both) > blankCount || !(math.Abs(f.InUse) < 1e30) {
				return fmt.Errorf("填空的记录有错（第 %d 步）", f.Step)
			}
		}
	}
	return nil
}
