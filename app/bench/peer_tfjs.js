// TensorFlow.js. Every run ends with its result in the page's memory, as
// onnxruntime's does.
(() => {
  const layer = (spec) => {
    const {rows, width, heads, ffn} = spec, h = width / heads;
    // (out, in) as in a model's file; matMul wants (in, out).
    const weight = (out, depth, salt) => {
      const data = new Float32Array(out * depth);
      for (let i = 0; i < out; i++) for (let j = 0; j < depth; j++) data[j * out + i] = blockValue(i * depth + j, salt, depth);
      return tf.tensor2d(data, [depth, out]);
    };
    const angles = (f) => tf.tensor2d(Float32Array.from({length: rows * h / 2}, (_, i) =>
      f(Math.floor(i / (h / 2)) * 10000 ** (-2 * (i % (h / 2)) / h))), [rows, h / 2]);
    const cos = angles(Math.cos), sin = angles(Math.sin), gain = tf.ones([width]), scale = tf.scalar(1 / Math.sqrt(h)), eps = tf.scalar(1e-5);
    const mask = tf.tensor2d(Float32Array.from({length: rows * rows}, (_, i) => i % rows > Math.floor(i / rows) ? -1e9 : 0), [rows, rows]);
    const [wq, wk, wv, wo] = [1, 2, 3, 4].map((salt) => weight(width, width, salt));
    const wGate = weight(ffn, width, 5), wUp = weight(ffn, width, 6), wDown = weight(width, ffn, 7);
    const norm = (x) => tf.mul(tf.div(x, tf.sqrt(tf.add(tf.mean(tf.mul(x, x), -1, true), eps))), gain);
    const split = (x) => tf.transpose(tf.reshape(x, [rows, heads, h]), [1, 0, 2]);
    const rotated = (x) => {
      const a = tf.slice(x, [0, 0, 0], [heads, rows, h / 2]), b = tf.slice(x, [0, 0, h / 2], [heads, rows, h / 2]);
      return tf.concat([tf.sub(tf.mul(a, cos), tf.mul(b, sin)), tf.add(tf.mul(b, cos), tf.mul(a, sin))], 2);
    };
    const x = tf.tensor2d(peerInput(spec), [rows, width]);
    return () => {
      const n = norm(x);
      const q = rotated(split(tf.matMul(n, wq))), k = rotated(split(tf.matMul(n, wk))), v = split(tf.matMul(n, wv));
      const weights = tf.softmax(tf.add(tf.mul(tf.matMul(q, k, false, true), scale), mask));
      const mixed = tf.reshape(tf.transpose(tf.matMul(weights, v), [1, 0, 2]), [rows, width]);
      const between = tf.add(x, tf.matMul(mixed, wo)), m = norm(between);
      const gate = tf.matMul(m, wGate);
      return tf.add(between, tf.matMul(tf.mul(tf.mul(gate, tf.sigmoid(gate)), tf.matMul(m, wUp)), wDown));
    };
  };
  const product = (spec) => {
    const a = tf.tensor2d(peerInput(spec), [spec.rows, spec.depth]);
    const b = tf.tensor2d(new Float32Array(spec.depth * spec.cols).map((_, i) => i % 17 / 8 - 1), [spec.depth, spec.cols]);
    return () => tf.matMul(a, b);
  };
  globalThis.peerWork = async (spec) => {
    const once = spec.depth ? product(spec) : layer(spec);
    const read = async () => { const out = tf.tidy(once), data = await out.data(); out.dispose(); return data; };
    return {run: async (n) => { for (let i = 0; i < n; i++) await read(); }, result: read};
  };
  // Resolves with "" where the backend runs, else with the reason.
  globalThis.peerOpen = async (backend) => {
    if (backend === "webgpu") {
      const adapter = await navigator.gpu?.requestAdapter();
      if (!adapter || adapter.info?.isFallbackAdapter) return "no graphics card";
    } else {
      tf.wasm.setWasmPaths(new URL("wasm/", location.href).href);
      tf.wasm.setThreadsCount(1);
    }
    if (!await tf.setBackend(backend)) return "the backend did not start";
    await tf.ready();
    return "";
  };
})()
