// What every file of the kernel uses: loads, sums of products, the exponential.
#ifndef SIMD_H
#define SIMD_H

#include <wasm_simd128.h>

#define INLINE static inline __attribute__((always_inline))

typedef __INT32_TYPE__ i32;
typedef __INT16_TYPE__ i16;
typedef __INT8_TYPE__ i8;

INLINE v128_t load(const float *p) { return wasm_v128_load(p); }
INLINE v128_t load1(const float *p) { return wasm_v128_load32_splat(p); }
INLINE void store(float *p, v128_t v) { wasm_v128_store(p, v); }
INLINE v128_t all(float x) { return wasm_f32x4_splat(x); }
INLINE v128_t add(v128_t x, v128_t y) { return wasm_f32x4_add(x, y); }
INLINE v128_t sub(v128_t x, v128_t y) { return wasm_f32x4_sub(x, y); }
INLINE v128_t mul(v128_t x, v128_t y) { return wasm_f32x4_mul(x, y); }

// fma4 adds a product to a sum. Plain SIMD128 rounds twice; with RELAXED it is
// once where the processor has the fused form. ../relax puts in what clang 14
// does not know yet.
INLINE v128_t fma4(v128_t sum, v128_t x, v128_t y) {
#ifndef RELAXED
  return add(sum, mul(x, y));
#elif __clang_major__ < 16
  return (v128_t)__builtin_wasm_fma_f32x4((__f32x4)x, (__f32x4)y, (__f32x4)sum);
#else
  return (v128_t)__builtin_wasm_relaxed_madd_f32x4((__f32x4)x, (__f32x4)y, (__f32x4)sum);
#endif
}

INLINE float sum4(v128_t v) {
  v = add(v, wasm_i32x4_shuffle(v, v, 2, 3, 0, 1));
  return wasm_f32x4_extract_lane(v, 0) + wasm_f32x4_extract_lane(v, 1);
}

INLINE float max4(v128_t v) {
  v = wasm_f32x4_pmax(v, wasm_i32x4_shuffle(v, v, 2, 3, 0, 1));
  v = wasm_f32x4_pmax(v, wasm_i32x4_shuffle(v, v, 1, 0, 3, 2));
  return wasm_f32x4_extract_lane(v, 0);
}

// exp4 is e^x for x ≤ 0, within 2 units in the last place: x = n·ln 2 + r with
// |r| ≤ ½ ln 2, e^r by a polynomial of degree 6, and n put into the exponent.
// Below −87.3, where the result is no normal number any more, it is 0, also for
// −∞.
INLINE v128_t exp4(v128_t x) {
  v128_t low = all(-87.3f);
  v128_t live = wasm_f32x4_ge(x, low);
  v128_t z = wasm_f32x4_pmax(x, low);
  v128_t n = wasm_f32x4_nearest(mul(z, all(1.44269504f)));
  // ln 2 in two parts: n times the first is exact.
  v128_t r = sub(z, mul(n, all(0.693359375f)));
  r = sub(r, mul(n, all(-2.12194440e-4f)));
  v128_t p = all(1.0f / 720);
  p = fma4(all(1.0f / 120), p, r);
  p = fma4(all(1.0f / 24), p, r);
  p = fma4(all(1.0f / 6), p, r);
  p = fma4(all(0.5f), p, r);
  p = fma4(all(1.0f), p, r);
  p = fma4(all(1.0f), p, r);
  v128_t power = wasm_i32x4_shl(wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(n), wasm_i32x4_splat(127)), 23);
  return wasm_v128_and(mul(p, power), live);
}

INLINE float exp1(float x) { return wasm_f32x4_extract_lane(exp4(all(x)), 0); }

// sigmoid4 is 1 / (1 + e^−x); the exponential is taken of −|x|, which cannot
// overflow.
INLINE v128_t sigmoid4(v128_t x) {
  v128_t e = exp4(wasm_f32x4_neg(wasm_f32x4_abs(x))), one = all(1);
  return wasm_f32x4_div(wasm_v128_bitselect(e, one, wasm_f32x4_lt(x, all(0))), add(one, e));
}

// some4 loads the n < 4 floats at p, the lanes behind them 0, so that a tail
// goes through the same arithmetic as the rest and nothing behind it is read.
INLINE v128_t some4(const float *p, i32 n) {
  v128_t v = all(0);
  if (n > 0) v = wasm_v128_load32_zero(p);
  if (n > 1) v = wasm_v128_load32_lane(p + 1, v, 1);
  if (n > 2) v = wasm_v128_load32_lane(p + 2, v, 2);
  return v;
}

// put4 stores the first n < 4 lanes.
INLINE void put4(float *p, v128_t v, i32 n) {
  if (n > 0) wasm_v128_store32_lane(p, v, 0);
  if (n > 1) wasm_v128_store32_lane(p + 1, v, 1);
  if (n > 2) wasm_v128_store32_lane(p + 2, v, 2);
}

// sums4 is the sums of four vectors as one vector.
INLINE v128_t sums4(v128_t a, v128_t b, v128_t c, v128_t d) {
  v128_t ab = add(wasm_i32x4_shuffle(a, b, 0, 4, 2, 6), wasm_i32x4_shuffle(a, b, 1, 5, 3, 7));
  v128_t cd = add(wasm_i32x4_shuffle(c, d, 0, 4, 2, 6), wasm_i32x4_shuffle(c, d, 1, 5, 3, 7));
  return add(wasm_i64x2_shuffle(ab, cd, 0, 2), wasm_i64x2_shuffle(ab, cd, 1, 3));
}

// highest is the greatest of n floats, −∞ of none.
INLINE float highest(const float *p, i32 n) {
  v128_t most = all(-__builtin_inff());
  i32 j = 0;
  for (; j + 4 <= n; j += 4) most = wasm_f32x4_pmax(most, load(p + j));
  float high = max4(most);
  for (; j < n; j++) high = p[j] > high ? p[j] : high;
  return high;
}

#endif
