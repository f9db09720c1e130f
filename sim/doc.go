// Package sim computes the numbers that choosing a model rests on. A result is
// a Quantity: the value with its unit, its formula, the formula with the
// numbers put in, its operands and where the formula comes from.
//
// # Notation
//
//	L      layers                    d      width of the residual stream (d_model)
//	n_h    query heads               n_kv   key and value heads
//	d_h    width of one head         d_ff   width of the feed-forward layer
//	V      vocabulary                T      tokens
//	B      sequences in a batch      b      bits per number
//	N      parameters                D      training tokens
//	E, E_s experts, shared ones      k      experts that a token is sent to
//	L_d    layers without experts    L_e    layers with experts, d_e wide each
//	r_q    width of latent queries   r_kv   width of latent keys and values
//	L_w    layers that slide         W      their window in tokens
//
// A multiplication and its addition count as two FLOP. Tokens, layers and the
// like are whole numbers given as float64 or int; results are exact up to 2⁵³.
//
// # Calculations by name
//
// Calc takes the name of a kind and a JSON object of inputs, and is what files of
// cases are verified by. An Architecture comes from such an object, from a
// Catalogue or from a model's config.json.
//
// # A model on accelerators
//
// A Deployment puts a model, a card, a precision and a load together: memory by
// part and what fits (fit.go), times of prefill and decode and what bounds them
// (speed.go). What no data sheet states is in its Assumptions. Measurement.Predict
// sets the same model beside published measurements, which nothing is fitted to;
// MedianErrors says how far off it is.
//
// # Errors
//
// A missing, non-finite or out-of-range input is a *FieldError that names it.
// Nothing is replaced by a default: what is not published is Missing, and a result
// that needs it is no number.
//
// # Imports
//
// The standard library. Never app, lessons, attention or a user interface.
package sim
