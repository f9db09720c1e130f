//go:build js && wasm

package worker

import (
	"errors"
	"fmt"
	"sync"
	"time"

	"courselab/app/engine"

	"github.com/hack-pad/safejs"
)

// Options adjust the transport.
type Options struct {
	// Backend forces "cpu", "simd" or "webgpu"; empty lets the engine choose.
	Backend string
	// StartLimit is how long a worker may take from its creation to its first
	// word. Default 30 s.
	StartLimit time.Duration
}

// New returns a transport to a worker that runs assets/engine.wasm. It expects
// globalThis.courselab of boot.js, which fetches and compiles the program.
func New(o Options) engine.Transport {
	if o.StartLimit <= 0 {
		o.StartLimit = 30 * time.Second
	}
	return &transport{options: o}
}

type transport struct {
	options Options

	mu      sync.Mutex
	current *instance // nil while stopped
}

// instance is one worker from its start to its end.
type instance struct {
	on func(engine.Event)

	mu      sync.Mutex
	stopped bool
	worker  safejs.Value           // undefined until created
	heard   map[string]safejs.Func // by the name of the event
	ready   chan struct{}
	isReady bool
}

func (t *transport) Start(on func(engine.Event)) {
	i := &instance{on: on, ready: make(chan struct{})}
	t.mu.Lock()
	t.current = i
	t.mu.Unlock()
	go i.run(t.options)
}

func (t *transport) Stop() {
	t.mu.Lock()
	i := t.current
	t.current = nil
	t.mu.Unlock()
	if i != nil {
		i.stop()
	}
}

func (t *transport) Send(m engine.Message) {
	t.mu.Lock()
	i := t.current
	t.mu.Unlock()
	if i == nil {
		return
	}
	kind := "request"
	switch {
	case m.Ping:
		kind = "ping"
	case m.Cancel != 0:
		kind = "cancel"
	}
	text, err := engine.EncodeMessage(m)
	if err == nil {
		_, err = i.worker.Call("postMessage", map[string]any{"type": kind, "json": string(text)})
	}
	if err != nil {
		i.event(engine.Event{Kind: engine.Down, Reason: err.Error()})
	}
}

func (i *instance) event(e engine.Event) {
	i.mu.Lock()
	stopped := i.stopped
	i.mu.Unlock()
	if !stopped {
		i.on(e)
	}
}

func (i *instance) stop() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.stopped {
		return
	}
	i.stopped = true
	if !i.worker.IsUndefined() {
		// Terminating is all that can be done; the functions go with it. What it
		// said before that may still be on its way.
		_, _ = i.worker.Call("terminate")
	}
	for name, f := range i.heard {
		_, _ = i.worker.Call("removeEventListener", name, f)
		f.Release()
	}
	i.heard = nil
}

// run fetches the program, makes the worker, and watches over its start.
func (i *instance) run(o Options) {
	lab, err := safejs.Global().Get("courselab")
	if err != nil {
		i.event(engine.Event{Kind: engine.Absent, Reason: err.Error()})
		return
	}
	module, err := i.module(lab)
	if err != nil {
		i.event(engine.Event{Kind: engine.Absent, Reason: "没有取到计算程序：" + err.Error()})
		return
	}
	if err := i.create(lab, module, o); err != nil {
		i.event(engine.Event{Kind: engine.Absent, Reason: "这个浏览器不能启动后台线程：" + err.Error()})
		return
	}
	select {
	case <-i.ready:
	case <-time.After(o.StartLimit):
		i.event(engine.Event{Kind: engine.Down, Reason: fmt.Sprintf("%.0f 秒内没有启动", o.StartLimit.Seconds())})
	}
}

// module asks boot.js for the compiled program and reports the download.
func (i *instance) module(lab safejs.Value) (safejs.Value, error) {
	progress, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		if len(args) < 2 {
			return nil
		}
		done, err1 := args[0].Float()
		total, err2 := args[1].Float()
		if err1 == nil && err2 == nil {
			i.event(engine.Event{Kind: engine.Loading,
				Progress: engine.Progressed{What: "下载计算程序", Done: done, Total: total, Unit: "B"}})
		}
		return nil
	})
	if err != nil {
		return safejs.Undefined(), err
	}
	defer progress.Release()
	promise, err := lab.Call("engineModule", progress)
	if err != nil {
		return safejs.Undefined(), err
	}
	return await(promise)
}

// create makes the worker and sends it what it starts from; boot.js knows where
// that lies.
func (i *instance) create(lab, module safejs.Value, o Options) error {
	start, err := lab.Call("workerStart")
	if err != nil {
		return err
	}
	init, err := start.Get("init")
	if err != nil {
		return err
	}
	if err := errors.Join(init.Set("module", module), init.Set("params", map[string]any{"backend": o.Backend})); err != nil {
		return err
	}
	worker, err := fromBlob(text(start, "script", ""))
	if err != nil {
		return err
	}

	i.mu.Lock()
	defer i.mu.Unlock()
	if i.stopped {
		_, err := worker.Call("terminate")
		return err
	}
	i.worker, i.heard = worker, map[string]safejs.Func{}
	for name, handle := range map[string]func(safejs.Value){
		"message":      i.message,
		"messageerror": func(safejs.Value) { i.event(engine.Event{Kind: engine.Down, Reason: "收到读不出来的消息"}) },
		"error": func(e safejs.Value) {
			i.event(engine.Event{Kind: engine.Down, Reason: text(e, "message", "后台线程出错")})
		},
	} {
		f, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
			if len(args) > 0 {
				handle(args[0])
			}
			return nil
		})
		if err != nil {
			return err
		}
		i.heard[name] = f
		if _, err := worker.Call("addEventListener", name, f); err != nil {
			return err
		}
	}
	_, err = worker.Call("postMessage", init)
	return err
}

// message takes what the worker says. It runs on the browser's event loop.
func (i *instance) message(event safejs.Value) {
	data, err := event.Get("data")
	if err != nil {
		i.event(engine.Event{Kind: engine.Down, Reason: err.Error()})
		return
	}
	switch text(data, "type", "") {
	case "ready":
		v, err := data.Get("version")
		version, err2 := v.Int()
		if err != nil || err2 != nil {
			version = 0 // never equal to ours: reported as a mismatch
		}
		i.mu.Lock()
		if !i.isReady {
			i.isReady = true
			close(i.ready)
		}
		i.mu.Unlock()
		if version != engine.Version {
			// Its program is another version's: a retry fetches it anew.
			if lab, err := safejs.Global().Get("courselab"); err == nil {
				_, _ = lab.Call("forgetEngine")
			}
		}
		i.event(engine.Event{Kind: engine.Ready, Version: version})
	case "pong":
		i.event(engine.Event{Kind: engine.Pong})
	case "fatal":
		i.mu.Lock()
		if !i.isReady {
			i.isReady = true
			close(i.ready)
		}
		i.mu.Unlock()
		i.event(engine.Event{Kind: engine.Down, Reason: text(data, "message", "后台线程出错")})
	case "reply":
		reply, err := decode(data)
		if err != nil {
			i.event(engine.Event{Kind: engine.Down, Reason: err.Error()})
			return
		}
		i.event(engine.Event{Kind: engine.Replied, Reply: reply})
	}
}
