//go:build js && wasm

package webgpu

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
	"unsafe"

	"github.com/hack-pad/safejs"
)

// bindingLimit is the largest buffer that every device binds, in bytes.
const bindingLimit = 128 << 20

// run carries out a pass.
func (d *gpu) run(ctx context.Context, p *plan) error {
	if err := d.isLost(); err != nil {
		return err
	}
	for _, kind := range d.scopes {
		if _, err := d.device.Call("pushErrorScope", kind); err != nil {
			return fmt.Errorf("%w: pushErrorScope: %w", ErrInvalid, err)
		}
	}
	mapped, said := d.submit(p)
	// One promise of all: when the pass is done and each scope has been read.
	promises := []any{mapped}
	for range d.scopes {
		promise, err := d.device.Call("popErrorScope")
		if err != nil {
			return fmt.Errorf("%w: popErrorScope: %w", ErrInvalid, err)
		}
		promises = append(promises, safejs.Unsafe(promise))
	}
	settled, err := d.settleAll(ctx, promises)
	if err == nil {
		err = d.verdict(settled, said)
	}
	if err != nil {
		// The staging buffer may be half mapped.
		d.free(&d.staging)
		return err
	}
	return d.deal(p)
}

// submit sends a pass off and returns the promise of its results.
func (d *gpu) submit(p *plan) (mapped any, err error) {
	if err := d.upload(p); err != nil {
		return nil, err
	}
	encoder, err := d.device.Call("createCommandEncoder")
	if err != nil {
		return nil, err
	}
	if err := d.encode(encoder, p); err != nil {
		return nil, err
	}
	size := 0
	for _, r := range p.results {
		size += 4 * len(r.to)
	}
	if size > 0 {
		if err := d.reserve(&d.staging, size/4, usageMapRead|usageCopyDst); err != nil {
			return nil, err
		}
		at := 0
		for _, r := range p.results {
			if _, err := encoder.Call("copyBufferToBuffer", r.from.handle, 4*r.at, d.staging.handle, at, 4*len(r.to)); err != nil {
				return nil, err
			}
			at += 4 * len(r.to)
		}
	}
	commands, err := encoder.Call("finish")
	if err != nil {
		return nil, err
	}
	if _, err := d.queue.Call("submit", []any{safejs.Unsafe(commands)}); err != nil {
		return nil, err
	}
	if size == 0 {
		done, err := d.queue.Call("onSubmittedWorkDone")
		return safejs.Unsafe(done), err
	}
	promise, err := d.staging.handle.(safejs.Value).Call("mapAsync", 1, 0, size)
	if err != nil {
		return nil, err
	}
	return safejs.Unsafe(promise), nil
}

// upload makes the pass's buffers and fills those whose contents the host has.
func (d *gpu) upload(p *plan) error {
	for i := range p.steps {
		for _, b := range p.steps[i].buffers {
			if b == nil {
				break
			}
			if err := d.reserve(b, b.values, usageStorage|usageCopySrc|usageCopyDst); err != nil {
				return err
			}
		}
	}
	for _, u := range p.uploads {
		if err := d.write(u.to, 4*u.at, unsafe.Slice((*byte)(unsafe.Pointer(&u.from[0])), 4*len(u.from))); err != nil {
			return err
		}
	}
	if len(p.tokens) > 0 {
		if err := d.reserve(&d.tokens, len(p.tokens), usageStorage|usageCopyDst); err != nil {
			return err
		}
		if err := d.write(&d.tokens, 0, unsafe.Slice((*byte)(unsafe.Pointer(&p.tokens[0])), 4*len(p.tokens))); err != nil {
			return err
		}
	}
	numbers := make([]byte, stride*len(p.steps))
	for i := range p.steps {
		for j, n := range p.steps[i].sizes {
			binary.LittleEndian.PutUint32(numbers[stride*i+4*j:], n)
		}
	}
	if err := d.reserve(&d.steps, len(numbers)/4, usageUniform|usageCopyDst); err != nil {
		return err
	}
	return d.write(&d.steps, 0, numbers)
}

// reserve makes a buffer for at least values float32 values, unless it is there.
func (d *gpu) reserve(b *buffer, values, usage int) error {
	if b.id != 0 && b.values >= values {
		return nil
	}
	d.free(b)
	// Whole groups of four: a shader may read four values at a time.
	size := (4*values + 15) &^ 15
	if size > bindingLimit {
		return fmt.Errorf("%w: a tensor of %d MB, and a device need not bind more than %d", ErrMemory, size>>20, bindingLimit>>20)
	}
	handle, err := d.device.Call("createBuffer", map[string]any{"size": size, "usage": usage})
	if err != nil {
		return fmt.Errorf("%w: create buffer of %d bytes: %w", ErrMemory, size, err)
	}
	d.made++
	*b = buffer{values: values, id: d.made, handle: handle}
	return nil
}

// write takes bytes to a buffer, before everything that is submitted later.
func (d *gpu) write(to *buffer, at int, from []byte) error {
	if len(from) > d.room {
		array, err := safejs.Global().Get("Uint8Array")
		if err != nil {
			return err
		}
		room := max(len(from), 1<<16)
		if d.bytes, err = array.New(room); err != nil {
			return fmt.Errorf("%w: %w", ErrMemory, err)
		}
		d.room = room
	}
	if _, err := safejs.CopyBytesToJS(d.bytes, from); err != nil {
		return err
	}
	_, err := d.queue.Call("writeBuffer", to.handle, at, d.bytes, 0, len(from))
	return err
}

