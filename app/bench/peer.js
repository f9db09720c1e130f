// Measures onnxruntime-web: one MatMul with constant weights, which the session
// may lay out as it likes, on the CPU with one thread. Best of several batches.
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = new URL(".", location.href).href;
ort.env.logLevel = "error";
const sessions = new Map();
globalThis.peerBench = async (size, millis) => {
  const key = JSON.stringify(size);
  if (!sessions.has(key)) {
    const model = await (await fetch(`product?rows=${size.rows}&cols=${size.cols}&depth=${size.depth}`)).arrayBuffer();
    sessions.set(key, await ort.InferenceSession.create(new Uint8Array(model), {executionProviders: ["wasm"]}));
  }
  const session = sessions.get(key);
  const a = new Float32Array(size.rows * size.depth).map((_, i) => i % 17 / 8 - 1);
  const feed = {A: new ort.Tensor("float32", a, [size.rows, size.depth])};
  let best = Infinity;
  for (let n = 1, warm = false, began = performance.now(); ;) {
    const start = performance.now();
    for (let i = 0; i < n; i++) await session.run(feed);
    const took = performance.now() - start;
    if (took < Math.min(5, millis)) { n *= 2; continue; }
    if (warm || took > millis) best = Math.min(best, took / n);
    warm = true;
    if (best < Infinity && performance.now() - began >= millis) return best / 1000;
  }
};
