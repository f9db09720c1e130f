package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/urfave/cli/v3"

	"courselab/app/bench"
	"courselab/app/registry"
	"courselab/app/site"
)

// peerDir is where `make bench` leaves the peer.
const peerDir = ".cache/npm/node_modules/onnxruntime-web"

func benchCommand() *cli.Command {
	return &cli.Command{
		Name:  "bench",
		Usage: "measure the built course in headless Chromium and print the figures as a JSON object",
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "json", Usage: "print one line instead of an indented object"},
			&cli.StringFlag{Name: "peer", Usage: "`DIR` of onnxruntime-web as npm installs it, measured beside ours; by default " + peerDir + " if it is there, none: no peer"},
			&cli.IntFlag{Name: "rounds", Value: 3, Usage: "`N` rounds of every rate; the best counts"},
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
	peer := c.String("peer")
	switch _, err := os.Stat(peerDir); {
	case peer == "none":
		peer = ""
	case peer == "" && err == nil:
		peer = peerDir
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
		Peer: peer, Rounds: c.Int("rounds"), Millis: c.Int("millis"), Training: true, Edits: c.Int("edits"), Labs: labs,
		Say: func(what string) { fmt.Fprintln(c.Root().ErrWriter, what) },
	})
	if err != nil {
		return fmt.Errorf("bench: %w", err)
	}
	encoder := json.NewEncoder(c.Root().Writer)
	if !c.Bool("json") {
		encoder.SetIndent("", "  ")
	}
	return encoder.Encode(report)
}
