//go:build js && wasm

// Command page is the UI side of the worker's tests: it gives the test's
// JavaScript an engine.Client to drive, and keeps what it says in self.replies
// and self.states.
package main

import (
	"context"
	"encoding/json"
	"strconv"
	"syscall/js"
	"time"

	"courselab/app/engine"
	"courselab/app/engine/worker"
)

func main() {
	global := js.Global()
	now := func() float64 { return global.Get("performance").Call("now").Float() }
	global.Set("replies", js.ValueOf([]any{}))
	global.Set("states", js.ValueOf([]any{}))

	client := engine.NewClient(worker.New(worker.Options{Backend: "cpu"}),
		engine.Options{Heartbeat: 500 * time.Millisecond, Misses: 6})
	client.OnState(func(s engine.State) {
		global.Get("states").Call("push", map[string]any{"at": now(), "phase": string(s.Phase), "reason": s.Reason})
	})
	cancels := map[string]func(){}
	global.Set("ask", js.FuncOf(func(_ js.Value, args []js.Value) any {
		name, queue, op, input := args[0].String(), args[1].String(), args[2].String(), args[3].String()
		cancels[name] = client.Do(context.Background(), queue, op, json.RawMessage(input), func(r engine.Reply) {
			entry := map[string]any{"at": now(), "name": name, "kind": string(r.Kind), "output": string(r.Output)}
			if r.Error != nil {
				entry["code"], entry["message"] = string(r.Error.Code), r.Error.Message
			}
			tensors := make([]any, len(r.Tensors))
			for i, t := range r.Tensors {
				// Text, since JSON knows no infinities.
				values := make([]any, len(t.Data))
				for k, v := range t.Data {
					values[k] = strconv.FormatFloat(float64(v), 'g', -1, 32)
				}
				tensors[i] = map[string]any{"rows": t.Rows, "cols": t.Cols, "data": values}
			}
			entry["tensors"] = tensors
			global.Get("replies").Call("push", entry)
		})
		return nil
	}))
	global.Set("giveUp", js.FuncOf(func(_ js.Value, args []js.Value) any { cancels[args[0].String()](); return nil }))
	global.Set("retry", js.FuncOf(func(js.Value, []js.Value) any { client.Retry(); return nil }))
	// rounds asks n echoes one after another and resolves with the milliseconds
	// that each took.
	global.Set("rounds", js.FuncOf(func(_ js.Value, args []js.Value) any {
		n, input := args[0].Int(), json.RawMessage(args[1].String())
		return global.Get("Promise").New(js.FuncOf(func(_ js.Value, args []js.Value) any {
			resolve := args[0]
			go func() {
				times := make([]any, n)
				for i := range times {
					began := now()
					if _, err := client.CallTensors(context.Background(), "echo", input, nil); err != nil {
						times[i] = err.Error()
						continue
					}
					times[i] = now() - began
				}
				resolve.Invoke(times)
			}()
			return nil
		}))
	}))
	global.Get("document").Get("documentElement").Get("dataset").Set("app", "ready")
	select {}
}
