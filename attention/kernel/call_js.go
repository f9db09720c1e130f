//go:build js && wasm

package kernel

import (
	"fmt"
	"runtime"
	"unsafe"

	"github.com/hack-pad/safejs"
)

// This file alone calls through the js.Value under a safejs.Value: a prebound
// Invoke without arguments
// costs 0.1 µs, each argument 0.05 more, a call through safejs 1.2.

// bind returns the backend on the module's exports.
func bind(exports safejs.Value) (*simd, error) {
	k := &simd{words: new([maxWords]uint32)}
	call, err := exports.Get("call")
	if err != nil {
		return nil, fmt.Errorf("bind call: %w", err)
	}
	if call.Type() != safejs.TypeFunction {
		return nil, fmt.Errorf("bind call: not a function")
	}
	// The words never move, so their address is bound once.
	bound, err := call.Call("bind", safejs.Null(), int(uintptr(unsafe.Pointer(k.words))))
	if err != nil {
		return nil, fmt.Errorf("bind call: %w", err)
	}
	invoke := safejs.Unsafe(bound)
	k.invoke = func(k *simd) {
		for i := range k.count {
			k.words[1+i] = address(k.held[i])
		}
		invoke.Invoke()
		runtime.KeepAlive(k)
	}
	return k, nil
}

// address returns where a slice lies in the memory; for an empty one any
// address will do, since it is never read.
func address(data []byte) uint32 {
	return uint32(uintptr(unsafe.Pointer(unsafe.SliceData(data))))
}
