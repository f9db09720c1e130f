// Runs a Go test program in a worker: the message is {program, args, env}, the
// answers {line} and at last {code}.
"use strict";
importScripts("wasm_exec.js");
onmessage = async ({data}) => {
  try {
    let rest = "";
    const decoder = new TextDecoder();
    globalThis.fs.writeSync = (_, bytes) => {
      rest += decoder.decode(bytes, {stream: true});
      const lines = rest.split("\n");
      rest = lines.pop();
      for (const line of lines) postMessage({line});
      return bytes.length;
    };
    const go = new Go();
    go.argv = ["test", ...data.args];
    go.env = data.env;
    // What the browser still has to say after that has no listener left.
    go.exit = code => {
      if (rest) postMessage({line: rest});
      postMessage({code});
    };
    const module = await WebAssembly.compile(await (await fetch(data.program)).arrayBuffer());
    const instance = await WebAssembly.instantiate(module, go.importObject);
    // As assets/worker.js does for the SIMD kernel.
    globalThis.courselabMemory = instance.exports.mem;
    globalThis.courselabInit = {kernel: new URL("kernel.wasm", location.href).href};
    await go.run(instance);
  } catch (err) {
    postMessage({line: String(err && err.stack || err)});
    postMessage({code: -1});
  }
};
