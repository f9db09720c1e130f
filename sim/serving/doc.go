// Package serving simulates a service of language models event by event:
// requests arrive, wait, are computed in batches by replicas, and end.
//
// # The model
//
// A replica works in steps. A step computes one token for every sequence of the
// batch that has its prompt behind it, and up to Chunk tokens of prompts for the
// others; sequences join and leave between any two steps (continuous batching,
// Yu et al. 2022; mixed steps with chunked prompts, Agrawal et al. 2024). How
// long a step takes is a StepTime that the caller gives: a roofline, a
// measurement, or what a theorem of queueing wants. Caches of keys and values
// share KVTokens; what does not fit waits, or is evicted and computed again
// (Kwon et al. 2023).
//
// Requests reach a pool of replicas and there a replica, by a Balance. Around
// that are limits of the queue, time-outs and retries of the client, failures
// and repairs, and an Autoscale whose replicas take a while to start. A request
// ends exactly once, by an Outcome.
//
// What is left out: the network between replicas, the time to move caches,
// replicas that fail together (Fleet has that), and the memory that shared
// prefixes take.
//
// # Notation
//
//	λ  arrivals per second          S  seconds of service
//	ρ  share of time busy           c  replicas
//
// Times are seconds from the start; tokens are whole numbers.
//
// # Randomness
//
// Everything random comes from Seed through streams of its own for arrivals,
// lengths, routing, failures and retries, so that two configurations with one
// seed see the same requests. The same configuration gives the same result.
//
// # Imports
//
// The standard library and sim.
package serving
