package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"courselab/attention"
	"courselab/attention/blas"
)

// modelFlags are those of every command that runs a model.
func modelFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "model", Usage: "folder `DIR` with config.json, model.safetensors and tokenizer.json"},
		&cli.StringFlag{Name: "backend", Value: "blas", Usage: "compute with `NAME`: go or blas"},
		&cli.BoolFlag{Name: "json", Usage: "print one JSON object"},
	}
}

// modelBackend returns the backend that --backend names.
func modelBackend(c *cli.Command) (attention.Backend, error) {
	switch name := c.String("backend"); name {
	case "go":
		return attention.Go{}, nil
	case "blas":
		return blas.Backend{}, nil
	default:
		return nil, fmt.Errorf("--backend %q: unknown (go, blas)", name)
	}
}

// openModel loads the model that --model names.
func openModel(c *cli.Command) (*attention.Model, error) {
	dir := c.String("model")
	if dir == "" {
		return nil, fmt.Errorf("--model: missing (a folder with %s and %s)", attention.ConfigFile, attention.WeightsFile)
	}
	m, err := attention.LoadModel(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("--model %s: %w", dir, err)
	}
	return m, nil
}

// printJSON prints v whole or not at all.
func printJSON(w io.Writer, v any) error {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("print result: %w", err)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("print result: %w", err)
	}
	return nil
}
