package modeltest

import (
	"io/fs"

	"courselab/assets"
	"courselab/attention"
)

// Open reads a model and its tokenizer from a folder that is known to be whole.
func Open(folder fs.FS) (*attention.Model, *attention.Tokenizer) {
	m, err := attention.LoadModel(folder)
	if err != nil {
		panic(err)
	}
	src, err := fs.ReadFile(folder, attention.TokenizerFile)
	if err != nil {
		panic(err)
	}
	tokenizer, err := attention.ParseTokenizer(src)
	if err != nil {
		panic(err)
	}
	return m, tokenizer
}

// Shiya reads the course's own model.
func Shiya() (*attention.Model, *attention.Tokenizer) {
	folder, err := fs.Sub(assets.FS, "model")
	if err != nil {
		panic(err)
	}
	return Open(folder)
}
