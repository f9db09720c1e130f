package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"courselab/app/engine"
	"courselab/app/engine/serve/run"
	"courselab/app/engine/serve/sheet"
)

func (l *labServer) registerRuns(s *Server) {
	s.Register(engine.OpRun, l.run)
	s.Register(engine.OpRunLook, l.runLook)
	s.Register(engine.OpRunSave, l.runSave)
	s.Register(engine.OpRunOpen, l.runOpen)
	s.Register(engine.OpRunDrop, l.runDrop)
}

// maker returns what makes the runs of a lab.
func (l *labServer) maker(lab string) (run.Lab, error) {
	m, ok := l.makers[lab]
	if !ok {
		return m, badLab("lab", fmt.Sprintf("名为“%.40s”的实验没有可以运行的东西", lab))
	}
	return m, nil
}

// run answers engine.OpRun: engine.RunInput → engine.RunOutput.
func (l *labServer) run(ctx context.Context, raw json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
	in, maker, err := l.runInput(raw)
	if err != nil {
		return nil, nil, err
	}
	files, err := l.data.files(in.Data)
	if err != nil {
		return nil, nil, err
	}
	// A run outlives the request that began it: its own word comes through the
	// replies of Go, not through emit.
	out, err := l.runs.Go(ctx, run.Ask{
		Lab: in.Lab, Maker: maker, Input: l.input(ctx, in.LabInput, files, nil), Values: in.Values,
		Steps: in.Steps, Fresh: in.Fresh, Emit: emit,
	})
	if err != nil {
		return nil, nil, runError(ctx, in.LabInput, err)
	}
	return out, nil, nil
}

func (l *labServer) runInput(raw json.RawMessage) (in engine.RunInput, maker run.Lab, err error) {
	if err := json.Unmarshal(raw, &in); err != nil {
		return in, maker, badLab("", "请求的内容读不出来")
	}
	maker, err = l.maker(in.Lab)
	return in, maker, err
}

// runError puts inputs that cannot be used into words.
func runError(ctx context.Context, in engine.LabInput, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var known *engine.Error
	if errors.As(err, &known) {
		return known
	}
	if faults, ok := sheet.Explain(err, in.Values); ok && len(faults) > 0 {
		return &engine.Error{Code: engine.BadInput, Op: engine.OpRun, Field: faults[0].Field, Message: faults[0].Message}
	}
	return fmt.Errorf("run of lab %s: %w", in.Lab, err)
}

// runLook answers engine.OpRunLook.
func (l *labServer) runLook(ctx context.Context, raw json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	in, _, err := l.runInput(raw)
	if err != nil {
		return nil, nil, err
	}
	out, err := l.runs.Look(ctx, in.Lab)
	if err != nil {
		return nil, nil, runError(ctx, in.LabInput, err)
	}
	return out, nil, nil
}

// runSave answers engine.OpRunSave.
func (l *labServer) runSave(ctx context.Context, raw json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	in, maker, err := l.runInput(raw)
	if err != nil {
		return nil, nil, err
	}
	file, err := l.runs.Save(in.Lab, maker)
	if err != nil {
		return nil, nil, runError(ctx, in.LabInput, err)
	}
	return file, nil, nil
}

// runOpen answers engine.OpRunOpen.
func (l *labServer) runOpen(ctx context.Context, raw json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	var in engine.RunOpenInput
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, nil, badLab("", "请求的内容读不出来")
	}
	maker, err := l.maker(in.Lab)
	if err != nil {
		return nil, nil, err
	}
	files, err := l.data.files(in.Data)
	if err != nil {
		return nil, nil, err
	}
	out, err := l.runs.Open(ctx, in.Lab, maker, in.File, func(values map[string]string) *sheet.Input {
		of := in.LabInput
		of.Values = values
		return l.input(ctx, of, files, nil)
	})
	if err != nil {
		return nil, nil, runError(ctx, in.LabInput, err)
	}
	return out, nil, nil
}

// runDrop answers engine.OpRunDrop.
func (l *labServer) runDrop(_ context.Context, raw json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	in, _, err := l.runInput(raw)
	if err != nil {
		return nil, nil, err
	}
	return l.runs.Drop(in.Lab), nil, nil
}
