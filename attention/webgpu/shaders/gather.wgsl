// Row i of y (rows, cols) = row tokens[i] of table. A lane takes a cell.

struct Step { y: u32, table: u32, tokens: u32, rows: u32, cols: u32 }
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read> table: array<f32>;
@group(0) @binding(3) var<storage, read> tokens: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = (group.y * groups.x + group.x) * 64 + lane;
  if (at >= step.rows * step.cols) { return; }
  let row = tokens[step.tokens + at / step.cols];
  y[step.y + at] = table[step.table + row * step.cols + at % step.cols];
}
