// Loaded before wasm_exec_node.js (node --require), this stands in for the
// engine's worker: it hands over the memory of the Go instance and the address
// of the kernels. COURSELAB_KERNEL and COURSELAB_KERNEL_RELAXED are the files;
// COURSELAB_KERNEL_CASE spoils them.
"use strict";
const fs = require("fs");

const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = async (source, imports) => {
  const result = await instantiate.call(WebAssembly, source, imports);
  if (result.instance && result.instance.exports.mem && process.env.COURSELAB_KERNEL_CASE !== "no-memory") {
    globalThis.courselabMemory = result.instance.exports.mem;
  }
  return result;
};

const which = process.env.COURSELAB_KERNEL_CASE;
const plain = fs.readFileSync(process.env.COURSELAB_KERNEL);
const relaxed = fs.readFileSync(process.env.COURSELAB_KERNEL_RELAXED);
// Whether this Node takes the relaxed build, before anything is spoilt.
globalThis.courselabTakesRelaxed = WebAssembly.validate(relaxed) && !/relaxed/.test(which);

const refused = { "no-simd": [plain, relaxed], "no-relaxed": [relaxed] }[which] || [];
const compile = WebAssembly.compile;
WebAssembly.compile = async (source) => { // as a browser without it does
  // Node's own fetch compiles a module too.
  if (!refused.some((bytes) => bytes.equals(Buffer.from(source)))) return compile.call(WebAssembly, source);
  throw new WebAssembly.CompileError("invalid opcode 0xfd");
};
for (const bytes of { "wrong": [plain, relaxed], "wrong-relaxed": [relaxed] }[which] || []) {
  // the sign of log2 e in one lane of the exponential
  const at = bytes.indexOf(Buffer.from(new Float32Array([1.44269504]).buffer));
  if (at < 0) throw new Error("the constant is not in the kernel");
  bytes[at + 3] ^= 0x80;
}
const address = (bytes) => which === "no-file" ? "data:nothing" : "data:application/wasm;base64," + bytes.toString("base64");
globalThis.courselabInit = { kernel: address(plain), kernelRelaxed: address(relaxed) };
