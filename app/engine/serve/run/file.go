package run

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/attention/safetensors"
)

// aboutKey is the metadata under which a file says what it is.
const aboutKey = "courselab.run"

// about is what a file says of its run.
type about struct {
	Lab     string            `json:"lab"`
	Version string            `json:"version"`
	Values  map[string]string `json:"values"`
	Seconds float64           `json:"seconds"`
}

func encode(v any) (json.RawMessage, error) { return json.Marshal(v) }

// Save writes a lab's run to a file.
func (r *Runs) Save(lab string, maker Lab) (engine.RunFile, error) {
	h := r.of(lab)
	h.busy.Lock()
	defer h.busy.Unlock()
	saver, ok := h.run.(Saver)
	switch {
	case h.run == nil:
		return engine.RunFile{}, &engine.Error{Code: engine.BadInput, Op: engine.OpRunSave, Message: "还没有可以保存的运行。"}
	case !ok:
		return engine.RunFile{}, &engine.Error{Code: engine.BadInput, Op: engine.OpRunSave, Message: "这个实验的运行不能保存。"}
	}
	text, err := encode(about{Lab: lab, Version: maker.Version, Values: h.values, Seconds: h.seconds})
	if err != nil {
		return engine.RunFile{}, fmt.Errorf("save run of %s: %w", lab, err)
	}
	var out bytes.Buffer
	if err := saver.Save(&out, map[string]string{aboutKey: string(text)}); err != nil {
		return engine.RunFile{}, fmt.Errorf("save run of %s: %w", lab, err)
	}
	return engine.RunFile{Name: lab + ".safetensors", Data: out.Bytes()}, nil
}

// Open puts the run of a file in the place of the lab's own, which stays when the
// file cannot be used. input makes the input from the file's values.
func (r *Runs) Open(ctx context.Context, lab string, maker Lab, file []byte, input func(values map[string]string) *sheet.Input) (engine.RunOutput, error) {
	parsed, err := safetensors.Parse(file)
	if err != nil {
		return engine.RunOutput{}, badFile(fmt.Sprintf("文件不完整，或不是 safetensors 文件（%v）。", err))
	}
	var a about
	if err := json.Unmarshal([]byte(parsed.Metadata[aboutKey]), &a); err != nil {
		return engine.RunOutput{}, badFile("文件里没有实验的运行：它要由实验里的“保存”写成。")
	}
	switch {
	case a.Lab != lab:
		return engine.RunOutput{}, badFile(fmt.Sprintf("这是实验 %.40q 的运行，不是 %q 的。", a.Lab, lab))
	case a.Version != maker.Version:
		return engine.RunOutput{}, badFile(fmt.Sprintf("文件由这个实验的另一个版本写成（%.20q，现在是 %q）。", a.Version, maker.Version))
	}
	h := r.of(lab)
	h.busy.Lock()
	defer h.busy.Unlock()
	in := input(maps.Clone(a.Values))
	if err := r.begin(h, Ask{Lab: lab, Maker: maker, Input: in, Values: a.Values}, file); err != nil {
		return engine.RunOutput{}, err
	}
	h.seconds = max(0, a.Seconds)
	h.in.Under(ctx)
	return r.output(ctx, h)
}
