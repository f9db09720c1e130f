package serve

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"courselab/app/engine"
	"courselab/attention"
	"courselab/attention/webgpu"
)

// Titles of backends for the learner.
var backendTitles = map[string]string{"cpu": "CPU（纯 Go）", "simd": "CPU SIMD", "webgpu": "WebGPU"}

// The trial that backends are ranked by: a prompt, then some characters.
const (
	trialPrompt = 16
	trialSteps  = 8
)

// openWait bounds how long a graphics card may take to be ready.
const openWait = 10 * time.Second

// ranking is what a model computes on, in order, with the reasons.
type ranking struct {
	attention.Ranking
	chosen engine.Backend
}

// forModel ranks the backends for a model by a trial of its own: on a tiny model
// the graphics card loses to the CPU. It is done once for each name that is
// forced. The caller holds busy.
func (b *backends) forModel(ctx context.Context, m *heldModel, forced string) (ranking, error) {
	if forced == "" {
		forced = b.forced
	}
	if r, ok := b.ranked[forced]; ok && b.rankedFor == m {
		return r, nil
	}
	if b.rankedFor != m {
		b.ranked, b.rankedFor = map[string]ranking{}, m
	}
	// The first request may be given up; those after it want the outcome.
	ctx = context.WithoutCancel(ctx)
	all, err := attention.Choose(ctx, b.contenders(), forced, attention.DecodingTrial(m.Model, min(trialPrompt, m.Config.Context-trialSteps), trialSteps))
	if err != nil {
		return ranking{}, err
	}
	r := ranking{Ranking: all, chosen: describeRanking(all, forced)}
	lasting := true
	for _, s := range all {
		lasting = lasting && lastingFailure(s.Err)
	}
	if lasting {
		b.ranked[forced] = r
	}
	return r, nil
}

// contenders are the backends that there may be. Plain Go is always there.
func (b *backends) contenders() []attention.Contender {
	return []attention.Contender{
		{Name: "webgpu", Open: func(ctx context.Context, forced bool) (attention.Backend, error) {
			if b.openGPU == nil {
				return nil, webgpu.ErrNoBrowser
			}
			ctx, cancel := context.WithTimeout(ctx, openWait)
			defer cancel()
			return b.openGPU(ctx, webgpu.Options{Software: forced})
		}},
		{Name: "simd", Open: func(ctx context.Context, _ bool) (attention.Backend, error) { return b.kernel(ctx) }},
		{Name: "cpu", Open: func(context.Context, bool) (attention.Backend, error) { return attention.Go{}, nil }},
	}
}

// openGPU opens the graphics card of this machine.
func openGPU(ctx context.Context, o webgpu.Options) (attention.Backend, error) {
	b, err := webgpu.Open(ctx, o)
	if err != nil {
		return nil, err // not b: a nil *Backend is no nil Backend
	}
	return b, nil
}

// lastingFailure reports whether trying again would come to the same.
func lastingFailure(err error) bool {
	return !errors.Is(err, context.DeadlineExceeded) && kernelLasting(err)
}

// describeRanking says to the learner what computes, and why that: what was
// rejected and for what reason, then the times of the trial.
func describeRanking(all attention.Ranking, forced string) engine.Backend {
	best := all[0]
	chosen := engine.Backend{Name: best.Name, Title: backendTitles[best.Name]}
	var rejected, times []string
	for _, s := range all {
		switch {
		case s.Err != nil:
			rejected = append(rejected, backendTitles[s.Name]+"："+backendReason(s.Err))
		default:
			times = append(times, backendTitles[s.Name]+" "+attention.Number(float64(s.Time)/float64(time.Millisecond))+" 毫秒")
		}
	}
	var why []string
	if len(rejected) > 0 {
		why = append(why, strings.Join(rejected, "；")+" → "+chosen.Title)
	}
	switch {
	case forced == best.Name:
		why = append(why, "按设置指定")
	case len(times) > 1:
		why = append(why, fmt.Sprintf("试跑读 %d 个字写 %d 个字：%s，取最快的", trialPrompt, trialSteps, strings.Join(times, "，")))
	}
	chosen.Reason = strings.Join(why, "；")
	return chosen
}

// backendReason says why a backend cannot be used.
func backendReason(err error) string {
	switch {
	case errors.Is(err, webgpu.ErrNoBrowser):
		return "只在浏览器中可用"
	case errors.Is(err, webgpu.ErrAbsent):
		return "这个浏览器没有 WebGPU"
	case errors.Is(err, webgpu.ErrNoAdapter):
		return "没有可用的适配器"
	case errors.Is(err, webgpu.ErrSoftware):
		return "只有软件适配器，不如 CPU"
	case errors.Is(err, webgpu.ErrNoDevice):
		return "适配器没有给出设备"
	case errors.Is(err, webgpu.ErrShader), errors.Is(err, webgpu.ErrInvalid):
		return "着色器或命令被拒绝"
	case errors.Is(err, webgpu.ErrMemory):
		return "显存不够"
	case errors.Is(err, webgpu.ErrLost):
		return "设备丢失"
	case errors.Is(err, webgpu.ErrSelfTest):
		return "自检答案不对，弃用"
	}
	return kernelReason(err)
}
