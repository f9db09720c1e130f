package service

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/sim"
	"courselab/sim/serving"
)

var (
	sourceOrca    = sim.Source{Title: "Yu et al., Orca: A Distributed Serving System for Transformer-Based Generative Models", URL: "https://www.usenix.org/conference/osdi22/presentation/yu", Date: "2022-07"}
	sourceSarathi = sim.Source{Title: "Agrawal et al., Taming Throughput-Latency Tradeoff in LLM Inference with Sarathi-Serve", URL: "https://arxiv.org/abs/2403.02310", Date: "2024-03-04"}
	sourcePaged   = sim.Source{Title: "Kwon et al., Efficient Memory Management for Large Language Model Serving with PagedAttention", URL: "https://arxiv.org/abs/2309.06180", Date: "2023-09-12"}
)

// simulate runs c and lets the event loop turn meanwhile.
func simulate(in *sheet.Input, c serving.Config) (serving.Result, error) {
	return serving.Run(in.Context, c, func(int, int) { _ = in.Pause() }) // its error is the context's, which Run looks at
}

// capacity is what c answers at most, in requests per second.
func capacity(in *sheet.Input, c serving.Config) (float64, error) {
	return serving.Capacity(in.Context, c, func(int, int) { _ = in.Pause() })
}

// Lengths of prompts and answers are cut at so many times their mean.
const longest = 10

func length(mean, cv float64) serving.Length {
	l := serving.Length{Shape: serving.LogNormal, Mean: mean, CV: cv, Max: int(longest * mean)}
	if cv == 0 {
		l.Shape = serving.Fixed
	}
	return l
}

// classicSeconds is how long a request takes in the service of queueing theory.
const classicSeconds = 2.0

// classic is the service of queueing theory: each replica does one request at a
// time, exponentially long. The seconds are written as tokens of prompts, of
// which one takes a fraction of a millisecond.
func classic(replicas int) serving.Config {
	const tokens = 10_000
	return serving.Config{
		Prompt: serving.Length{Shape: serving.Exponential, Mean: tokens, Max: 100 * tokens},
		Output: serving.Length{Shape: serving.Fixed, Mean: 1, Max: 1},
		Pools: []serving.Pool{{Share: 1, Replicas: replicas, Replica: serving.Replica{
			Step:     func(s serving.Step) float64 { return s.Prefill * classicSeconds / tokens },
			MaxBatch: 1, KVTokens: 101 * tokens,
		}}},
		Balance: serving.SharedQueue,
	}
}

// deployed is a replica of a model on cards of a kind.
func deployed(in *sheet.Input, d sim.Deployment, batch int) (serving.Replica, error) {
	r, err := serving.FromDeployment(d, batch)
	var field *sim.FieldError
	if errors.As(err, &field) {
		switch name, _, nested := strings.Cut(field.Field, "."); {
		case field.Reason == sim.NeverFits:
			in.Fault("gpu", "放不下权重和这么多请求的缓存；请加卡、换卡、降低精度，或少算几个请求")
			return r, in.Err()
		case nested: // "gpu.memory_bandwidth_gbps"
			return r, sheet.Rename(err, field.Field, name)
		}
	}
	return r, err
}

// shown writes seconds; a dash where nothing was answered.
func shown(seconds float64) string { return format.Value(seconds, "s") }

// measured is a latency with what it means.
func measured(name string, seconds float64, formula string) engine.Quantity {
	return sheet.Quantity(sim.Quantity{Name: name, Unit: sim.Second, Value: seconds, Formula: formula})
}

// plusMinus writes a mean with half of its 95 % interval.
func plusMinus(s serving.Summary) string {
	if math.IsNaN(s.HalfWidth) {
		return shown(s.Mean)
	}
	return fmt.Sprintf("%s ± %s", shown(s.Mean), shown(s.HalfWidth))
}

// decimals writes v for a table of figures, without separators.
func decimals(v float64, n int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	scale := math.Pow(10, float64(n))
	return strings.Replace(format.Plain(math.Round(v*scale)/scale), "-", "−", 1)
}
