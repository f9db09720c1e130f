package run

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
)

// Limit is the memory in bytes that all runs may hold together: what a phone can
// spare beside the page.
const Limit = 256e6

// sheetEvery is how often a run under way shows its sheet, tellEvery how often it
// tells how far it has come.
const (
	sheetEvery = 800 * time.Millisecond
	tellEvery  = 100 * time.Millisecond
)

// Runs keeps the runs of all labs. It is safe for use by several goroutines.
type Runs struct {
	limit int64

	mu   sync.Mutex
	held map[string]*held
}

// held is a lab's run. busy is held by who computes with it.
type held struct {
	lab  string
	busy sync.Mutex

	// Guarded by busy.
	run     Run
	in      *sheet.Input
	values  map[string]string
	seconds float64

	// Guarded by Runs.mu: what the others must know without waiting for it.
	bytes int64
	ended bool
	used  time.Time
}

// NewRuns returns runs that may hold limit bytes together.
func NewRuns(limit int64) *Runs { return &Runs{limit: limit, held: map[string]*held{}} }

// of returns the place of a lab's run.
func (r *Runs) of(lab string) *held {
	r.mu.Lock()
	defer r.mu.Unlock()
	h := r.held[lab]
	if h == nil {
		h = &held{lab: lab}
		r.held[lab] = h
	}
	return h
}

// Ask is a request for a lab's run.
type Ask struct {
	Lab    string
	Maker  Lab
	Input  *sheet.Input
	Values map[string]string
	Steps  int  // 0: until the end
	Fresh  bool // begin anew
	// Emit sends Progress and Partial replies; nil sends none.
	Emit func(engine.Reply)
}

// Go goes on with the lab's run, or begins one, and returns how it stands at the
// end of the steps asked for. The end of the context leaves it at rest.
func (r *Runs) Go(ctx context.Context, a Ask) (engine.RunOutput, error) {
	h := r.of(a.Lab)
	h.busy.Lock()
	defer h.busy.Unlock()
	if err := ctx.Err(); err != nil {
		return engine.RunOutput{}, err
	}
	if err := r.ready(h, a); err != nil {
		return engine.RunOutput{}, err
	}
	h.in.Under(ctx)
	emit := a.Emit
	if emit == nil {
		emit = func(engine.Reply) {}
	}
	shown, told := time.Now(), time.Time{}
	if h.run.At().Done == 0 {
		shown = time.Time{} // the first sheet comes as soon as there is one
	}
	for n := 0; !ended(h.run) && (a.Steps <= 0 || n < a.Steps); n++ {
		begun := time.Now()
		err := h.run.Step(ctx)
		h.seconds += time.Since(begun).Seconds()
		r.note(h)
		if err != nil {
			if ctx.Err() == nil {
				r.drop(h)
			}
			return engine.RunOutput{}, err
		}
		if time.Since(told) >= tellEvery {
			told = time.Now()
			at := h.run.At()
			emit(engine.Reply{Kind: engine.Progress, Progress: &at})
		}
		if time.Since(shown) >= sheetEvery && !ended(h.run) {
			out, err := r.output(ctx, h)
			if err != nil {
				return engine.RunOutput{}, err
			}
			emit(partial(out))
			shown = time.Now()
		}
		if err := h.in.Pause(); err != nil {
			return engine.RunOutput{}, err
		}
	}
	return r.output(ctx, h)
}

// ready has h hold the run that was asked for. The caller holds busy.
func (r *Runs) ready(h *held, a Ask) error {
	if h.run != nil && !a.Fresh {
		if maps.Equal(h.values, a.Values) {
			return nil
		}
		setter, ok := h.run.(Setter)
		if ok {
			var err error
			if ok, err = setter.Set(a.Input); err != nil {
				return err
			}
		}
		if !ok {
			return &engine.Error{Code: engine.BadInput, Op: engine.OpRun, Message: "参数已改，先前的运行用的是另一组参数：请按新参数重新开始，或换回原来的参数继续。"}
		}
		h.values = maps.Clone(a.Values)
		return nil
	}
	return r.begin(h, a, nil)
}

