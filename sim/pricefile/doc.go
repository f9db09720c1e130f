// Package pricefile reads the price lists that two projects keep, from a file on
// the learner's disk, and puts their prices into a catalogue in place of its own.
//
//	litellm       model_prices_and_context_window.json: an object of models, prices for
//	              one token
//	genai-prices  data.json: a list of providers, each with its models, prices for a
//	              million tokens, tiers by length, dates and hours
//
// Parse tells the two apart by their shape. Merge takes over prices of a model only
// from its own vendor: a file lists the same open model at a dozen hosts. What it
// changed, what it left and why is in its Report.
//
// # Errors
//
// A file that is too large or of another shape is a *sim.FieldError on "file". One
// entry at fault never spoils the rest: it is refused with its reason.
//
// # Imports
//
// sim and the standard library.
package pricefile
