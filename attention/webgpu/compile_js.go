//go:build js && wasm

package webgpu

import (
	"context"
	"fmt"

	"github.com/hack-pad/safejs"
)

// GPUShaderStage and GPUBufferUsage of the specification.
const (
	stageCompute = 4

	usageMapRead = 1
	usageCopySrc = 4
	usageCopyDst = 8
	usageUniform = 64
	usageStorage = 128
)

// stride is how far apart the sizes of two steps lie: what every device accepts
// as an offset of a uniform buffer.
const stride = 256

// compile compiles shaders side by side and reads what the compiler says of each.
func (d *gpu) compile(ctx context.Context, recipes []recipe) ([]compiled, error) {
	out := make([]compiled, len(recipes))
	modules, pipelines := make([]<-chan outcome, len(recipes)), make([]<-chan outcome, len(recipes))
	layouts := map[[2]int]safejs.Value{}
	refused := func(r recipe, err error) error { return fmt.Errorf("%w: %s: %w", ErrShader, r.name, err) }
	for i, r := range recipes {
		key := [2]int{r.writes, r.reads}
		if r.tokens {
			key[1]++
		}
		layout, ok := layouts[key]
		if !ok {
			var err error
			if layout, err = d.layout(key[0], key[1]); err != nil {
				return nil, refused(r, err)
			}
			layouts[key] = layout
		}
		out[i].layout = layout
		var err error
		if modules[i], pipelines[i], err = d.begin(r, layout); err != nil {
			return nil, refused(r, err)
		}
	}
	for i, r := range recipes {
		info, err := d.wait(ctx, modules[i])
		if err == nil {
			err = complaint(info)
		}
		if err == nil {
			out[i].pipeline, err = d.wait(ctx, pipelines[i])
		}
		if err != nil {
			return nil, refused(r, err)
		}
	}
	return out, nil
}

// wait returns what comes of a promise, unless the device goes or the caller.
func (d *gpu) wait(ctx context.Context, settled <-chan outcome) (safejs.Value, error) {
	select {
	case o := <-settled:
		return o.value, o.err
	case <-d.gone:
		return safejs.Value{}, d.isLost()
	case <-ctx.Done():
		return safejs.Value{}, ctx.Err()
	}
}

// layout returns a bind group layout: a step's sizes, then storage buffers.
func (d *gpu) layout(writes, reads int) (safejs.Value, error) {
	entries := []any{map[string]any{"binding": 0, "visibility": stageCompute,
		"buffer": map[string]any{"type": "uniform", "hasDynamicOffset": true, "minBindingSize": 4 * sizes}}}
	for i := range writes + reads {
		kind := "storage"
		if i >= writes {
			kind = "read-only-storage"
		}
		entries = append(entries, map[string]any{"binding": i + 1, "visibility": stageCompute, "buffer": map[string]any{"type": kind}})
	}
	return d.device.Call("createBindGroupLayout", map[string]any{"entries": entries})
}

// begin starts the compilation of a shader.
func (d *gpu) begin(r recipe, layout safejs.Value) (info, pipeline <-chan outcome, err error) {
	module, err := d.device.Call("createShaderModule", map[string]any{"label": r.name, "code": r.source()})
	if err != nil {
		return nil, nil, err
	}
	promise, err := module.Call("getCompilationInfo")
	if err != nil {
		return nil, nil, err
	}
	if info, err = settle(promise); err != nil {
		return nil, nil, err
	}
	whole, err := d.device.Call("createPipelineLayout", map[string]any{"bindGroupLayouts": []any{safejs.Unsafe(layout)}})
	if err != nil {
		return nil, nil, err
	}
	promise, err = d.device.Call("createComputePipelineAsync", map[string]any{"label": r.name, "layout": safejs.Unsafe(whole),
		"compute": map[string]any{"module": safejs.Unsafe(module), "entryPoint": "main"}})
	if err != nil {
		return nil, nil, err
	}
	pipeline, err = settle(promise)
	return info, pipeline, err
}

// complaint returns the first error among a compiler's messages.
func complaint(info safejs.Value) error {
	messages, err := info.Get("messages")
	if err != nil || !is(messages) {
		return err
	}
	n, err := messages.Length()
	if err != nil {
		return err
	}
	for i := range n {
		m, err := messages.Index(i)
		if err != nil {
			return err
		}
		if property(m, "type") != "error" {
			continue
		}
		line := 0
		if v, err := m.Get("lineNum"); err == nil && v.Type() == safejs.TypeNumber {
			line, _ = v.Int() // a number
		}
		return fmt.Errorf("line %d: %s", line, message(m))
	}
	return nil
}
