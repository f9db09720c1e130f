package labs

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/env"
	"courselab/app/progress"
	"courselab/app/registry"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

// counter stands for the engine of a lab that counts to 100.
type counter struct {
	mu     sync.Mutex // held while it counts, as the engine does
	done   int
	values map[string]string
	begun  int
	fail   *engine.Error
}

func (c *counter) output() engine.RunOutput {
	if c.values == nil {
		return engine.RunOutput{Run: engine.RunState{Limit: 256e6}}
	}
	at := engine.Progressed{What: "数数", Done: float64(c.done), Total: 100, Unit: "步"}
	return engine.RunOutput{
		Run:   engine.RunState{Exists: true, At: at, Ended: c.done == 100, Values: c.values, Bytes: 5e6, Limit: 256e6},
		Sheet: engine.Sheet{Verdict: engine.Verdict{Text: "数到 " + strconv.Itoa(c.done) + "，步速 " + c.values["rate"]}},
	}
}

// rests reports whether nothing counts.
func (c *counter) rests() bool {
	if !c.mu.TryLock() {
		return false
	}
	c.mu.Unlock()
	return true
}

func (c *counter) serve() *serve.Server {
	s := serve.New()
	s.Register(engine.OpLab, func(_ context.Context, raw json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
		var in engine.LabInput
		if err := json.Unmarshal(raw, &in); err != nil {
			return nil, nil, err
		}
		return engine.Sheet{Verdict: engine.Verdict{Text: "还没有运行，大小 " + in.Values["size"]}}, nil, nil
	})
	s.Register(engine.OpRun, func(ctx context.Context, raw json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
		var in engine.RunInput
		if err := json.Unmarshal(raw, &in); err != nil {
			return nil, nil, err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.fail != nil {
			return nil, nil, c.fail
		}
		if c.values == nil || in.Fresh {
			c.done, c.begun = 0, c.begun+1
		}
		c.values = in.Values
		for n := 0; c.done < 100 && (in.Steps == 0 || n < in.Steps); n++ {
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
			time.Sleep(3 * time.Millisecond)
			c.done++
			text, err := json.Marshal(c.output())
			if err != nil {
				return nil, nil, err
			}
			emit(engine.Reply{Kind: engine.Partial, Output: text})
		}
		return c.output(), nil, nil
	})
	s.Register(engine.OpRunLook, func(context.Context, json.RawMessage, func(engine.Reply)) (any, []engine.Tensor, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		return c.output(), nil, nil
	})
	s.Register(engine.OpRunDrop, func(context.Context, json.RawMessage, func(engine.Reply)) (any, []engine.Tensor, error) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.values, c.done = nil, 0
		return c.output(), nil, nil
	})
	return s
}

// placeRun places a lab that counts.
func placeRun(t *testing.T, c *counter) sheetBench {
	t.Helper()
	client := engine.NewClient(serve.InProcess(c.serve()), engine.Options{})
	t.Cleanup(client.Stop)
	lab := registry.Lab{Name: "count", Title: "数数", Module: "m1", Run: &registry.Run{Start: "开始数", Step: "数一步", Live: []string{"rate"}},
		Inputs: []registry.Param{
			{Name: "size", Kind: registry.Number, Label: "大小", Min: 1, Max: 9, Step: 1, Default: "3"},
			{Name: "rate", Kind: registry.Number, Label: "步速", Min: 1, Max: 9, Step: 1, Default: "1"},
		}}
	panel := sheetPanel{begun: true, lab: lab, status: loading, wrong: map[string]string{}, Props: Props{Name: "count", Key: "count-1", Env: &env.Env{
		Engine: client, Content: shippedLibrary(t), Host: &env.Host{},
		Progress: progress.Open(&progress.Memory{}, progress.Options{Course: "c", Base: "/"})}}}
	b := sheetBench{sheetProbe: &sheetProbe{sheetPanel: panel}, t: t, engine: goapp.NewTestEngine()}
	b.fields = labFields(&b.lab)
	b.defaults = defaultValues(&b.lab)
	b.state = b.defaults
	if err := b.engine.Load(b.sheetProbe); err != nil {
		t.Fatal(err)
	}
	b.engine.ConsumeAll()
	b.OnMount(b.ctx)
	t.Cleanup(b.OnDismount)
	b.until("the sheet before a run", func() bool { return b.status == ready && b.run.cancel != nil })
	return b
}

