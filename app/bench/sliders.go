//go:build !js

package bench

import (
	_ "embed"
	"fmt"
	"slices"
)

//go:embed slide.js
var slideScript string

// Sliders are the labs whose sliders are measured unless others are named.
var Sliders = []string{"fit", "breakeven", "cost", "select", "rag", "scaling-law", "serving"}

// labSlider moves sliders of a lab of the common panel.
func (r *runner) labSlider(lab string) {
	r.say("sliders of " + lab)
	b := r.course
	b.Navigate(r.root + "labs/" + lab + "/")
	b.WaitFor("the lab", fmt.Sprintf(`document.querySelector('[data-lab=%q]')?.dataset.state === "ready"`, lab))
	var all struct{ First, Whole []float64 }
	r.long(b, "sliders of "+lab, fmt.Sprintf("(%s)(%d)", slideScript, r.Edits), &all)
	if len(all.First) == 0 {
		r.stand.Fatalf("sliders of %s: no move changed a figure", lab)
	}
	r.report.Sliders = append(r.report.Sliders, LabSlider{Lab: lab, Edits: len(all.First),
		MedianMS: quantile(all.First, 0.5), P95MS: quantile(all.First, 0.95), WholeMS: quantile(all.Whole, 0.5)})
}

// quantile returns the value that a share of values is below.
func quantile(values []float64, share float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(share*float64(len(sorted))))]
}
