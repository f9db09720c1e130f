// The SIMD kernel: matrix products and softmax on float32 in row-major order.
//
// It works on the memory of the Go program that calls it, by address. So it must
// own none of that memory: no static data, no globals, no stack. A test reads
// the built module for that. Operands need only the alignment of a float.
//
// Build: ../build.sh. The artefact is assets/kernel.wasm, and is committed.

#include <wasm_simd128.h>

#define EXPORT(name) __attribute__((export_name(#name), used))
#define INLINE static inline __attribute__((always_inline))

typedef __INT32_TYPE__ i32;

INLINE v128_t load(const float *p) { return wasm_v128_load(p); }

// fma adds a product to a sum, rounding twice: the fused form is not in plain
// SIMD128.
INLINE v128_t fma4(v128_t sum, v128_t x, v128_t y) {
  return wasm_f32x4_add(sum, wasm_f32x4_mul(x, y));
}

INLINE float sum4(v128_t v) {
  v = wasm_f32x4_add(v, wasm_i32x4_shuffle(v, v, 2, 3, 0, 1));
  return wasm_f32x4_extract_lane(v, 0) + wasm_f32x4_extract_lane(v, 1);
}

INLINE float max4(v128_t v) {
  v = wasm_f32x4_pmax(v, wasm_i32x4_shuffle(v, v, 2, 3, 0, 1));
  v = wasm_f32x4_pmax(v, wasm_i32x4_shuffle(v, v, 1, 0, 3, 2));
  return wasm_f32x4_extract_lane(v, 0);
}

// --- c (m, n) = a (m, k) · bᵀ, b (n, k) -------------------------------------

// dot2x3 is the tile of the product: two rows of a by three of b. Six sums and
// five operands are eleven of the sixteen vector registers of x86; a larger tile
// spills.
INLINE void dot2x3(const float *a, const float *b, float *c, i32 n, i32 k) {
  const float *a1 = a + k, *b1 = b + k, *b2 = b1 + k;
  v128_t s00 = wasm_f32x4_splat(0), s01 = s00, s02 = s00, s10 = s00, s11 = s00, s12 = s00;
  i32 l = 0;
  for (; l + 4 <= k; l += 4) {
    v128_t x0 = load(a + l), x1 = load(a1 + l), y;
    y = load(b + l), s00 = fma4(s00, x0, y), s10 = fma4(s10, x1, y);
    y = load(b1 + l), s01 = fma4(s01, x0, y), s11 = fma4(s11, x1, y);
    y = load(b2 + l), s02 = fma4(s02, x0, y), s12 = fma4(s12, x1, y);
  }
  float t00 = sum4(s00), t01 = sum4(s01), t02 = sum4(s02);
  float t10 = sum4(s10), t11 = sum4(s11), t12 = sum4(s12);
  for (; l < k; l++) {
    float x0 = a[l], x1 = a1[l];
    t00 += x0 * b[l], t01 += x0 * b1[l], t02 += x0 * b2[l];
    t10 += x1 * b[l], t11 += x1 * b1[l], t12 += x1 * b2[l];
  }
  c[0] = t00, c[1] = t01, c[2] = t02;
  c[n] = t10, c[n + 1] = t11, c[n + 2] = t12;
}

// dot1x4 serves a single row: four sums, so that no addition waits for the one
// before.
INLINE void dot1x4(const float *a, const float *b, float *c, i32 k) {
  const float *b1 = b + k, *b2 = b1 + k, *b3 = b2 + k;
  v128_t s0 = wasm_f32x4_splat(0), s1 = s0, s2 = s0, s3 = s0;
  i32 l = 0;
  for (; l + 4 <= k; l += 4) {
    v128_t x = load(a + l);
    s0 = fma4(s0, x, load(b + l)), s1 = fma4(s1, x, load(b1 + l));
    s2 = fma4(s2, x, load(b2 + l)), s3 = fma4(s3, x, load(b3 + l));
  }
  float t0 = sum4(s0), t1 = sum4(s1), t2 = sum4(s2), t3 = sum4(s3);
  for (; l < k; l++) {
    float x = a[l];
    t0 += x * b[l], t1 += x * b1[l], t2 += x * b2[l], t3 += x * b3[l];
  }
  c[0] = t0, c[1] = t1, c[2] = t2, c[3] = t3;
}

INLINE float dot1(const float *a, const float *b, i32 k) {
  v128_t s0 = wasm_f32x4_splat(0), s1 = s0;
  i32 l = 0;
  for (; l + 8 <= k; l += 8) {
    s0 = fma4(s0, load(a + l), load(b + l));
    s1 = fma4(s1, load(a + l + 4), load(b + l + 4));
  }
  float t = sum4(wasm_f32x4_add(s0, s1));
  for (; l < k; l++) t += a[l] * b[l];
  return t;
}

