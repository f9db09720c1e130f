package serving

import (
	"fmt"
	"math"

	"courselab/sim"
)

// replicaContext is the length of a sequence by which the room for caches is
// measured.
const replicaContext = 256

// FromDeployment returns a replica that a deployment describes: its step times
// follow sim.Deployment's Decode and Prefill, of which it is the mixture,
//
//	max((N_t · b / 8 + κ · (T + P)) / (n · β · η_β), (2 · P · M + 2 · D · A + S + F · H) / (n · π · η_π)) + t_link
//
// with P tokens of prompts, D sequences that decode with T tokens in their caches
// together, and F prompts that end; N_t are the weights that P + D tokens read.
// The room for caches is what maxBatch sequences can have together. It fails
// where the deployment does not describe a speed, and with a *sim.FieldError on
// "model" where a token's cache is not the same at every position (sliding
// windows), which this form cannot say.
func FromDeployment(d sim.Deployment, maxBatch int) (Replica, error) {
	fail := func(err error) (Replica, error) { return Replica{}, fmt.Errorf("replica of a deployment: %w", err) }
	if a := d.Model; a != nil && a.Arch != nil && a.Arch.WindowLayers != nil && *a.Arch.WindowLayers > 0 {
		return fail(&sim.FieldError{Field: "model", Reason: sim.OutOfRange, Detail: "sliding windows"})
	}
	c, err := probe(d)
	if err != nil {
		return fail(err)
	}
	room, err := Room(d, maxBatch)
	if err != nil {
		return fail(err)
	}
	return Replica{Step: c.step, Steps: c.steps, MaxBatch: maxBatch, KVTokens: room, Chunk: int(d.Chunk)}, nil
}

// Room is how many tokens the caches hold with batch sequences at work.
func Room(d sim.Deployment, batch int) (int, error) {
	m := *d.Model
	m.Context = nil // what one sequence may reach is not asked here
	d.Model, d.Batch, d.Prefix, d.Context = &m, float64(batch), 0, replicaContext
	each, err := d.MaxContext()
	if err != nil {
		return 0, err
	}
	return int(each.Value) * batch, nil
}

// costs are the numbers of a deployment's step, read off its Decode and Prefill.
type costs struct {
	secondsPerByte, secondsPerFLOP float64
	cachePerToken                  float64   // bytes
	perPrompt, perDecode, head     float64   // FLOP: a token of a prompt, one decoded, the logits of a prompt
	perPair, perSeen               float64   // FLOP: a token attended to, in prompts and when decoding
	linkFixed, linkPerToken        float64   // seconds
	weights                        []float64 // bytes read by a step of weightsAt(i) tokens
	flat                           bool      // they are the same for every number of tokens
}

// weightsAt is the number of tokens at a place of costs.weights: 1, 2, 3 … and
// from 8 on eight places to every doubling.
func weightsAt(i int) float64 {
	if i < 8 {
		return float64(i + 1)
	}
	return math.Round(8 * math.Exp2(float64(i-7)/8))
}

// weightPlaces cover steps of up to 8·2^14 tokens.
const weightPlaces = 8 + 8*14

func probe(d sim.Deployment) (costs, error) {
	d.Prefix, d.Batch, d.Context = 0, 1, replicaContext
	var c costs
	var err error
	decode := func(context, batch float64) (p sim.Pass) {
		if err == nil {
			p, err = d.Decode(context, batch)
		}
		return p
	}
	prefill := func(prompt float64) (p sim.Pass) {
		if err == nil {
			p, err = d.Prefill(prompt, 1)
		}
		return p
	}
	const far = 1000
	none, one, many := decode(0, 1), decode(1, 1), decode(far, 1)
	first, second, third := prefill(1), prefill(2), prefill(3)
	two := decode(0, 2)
	if err != nil {
		return c, err
	}
	c.secondsPerByte = none.Moving / none.Bytes
	c.secondsPerFLOP = none.Computing / none.FLOPs
	c.cachePerToken = (many.Bytes - none.Bytes) / far
	c.perSeen = one.FLOPs - none.FLOPs
	c.perDecode = none.FLOPs - c.perSeen
	c.perPair = third.FLOPs - 2*second.FLOPs + first.FLOPs
	c.perPrompt = second.FLOPs - first.FLOPs - 2*c.perPair
	c.head = first.FLOPs - c.perPrompt - c.perPair
	c.linkPerToken = two.Linking - none.Linking
	c.linkFixed = none.Linking - c.linkPerToken
	// A step reads no less of the weights the more tokens it has.
	least, most := none.Bytes, decode(0, weightsAt(weightPlaces-1)).Bytes
	if c.flat = least == most; c.flat {
		c.weights = []float64{least}
		return c, err
	}
	for i := range weightPlaces {
		c.weights = append(c.weights, decode(0, weightsAt(i)).Bytes)
	}
	return c, err
}

// read is what a step of tokens tokens reads of the weights.
func (c *costs) read(tokens float64) float64 {
	if c.flat {
		return c.weights[0]
	}
	at := tokens - 1
	if tokens >= 8 {
		at = 7 + 8*math.Log2(tokens/8)
	}
	i := int(at)
	if i >= len(c.weights)-1 {
		return c.weights[len(c.weights)-1]
	}
	part := (tokens - weightsAt(i)) / (weightsAt(i+1) - weightsAt(i))
	return c.weights[i] + (c.weights[i+1]-c.weights[i])*math.Min(math.Max(part, 0), 1)
}

func (c *costs) step(s Step) float64 {
	tokens := s.Prefill + s.Decodes
	moving := (c.read(tokens) + c.cachePerToken*(s.Context+s.Prefill)) * c.secondsPerByte
	computing := (c.perPrompt*s.Prefill + c.perPair*s.Pairs + c.perDecode*s.Decodes + c.perSeen*(s.Context+s.Decodes) + c.head*s.Ends) * c.secondsPerFLOP
	return max(moving, computing) + c.linkFixed + c.linkPerToken*tokens
}

// steps is the sum of step over n steps: both sides of its maximum are linear in
// the tokens seen.
func (c *costs) steps(s Step, n int) float64 {
	moving := (c.read(s.Decodes) + c.cachePerToken*s.Context) * c.secondsPerByte
	computing := (c.perDecode*s.Decodes + c.perSeen*(s.Context+s.Decodes)) * c.secondsPerFLOP
	return linearSum(moving, c.cachePerToken*s.Decodes*c.secondsPerByte, computing, c.perSeen*s.Decodes*c.secondsPerFLOP, n) +
		float64(n)*(c.linkFixed+c.linkPerToken*s.Decodes)
}
