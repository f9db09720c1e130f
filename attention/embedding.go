package attention

import "math"

// DModel is d_model, the width of an embedding.
const DModel = 64

// positionBase is the base of the wavelengths of the positional encoding
// (Vaswani et al. 2017, section 3.5).
const positionBase = 10000

// wavelengths holds 10000^(2⌊d/2⌋/d_model) for each d.
var wavelengths = func() (w [DModel]float64) {
	for d := range w {
		w[d] = math.Pow(positionBase, float64(d&^1)/DModel)
	}
	return w
}()

// embeddingScale brings the mean square of an entry of X to 1: a drawn entry
// has mean square 1, a sine or cosine ½.
var embeddingScale = math.Sqrt(2.0 / 3.0)

// Embed returns X (n, DModel) for one token per rune:
//
//	X[i,d] = √(2/3) · (E[tokens[i], d] + P[i,d])
//
// E is drawn from N(0, 1) by seed and rune; P is the sinusoidal encoding of the
// position.
func Embed(tokens []rune, seed uint64) Matrix {
	x := NewMatrix(len(tokens), DModel)
	for i, token := range tokens {
		row := x.Row(i)
		for d, e := range character(seed, token) {
			row[d] = float32(embeddingScale * (e + position(i, d)))
		}
	}
	return x
}

// character returns the embedding E[token, ·] (DModel).
func character(seed uint64, token rune) []float64 {
	draw := newNormal(seed, streamEmbedding, 0, uint64(uint32(token)))
	e := make([]float64, DModel)
	for d := range e {
		e[d] = draw.next()
	}
	return e
}

// position returns P[i,d]: the sine, for even d, or cosine, for odd d, of
// i / 10000^(2⌊d/2⌋/d_model).
func position(i, d int) float64 {
	angle := float64(i) / wavelengths[d]
	if d&1 == 0 {
		return math.Sin(angle)
	}
	return math.Cos(angle)
}

// Project returns a projection W (DModel, dk): independent entries of standard
// deviation 1/√d_model, so that a row of X, whose mean square is 1, yields
// entries of variance about 1. which is Q, K or V.
func Project(seed uint64, which Name, head, dk int) Matrix {
	w := NewMatrix(DModel, dk)
	for c := range dk {
		for r, z := range projectionColumn(seed, which, head, c) {
			w.Set(r, c, float32(z/math.Sqrt(DModel)))
		}
	}
	return w
}

// projectionColumn returns the standard normal draws of column c (DModel).
func projectionColumn(seed uint64, which Name, head, c int) []float64 {
	purpose := map[Name]uint64{Q: streamQuery, K: streamKey, V: streamValue}[which]
	draw := newNormal(seed, purpose, head, uint64(c))
	z := make([]float64, DModel)
	for r := range z {
		z[r] = draw.next()
	}
	return z
}
