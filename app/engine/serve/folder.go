package serve

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"courselab/app/engine"
	"courselab/app/engine/serve/archive"
	"courselab/sim"
)

func registerFolder(s *Server) {
	s.Register(engine.OpFolderOpen, openFolder)
	s.Register(engine.OpFolderPack, packFolder)
	s.Register(engine.OpFolderData, checkFolderData)
}

func badFolder(op, message string) *engine.Error {
	return &engine.Error{Code: engine.BadInput, Op: op, Message: message}
}

// openFolder answers engine.OpFolderOpen.
func openFolder(ctx context.Context, in json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	var input engine.FolderOpenInput
	if err := json.Unmarshal(in, &input); err != nil {
		return nil, nil, badFolder(engine.OpFolderOpen, "请求的内容读不出来")
	}
	folder, err := archive.Read(input.Data, func() error { return Pause(ctx) })
	if err != nil && ctx.Err() == nil {
		err = badFolder(engine.OpFolderOpen, err.Error())
	}
	return folder, nil, err
}

// packFolder answers engine.OpFolderPack.
func packFolder(ctx context.Context, in json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	var input engine.FolderPackInput
	if err := json.Unmarshal(in, &input); err != nil {
		return nil, nil, badFolder(engine.OpFolderPack, "请求的内容读不出来")
	}
	data, err := archive.Write(input.Files, time.Now(), func() error { return Pause(ctx) })
	if err != nil && ctx.Err() == nil {
		err = badFolder(engine.OpFolderPack, err.Error())
	}
	return engine.FolderPackOutput{Data: data}, nil, err
}

// checkFolderData answers engine.OpFolderData.
func checkFolderData(_ context.Context, in json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	var input engine.FolderDataInput
	if err := json.Unmarshal(in, &input); err != nil {
		return nil, nil, badFolder(engine.OpFolderData, "请求的内容读不出来")
	}
	var out engine.FolderDataOutput
	fault := func(file string, line int, message string) {
		out.Faults = append(out.Faults, engine.FolderFault{File: file, Line: line, Message: message})
	}
	read := func(file string, parse func([]byte) error) {
		text, ok := input.Files[file]
		if !ok {
			return
		}
		if err := parse([]byte(text)); err != nil {
			line, problem := CatalogueProblem(err)
			fault(file, line, problem)
		}
	}
	var models *sim.Catalogue
	read(modelsFile, func(text []byte) (err error) { models, err = sim.ParseCatalogue(text); return err })
	read(gpusFile, func(text []byte) error { _, err := sim.ParseGPUs(text); return err })
	read("data/measurements.json", func(text []byte) error { _, err := sim.ParseMeasurements(text); return err })
	for _, t := range input.Tables {
		switch _, given := input.Files[modelsFile]; {
		case len(t.IDs) == 0:
			fault(t.File, t.Line, "模型表没有写明模型：ids: gpt-4, qwen3-8b")
		case models != nil:
			for _, problem := range ModelProblems(models, t.IDs, t.Columns) {
				fault(t.File, t.Line, problem)
			}
		case !given:
			fault(t.File, t.Line, "模型表要用 "+modelsFile+"，课程里没有这个文件")
		}
	}
	slices.SortStableFunc(out.Faults, func(a, b engine.FolderFault) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		return a.Line - b.Line
	})
	return out, nil, nil
}
