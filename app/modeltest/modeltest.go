// Package modeltest makes small language models for tests, in the files that the
// course's own model comes in, and opens that one. Nothing is trained: weights are
// drawn from a seed and made large, so that a fault anywhere moves every
// prediction.
//
// Imports: assets, attention. Tests only.
package modeltest

import (
	"bytes"
	"math"
	"testing/fstest"

	"courselab/attention"
	"courselab/attention/safetensors"
)

// Config is the shape of the model that Files writes: two layers, four heads of
// queries over two of keys, a context of 24 tokens.
var Config = attention.ModelConfig{
	Vocab: 3 + len([]rune(Characters)), Width: 16, Layers: 2, Heads: 4, KVHeads: 2, HeadDim: 4, FFN: 24,
	Context: 24, RopeTheta: 10000, NormEps: 1e-5, Tied: true, BOS: 0, EOS: []int{1},
}

// Characters are those that the model knows, in the order of their tokens from 3
// on; tokens 0, 1 and 2 are <bos>, <eos> and <unk>.
const Characters = "床前明月光疑是地上霜举头望低思故乡春江潮水连海平，。"

// Files returns a model's folder.
func Files(seed uint64) fstest.MapFS { return FilesOf(Config, seed) }

// FilesOf returns the folder of a model of another shape; its vocabulary must be
// as large as Config's.
func FilesOf(c attention.ModelConfig, seed uint64) fstest.MapFS {
	m, err := attention.NewModel(c, seed)
	if err != nil {
		panic(err)
	}
	for _, p := range m.Parameters() {
		if len(p.Shape) < 2 {
			continue
		}
		// NewModel's deviation is 0.02: of a matrix (out, in), 1/√in keeps the
		// size of what goes through.
		by := float32(1 / (0.02 * math.Sqrt(float64(p.Shape[1]))))
		for i := range p.Values {
			p.Values[i] *= by
		}
	}
	var weights bytes.Buffer
	if err := m.WriteWeights(&weights, safetensors.F32); err != nil {
		panic(err)
	}
	symbols := []string{"<bos>", "<eos>", "<unk>"}
	for _, r := range Characters {
		symbols = append(symbols, string(r))
	}
	tokenizer, err := attention.NewTokenizer(symbols, 3)
	if err != nil {
		panic(err)
	}
	return fstest.MapFS{
		attention.ConfigFile:    {Data: c.JSON()},
		attention.WeightsFile:   {Data: weights.Bytes()},
		attention.TokenizerFile: {Data: tokenizer.JSON("<unk>")},
	}
}
