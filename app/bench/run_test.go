//go:build !js

package bench

import (
	"os"
	"strings"
	"testing"

	"courselab/app/browsertest"
	"courselab/app/registry"
	"courselab/app/site"
	"courselab/assets"
	"courselab/lessons/content"
)

// TestRun measures the site of this checkout, each figure once.
func TestRun(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a browser: not with -short")
	}
	files, err := site.Build(t.Context(), site.Input{
		Assets: assets.FS, Programs: os.DirFS("../../build"), Course: content.FS, Registry: registry.Lessons(),
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(files.Handler(nil), Options{Rounds: 1, Millis: 1, Edits: 2, Labs: []string{"cost"}})
	if err != nil {
		if strings.Contains(err.Error(), "no chromium") && os.Getenv("CI") == "" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	figures := map[string]float64{"bytes": float64(r.Visit.Bytes), "text": r.Visit.TextMS, "interactive": r.Visit.AppMS, "engine": r.Visit.LabMS,
		"median": r.Slider.MedianMS, "95 %": r.Slider.P95MS}
	if len(r.Sliders) != 1 || r.Sliders[0].Lab != "cost" || r.Sliders[0].Edits != 2 || !(r.Sliders[0].MedianMS > 0) || r.Sliders[0].WholeMS < r.Sliders[0].MedianMS {
		t.Errorf("sliders %+v", r.Sliders)
	}
	for _, f := range r.Figures {
		figures[f.By+" "+f.What] = f.Median
	}
	for _, s := range floats32 {
		figures["simd "+title(s)] += 0
		figures["cpu "+title(s)] += 0
	}
	for _, s := range integers {
		figures["simd int8 "+title(s)] += 0
	}
	figures["simd "+layerTitle] += 0
	for what, v := range figures {
		if !(v > 0) {
			t.Errorf("%s: %v", what, v)
		}
	}
	if figures["simd decode"] == 0 || figures["cpu decode"] == 0 || r.Visit.LabMS < r.Visit.AppMS || r.Browser == "" {
		t.Errorf("report %+v", r)
	}
}

func TestRunFailsOnAMissingPeer(t *testing.T) {
	err := browsertest.Outside(func(s testing.TB) {
		r := runner{Options: Options{Peers: t.TempDir()}, stand: s, report: &Report{}}
		r.openPeer("peer", "peer", nil, nil, "peer", "")
	})
	if err == nil || !strings.Contains(err.Error(), "package.json") {
		t.Errorf("failed with %v", err)
	}
}
