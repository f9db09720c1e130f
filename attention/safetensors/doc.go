// Package safetensors reads and writes the safetensors file format: a length of
// eight bytes (little endian), a JSON header of that length, then the values.
// The header maps a tensor's name to its type, its shape and the range of bytes
// that it takes up after the header:
//
//	{"model.norm.weight": {"dtype": "F32", "shape": [128], "data_offsets": [0, 512]}}
//
// A file is taken from anywhere, so nothing in it is believed: every length is
// held against the bytes that are there before it is used, and the ranges must
// cover the values without a gap and without an overlap.
//
// # Imports
//
// The standard library only.
package safetensors
