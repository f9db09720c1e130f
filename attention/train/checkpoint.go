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
	Options   Options
	Config    attention.ModelConfig
	Documents string // SHA-256 of all tokens, in hex
	// Distil is the temperature and the teacher's weight of a run with a teacher.
	Distil []float64 `json:",omitempty"`
}

const stateKey = "courselab.train"

// tensors names the weights and both moments.
func (t *Trainer) tensors() []safetensors.Source {
	var out []safetensors.Source
	for _, set := range []struct {
		prefix string
		model  *attention.Model
	}{{"weights.", t.pass.model}, {"moment1.", t.moments[0]}, {"moment2.", t.moments[1]}} {
		for _, p := range set.model.Parameters() {
			out = append(out, safetensors.Source{Name: set.prefix + p.Name, DType: safetensors.F32, Shape: p.Shape, Values: p.Values})
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
	if d := t.pass.distil; d != nil {
		out.Distil = []float64{d.Temperature, d.Weight}
	}
	return out
}

// Save writes a checkpoint: a safetensors file of weights and moments, with the
// step and what the run depends on in its metadata.
func (t *Trainer) Save(w io.Writer) error {
	about, err := json.Marshal(t.state())
	if err != nil {
		return fmt.Errorf("save checkpoint: %w", err)
	}
	if err := safetensors.Write(w, t.tensors(), map[string]string{stateKey: string(about)}); err != nil {
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
	var saved state
	if err := json.Unmarshal([]byte(file.Metadata[stateKey]), &saved); err != nil {
		return fmt.Errorf("load checkpoint: metadata %q: %w", stateKey, err)
	}
	now := t.state()
	for _, part := range []struct {
		name       string
		saved, now any
	}{{"model", saved.Config, now.Config}, {"options", saved.Options, now.Options}, {"documents", saved.Documents, now.Documents}, {"teacher", saved.Distil, now.Distil}} {
		was, err1 := json.Marshal(part.saved)
		is, err2 := json.Marshal(part.now)
		if err := errors.Join(err1, err2); err != nil {
			return fmt.Errorf("load checkpoint: %w", err)
		}
		if string(was) != string(is) {
			return fmt.Errorf("load checkpoint: %w: its %s are %.300s, not %.300s", ErrOtherRun, part.name, was, is)
		}
	}
	if saved.Done < 0 || saved.Done > t.steps {
		return fmt.Errorf("load checkpoint: step %d: not in 0 … %d", saved.Done, t.steps)
	}
	wanted := t.tensors()
	for _, s := range wanted {
		in, ok := file.Tensor(s.Name)
		if !ok {
			return fmt.Errorf("load checkpoint: tensor %q: missing", s.Name)
		}
		if !slices.Equal(in.Shape, s.Shape) {
			return fmt.Errorf("load checkpoint: tensor %q: shape %v, want %v", s.Name, in.Shape, s.Shape)
		}
	}
	for _, s := range wanted {
		in, _ := file.Tensor(s.Name)
		copy(s.Values, in.Values())
	}
	t.done, t.epoch = saved.Done, -1
	return nil
}