// PANEL bounds the floats of b that one pass over all rows of a goes through, so
// that they stay in the second cache.
#define PANEL (32 * 1024)

EXPORT(matmul_nt)
void matmul_nt(float *c, const float *a, const float *b, i32 m, i32 n, i32 k) {
  i32 panel = k > 0 ? PANEL / k / 12 * 12 : n;
  if (panel < 12) panel = 12;
  for (i32 from = 0; from < n; from += panel) {
    i32 to = n - from < panel ? n : from + panel, i = 0;
    for (; i + 2 <= m; i += 2) {
      const float *x = a + i * k;
      float *out = c + i * n;
      i32 j = from;
      for (; j + 3 <= to; j += 3) dot2x3(x, b + j * k, out + j, n, k);
      for (; j < to; j++) {
        out[j] = dot1(x, b + j * k, k);
        out[n + j] = dot1(x + k, b + j * k, k);
      }
    }
    if (i < m) {
      const float *x = a + i * k;
      float *out = c + i * n;
      i32 j = from;
      for (; j + 4 <= to; j += 4) dot1x4(x, b + j * k, out + j, k);
      for (; j < to; j++) out[j] = dot1(x, b + j * k, k);
    }
  }
}

// --- c (m, n) = a (m, k) · b (k, n) ------------------------------------------

// DEPTH bounds how many rows of b a tile goes down at a time, so that the strip
// it reads stays in the first cache while all rows of a pass over it.
#define DEPTH 256

// outer4x8 adds k products to a tile of c: four rows by eight columns. first
// tells whether c holds anything yet.
INLINE void outer4x8(const float *a, const float *b, float *c, i32 n, i32 stride, i32 k, i32 first) {
  const float *a1 = a + stride, *a2 = a1 + stride, *a3 = a2 + stride;
  float *c1 = c + n, *c2 = c1 + n, *c3 = c2 + n;
  v128_t s00, s01, s10, s11, s20, s21, s30, s31;
  if (first) {
    s00 = s01 = s10 = s11 = s20 = s21 = s30 = s31 = wasm_f32x4_splat(0);
  } else {
    s00 = load(c), s01 = load(c + 4), s10 = load(c1), s11 = load(c1 + 4);
    s20 = load(c2), s21 = load(c2 + 4), s30 = load(c3), s31 = load(c3 + 4);
  }
  for (i32 l = 0; l < k; l++, b += n) {
    v128_t y0 = load(b), y1 = load(b + 4), x;
    x = wasm_v128_load32_splat(a + l), s00 = fma4(s00, x, y0), s01 = fma4(s01, x, y1);
    x = wasm_v128_load32_splat(a1 + l), s10 = fma4(s10, x, y0), s11 = fma4(s11, x, y1);
    x = wasm_v128_load32_splat(a2 + l), s20 = fma4(s20, x, y0), s21 = fma4(s21, x, y1);
    x = wasm_v128_load32_splat(a3 + l), s30 = fma4(s30, x, y0), s31 = fma4(s31, x, y1);
  }
  wasm_v128_store(c, s00), wasm_v128_store(c + 4, s01);
  wasm_v128_store(c1, s10), wasm_v128_store(c1 + 4, s11);
  wasm_v128_store(c2, s20), wasm_v128_store(c2 + 4, s21);
  wasm_v128_store(c3, s30), wasm_v128_store(c3 + 4, s31);
}

// outer1x4 is the same for one row and four columns.
INLINE void outer1x4(const float *a, const float *b, float *c, i32 n, i32 k, i32 first) {
  v128_t s0 = first ? wasm_f32x4_splat(0) : load(c), s1 = wasm_f32x4_splat(0);
  i32 l = 0;
  for (; l + 2 <= k; l += 2, b += 2 * n) {
    s0 = fma4(s0, wasm_v128_load32_splat(a + l), load(b));
    s1 = fma4(s1, wasm_v128_load32_splat(a + l + 1), load(b + n));
  }
  if (l < k) s0 = fma4(s0, wasm_v128_load32_splat(a + l), load(b));
  wasm_v128_store(c, wasm_f32x4_add(s0, s1));
}

// outer1x16 is the same for one row and sixteen columns: a single row uses each
// value of b once, so long stretches of b matter most.
INLINE void outer1x16(const float *a, const float *b, float *c, i32 n, i32 k, i32 first) {
  v128_t s0, s1, s2, s3;
  if (first) {
    s0 = s1 = s2 = s3 = wasm_f32x4_splat(0);
  } else {
    s0 = load(c), s1 = load(c + 4), s2 = load(c + 8), s3 = load(c + 12);
  }
  for (i32 l = 0; l < k; l++, b += n) {
    v128_t x = wasm_v128_load32_splat(a + l);
    s0 = fma4(s0, x, load(b)), s1 = fma4(s1, x, load(b + 4));
    s2 = fma4(s2, x, load(b + 8)), s3 = fma4(s3, x, load(b + 12));
  }
  wasm_v128_store(c, s0), wasm_v128_store(c + 4, s1);
  wasm_v128_store(c + 8, s2), wasm_v128_store(c + 12, s3);
}

