// A false WebGPU for Node (node --require): buffers in memory, each shader as a
// loop, chosen by its module's label. It keeps WebGPU's rules as far as this
// package could break them, and counts what it is asked for.
//
// globalThis.falseGPU says what goes wrong: fault names it, after is how many
// passes of a device go well before; passes is how many the last device has seen.
"use strict";

const state = globalThis.falseGPU = {fault: "", after: 0, passes: 0, broken: [],
  counts: {encoders: 0, passes: 0, submits: 0, maps: 0, empty: 0, dispatches: 0, buffers: 0, alive: 0, uploaded: 0, read: 0, groups: 0}};
const counts = state.counts;

const f32 = b => new Float32Array(b.data), u32 = b => new Uint32Array(b.data);

function product([C, A, B], [c, a, b, m, n, k, flat], wide) {
  C = f32(C); A = f32(A); B = f32(B); a *= wide; b *= wide; k *= wide;
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let l = 0; l < k; l++) sum += A[a + i * k + l] * (flat ? B[b + l * n + j] : B[b + j * k + l]);
    C[c + i * n + j] = sum;
  }
}
function norm([Y, G, X], [y, g, x, rows, cols], view) {
  X = X ? f32(X).subarray(x) : f32(Y).subarray(y); Y = f32(Y); G = f32(G);
  const eps = view.getFloat32(20, true);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += X[i * cols + j] ** 2;
    const scale = 1 / Math.sqrt(sum / cols + eps);
    for (let j = 0; j < cols; j++) Y[y + i * cols + j] = X[i * cols + j] * scale * G[g + j];
  }
}
const cells = f => ([Y, Z, X], [y, z, x, n]) => {
  X = X ? f32(X).subarray(x) : f32(Y).subarray(y); Y = f32(Y); Z = f32(Z);
  for (let i = 0; i < n; i++) Y[y + i] = f(X[i], Z[z + i]);
};
const sum = cells((a, b) => a + b), gate = cells((a, b) => a / (1 + Math.exp(-a)) * b);

// soft turns n values into their softmax; a value of −∞ gets 0.
function soft(row, scale) {
  const high = row.reduce((a, b) => Math.max(a, b), -Infinity);
  let total = 0;
  for (let j = 0; j < row.length; j++) total += row[j] === -Infinity ? 0 : Math.exp(scale * (row[j] - high));
  for (let j = 0; j < row.length; j++) row[j] = row[j] === -Infinity ? 0 : Math.exp(scale * (row[j] - high)) / total;
}

const shaders = {
  matmul_tiles: (b, s) => product(b, s, 1), matmul_tiles_4: (b, s) => product(b, s, 4),
  matmul_rows: (b, s) => product(b, s, 1), matmul_rows_4: (b, s) => product(b, s, 4),
  softmax([Y, X], [y, x, rows, cols]) {
    Y = f32(Y); X = f32(X);
    for (let i = 0; i < rows; i++) {
      const row = Array.from(X.subarray(x + i * cols, x + (i + 1) * cols));
      soft(row, 1);
      Y.set(row, y + i * cols);
    }
  },
  gather([Y, T, N], [y, t, n, rows, cols]) {
    Y = f32(Y); T = f32(T); N = u32(N);
    for (let i = 0; i < rows; i++) for (let j = 0; j < cols; j++) Y[y + i * cols + j] = T[t + N[n + i] * cols + j];
  },
  norm, norm_in_place: ([y, g], s, v) => norm([y, g], s, v),
  rotate([X, C, S], [x, c, s, rows, cols, half]) {
    X = f32(X); C = f32(C); S = f32(S);
    for (let i = 0; i < rows; i++) for (let at = 0; at < cols; at += 2 * half) for (let j = 0; j < half; j++) {
      const one = x + i * cols + at + j, two = one + half, u = X[one], v = X[two];
      const cos = C[c + i * half + j], sin = S[s + i * half + j];
      X[one] = u * cos - v * sin; X[two] = v * cos + u * sin;
    }
  },
  attend([Y, W, Q, K, V], [y, w, q, k, v, rows, past, heads, groups, h], view) {
    Y = f32(Y); W = f32(W); Q = f32(Q); K = f32(K); V = f32(V);
    const scale = view.getFloat32(40, true), all = past + rows, stride = groups * h;
    for (let i = 0; i < rows; i++) for (let a = 0; a < heads; a++) {
      const at = i * heads + a, head = Math.floor(a / (heads / groups)) * h, row = [];
      for (let j = 0; j < all; j++) {
        row[j] = j > past + i ? -Infinity : 0;
        for (let d = 0; d < h && j <= past + i; d++) row[j] += Q[q + at * h + d] * K[k + j * stride + head + d];
      }
      soft(row, scale);
      W.set(row, w + at * all);
      for (let d = 0; d < h; d++) {
        Y[y + at * h + d] = row.reduce((sum, weight, j) => sum + weight * V[v + j * stride + head + d], 0);
      }
    }
  },
  add: sum, add_in_place: ([y, z], s) => sum([y, z], s), silu_gate: gate, silu_gate_in_place: ([y, z], s) => gate([y, z], s),
  copy([Y, X], [y, x, n]) { u32(Y).set(u32(X).slice(x, x + n), y); },
  clear([Y], [y, n]) { f32(Y).fill(0, y, y + n); },
};

