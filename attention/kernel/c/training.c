// The operations of a training step beside products. dx stands for ∂L/∂x.

#include "kernel.h"

// rms_norm_back: with r = 1/√(mean x² + eps), dx += r·dy·gain − x·r³·mean(dy·gain·x)
// and dgain += dy·x·r.
void rms_norm_back(float *dx, float *dgain, const float *dy, const float *x, const float *gain, i32 rows, i32 cols, float eps) {
  for (i32 i = 0; i < rows; i++, dx += cols, dy += cols, x += cols) {
    v128_t squares4 = all(0), along4 = squares4;
    i32 j = 0;
    for (; j + 4 <= cols; j += 4) {
      v128_t v = load(x + j);
      squares4 = fma4(squares4, v, v);
      along4 = fma4(along4, mul(load(dy + j), load(gain + j)), v);
    }
    float squares = sum4(squares4), along = sum4(along4);
    for (; j < cols; j++) squares += x[j] * x[j], along += dy[j] * gain[j] * x[j];
    float r = 1 / __builtin_sqrtf(squares / cols + eps), back = r * r * r * along / cols;
    v128_t r4 = all(r), back4 = all(back);
    for (j = 0; j + 4 <= cols; j += 4) {
      v128_t up = mul(load(dy + j), r4), v = load(x + j);
      store(dgain + j, fma4(load(dgain + j), up, v));
      store(dx + j, sub(fma4(load(dx + j), up, load(gain + j)), mul(v, back4)));
    }
    for (; j < cols; j++) {
      float up = dy[j] * r;
      dgain[j] += up * x[j], dx[j] += up * gain[j] - x[j] * back;
    }
  }
}

// attend_back goes over the queries for the gradients of scores, ds, and of
// queries; then over the keys, whose gradients are sums over the queries that
// saw them.
void attend_back(float *dq, float *dkeys, float *dvalues, float *ds, const float *d, const float *weights, const float *q, const float *keys, const float *values, i32 rows, i32 past, i32 heads, i32 groups, i32 h, i32 unmasked) {
  i32 total = past + rows, stride = groups * h, wide = heads * h, share = heads / groups;
  float scale = 1 / __builtin_sqrtf(h);
  for (i32 i = 0; i < rows; i++) {
    i32 seen = unmasked ? total : past + i + 1;
    for (i32 a = 0; a < heads; a++) {
      const float *w = weights + (i * heads + a) * total;
      float *s = ds + (i * heads + a) * total;
      i32 at = a / share * h, j = 0;
      scores(s, d + i * wide + a * h, values + at, stride, seen, h);
      v128_t mean4 = all(0);
      for (; j + 4 <= seen; j += 4) mean4 = fma4(mean4, load(w + j), load(s + j));
      float mean = sum4(mean4);
      for (; j < seen; j++) mean += w[j] * s[j];
      mean4 = all(mean);
      for (j = 0; j + 4 <= seen; j += 4) store(s + j, mul(mul(load(w + j), sub(load(s + j), mean4)), all(scale)));
      for (; j < seen; j++) s[j] = w[j] * (s[j] - mean) * scale;
      mix(dq + i * wide + a * h, s, 1, keys + at, stride, seen, h, 0);
    }
  }
  for (i32 j = 0; j < total; j++) {
    i32 from = unmasked || j < past ? 0 : j - past; // the first query that sees key j
    for (i32 a = 0; a < heads; a++) {
      i32 to = j * stride + a / share * h, at = (from * heads + a) * total + j, step = heads * total, more = a % share != 0;
      mix(dkeys + to, ds + at, step, q + from * wide + a * h, wide, rows - from, h, more);
      mix(dvalues + to, weights + at, step, d + from * wide + a * h, wide, rows - from, h, more);
    }
  }
}

// silu_gate_back: with σ = 1/(1 + e^−g), dup = d·g·σ and
// dgate = d·up·σ·(1 + g·(1 − σ)).
INLINE v128_t dgate4(v128_t d, v128_t g, v128_t up, v128_t s) {
  return mul(mul(mul(d, up), s), fma4(all(1), g, sub(all(1), s)));
}

void silu_gate_back(float *dgate, float *dup, const float *d, const float *gate, const float *up, i32 n) {
  i32 i = 0;
  for (; i + 4 <= n; i += 4) {
    v128_t down = load(d + i), g = load(gate + i), s = sigmoid4(g), u = load(up + i);
    store(dgate + i, dgate4(down, g, u, s)), store(dup + i, mul(mul(down, g), s));
  }
  if (i < n) {
    v128_t down = some4(d + i, n - i), g = some4(gate + i, n - i), s = sigmoid4(g), u = some4(up + i, n - i);
    put4(dgate + i, dgate4(down, g, u, s), n - i), put4(dup + i, mul(mul(down, g), s), n - i);
  }
}

// cross_entropy turns each row of logits z into scale·softmax(z). The caller
// put the targets' logits into aims: they become less by the row's maximum, and
// sums the Σ exp(z − max), of which the caller, who has a logarithm, makes the
// losses.
void cross_entropy(float *logits, float *aims, float *sums, i32 rows, i32 cols, float scale) {
  for (i32 i = 0; i < rows; i++, logits += cols) {
    float high = highest(logits, cols);
    v128_t high4 = all(high), sums4 = all(0);
    i32 j = 0;
    for (; j + 4 <= cols; j += 4) {
      v128_t e = exp4(sub(load(logits + j), high4));
      store(logits + j, e);
      sums4 = add(sums4, e);
    }
    float sum = sum4(sums4);
    for (; j < cols; j++) sum += logits[j] = exp1(logits[j] - high);
    float factor = scale / sum;
    for (j = 0; j + 4 <= cols; j += 4) store(logits + j, mul(load(logits + j), all(factor)));
    for (; j < cols; j++) logits[j] *= factor;
    aims[i] -= high, sums[i] = sum;
  }
}

// adamw: s holds β₁, β₂, the scale of gradients, the rate over 1 − β₁ᵗ, the root
// of 1/(1 − β₂ᵗ), ε, and what the decay leaves of a weight.
void adamw(float *w, float *m, float *v, const float *g, i32 n, const float *s) {
  float b1 = s[0], b2 = s[1], scale = s[2], rate = s[3], root = s[4], eps = s[5], keep = s[6];
  i32 i = 0;
  for (; i + 4 <= n; i += 4) {
    v128_t gradient = mul(load(g + i), all(scale));
    v128_t first = fma4(mul(all(b1), load(m + i)), all(1 - b1), gradient);
    v128_t second = fma4(mul(all(b2), load(v + i)), mul(all(1 - b2), gradient), gradient);
    v128_t step = wasm_f32x4_div(mul(all(rate), first), add(mul(all(root), wasm_f32x4_sqrt(second)), all(eps)));
    store(m + i, first), store(v + i, second), store(w + i, sub(mul(all(keep), load(w + i)), step));
  }
  for (; i < n; i++) {
    float gradient = g[i] * scale;
    m[i] = b1 * m[i] + (1 - b1) * gradient;
    v[i] = b2 * v[i] + (1 - b2) * gradient * gradient;
    w[i] = keep * w[i] - rate * m[i] / (root * __builtin_sqrtf(v[i]) + eps);
  }
}
