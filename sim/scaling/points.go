package scaling

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"

	"courselab/sim"
)

// Trained is a model of which size and data are known.
type Trained struct {
	Name   string  `json:"name"`
	Params float64 `json:"params"` // per token where experts are chosen
	Tokens float64 `json:"tokens"`
	// Loss in nats per token; nil where it is not published.
	Loss   *float64 `json:"loss"`
	Note   string   `json:"note"`
	Source string   `json:"source"`
	URL    string   `json:"url"`
	AsOf   string   `json:"as_of"`
}

// FLOPs is what training it took, 6 · N · D.
func (t Trained) FLOPs() float64 { return 6 * t.Params * t.Tokens }

// File is a course's data/scaling.json: named models, and the project's own
// measurements, which all share one tokenizer and one held-out text.
type File struct {
	Generated string    `json:"generated"`
	Models    []Trained `json:"models"`
	// Measured are own runs; Setting says of what. It may be empty.
	Setting  string    `json:"setting"`
	Measured []Trained `json:"measured"`
}

// maxPoints bounds each list of a File.
const maxPoints = 200

// Parse reads a scaling.json. Known fields only; the first fault is returned as a
// *sim.FieldError.
func Parse(data []byte) (*File, error) {
	var file struct {
		Schema int `json:"schema_version"`
		File
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&file); err != nil {
		return nil, fmt.Errorf("parse scaling points: %w", &sim.FieldError{Field: "file", Reason: sim.Malformed, Detail: err.Error()})
	}
	if file.Schema != 1 {
		return nil, fmt.Errorf("parse scaling points: %w", &sim.FieldError{Field: "schema_version", Reason: sim.OutOfRange, Detail: fmt.Sprint(file.Schema)})
	}
	for name, list := range map[string][]Trained{"models": file.Models, "measured": file.Measured} {
		if len(list) > maxPoints {
			return nil, fmt.Errorf("parse scaling points: %w", &sim.FieldError{Field: name, Reason: sim.OutOfRange, Detail: fmt.Sprint(len(list))})
		}
		for i, t := range list {
			at := fmt.Sprintf("%s[%d]", name, i)
			err := sim.CheckRange(at+".params", t.Params, 1, 1e18)
			if err == nil {
				err = sim.CheckRange(at+".tokens", t.Tokens, 1, 1e18)
			}
			switch {
			case err != nil:
			case t.Loss != nil:
				err = sim.CheckRange(at+".loss", *t.Loss, 0, 100)
			case name == "measured":
				err = &sim.FieldError{Field: at + ".loss", Reason: sim.Missing}
			}
			if err == nil && (t.Name == "" || t.Source == "" || t.AsOf == "") {
				err = &sim.FieldError{Field: at, Reason: sim.Missing, Detail: "name, source and as_of"}
			}
			if err != nil {
				return nil, fmt.Errorf("parse scaling points: %w", err)
			}
		}
	}
	return &file.File, nil
}

// Slope is a straight line through points on two logarithmic axes, least squares:
//
//	ln L = ln a − b · ln N
//
// with R² the share of the variance of ln L that it explains.
type Slope struct{ A, B, R2 float64 }

// FitSlope fits measured losses against their sizes. It needs three sizes that
// differ.
func FitSlope(points []Trained) (Slope, error) {
	var n, sx, sy, sxx, sxy, syy float64
	sizes := map[float64]bool{}
	for _, p := range points {
		if p.Loss == nil || *p.Loss <= 0 {
			continue
		}
		x, y := math.Log(p.Params), math.Log(*p.Loss)
		n, sx, sy, sxx, sxy, syy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y, syy+y*y
		sizes[p.Params] = true
	}
	if len(sizes) < 3 {
		return Slope{}, fmt.Errorf("fit slope: %w", &sim.FieldError{Field: "measured", Reason: sim.Missing, Detail: "three different sizes"})
	}
	vx, vy, cov := sxx-sx*sx/n, syy-sy*sy/n, sxy-sx*sy/n
	b := cov / vx
	s := Slope{A: math.Exp((sy - b*sx) / n), B: -b, R2: 1}
	if vy > 1e-15 {
		s.R2 = cov * cov / (vx * vy)
	}
	return s, nil
}
