package settings

// Theme is the colour scheme of the page.
type Theme string

const (
	Auto  Theme = "auto" // as the system asks
	Light Theme = "light"
	Dark  Theme = "dark"
)

// Size is the text size; Medium is 17 to 18 px.
type Size string

const (
	Small  Size = "s"
	Medium Size = "m"
	Large  Size = "l"
	XLarge Size = "xl"
)

// Backend is what the engine computes with. The values are those of the
// address's backend parameter; AnyBackend leaves the choice to the engine.
type Backend string

const (
	AnyBackend Backend = ""
	CPU        Backend = "cpu"
	SIMD       Backend = "simd"
	WebGPU     Backend = "webgpu"
)

// Settings are the learner's choices for this browser. The zero value is not
// valid; use Default or Normalise.
type Settings struct {
	Theme   Theme   `json:"theme"`
	Size    Size    `json:"size"`
	Backend Backend `json:"backend,omitempty"`
}

// Default returns the settings of a first visit.
func Default() Settings { return Settings{Theme: Auto, Size: Medium} }

// Normalise returns s with each unknown value replaced by the default, so that
// a file from a later version still loads.
func (s Settings) Normalise() Settings {
	d := Default()
	switch s.Theme {
	case Auto, Light, Dark:
	default:
		s.Theme = d.Theme
	}
	switch s.Size {
	case Small, Medium, Large, XLarge:
	default:
		s.Size = d.Size
	}
	switch s.Backend {
	case AnyBackend, CPU, SIMD, WebGPU:
	default:
		s.Backend = d.Backend
	}
	return s
}
