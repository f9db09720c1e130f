//go:build js && wasm

package worker

import (
	"errors"
	"fmt"
	"unsafe"

	"courselab/app/engine"

	"github.com/hack-pad/safejs"
)

// fromBlob makes a worker whose script is the text given.
func fromBlob(script string) (safejs.Value, error) {
	global := safejs.Global()
	blobClass, err := global.Get("Blob")
	if err != nil {
		return safejs.Undefined(), err
	}
	blob, err := blobClass.New([]any{script}, map[string]any{"type": "text/javascript"})
	if err != nil {
		return safejs.Undefined(), err
	}
	url, err := global.Get("URL")
	if err != nil {
		return safejs.Undefined(), err
	}
	// Not revoked: the worker may still be reading it, and it is some 60 bytes.
	address, err := url.Call("createObjectURL", blob)
	if err != nil {
		return safejs.Undefined(), err
	}
	class, err := global.Get("Worker")
	if err != nil {
		return safejs.Undefined(), err
	}
	return class.New(address)
}

// await returns what a promise comes to. It must not be called on the browser's
// event loop, which would then never turn again.
func await(promise safejs.Value) (safejs.Value, error) {
	type result struct {
		value safejs.Value
		err   error
	}
	done := make(chan result, 1)
	fulfilled, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		done <- result{value: first(args)}
		return nil
	})
	if err != nil {
		return safejs.Undefined(), err
	}
	defer fulfilled.Release()
	rejected, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		done <- result{err: errors.New(text(first(args), "message", "未知原因"))}
		return nil
	})
	if err != nil {
		return safejs.Undefined(), err
	}
	defer rejected.Release()
	if _, err := promise.Call("then", fulfilled, rejected); err != nil {
		return safejs.Undefined(), err
	}
	r := <-done
	return r.value, r.err
}

func first(args []safejs.Value) safejs.Value {
	if len(args) == 0 {
		return safejs.Undefined()
	}
	return args[0]
}

// text returns a property as text, or otherwise where it is none.
func text(v safejs.Value, name, otherwise string) string {
	property, err := v.Get(name)
	if err != nil || property.Type() != safejs.TypeString {
		return otherwise
	}
	s, err := property.String()
	if err != nil || s == "" {
		return otherwise
	}
	return s
}

// decode reads a reply message: {json, output, buffers}, of which the output may be
// absent.
func decode(data safejs.Value) (engine.Reply, error) {
	buffers, err := data.Get("buffers")
	if err != nil {
		return engine.Reply{}, fmt.Errorf("read reply: %w", err)
	}
	n, err := buffers.Length()
	if err != nil {
		return engine.Reply{}, fmt.Errorf("read reply: %w", err)
	}
	var tensors [][]float32
	for k := range n {
		array, err := buffers.Index(k)
		if err != nil {
			return engine.Reply{}, fmt.Errorf("read tensor %d: %w", k, err)
		}
		values, err := floats(array)
		if err != nil {
			return engine.Reply{}, fmt.Errorf("read tensor %d: %w", k, err)
		}
		tensors = append(tensors, values)
	}
	packet := engine.Packet{Head: []byte(text(data, "json", "")), Tensors: tensors}
	output, err := data.Get("output")
	if err == nil && !output.IsUndefined() {
		packet.Output, err = bytesIn(output)
	}
	if err != nil {
		return engine.Reply{}, fmt.Errorf("read output: %w", err)
	}
	return engine.DecodeReply(packet)
}

// bytesIn copies a Uint8Array.
func bytesIn(array safejs.Value) ([]byte, error) {
	n, err := array.Length()
	if err != nil {
		return nil, err
	}
	data := make([]byte, n)
	_, err = safejs.CopyBytesToGo(data, array)
	return data, err
}

// byteArray returns a new Uint8Array with the data.
func byteArray(data []byte) (safejs.Value, error) {
	class, err := safejs.Global().Get("Uint8Array")
	if err != nil {
		return safejs.Undefined(), err
	}
	array, err := class.New(len(data))
	if err != nil {
		return safejs.Undefined(), err
	}
	_, err = safejs.CopyBytesToJS(array, data)
	return array, err
}

// floats copies a Float32Array.
func floats(array safejs.Value) ([]float32, error) {
	n, err := array.Length()
	if err != nil {
		return nil, err
	}
	values := make([]float32, n)
	if n == 0 {
		return values, nil
	}
	view, err := bytesOf(array)
	if err != nil {
		return nil, err
	}
	if _, err := safejs.CopyBytesToGo(asBytes(values), view); err != nil {
		return nil, err
	}
	return values, nil
}

// floatArray returns a new Float32Array with the values.
func floatArray(values []float32) (safejs.Value, error) {
	class, err := safejs.Global().Get("Float32Array")
	if err != nil {
		return safejs.Undefined(), err
	}
	array, err := class.New(len(values))
	if err != nil || len(values) == 0 {
		return array, err
	}
	view, err := bytesOf(array)
	if err != nil {
		return safejs.Undefined(), err
	}
	_, err = safejs.CopyBytesToJS(view, asBytes(values))
	return array, err
}

// bytesOf returns a Uint8Array over a Float32Array's memory.
func bytesOf(array safejs.Value) (safejs.Value, error) {
	class, err := safejs.Global().Get("Uint8Array")
	if err != nil {
		return safejs.Undefined(), err
	}
	buffer, err := array.Get("buffer")
	if err != nil {
		return safejs.Undefined(), err
	}
	offset, err := array.Get("byteOffset")
	if err != nil {
		return safejs.Undefined(), err
	}
	size, err := array.Get("byteLength")
	if err != nil {
		return safejs.Undefined(), err
	}
	return class.New(buffer, offset, size)
}

// asBytes views float32s as the little-endian bytes that both sides hold.
func asBytes(values []float32) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(&values[0])), 4*len(values))
}
