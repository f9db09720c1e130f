package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"courselab/app/engine"
	"courselab/app/engine/serve/align"
	"courselab/app/engine/serve/choosing"
	"courselab/app/engine/serve/deploy"
	"courselab/app/engine/serve/emergence"
	"courselab/app/engine/serve/evaluate"
	"courselab/app/engine/serve/objectives"
	"courselab/app/engine/serve/quantise"
	"courselab/app/engine/serve/run"
	"courselab/app/engine/serve/service"
	"courselab/app/engine/serve/sheet"
	"courselab/app/engine/serve/shrink"
	"courselab/app/engine/serve/sizes"
	"courselab/app/engine/serve/spend"
	"courselab/app/engine/serve/tokens"
	"courselab/attention"
	"courselab/attention/kernel"
	"courselab/sim"
)

// labHandlers are the labs that the common panel draws, by name. A lab is added
// here and in app/registry; package labs says how.
// small keeps what prune and distil have computed, for their sheets and their runs.
func labHandlers(small *shrink.Lab) map[string]sheet.Handler {
	all := map[string]sheet.Handler{
		"acceptance":   choosing.Acceptance,
		"align":        align.Sheet,
		"architecture": service.Architecture,
		"breakeven":    spend.Breakeven,
		"cache":        service.Cache,
		"catalogue":    catalogueLab,
		"cost":         spend.Cost,
		"distil":       small.Distil,
		"emergence":    emergence.Sheet,
		"evaluate":     evaluate.Sheet,
		"fit":          deploy.Fit,
		"objectives":   objectives.Sheet,
		"prune":        small.Prune,
		"quantise":     quantise.Sheet,
		"rag":          choosing.NewRetrieval().Sheet,
		"roofline":     deploy.Roofline,
		"route":        spend.Route,
		"scale":        sizes.Scale,
		"scaling-law":  choosing.Scaling,
		"select":       choosing.Select,
		"serving":      service.Serving,
		"tokens":       (&tokens.Lab{}).Sheet,
	}
	all["report"] = choosing.Report(all)
	return all
}

// labRuns are the labs that run for long, by name; each has a handler as well,
// which shows what stands before a run.
func labRuns(small *shrink.Lab) map[string]run.Lab {
	return map[string]run.Lab{
		"align":      align.Run(),
		"distil":     small.DistilRun(),
		"evaluate":   evaluate.Lab(),
		"objectives": objectives.Lab(),
		"prune":      small.PruneRun(),
		"quantise":   quantise.Run,
	}
}

// labServer answers the operations of labs that the common panel draws.
type labServer struct {
	handlers map[string]sheet.Handler
	makers   map[string]run.Lab
	runs     *run.Runs
	data     *courseData
	backends *backends
	model    *shiya
}

func newLabServer(b *backends, model *shiya) *labServer {
	small := &shrink.Lab{}
	return &labServer{handlers: labHandlers(small), makers: labRuns(small), runs: run.NewRuns(run.Limit), data: &courseData{}, backends: b, model: model}
}

func registerLabs(s *Server, b *backends, model *shiya) {
	l := newLabServer(b, model)
	s.Register(engine.OpLab, l.sheet)
	s.Register(engine.OpLabChoices, l.choices)
	s.Register(engine.OpPrices, l.prices)
	l.registerRuns(s)
}

// sheet answers engine.OpLab: engine.LabInput → engine.Sheet.
func (l *labServer) sheet(ctx context.Context, raw json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
	var in engine.LabInput
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, nil, badLab("", "请求的内容读不出来")
	}
	handler, ok := l.handlers[in.Lab]
	if !ok {
		return nil, nil, badLab("lab", fmt.Sprintf("计算程序没有名为“%.40s”的实验", in.Lab))
	}
	files, err := l.data.files(in.Data)
	if err != nil {
		return nil, nil, err
	}
	out, err := handler(l.input(ctx, in, files, emit))
	if err != nil {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		faults, ok := sheet.Explain(err, in.Values)
		if !ok {
			return nil, nil, fmt.Errorf("lab %s: %w", in.Lab, err)
		}
		return engine.Sheet{Faults: faults}, nil, nil
	}
	return out, nil, nil
}

