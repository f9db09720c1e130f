//go:build !js

package worker

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"courselab/app/browsertest"
	"courselab/app/engine"
)

const testEngine = "courselab/app/engine/worker/testdata/engine"

// reply is a reply as the test's page notes it.
type reply struct {
	At      float64
	Name    string
	Kind    engine.Kind
	Output  string
	Code    engine.Code
	Message string
	Tensors []struct {
		Rows, Cols int
		Data       []string
	}
}

// labPage is the test's page in a browser.
type labPage struct {
	*browsertest.Browser
	t *testing.T
}

func open(t *testing.T, s *site) labPage {
	t.Helper()
	p := labPage{browsertest.New(t), t}
	p.Navigate(s.url)
	p.WaitFor("the page's program", "document.documentElement.dataset.app === 'ready'")
	return p
}

func (p labPage) ask(name, queue, op, input string) {
	p.t.Helper()
	p.Eval(fmt.Sprintf("ask(%q, %q, %q, %q)", name, queue, op, input), nil)
}

// final waits for the last reply to a request.
func (p labPage) final(name string) reply {
	p.t.Helper()
	p.WaitFor("the end of "+name, fmt.Sprintf("replies.some(r => r.name === %q && ['done', 'failed', 'cancelled'].includes(r.kind))", name))
	all := p.of(name)
	return all[len(all)-1]
}

func (p labPage) await(name string, kind engine.Kind) {
	p.t.Helper()
	p.WaitFor(fmt.Sprintf("%s of %s", kind, name), fmt.Sprintf("replies.some(r => r.name === %q && r.kind === %q)", name, kind))
}

func (p labPage) of(name string) (replies []reply) {
	p.t.Helper()
	p.Eval(fmt.Sprintf("replies.filter(r => r.name === %q)", name), &replies)
	return replies
}

func kinds(replies []reply) string {
	var names []string
	for _, r := range replies {
		names = append(names, string(r.Kind))
	}
	return strings.Join(names, " ")
}

func (p labPage) want(name, kindList string) {
	p.t.Helper()
	p.final(name)
	if got := kinds(p.of(name)); got != kindList {
		p.t.Errorf("%s: replies %q, want %q", name, got, kindList)
	}
}

