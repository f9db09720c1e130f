package registry

// Run is what the common panel says of a lab that runs for long: training,
// tuning, going through a benchmark.
type Run struct {
	// Start is what the button does: "开始训练".
	Start string
	// About says before it starts what it does and how long that takes, about.
	About string
	// Step is what one step is called on the button, "走一步"; empty: the learner
	// is not given steps.
	Step string
	// Live names the inputs that may change while it is under way; another one
	// that changes has it rest.
	Live []string
	// Kept: the run can be kept in the browser or in a file, and opened again.
	Kept bool
}

// IsLive reports whether an input may change while a run is under way.
func (r *Run) IsLive(name string) bool {
	for _, l := range r.Live {
		if l == name {
			return true
		}
	}
	return false
}
