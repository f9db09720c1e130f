package labs

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"courselab/app/engine"
	"courselab/app/env"
	"courselab/app/registry"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// Props are what a lab panel is placed with.
type Props struct {
	// Key is unique on the page: ids and engine queues are made from it.
	Key string
	// Name is the lab's registered name.
	Name string
	// Params are what the lesson sets; absent ones take the lab's defaults.
	Params map[string]string
	Env    *env.Env
	// Page says that the lab stands on its own page and owns the fragment of
	// the address.
	Page bool
}

// Panel returns the lab that p names: a running one, an announcement for one
// that is not there yet, or a notice for a name that nothing is known of.
func Panel(p Props) goapp.UI {
	if p.Name == "models" {
		return &modelsPanel{Props: p}
	}
	if p.Name == "notes" {
		return goapp.Raw(notesHTML(p.Env, p.Params["module"]))
	}
	lab, known := registry.Find(p.Name)
	switch {
	case !known:
		return &unknownPanel{Props: p}
	case lab.Coming:
		return &comingPanel{Props: p}
	}
	switch p.Name {
	case "attention":
		return &attentionPanel{Props: p}
	case "next-token":
		return &nextPanel{Props: p}
	case "xray":
		return &xrayPanel{Props: p}
	case "blocks":
		return &blocksPanel{Props: p}
	}
	if len(lab.Inputs) > 0 {
		return &sheetPanel{Props: p}
	}
	return &comingPanel{Props: p}
}

// StaticKey names the static default figure of a lab placed with params. It is
// the same for equal parameters, whatever the page.
func StaticKey(name string, params map[string]string) string {
	names := make([]string, 0, len(params))
	for n := range params {
		names = append(names, n)
	}
	sort.Strings(names)
	var b strings.Builder
	b.WriteString(name)
	for _, n := range names {
		b.WriteByte(' ')
		b.WriteString(n)
		b.WriteByte('=')
		b.WriteString(params[n])
	}
	return b.String()
}

// Data gives out the data files of a course with a mark that differs between
// their versions, as content.Library does.
type Data interface {
	Data(name string) (text []byte, mark string, err error)
}

// Static tells what to ask the engine for the static default form of a lab
// placed with params: the operation and its input. ok is false for a lab
// without one. StaticHTML makes the reply the entry of env.Env.Static under
// StaticKey.
func Static(name string, params map[string]string, data Data) (op string, input any, ok bool, err error) {
	switch name {
	case "attention":
		s, _ := attentionFromParams(params)
		return engine.OpAttentionStatic, s.input(), true, nil
	case "next-token":
		s, _ := nextFromParams(params)
		return engine.OpNextStatic, s.input(s.kept), true, nil
	case "xray":
		s, _ := xrayFromParams(params)
		return engine.OpXrayStatic, engine.XrayCellInput{Xray: s.input(), Cell: s.cell()}, true, nil
	case "blocks":
		s, _ := fromParams(defaultBlocks(), blocksFields, params)
		return engine.OpBlocks, engine.BlocksInput{View: s.view, Part: s.part}, true, nil
	case "models":
		in := engine.ModelsOf(params)
		if len(in.IDs) == 0 {
			return "", nil, false, nil
		}
		text, mark, err := data.Data(ModelsFile)
		if err != nil {
			return "", nil, false, err
		}
		in.Data, in.Catalogue = string(text), mark
		return engine.OpModels, in, true, nil
	}
	lab, known := registry.Find(name)
	if !known || lab.Coming || len(lab.Inputs) == 0 {
		return "", nil, false, nil
	}
	in, err := sheetInput(&lab, params, data)
	if err != nil {
		// A course may do without the data; the lab then says what it lacks.
		return "", nil, false, nil
	}
	return engine.OpLab, in, true, nil
}

// sheetInput asks for the default sheet of a lab placed with params.
func sheetInput(lab *registry.Lab, params map[string]string, data Data) (engine.LabInput, error) {
	v, _ := valuesFrom(lab, defaultValues(lab), params)
	files, err := readFiles(lab, data)
	if err != nil {
		return engine.LabInput{}, fmt.Errorf("lab %s: %w", lab.Name, err)
	}
	return engine.LabInput{Lab: lab.Name, Values: v.byName(), Data: files}, nil
}

// StaticHTML returns the engine's reply to what Static asks as the markup that
// stands in the page.
func StaticHTML(name string, reply json.RawMessage) (string, error) {
	if name == "models" {
		var table engine.ModelsOutput
		if err := json.Unmarshal(reply, &table); err != nil {
			return "", fmt.Errorf("read table: %w", err)
		}
		return modelsHTML(table), nil
	}
	if name == "next-token" {
		html, err := nextStaticHTML(reply)
		if err != nil {
			return "", fmt.Errorf("read prediction: %w", err)
		}
		return html, nil
	}
	if name == "blocks" {
		var out engine.BlocksOutput
		if err := json.Unmarshal(reply, &out); err != nil {
			return "", fmt.Errorf("read counts: %w", err)
		}
		return blocksStaticHTML(out), nil
	}
	if lab, _ := registry.Find(name); len(lab.Inputs) > 0 {
		var s engine.Sheet
		if err := json.Unmarshal(reply, &s); err != nil {
			return "", fmt.Errorf("read sheet: %w", err)
		}
		if s.Empty() {
			// A course's own data may lack what the lab begins with.
			s.Verdict.Text = (&sheetPanel{lab: lab}).faultText(s.Faults)
		}
		html := goapp.HTMLString(sheetView(s, nil, sheetOptions{lab: name, place: " " + lab.Title}))
		if own := hookOf(name).static; own != nil {
			html = own(s) + html
		}
		return html, nil
	}
	var f engine.Figure
	if err := json.Unmarshal(reply, &f); err != nil {
		return "", fmt.Errorf("read figure: %w", err)
	}
	return figureHTML(f), nil
}

// MissingHTML stands in the place of a static figure that could not be drawn.
func MissingHTML(why string) string {
	return `<p class="lab-note">` + escape(why) + `</p>`
}

// figureHTML returns f as markup: the drawing with its title and description.
func figureHTML(f engine.Figure) string {
	var b strings.Builder
	b.WriteString(`<figure class="lab-figure">`)
	b.WriteString(f.SVG)
	b.WriteString(`<figcaption>`)
	b.WriteString(escape(f.Title))
	if f.Desc != "" {
		b.WriteString(`<span class="lab-desc">`)
		b.WriteString(escape(f.Desc))
		b.WriteString(`</span>`)
	}
	b.WriteString(`</figcaption></figure>`)
	return b.String()
}
