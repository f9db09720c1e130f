package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"courselab/app/bench"
	"courselab/app/registry"
	"courselab/app/site"
)

// peersDir is where `make bench-deps` leaves the peers.
const peersDir = ".cache/npm/node_modules"

func benchCommand() *cli.Command {
	return &cli.Command{
		Name:  "bench",
		Usage: "measure the built course in headless Chromium and print the figures as a JSON object",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print one line instead of an indented object"},
			&cli.BoolFlag{Name: "markdown", Usage: "print tables instead of an object"},
			&cli.StringFlag{Name: "out", Usage: "`DIR` that bench.json and bench.md are written to besides"},
			&cli.StringFlag{Name: "peers", Value: peersDir, Usage: "`DIR` that npm installed onnxruntime-web and @tensorflow/tfjs into, those that are there are measured beside ours; none: no peers"},
			&cli.IntFlag{Name: "rounds", Value: 5, Usage: "`N` rounds of every rate; medians are told, with the least and the greatest"},
			&cli.IntFlag{Name: "millis", Value: 200, Usage: "`MS` that each rate takes at least in a round"},
			&cli.IntFlag{Name: "edits", Value: 40, Usage: "`N` moves of each slider; 0: none"},
			&cli.StringFlag{Name: "labs", Value: strings.Join(bench.Sliders, ","), Usage: "`NAMES` of labs of the common panel whose sliders are moved, separated by commas"},
		},
		Action: runBench,
	}
}

func runBench(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	for _, flag := range []struct {
		name      string
		low, high int
	}{{"rounds", 1, 100}, {"millis", 1, 2000}, {"edits", 0, 10000}} {
		if v := c.Int(flag.name); v < flag.low || v > flag.high {
			return fmt.Errorf("--%s %d: not in %d … %d", flag.name, v, flag.low, flag.high)
		}
	}
	var labs []string
	if names := c.String("labs"); names != "" {
		labs = strings.Split(names, ",")
	}
	for _, name := range labs {
		if l, ok := registry.Find(name); !ok || l.Coming || len(l.Inputs) == 0 {
			return fmt.Errorf("--labs %s: no lab of the common panel is called %q", c.String("labs"), name)
		}
	}
	peers := c.String("peers")
	if peers == "none" {
		peers = ""
	} else if _, err := os.Stat(peers); err != nil && c.IsSet("peers") {
		return fmt.Errorf("--peers: %w", err)
	}
	course, _, err := openCourse("")
	if err != nil {
		return err
	}
	in, err := siteInput(course, "/")
	if err != nil {
		return err
	}
	files, err := site.Build(ctx, in)
	if err != nil {
		return err
	}
	report, err := bench.Run(files.Handler(nil), bench.Options{
		Peers: peers, Rounds: c.Int("rounds"), Millis: c.Int("millis"), Training: true, Edits: c.Int("edits"), Labs: labs,
		Say: func(what string) { fmt.Fprintln(c.Root().ErrWriter, what) },
	})
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	if dir := c.String("out"); dir != "" {
		if err := writeReports(dir, "bench", report, report.Markdown()); err != nil {
			return err
		}
	}
	if c.Bool("markdown") {
		_, err := fmt.Fprint(c.Root().Writer, report.Markdown())
		return err
	}
	encoder := json.NewEncoder(c.Root().Writer)
	if !c.Bool("json") {
		encoder.SetIndent("", "  ")
	}
	return encoder.Encode(report)
}

// writeReports writes a report as NAME.json and as NAME.md into a folder.
func writeReports(dir, name string, report any, tables string) error {
	data, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("--out %s: %w", dir, err)
	}
	for end, data := range map[string][]byte{".json": append(data, '\n'), ".md": []byte(tables)} {
		if err := os.WriteFile(filepath.Join(dir, name+end), data, 0o644); err != nil {
			return fmt.Errorf("--out %s: %w", dir, err)
		}
	}
	return nil
}
