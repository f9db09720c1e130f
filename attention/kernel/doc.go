// Package kernel brings the SIMD kernel to attention: an attention.TrainingBackend
// whose operations run in a WebAssembly module of 128-bit vector code, which
// Go's compiler does not emit.
//
// The sources are in c; their committed artefact is assets/kernel.wasm, which
//
//	attention/kernel/build.sh
//
// rebuilds with clang. The module exports one function, call(words): words is
// the address of a row of 32-bit words, the code of an operation (operations.go,
// c/call.c), the addresses of its matrices, its sizes. It imports env.memory,
// which is the memory of the calling Go program: nothing is copied. It owns no
// part of that memory: it has no data, no stack and no globals in use (checked
// by a test); the scratch of large products is the caller's.
//
// In the browser the engine's worker sets, before Load is called,
//
//	globalThis.courselabMemory       exports.mem of the Go instance
//	globalThis.courselabInit.kernel  address of kernel.wasm
//
// Imports: attention; in the browser also safejs, under which call_js.go reaches
// for the js.Value, for the hot calls. Tests run the module natively in wazero.
package kernel
