// Products of many rows. Blocks of both operands are first copied into the order
// in which the tile reads them: strips of four rows of a and eight columns of b,
// one step of the sum after the other.

#include "kernel.h"

// A strip of a block of b, DEPTH × 8 floats, stays in the first cache while the
// rows of a block of a pass over it; that block, ROWS × DEPTH, in the second.
// The caller's scratch (see kernel.h) has room for both blocks.
#define ROWS 128
#define DEPTH 256
#define COLS 512

// tile4x8 adds k products to a tile of c: four rows by eight columns. first
// tells whether c holds anything yet. Eight sums, two values of b, one of a and
// the products are what the sixteen vector registers of x86 hold.
INLINE void tile4x8(float *c, i32 stride, const float *a, const float *b, i32 k, i32 first) {
  v128_t s00, s01, s10, s11, s20, s21, s30, s31;
  float *c1 = c + stride, *c2 = c1 + stride, *c3 = c2 + stride;
  s00 = s01 = s10 = s11 = s20 = s21 = s30 = s31 = all(0);
  for (i32 l = 0; l < k; l++, a += 4, b += 8) {
    v128_t y0 = load(b), y1 = load(b + 4), x;
    x = load1(a), s00 = fma4(s00, x, y0), s01 = fma4(s01, x, y1);
    x = load1(a + 1), s10 = fma4(s10, x, y0), s11 = fma4(s11, x, y1);
    x = load1(a + 2), s20 = fma4(s20, x, y0), s21 = fma4(s21, x, y1);
    x = load1(a + 3), s30 = fma4(s30, x, y0), s31 = fma4(s31, x, y1);
  }
  if (!first) {
    s00 = add(s00, load(c)), s01 = add(s01, load(c + 4)), s10 = add(s10, load(c1)), s11 = add(s11, load(c1 + 4));
    s20 = add(s20, load(c2)), s21 = add(s21, load(c2 + 4)), s30 = add(s30, load(c3)), s31 = add(s31, load(c3 + 4));
  }
  store(c, s00), store(c + 4, s01), store(c1, s10), store(c1 + 4, s11);
  store(c2, s20), store(c2 + 4, s21), store(c3, s30), store(c3 + 4, s31);
}

// along copies strips from a matrix whose rows run along the strip: line l of
// the source, of which count values from src on are wanted, goes to the strips'
// step l. Behind the last value come zeros.
INLINE void along(float *out, const float *src, i32 stride, i32 count, i32 depth, const i32 width) {
  for (i32 at = 0; at < count; at += width, out += width * depth) {
    const float *from = src + at;
    float *to = out;
    i32 left = count - at;
    if (left >= width) {
      for (i32 l = 0; l < depth; l++, from += stride, to += width)
        for (i32 j = 0; j < width; j += 4) store(to + j, load(from + j));
    } else {
      for (i32 l = 0; l < depth; l++, from += stride, to += width)
        for (i32 j = 0; j < width; j++) to[j] = j < left ? from[j] : 0;
    }
  }
}

// across copies strips from a matrix whose rows run down the sum: four rows at a
// time are transposed, four values each.
INLINE void across(float *out, const float *src, i32 stride, i32 count, i32 depth, const i32 width) {
  for (i32 at = 0; at < count; at += width, out += width * depth) {
    for (i32 j = 0; j < width; j += 4) {
      const float *r0 = src + (at + j) * stride, *r1 = r0 + stride, *r2 = r1 + stride, *r3 = r2 + stride;
      float *to = out + j;
      i32 left = count - at - j, l = 0;
      if (left >= 4) {
        for (; l + 4 <= depth; l += 4, to += 4 * width) {
          v128_t v0 = load(r0 + l), v1 = load(r1 + l), v2 = load(r2 + l), v3 = load(r3 + l);
          v128_t low01 = wasm_i32x4_shuffle(v0, v1, 0, 4, 1, 5), high01 = wasm_i32x4_shuffle(v0, v1, 2, 6, 3, 7);
          v128_t low23 = wasm_i32x4_shuffle(v2, v3, 0, 4, 1, 5), high23 = wasm_i32x4_shuffle(v2, v3, 2, 6, 3, 7);
          store(to, wasm_i64x2_shuffle(low01, low23, 0, 2));
          store(to + width, wasm_i64x2_shuffle(low01, low23, 1, 3));
          store(to + 2 * width, wasm_i64x2_shuffle(high01, high23, 0, 2));
          store(to + 3 * width, wasm_i64x2_shuffle(high01, high23, 1, 3));
        }
      }
      for (; l < depth; l++, to += width) {
        to[0] = left > 0 ? r0[l] : 0, to[1] = left > 1 ? r1[l] : 0;
        to[2] = left > 2 ? r2[l] : 0, to[3] = left > 3 ? r3[l] : 0;
      }
    }
  }
}

// block multiplies packed blocks into rows × cols of c.
static __attribute__((noinline)) void block(float *c, i32 stride, const float *a, const float *b, float *tile, i32 rows, i32 cols, i32 depth, i32 first) {
  for (i32 j = 0; j < cols; j += 8, b += 8 * depth) {
    const float *x = a;
    for (i32 i = 0; i < rows; i += 4, x += 4 * depth) {
      float *to = c + i * stride + j;
      if (i + 4 <= rows && j + 8 <= cols) {
        tile4x8(to, stride, x, b, depth, first);
        continue;
      }
      // A tile over the edge is computed aside, and its inner part copied.
      i32 high = rows - i < 4 ? rows - i : 4, wide = cols - j < 8 ? cols - j : 8;
      tile4x8(tile, 8, x, b, depth, 1);
      for (i32 p = 0; p < high; p++)
        for (i32 q = 0; q < wide; q++) to[p * stride + q] = (first ? 0 : to[p * stride + q]) + tile[8 * p + q];
    }
  }
}

void packed(float *c, const float *a, const float *b, i32 m, i32 n, i32 k, i32 ta, i32 tb, i32 accumulate, float *work) {
  if (k == 0 && !accumulate)
    for (i32 i = 0; i < m * n; i++) c[i] = 0;
  float *tile = (float *)(((i32)work + 63) & ~63), *pa = tile + 32;
  for (i32 l = 0; l < k; l += DEPTH) {
    i32 depth = k - l < DEPTH ? k - l : DEPTH;
    float *pb = pa + (m < ROWS ? (m + 3) & ~3 : ROWS) * depth;
    for (i32 j = 0; j < n; j += COLS) {
      i32 cols = n - j < COLS ? n - j : COLS;
      if (tb)
        across(pb, b + j * k + l, k, cols, depth, 8);
      else
        along(pb, b + l * n + j, n, cols, depth, 8);
      for (i32 i = 0; i < m; i += ROWS) {
        i32 rows = m - i < ROWS ? m - i : ROWS;
        if (ta)
          along(pa, a + l * m + i, m, rows, depth, 4);
        else
          across(pa, a + i * k + l, k, rows, depth, 4);
        block(c + i * n + j, n, pa, pb, tile, rows, cols, depth, l == 0 && !accumulate);
      }
    }
  }
}
