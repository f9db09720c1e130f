package money

import (
	"fmt"
	"math"

	"courselab/sim"
)

// Sizing asks how many servers a load needs in its busiest hour.
type Sizing struct {
	Daily  float64 // requests a day
	Peak   float64 // share of them in the busiest hour, 0 … 1; even traffic has 1/24
	Output float64 // tokens generated a request
	Speed  float64 // tokens a second that a server generates over all its requests
}

// Servers is how many servers keep up with the busiest hour, spares not counted:
//
//	⌈R · p · o / 3600 / v⌉
func (s Sizing) Servers() (sim.Quantity, error) {
	for _, err := range []error{
		sim.CheckRange("daily", s.Daily, 0, 1e12),
		sim.CheckRange("peak", s.Peak, 0, 1),
		sim.CheckRange("output", s.Output, 0, 1e9),
		sim.CheckRange("speed", s.Speed, 1e-3, 1e9),
	} {
		if err != nil {
			return sim.Quantity{}, fmt.Errorf("servers needed: %w", err)
		}
	}
	return sim.Quantity{
		Name: "最忙一小时要的服务器", Unit: "台",
		Value:   math.Max(1, math.Ceil(s.Daily*s.Peak*s.Output/3600/s.Speed)),
		Formula: "⌈R · p · o / 3600 / v⌉",
		Working: "⌈" + product(s.Daily, s.Peak, s.Output) + " / 3600 / " + sim.Number(s.Speed) + "⌉",
		Terms: []sim.Term{
			term("R", "每天的请求", s.Daily, "次"), term("p", "最忙一小时占全天", s.Peak, ""),
			term("o", "每次生成", s.Output, "词元"), term("v", "每台每秒生成", s.Speed, "词元/s"),
		},
	}, nil
}
