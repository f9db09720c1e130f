package quiz

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/env"
	"courselab/app/progress"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
)

func done(t *testing.T, output any) engine.Reply {
	t.Helper()
	b, err := json.Marshal(output)
	if err != nil {
		t.Fatal(err)
	}
	return engine.Reply{Kind: engine.Done, Output: b}
}

// answerer is an engine that doubles: layers is the seed, the answer twice that.
type answerer struct {
	t     *testing.T
	asked []request
	fail  *engine.Error
	hold  bool // replies wait in held
	held  []func()
}

func (a *answerer) ask(r request, on func(engine.Reply)) {
	a.asked = append(a.asked, r)
	reply := func() {
		on(engine.Reply{Kind: engine.Started})
		if a.fail != nil {
			on(engine.Reply{Kind: engine.Failed, Error: a.fail})
			return
		}
		switch input := r.input.(type) {
		case engine.DrawInput:
			on(done(a.t, engine.DrawOutput{Values: map[string]float64{"layers": float64(input.Seed)},
				Shown: map[string]string{"layers": fmt.Sprint(input.Seed, "<层>")}}))
		case engine.GradeInput:
			want := 2 * input.Values["layers"]
			on(done(a.t, engine.GradeOutput{Correct: math.Abs(input.Answer-want) <= want*input.Tolerance,
				Expected: want, Unit: input.Unit, Formula: "2·L", Working: fmt.Sprint("2·", input.Values["layers"])}))
		}
	}
	if a.hold {
		a.held = append(a.held, reply)
	} else {
		reply()
	}
}

func (a *answerer) release() {
	for _, f := range a.held {
		f()
	}
	a.held = nil
}

func mountWith(t *testing.T, a *answerer, storage progress.Storage) *mounted {
	t.Helper()
	m := mount(t, &env.Env{Progress: newStore(storage)}, a.ask)
	m.start(m.own)
	m.engine.ConsumeAll()
	return m
}

// do is what an event does: go-app dispatches its handler, which calls act.
func (m *mounted) do(change func(*sheet)) {
	m.own.Dispatch(func(goapp.Context) { m.act(change) })
	m.engine.ConsumeAll()
}

func TestComputeQuestion(t *testing.T) {
	memory := &progress.Memory{}
	a := &answerer{t: t}
	m := mountWith(t, a, memory)
	task := m.sheet().task("q-compute")
	if task.draw.state != ready || task.draw.seed != 1 {
		t.Fatalf("draw %+v", task.draw)
	}
	if html := m.page(); !strings.Contains(html, "1&lt;层&gt;") {
		t.Error("the prompt does not show the value drawn, escaped")
	}
	m.do(func(s *sheet) { s.write("q-compute", 0, "三"); s.check("q-compute") })
	if task.phase != answering || !strings.Contains(task.note, "请填一个数") {
		t.Fatalf("phase %v, note %q", task.phase, task.note)
	}
	m.do(func(s *sheet) { s.write("q-compute", 0, "３"); s.check("q-compute") })
	if task.phase != checked || task.result.Correct || task.draw.grade == nil {
		t.Fatalf("phase %v, result %v, grade %v", task.phase, task.result, task.draw.grade)
	}
	if html := m.page(); !strings.Contains(html, "2·L") || !strings.Contains(html, "2 GiB") || !strings.Contains(html, "解释计算") {
		t.Error("formula, answer or explanation missing")
	}
	// A new attempt has a new seed; its answer is judged by the new values.
	m.do(func(s *sheet) { s.retry("q-compute") })
	if task.draw.seed != 2 || task.draw.state != ready || task.texts[0] != "" {
		t.Fatalf("after retry: %+v", task.draw)
	}
	m.do(func(s *sheet) { s.write("q-compute", 0, "4.03"); s.check("q-compute") })
	if !task.result.Correct {
		t.Errorf("4.03 for 4 within 1 %%: %+v", task.draw.grade)
	}
	kept := recorded(m.sheet(), "q-compute")
	if len(kept) != 2 || kept[0].Seed != 1 || kept[0].Correct || kept[1].Seed != 2 || !kept[1].Correct || kept[1].Answer.Texts[0] != "4.03" {
		t.Errorf("recorded %+v", kept)
	}

	// Another day: the same values are drawn from the stored seed, and the
	// working comes back without a new attempt.
	b := &answerer{t: t}
	again := mountWith(t, b, memory)
	task = again.sheet().task("q-compute")
	if task.phase != checked || !task.result.Correct || task.draw.output.Values["layers"] != 2 || task.draw.grade == nil {
		t.Errorf("restored %+v", task)
	}
	if n := len(recorded(again.sheet(), "q-compute")); n != 2 || len(b.asked) != 2 {
		t.Errorf("%d attempts, %d requests", n, len(b.asked))
	}
}

