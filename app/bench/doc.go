// Package bench measures the course in headless Chromium, over the site as it is
// shipped: what a first visit transfers and how long it takes, how fast the
// engine computes on each backend, beside a peer where one is given, and how
// long a slider takes to repaint its lab. It is what `lab bench` prints.
//
// Rates of computing come from the engine's own operation (engine.OpBench) in a
// worker of its own; each is the best of several rounds, the peer's taken in
// turn with ours. Nothing slows the network down: the host is this machine.
//
// It may import app/engine for the shape of requests, and app/browsertest.
package bench
