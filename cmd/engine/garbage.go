//go:build js && wasm

package main

import (
	"runtime"
	"runtime/debug"
	"runtime/metrics"
)

// spare is how much may be allocated between two collections while the heap is
// small, in bytes.
const spare = 64 << 20

// room is what the engine may take while it holds little, in bytes: a heap that grows
// within one step is collected before the next, whatever the last percentage was.
const room = 128 << 20

// spareGarbage collects less often while the heap is small: there is one thread,
// and a collection falls into what a learner waits for. Large heaps, as in training,
// grow by no more than they would otherwise.
func spareGarbage() {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	var set func(*[64]byte)
	set = func(*[64]byte) {
		metrics.Read(live)
		heap := max(live[0].Value.Uint64(), 1<<20)
		debug.SetGCPercent(int(max(100, spare*100/heap)))
		debug.SetMemoryLimit(int64(max(room, 2*heap+spare)))
		// An object without a use is found at the next collection.
		runtime.SetFinalizer(new([64]byte), set)
	}
	set(nil)
}
