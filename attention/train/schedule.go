package train

import "math"

// Rate returns the learning rate of step (from 0) of steps in all: it rises
// linearly over the first warmup steps to peak and falls along half a cosine to
// last·peak at the end (Loshchilov and Hutter 2017, equation 5, without
// restarts).
func Rate(step, steps, warmup int, peak, last float64) float64 {
	if step < warmup {
		return peak * float64(step+1) / float64(warmup)
	}
	progress := float64(step-warmup) / float64(max(steps-warmup, 1))
	return peak * (last + (1-last)*(1+math.Cos(math.Pi*min(progress, 1)))/2)
}
