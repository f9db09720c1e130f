// Package service answers the labs about running a service: "serving", what load
// does to its users, "architecture", the same load put differently, and "cache",
// answers kept for the next who asks.
//
// It may import app/engine, app/engine/serve/sheet, app/format, sim,
// sim/serving, sim/caching and sim/chart.
package service
