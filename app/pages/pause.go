package pages

import "time"

// pause lets the browser draw and take input between two pieces of work.
func pause() { time.Sleep(10 * time.Millisecond) }
