// Sums and maxima over the 64 lanes of a workgroup; every lane gets the result.

var<workgroup> part: array<f32, 64>;

// lowest is the least finite number. WGSL promises nothing about infinities.
const lowest = -0x1.fffffep+127f;

fn total(lane: u32, value: f32) -> f32 {
  part[lane] = value;
  workgroupBarrier();
  for (var half = 32u; half > 0; half /= 2) {
    if (lane < half) { part[lane] += part[lane + half]; }
    workgroupBarrier();
  }
  let sum = part[0];
  workgroupBarrier();
  return sum;
}

fn highest(lane: u32, value: f32) -> f32 {
  part[lane] = value;
  workgroupBarrier();
  for (var half = 32u; half > 0; half /= 2) {
    if (lane < half) { part[lane] = max(part[lane], part[lane + half]); }
    workgroupBarrier();
  }
  let high = part[0];
  workgroupBarrier();
  return high;
}

// power returns e to a power of zero or below; far below it is zero.
fn power(x: f32) -> f32 { return select(0f, exp(max(x, -100f)), x > -100f); }
