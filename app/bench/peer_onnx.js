// onnxruntime-web on the CPU with one thread. Weights are constants of the model,
// which the session may lay out as it likes.
(() => {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = new URL("dist/", location.href).href;
  ort.env.logLevel = "error";
  globalThis.peerWork = async (spec) => {
    const model = await (await fetch("model?" + new URLSearchParams(spec))).arrayBuffer();
    const session = await ort.InferenceSession.create(new Uint8Array(model), {executionProviders: ["wasm"]});
    const feed = {A: new ort.Tensor("float32", peerInput(spec), [spec.rows, spec.depth ?? spec.width])};
    return {
      run: async (n) => { for (let i = 0; i < n; i++) await session.run(feed); },
      result: async () => (await session.run(feed)).C.data,
    };
  };
})()
