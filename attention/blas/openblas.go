//go:build openblas && cgo

package blas

/*
#cgo LDFLAGS: -lopenblas
enum { rowMajor = 101, noTrans = 111, trans = 112 };
void cblas_sgemm(int order, int transA, int transB, int m, int n, int k,
	float alpha, const float *a, int lda, const float *b, int ldb,
	float beta, float *c, int ldc);
*/
import "C"

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/blas/gonum"
)

// With the build tag openblas, products go to OpenBLAS (Debian:
// libopenblas-dev), which is several times faster than gonum on wide vector
// units. OPENBLAS_NUM_THREADS sets its threads.
func init() { blas32.Use(open{}) }

// open is gonum's BLAS with OpenBLAS's product.
type open struct{ gonum.Implementation }

// Sgemm: C = alpha·A·B + beta·C. The bounds are those that Gemm's caller,
// blas32, has taken from slices; they are checked once more by their last
// element, since C would not.
func (open) Sgemm(tA, tB blas.Transpose, m, n, k int, alpha float32, a []float32, lda int, b []float32, ldb int, beta float32, c []float32, ldc int) {
	if m == 0 || n == 0 || k == 0 {
		gonum.Implementation{}.Sgemm(tA, tB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc)
		return
	}
	rowsA, colsA, transA := m, k, C.int(C.noTrans)
	if tA != blas.NoTrans {
		rowsA, colsA, transA = k, m, C.trans
	}
	rowsB, colsB, transB := k, n, C.int(C.noTrans)
	if tB != blas.NoTrans {
		rowsB, colsB, transB = n, k, C.trans
	}
	_, _, _ = a[(rowsA-1)*lda+colsA-1], b[(rowsB-1)*ldb+colsB-1], c[(m-1)*ldc+n-1]
	C.cblas_sgemm(C.rowMajor, transA, transB, C.int(m), C.int(n), C.int(k),
		C.float(alpha), (*C.float)(&a[0]), C.int(lda), (*C.float)(&b[0]), C.int(ldb),
		C.float(beta), (*C.float)(&c[0]), C.int(ldc))
}
