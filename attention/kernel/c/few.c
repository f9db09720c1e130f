// Products of a few rows: each value of b is used once or a few times, so it is
// read where it lies.

#include "kernel.h"

// --- c (m, n) = a (m, k) · bᵀ, b (n, k) -------------------------------------

// dot2x3 is the tile of the product: two rows of a by three of b. Six sums and
// five operands are eleven of the sixteen vector registers of x86; a larger tile
// spills.
INLINE void dot2x3(const float *a, const float *b, float *c, i32 n, i32 k) {
  const float *a1 = a + k, *b1 = b + k, *b2 = b1 + k;
  v128_t s00 = all(0), s01 = s00, s02 = s00, s10 = s00, s11 = s00, s12 = s00;
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

// dot1x4 serves a single row: four rows of b by two sums each, so that no
// addition waits for the one before.
INLINE void dot1x4(const float *a, const float *b, float *c, i32 k) {
  const float *b1 = b + k, *b2 = b1 + k, *b3 = b2 + k;
  v128_t s0 = all(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
  i32 l = 0;
  for (; l + 8 <= k; l += 8) {
    v128_t x = load(a + l), y = load(a + l + 4);
    s0 = fma4(s0, x, load(b + l)), t0 = fma4(t0, y, load(b + l + 4));
    s1 = fma4(s1, x, load(b1 + l)), t1 = fma4(t1, y, load(b1 + l + 4));
    s2 = fma4(s2, x, load(b2 + l)), t2 = fma4(t2, y, load(b2 + l + 4));
    s3 = fma4(s3, x, load(b3 + l)), t3 = fma4(t3, y, load(b3 + l + 4));
  }
  v128_t sums = sums4(add(s0, t0), add(s1, t1), add(s2, t2), add(s3, t3));
  for (; l < k; l++)
    sums = fma4(sums, load1(a + l), wasm_f32x4_make(b[l], b1[l], b2[l], b3[l]));
  store(c, sums);
}

INLINE float dot1(const float *a, const float *b, i32 k) {
  v128_t s0 = all(0), s1 = s0;
  i32 l = 0;
  for (; l + 8 <= k; l += 8) {
    s0 = fma4(s0, load(a + l), load(b + l));
    s1 = fma4(s1, load(a + l + 4), load(b + l + 4));
  }
  float t = sum4(add(s0, s1));
  for (; l < k; l++) t += a[l] * b[l];
  return t;
}

void few_nt(float *c, const float *a, const float *b, i32 m, i32 n, i32 k) {
  i32 i = 0;
  for (; i + 2 <= m; i += 2, a += 2 * k, c += 2 * n) {
    i32 j = 0;
    for (; j + 3 <= n; j += 3) dot2x3(a, b + j * k, c + j, n, k);
    for (; j < n; j++) {
      c[j] = dot1(a, b + j * k, k);
      c[n + j] = dot1(a + k, b + j * k, k);
    }
  }
  if (i < m) {
    i32 j = 0;
    for (; j + 4 <= n; j += 4) dot1x4(a, b + j * k, c + j, k);
    for (; j < n; j++) c[j] = dot1(a, b + j * k, k);
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
    s00 = s01 = s10 = s11 = s20 = s21 = s30 = s31 = all(0);
  } else {
    s00 = load(c), s01 = load(c + 4), s10 = load(c1), s11 = load(c1 + 4);
    s20 = load(c2), s21 = load(c2 + 4), s30 = load(c3), s31 = load(c3 + 4);
  }
  for (i32 l = 0; l < k; l++, b += n) {
    v128_t y0 = load(b), y1 = load(b + 4), x;
    x = load1(a + l), s00 = fma4(s00, x, y0), s01 = fma4(s01, x, y1);
    x = load1(a1 + l), s10 = fma4(s10, x, y0), s11 = fma4(s11, x, y1);
    x = load1(a2 + l), s20 = fma4(s20, x, y0), s21 = fma4(s21, x, y1);
    x = load1(a3 + l), s30 = fma4(s30, x, y0), s31 = fma4(s31, x, y1);
  }
  store(c, s00), store(c + 4, s01);
  store(c1, s10), store(c1 + 4, s11);
  store(c2, s20), store(c2 + 4, s21);
  store(c3, s30), store(c3 + 4, s31);
}

// outer1x4 is the same for one row and four columns.
INLINE void outer1x4(const float *a, const float *b, float *c, i32 n, i32 k, i32 first) {
  v128_t s0 = first ? all(0) : load(c), s1 = all(0);
  i32 l = 0;
  for (; l + 2 <= k; l += 2, b += 2 * n) {
    s0 = fma4(s0, load1(a + l), load(b));
    s1 = fma4(s1, load1(a + l + 1), load(b + n));
  }
  if (l < k) s0 = fma4(s0, load1(a + l), load(b));
  store(c, add(s0, s1));
}

// outer1x16 is the same for one row and sixteen columns: a single row uses each
// value of b once, so long stretches of b matter most.
INLINE void outer1x16(const float *a, const float *b, float *c, i32 n, i32 k, i32 first) {
  v128_t s0, s1, s2, s3;
  if (first) {
    s0 = s1 = s2 = s3 = all(0);
  } else {
    s0 = load(c), s1 = load(c + 4), s2 = load(c + 8), s3 = load(c + 12);
  }
  for (i32 l = 0; l < k; l++, b += n) {
    v128_t x = load1(a + l);
    s0 = fma4(s0, x, load(b)), s1 = fma4(s1, x, load(b + 4));
    s2 = fma4(s2, x, load(b + 8)), s3 = fma4(s3, x, load(b + 12));
  }
  store(c, s0), store(c + 4, s1);
  store(c + 8, s2), store(c + 12, s3);
}

INLINE void outer1x1(const float *a, const float *b, float *c, i32 n, i32 k, i32 first) {
  float s = first ? 0 : *c;
  for (i32 l = 0; l < k; l++) s += a[l] * b[l * n];
  *c = s;
}

void few_nn(float *c, const float *a, const float *b, i32 m, i32 n, i32 k) {
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
