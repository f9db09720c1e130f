// y[i,j] = x[i,j] / √(mean of x[i,·]² + eps) · gain[j]. A workgroup takes a row.
// first(l), the l-th value of x, precedes this text: x may be y itself.

struct Step { y: u32, gain: u32, x: u32, rows: u32, cols: u32, eps: f32 }
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read> gain: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.y * groups.x + group.x;
  if (row >= step.rows) { return; }
  let at = row * step.cols;
  var square = 0f;
  for (var j = lane; j < step.cols; j += 64) {
    let v = first(at + j);
    square += v * v;
  }
  let scale = 1 / sqrt(total(lane, square) / f32(step.cols) + step.eps);
  for (var j = lane; j < step.cols; j += 64) {
    y[step.y + at + j] = first(at + j) * scale * gain[step.gain + j];
  }
}
