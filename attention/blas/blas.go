// Package blas is an attention.Backend for native programs on gonum's BLAS,
// whose products run on all cores with the machine's vector instructions.
// Everything else is attention.Go's.
//
// # Imports
//
// attention and gonum's blas32. No program for the browser may link it: there
// gonum has no vector instructions, and attention/kernel is faster.
package blas

import (
	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"

	"courselab/attention"
)

// Backend implements attention.TrainingBackend.
type Backend struct{ attention.Go }

// Name returns "blas".
func (Backend) Name() string { return "blas" }

// MatMul: dst (m, n) = a (m, k) · b (k, n).
func (Backend) MatMul(dst, a, b attention.Matrix) {
	attention.CheckMatMul(dst, a, b)
	switch {
	case len(dst.Data) == 0:
	case a.Cols == 0:
		clear(dst.Data)
	case a.Rows == 1:
		blas32.Gemv(blas.Trans, 1, general(b), vector(a), 0, vector(dst))
	default:
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, general(a), general(b), 0, general(dst))
	}
}

// MatMulT: dst (m, n) = a (m, k) · bᵀ, with b (n, k).
func (Backend) MatMulT(dst, a, b attention.Matrix) {
	attention.CheckMatMulT(dst, a, b)
	switch {
	case len(dst.Data) == 0:
	case a.Cols == 0:
		clear(dst.Data)
	case a.Rows == 1:
		blas32.Gemv(blas.NoTrans, 1, general(b), vector(a), 0, vector(dst))
	default:
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, general(a), general(b), 0, general(dst))
	}
}

// AddMatMul: dst (m, n) += a (m, k) · b (k, n).
func (Backend) AddMatMul(dst, a, b attention.Matrix) {
	attention.CheckMatMul(dst, a, b)
	if len(dst.Data) > 0 && a.Cols > 0 {
		blas32.Gemm(blas.NoTrans, blas.NoTrans, 1, general(a), general(b), 1, general(dst))
	}
}

// AddTMatMul: dst (k, n) += aᵀ · b, with a (m, k) and b (m, n).
func (Backend) AddTMatMul(dst, a, b attention.Matrix) {
	attention.CheckAddTMatMul(dst, a, b)
	if len(dst.Data) > 0 && a.Rows > 0 {
		blas32.Gemm(blas.Trans, blas.NoTrans, 1, general(a), general(b), 1, general(dst))
	}
}

func general(m attention.Matrix) blas32.General {
	return blas32.General{Rows: m.Rows, Cols: m.Cols, Stride: m.Cols, Data: m.Data}
}

// vector takes a matrix of one row.
func vector(m attention.Matrix) blas32.Vector {
	return blas32.Vector{N: m.Cols, Inc: 1, Data: m.Data}
}
