package serve

import (
	"context"
	"encoding/json"
	"time"

	"courselab/app/engine"
	"courselab/app/engine/serve/archive"
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
func checkFolderData(ctx context.Context, in json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	var input engine.FolderDataInput
	if err := json.Unmarshal(in, &input); err != nil {
		return nil, nil, badFolder(engine.OpFolderData, "请求的内容读不出来")
	}
	out, err := CheckFolder(input, func() error { return Pause(ctx) })
	return out, nil, err
}