func TestRunGoesPausesAndGoesOn(t *testing.T) {
	c := &counter{}
	b := placeRun(t, c)
	b.shows("开始数", "还没有运行，大小 3", `data-state="ready"`)
	b.goOn(0, false)
	b.until("some steps", func() bool { return b.run.state.At.Done > 3 })
	b.shows(`data-state="running"`, "暂停", "数数：", "5 MB", "数到 ")
	b.pause()
	b.until("rest", func() bool { return !b.run.going && c.rests() && b.run.state.At.Done == float64(c.done) })
	b.shows("继续", "已暂停", `data-state="ready"`)
	b.goOn(1, false)
	was := c.done
	b.until("a step", func() bool { return !b.run.going })
	if c.done != was+1 {
		t.Errorf("one step went from %d to %d", was, c.done)
	}
	b.goOn(0, false)
	b.until("the end", func() bool { return b.run.state.Ended && !b.run.going })
	b.shows("重新开始", "已完成", "数到 100")
	if kept := b.Props.Env.Progress.Lab("count"); kept.Verdict != "数到 100，步速 1" {
		t.Errorf("kept %q", kept.Verdict)
	}
	b.drop()
	b.until("what stands before", func() bool { return b.sheet.Verdict.Text == "还没有运行，大小 3" })
	b.shows("开始数", "已清除")
	if c.begun != 1 {
		t.Errorf("begun %d times", c.begun)
	}
}

func TestRunFollowsTheInputs(t *testing.T) {
	c := &counter{}
	b := placeRun(t, c)
	b.goOn(0, false)
	b.until("some steps", func() bool { return b.run.state.At.Done > 2 })
	// A value that may change under way does not begin anew.
	b.setTo("rate", "2")
	b.until("the new rate", func() bool { return b.run.going && b.sheet.Verdict.Text != "" && b.run.state.Values["rate"] == "2" })
	if c.begun != 1 || c.done < 3 {
		t.Errorf("begun %d times, at %d", c.begun, c.done)
	}
	// Another has it rest, and shows what stands before a run of its own.
	b.setTo("size", "5")
	b.until("the other size", func() bool { return !b.run.going && b.sheet.Verdict.Text == "还没有运行，大小 5" })
	b.shows("开始数", "参数改了", "回到运行的参数")
	b.toRun()
	b.until("the run again", func() bool { return b.run.sheet.Verdict.Text == b.sheet.Verdict.Text && b.state.get("size") == "3" })
	b.shows("继续")
	b.setTo("size", "5")
	b.goOn(1, true)
	b.until("a run of its own", func() bool { return !b.run.going && b.run.state.Values["size"] == "5" })
	if c.begun != 2 || c.done != 1 {
		t.Errorf("begun %d times, at %d", c.begun, c.done)
	}
}

func TestRunFailureIsSaid(t *testing.T) {
	c := &counter{fail: &engine.Error{Code: engine.BadInput, Field: "size", Message: "太大：要 900 MB，上限 256 MB"}}
	b := placeRun(t, c)
	b.goOn(0, false)
	b.until("the refusal", func() bool { return !b.run.going })
	b.shows("“大小”太大：要 900 MB", "还没有运行，大小 3", `data-state="ready"`)
}

// TestPreviewKeepsNoRun: a draft's lab may not replace the run that the learner
// keeps in this browser, which goes by the lab's name.
func TestPreviewKeepsNoRun(t *testing.T) {
	const keep, why = "存在这个浏览器里</button>", "预览里不存进浏览器"
	b := placeRun(t, &counter{})
	b.lab.Run.Kept = true
	b.run.state.Saves = true
	for _, draft := range []bool{false, true} {
		b.Props.Env.Draft = draft
		bar := goapp.HTMLString(b.fileBar())
		button, _, found := strings.Cut(bar, keep)
		button = button[strings.LastIndex(button, "<")+1:]
		if !found || strings.Contains(button, "disabled") != draft || strings.Contains(bar, why) != draft {
			t.Errorf("draft %v:\n%s", draft, bar)
		}
	}
}