func TestEngineAway(t *testing.T) {
	a := &answerer{t: t, hold: true}
	m := mountWith(t, a, &progress.Memory{})
	task := m.sheet().task("q-compute")
	if html := m.page(); !strings.Contains(html, "正在出题") {
		t.Error("no word that the question is being drawn")
	}
	m.do(func(s *sheet) { s.write("q-compute", 0, "2"); s.check("q-compute") })
	if task.phase != answering || task.note == "" {
		t.Errorf("checked without values: %v %q", task.phase, task.note)
	}
	// The other questions do not wait.
	m.do(func(s *sheet) { right(s, "q-one"); s.check("q-one") })
	if m.sheet().task("q-one").phase != checked {
		t.Error("another question waits for the engine")
	}
	a.fail = &engine.Error{Code: engine.Unavailable, Message: "载入失败"}
	a.release()
	m.engine.ConsumeAll()
	if html := m.page(); task.draw.state != failed || !strings.Contains(html, "载入失败") || !strings.Contains(html, "重试") {
		t.Errorf("draw %+v", task.draw)
	}
	a.fail, a.hold = nil, false
	m.retryEngine()
	m.engine.ConsumeAll()
	if task.draw.state != ready || task.texts[0] != "2" {
		t.Fatalf("after retry: %+v %v", task.draw, task.texts)
	}
	// The engine dies while it grades: the answer stays, nothing is recorded,
	// and a second 检查 goes through.
	a.fail = &engine.Error{Code: engine.Crashed, Message: "计算中断"}
	m.do(func(s *sheet) { s.check("q-compute") })
	if task.phase != answering || task.texts[0] != "2" || !strings.Contains(task.note, "计算中断") || len(recorded(m.sheet(), "q-compute")) != 0 {
		t.Fatalf("phase %v, texts %v, note %q", task.phase, task.texts, task.note)
	}
	a.fail = nil
	m.do(func(s *sheet) { s.check("q-compute") })
	if task.phase != checked || len(recorded(m.sheet(), "q-compute")) != 1 {
		t.Errorf("phase %v, %d recorded", task.phase, len(recorded(m.sheet(), "q-compute")))
	}
}

// TestLateReply: a reply to an earlier attempt changes nothing, and a restored
// answer that cannot be graded is asked for once.
func TestLateReply(t *testing.T) {
	memory := &progress.Memory{}
	a := &answerer{t: t}
	m := mountWith(t, a, memory)
	m.do(func(s *sheet) { s.write("q-compute", 0, "2"); s.check("q-compute") })
	first := a.asked[0]
	m.do(func(s *sheet) { s.retry("q-compute") })
	before := m.sheet().task("q-compute").draw
	m.do(func(s *sheet) { s.reply(first, done(t, engine.DrawOutput{Values: map[string]float64{"layers": 99}})) })
	m.do(func(s *sheet) { s.reply(first, engine.Reply{Kind: engine.Cancelled}) })
	if after := m.sheet().task("q-compute").draw; after.output.Values["layers"] != before.output.Values["layers"] || after.state != ready {
		t.Errorf("a late reply changed %+v", after)
	}
	m.do(func(s *sheet) {
		s.reply(a.asked[0], engine.Reply{Kind: engine.Done, Output: json.RawMessage("broken")})
	})

	b := &answerer{t: t, fail: &engine.Error{Code: engine.Unavailable, Message: "没有"}}
	again := mountWith(t, b, memory)
	task := again.sheet().task("q-compute")
	if !task.result.Correct || len(b.asked) != 1 {
		t.Errorf("result %v, asked %d times", task.result, len(b.asked))
	}
}

func TestNumber(t *testing.T) {
	for text, want := range map[string]float64{
		"12.5": 12.5, " 1,024 ": 1024, "１２．５": 12.5, "1.5e9": 1.5e9, "-3": -3, "−3": -3, "1，000": 1000, ".5": 0.5, "1 000": 1000, "2E3": 2000,
	} {
		if got, err := number(text); err != nil || got != want {
			t.Errorf("%q: %v %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "abc", "0x10", "1e999", "NaN", "Inf", "1.2.3", "12 GiB", "e", "--1"} {
		if got, err := number(text); err == nil {
			t.Errorf("%q taken for %v", text, got)
		}
	}
}

func FuzzNumber(f *testing.F) {
	for _, s := range []string{"1", "１e−3", "", "e"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if v, err := number(text); err == nil && (math.IsNaN(v) || math.IsInf(v, 0)) {
			t.Fatalf("%q is %v", text, v)
		}
	})
}
