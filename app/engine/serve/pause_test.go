package serve

import (
	"context"
	"encoding/json"
	"runtime"
	"sync"
	"testing"
	"time"

	"courselab/app/engine"
)

// TestTwoJobsShareFairly runs two endless jobs on one thread, as in the worker.
// One of them holds on to it for three times as long as the other between the
// places where it could pause; the thread's time is divided all the same.
func TestTwoJobsShareFairly(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	const enough = 300
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	held, pieces := map[string]time.Duration{}, 0
	s := New()
	for name, piece := range map[string]time.Duration{"coarse": 3 * time.Millisecond, "fine": time.Millisecond} {
		s.Register(name, func(ctx context.Context, _ json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
			for {
				begun := time.Now()
				for time.Since(begun) < piece {
				}
				mu.Lock()
				held[name] += time.Since(begun)
				if pieces++; pieces >= enough {
					cancel()
				}
				mu.Unlock()
				if err := Pause(ctx); err != nil {
					return nil, nil, err
				}
			}
		})
	}
	var both sync.WaitGroup
	for i, name := range []string{"coarse", "fine"} {
		both.Go(func() {
			s.Handle(ctx, engine.Request{Version: engine.Version, ID: uint64(i + 1), Op: name, Input: []byte("0")}, func(engine.Reply) {})
		})
	}
	both.Wait()
	if ratio := float64(held["coarse"]) / float64(held["fine"]); ratio < 0.5 || ratio > 2 {
		t.Errorf("the thread was held for %v", held)
	}
}
