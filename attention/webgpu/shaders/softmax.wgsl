// Each row of y (rows, cols) = softmax of the same row of x. A workgroup takes a
// row. Cells of −∞ are told by their bits, since WGSL promises nothing about
// infinities.

struct Step { y: u32, x: u32, rows: u32, cols: u32 }
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read> x: array<u32>;

const masked = 0xff800000u;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.y * groups.x + group.x;
  if (row >= step.rows) { return; }
  let start = step.x + row * step.cols;
  let to = step.y + row * step.cols;
  var high = lowest;
  for (var j = lane; j < step.cols; j += 64) {
    let bits = x[start + j];
    if (bits != masked) { high = max(high, bitcast<f32>(bits)); }
  }
  high = highest(lane, high);
  var sum = 0f;
  for (var j = lane; j < step.cols; j += 64) {
    let bits = x[start + j];
    var e = 0f;
    if (bits != masked) { e = power(bitcast<f32>(bits) - high); }
    y[to + j] = e;
    sum += e;
  }
  sum = total(lane, sum);
  // A row of nothing but −∞ has no sum: zeros.
  let inverse = select(0f, 1 / max(sum, 1e-30f), sum > 0);
  for (var j = lane; j < step.cols; j += 64) { y[to + j] *= inverse; }
}
