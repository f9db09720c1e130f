package attention

import "math"

// SoftmaxRows: dst[i,j] = exp(src[i,j] − max_i) / Σ_l exp(src[i,l] − max_i).
func (Reference) SoftmaxRows(dst, src Matrix) { softmaxRows(dst, src) }

// SoftmaxRows: dst[i,j] = exp(src[i,j] − max_i) / Σ_l exp(src[i,l] − max_i).
func (Go) SoftmaxRows(dst, src Matrix) { softmaxRows(dst, src) }

// softmaxRows takes the greatest value off first: exp then never overflows,
// and the quotient is the same.
func softmaxRows(dst, src Matrix) {
	CheckSoftmaxRows(dst, src)
	for i := range src.Rows {
		in, out := src.Row(i), dst.Row(i)
		high := math.Inf(-1)
		for _, v := range in {
			high = math.Max(high, float64(v))
		}
		if math.IsInf(high, -1) {
			clear(out)
			continue
		}
		var sum float64
		for _, v := range in {
			sum += math.Exp(float64(v) - high)
		}
		for j, v := range in {
			out[j] = float32(math.Exp(float64(v)-high) / sum)
		}
	}
}
