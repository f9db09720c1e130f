//go:build !(js && wasm)

package worker

import (
	"time"

	"courselab/app/engine"
)

// Options adjust the transport; see the browser's build.
type Options struct {
	Backend    string
	StartLimit time.Duration
}

// New returns a transport that reports that there are no workers outside a
// browser.
func New(Options) engine.Transport { return absent{} }

type absent struct{}

func (absent) Start(on func(engine.Event)) {
	on(engine.Event{Kind: engine.Absent, Reason: "这里没有浏览器，不能启动后台线程"})
}
func (absent) Send(engine.Message) {}
func (absent) Stop()               {}