INLINE void outer1x1(const float *a, const float *b, float *c, i32 n, i32 k, i32 first) {
  float s = first ? 0 : *c;
  for (i32 l = 0; l < k; l++) s += a[l] * b[l * n];
  *c = s;
}

EXPORT(matmul_nn)
void matmul_nn(float *c, const float *a, const float *b, i32 m, i32 n, i32 k) {
  i32 fours = m & ~3, eights = n & ~7, from = 0;
  do { // once even for k = 0: c becomes zero
    i32 depth = k - from < DEPTH ? k - from : DEPTH, first = from == 0;
    const float *x = a + from, *y = b + from * n;
    for (i32 j = 0; j < eights; j += 8)
      for (i32 i = 0; i < fours; i += 4) outer4x8(x + i * k, y + j, c + i * n + j, n, k, depth, first);
    for (i32 i = 0; i < m; i++) {
      i32 j = i < fours ? eights : 0; // what the tiles left over
      for (; j + 16 <= n; j += 16) outer1x16(x + i * k, y + j, c + i * n + j, n, depth, first);
      for (; j + 4 <= n; j += 4) outer1x4(x + i * k, y + j, c + i * n + j, n, depth, first);
      for (; j < n; j++) outer1x1(x + i * k, y + j, c + i * n + j, n, depth, first);
    }
    from += depth;
  } while (from < k);
}

// --- softmax of rows ------------------------------------------------------------

// exp4 is e^x for x ≤ 0, within 2 units in the last place: x = n·ln 2 + r with
// |r| ≤ ½ ln 2, e^r by a polynomial of degree 6, and n put into the exponent.
// Below −87.3, where the result is no normal number any more, it is 0, also for
// −∞.
INLINE v128_t exp4(v128_t x) {
  v128_t low = wasm_f32x4_splat(-87.3f);
  v128_t live = wasm_f32x4_ge(x, low);
  v128_t z = wasm_f32x4_pmax(x, low);
  v128_t n = wasm_f32x4_nearest(wasm_f32x4_mul(z, wasm_f32x4_splat(1.44269504f)));
  // ln 2 in two parts: n times the first is exact.
  v128_t r = wasm_f32x4_sub(z, wasm_f32x4_mul(n, wasm_f32x4_splat(0.693359375f)));
  r = wasm_f32x4_sub(r, wasm_f32x4_mul(n, wasm_f32x4_splat(-2.12194440e-4f)));
  v128_t p = wasm_f32x4_splat(1.0f / 720);
  p = fma4(wasm_f32x4_splat(1.0f / 120), p, r);
  p = fma4(wasm_f32x4_splat(1.0f / 24), p, r);
  p = fma4(wasm_f32x4_splat(1.0f / 6), p, r);
  p = fma4(wasm_f32x4_splat(0.5f), p, r);
  p = fma4(wasm_f32x4_splat(1.0f), p, r);
  p = fma4(wasm_f32x4_splat(1.0f), p, r);
  v128_t power = wasm_i32x4_shl(wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(n), wasm_i32x4_splat(127)), 23);
  return wasm_v128_and(wasm_f32x4_mul(p, power), live);
}

INLINE float exp1(float x) { return wasm_f32x4_extract_lane(exp4(wasm_f32x4_splat(x)), 0); }

EXPORT(softmax_rows)
void softmax_rows(float *out, const float *in, i32 rows, i32 cols) {
  const float none = -__builtin_inff();
  for (i32 i = 0; i < rows; i++, in += cols, out += cols) {
    float high = none;
    i32 j = 0;
    if (cols >= 4) {
      v128_t most = load(in);
      for (j = 4; j + 4 <= cols; j += 4) most = wasm_f32x4_pmax(most, load(in + j));
      high = max4(most);
    }
    for (; j < cols; j++) high = in[j] > high ? in[j] : high;
    if (high == none) { // no key is visible: no weight anywhere
      for (j = 0; j < cols; j++) out[j] = 0;
      continue;
    }
    v128_t high4 = wasm_f32x4_splat(high), sums = wasm_f32x4_splat(0);
    for (j = 0; j + 4 <= cols; j += 4) {
      v128_t e = exp4(wasm_f32x4_sub(load(in + j), high4));
      wasm_v128_store(out + j, e);
      sums = wasm_f32x4_add(sums, e);
    }
    float sum = sum4(sums);
    for (; j < cols; j++) sum += out[j] = exp1(in[j] - high);
    v128_t sum4th = wasm_f32x4_splat(sum);
    for (j = 0; j + 4 <= cols; j += 4) wasm_v128_store(out + j, wasm_f32x4_div(load(out + j), sum4th));
    for (; j < cols; j++) out[j] /= sum;
  }
}
