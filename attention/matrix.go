package attention

import "fmt"

// Matrix is a (Rows, Cols) matrix of float32 in row-major order. Copies share
// Data.
type Matrix struct {
	Rows, Cols int
	Data       []float32 // (Rows, Cols)
}

// NewMatrix returns a zero matrix. It panics when a size is negative.
func NewMatrix(rows, cols int) Matrix {
	if rows < 0 || cols < 0 {
		panic(fmt.Sprintf("attention: new matrix (%d, %d): negative size", rows, cols))
	}
	return Matrix{Rows: rows, Cols: cols, Data: make([]float32, rows*cols)}
}

// At returns the value in row r, column c.
func (m Matrix) At(r, c int) float32 { return m.Data[r*m.Cols+c] }

// Set puts v into row r, column c.
func (m Matrix) Set(r, c int, v float32) { m.Data[r*m.Cols+c] = v }

// Row returns row r; it shares memory with m.
func (m Matrix) Row(r int) []float32 { return m.Data[r*m.Cols : (r+1)*m.Cols : (r+1)*m.Cols] }

// Has reports whether row r, column c lies in m.
func (m Matrix) Has(r, c int) bool { return r >= 0 && r < m.Rows && c >= 0 && c < m.Cols }

// CheckMatMul panics unless dst (m, n) = a (m, k) · b (k, n) makes sense. It is
// for implementations of Backend: a wrong shape is a fault of the program.
func CheckMatMul(dst, a, b Matrix) {
	if a.Cols != b.Rows || dst.Rows != a.Rows || dst.Cols != b.Cols || !dst.whole() || !a.whole() || !b.whole() {
		panic(fmt.Sprintf("attention: matmul (%d, %d) = (%d, %d)·(%d, %d): shapes do not fit",
			dst.Rows, dst.Cols, a.Rows, a.Cols, b.Rows, b.Cols))
	}
}

// CheckMatMulT panics unless dst (m, n) = a (m, k) · bᵀ, b (n, k), makes sense.
func CheckMatMulT(dst, a, b Matrix) {
	if a.Cols != b.Cols || dst.Rows != a.Rows || dst.Cols != b.Rows || !dst.whole() || !a.whole() || !b.whole() {
		panic(fmt.Sprintf("attention: matmul (%d, %d) = (%d, %d)·(%d, %d)ᵀ: shapes do not fit",
			dst.Rows, dst.Cols, a.Rows, a.Cols, b.Rows, b.Cols))
	}
}

// CheckSoftmaxRows panics unless dst and src have the same shape.
func CheckSoftmaxRows(dst, src Matrix) {
	if dst.Rows != src.Rows || dst.Cols != src.Cols || !dst.whole() || !src.whole() {
		panic(fmt.Sprintf("attention: softmax (%d, %d) = (%d, %d): shapes do not fit",
			dst.Rows, dst.Cols, src.Rows, src.Cols))
	}
}

// whole reports whether Data holds exactly Rows·Cols values.
func (m Matrix) whole() bool { return m.Rows >= 0 && m.Cols >= 0 && len(m.Data) == m.Rows*m.Cols }
