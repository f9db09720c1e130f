// y (rows, heads·h) = causal attention of q (rows, heads·h) over keys and values
// (past + rows, groups·h); row i·heads + a of weights (rows·heads, past + rows)
// becomes the softmax weights of query i in head a. A workgroup takes one query of
// one head: scores by a lane a key, then the weighted sum by a lane a value.

struct Step {
  y: u32, weights: u32, q: u32, keys: u32, values: u32,
  rows: u32, past: u32, heads: u32, groups: u32, h: u32, scale: f32,
}
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read_write> weights: array<f32>;
@group(0) @binding(3) var<storage, read> q: array<f32>;
@group(0) @binding(4) var<storage, read> keys: array<f32>;
@group(0) @binding(5) var<storage, read> values: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = group.y * groups.x + group.x;
  if (at >= step.rows * step.heads) { return; }
  let row = at / step.heads;
  let head = at % step.heads;
  let h = step.h;
  let all = step.past + step.rows;
  let seen = step.past + row + 1;
  let w = step.weights + at * all;
  let query = step.q + at * h;
  let stride = step.groups * h;
  let shared_head = head / (step.heads / step.groups) * h;
  let key = step.keys + shared_head;
  let value = step.values + shared_head;

  var high = lowest;
  for (var j = lane; j < all; j += 64) {
    var score = 0f;
    if (j < seen) {
      for (var d = 0u; d < h; d++) { score += q[query + d] * keys[key + j * stride + d]; }
      high = max(high, score);
    }
    weights[w + j] = score; // a key not seen has the weight 0
  }
  high = highest(lane, high);
  var sum = 0f;
  for (var j = lane; j < seen; j += 64) {
    let e = power(step.scale * (weights[w + j] - high));
    weights[w + j] = e;
    sum += e;
  }
  let inverse = 1 / total(lane, sum);
  for (var j = lane; j < seen; j += 64) { weights[w + j] *= inverse; }
  storageBarrier();
  workgroupBarrier();

  // Where a head is narrower than the workgroup, teams of lanes share the keys.
  let width = min(h, 64);
  let teams = 64 / width;
  let team = lane / width;
  for (var start = 0u; start < h; start += width) {
    let d = start + lane % width;
    var mixed = 0f;
    if (team < teams && d < h) {
      for (var j = team; j < seen; j += teams) { mixed += weights[w + j] * values[value + j * stride + d]; }
    }
    part[lane] = mixed;
    workgroupBarrier();
    if (team == 0 && d < h) {
      for (var other = 1u; other < teams; other++) { mixed += part[lane + other * width]; }
      y[step.y + at * h + d] = mixed;
    }
    workgroupBarrier();
  }
}
