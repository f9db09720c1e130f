// Products with weights of eight bits. A row of a is rounded to eight bits too,
// with a scale of its own, and lies as 16-bit integers, which saves widening it
// for each row of weights; products are summed as 32-bit integers, exactly.

#include "kernel.h"

// LEVELS is the greatest magnitude of a rounded value: 8 bits with sign, zero in
// the middle.
#define LEVELS 127
// LEAST is what a row must exceed: below it counts as zeros, since the inverse of
// its scale would overflow.
#define LEAST 1e-30f

// round_row: q = a / scale rounded to the nearest, ties to even, where
// scale = max |a| / LEVELS is what it returns.
// A row of zeros has scale 0.
INLINE float round_row(i16 *q, const float *a, i32 k) {
  v128_t most = all(0);
  i32 l = 0;
  for (; l + 4 <= k; l += 4) most = wasm_f32x4_pmax(most, wasm_f32x4_abs(load(a + l)));
  most = wasm_f32x4_pmax(most, wasm_f32x4_abs(some4(a + l, k - l)));
  float high = max4(most), inverse = high > LEAST ? LEVELS / high : 0;
  v128_t by = all(inverse);
  for (l = 0; l + 8 <= k; l += 8) {
    v128_t x = wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(mul(load(a + l), by)));
    v128_t y = wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(mul(load(a + l + 4), by)));
    wasm_v128_store(q + l, wasm_i16x8_narrow_i32x4(x, y));
  }
  for (; l < k; l++) q[l] = (i16)wasm_i32x4_extract_lane(wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(all(a[l] * inverse))), 0);
  return high > LEAST ? high / LEVELS : 0;
}

INLINE v128_t dot(v128_t sum, v128_t x, const i8 *w) { return wasm_i32x4_add(sum, wasm_i32x4_dot_i16x8(x, wasm_i16x8_load8x8(w))); }

// rest is the products behind the last whole block of a group, in one lane.
INLINE v128_t rest(v128_t sum, const i16 *q, const i8 *w, i32 n) {
  i32 t = 0;
  for (i32 l = 0; l < n; l++) t += q[l] * w[l];
  return wasm_i32x4_add(sum, wasm_i32x4_make(t, 0, 0, 0));
}

// scaled adds a group's sums, times its scale, to those of the row.
INLINE v128_t scaled(v128_t sum, v128_t part, const float *scale) { return add(sum, mul(wasm_f32x4_convert_i32x4(part), load1(scale))); }

// four is one row of a by four of w.
INLINE v128_t four(const i16 *q, const i8 *w, const float *scales, i32 k, i32 group, i32 groups) {
  const i8 *w1 = w + k, *w2 = w1 + k, *w3 = w2 + k;
  v128_t t0 = all(0), t1 = t0, t2 = t0, t3 = t0;
  for (i32 from = 0, g = 0; from < k; from += group, g++) {
    i32 l = from, to = k - from < group ? k : from + group;
    v128_t s0 = all(0), s1 = s0, s2 = s0, s3 = s0;
    for (; l + 16 <= to; l += 16) {
      v128_t x = wasm_v128_load(q + l), y = wasm_v128_load(q + l + 8);
      s0 = dot(dot(s0, x, w + l), y, w + l + 8);
      s1 = dot(dot(s1, x, w1 + l), y, w1 + l + 8);
      s2 = dot(dot(s2, x, w2 + l), y, w2 + l + 8);
      s3 = dot(dot(s3, x, w3 + l), y, w3 + l + 8);
    }
    if (l < to) {
      s0 = rest(s0, q + l, w + l, to - l), s1 = rest(s1, q + l, w1 + l, to - l);
      s2 = rest(s2, q + l, w2 + l, to - l), s3 = rest(s3, q + l, w3 + l, to - l);
    }
    t0 = scaled(t0, s0, scales + g), t1 = scaled(t1, s1, scales + groups + g);
    t2 = scaled(t2, s2, scales + 2 * groups + g), t3 = scaled(t3, s3, scales + 3 * groups + g);
  }
  return sums4(t0, t1, t2, t3);
}

INLINE float one(const i16 *q, const i8 *w, const float *scales, i32 k, i32 group) {
  v128_t t = all(0);
  for (i32 from = 0; from < k; from += group, scales++) {
    i32 l = from, to = k - from < group ? k : from + group;
    v128_t s = all(0);
    for (; l + 8 <= to; l += 8) s = dot(s, wasm_v128_load(q + l), w + l);
    t = scaled(t, rest(s, q + l, w + l, to - l), scales);
  }
  return sum4(t);
}

void int8_nt(float *c, const float *a, const i8 *w, const float *scales, i16 *q, i32 m, i32 n, i32 k, i32 group) {
  i32 groups = k > 0 ? (k - 1) / group + 1 : 0;
  // The scale of a row lies behind its integers.
  float *unit = (float *)(q + ((m * k + 1) & ~1));
  for (i32 i = 0; i < m; i++) unit[i] = round_row(q + i * k, a + i * k, k);
  i32 j = 0;
  // All rows of a pass over four rows of w while the first cache holds them.
  for (; j + 4 <= n; j += 4)
    for (i32 i = 0; i < m; i++) store(c + i * n + j, mul(four(q + i * k, w + j * k, scales + j * groups, k, group, groups), all(unit[i])));
  for (; j < n; j++)
    for (i32 i = 0; i < m; i++) c[i * n + j] = one(q + i * k, w + j * k, scales + j * groups, k, group) * unit[i];
}
