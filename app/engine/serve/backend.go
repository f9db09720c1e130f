package serve

import (
	"context"
	"errors"
	"sync"
	"time"

	"courselab/app/engine"
	"courselab/attention"
	"courselab/attention/kernel"
	"courselab/attention/webgpu"
)

// kernelWait bounds how long a request waits for the SIMD kernel to arrive: a
// slow network costs speed, not the lab.
const kernelWait = 5 * time.Second

// backends chooses what computes. The kernel is tried once; only what may mend
// itself, such as a network that was gone, is tried again.
type backends struct {
	load func(context.Context) (attention.Backend, error)
	// openGPU opens a graphics card; nil: there is none.
	openGPU func(context.Context, webgpu.Options) (attention.Backend, error)
	// forced is the backend that the page's address names, for requests that name
	// none.
	forced string

	// busy is held by whoever computes: a backend serves one goroutine at a time,
	// and all labs share them.
	busy sync.Mutex
	// Guarded by busy: the rankings for a model, by the name that is forced.
	ranked    map[string]ranking
	rankedFor *heldModel

	mu   sync.Mutex
	simd attention.Backend
	err  error // why there is no simd; nil before the first try
}

// choose returns the backend for a request and how to name it to the learner.
// forced is a name, or empty for the best.
func (b *backends) choose(ctx context.Context, forced string) (attention.Backend, engine.Backend) {
	if forced == "" {
		forced = b.forced
	}
	plain := engine.Backend{Name: "cpu", Title: backendTitles["cpu"]}
	if forced == "cpu" {
		plain.Reason = "按设置指定使用纯 Go"
		return attention.Go{}, plain
	}
	simd, err := b.kernel(ctx)
	prefix := ""
	if forced == "webgpu" {
		prefix = "WebGPU：本实验没有这个后端 → "
	}
	if err != nil {
		plain.Reason = prefix + "CPU SIMD：" + kernelReason(err) + " → 纯 Go"
		return attention.Go{}, plain
	}
	fast := engine.Backend{Name: "simd", Title: backendTitles["simd"], Reason: prefix + "SIMD 内核自检通过" + relaxedReason(simd)}
	if forced == "simd" {
		fast.Reason = "按设置指定，SIMD 内核自检通过" + relaxedReason(simd)
	}
	return simd, fast
}

func (b *backends) kernel(ctx context.Context) (attention.Backend, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.simd != nil || b.err != nil && kernelLasting(b.err) {
		return b.simd, b.err
	}
	// The first request may be given up while the kernel is on its way; those
	// after it want it all the same.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), kernelWait)
	defer cancel()
	b.simd, b.err = b.load(ctx)
	return b.simd, b.err
}

// kernelLasting reports whether trying to load the kernel again would come to
// the same: all but what a network that is back may mend.
func kernelLasting(err error) bool {
	return !errors.Is(err, kernel.ErrFetch) && !errors.Is(err, context.DeadlineExceeded)
}

// relaxedReason says to the learner which build of the kernel runs.
func relaxedReason(simd attention.Backend) string {
	switch err := kernel.Relaxed(simd); {
	case err == nil:
		return "（融合乘加版）"
	case errors.Is(err, kernel.ErrNoSIMD):
		return "（普通版：浏览器不支持融合乘加指令）"
	case errors.Is(err, kernel.ErrSelfTest):
		return "（普通版：融合乘加版自检答案不对）"
	}
	return "（普通版）"
}

// kernelReason says to the learner why there is no SIMD.
func kernelReason(err error) string {
	switch {
	case errors.Is(err, kernel.ErrNoBrowser):
		return "只在浏览器中可用"
	case errors.Is(err, kernel.ErrNoSIMD):
		return "浏览器不支持 WebAssembly SIMD"
	case errors.Is(err, kernel.ErrSelfTest):
		return "自检答案不对，弃用"
	case errors.Is(err, kernel.ErrFetch):
		return "取不到 kernel.wasm"
	case errors.Is(err, context.DeadlineExceeded):
		return "kernel.wasm 迟迟没有取到"
	}
	return "无法装载"
}
