package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"

	"courselab/app/audit"
	"courselab/app/site"
)

// lighthouseDir is where `make audit` leaves Lighthouse.
const lighthouseDir = ".cache/npm/node_modules/lighthouse"

func auditCommand() *cli.Command {
	return &cli.Command{
		Name:  "audit",
		Usage: "measure the built course's sizes and run Lighthouse over its pages; exits with 1 where a promise is not kept",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "out", Usage: "`DIR` that audit.json and audit.md are written to besides"},
			&cli.StringFlag{Name: "lighthouse", Value: lighthouseDir, Usage: "`DIR` of Lighthouse as npm installs it"},
			&cli.StringFlag{Name: "pages", Value: "/,/lessons/m3/,/labs/attention/,/labs/fit/", Usage: "`PATHS` of pages, separated by commas"},
			&cli.IntFlag{Name: "runs", Value: 5, Usage: "`N` runs of which the median performance is told"},
		},
		Action: runAudit,
	}
}

func runAudit(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	if n := c.Int("runs"); n < 1 || n > 100 {
		return fmt.Errorf("--runs %d: not in 1 … 100", n)
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
	var pages []string
	for _, path := range strings.Split(c.String("pages"), ",") {
		path = strings.TrimPrefix(path, "/")
		if _, ok := files[path+"index.html"]; !ok {
			return fmt.Errorf("--pages %s: the course has no page /%s", c.String("pages"), path)
		}
		pages = append(pages, path)
	}
	single, err := site.Single(ctx, in)
	if err != nil {
		return err
	}
	report, err := audit.Run(ctx, files, single, audit.Options{
		Lighthouse: c.String("lighthouse"), Pages: pages, Runs: c.Int("runs"), Lesson: "lessons/m1/",
		Say: func(what string) { fmt.Fprintln(c.Root().ErrWriter, what) },
	})
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	tables := report.Markdown()
	fmt.Fprint(c.Root().Writer, tables)
	if dir := c.String("out"); dir != "" {
		if err := writeReports(dir, "audit", report, tables); err != nil {
			return err
		}
	}
	if !report.Kept() {
		return errFaults
	}
	return nil
}