// input is what a handler of the lab reads.
func (l *labServer) input(ctx context.Context, in engine.LabInput, files sheet.Files, emit func(engine.Reply)) *sheet.Input {
	return sheet.New(ctx, in.Values, sheet.Options{
		Lab: in.Lab, Width: in.Width, Files: files, Emit: emit, Pause: Pause,
		Model: func(ctx context.Context, emit func(engine.Reply)) (*attention.Model, *attention.Tokenizer, error) {
			m, err := l.model.get(ctx, emit)
			if err != nil {
				return nil, nil, err
			}
			return m.Model, m.tokenizer, nil
		},
		// The SIMD kernel keeps nothing between its operations, and in a browser
		// goroutines change only where one waits: several labs may compute on it by
		// turns.
		Backend: func(ctx context.Context) attention.Backend {
			b, _ := l.backends.choose(ctx, "")
			return b
		},
	})
}

// choices answers engine.OpLabChoices: engine.LabChoicesInput →
// engine.LabChoices.
func (l *labServer) choices(_ context.Context, raw json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
	var in engine.LabChoicesInput
	if err := json.Unmarshal(raw, &in); err != nil {
		return nil, nil, badLab("", "请求的内容读不出来")
	}
	files, err := l.data.files(in.Data)
	if err != nil {
		return nil, nil, err
	}
	var out engine.LabChoices
	if _, given := in.Data[modelsFile]; given {
		models, err := files.Models()
		if err != nil {
			return nil, nil, badLab("data", err.Error())
		}
		for i := range models.Models {
			m := &models.Models[i]
			out.Models = append(out.Models, engine.LabChoice{ID: m.ID, Name: m.Name, Group: m.Vendor, Traits: modelTraits(m)})
		}
	}
	if _, given := in.Data[gpusFile]; given {
		gpus, err := files.GPUs()
		if err != nil {
			return nil, nil, badLab("data", err.Error())
		}
		for i := range gpus {
			g := &gpus[i]
			out.GPUs = append(out.GPUs, engine.LabChoice{ID: g.ID, Name: g.Name, Group: g.Vendor, Traits: gpuTraits(g)})
		}
	}
	return out, nil, nil
}

// modelTraits are what is known of a model, by what can be computed.
func modelTraits(m *sim.Model) []string {
	var traits []string
	add := func(name string, has bool) {
		if has {
			traits = append(traits, name)
		}
	}
	countable, cached := false, false
	if m.Arch != nil {
		_, err := m.Arch.Parameters()
		countable = err == nil
		_, err = m.Arch.KVCache(1, 1, 16)
		cached = err == nil
	}
	add("arch", countable && cached)
	add("kv", cached || m.KVBytesPerToken != nil)
	add("params", m.ParamsTotal != nil)
	add("price", m.Price != nil && m.Price.Input != nil && m.Price.Output != nil)
	add("price-cny", m.PriceCNY != nil)
	add("open", m.OpenWeights != nil && *m.OpenWeights)
	return traits
}

func gpuTraits(g *sim.GPU) []string {
	var traits []string
	if g.MemoryGB != nil {
		traits = append(traits, "memory")
	}
	if g.BandwidthGBps != nil {
		traits = append(traits, "bandwidth")
	}
	if g.FP16TFLOPS != nil {
		traits = append(traits, "fp16")
	}
	return traits
}

func badLab(field, message string) *engine.Error {
	return &engine.Error{Code: engine.BadInput, Op: engine.OpLab, Field: field, Message: message}
}

// Sheet computes a lab in this program, with the files of a course at hand: for
// tests of labs and for reports.
func Sheet(ctx context.Context, in engine.LabInput) (engine.Sheet, error) {
	l := newLabServer(&backends{load: kernel.Load}, &shiya{files: siteModel()})
	out, _, err := l.sheet(ctx, encoded(in), func(engine.Reply) {})
	if err != nil {
		return engine.Sheet{}, err
	}
	s, ok := out.(engine.Sheet)
	if !ok {
		return s, errors.New("no sheet")
	}
	return s, nil
}

func encoded(in any) json.RawMessage {
	text, err := json.Marshal(in)
	if err != nil {
		return nil
	}
	return text
}
