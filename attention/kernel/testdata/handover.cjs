// Loaded before wasm_exec_node.js (node --require), this stands in for the
// engine's worker: it hands over the memory of the Go instance and the address
// of the kernel. COURSELAB_KERNEL is the file; COURSELAB_KERNEL_CASE spoils it.
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

const bytes = fs.readFileSync(process.env.COURSELAB_KERNEL);
switch (process.env.COURSELAB_KERNEL_CASE) {
  case "no-simd": { // as a browser without SIMD refuses it
    const compile = WebAssembly.compile;
    WebAssembly.compile = async (source) => {
      // Node's own fetch compiles a module too.
      if (source.byteLength !== bytes.length) return compile.call(WebAssembly, source);
      throw new WebAssembly.CompileError("invalid opcode 0xfd");
    };
    break;
  }
  case "wrong": { // the sign of log2 e in one lane of the exponential
    const at = bytes.indexOf(Buffer.from(new Float32Array([1.44269504]).buffer));
    if (at < 0) throw new Error("the constant is not in the kernel");
    bytes[at + 3] ^= 0x80;
    break;
  }
}
const kernel = process.env.COURSELAB_KERNEL_CASE === "no-file"
  ? "data:nothing"
  : "data:application/wasm;base64," + bytes.toString("base64");
globalThis.courselabInit = { kernel };
