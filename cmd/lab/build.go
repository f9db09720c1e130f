package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"courselab/app/progress/scorm"
	"courselab/app/site"
)

func buildCommand() *cli.Command {
	return &cli.Command{
		Name:  "build",
		Usage: "write the site as a folder for any static host, as one file, or as a package for a learning platform",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "out", Value: "dist", Usage: "output `DIR`; an earlier build there is replaced"},
			&cli.StringFlag{Name: "base", Usage: "absolute `PATH` such as /course/, or whole address such as https://example.org/course/, for what wants one; the site works anywhere without it"},
			&cli.StringFlag{Name: "single", Usage: "instead of the folder, write one HTML `FILE` that opens by double click"},
			&cli.StringFlag{Name: "zip", Usage: "instead of the folder, write it as a zip `FILE`"},
			&cli.StringFlag{Name: "scorm", Usage: "instead of the folder, write a package for a learning platform as a zip `FILE`"},
			&cli.StringFlag{Name: "scorm-version", Value: string(scorm.V12), Usage: "`VERSION` of SCORM: 1.2 or 2004"},
			courseFlag(),
		},
		Action: build,
	}
}

func build(ctx context.Context, c *cli.Command) error {
	if err := noArguments(c); err != nil {
		return err
	}
	origin, base, err := splitBase(c.String("base"))
	if err != nil {
		return err
	}
	version := scorm.Version(c.String("scorm-version"))
	if version != scorm.V12 && version != scorm.V2004 {
		return fmt.Errorf("--scorm-version %q: must be 1.2 or 2004", version)
	}
	if c.IsSet("scorm-version") && !c.IsSet("scorm") {
		return errors.New("--scorm-version: goes with --scorm")
	}
	file, err := outputFile(c)
	if err != nil {
		return err
	}
	course, _, err := openCourse(c.String("course"))
	if err != nil {
		return err
	}
	in, err := siteInput(course, base)
	if err != nil {
		return err
	}
	in.Origin = origin
	if file == "" {
		files, err := site.Build(ctx, in)
		if err != nil {
			return err
		}
		return writeFolder(c, files)
	}
	var data []byte
	switch file {
	case "single":
		data, err = site.Single(ctx, in)
	case "scorm":
		data, err = zipped(site.Scorm(ctx, in, version))
	case "zip":
		data, err = zipped(site.Build(ctx, in))
	}
	if err != nil {
		return err
	}
	return writeFile(c, file, data)
}

// splitBase returns the host, where text names one, and the path of a base.
func splitBase(text string) (origin, base string, err error) {
	base = text
	if scheme, rest, ok := strings.Cut(text, "://"); ok {
		host, path, _ := strings.Cut(rest, "/")
		if scheme != "http" && scheme != "https" || host == "" || strings.ContainsAny(rest, "?#") {
			return "", "", fmt.Errorf("--base %q: must be a path, or https:// with a host and a path", text)
		}
		origin, base = scheme+"://"+host, "/"+path
	}
	if base != "" && (!strings.HasPrefix(base, "/") || !strings.HasSuffix(base, "/")) {
		return "", "", fmt.Errorf("--base %q: must begin and end with /", text)
	}
	return origin, base, nil
}

func zipped(files site.Files, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return files.Zip()
}

func writeFolder(c *cli.Command, files site.Files) error {
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

// outputFile returns the flag that names a file to write, "" where a folder is
// meant. It refuses flags that contradict each other, and files that could not be
// written, before anything is built.
func outputFile(c *cli.Command) (string, error) {
	var chosen []string
	for _, flag := range []string{"out", "single", "zip", "scorm"} {
		if c.IsSet(flag) {
			chosen = append(chosen, flag)
		}
	}
	if len(chosen) > 1 {
		return "", fmt.Errorf("--%s and --%s: one of them", chosen[0], chosen[1])
	}
	if len(chosen) == 0 || chosen[0] == "out" {
		return "", nil
	}
	if c.IsSet("base") && chosen[0] != "zip" {
		return "", fmt.Errorf("--%s and --base: a file on no host has none", chosen[0])
	}
	return chosen[0], writable(chosen[0], c.String(chosen[0]))
}

// writable refuses the name of a folder, and of a file in a folder that is not
// there.
func writable(flag, name string) error {
	if name == "" || strings.HasSuffix(name, "/") {
		return fmt.Errorf("--%s %q: must name a file", flag, name)
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return fmt.Errorf("--%s %s: is a folder", flag, name)
	}
	info, err := os.Stat(filepath.Dir(name))
	switch {
	case err != nil:
		return fmt.Errorf("--%s %s: %w", flag, name, err)
	case !info.IsDir():
		return fmt.Errorf("--%s %s: %s is not a folder", flag, name, filepath.Dir(name))
	}
	return nil
}

// writeFile writes the file that a flag names, whole or not at all, and says so.
func writeFile(c *cli.Command, flag string, data []byte) error {
	name := c.String(flag)
	fresh, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return fmt.Errorf("--%s %s: %w", flag, name, err)
	}
	defer os.Remove(fresh.Name())
	_, err = fresh.Write(data)
	if err := errors.Join(err, fresh.Chmod(0o644), fresh.Close()); err != nil {
		return fmt.Errorf("--%s %s: %w", flag, name, err)
	}
	if err := os.Rename(fresh.Name(), name); err != nil {
		return fmt.Errorf("--%s %s: %w", flag, name, err)
	}
	fmt.Fprintf(c.Root().Writer, "%s: %.1f MB\n", name, float64(len(data))/1e6)
	return nil
}
