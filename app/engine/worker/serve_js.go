//go:build js && wasm

package worker

import (
	"fmt"

	"courselab/app/engine"

	"github.com/hack-pad/safejs"
)

// Serve answers the page's messages inside the worker until the worker ends.
// accept takes up a message and returns at once; it reports whether the message
// was a ping. See serve.Server.Accept.
func Serve(accept func(m engine.Message, send func(engine.Reply)) (ping bool)) error {
	global := safejs.Global()
	receive, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		m, err := engine.DecodeMessage([]byte(text(first(args), "json", "")))
		if err != nil {
			fatal(err)
			return nil
		}
		if accept(m, send) {
			if err := post(map[string]any{"type": "pong"}); err != nil {
				fatal(err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("receive messages: %w", err)
	}
	if err := post(map[string]any{"type": "ready", "version": engine.Version}); err != nil {
		return fmt.Errorf("say ready: %w", err)
	}
	if err := global.Set("courselabReceive", receive); err != nil {
		return fmt.Errorf("receive messages: %w", err)
	}
	select {}
}

// Param returns a parameter that the page started the worker with.
func Param(name string) string {
	init, err := safejs.Global().Get("courselabInit")
	if err != nil {
		return ""
	}
	params, err := init.Get("params")
	if err != nil {
		return ""
	}
	return text(params, name, "")
}

func send(r engine.Reply) {
	if err := sendReply(r); err != nil {
		fatal(err)
	}
}

// sendReply posts a reply; the buffers of its output and tensors are given away,
// not copied again.
func sendReply(r engine.Reply) error {
	packet, err := engine.EncodeReply(r)
	if err != nil {
		return err
	}
	message := map[string]any{"type": "reply", "json": string(packet.Head)}
	arrays := make([]any, len(packet.Tensors))
	buffers := make([]any, len(packet.Tensors))
	for i, values := range packet.Tensors {
		array, err := floatArray(values)
		if err != nil {
			return fmt.Errorf("send tensor %d of reply %d: %w", i, r.ID, err)
		}
		arrays[i] = array
		if buffers[i], err = array.Get("buffer"); err != nil {
			return fmt.Errorf("send tensor %d of reply %d: %w", i, r.ID, err)
		}
	}
	message["buffers"] = arrays
	if len(packet.Output) > 0 {
		output, err := byteArray(packet.Output)
		if err != nil {
			return fmt.Errorf("send output of reply %d: %w", r.ID, err)
		}
		buffer, err := output.Get("buffer")
		if err != nil {
			return fmt.Errorf("send output of reply %d: %w", r.ID, err)
		}
		message["output"], buffers = output, append(buffers, buffer)
	}
	return post(message, buffers)
}

func post(args ...any) error {
	_, err := safejs.Global().Call("postMessage", args...)
	return err
}

// fatal tells the page that this engine is of no further use.
func fatal(err error) {
	// Where even this fails the page's watchdog notices.
	_ = post(map[string]any{"type": "fatal", "message": err.Error()})
}
