package sheet

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"courselab/app/engine"
	"courselab/attention"
	"courselab/sim"
)

// Handler computes the sheet of one lab.
type Handler func(in *Input) (engine.Sheet, error)

// Files gives out the files of the course, parsed once for each text.
type Files interface {
	// Models and GPUs fail where the file is missing or faulty.
	Models() (*sim.Catalogue, error)
	GPUs() ([]sim.GPU, error)
	// Text returns a file as it is: "data/prices.json".
	Text(path string) (string, bool)
}

// Options are what a server gives an Input beside the values.
type Options struct {
	Lab   string
	Width int // of figures, in CSS pixels; 0: a phone's
	Files Files
	// Emit sends Progress and Partial replies, Pause lets the event loop turn; nil
	// does neither.
	Emit  func(engine.Reply)
	Pause func(context.Context) error
	// Model gives out the course's language model, Backend the fastest backend on
	// the CPU; nil: there is none, and plain Go.
	Model   func(context.Context, func(engine.Reply)) (*attention.Model, *attention.Tokenizer, error)
	Backend func(context.Context) attention.Backend
}

// Input is what a handler reads. It is for one goroutine.
type Input struct {
	// Context ends when the request is given up.
	Context context.Context

	values  map[string]string
	options Options
	told    time.Time // of the last progress
	faults  []engine.Fault
}

// New returns an input over values in canonical form.
func New(ctx context.Context, values map[string]string, o Options) *Input {
	return &Input{Context: ctx, values: values, options: o}
}

// For returns an input of another lab with the same files, which emits nothing:
// for a lab that gathers the sheets of others.
func (in *Input) For(lab string, values map[string]string) *Input {
	o := in.options
	o.Lab, o.Emit = lab, nil
	return New(in.Context, values, o)
}

// Under has in serve another request for the same values: that of ctx.
func (in *Input) Under(ctx context.Context) { in.Context = ctx }

// Shiya returns the course's language model, which nobody changes: who tunes it
// works on a Clone. Its error is an *engine.Error, or the context's.
func (in *Input) Shiya() (*attention.Model, *attention.Tokenizer, error) {
	if in.options.Model == nil {
		return nil, nil, &engine.Error{Code: engine.NoModel, Message: "这里没有语言模型“诗芽”。"}
	}
	return in.options.Model(in.Context, in.options.Emit)
}

// Backend returns the fastest backend on the CPU, which passed its known answers.
func (in *Input) Backend() attention.Backend {
	if in.options.Backend == nil {
		return attention.Go{}
	}
	return in.options.Backend(in.Context)
}

// Has reports whether an optional parameter was given a value.
func (in *Input) Has(name string) bool { return in.values[name] != "" }

// Text returns a parameter as text.
func (in *Input) Text(name string) string { return in.values[name] }

// On reports whether a toggle is on.
func (in *Input) On(name string) bool { return in.values[name] == "1" }

// List returns the items of a list.
func (in *Input) List(name string) []string {
	if in.values[name] == "" {
		return nil
	}
	return strings.Split(in.values[name], ",")
}

// Number returns a number; a fault and zero where there is none.
func (in *Input) Number(name string) float64 {
	v, err := strconv.ParseFloat(in.values[name], 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		in.Fault(name, "不是一个数")
		return 0
	}
	return v
}

// NumberOr returns an optional number, or what stands for its absence.
func (in *Input) NumberOr(name string, absent float64) float64 {
	if !in.Has(name) {
		return absent
	}
	return in.Number(name)
}

// Model returns the model that a parameter names; a fault and nil where the
// catalogue has none such.
func (in *Input) Model(name string) *sim.Model { return in.ModelOf(name, in.values[name]) }

// ModelOf returns the model with an id, which the parameter name gave.
func (in *Input) ModelOf(name, id string) *sim.Model {
	all := in.Models(name)
	if all == nil {
		return nil
	}
	m, ok := all.Find(id)
	if !ok {
		in.Fault(name, "模型目录里没有这个模型；请从列表里选")
		return nil
	}
	return m
}

// Models returns the catalogue, nil with a fault of the parameter name where it
// cannot be read.
func (in *Input) Models(name string) *sim.Catalogue {
	if in.options.Files == nil {
		in.Fault(name, "这门课没有模型数据")
		return nil
	}
	all, err := in.options.Files.Models()
	if err != nil {
		in.Fault(name, err.Error())
		return nil
	}
	return all
}

