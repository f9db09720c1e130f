// Package money computes what a model costs: over an API, on hardware of one's
// own, and in which month the one overtakes the other.
//
// # Notation
//
//	R      requests a month            m      months from the start
//	I, O   tokens in and out           K      purchase
//	A      API's bill of a month       M      cash that own hardware takes a month
//	u      share of the time at work   m*     month in which own hardware has paid off
//
// # Money
//
// Prices of tokens come from a course's models.json, in dollars or yuan, with
// their source and day; an Exchange converts, at a rate with its own day. Purchase
// prices, tariffs and wages have no published source here: they are the asker's
// assumptions, which Syllabus prefills with the ranges of the course's syllabus,
// and are called so.
//
// A month has 730 hours, a twelfth of a year.
//
// # Uncertainty
//
// An input may be given as a range of factors around its value. Spread draws from
// triangular distributions with a seed and is the same on every machine; Levers
// moves one input at a time.
//
// # Errors
//
// A bad input is a *sim.FieldError that names it. A price that is not published
// is missing, and the bill that needs it no number. What never pays back is
// sim.NeverPaysBack.
//
// # Imports
//
// sim and the standard library.
package money
