// The same for every peer: runs a product or a layer, which work(spec) of its own
// script prepares, in batches for a time. Resolves with the seconds that one run
// takes in the quickest batch after the first, and the mean magnitude of the result.
(() => {
  const prepared = new Map();
  globalThis.peerBench = async (spec, millis) => {
    const key = JSON.stringify(spec);
    if (!prepared.has(key)) prepared.set(key, await peerWork(spec));
    const work = prepared.get(key);
    let best = Infinity;
    for (let n = 1, warm = false, began = performance.now(); ;) {
      const start = performance.now();
      await work.run(n);
      const took = performance.now() - start;
      if (took < Math.min(5, millis)) { n *= 2; continue; }
      if (warm || took > millis) best = Math.min(best, took / n);
      warm = true;
      if (best < Infinity && performance.now() - began >= millis) break;
    }
    const out = await work.result();
    return {seconds: best / 1000, mean: out.reduce((sum, v) => sum + Math.abs(v), 0) / out.length};
  };
  // Of a layer's tensors; see engine.BenchBlockValue.
  globalThis.blockValue = (i, salt, depth) => Math.fround(((i * 7919 + salt * 104729) % 1009 / 1009 - 0.5) * 2 / Math.sqrt(depth));
  globalThis.peerInput = (spec) => spec.depth
    ? new Float32Array(spec.rows * spec.depth).map((_, i) => i % 17 / 8 - 1)
    : new Float32Array(spec.rows * spec.width).map((_, i) => blockValue(i, 0, 1));
})()
