// Package sizes answers the lab "scale": parameters by part, computation, memory
// and cache of models from 诗芽 to mixtures of experts, drawn to one scale.
//
// It may import app/engine, app/engine/serve/sheet, app/format, sim and
// sim/chart.
package sizes
