// c (m, n) = a (m, k) · bᵀ, b (n, k), or a · b, b (k, n), for many rows of a.
//
// A workgroup takes a tile of 32×32 cells, a lane 4×4 of them, eight apart: lanes
// side by side then read workgroup memory side by side. A slice of a and one of b,
// depth Values deep, are loaded by all and used by all; 16 products follow eight
// loads.
//
// Value, product, depth, spot and other precede this text: spot says which row (or
// column) and which depth of a slice of b a lane loads, other reads that Value.

struct Step { c: u32, a: u32, b: u32, m: u32, n: u32, k: u32, flat: u32 } // a, b, k in Values
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read_write> c: array<f32>;
@group(0) @binding(2) var<storage, read> a: array<Value>;
@group(0) @binding(3) var<storage, read> b: array<Value>;

var<workgroup> left: array<Value, 32 * depth>;  // (depth, 32): rows of a
var<workgroup> right: array<Value, 32 * depth>; // (depth, 32): columns of c

fn store(row: u32, column: u32, sums: vec4f) {
  if (row >= step.m) { return; }
  let to = step.c + row * step.n;
  if (column < step.n) { c[to + column] = sums.x; }
  if (column + 8 < step.n) { c[to + column + 8] = sums.y; }
  if (column + 16 < step.n) { c[to + column + 16] = sums.z; }
  if (column + 24 < step.n) { c[to + column + 24] = sums.w; }
}

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.y * 32;
  let column = group.x * 32;
  let x = lane % 8;
  let y = lane / 8;
  var s0 = vec4f();
  var s1 = vec4f();
  var s2 = vec4f();
  var s3 = vec4f();
  for (var start = 0u; start < step.k; start += depth) {
    for (var e = lane; e < 32 * depth; e += 64) {
      let r = e / depth;
      let l = e % depth;
      var value = Value();
      if (row + r < step.m && start + l < step.k) { value = a[step.a + (row + r) * step.k + start + l]; }
      left[l * 32 + r] = value;
      let at = spot(e);
      value = Value();
      if (column + at.x < step.n && start + at.y < step.k) { value = other(column + at.x, start + at.y); }
      right[at.y * 32 + at.x] = value;
    }
    workgroupBarrier();
    for (var l = 0u; l < depth; l++) {
      let u = l * 32 + y;
      let v = l * 32 + x;
      let a0 = left[u]; let a1 = left[u + 8]; let a2 = left[u + 16]; let a3 = left[u + 24];
      let b0 = right[v]; let b1 = right[v + 8]; let b2 = right[v + 16]; let b3 = right[v + 24];
      s0 += vec4f(product(a0, b0), product(a0, b1), product(a0, b2), product(a0, b3));
      s1 += vec4f(product(a1, b0), product(a1, b1), product(a1, b2), product(a1, b3));
      s2 += vec4f(product(a2, b0), product(a2, b1), product(a2, b2), product(a2, b3));
      s3 += vec4f(product(a3, b0), product(a3, b1), product(a3, b2), product(a3, b3));
    }
    workgroupBarrier();
  }
  store(row + y, column + x, s0);
  store(row + y + 8, column + x, s1);
  store(row + y + 16, column + x, s2);
  store(row + y + 24, column + x, s3);
}
