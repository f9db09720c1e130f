package bench

import "courselab/app/engine"

// Report is what `lab bench` prints.
type Report struct {
	Browser string `json:"browser"` // user agent
	Cores   int    `json:"cores"`   // that the browser sees
	Visit   Visit  `json:"visit"`
	// Rates are the engine's; of each figure the best round's.
	Rates engine.BenchOutput `json:"rates"`
	// Training are steps of different size, so apart.
	Training []Training `json:"training"`
	Peer     *Peer      `json:"peer,omitempty"` // nil: none was given
	// Ratios are SIMD over the plain path and over the peer, of the figures above.
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

// Training is the rate of training steps.
type Training struct {
	Backend string  `json:"backend"`
	Tokens  int     `json:"tokensPerStep"`
	Steps   float64 `json:"stepsPerSecond"`
	Rate    float64 `json:"tokensPerSecond"`
}

// Peer is another library's rate at the products of Rates.
type Peer struct {
	Name     string                `json:"name"`
	Version  string                `json:"version"`
	Products []engine.BenchProduct `json:"products"`
}

// Ratio sets two figures side by side.
type Ratio struct {
	What  string  `json:"what"`
	Over  string  `json:"over"` // what it is divided by: "cpu", or the peer's name
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