// Config returns the architecture of a config.json that was pasted; nil, with a
// fault that says which field of it is wrong, where it cannot be used.
func (in *Input) Config(name string) *sim.Architecture {
	if strings.TrimSpace(in.values[name]) == "" {
		in.Fault(name, "还没有内容：把模型仓库里的 config.json 整个贴进来")
		return nil
	}
	arch, err := sim.ParseConfig([]byte(in.values[name]))
	if err != nil {
		in.Fault(name, "里的 "+Reason(err))
		return nil
	}
	return arch
}

// GPU returns the accelerator that a parameter names; a fault and nil where the
// catalogue has none such.
func (in *Input) GPU(name string) *sim.GPU {
	all := in.GPUs(name)
	i := slices.IndexFunc(all, func(g sim.GPU) bool { return g.ID == in.values[name] })
	if i < 0 {
		if all != nil {
			in.Fault(name, "显卡目录里没有这一种；请从列表里选")
		}
		return nil
	}
	return &all[i]
}

// GPUs returns the accelerators, nil with a fault of the parameter name where they
// cannot be read.
func (in *Input) GPUs(name string) []sim.GPU {
	if in.options.Files == nil {
		in.Fault(name, "这门课没有显卡数据")
		return nil
	}
	all, err := in.options.Files.GPUs()
	if err != nil {
		in.Fault(name, err.Error())
		return nil
	}
	return all
}

// File returns a data file of the course as it is; a fault without a field where
// the course has none such.
func (in *Input) File(path string) string {
	if in.options.Files != nil {
		if text, ok := in.options.Files.Text(path); ok {
			return text
		}
	}
	in.Fault("", "课程里没有数据文件 "+path)
	return ""
}

// FileIf returns a data file that a course may do without.
func (in *Input) FileIf(path string) (string, bool) {
	if in.options.Files == nil {
		return "", false
	}
	return in.options.Files.Text(path)
}

// Faultf is Fault with a formatted message.
func (in *Input) Faultf(name, format string, args ...any) {
	in.Fault(name, fmt.Sprintf(format, args...))
}

// Fault notes that a parameter cannot be used. The message follows the
// parameter's label and value: "不是一个数".
func (in *Input) Fault(name, message string) {
	value := in.values[name]
	if runes := []rune(value); len(runes) > 40 {
		value = string(runes[:40]) + "…"
	}
	in.faults = append(in.faults, engine.Fault{Field: name, Value: value, Message: message})
}

// Err returns *Faults when any was noted, else nil.
func (in *Input) Err() error {
	if len(in.faults) == 0 {
		return nil
	}
	return &Faults{All: in.faults}
}

// Width is how wide a figure may be drawn, in units of a chart: 320 on a phone, up
// to 720.
func (in *Input) Width() float64 { return float64(max(320, min(in.options.Width, 720))) }

// Key returns an id for a drawing that differs between labs, inputs and names.
func (in *Input) Key(what string) string {
	h := fnv.New64a()
	_ = json.NewEncoder(h).Encode(in.values) // maps are encoded in order of keys
	return fmt.Sprintf("%s-%s-%x", in.options.Lab, what, h.Sum64())
}

// Partial hands over a first, quick result: the parts that are ready, under the
// titles that they will have. What stands under other titles stays, marked as
// belonging to earlier inputs.
func (in *Input) Partial(s engine.Sheet) {
	if in.options.Emit == nil {
		return
	}
	if text, err := engine.EncodeOutput(s); err == nil {
		in.options.Emit(engine.Reply{Kind: engine.Partial, Output: text})
	}
}

// tellEvery is how often a learner is told of progress at most: the page draws each
// time.
const tellEvery = 100 * time.Millisecond

// Progress tells how far a slow part has come and lets the event loop turn. Its
// error ends the computation: the request was given up.
func (in *Input) Progress(what string, done, total float64, unit string) error {
	if now := time.Now(); in.options.Emit != nil && now.Sub(in.told) >= tellEvery {
		in.told = now
		in.options.Emit(engine.Reply{Kind: engine.Progress, Progress: &engine.Progressed{What: what, Done: done, Total: total, Unit: unit}})
	}
	return in.Pause()
}

// Pause lets the event loop turn when the time for that has come; it is cheap
// enough for every step of a loop that takes microseconds.
func (in *Input) Pause() error {
	if in.options.Pause == nil {
		return in.Context.Err()
	}
	return in.options.Pause(in.Context)
}
