package attention

// MatMul: dst (m, n) = a (m, k) · b (k, n), one dot product per cell.
func (Reference) MatMul(dst, a, b Matrix) {
	CheckMatMul(dst, a, b)
	for i := range a.Rows {
		for j := range b.Cols {
			var sum float64
			for l := range a.Cols {
				sum += float64(a.At(i, l)) * float64(b.At(l, j))
			}
			dst.Set(i, j, float32(sum))
		}
	}
}

// MatMulT: dst (m, n) = a (m, k) · bᵀ, one dot product per cell.
func (Reference) MatMulT(dst, a, b Matrix) {
	CheckMatMulT(dst, a, b)
	for i := range a.Rows {
		for j := range b.Rows {
			var sum float64
			for l := range a.Cols {
				sum += float64(a.At(i, l)) * float64(b.At(j, l))
			}
			dst.Set(i, j, float32(sum))
		}
	}
}

// MatMul adds four rows of b, each times one value of a, to a row of dst at a
// time: dst is loaded and stored once per four products, and every access runs
// along a row.
func (Go) MatMul(dst, a, b Matrix) {
	CheckMatMul(dst, a, b)
	for i := range a.Rows {
		out, row := dst.Row(i), a.Row(i)
		clear(out)
		l := 0
		for ; l+4 <= len(row); l += 4 {
			a0, a1, a2, a3 := row[l], row[l+1], row[l+2], row[l+3]
			b0 := b.Row(l)[:len(out)]
			b1 := b.Row(l + 1)[:len(out)]
			b2 := b.Row(l + 2)[:len(out)]
			b3 := b.Row(l + 3)[:len(out)]
			for j := range out {
				out[j] += a0*b0[j] + a1*b1[j] + a2*b2[j] + a3*b3[j]
			}
		}
		for ; l < len(row); l++ {
			a0, b0 := row[l], b.Row(l)[:len(out)]
			for j := range out {
				out[j] += a0 * b0[j]
			}
		}
	}
}

// MatMulT takes two rows of a and four of b at a time: eight sums stay in
// registers, and each value loaded is used two or four times.
func (Go) MatMulT(dst, a, b Matrix) {
	CheckMatMulT(dst, a, b)
	k, n := a.Cols, b.Rows
	i := 0
	for ; i+2 <= a.Rows; i += 2 {
		x, y := a.Row(i)[:k], a.Row(i + 1)[:k]
		outX, outY := dst.Row(i), dst.Row(i+1)
		j := 0
		for ; j+4 <= n; j += 4 {
			b0, b1, b2, b3 := b.Row(j)[:k], b.Row(j + 1)[:k], b.Row(j + 2)[:k], b.Row(j + 3)[:k]
			var x0, x1, x2, x3, y0, y1, y2, y3 float32
			for l := range k {
				xl, yl := x[l], y[l]
				v0, v1, v2, v3 := b0[l], b1[l], b2[l], b3[l]
				x0 += xl * v0
				x1 += xl * v1
				x2 += xl * v2
				x3 += xl * v3
				y0 += yl * v0
				y1 += yl * v1
				y2 += yl * v2
				y3 += yl * v3
			}
			outX[j], outX[j+1], outX[j+2], outX[j+3] = x0, x1, x2, x3
			outY[j], outY[j+1], outY[j+2], outY[j+3] = y0, y1, y2, y3
		}
		for ; j < n; j++ {
			outX[j], outY[j] = dot(x, b.Row(j)), dot(y, b.Row(j))
		}
	}
	for ; i < a.Rows; i++ {
		x, out := a.Row(i), dst.Row(i)
		for j := range out {
			out[j] = dot(x, b.Row(j))
		}
	}
}

// dot sums in four chains, so that no addition waits for the one before.
func dot(x, y []float32) float32 {
	y = y[:len(x)]
	var s0, s1, s2, s3 float32
	l := 0
	for ; l+4 <= len(x); l += 4 {
		s0 += x[l] * y[l]
		s1 += x[l+1] * y[l+1]
		s2 += x[l+2] * y[l+2]
		s3 += x[l+3] * y[l+3]
	}
	for ; l < len(x); l++ {
		s0 += x[l] * y[l]
	}
	return (s0 + s1) + (s2 + s3)
}
