package labs

import (
	"context"
	"encoding/json"
	"strings"

	"courselab/app/engine"
	"courselab/app/registry"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// readFiles reads the data files of a course that a lab computes with. One that a
// course may do without is absent where it cannot be read.
func readFiles(lab *registry.Lab, data Data) (map[string]engine.DataFile, error) {
	files := map[string]engine.DataFile{}
	for _, path := range lab.Files() {
		if path == registry.LabsFile {
			text, err := registry.Describe(registry.ReportLabs...)
			if err != nil {
				return nil, err
			}
			// It belongs to the program and changes with it: its text is its mark.
			files[path] = engine.DataFile{Mark: string(text), Text: string(text)}
			continue
		}
		text, mark, err := data.Data(path)
		if err != nil {
			return nil, err
		}
		files[path] = engine.DataFile{Mark: mark, Text: string(text)}
	}
	for _, path := range lab.ExtraFiles() {
		if text, mark, err := data.Data(path); err == nil {
			files[path] = engine.DataFile{Mark: mark, Text: string(text)}
		}
	}
	return files, nil
}

// marked returns files as a request carries them, with their texts or without.
func marked(files map[string]engine.DataFile, texts bool) map[string]engine.DataFile {
	out := make(map[string]engine.DataFile, len(files))
	for path, f := range files {
		if !texts {
			f.Text = ""
		}
		out[path] = f
	}
	return out
}

// load reads the data that the lab computes with, and asks where it is not what
// was computed with before.
func (p *sheetPanel) load(ctx goapp.Context) {
	if !p.readsData() {
		p.ask()
		return
	}
	if p.Props.Env.Content == nil {
		p.dataFault = "课程没有载入，实验缺少数据。"
		p.status, p.err = failed, &engine.Error{Code: engine.NeedsData, Message: p.dataFault}
		return
	}
	around := p.Props.Env
	ctx.Async(func() {
		files, err := readFiles(&p.lab, around.Content)
		files = withPrices(files, around)
		ctx.Dispatch(func(ctx goapp.Context) { p.loaded(ctx, files, err) })
	})
}

func (p *sheetPanel) loaded(ctx goapp.Context, files map[string]engine.DataFile, err error) {
	if err != nil {
		if p.files == nil {
			p.status, p.err = failed, &engine.Error{Code: engine.NeedsData, Message: "课程数据读不到：" + err.Error()}
		} else {
			ctx.PreventUpdate()
		}
		return
	}
	var marks strings.Builder
	for _, path := range append(p.lab.Files(), append(p.lab.ExtraFiles(), engine.PricesFile)...) {
		marks.WriteString(files[path].Mark + " ")
	}
	if marks.String() == p.marks {
		ctx.PreventUpdate()
		return
	}
	p.files, p.marks = files, marks.String()
	p.askChoices(false)
	p.ask()
}

// askChoices requests the models and accelerators that can be chosen, where the
// lab lets one choose; data: with the texts of the files.
func (p *sheetPanel) askChoices(data bool) {
	if !p.chooses() || p.Props.Env.Engine == nil {
		return
	}
	marks := p.marks
	input := engine.LabChoicesInput{Data: marked(p.files, data)}
	p.Props.Env.Engine.Do(context.Background(), p.Props.Key+"/choices", engine.OpLabChoices, input, func(r engine.Reply) {
		if !r.Kind.Final() {
			return
		}
		p.home.Dispatch(func(ctx goapp.Context) {
			switch {
			case marks != p.marks:
				ctx.PreventUpdate()
			case r.Kind == engine.Failed && r.Error != nil && r.Error.Code == engine.NeedsData && !data:
				p.askChoices(true)
			case r.Kind == engine.Done:
				var c engine.LabChoices
				if json.Unmarshal(r.Output, &c) == nil {
					p.choices = &c
				}
			}
		})
	})
}

// readsData reports whether the lab computes with files of the course.
func (p *sheetPanel) readsData() bool { return len(p.lab.Files())+len(p.lab.ExtraFiles()) > 0 }

// chooses reports whether a parameter is a model or an accelerator.
func (p *sheetPanel) chooses() bool {
	for _, param := range p.lab.Inputs {
		if param.Kind == registry.Model || param.Kind == registry.GPU || param.Kind == registry.List && len(param.Options) == 0 {
			return true
		}
	}
	return false
}

// offered are the choices of a parameter.
func (p *sheetPanel) offered(param registry.Param) []engine.LabChoice {
	all := p.choices.Models
	if param.Kind == registry.GPU {
		all = p.choices.GPUs
	}
	var some []engine.LabChoice
	for _, c := range all {
		if c.Has(param.Trait) {
			some = append(some, c)
		}
	}
	return some
}

// choiceName is the name of a model or accelerator, its id until that is known.
func (p *sheetPanel) choiceName(id string) string {
	for _, all := range [][]engine.LabChoice{p.choices.Models, p.choices.GPUs} {
		for _, c := range all {
			if c.ID == id {
				return c.Name
			}
		}
	}
	return id
}
