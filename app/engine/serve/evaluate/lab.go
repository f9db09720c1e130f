package evaluate

import (
	"courselab/app/engine/serve/run"
	"courselab/app/engine/serve/sheet"
)

// Lab returns what makes the runs of the lab "evaluate".
func Lab() run.Lab { return run.Lab{Bytes: bytes, Begin: begin, Version: "1"} }

// bytes estimates what a run will hold.
func bytes(in *sheet.Input) (int64, error) {
	if _, _, err := settings(in); err != nil {
		return 0, err
	}
	m, _, err := open(in)
	if err != nil {
		return 0, err
	}
	if in.Text("task") == "leak" {
		return 4*modelBytes(m) + trainingBytes(m.Config) + 2*decoderBytes(m.Config), nil
	}
	wanted, err := versionsOf(in)
	if err != nil {
		return 0, err
	}
	n := int64(len(wanted))
	return n*modelBytes(m) + (n+1)*decoderBytes(m.Config), nil
}

// begin returns the run that the parameter "task" names.
func begin(in *sheet.Input) (run.Run, error) {
	if _, _, err := settings(in); err != nil {
		return nil, err
	}
	m, t, err := open(in)
	if err != nil {
		return nil, err
	}
	switch in.Text("task") {
	case "choice":
		return newChoices(in, m, t)
	case "writing":
		return newWriting(in, m, t)
	case "leak":
		return newLeak(in, m, t)
	}
	in.Fault("task", "没有这一项")
	return nil, in.Err()
}
