// Package kernel brings the SIMD kernel to attention: an attention.Backend
// whose operations run in a WebAssembly module of 128-bit vector code, which
// Go's compiler does not emit.
//
// c/kernel.c is the source; its committed artefact is assets/kernel.wasm, which
//
//	attention/kernel/build.sh
//
// rebuilds with clang. The module exports
//
//	matmul_nt(c, a, b, m, n, k)      c (m, n) = a (m, k) · bᵀ, b (n, k)
//	matmul_nn(c, a, b, m, n, k)      c (m, n) = a (m, k) · b (k, n)
//	softmax_rows(out, in, rows, cols)
//
// and imports env.memory, which is the memory of the calling Go program: slices
// are handed over by address and nothing is copied. It owns no part of that
// memory: it has no data, no stack and no globals in use (checked by a test).
//
// In the browser the engine's worker sets, before Load is called,
//
//	globalThis.courselabMemory       exports.mem of the Go instance
//	globalThis.courselabInit.kernel  address of kernel.wasm
//
// Imports: attention; in the browser also syscall/js (call_js.go alone, for the
// hot calls) and safejs. Tests run the module natively in wazero.
package kernel
