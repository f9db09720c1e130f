package site

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"

	"courselab/app"
	"courselab/app/content"
	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/env"
	"courselab/app/labs"
	"courselab/app/pages"
	"courselab/app/route"
	"courselab/app/settings"
	"courselab/attention"
	"courselab/lessons"
)

// prerender draws every page of the course as a document, by file name.
func prerender(ctx context.Context, in Input, version string) (Files, error) {
	library, err := content.Load(content.FromFS(in.Course), in.Registry)
	if err != nil {
		return nil, fmt.Errorf("read course: %w", err)
	}
	course := library.Course()
	model, err := fs.Sub(in.Assets, "model")
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	client := engine.NewClient(serve.InProcess(serve.WithModel(serve.ModelFolder(model))), engine.Options{})
	defer client.Stop()

	e := &env.Env{
		Content:  library,
		Course:   course,
		Settings: settings.Default(),
		Static:   map[string]string{},
		Shown:    map[string]engine.DrawOutput{},
		Version:  version,
		Platform: in.scorm != "",
	}
	if e.ModelBytes, err = modelSize(in); err != nil {
		return nil, err
	}
	if e.Static[pages.CreditsKey], err = credits(in); err != nil {
		return nil, err
	}
	if err := compute(ctx, client, e, in); err != nil {
		return nil, err
	}

	// Addresses are a property of the page being written; see package route.
	defer route.SetBase(route.Base())
	defer route.SetIndex(false)
	route.SetIndex(in.scorm != "")
	files := Files{}
	specs := app.Pages(library)
	if in.scorm == "" && !slices.Contains(course.Modules, path.Base(app.AddedPath)) {
		specs = append(specs, app.AddedPage(course.Title))
	}
	for _, spec := range specs {
		p := page{Path: spec.Path, Title: spec.Title, Description: spec.Description,
			Lang: course.Lang, Course: course.ID, Version: version, ModelBytes: e.ModelBytes, Scorm: string(in.scorm)}
		route.SetBase(p.root(in.Base))
		body, err := normalise(goapp.HTMLString(spec.Build(e)))
		if err != nil {
			return nil, fmt.Errorf("prerender %q: %w", spec.Path, err)
		}
		p.Body = template.HTML(strings.TrimSpace(body))
		if files[p.file()], err = p.render(in.Origin, in.Base); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// compute asks the engine for what stands in the pages before any engine runs:
// each lab's default figure and each computed question's default parameters.
func compute(ctx context.Context, client *engine.Client, e *env.Env, in Input) error {
	place := func(name string, params map[string]string) error {
		key := labs.StaticKey(name, params)
		if _, done := e.Static[key]; done {
			return nil
		}
		op, input, ok, err := labs.Static(name, params, e.Content)
		if err != nil || !ok {
			return err
		}
		var reply json.RawMessage
		err = client.Call(ctx, op, input, &reply)
		var known *engine.Error
		if errors.As(err, &known) && known.Code == engine.NoModel && e.ModelBytes == 0 {
			// A course without the model is still a course.
			e.Static[key] = labs.MissingHTML(known.Message)
			return nil
		}
		if err != nil {
			return fmt.Errorf("draw %s: %w", key, err)
		}
		if e.Static[key], err = labs.StaticHTML(name, reply); err != nil {
			return fmt.Errorf("draw %s: %w", key, err)
		}
		return nil
	}
	for name := range in.Registry.Labs {
		if err := place(name, nil); err != nil {
			return err
		}
	}
	for _, id := range e.Course.Texts() {
		lesson, err := e.Content.Lesson(id)
		if err != nil {
			return fmt.Errorf("read lesson %s: %w", id, err)
		}
		for _, lab := range placedLabs(lesson) {
			if err := place(lab.Name, lab.Params); err != nil {
				return err
			}
		}
		for _, q := range computed(lesson) {
			var shown engine.DrawOutput
			input := engine.DrawInput{Function: q.Compute.Function, Ranges: q.Compute.Ranges, Seed: 1}
			if err := client.Call(ctx, engine.OpQuestionDraw, input, &shown); err != nil {
				return fmt.Errorf("draw question %s: %w", q.ID, err)
			}
			e.Shown[q.ID] = shown
		}
	}
	return nil
}

func placedLabs(lesson *lessons.Lesson) []*lessons.Lab {
	var placed []*lessons.Lab
	for _, section := range lesson.Sections {
		for _, block := range section.Blocks {
			if block.Lab != nil {
				placed = append(placed, block.Lab)
			}
		}
	}
	return placed
}

func computed(lesson *lessons.Lesson) []lessons.Question {
	if lesson.Quiz == nil {
		return nil
	}
	var qs []lessons.Question
	for _, q := range lesson.Quiz.Questions {
		if q.Kind == lessons.Compute {
			qs = append(qs, q)
		}
	}
	return qs
}

// modelSize is the size in bytes of the site's language model, or 0 where one of
// its files is missing.
func modelSize(in Input) (int, error) {
	total := 0
	for _, name := range []string{attention.ConfigFile, attention.WeightsFile, attention.TokenizerFile} {
		info, err := fs.Stat(in.Assets, "model/"+name)
		if errors.Is(err, fs.ErrNotExist) {
			return 0, nil
		}
		if err != nil {
			return 0, fmt.Errorf("read model: %w", err)
		}
		total += int(info.Size())
	}
	return total, nil
}
