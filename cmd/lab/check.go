package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/urfave/cli/v3"

	"courselab/app/registry"
	"courselab/app/site"
	"courselab/lessons"
)

func checkCommand() *cli.Command {
	return &cli.Command{
		Name:  "check",
		Usage: "read a course and print each fault as file:line: message",
		Description: "Exits with 0 where the course has no fault, with 1 where it has some, and with 2 where it\n" +
			"could not be checked: a wrong flag, no such folder, no course.md in it.",
		Flags: []cli.Flag{
			courseFlag(),
			&cli.BoolFlag{Name: "json", Usage: "print the faults as a JSON array"},
		},
		Action: check,
	}
}

func check(_ context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	course, _, err := openCourse(c.String("course"))
	if err != nil {
		return err
	}
	faults := site.Check(course, registry.Lessons())
	if err := printFaults(c.Root().Writer, faults, c.Bool("json")); err != nil {
		return fmt.Errorf("print faults: %w", err)
	}
	if len(faults) > 0 {
		return errFaults
	}
	return nil
}

func printFaults(w io.Writer, faults lessons.Faults, asJSON bool) error {
	if asJSON {
		if faults == nil {
			faults = lessons.Faults{}
		}
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(faults)
	}
	for _, f := range faults {
		if _, err := fmt.Fprintf(w, "%s:%d: %s\n", f.File, f.Line, f.Message); err != nil {
			return err
		}
	}
	return nil
}