// begin puts a new run into h: that of file, where there is one. What was there
// stays when it fails. The caller holds busy.
func (r *Runs) begin(h *held, a Ask, file []byte) error {
	need, err := a.Maker.Bytes(a.Input)
	if err != nil {
		return err
	}
	if err := r.reserve(h, need); err != nil {
		return err
	}
	fresh, err := a.Maker.Begin(a.Input)
	if err == nil && file != nil {
		saver, ok := fresh.(Saver)
		if !ok {
			err = badFile("这个实验的运行不能从文件打开。")
		} else if e := saver.Load(file); e != nil {
			err = badFile(fmt.Sprintf("文件里的运行不能用（%v）。", e))
		}
	}
	if err != nil {
		r.note(h)
		return err
	}
	h.run, h.in, h.values, h.seconds = fresh, a.Input, maps.Clone(a.Values), 0
	r.note(h)
	return nil
}

// reserve makes room for a run of a lab: its own earlier one goes, then those of
// others that have ended, the longest untouched first. One that would still be
// over the limit is refused with the numbers.
func (r *Runs) reserve(h *held, need int64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var others []*held
	total := need
	for _, o := range r.held {
		if o != h && o.bytes > 0 {
			others = append(others, o)
			total += o.bytes
		}
	}
	slices.SortFunc(others, func(a, b *held) int { return a.used.Compare(b.used) })
	for _, o := range others {
		if total <= r.limit {
			break
		}
		if o.ended && o.busy.TryLock() {
			total -= o.bytes
			o.run, o.in, o.bytes = nil, nil, 0
			o.busy.Unlock()
		}
	}
	if total > r.limit {
		text := "这次运行约需 " + megabytes(need) + " 内存"
		if total > need {
			text += "，别的实验里没有跑完的运行还占着 " + megabytes(total-need)
		}
		return &engine.Error{Code: engine.BadInput, Op: engine.OpRun, Message: text + "，超过上限 " + megabytes(r.limit) + "。请把模型或批次调小，或到别的实验里清除运行。"}
	}
	h.bytes = need
	return nil
}

func megabytes(n int64) string { return format.Value(float64(n), "B") }

// note keeps what the others must know of h. The caller holds busy.
func (r *Runs) note(h *held) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h.used, h.bytes, h.ended = time.Now(), 0, false
	if h.run != nil {
		h.bytes, h.ended = h.run.Bytes(), ended(h.run)
	}
}

// drop forgets the run of h. The caller holds busy.
func (r *Runs) drop(h *held) {
	h.run, h.in, h.values, h.seconds = nil, nil, nil, 0
	r.note(h)
}

// output shows how the run of h stands. The caller holds busy.
func (r *Runs) output(ctx context.Context, h *held) (engine.RunOutput, error) {
	if h.run == nil {
		return engine.RunOutput{Run: engine.RunState{Limit: r.limit}}, nil
	}
	s, err := h.run.Sheet(ctx)
	if err != nil {
		return engine.RunOutput{}, err
	}
	_, saves := h.run.(Saver)
	return engine.RunOutput{Sheet: s, Run: engine.RunState{
		Exists: true, At: h.run.At(), Ended: ended(h.run), Values: h.values,
		Bytes: h.run.Bytes(), Limit: r.limit, Seconds: h.seconds, Saves: saves,
	}}, nil
}

// Look returns how a lab's run stands.
func (r *Runs) Look(ctx context.Context, lab string) (engine.RunOutput, error) {
	h := r.of(lab)
	h.busy.Lock()
	defer h.busy.Unlock()
	if h.in != nil {
		h.in.Under(ctx)
	}
	return r.output(ctx, h)
}

// Drop forgets a lab's run.
func (r *Runs) Drop(lab string) engine.RunOutput {
	h := r.of(lab)
	h.busy.Lock()
	defer h.busy.Unlock()
	r.drop(h)
	return engine.RunOutput{Run: engine.RunState{Limit: r.limit}}
}

func badFile(message string) error {
	return &engine.Error{Code: engine.BadInput, Op: engine.OpRunOpen, Field: "file", Message: message + " 现有的运行没有变。"}
}

func partial(out engine.RunOutput) engine.Reply {
	text, err := encode(out)
	if err != nil {
		return engine.Reply{Kind: engine.Progress, Progress: &out.Run.At}
	}
	return engine.Reply{Kind: engine.Partial, Output: text}
}
