package train

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"courselab/attention"
	"courselab/attention/safetensors"
)

// ErrOtherRun is wrapped by Load where a checkpoint belongs to a run with
// another model, other options or other documents.
var ErrOtherRun = errors.New("the checkpoint is of another run")

// state is what a checkpoint says beside its tensors.
type state struct {
	Done      int
	Rate      float64 // peak learning rate where it was changed; 0: as in Options
	Options   Options
	Config    attention.ModelConfig
	Documents string // SHA-256 of all tokens, in hex
	// Distil is the temperature and the teacher's weight of a run with a teacher.
	Distil []float64 `json:",omitempty"`
}

const stateKey = "courselab.train"

// tensors names the weights and both moments.
func (t *Trainer) tensors(prefix string) []safetensors.Source {
	var out []safetensors.Source
	for _, set := range []struct {
		prefix string
		model  *attention.Model
	}{{"weights.", t.pass.model}, {"moment1.", t.moments[0]}, {"moment2.", t.moments[1]}} {
		for _, p := range set.model.Parameters() {
			out = append(out, safetensors.Source{Name: prefix + set.prefix + p.Name, DType: safetensors.F32, Shape: p.Shape, Values: p.Values})
		}
	}
	return out
}

func (t *Trainer) state() state {
	hash := sha256.New()
	var word [4]byte
	for _, d := range t.documents {
		for _, token := range append(d[:len(d):len(d)], -1) {
			binary.LittleEndian.PutUint32(word[:], uint32(token))
			hash.Write(word[:])
		}
	}
	out := state{Done: t.done, Options: t.options, Config: t.pass.model.Config, Documents: fmt.Sprintf("%x", hash.Sum(nil))}
	if t.rate != t.options.Rate {
		out.Rate = t.rate
	}
	if d := t.pass.distil; d != nil {
		out.Distil = []float64{d.Temperature, d.Weight}
	}
	return out
}

// Checkpoint returns what a file needs to go on from: the weights and moments
// under names that begin with prefix, and a text with the step and what the run
// depends on. The values are the trainer's own.
func (t *Trainer) Checkpoint(prefix string) ([]safetensors.Source, string, error) {
	about, err := json.Marshal(t.state())
	if err != nil {
		return nil, "", fmt.Errorf("checkpoint: %w", err)
	}
	return t.tensors(prefix), string(about), nil
}

// Save writes a checkpoint: a safetensors file of weights and moments, with the
// step and what the run depends on in its metadata.
func (t *Trainer) Save(w io.Writer) error {
	tensors, about, err := t.Checkpoint("")
	if err != nil {
		return fmt.Errorf("save checkpoint: %w", err)
	}
	if err := safetensors.Write(w, tensors, map[string]string{stateKey: about}); err != nil {
		return fmt.Errorf("save checkpoint: %w", err)
	}
	return nil
}

// Load goes on from a checkpoint of the same run. It changes nothing when it
// fails; where the model, the options or the documents differ it wraps
// ErrOtherRun and says which.
func (t *Trainer) Load(data []byte) error {
	file, err := safetensors.Parse(data)
	if err != nil {
		return fmt.Errorf("load checkpoint: %w", err)
	}
	apply, err := t.Restore(file, "", file.Metadata[stateKey])
	if err != nil {
		return fmt.Errorf("load checkpoint: %w", err)
	}
	apply()
	return nil
}

// Restore reads what Checkpoint returned. It changes nothing itself: apply does,
// and cannot fail, so that several trainers can go on from one file or none.
func (t *Trainer) Restore(file *safetensors.File, prefix, about string) (apply func(), err error) {
	var saved state
	if err := json.Unmarshal([]byte(about), &saved); err != nil {
		return nil, fmt.Errorf("restore: state: %w", err)
	}
	now := t.state()
	for _, part := range []struct {
		name       string
		saved, now any
	}{{"model", saved.Config, now.Config}, {"options", saved.Options, now.Options}, {"documents", saved.Documents, now.Documents}, {"teacher", saved.Distil, now.Distil}} {
		was, err1 := json.Marshal(part.saved)
		is, err2 := json.Marshal(part.now)
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("restore: %w", err)
		}
		if string(was) != string(is) {
			return nil, fmt.Errorf("restore: %w: its %s are %.300s, not %.300s", ErrOtherRun, part.name, was, is)
		}
	}
	if saved.Done < 0 || saved.Done > t.steps {
		return nil, fmt.Errorf("restore: step %d: not in 0 … %d", saved.Done, t.steps)
	}
	rate := t.options.Rate
	if saved.Rate != 0 {
		rate = saved.Rate
	}
	changed := t.options
	changed.Rate = rate
	if err := changed.Check(); err != nil {
		return nil, fmt.Errorf("restore: %w", err)
	}
	wanted := t.tensors(prefix)
	values := make([][]float32, len(wanted))
	for i, s := range wanted {
		in, ok := file.Tensor(s.Name)
		if !ok {
			return nil, fmt.Errorf("restore: tensor %q: missing", s.Name)
		}
		if !slices.Equal(in.Shape, s.Shape) {
			return nil, fmt.Errorf("restore: tensor %q: shape %v, want %v", s.Name, in.Shape, s.Shape)
		}
		values[i] = in.Values()
	}
	return func() {
		for i, s := range wanted {
			copy(s.Values, values[i])
		}
		t.done, t.rate, t.epoch = saved.Done, rate, -1
	}, nil
}
