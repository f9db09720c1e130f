package main

import (
	"context"
	"fmt"
	"io"

	"github.com/urfave/cli/v3"

	"courselab/app/site"
	"courselab/lessons"
)

func checkCommand() *cli.Command {
	return &cli.Command{
		Name:  "check",
		Usage: "read a course and print each fault as file:line: message; or compare it with another copy",
		Description: "Exits with 0 where the course has no fault, with 1 where it has some, and with 2 where it\n" +
			"could not be checked: a wrong flag, no such folder, no course.md in it.\n\n" +
			"With --against the course is compared instead: 0 where the other copy has nothing that\n" +
			"this one lacks, 1 where it has, or a lab that this one uses is gone; 2 as above.",
		Flags: []cli.Flag{
			courseFlag(),
			&cli.StringFlag{Name: "against", Usage: "compare with another copy of the course: `shipped|DIR`"},
			&cli.BoolFlag{Name: "json", Usage: "print the faults as a JSON array, a comparison as an object"},
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
	if c.IsSet("against") {
		return compare(c, course)
	}
	faults := site.Check(course)
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
		return printJSON(w, faults)
	}
	for _, f := range faults {
		if _, err := fmt.Fprintln(w, visible(f.String())); err != nil {
			return err
		}
	}
	return nil
}