class Device {
  constructor() {
    this.lost = new Promise(resolve => { this.end = resolve; });
    this.scopes = [];
    this.passes = 0;
    this.queue = {
      writeBuffer: (b, at, from, start, n) => {
        this.must(b.usage & 8 && !b.destroyed && at + n <= b.data.byteLength, "writeBuffer");
        new Uint8Array(b.data).set(from.subarray(start, start + n), at);
        counts.uploaded += n;
      },
      submit: list => {
        if (list.length === 0) { counts.empty++; return; }
        counts.submits++;
        state.passes = ++this.passes;
        const failing = this.passes > state.after;
        if (failing && state.fault.startsWith("lost")) {
          this.gone = state.fault;
          setTimeout(() => this.end({reason: "unknown", message: "the false device went"}), 1);
        }
        if (failing && state.fault === "invalid") this.must(false, "the false command");
        if (failing && state.fault === "uncaptured") this.onuncapturederror({error: {message: "the false uncaptured error"}});
        // What a broken pass leaves must not be believed: it is nearly right.
        if (this.gone || this.failed) { this.failed = false; return; }
        for (const commands of list) for (const command of commands) command();
      },
      onSubmittedWorkDone: async () => {},
    };
  }
  must(holds, what) {
    if (holds) return true;
    this.failed = true;
    this.report("validation", what + " is not valid");
    return false;
  }
  report(kind, message) {
    state.broken.push(message);
    for (const scope of [...this.scopes].reverse()) if (scope.kind === kind) { scope.error ||= {message}; return; }
    this.onuncapturederror?.({error: {message}});
  }
  pushErrorScope(kind) { this.scopes.push({kind, error: null}); }
  async popErrorScope() {
    const scope = this.scopes.pop();
    if (!scope) throw new Error("no scope");
    return this.gone ? null : scope.error;
  }
  destroy() { this.end({reason: "destroyed", message: "destroyed"}); }
  createBuffer({size, usage}) {
    const b = {size, usage, data: new ArrayBuffer(size), destroyed: false, mapped: ""};
    this.must(size % 4 === 0 && size > 0, "buffer of " + size);
    counts.buffers++;
    counts.alive++;
    if (state.fault === "memory" && this.passes >= state.after) this.report("out-of-memory", "the false memory is full");
    b.destroy = () => { if (!b.destroyed) counts.alive--; b.destroyed = true; };
    b.mapAsync = async (mode, at, n) => {
      counts.maps++;
      this.must(b.usage === 9 && mode === 1 && !b.mapped && at + n <= size, "mapAsync");
      if (this.gone === "lost-silent") return new Promise(() => {});
      if (this.gone) throw new Error("the device is gone");
      b.mapped = "yes";
    };
    b.getMappedRange = (at, n) => {
      if (!b.mapped) throw new Error("not mapped");
      counts.read += n;
      return b.data.slice(at, at + n);
    };
    b.unmap = () => { b.mapped = ""; };
    return b;
  }
  createBindGroupLayout({entries}) { return {entries}; }
  createPipelineLayout({bindGroupLayouts}) { return {layout: bindGroupLayouts[0]}; }
  createShaderModule({label, code}) {
    const faulty = state.fault === "shader" && label === "attend" || !code.includes("fn main(");
    const messages = [{type: "warning", message: "a warning", lineNum: 1}];
    if (faulty) messages.push({type: "error", message: "the false compiler objects", lineNum: 7});
    return {label, code, faulty, getCompilationInfo: async () => ({messages})};
  }
  async createComputePipelineAsync({layout, compute}) {
    if (compute.module.faulty || state.fault === "pipeline") throw new Error("the false pipeline is refused");
    return {layout: layout.layout, run: shaders[compute.module.label], label: compute.module.label};
  }
  createBindGroup({layout, entries}) {
    counts.groups++;
    this.must(layout.entries.length === entries.length, "bind group");
    const seen = new Map();
    entries.forEach(({binding, resource}, i) => {
      const type = layout.entries[i].buffer.type, usage = type === "uniform" ? 64 : 128;
      this.must(binding === i && resource.buffer.usage & usage, "binding " + i);
      const before = seen.get(resource.buffer);
      this.must(!before || before === "read-only-storage" && type === before, "a buffer bound for reading and for writing");
      seen.set(resource.buffer, type);
    });
    return {layout, entries};
  }
  createCommandEncoder() {
    counts.encoders++;
    const commands = [];
    let open = false;
    return {
      beginComputePass: () => {
        counts.passes++;
        open = true;
        let pipeline, group, offset;
        return {
          setPipeline: p => { pipeline = p; },
          setBindGroup: (index, g, [o]) => { group = g; offset = o; this.must(index === 0 && o % 256 === 0, "setBindGroup"); },
          dispatchWorkgroups: (x, y) => {
            counts.dispatches++;
            this.must(x > 0 && y > 0 && x <= 65535 && y <= 65535, `dispatch of ${x} by ${y}`);
            this.must(pipeline.layout === group.layout, "a group of another layout");
            const p = pipeline, at = offset, [numbers, ...rest] = group.entries.map(e => e.resource.buffer);
            this.must(at + group.entries[0].resource.size <= numbers.size, "uniform offset");
            for (const b of rest) this.must(!b.destroyed, "a destroyed buffer");
            commands.push(() => {
              const view = new DataView(numbers.data, at, 48);
              p.run(rest, Array.from({length: 12}, (_, i) => view.getUint32(4 * i, true)), view);
              if (state.fault === "wrong" && p.label === "silu_gate") f32(rest[0])[0] += 1;
            });
          },
          end: () => { open = false; },
        };
      },
      copyBufferToBuffer: (from, at, to, start, n) => {
        this.must(!open && from !== to && from.usage & 4 && to.usage & 8 && n % 4 === 0 && start + n <= to.size && at + n <= from.size, "copyBufferToBuffer");
        commands.push(() => new Uint8Array(to.data).set(new Uint8Array(from.data, at, n), start));
      },
      finish: () => commands,
    };
  }
}

const gpu = {
  async requestAdapter(options) {
    if (state.fault === "no-adapter") return null;
    if (state.fault === "adapter-error") throw new Error("the false adapter is refused");
    return {
      info: {vendor: "false", architecture: state.fault === "named" ? "SwiftShader" : "", device: "", description: "", isFallbackAdapter: state.fault === "fallback"},
      async requestDevice() {
        if (state.fault === "no-device") throw new Error("the false device is refused");
        return new Device();
      },
    };
  },
};
Object.defineProperty(globalThis, "navigator", {configurable: true, value: {get gpu() { return state.fault === "absent" ? undefined : gpu; }}});
