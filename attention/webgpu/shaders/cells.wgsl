// y = f(x, z), cell by cell; a lane takes a cell. first(l), the l-th value of x,
// and f precede this text: x may be y itself.

struct Step { y: u32, z: u32, x: u32, cells: u32 }
@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<storage, read> z: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u, @builtin(local_invocation_index) lane: u32) {
  let at = (group.y * groups.x + group.x) * 64 + lane;
  if (at < step.cells) { y[step.y + at] = f(first(at), z[step.z + at]); }
}
