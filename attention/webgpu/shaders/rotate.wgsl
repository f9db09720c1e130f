// Rotates each head of x (rows, cols) in place: values j and j + half of a head
// turn by the angle whose cosine and sine stand in cell [i,j] of cosines and
// sines (rows, half). A lane takes a pair.

struct Step { x: u32, cosines: u32, sines: u32, rows: u32, cols: u32, half: u32 }
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read_write> x: array<f32>;
@group(0) @binding(2) var<storage, read> cosines: array<f32>;
@group(0) @binding(3) var<storage, read> sines: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = (group.y * groups.x + group.x) * 64 + lane;
  let pairs = step.cols / 2; // of a row
  if (at >= step.rows * pairs) { return; }
  let row = at / pairs;
  let j = at % step.half;
  let head = at % pairs / step.half;
  let c = cosines[step.cosines + row * step.half + j];
  let s = sines[step.sines + row * step.half + j];
  let one = step.x + row * step.cols + head * 2 * step.half + j;
  let two = one + step.half;
  let u = x[one];
  let v = x[two];
  x[one] = u * c - v * s;
  x[two] = v * c + u * s;
}
