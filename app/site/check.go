package site

import (
	"errors"
	"io/fs"
	"path"
	"slices"

	"courselab/app/engine/serve"
	"courselab/app/labs"
	"courselab/lessons"
	"courselab/sim"
)

// Check returns everything wrong with a course folder, sorted, nil where nothing
// is: what lessons.CheckDir finds, faults of the data files, and tables of models
// that ask for what the data does not have.
func Check(course fs.FS, registry lessons.Registry) lessons.Faults {
	faults := lessons.CheckDir(course, registry)
	models, data := readModels(course)
	faults = append(faults, data...)
	faults = append(faults, checkData(course, "data/gpus.json", func(text []byte) error { _, err := sim.ParseGPUs(text); return err })...)
	faults = append(faults, checkData(course, "data/measurements.json", func(text []byte) error { _, err := sim.ParseMeasurements(text); return err })...)
	faults = append(faults, checkTables(course, registry, models)...)
	slices.SortStableFunc(faults, func(a, b lessons.Fault) int {
		switch {
		case a.File < b.File || a.File == b.File && a.Line < b.Line:
			return -1
		case a.File == b.File && a.Line == b.Line:
			return 0
		}
		return 1
	})
	return faults
}

// readModels returns the catalogue, or nil where there is none or it is faulty.
func readModels(course fs.FS) (*sim.Catalogue, lessons.Faults) {
	text, err := fs.ReadFile(course, labs.ModelsFile)
	if err != nil {
		return nil, unreadable(labs.ModelsFile, err)
	}
	models, err := sim.ParseCatalogue(text)
	if err != nil {
		return nil, dataFault(labs.ModelsFile, err)
	}
	return models, nil
}

func checkData(course fs.FS, file string, parse func([]byte) error) lessons.Faults {
	text, err := fs.ReadFile(course, file)
	if err != nil {
		return unreadable(file, err)
	}
	if err := parse(text); err != nil {
		return dataFault(file, err)
	}
	return nil
}

// unreadable is the fault of a data file that is there and cannot be read; a
// course may do without.
func unreadable(file string, err error) lessons.Faults {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return lessons.Faults{{File: file, Line: 1, Message: "读不了：" + err.Error()}}
}

func dataFault(file string, err error) lessons.Faults {
	line, problem := serve.CatalogueProblem(err)
	return lessons.Faults{{File: file, Line: line, Message: problem}}
}

// checkTables holds the tables of every lesson against the catalogue. Lessons
// that do not parse have been reported.
func checkTables(course fs.FS, registry lessons.Registry, models *sim.Catalogue) lessons.Faults {
	src, err := fs.ReadFile(course, "course.md")
	if err != nil {
		return nil
	}
	info, err := lessons.ParseCourse("course.md", src)
	if err != nil {
		return nil
	}
	var faults lessons.Faults
	for _, id := range info.Modules {
		file := path.Join(info.Lang, id+".md")
		text, err := fs.ReadFile(course, file)
		if err != nil {
			continue
		}
		lesson, err := lessons.Parse(file, text, lessons.Options{Registry: registry})
		if err != nil {
			continue
		}
		for _, lab := range placedLabs(lesson) {
			if lab.Name != "models" {
				continue
			}
			table := labs.ModelsInput(lab.Params)
			for _, problem := range tableProblems(course, models, table.IDs, table.Columns) {
				faults = append(faults, lessons.Fault{File: file, Line: lab.Line, Message: problem})
			}
		}
	}
	return faults
}

func tableProblems(course fs.FS, models *sim.Catalogue, ids, columns []string) []string {
	switch {
	case len(ids) == 0:
		return []string{"模型表没有写明模型：ids: gpt-4, qwen3-8b"}
	case models != nil:
		return serve.ModelProblems(models, ids, columns)
	}
	if _, err := fs.Stat(course, labs.ModelsFile); err != nil {
		return []string{"模型表要用 " + labs.ModelsFile + "，课程里没有这个文件"}
	}
	return nil // the file is faulty, which has been said
}
