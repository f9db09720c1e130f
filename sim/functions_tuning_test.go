package sim

import (
	"math"
	"testing"
)

func TestPenalisedAdvantageByHand(t *testing.T) {
	for _, c := range []struct{ reward, kl, beta, others, want float64 }{
		{3.2, 8, 0.1, 2.2, 0.2},
		{3.2, 8, 0, 2.2, 1},
		{3.2, 20, 0.1, 2.2, -1},
		{1, -2, 0.5, 0, 2},
	} {
		q, err := Functions()["penalised-advantage"].Eval(map[string]float64{"reward": c.reward, "kl": c.kl, "beta": c.beta, "others": c.others})
		if err != nil || math.Abs(q.Value-c.want) > 1e-12 {
			t.Errorf("%+v: %v, %v", c, q.Value, err)
		}
	}
	if _, err := PenalisedAdvantage(1, 1, -1, 0); err == nil {
		t.Error("beta below zero is taken")
	}
}