func TestWorker(t *testing.T) {
	p := open(t, newSite(t, testEngine))

	t.Run("nothing is fetched before the first request", func(t *testing.T) {
		for _, r := range p.Requests() {
			if strings.Contains(r.URL, "engine.wasm") || strings.Contains(r.URL, "worker.js") {
				t.Errorf("fetched %s", r.URL)
			}
		}
	})

	t.Run("reply with tensors", func(t *testing.T) {
		p.ask("echo", "", "echo", `{"Rows": 2, "Cols": 3}`)
		r := p.final("echo")
		p.want("echo", "started done")
		if r.Output != `{"Rows":2,"Cols":3}` || len(r.Tensors) != 3 {
			t.Fatalf("reply %+v", r)
		}
		for i, want := range []string{"0 0.5 1 1.5 2 2.5", "", "-Inf NaN -0.1"} {
			if got := strings.Join(r.Tensors[i].Data, " "); got != want {
				t.Errorf("tensor %d: %q, want %q", i, got, want)
			}
		}
		if a := r.Tensors[0]; a.Rows != 2 || a.Cols != 3 {
			t.Errorf("shape (%d, %d)", a.Rows, a.Cols)
		}
	})

	t.Run("the worker knows where it is", func(t *testing.T) {
		p.ask("init", "", "init", "{}")
		var init struct {
			Base, Kernel, Backend string
			Memory                bool
		}
		if err := json.Unmarshal([]byte(p.final("init").Output), &init); err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(init.Base, "/sub/path/") || init.Kernel != init.Base+"assets/kernel.wasm" || init.Backend != "cpu" || !init.Memory {
			t.Errorf("init %+v", init)
		}
	})

	t.Run("the page's policy binds the worker", func(t *testing.T) {
		p.ask("policy", "", "policy", "{}")
		if got := p.final("policy").Output; got != `"refused"` {
			t.Errorf("eval in the worker is %s", got)
		}
	})

	t.Run("a panic leaves the engine alive", func(t *testing.T) {
		p.ask("faulty", "", "panic", "{}")
		if r := p.final("faulty"); r.Code != engine.Internal || !strings.Contains(r.Message, "caught") {
			t.Errorf("reply %+v", r)
		}
		p.ask("unknown", "", "no such", "{}")
		if r := p.final("unknown"); r.Code != engine.UnknownOp {
			t.Errorf("reply %+v", r)
		}
	})

	t.Run("cancel reaches a computation", func(t *testing.T) {
		p.ask("long", "", "work", "{}")
		p.await("long", engine.Progress)
		p.Eval("giveUp('long')", nil)
		p.want("long", "started progress cancelled")
		// The engine works for minutes unless the word comes through.
		p.WaitFor("the computation's end", `(replies.some(r => r.name === 'ended' && r.output.includes('canceled')) || (ask('ended', 'ended', 'ended', '{}'), false))`)
	})

	t.Run("superseded requests are dropped", func(t *testing.T) {
		p.ask("drag0", "slider", "work", "{}")
		p.await("drag0", engine.Started)
		p.Eval(`["drag1", "drag2", "drag3"].forEach(n => ask(n, "slider", "echo", '{"Rows": 1, "Cols": 1}'))`, nil)
		p.want("drag1", "cancelled")
		p.want("drag2", "cancelled")
		if got := kinds(p.of("drag3")); got != "" {
			t.Errorf("the newest was sent beside the one in flight: %s", got)
		}
		p.ask("beside", "", "echo", `{"Rows": 1, "Cols": 1}`)
		p.want("beside", "started done")
		p.Eval("giveUp('drag0')", nil)
		p.want("drag3", "started done")
	})

	for _, op := range []string{"die", "exit", "throw", "wedge"} {
		t.Run("restart after "+op, func(t *testing.T) {
			p.Eval("states.length = 0", nil)
			victim, waiting := "victim of "+op, "waiting for "+op
			p.ask(victim, "q", op, "{}")
			p.await(victim, engine.Started)
			p.ask(waiting, "q", "echo", `{"Rows": 1, "Cols": 1}`)
			p.ask("beside "+op, "", "echo", `{"Rows": 1, "Cols": 1}`)
			p.want(victim, "started started failed")
			if r := p.final(victim); r.Code != engine.Crashed {
				t.Errorf("victim: %+v", r)
			}
			p.want(waiting, "started done")
			// It may have begun, and is done again then.
			p.final("beside " + op)
			if got := kinds(p.of("beside " + op)); !strings.HasSuffix(got, "started done") {
				t.Errorf("beside %s: replies %q", op, got)
			}
			var states []struct {
				At            float64
				Phase, Reason string
			}
			p.Eval("states", &states)
			var phases []string
			for _, s := range states {
				phases = append(phases, s.Phase)
			}
			if got := strings.Join(phases, " "); got != "restarting ready restarting ready" {
				t.Fatalf("states %+v", states)
			}
			t.Logf("restart after %s (%s): %.0f ms", op, states[0].Reason, states[1].At-states[0].At)
		})
	}

	t.Run("round trips", func(t *testing.T) {
		for _, side := range []int{1, 64, 512} {
			var times []float64
			p.Eval("rounds(60, "+strconv.Quote(fmt.Sprintf(`{"Rows": %d, "Cols": %d}`, side, side))+")", &times)
			times = times[10:]
			slices.Sort(times)
			t.Logf("%d×%d floats: median %.2f ms, p95 %.2f ms", side, side, times[len(times)/2], times[len(times)*95/100])
		}
	})

	if v := p.Violations(); len(v) != 0 {
		t.Errorf("policy violations %v", v)
	}
	if f := p.Foreign(); len(f) != 0 {
		t.Errorf("foreign requests %v", f)
	}
	for _, m := range p.Errors() {
		// The one that "throw" throws on purpose.
		if !strings.Contains(m.Text, "SyntaxError") {
			t.Errorf("console %s", m)
		}
	}
}

func TestTruncatedEngineIsReportedAndRetried(t *testing.T) {
	s := newSite(t, testEngine)
	whole := slices.Clone(s.get("assets/engine.wasm"))
	s.cut("assets/engine.wasm.gz")
	p := open(t, s)
	p.ask("first", "", "echo", `{"Rows": 1, "Cols": 1}`)
	if r := p.final("first"); r.Code != engine.Unavailable || r.Message == "" {
		t.Errorf("reply %+v", r)
	}
	p.WaitFor("the state", "states.length > 0 && states.at(-1).phase === 'unavailable' && states.at(-1).reason !== ''")
	p.ask("second", "", "echo", `{"Rows": 1, "Cols": 1}`)
	if r := p.final("second"); r.Code != engine.Unavailable {
		t.Errorf("reply %+v", r)
	}
	s.put("assets/engine.wasm", whole)
	p.Eval("retry()", nil)
	p.WaitFor("the engine", "states.at(-1).phase === 'ready'")
	p.ask("third", "", "echo", `{"Rows": 1, "Cols": 1}`)
	p.want("third", "started done")
}

// TestCourseEngine runs the course's own engine.
func TestCourseEngine(t *testing.T) {
	p := open(t, newSite(t, "courselab/cmd/engine"))
	input, err := json.Marshal(engine.DrawInput{Function: "no such function"})
	if err != nil {
		t.Fatal(err)
	}
	p.ask("draw", "", engine.OpQuestionDraw, string(input))
	if r := p.final("draw"); r.Code != engine.BadInput {
		t.Errorf("reply %+v", r)
	}
	if e := p.Errors(); len(e) != 0 {
		t.Errorf("console %v", e)
	}
	if v := p.Violations(); len(v) != 0 {
		t.Errorf("policy violations %v", v)
	}
}
