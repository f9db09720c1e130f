//go:build js && wasm

package webgpu

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/hack-pad/safejs"
)

// gpu is a device of the browser's WebGPU.
type gpu struct {
	device, queue safejs.Value
	compiled      []compiled // by shader
	scopes        []string   // kinds of error scopes that the browser knows

	made    int                       // buffers so far
	steps   buffer                    // sizes of each step, stride bytes apart
	tokens  buffer                    // that Gathers read
	staging buffer                    // results, for the host to map
	groups  map[bindings]safejs.Value // bind groups made before
	bytes   safejs.Value              // a Uint8Array through which memory crosses
	room    int                       // its size
	scratch []float32                 // what was read back, before it is dealt out
	ends    []func()                  // what to undo at the end
	gone    chan struct{}             // closed when the device is lost

	mu    sync.Mutex
	lost  error
	fault error // reported outside error scopes
}

// compiled is a shader that is ready to run.
type compiled struct{ pipeline, layout safejs.Value }

// bindings is what a bind group is made of.
type bindings struct {
	shader  shader
	buffers [operands + 2]int // ids: the steps', the operands', the tokens'
}

// openDevice asks an adapter for a device with the limits that all have.
func openDevice(ctx context.Context, adapter safejs.Value) (*gpu, error) {
	device, err := await(ctx, adapter, "requestDevice")
	if err == nil && !is(device) {
		err = errors.New("nothing came")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoDevice, err)
	}
	d := &gpu{device: device, groups: map[bindings]safejs.Value{}, gone: make(chan struct{})}
	if d.queue, err = device.Get("queue"); err == nil {
		err = d.watch()
	}
	if err != nil {
		d.close()
		return nil, fmt.Errorf("%w: %w", ErrNoDevice, err)
	}
	if d.compiled, err = d.compile(ctx, recipes[:]); err != nil {
		if lost := d.isLost(); lost != nil {
			err = lost
		}
		d.close()
		return nil, err
	}
	return d, nil
}

// watch listens for the device's end and for errors outside scopes.
func (d *gpu) watch() error {
	promise, err := d.device.Get("lost")
	if err != nil {
		return fmt.Errorf("device.lost: %w", err)
	}
	err = then(promise, func(o outcome) {
		reason := o.err
		if reason == nil {
			reason = fmt.Errorf("%s (%s)", message(o.value), property(o.value, "reason"))
		}
		d.mu.Lock()
		d.lost = fmt.Errorf("%w: %w", ErrLost, reason)
		d.mu.Unlock()
		close(d.gone)
	})
	if err != nil {
		return fmt.Errorf("device.lost: %w", err)
	}
	listener, err := safejs.FuncOf(func(_ safejs.Value, args []safejs.Value) any {
		event, err := first(args).Get("error")
		if err == nil {
			d.mu.Lock()
			d.fault = errors.New(message(event))
			d.mu.Unlock()
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("device.onuncapturederror: %w", err)
	}
	d.ends = append(d.ends, func() {
		_ = d.device.Set("onuncapturederror", safejs.Null()) // the device is given up
		listener.Release()
	})
	if err := d.device.Set("onuncapturederror", listener); err != nil {
		return fmt.Errorf("device.onuncapturederror: %w", err)
	}
	// Not every browser knows internal errors.
	for _, kind := range []string{"validation", "out-of-memory", "internal"} {
		if _, err := d.device.Call("pushErrorScope", kind); err != nil {
			continue
		}
		d.scopes = append(d.scopes, kind)
	}
	for range d.scopes {
		promise, err := d.device.Call("popErrorScope")
		if err != nil {
			return fmt.Errorf("popErrorScope: %w", err)
		}
		if _, err := settle(promise); err != nil {
			return fmt.Errorf("popErrorScope: %w", err)
		}
	}
	return nil
}

func (d *gpu) isLost() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lost
}

// takeFault returns what was reported outside error scopes since the last call.
func (d *gpu) takeFault() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	fault := d.fault
	d.fault = nil
	return fault
}

func (d *gpu) close() {
	for _, end := range d.ends {
		end()
	}
	d.ends = nil
	// Where even this fails there is nothing left to give back.
	_, _ = d.device.Call("destroy")
}

func (d *gpu) free(b *buffer) {
	if b.id == 0 {
		return
	}
	for key := range d.groups {
		for _, id := range key.buffers {
			if id == b.id {
				delete(d.groups, key)
				break
			}
		}
	}
	_, _ = b.handle.(safejs.Value).Call("destroy") // a lost device has none left
	b.id, b.handle = 0, nil
}
