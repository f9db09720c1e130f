package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"

	"github.com/urfave/cli/v3"

	"courselab/attention"
)

func generateCommand() *cli.Command {
	return &cli.Command{
		Name:  "generate",
		Usage: "let a model continue a text",
		Flags: append(modelFlags(),
			&cli.StringFlag{Name: "prompt", Usage: "the beginning, `STR`; without this flag the model begins by itself"},
			&cli.IntFlag{Name: "max-tokens", Value: 64, Usage: "draw at most `N` tokens"},
			&cli.FloatFlag{Name: "temperature", Value: 1, Usage: "divide the logits by `T`; 0 takes the greatest"},
			&cli.IntFlag{Name: "top-k", Usage: "draw from the `K` likeliest; 0: from all"},
			&cli.FloatFlag{Name: "top-p", Value: 1, Usage: "draw from the likeliest that reach `P` together; 1: from all"},
			&cli.FloatFlag{Name: "min-p", Usage: "drop what has less than `P` times the greatest probability"},
			&cli.FloatFlag{Name: "repetition-penalty", Value: 1, Usage: "divide the logits of what stands in the text by `R`; 1: do not"},
			&cli.Uint64Flag{Name: "seed", Usage: "`S` of the random draws: the same seed, the same text"},
		),
		Action: generate,
	}
}

// generated is what generate prints.
type generated struct {
	Prompt string         `json:"prompt"`
	Text   string         `json:"text"`   // what the model added
	Tokens []int          `json:"tokens"` // the ids of Text
	Stop   attention.Stop `json:"stop"`
}

func generate(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if c.IsSet("prompt") && c.String("prompt") == "" {
		return fmt.Errorf(`--prompt "": empty (without the flag the model begins by itself)`)
	}
	count := c.Int("max-tokens")
	if count < 0 {
		return fmt.Errorf("--max-tokens %d: below zero", count)
	}
	sampling := attention.Sampling{
		Temperature: c.Float("temperature"), TopK: c.Int("top-k"), TopP: c.Float("top-p"), MinP: c.Float("min-p"),
		RepetitionPenalty: c.Float("repetition-penalty"), Seed: c.Uint64("seed"),
	}
	if err := sampling.Check(); err != nil {
		return fmt.Errorf("--%w", err)
	}
	backend, err := modelBackend(c)
	if err != nil {
		return err
	}
	m, err := openModel(c)
	if err != nil {
		return err
	}
	if err := m.Config.CheckMarks(); err != nil {
		return fmt.Errorf("--model %s: %s: %w", c.String("model"), attention.ConfigFile, err)
	}
	tokenizer, err := openTokenizer(c.String("model"), m.Config)
	if err != nil {
		return err
	}
	prompt, err := encodePrompt(c, tokenizer, m.Config)
	if err != nil {
		return err
	}
	decoder, err := attention.NewDecoder(m, backend, m.Config.Context)
	if err != nil {
		return err
	}
	sampler, err := attention.NewSampler(sampling, m.Config.Vocab)
	if err != nil {
		return err
	}
	tokens, stop, err := attention.Generate(ctx, decoder, sampler, prompt, count, nil)
	if err != nil {
		return err
	}
	result := generated{Prompt: c.String("prompt"), Text: tokenizer.Decode(tokens), Tokens: tokens, Stop: stop}
	if c.Bool("json") {
		return printJSON(c.Root().Writer, result)
	}
	_, err = fmt.Fprintf(c.Root().Writer, "%s%s\n", result.Prompt, result.Text)
	return err
}

// openTokenizer reads the tokenizer of a model's folder.
func openTokenizer(dir string, config attention.ModelConfig) (*attention.Tokenizer, error) {
	src, err := fs.ReadFile(os.DirFS(dir), attention.TokenizerFile)
	if err != nil {
		return nil, fmt.Errorf("--model %s: %w", dir, err)
	}
	tokenizer, err := attention.ParseTokenizer(src)
	if err == nil {
		err = tokenizer.CheckVocab(config.Vocab)
	}
	if err != nil {
		return nil, fmt.Errorf("--model %s: %s: %w", dir, attention.TokenizerFile, err)
	}
	return tokenizer, nil
}

// encodePrompt returns the tokens that the model reads first: the mark that
// begins a document, where there is one, and the prompt's characters.
func encodePrompt(c *cli.Command, tokenizer *attention.Tokenizer, config attention.ModelConfig) ([]int, error) {
	text := c.String("prompt")
	tokens, err := tokenizer.Encode(text)
	if err != nil {
		return nil, fmt.Errorf("--prompt %.80q: %w", text, err)
	}
	if config.BOS >= 0 {
		tokens = append([]int{config.BOS}, tokens...)
	}
	if len(tokens) == 0 {
		return nil, fmt.Errorf("--prompt: missing, and the model has no bos_token_id to begin with")
	}
	if len(tokens) > config.Context {
		return nil, fmt.Errorf("--prompt: %d tokens, but the model's max_position_embeddings is %d", len(tokens), config.Context)
	}
	return tokens, nil
}
