package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/urfave/cli/v3"

	"courselab/attention"
)

func logitsCommand() *cli.Command {
	return &cli.Command{
		Name:  "logits",
		Usage: "print what a model gives each symbol of its vocabulary after each of some tokens",
		Flags: append(modelFlags(),
			&cli.StringFlag{Name: "tokens", Usage: "token ids, `1,5,9`"},
		),
		Action: logits,
	}
}

func logits(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	tokens, err := parseTokens(c.String("tokens"))
	if err != nil {
		return err
	}
	backend, err := modelBackend(c)
	if err != nil {
		return err
	}
	m, err := openModel(c)
	if err != nil {
		return err
	}
	if len(tokens) > m.Config.Context {
		return fmt.Errorf("--tokens: %d tokens, but the model's max_position_embeddings is %d", len(tokens), m.Config.Context)
	}
	decoder, err := attention.NewDecoder(m, backend, len(tokens))
	if err != nil {
		return err
	}
	all, err := decoder.Forward(ctx, tokens)
	if err != nil {
		return fmt.Errorf("--tokens %s: %w", c.String("tokens"), err)
	}
	rows := make([][]float32, all.Rows)
	for i := range rows {
		rows[i] = all.Row(i)
		for token, v := range rows[i] {
			if x := float64(v); math.IsNaN(x) || math.IsInf(x, 0) {
				return fmt.Errorf("logit of token %d after position %d is %v: the weights are too large", token, i, v)
			}
		}
	}
	if c.Bool("json") {
		return printJSON(c.Root().Writer, struct {
			Logits [][]float32 `json:"logits"`
		}{rows})
	}
	return printLogits(c.Root().Writer, tokens, rows)
}

// shownLogits is how many logits a line for people holds.
const shownLogits = 5

// printLogits prints the greatest logits of each position.
func printLogits(w io.Writer, tokens []int, rows [][]float32) error {
	var b strings.Builder
	for i, row := range rows {
		order := make([]int, len(row))
		for j := range order {
			order[j] = j
		}
		slices.SortStableFunc(order, func(x, y int) int {
			if row[x] > row[y] {
				return -1
			}
			return 1
		})
		fmt.Fprintf(&b, "after token %d at position %d:", tokens[i], i)
		for _, token := range order[:min(shownLogits, len(order))] {
			fmt.Fprintf(&b, " %d: %.4g", token, row[token])
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// parseTokens reads ids separated by commas; whether the model has them is the
// model's to say.
func parseTokens(text string) ([]int, error) {
	if strings.TrimSpace(text) == "" {
		return nil, fmt.Errorf("--tokens %q: none (ids as in 1,5,9)", text)
	}
	var tokens []int
	for _, word := range strings.Split(text, ",") {
		id, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil {
			return nil, fmt.Errorf("--tokens %q: %q is not a token id", text, word)
		}
		tokens = append(tokens, id)
	}
	return tokens, nil
}
