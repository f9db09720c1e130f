//go:build js && wasm

package kernel

import (
	"context"
	"errors"
	"fmt"

	"github.com/hack-pad/safejs"

	"courselab/attention"
)

// Load fetches the kernel, instantiates it on the memory of this program and
// checks its answers: the relaxed build where the browser takes it and its
// answers are right, else the plain one. It must not be called inside a js.Func
// handler: it waits for promises.
func Load(ctx context.Context) (attention.Backend, error) {
	relaxed, why := open(ctx, "kernelRelaxed")
	if why == nil {
		return relaxed, nil
	}
	plain, err := open(ctx, "kernel")
	if err != nil {
		return nil, fmt.Errorf("load kernel: %w", err)
	}
	plain.relaxed = fmt.Errorf("load relaxed kernel: %w", why)
	return plain, nil
}

// open returns the kernel at the address that courselabInit has under name.
func open(ctx context.Context, name string) (*simd, error) {
	exports, err := instantiate(ctx, name)
	if err != nil {
		return nil, err
	}
	k, err := bind(exports)
	if err != nil {
		return nil, err
	}
	if err := attention.SelfTestTraining(ctx, k); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSelfTest, err)
	}
	if err := attention.SelfTestInteger(ctx, k); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSelfTest, err)
	}
	return k, nil
}

// instantiate returns the exports of a fresh instance.
func instantiate(ctx context.Context, name string) (safejs.Value, error) {
	global := safejs.Global()
	memory, err := global.Get("courselabMemory")
	if err != nil || memory.IsUndefined() {
		return safejs.Value{}, fmt.Errorf("courselabMemory: %w", errors.Join(ErrNoMemory, err))
	}
	address, err := path(global, "courselabInit", name)
	if err != nil {
		return safejs.Value{}, errors.Join(ErrFetch, err)
	}
	module, err := compile(ctx, global, address)
	if err != nil {
		return safejs.Value{}, err
	}
	// The memory object goes in, not a view of it: a view dies when the memory
	// grows, the object stays.
	imports, err := safejs.ValueOf(map[string]any{"env": map[string]any{"memory": safejs.Unsafe(memory)}})
	if err != nil {
		return safejs.Value{}, fmt.Errorf("imports: %w", err)
	}
	wasm, err := global.Get("WebAssembly")
	if err != nil {
		return safejs.Value{}, errors.Join(ErrNoSIMD, err)
	}
	instance, err := wait(ctx, wasm, "instantiate", module, imports)
	if err != nil {
		return safejs.Value{}, fmt.Errorf("instantiate: %w", err)
	}
	return instance.Get("exports")
}

// compile fetches the module and compiles it. Without SIMD in the browser the
// compilation is what fails.
func compile(ctx context.Context, global, address safejs.Value) (safejs.Value, error) {
	response, err := wait(ctx, global, "fetch", address)
	if err != nil {
		return safejs.Value{}, fmt.Errorf("%w: %w", ErrFetch, err)
	}
	okValue, err := response.Get("ok")
	if err != nil {
		return safejs.Value{}, fmt.Errorf("%w: %w", ErrFetch, err)
	}
	if ok, err := okValue.Bool(); err != nil || !ok {
		return safejs.Value{}, fmt.Errorf("%w: refused by the host", ErrFetch)
	}
	bytes, err := wait(ctx, response, "arrayBuffer")
	if err != nil {
		return safejs.Value{}, fmt.Errorf("%w: %w", ErrFetch, err)
	}
	wasm, err := global.Get("WebAssembly")
	if err != nil {
		return safejs.Value{}, fmt.Errorf("%w: %w", ErrNoSIMD, err)
	}
	module, err := wait(ctx, wasm, "compile", bytes)
	if err != nil {
		return safejs.Value{}, fmt.Errorf("%w: %w", ErrNoSIMD, err)
	}
	return module, nil
}

// path follows properties from v; each must be there.
func path(v safejs.Value, names ...string) (safejs.Value, error) {
	for _, name := range names {
		next, err := v.Get(name)
		if err != nil {
			return safejs.Value{}, fmt.Errorf("get %s: %w", name, err)
		}
		if next.IsUndefined() || next.IsNull() {
			return safejs.Value{}, fmt.Errorf("get %s: not there", name)
		}
		v = next
	}
	return v, nil
}
