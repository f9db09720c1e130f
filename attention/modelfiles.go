package attention

import (
	"fmt"
	"io"
	"io/fs"
	"math"
	"slices"
	"strings"

	"courselab/attention/safetensors"
)

// The files of a model's folder.
const (
	ConfigFile    = "config.json"
	WeightsFile   = "model.safetensors"
	TokenizerFile = "tokenizer.json"
)

// LoadModel reads ConfigFile and WeightsFile of a folder.
func LoadModel(folder fs.FS) (*Model, error) {
	src, err := fs.ReadFile(folder, ConfigFile)
	if err != nil {
		return nil, fmt.Errorf("load model: %w", err)
	}
	config, err := ParseModelConfig(src)
	if err != nil {
		return nil, fmt.Errorf("load model %s: %w", ConfigFile, err)
	}
	data, err := fs.ReadFile(folder, WeightsFile)
	if err != nil {
		return nil, fmt.Errorf("load model: %w", err)
	}
	m, err := ReadModel(config, data)
	if err != nil {
		return nil, fmt.Errorf("load model %s: %w", WeightsFile, err)
	}
	return m, nil
}

// ReadModel takes a model's weights from the bytes of a safetensors file. A
// tensor that is missing, misshaped, not finite or has no place in the model is
// refused by name. Nothing is allocated for a tensor that is not there.
func ReadModel(c ModelConfig, weights []byte) (*Model, error) {
	if err := c.Check(); err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	file, err := safetensors.Parse(weights)
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	m, used := &Model{Config: c}, map[string]bool{}
	err = m.fill(func(s slot) ([]float32, error) {
		t, ok := file.Tensor(s.name)
		if !ok {
			return nil, fmt.Errorf("tensor %q: missing, the config wants %v", s.name, s.shape())
		}
		if !slices.Equal(t.Shape, s.shape()) {
			return nil, fmt.Errorf("tensor %q: shape %v, the config wants %v", s.name, t.Shape, s.shape())
		}
		used[s.name] = true
		values := t.Values()
		for i, v := range values {
			if x := float64(v); math.IsNaN(x) || math.IsInf(x, 0) {
				return nil, fmt.Errorf("tensor %q: value [%d,%d] is %v", s.name, i/s.cols, i%s.cols, v)
			}
		}
		return values, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read model: %w", err)
	}
	for _, t := range file.Tensors {
		// A tensor that is left out would change the result: a bias, a layer
		// more. Old files keep the rotations, tied ones the output matrix twice.
		known := strings.HasSuffix(t.Name, ".rotary_emb.inv_freq") || c.Tied && t.Name == "lm_head.weight"
		if !used[t.Name] && !known {
			return nil, fmt.Errorf("read model: tensor %q: shape %v, but the config has no place for it", t.Name, t.Shape)
		}
	}
	return m, nil
}

// WriteWeights writes the model's weights as a safetensors file that
// transformers reads.
func (m *Model) WriteWeights(w io.Writer, dtype safetensors.DType) error {
	var sources []safetensors.Source
	for _, p := range m.Parameters() {
		sources = append(sources, safetensors.Source{Name: p.Name, DType: dtype, Shape: p.Shape, Values: p.Values})
	}
	// transformers asks for this word.
	return safetensors.Write(w, sources, map[string]string{"format": "pt"})
}
