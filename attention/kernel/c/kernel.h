// The operations, each in its file, and the codes under which call.c finds them.
// Matrices are float32 in row-major order; (m, n) says rows, columns.
#ifndef KERNEL_H
#define KERNEL_H

#include "simd.h"

// few_nt: c (m, n) = a (m, k) · bᵀ, b (n, k).
void few_nt(float *c, const float *a, const float *b, i32 m, i32 n, i32 k);
// few_nn: c (m, n) = a (m, k) · b (k, n).
void few_nn(float *c, const float *a, const float *b, i32 m, i32 n, i32 k);
// packed: c (m, n) = a · b, added to what c holds where accumulate is set. a is
// (m, k), or (k, m) transposed where ta is set; b (k, n), or (n, k) where tb is.
// work has room for ROUND4(min(m, 128))·min(k, 256) + ROUND8(min(n, 512))·min(k, 256)
// floats and 48 more.
void packed(float *c, const float *a, const float *b, i32 m, i32 n, i32 k, i32 ta, i32 tb, i32 accumulate, float *work);

void softmax_rows(float *out, const float *in, i32 rows, i32 cols);
void rms_norm(float *out, const float *x, const float *gain, i32 rows, i32 cols, float eps);
void rope(float *x, const float *cos, const float *sin, i32 rows, i32 cols, i32 half);
// attend: where unmasked is set every query sees every key, else query i the
// first past + i + 1. So does attend_back.
void attend(float *out, float *weights, const float *q, const float *keys, const float *values, i32 rows, i32 past, i32 heads, i32 groups, i32 h, i32 unmasked);
void add_cells(float *out, const float *a, const float *b, i32 n);
void silu_gate(float *out, const float *gate, const float *up, i32 n);

// scores: out[j] = q · keys[j] for n keys of width h, stride apart.
void scores(float *out, const float *q, const float *keys, i32 stride, i32 n, i32 h);
// mix: out = Σ_j weights[j·step] · values[j] for n values of width h, stride
// apart, added to what out holds where more is set.
void mix(float *out, const float *weights, i32 step, const float *values, i32 stride, i32 n, i32 h, i32 more);

void rms_norm_back(float *dx, float *dgain, const float *dy, const float *x, const float *gain, i32 rows, i32 cols, float eps);
void attend_back(float *dq, float *dkeys, float *dvalues, float *ds, const float *d, const float *weights, const float *q, const float *keys, const float *values, i32 rows, i32 past, i32 heads, i32 groups, i32 h, i32 unmasked);
void silu_gate_back(float *dgate, float *dup, const float *d, const float *gate, const float *up, i32 n);
void cross_entropy(float *logits, float *aims, float *sums, i32 rows, i32 cols, float scale);
void adamw(float *w, float *m, float *v, const float *g, i32 n, const float *s);

// int8_nt: c (m, n) = a (m, k) · wᵀ, w (n, k) of integers with a scale for each
// group of them in a row, scales (n, ⌈k/group⌉). a is rounded to integers of
// eight bits. q has room for m·k of them, rounded up to an even number, and m
// floats behind.
void int8_nt(float *c, const float *a, const i8 *w, const float *scales, i16 *q, i32 m, i32 n, i32 k, i32 group);

#endif
