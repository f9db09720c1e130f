// c (m, n) = a (m, k) · bᵀ, b (n, k), for few rows of a: a pass token by token.
//
// A workgroup takes eight columns of one row. Eight lanes share a column: side
// by side they read 32 (or, four by four, 128) bytes of a row of b at once, which
// is what such a product waits for.
//
// Value, values of a and b read at once, and product precede this text.

struct Step { c: u32, a: u32, b: u32, m: u32, n: u32, k: u32 } // a, b, k in Values
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read_write> c: array<f32>;
@group(0) @binding(2) var<storage, read> a: array<Value>;
@group(0) @binding(3) var<storage, read> b: array<Value>;

var<workgroup> part: array<f32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let strips = (step.n + 7) / 8;
  let at = group.y * groups.x + group.x;
  if (at >= strips * step.m) { return; }
  let row = at / strips;
  let first = at % strips * 8;
  let column = first + lane / 8;
  var sum = 0f;
  if (column < step.n) {
    let x = step.a + row * step.k;
    let y = step.b + column * step.k;
    for (var l = lane % 8; l < step.k; l += 8) { sum += product(a[x + l], b[y + l]); }
  }
  part[lane] = sum;
  workgroupBarrier();
  if (lane < 8 && first + lane < step.n) {
    sum = 0;
    for (var l = 0u; l < 8; l++) { sum += part[lane * 8 + l]; }
    c[step.c + row * step.n + first + lane] = sum;
  }
}
