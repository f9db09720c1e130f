// Command lab serves, builds and checks the course, collects a class's progress, and
// runs language models.
//
// A wrong flag, file or value prints one line that says what and where, and
// exits with 2; faults that `lab check` finds in a course, cases that `lab calc
// verify` finds missed, and progress files that `lab collect` leaves out exit
// with 1.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/urfave/cli/v3"
)

// errFaults ends the program with 1: a course, a file of cases or some of a class's
// files have faults, which are printed already.
var errFaults = errors.New("it has faults")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args, os.Stdout, os.Stderr))
}

// run executes one command line and returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := command(stdout, stderr).Run(ctx, args)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errFaults):
		return 1
	default:
		fmt.Fprintln(stderr, "lab:", visible(strings.ReplaceAll(err.Error(), "\n", "; ")))
		return 2
	}
}

func command(stdout, stderr io.Writer) *cli.Command {
	root := &cli.Command{
		Name:      "lab",
		Usage:     "serve, build and check the course on choosing large language models, and run small ones",
		Writer:    stdout,
		ErrWriter: stderr,
		Commands:  []*cli.Command{serveCommand(), buildCommand(), checkCommand(), collectCommand(), calcCommand(), logitsCommand(), generateCommand(), trainCommand(), benchCommand(), auditCommand()},
		// Errors are printed once, by run.
		ExitErrHandler: func(context.Context, *cli.Command, error) {},
		Action:         unknownCommand,
		HideVersion:    true,
	}
	quiet := func(_ context.Context, _ *cli.Command, err error, _ bool) error { return err }
	root.OnUsageError = quiet
	for _, c := range root.Commands {
		c.OnUsageError = quiet
	}
	return root
}

func unknownCommand(_ context.Context, c *cli.Command) error {
	if c.Args().Present() {
		return fmt.Errorf("command %q: unknown (serve, build, check, collect, calc, logits, generate, train, bench, audit)", c.Args().First())
	}
	return cli.ShowRootCommandHelp(c)
}

// noArguments refuses anything after the flags.
func noArguments(c *cli.Command) error {
	if c.Args().Present() {
		return fmt.Errorf("%s %q: takes no arguments", c.Name, c.Args().First())
	}
	return nil
}