// encode writes the pass's one compute pass.
func (d *gpu) encode(encoder safejs.Value, p *plan) error {
	pass, err := encoder.Call("beginComputePass")
	if err != nil {
		return err
	}
	current := shader(-1)
	for i := range p.steps {
		s := &p.steps[i]
		if s.shader != current {
			if _, err := pass.Call("setPipeline", d.compiled[s.shader].pipeline); err != nil {
				return err
			}
			current = s.shader
		}
		group, err := d.group(s)
		if err != nil {
			return err
		}
		if _, err := pass.Call("setBindGroup", 0, group, []any{stride * i}); err != nil {
			return err
		}
		if _, err := pass.Call("dispatchWorkgroups", s.x, s.y); err != nil {
			return err
		}
	}
	_, err = pass.Call("end")
	return err
}

// group returns a step's bind group; steps of one shader on the same buffers
// share it, in all passes.
func (d *gpu) group(s *step) (safejs.Value, error) {
	key := bindings{shader: s.shader}
	list := []*buffer{&d.steps}
	for _, b := range s.buffers {
		if b != nil {
			list = append(list, b)
		}
	}
	if recipes[s.shader].tokens {
		list = append(list, &d.tokens)
	}
	for i, b := range list {
		key.buffers[i] = b.id
	}
	if group, ok := d.groups[key]; ok {
		return group, nil
	}
	entries := make([]any, len(list))
	for i, b := range list {
		resource := map[string]any{"buffer": safejs.Unsafe(b.handle.(safejs.Value))}
		if i == 0 {
			resource["size"] = 4 * sizes
		}
		entries[i] = map[string]any{"binding": i, "resource": resource}
	}
	group, err := d.device.Call("createBindGroup", map[string]any{"layout": safejs.Unsafe(d.compiled[s.shader].layout), "entries": entries})
	if err == nil {
		d.groups[key] = group
	}
	return group, err
}

// settleAll waits until every promise is settled. A browser that looks for
// finished work only every 100 ms looks at a submission, even of nothing.
func (d *gpu) settleAll(ctx context.Context, promises []any) (safejs.Value, error) {
	class, err := safejs.Global().Get("Promise")
	if err != nil {
		return safejs.Value{}, err
	}
	all, err := class.Call("allSettled", promises)
	if err != nil {
		return safejs.Value{}, err
	}
	settled, err := settle(all)
	if err != nil {
		return safejs.Value{}, err
	}
	nudge := time.NewTicker(nudgeEvery)
	defer nudge.Stop()
	for {
		if _, err := d.queue.Call("submit", []any{}); err != nil {
			return safejs.Value{}, fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		select {
		case o := <-settled:
			return o.value, o.err
		case <-d.gone:
			return safejs.Value{}, d.isLost()
		case <-ctx.Done():
			return safejs.Value{}, ctx.Err()
		case <-nudge.C:
		}
	}
}

// lostWait is how long a failure without a reason waits for the word that the
// device is lost.
const lostWait = 200 * time.Millisecond

// verdict reads how a pass went: the settled promises, first that of the
// results, then those of the error scopes, the last pushed first; and what
// went wrong before.
func (d *gpu) verdict(settled safejs.Value, said error) error {
	var failed error // of the results' promise
	for i := range 1 + len(d.scopes) {
		one, err := settled.Index(i)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		if property(one, "status") != "fulfilled" {
			reason, err := one.Get("reason")
			if err == nil {
				err = errors.New(message(reason))
			}
			if failed == nil {
				failed = fmt.Errorf("%w: %w", ErrInvalid, err)
			}
			continue
		}
		if i == 0 {
			continue
		}
		fault, err := one.Get("value")
		if err != nil {
			return fmt.Errorf("%w: %w", ErrInvalid, err)
		}
		if !is(fault) {
			continue
		}
		kind, sentinel := d.scopes[len(d.scopes)-i], ErrInvalid
		if kind == "out-of-memory" {
			sentinel = ErrMemory
		}
		return fmt.Errorf("%w: %s", sentinel, message(fault))
	}
	if fault := d.takeFault(); fault != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, fault)
	}
	if said != nil && !errors.Is(said, ErrMemory) {
		said = fmt.Errorf("%w: %w", ErrInvalid, said)
	}
	if err := errors.Join(said, failed); err != nil {
		select {
		case <-d.gone:
		case <-time.After(lostWait):
		}
		// On a busy machine both may have come by now.
		if lost := d.isLost(); lost != nil {
			return lost
		}
		return err
	}
	return nil
}

// deal takes the results out of the staging buffer.
func (d *gpu) deal(p *plan) error {
	size := 0
	for _, r := range p.results {
		size += len(r.to)
	}
	if size == 0 {
		return nil
	}
	if len(d.scratch) < size {
		d.scratch = make([]float32, size)
	}
	staging := d.staging.handle.(safejs.Value)
	memory, err := staging.Call("getMappedRange", 0, 4*size)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	class, err := safejs.Global().Get("Uint8Array")
	if err != nil {
		return err
	}
	array, err := class.New(memory)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	n, err := safejs.CopyBytesToGo(unsafe.Slice((*byte)(unsafe.Pointer(&d.scratch[0])), 4*size), array)
	if err != nil || n != 4*size {
		return fmt.Errorf("%w: %d of %d bytes came: %w", ErrInvalid, n, 4*size, err)
	}
	if _, err := staging.Call("unmap"); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	at := 0
	for _, r := range p.results {
		at += copy(r.to, d.scratch[at:])
	}
	return nil
}
