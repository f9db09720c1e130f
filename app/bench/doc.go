// Package bench measures the course in headless Chromium, over the site as it is
// shipped: what a first visit transfers and how long it takes, how fast the
// engine computes on each backend, beside peers where they are given, and how
// long a slider takes to repaint its lab. It is what `lab bench` prints.
//
// Rates of computing come from the engine's own operation (engine.OpBench) in a
// worker of its own. Of each round the quickest batch counts; what is told is the
// median of the rounds, with the least and the greatest. The peers' are taken in turn
// with ours, on one thread each, and their layer must have the same result. Nothing slows the network down: the host is this machine.
//
// It may import app/engine for the shape of requests, attention for the angles of RoPE
// in the peers' model, and app/browsertest.
package bench
