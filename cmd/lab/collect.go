package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v3"

	"courselab/app/progress"
	"courselab/app/progress/class"
)

func collectCommand() *cli.Command {
	return &cli.Command{
		Name:      "collect",
		Usage:     "put the progress files of a class into one table, and a report of what it misunderstood",
		ArgsUsage: "FILE…",
		Description: "FILE is a progress file, or a folder of them. Files of the same learner are merged.\n" +
			"A file that cannot be read is named and left out, and the exit status is 1.\n" +
			"Nothing leaves this machine.",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "out", Aliases: []string{"o"}, Value: "class.csv", Usage: "write the table, one row a question, to `FILE` (CSV)"},
			&cli.StringFlag{Name: "html", Usage: "also write a report that any browser shows to `FILE`"},
			courseFlag(),
		},
		Action: collect,
	}
}

func collect(_ context.Context, c *cli.Command) error {
	if !c.Args().Present() {
		return errors.New("collect: no progress file given")
	}
	outputs := []string{"out"}
	if c.IsSet("html") {
		outputs = append(outputs, "html")
		if c.String("html") == c.String("out") {
			return fmt.Errorf("--html %s: is the table's file", c.String("html"))
		}
	}
	for _, flag := range outputs {
		if err := writable(flag, c.String(flag)); err != nil {
			return err
		}
	}
	dir, _, err := openCourse(c.String("course"))
	if err != nil {
		return err
	}
	course, err := class.OpenCourse(dir)
	if err != nil {
		return err
	}
	names, err := progressFiles(c.Args().Slice())
	if err != nil {
		return err
	}
	files, refused := readProgress(names, course.ID)
	for _, r := range refused {
		fmt.Fprintln(c.Root().ErrWriter, visible(r.File+": "+r.Why))
	}
	if len(files) == 0 {
		return fmt.Errorf("collect: none of %d files can be read; nothing written", len(names))
	}
	summary := class.Summarise(course, class.Learners(files))
	table, err := summary.Table()
	if err != nil {
		return err
	}
	written := map[string][]byte{"out": table}
	if c.IsSet("html") {
		if written["html"], err = summary.Report(refused, time.Now()); err != nil {
			return err
		}
	}
	for _, flag := range outputs {
		if err := writeFile(c, flag, written[flag]); err != nil {
			return err
		}
	}
	fmt.Fprintf(c.Root().Writer, "%d learners from %d files, %d left out\n", len(summary.Learners), len(files), len(refused))
	if len(refused) > 0 {
		return errFaults
	}
	return nil
}

// progressFiles lists the files that arguments name: themselves, those of a folder,
// and those that a pattern fits which the shell has left as it is.
func progressFiles(args []string) ([]string, error) {
	var names []string
	known := map[string]bool{}
	add := func(name string) {
		if clean := filepath.Clean(name); !known[clean] {
			known[clean] = true
			names = append(names, clean)
		}
	}
	for _, arg := range args {
		info, err := os.Stat(arg)
		pattern := arg
		switch {
		case err == nil && !info.IsDir():
			add(arg)
			continue
		case err == nil:
			pattern = filepath.Join(arg, "*.json")
		case !strings.ContainsAny(arg, "*?["):
			return nil, fmt.Errorf("collect: %w", err)
		}
		found, err := filepath.Glob(pattern)
		if err != nil {
			return nil, fmt.Errorf("collect %q: %w", arg, err)
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("collect %q: no progress file there", arg)
		}
		for _, name := range found {
			add(name)
		}
	}
	return names, nil
}

// readProgress reads the files, those that are none of the course's apart.
func readProgress(names []string, course string) (files []class.Submission, refused []class.Refused) {
	for _, name := range names {
		data, err := readBounded(name, progress.MaxFile)
		var f class.Submission
		if err == nil {
			f, err = class.Read(name, data, course)
		}
		if err != nil {
			why := err.Error()
			var refusal *progress.Refusal
			if errors.As(err, &refusal) {
				why = refusal.Message
			}
			refused = append(refused, class.Refused{File: name, Why: strings.ReplaceAll(why, "\n", " ")})
			continue
		}
		files = append(files, f)
	}
	return files, refused
}

// readBounded reads a file of at most most bytes, and one byte more of a larger one.
func readBounded(name string, most int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, most+1))
}
