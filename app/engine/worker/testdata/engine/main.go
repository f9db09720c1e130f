//go:build js && wasm

// Command engine is the worker's side of the worker's tests: operations that do
// what an engine does on good days and on bad ones.
package main

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"syscall/js"
	"time"

	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/engine/worker"
)

func main() {
	s := serve.New()
	// echo returns its input, and rows × cols values counting by halves, a
	// tensor of nothing and one of the values that JSON lacks.
	s.Register("echo", func(_ context.Context, in json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
		var shape struct{ Rows, Cols int }
		if err := json.Unmarshal(in, &shape); err != nil {
			return nil, nil, err
		}
		data := make([]float32, shape.Rows*shape.Cols)
		for i := range data {
			data[i] = float32(i) / 2
		}
		odd := []float32{float32(math.Inf(-1)), float32(math.NaN()), -0.1}
		return shape, []engine.Tensor{
			{Rows: shape.Rows, Cols: shape.Cols, Data: data}, {Rows: 0, Cols: 4}, {Rows: 1, Cols: 3, Data: odd},
		}, nil
	})
	// work computes until it is cancelled or five minutes have passed, and
	// leaves word of how it ended for "ended".
	ended := "no"
	s.Register("work", func(ctx context.Context, _ json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
		ended = "no"
		emit(engine.Reply{Kind: engine.Progress, Progress: &engine.Progressed{What: "work", Total: 1}})
		for began := time.Now(); time.Since(began) < 5*time.Minute; {
			if err := serve.Pause(ctx); err != nil {
				ended = err.Error()
				return nil, nil, err
			}
		}
		return "worked", nil, nil
	})
	s.Register("ended", func(context.Context, json.RawMessage, func(engine.Reply)) (any, []engine.Tensor, error) {
		return ended, nil, nil
	})
	s.Register("panic", func(context.Context, json.RawMessage, func(engine.Reply)) (any, []engine.Tensor, error) {
		panic("caught")
	})
	s.Register("wedge", func(context.Context, json.RawMessage, func(engine.Reply)) (any, []engine.Tensor, error) {
		for {
		}
	})
	s.Register("die", func(context.Context, json.RawMessage, func(engine.Reply)) (any, []engine.Tensor, error) {
		go panic("nobody catches this")
		select {}
	})
	s.Register("exit", func(context.Context, json.RawMessage, func(engine.Reply)) (any, []engine.Tensor, error) {
		os.Exit(0)
		return nil, nil, nil
	})
	s.Register("throw", func(context.Context, json.RawMessage, func(engine.Reply)) (any, []engine.Tensor, error) {
		js.Global().Call("setTimeout", js.Global().Get("JSON").Get("parse"), 0, "{")
		select {}
	})
	// policy tells whether the page's policy binds the worker.
	s.Register("policy", func(context.Context, json.RawMessage, func(engine.Reply)) (out any, _ []engine.Tensor, err error) {
		defer func() {
			if recover() != nil {
				out = "refused"
			}
		}()
		js.Global().Call("eval", "1")
		return "allowed", nil, nil
	})
	s.Register("init", func(context.Context, json.RawMessage, func(engine.Reply)) (any, []engine.Tensor, error) {
		init := js.Global().Get("courselabInit")
		return map[string]any{
			"base": init.Get("base").String(), "kernel": init.Get("kernel").String(), "backend": worker.Param("backend"),
			"memory": js.Global().Get("courselabMemory").Get("buffer").Get("byteLength").Int() > 0,
		}, nil, nil
	})
	if err := worker.Serve(s.Accept); err != nil {
		panic(err)
	}
}
