// The one export. A call is a row of words that the caller writes into its own
// memory: an operation's code, the addresses of its matrices, its sizes. So the
// border between the two programs is crossed without a single argument.

#include "kernel.h"

// The codes; ../operations.go has the same.
enum { MATMUL_NN, MATMUL_NT, SOFTMAX_ROWS, RMS_NORM, ROPE, ATTEND, ADD, SILU_GATE, ADD_MATMUL, ADD_T_MATMUL, RMS_NORM_BACK, ATTEND_BACK, SILU_GATE_BACK, CROSS_ENTROPY, ADAMW, INT8_NT };

// From so many rows on, copying b into strips costs less than it gains.
#define MANY 8

#define P(i) ((float *)p[i])
#define F(i) (*(const float *)(p + (i)))

__attribute__((export_name("call"), used)) void call(const i32 *p) {
  switch (p[0]) {
  case MATMUL_NN:
    if (p[5] < MANY)
      few_nn(P(1), P(2), P(3), p[5], p[6], p[7]);
    else
      packed(P(1), P(2), P(3), p[5], p[6], p[7], 0, 0, 0, P(4));
    break;
  case MATMUL_NT:
    if (p[5] < MANY)
      few_nt(P(1), P(2), P(3), p[5], p[6], p[7]);
    else
      packed(P(1), P(2), P(3), p[5], p[6], p[7], 0, 1, 0, P(4));
    break;
  case SOFTMAX_ROWS: softmax_rows(P(1), P(2), p[3], p[4]); break;
  case RMS_NORM: rms_norm(P(1), P(2), P(3), p[4], p[5], F(6)); break;
  case ROPE: rope(P(1), P(2), P(3), p[4], p[5], p[6]); break;
  case ATTEND: attend(P(1), P(2), P(3), P(4), P(5), p[6], p[7], p[8], p[9], p[10], p[11]); break;
  case ADD: add_cells(P(1), P(2), P(3), p[4]); break;
  case SILU_GATE: silu_gate(P(1), P(2), P(3), p[4]); break;
  case ADD_MATMUL: packed(P(1), P(2), P(3), p[5], p[6], p[7], 0, 0, 1, P(4)); break;
  case ADD_T_MATMUL: packed(P(1), P(2), P(3), p[5], p[6], p[7], 1, 0, 1, P(4)); break;
  case RMS_NORM_BACK: rms_norm_back(P(1), P(2), P(3), P(4), P(5), p[6], p[7], F(8)); break;
  case ATTEND_BACK: attend_back(P(1), P(2), P(3), P(4), P(5), P(6), P(7), P(8), P(9), p[10], p[11], p[12], p[13], p[14], p[15]); break;
  case SILU_GATE_BACK: silu_gate_back(P(1), P(2), P(3), P(4), P(5), p[6]); break;
  case CROSS_ENTROPY: cross_entropy(P(1), P(2), P(3), p[4], p[5], F(6)); break;
  case ADAMW: adamw(P(1), P(2), P(3), P(4), p[5], &F(6)); break;
  case INT8_NT: int8_nt(P(1), P(2), (const i8 *)p[3], P(4), (i16 *)p[5], p[6], p[7], p[8], p[9]); break;
  }
}
