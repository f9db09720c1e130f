// Package quantise stores the matrices of a model in fewer bits: as float16, or
// as integers of 2 to 8 bits with scales. It rounds to the nearest, or by GPTQ,
// and says how many bytes that takes and what it costs.
//
// # What is stored
//
// A weight w becomes an integer q; neighbours share a scale s and, where the
// scheme is asymmetric, a zero point z:
//
//	ŵ = s·(q − z)
//
// Neighbours are all weights of a matrix (per tensor), those of a row (per
// channel: one output each) or so many in a row (per group). With b bits, M the
// greatest magnitude among neighbours, L and H the least and the greatest of
// them, zero counted in:
//
//	symmetric   s = M / (2^(b−1) − 1),   z = 0,          q = −(2^(b−1)−1) … 2^(b−1)−1
//	asymmetric  s = (H − L) / (2^b − 1), z = round(−L/s), q = 0 … 2^b − 1
//
// q and z are kept here less 2^(b−1) where they are unsigned, so that both kinds
// are int8. s is rounded to float16 before anything is rounded by it.
//
// # Bytes
//
// Tensor.Pack writes, and Tensor.Bytes counts: the integers, b bits each, every
// row filled up to whole bytes; the scales, two bytes each; the zero points, b
// bits each, filled up to whole bytes. Gains of norms are not quantised: they take
// two bytes each, four where all is float32. Names and shapes are not counted.
//
// # GPTQ
//
// Frantar, Ashkboos, Hoefler, Alistarh: GPTQ: Accurate Post-Training Quantization
// for Generative Pre-trained Transformers, ICLR 2023 (arXiv:2210.17323). With X
// the inputs (N, k) of a matrix on calibration texts, it lowers ‖XWᵀ − XŴᵀ‖²
// rather than ‖W − Ŵ‖²: columns are rounded one after the other, and each one's
// error is made up for by those that follow, as H = XᵀX says, by the Cholesky
// factor of H⁻¹. As in the paper 1 % of H's mean diagonal is added to it. Other
// than there, H is taken from the model as it was, once for all matrices, and
// not from one whose earlier layers are quantised already.
//
// # Imports
//
// attention, attention/train, attention/safetensors and the standard library.
package quantise
