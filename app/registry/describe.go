package registry

import (
	"encoding/json"
	"fmt"
)

// LabsFile is the name under which the engine is told what the parameters of other
// labs are called: no file of the course, but made from this package.
const LabsFile = "data/" + labsName + ".json"

const labsName = "labs"

// described is a lab as the engine's report needs it.
type described struct {
	Name   string           `json:"name"`
	Title  string           `json:"title"`
	Params []describedParam `json:"params"`
}

type describedParam struct {
	Name    string      `json:"name"`
	Label   string      `json:"label"`
	Kind    string      `json:"kind"` // "number", "toggle", "model", "gpu", "long", or ""
	Unit    string      `json:"unit,omitempty"`
	Default string      `json:"default"`
	Empty   string      `json:"empty,omitempty"`
	Options []Option    `json:"options,omitempty"`
	Only    []Condition `json:"only,omitempty"`
}

// Describe writes the parameters of labs as JSON; a lab that is only announced has
// none.
func Describe(names ...string) ([]byte, error) {
	kinds := map[Kind]string{Number: "number", Toggle: "toggle", Model: "model", GPU: "gpu", LongText: "long"}
	list := []described{}
	for _, name := range names {
		lab, ok := Find(name)
		if !ok {
			return nil, fmt.Errorf("describe labs: no lab %q", name)
		}
		d := described{Name: lab.Name, Title: lab.Title, Params: []describedParam{}}
		for _, p := range lab.Inputs {
			x := describedParam{Name: p.Name, Label: p.Label, Kind: kinds[p.Kind], Unit: p.Unit, Default: p.Default, Empty: p.Empty, Options: p.Options}
			if p.Only.Name != "" {
				x.Only = []Condition{p.Only}
			}
			d.Params = append(d.Params, x)
		}
		list = append(list, d)
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("describe labs: %w", err)
	}
	return text, nil
}
