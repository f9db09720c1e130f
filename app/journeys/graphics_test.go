//go:build !js

package journeys

import (
	"context"
	"os"
	"strings"
	"testing"

	"courselab/app/browsertest"
	"courselab/app/engine"
	"courselab/app/engine/serve"
	"courselab/app/site"
)

// faultSwitch follows the false graphics card in the worker: the page says what goes
// wrong from the fourth pass on.
const faultSwitch = `
new BroadcastChannel("card").onmessage = e => { falseGPU.after = falseGPU.passes + 3; falseGPU.fault = e.data; };
`

// TestGraphicsFaults writes a text on a false graphics card that is taken away in the
// middle of the next one, is gone when the page comes back, and refuses a shader: the
// text is the same each time, and the lab says what happened.
func TestGraphicsFaults(t *testing.T) {
	long(t)
	t.Parallel()
	card, err := os.ReadFile("../../attention/webgpu/testdata/gpu.cjs")
	if err != nil {
		t.Fatal(err)
	}
	h := newHost(t, "/")
	script := string(h.files["assets/worker.js"])
	put := func(fault string) {
		h.change(func(files site.Files) {
			delete(files, "sw.js")
			files["assets/worker.js"] = []byte("{" + string(card) + faultSwitch + fault + "}\n" + script)
		})
	}
	client := engine.NewClient(serve.InProcess(serve.Default()), engine.Options{})
	defer client.Stop()
	text := func(seed uint64) string {
		var out engine.NextStatic
		in := engine.NextInput{Text: "春江", Count: 10, Temperature: 0.8, TopK: 30, TopP: 0.9, Penalty: 1, Seed: seed}
		if err := client.Call(context.Background(), engine.OpNextStatic, in, &out); err != nil {
			t.Fatal(err)
		}
		s := ""
		for _, step := range out.Written.Steps {
			s += step.Symbol
		}
		return s
	}
	const link = "labs/next-token/?backend=webgpu#lab=next-token.1&text=%E6%98%A5%E6%B1%9F&count=10&temperature=0.8&topk=30&topp=0.9&seed="
	b := browsertest.New(t)
	holds := func(when, want string, says ...string) {
		t.Helper()
		b.WaitFor(when, labState("next-token", "ready")+` && [...document.querySelectorAll("button.next-char")].map(e => e.textContent).join("").replace("？", "") === "`+want+`"`)
		said := b.Text(".lab-backend")
		for _, word := range says {
			if !strings.Contains(said, word) {
				t.Errorf("%s: it says %q, not %q", when, said, word)
			}
		}
	}
	put("")
	open(b, h.root+link+"5")
	holds("the text by the card", text(5), "由 WebGPU 计算")
	b.Eval(`new BroadcastChannel("card").postMessage("lost")`, nil)
	b.Eval(`location.hash = location.hash.replace("seed=5", "seed=6")`, nil)
	holds("the text of a card that went", text(6), "中途停下", "设备丢失", "接着算")
	for fault, word := range map[string]string{"no-adapter": "没有可用的适配器", "shader": "着色器"} {
		put(`falseGPU.fault = "` + fault + `";`)
		open(b, h.root+"about/")
		open(b, h.root+link+"6")
		holds("the text without a card: "+fault, text(6), word, "→ CPU")
	}
	if v := b.Violations(); len(v) > 0 {
		t.Errorf("content security policy: %v", v)
	}
}
