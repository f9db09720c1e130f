package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"courselab/sim"
)

// maxInputs bounds what standard input may hold.
const maxInputs = 1 << 20

func calcCommand() *cli.Command {
	return &cli.Command{
		Name:      "calc",
		Usage:     "compute one number from the inputs object on standard input, or verify a file of cases",
		ArgsUsage: "KIND | verify FILE",
		Description: "KIND is one of " + strings.Join(sim.Kinds(), ", ") + ".\n" +
			"verify prints each case that misses its tolerance and exits with 1 if any does.",
		Flags: []cli.Flag{
			courseFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print value, unit, formula and sources as a JSON object"},
		},
		Action: calc,
	}
}

func calc(_ context.Context, c *cli.Command) error {
	args := c.Args().Slice()
	switch {
	case len(args) == 0:
		return fmt.Errorf("calc: no kind given (verify, %s)", strings.Join(sim.Kinds(), ", "))
	case args[0] == "verify" && len(args) != 2:
		return fmt.Errorf("calc verify: takes one file of cases")
	case args[0] == "verify":
		return calcVerify(c.Root().Writer, args[1], c.String("course"))
	case len(args) > 1:
		return fmt.Errorf("calc %s %q: takes no further arguments", args[0], args[1])
	}
	return calcKind(c.Root().Writer, c.Root().Reader, args[0], c.String("course"), c.Bool("json"))
}

func calcKind(w io.Writer, r io.Reader, kind, course string, asJSON bool) error {
	data, err := calcData(course)
	if err != nil {
		return err
	}
	inputs, err := io.ReadAll(io.LimitReader(r, maxInputs+1))
	if err != nil {
		return fmt.Errorf("calc %s: standard input: %w", kind, err)
	}
	if len(inputs) > maxInputs {
		return fmt.Errorf("calc %s: standard input: more than %d bytes", kind, maxInputs)
	}
	result, err := sim.Calc(kind, inputs, data)
	if err != nil {
		return err
	}
	if err := printResult(w, result, asJSON); err != nil {
		return fmt.Errorf("print result: %w", err)
	}
	return nil
}

// calcData reads the models and accelerators of a course.
func calcData(dir string) (sim.Data, error) {
	course, _, err := openCourse(dir)
	if err != nil {
		return sim.Data{}, err
	}
	models, err := fs.ReadFile(course, "data/models.json")
	if err != nil {
		return sim.Data{}, fmt.Errorf("course data: %w", err)
	}
	gpus, err := fs.ReadFile(course, "data/gpus.json")
	if err != nil {
		return sim.Data{}, fmt.Errorf("course data: %w", err)
	}
	var d sim.Data
	if d.Models, err = sim.ParseCatalogue(models); err != nil {
		return sim.Data{}, fmt.Errorf("data/models.json: %w", err)
	}
	if d.GPUs, err = sim.ParseGPUs(gpus); err != nil {
		return sim.Data{}, fmt.Errorf("data/gpus.json: %w", err)
	}
	return d, nil
}

type calcSource struct {
	Title string `json:"title"`
	URL   string `json:"url,omitempty"`
	Date  string `json:"date,omitempty"`
}

func printResult(w io.Writer, r sim.Result, asJSON bool) error {
	out := struct {
		Value   *float64     `json:"value"` // null where there is none
		Unit    string       `json:"unit"`
		Formula string       `json:"formula"`
		Sources []calcSource `json:"sources"`
	}{Unit: r.Unit, Formula: r.Formula, Sources: []calcSource{}}
	if !r.None {
		out.Value = &r.Value
	}
	for _, s := range r.Sources {
		out.Sources = append(out.Sources, calcSource(s))
	}
	if asJSON {
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		return encoder.Encode(out)
	}
	value := "none"
	if !r.None {
		value = sim.Number(r.Value) + " " + r.Unit
	}
	lines := []string{value, out.Formula}
	if r.Working != "" {
		lines = append(lines, "= "+r.Working)
	}
	for _, s := range out.Sources {
		lines = append(lines, strings.TrimSpace(strings.Join([]string{s.Title, s.Date, s.URL}, " ")))
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// calcVerify prints one line for each case of a file that misses.
func calcVerify(w io.Writer, file, course string) error {
	data, err := calcData(course)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("calc verify: %w", err)
	}
	cases, err := sim.ParseCases(text)
	if err != nil {
		return fmt.Errorf("calc verify %s: %w", file, err)
	}
	missed := false
	for _, c := range cases {
		if miss := c.Check(data); miss != nil {
			missed = true
			if _, err := fmt.Fprintf(w, "%s: %v\n", c.ID, miss); err != nil {
				return fmt.Errorf("print misses: %w", err)
			}
		}
	}
	if missed {
		return errFaults
	}
	return nil
}
