// Package kernel brings the SIMD kernel to attention: an attention.TrainingBackend
// and IntegerBackend whose operations run in a WebAssembly module of 128-bit vector code, which
// Go's compiler does not emit.
//
// The sources are in c; their committed artefacts are assets/kernel.wasm and
// assets/kernel-relaxed.wasm, which
//
//	attention/kernel/build.sh
//
// rebuilds with clang. The second uses f32x4.relaxed_madd: one instruction for a
// product and its sum, on processors that have it (a fifth faster on an AMD EPYC
// of 2021). Browsers know it since 2023; its last bit may differ between
// machines. The module exports one function, call(words): words is
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
//	                  .kernelRelaxed  of kernel-relaxed.wasm
//
// Imports: attention; in the browser also safejs, under which call_js.go reaches
// for the js.Value, for the hot calls. Tests run the module natively in wazero.
package kernel
