// The one export. A call is a row of words that the caller writes into its own
// memory: an operation's code, the addresses of its matrices, its sizes. So the
// border between the two programs is crossed without a single argument.

#include "kernel.h"

// The codes; ../operations.go has the same.
enum { MATMUL_NN, MATMUL_NT, SOFTMAX_ROWS, RMS_NORM, ROPE, ATTEND, ADD, SILU_GATE };

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
  case ATTEND: attend(P(1), P(2), P(3), P(4), P(5), p[6], p[7], p[8], p[9], p[10]); break;
  case ADD: add_cells(P(1), P(2), P(3), p[4]); break;
  case SILU_GATE: silu_gate(P(1), P(2), P(3), p[4]); break;
  }
}
