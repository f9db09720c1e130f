package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/urfave/cli/v3"

	"courselab/app/registry"
	"courselab/app/site"
	"courselab/assets"
	"courselab/lessons/content"
)

func courseFlag() cli.Flag {
	return &cli.StringFlag{Name: "course", Usage: "course `DIR` (course.md and one folder per language); the shipped course without it"}
}

// openCourse returns the course folder; live reports whether it lies on disk,
// where its author may be editing it.
func openCourse(dir string) (course fs.FS, live bool, err error) {
	if dir == "" {
		return content.FS, false, nil
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, false, fmt.Errorf("course %s: no such folder", dir)
	case err != nil:
		return nil, false, fmt.Errorf("course %s: %w", dir, err)
	case !info.IsDir():
		return nil, false, fmt.Errorf("course %s: not a folder", dir)
	}
	course = os.DirFS(dir)
	if _, err := fs.Stat(course, "course.md"); err != nil {
		return nil, false, fmt.Errorf("course %s: has no course.md", dir)
	}
	return course, true, nil
}

func siteInput(course fs.FS, base string) (site.Input, error) {
	folder, err := programs()
	return site.Input{
		Assets:   assets.FS,
		Programs: folder,
		Course:   course,
		Base:     base,
		Registry: registry.Lessons(),
	}, err
}
