package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/urfave/cli/v3"

	"courselab/app/site"
)

func buildCommand() *cli.Command {
	return &cli.Command{
		Name:  "build",
		Usage: "write the site as a folder for any static host",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "out", Value: "dist", Usage: "output `DIR`; an earlier build there is replaced"},
			&cli.StringFlag{Name: "base", Usage: "absolute `PATH` such as /course/ for what wants one; the site works anywhere without it"},
			courseFlag(),
		},
		Action: build,
	}
}

func build(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	base := c.String("base")
	if base != "" && (!strings.HasPrefix(base, "/") || !strings.HasSuffix(base, "/")) {
		return fmt.Errorf("--base %q: must begin and end with /", base)
	}
	course, _, err := openCourse(c.String("course"))
	if err != nil {
		return err
	}
	files, err := site.Build(ctx, siteInput(course, base))
	if err != nil {
		return err
	}
	out := c.String("out")
	if err := files.Write(out); err != nil {
		return err
	}
	var size int
	for _, data := range files {
		size += len(data)
	}
	fmt.Fprintf(c.Root().Writer, "%s: %d files, %.1f MB\n", out, len(files), float64(size)/1e6)
	return nil
}
