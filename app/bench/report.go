package bench

import "courselab/app/engine"

// Report is what `lab bench` prints.
type Report struct {
	Date    string `json:"date"`
	Machine string `json:"machine"` // its processor, as it calls itself
	Browser string `json:"browser"` // user agent
	Cores   int    `json:"cores"`   // that the browser sees
	// Load is the processes that wanted a core in the last five minutes, on average,
	// when it ended; its own are about one. 0: not known.
	Load  float64 `json:"load,omitempty"`
	Visit Visit   `json:"visit"`
	Peers []Peer  `json:"peers,omitempty"`
	// Missing are the engine's backends that are not there.
	Missing []engine.Backend `json:"missing,omitempty"`
	Figures []Figure         `json:"figures"`
	// Ratios are of medians: SIMD over the plain path and over each peer, and its
	// products of integers over those of floats.
	Ratios []Ratio `json:"ratios"`
	Slider Slider  `json:"slider"`
	// Sliders are those of labs of the common panel.
	Sliders []LabSlider `json:"sliders"`
}

// Visit is a first visit to a lesson with a lab, with nothing cached. Times are
// in ms since navigation began.
type Visit struct {
	Page     string  `json:"page"`
	Bytes    int64   `json:"bytes"`         // transferred until the lab was ready, with what the offline copy had fetched by then
	TextMS   float64 `json:"textMs"`        // first contentful paint
	AppMS    float64 `json:"interactiveMs"` // the page's program runs
	LabMS    float64 `json:"engineMs"`      // the lab shows what the engine computed
	Requests int     `json:"requests"`
}

// Peer is another library that computes the same.
type Peer struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Missing string `json:"missing,omitempty"` // why it could not be measured
}

// Figure is one rate. Of each round the quickest batch counts; Median, Min and Max
// are over rounds.
type Figure struct {
	What   string    `json:"what"` // a product as rows×cols×depth, "prefill" …
	Unit   string    `json:"unit"`
	By     string    `json:"by"` // a backend, with " int8" for weights of eight bits; a peer
	Median float64   `json:"median"`
	Min    float64   `json:"min"`
	Max    float64   `json:"max"`
	Rounds []float64 `json:"rounds"` // in the order in which they were measured
}

// Ratio sets two figures side by side.
type Ratio struct {
	What  string  `json:"what"`
	Of    string  `json:"of"`
	Over  string  `json:"over"`
	Ratio float64 `json:"ratio"`
}

// Slider is the time from an input event on a control of the attention lab, four
// heads and sixteen characters, to the frame in which every matrix is repainted.
type Slider struct {
	Edits    int     `json:"edits"`
	MedianMS float64 `json:"medianMs"`
	P95MS    float64 `json:"p95Ms"`
}

// LabSlider is the time from an input event on a slider of a lab to the frame with
// the first new figure, and to the whole result: a band or a simulation follows
// when it is ready. The lab's first three sliders are moved in turn.
type LabSlider struct {
	Lab      string  `json:"lab"`
	Edits    int     `json:"edits"`
	MedianMS float64 `json:"medianMs"`
	P95MS    float64 `json:"p95Ms"`
	WholeMS  float64 `json:"wholeMedianMs"`
}
