// The operations of a model's layers beside products.

#include "kernel.h"

// softmax turns a row of scores s into exp(scale·(s − max)) / Σ. Where no score
// is above −∞, every weight is 0.
static __attribute__((noinline)) void softmax(float *out, const float *in, i32 n, float scale) {
  float high = highest(in, n);
  i32 j = 0;
  if (high == -__builtin_inff()) {
    for (; j < n; j++) out[j] = 0;
    return;
  }
  v128_t high4 = all(high), scale4 = all(scale), sums = all(0);
  for (; j + 4 <= n; j += 4) {
    v128_t e = exp4(mul(sub(load(in + j), high4), scale4));
    store(out + j, e);
    sums = add(sums, e);
  }
  if (j < n) {
    float rest = 0;
    put4(out + j, exp4(mul(sub(some4(in + j, n - j), high4), scale4)), n - j);
    for (i32 l = j; l < n; l++) rest += out[l];
    sums = add(sums, wasm_f32x4_make(rest, 0, 0, 0));
  }
  v128_t sum = all(sum4(sums));
  for (j = 0; j + 4 <= n; j += 4) store(out + j, wasm_f32x4_div(load(out + j), sum));
  if (j < n) put4(out + j, wasm_f32x4_div(some4(out + j, n - j), sum), n - j);
}

void softmax_rows(float *out, const float *in, i32 rows, i32 cols) {
  for (i32 i = 0; i < rows; i++, in += cols, out += cols) softmax(out, in, cols, 1);
}

void rms_norm(float *out, const float *x, const float *gain, i32 rows, i32 cols, float eps) {
  for (i32 i = 0; i < rows; i++, x += cols, out += cols) {
    v128_t s = all(0), t = s;
    i32 j = 0;
    for (; j + 8 <= cols; j += 8) {
      v128_t v = load(x + j), w = load(x + j + 4);
      s = fma4(s, v, v), t = fma4(t, w, w);
    }
    float sum = sum4(add(s, t));
    for (; j < cols; j++) sum += x[j] * x[j];
    float scale = 1 / __builtin_sqrtf(sum / cols + eps);
    v128_t scale4 = all(scale);
    for (j = 0; j + 4 <= cols; j += 4) store(out + j, mul(mul(load(x + j), scale4), load(gain + j)));
    for (; j < cols; j++) out[j] = x[j] * scale * gain[j];
  }
}

void rope(float *x, const float *cos, const float *sin, i32 rows, i32 cols, i32 half) {
  for (i32 i = 0; i < rows; i++, x += cols, cos += half, sin += half) {
    for (i32 at = 0; at < cols; at += 2 * half) {
      float *first = x + at, *second = first + half;
      i32 j = 0;
      for (; j + 4 <= half; j += 4) {
        v128_t a = load(first + j), b = load(second + j), c = load(cos + j), s = load(sin + j);
        store(first + j, sub(mul(a, c), mul(b, s)));
        store(second + j, add(mul(b, c), mul(a, s)));
      }
      for (; j < half; j++) {
        float a = first[j], b = second[j];
        first[j] = a * cos[j] - b * sin[j], second[j] = b * cos[j] + a * sin[j];
      }
    }
  }
}

void scores(float *out, const float *q, const float *keys, i32 stride, i32 n, i32 h) {
  i32 j = 0;
  for (; j + 4 <= n; j += 4, keys += 4 * stride) {
    const float *k1 = keys + stride, *k2 = k1 + stride, *k3 = k2 + stride;
    v128_t s0 = all(0), s1 = s0, s2 = s0, s3 = s0;
    i32 d = 0;
    for (; d + 4 <= h; d += 4) {
      v128_t x = load(q + d);
      s0 = fma4(s0, x, load(keys + d)), s1 = fma4(s1, x, load(k1 + d));
      s2 = fma4(s2, x, load(k2 + d)), s3 = fma4(s3, x, load(k3 + d));
    }
    s0 = sums4(s0, s1, s2, s3);
    for (; d < h; d++) s0 = fma4(s0, load1(q + d), wasm_f32x4_make(keys[d], k1[d], k2[d], k3[d]));
    store(out + j, s0);
  }
  for (; j < n; j++, keys += stride) {
    v128_t s = all(0);
    i32 d = 0;
    for (; d + 4 <= h; d += 4) s = fma4(s, load(q + d), load(keys + d));
    float sum = sum4(s);
    for (; d < h; d++) sum += q[d] * keys[d];
    out[j] = sum;
  }
}

void mix(float *out, const float *weights, i32 step, const float *values, i32 stride, i32 n, i32 h, i32 more) {
  i32 d = 0;
  for (; d + 16 <= h; d += 16) {
    const float *v = values + d, *w = weights;
    v128_t s0 = all(0), s1 = s0, s2 = s0, s3 = s0;
    if (more) s0 = load(out + d), s1 = load(out + d + 4), s2 = load(out + d + 8), s3 = load(out + d + 12);
    for (i32 j = 0; j < n; j++, v += stride, w += step) {
      v128_t x = load1(w);
      s0 = fma4(s0, x, load(v)), s1 = fma4(s1, x, load(v + 4));
      s2 = fma4(s2, x, load(v + 8)), s3 = fma4(s3, x, load(v + 12));
    }
    store(out + d, s0), store(out + d + 4, s1), store(out + d + 8, s2), store(out + d + 12, s3);
  }
  for (; d + 4 <= h; d += 4) {
    v128_t s = more ? load(out + d) : all(0);
    for (i32 j = 0; j < n; j++) s = fma4(s, load1(weights + j * step), load(values + j * stride + d));
    store(out + d, s);
  }
  for (; d < h; d++) {
    float s = more ? out[d] : 0;
    for (i32 j = 0; j < n; j++) s += weights[j * step] * values[j * stride + d];
    out[d] = s;
  }
}

void attend(float *out, float *weights, const float *q, const float *keys, const float *values, i32 rows, i32 past, i32 heads, i32 groups, i32 h, i32 unmasked) {
  i32 all_keys = past + rows, stride = groups * h, share = heads / groups;
  float scale = 1 / __builtin_sqrtf(h);
  for (i32 i = 0; i < rows; i++) {
    i32 seen = unmasked ? all_keys : past + i + 1;
    for (i32 a = 0; a < heads; a++, q += h, out += h, weights += all_keys) {
      i32 at = a / share * h;
      scores(weights, q, keys + at, stride, seen, h);
      softmax(weights, weights, seen, scale);
      for (i32 j = seen; j < all_keys; j++) weights[j] = 0;
      mix(out, weights, 1, values + at, stride, seen, h, 0);
    }
  }
}

void add_cells(float *out, const float *a, const float *b, i32 n) {
  i32 i = 0;
  for (; i + 4 <= n; i += 4) store(out + i, add(load(a + i), load(b + i)));
  for (; i < n; i++) out[i] = a[i] + b[i];
}

INLINE v128_t silu4(v128_t g) { return mul(g, sigmoid4(g)); }

void silu_gate(float *out, const float *gate, const float *up, i32 n) {
  i32 i = 0;
  for (; i + 4 <= n; i += 4) store(out + i, mul(silu4(load(gate + i)), load(up + i)));
  if (i < n) put4(out + i, mul(silu4(some4(gate + i, n - i)), some4(up + i, n - i)), n - i);
}
