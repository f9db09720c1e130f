package engine

// Operations of labs that run for long: training, tuning, going through a
// benchmark. The engine keeps one run for each lab, between requests too; a run
// whose request is cancelled rests and can be gone on with.
const (
	// OpRun: RunInput → RunOutput. It goes on with the lab's run, or begins one.
	// Partial replies carry a RunOutput about once a second. Of all requests this
	// one is not sent again to an engine that takes a dead one's place: the run has
	// gone with it, and the learner is told.
	OpRun = "run"
	// OpRunLook: RunInput → RunOutput: how the lab's run stands. Nothing is
	// computed but its sheet.
	OpRunLook = "run.look"
	// OpRunSave: RunInput → RunFile: the run as a file.
	OpRunSave = "run.save"
	// OpRunOpen: RunOpenInput → RunOutput: the run of a file in the place of the
	// lab's own.
	OpRunOpen = "run.open"
	// OpRunDrop: RunInput → RunOutput: the lab has no run any more.
	OpRunDrop = "run.drop"
)

// RunInput asks for a run of a lab. Where the lab has a run that was begun with
// other values, and those that differ cannot be changed while it is under way,
// OpRun is refused unless Fresh.
type RunInput struct {
	LabInput
	// Steps is how many steps to do; 0: until the end.
	Steps int `json:"steps,omitempty"`
	// Fresh begins anew, whatever run there is.
	Fresh bool `json:"fresh,omitempty"`
}

// RunOpenInput asks to go on from a file. Its LabInput brings the data; the
// values are those of the file.
type RunOpenInput struct {
	LabInput
	File []byte `json:"file"`
}

// RunOutput is how a run stands.
type RunOutput struct {
	Run   RunState `json:"run"`
	Sheet Sheet    `json:"sheet"` // empty where there is no run
}

// RunState is how far a run has come. The zero value is that of no run.
type RunState struct {
	Exists bool       `json:"exists,omitempty"`
	At     Progressed `json:"at"`
	Ended  bool       `json:"ended,omitempty"` // nothing is left to do
	// Values are those that it computes with.
	Values map[string]string `json:"values,omitempty"`
	// Bytes is the memory that it holds, Limit what all runs together may.
	Bytes int64 `json:"bytes,omitempty"`
	Limit int64 `json:"limit,omitempty"`
	// Seconds is how long it has computed, rests not counted.
	Seconds float64 `json:"seconds,omitempty"`
	// Saves says that it can be written to a file.
	Saves bool `json:"saves,omitempty"`
}

// RunFile is a run written to a file, which any engine of the same version of
// the lab can open.
type RunFile struct {
	Name string `json:"name"` // "objectives.safetensors"
	Data []byte `json:"data"`
}
