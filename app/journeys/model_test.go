//go:build !js

package journeys

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"courselab/app/browsertest"
	"courselab/app/engine"
	"courselab/app/engine/serve"
)

// labState waits for the one lab of a page.
func labState(name, state string) string {
	return fmt.Sprintf(`document.querySelector("[data-lab=%s]")?.dataset.state === %q && document.querySelector("[data-lab=%[1]s][data-live]") !== null`, name, state)
}

// pageNumber reads a number as the pages write it.
func pageNumber(t *testing.T, s string) float64 {
	t.Helper()
	s = strings.NewReplacer("−", "-", "%", "", ",", "").Replace(strings.TrimSpace(s))
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatalf("%q is no number", s)
	}
	return v
}

// TestModelLabs drives next-token and xray in the built site, on the SIMD kernel
// of the browser, and compares what stands on the pages with the same
// computation here.
func TestModelLabs(t *testing.T) {
	t.Parallel()
	h := newHost(t, "/")
	b := browsertest.New(t)
	b.Viewport(1280, 900, false)
	client := engine.NewClient(serve.InProcess(serve.Default()), engine.Options{})
	defer client.Stop()

	// next-token: the text written and the likeliest characters.
	open(b, h.root+"labs/next-token/#lab=next-token.1&text=%E6%98%A5%E6%B1%9F&count=10&temperature=0.8&topk=30&topp=0.9&seed=5")
	b.WaitFor("the text", labState("next-token", "ready")+` && document.querySelectorAll(".next-row").length > 0`)
	in := engine.NextInput{Text: "春江", Count: 10, Temperature: 0.8, TopK: 30, TopP: 0.9, Penalty: 1, Seed: 5}
	var want engine.NextStatic
	if err := client.Call(context.Background(), engine.OpNextStatic, in, &want); err != nil {
		t.Fatal(err)
	}
	text := ""
	for _, s := range want.Written.Steps {
		text += s.Symbol
	}
	written := func() string {
		var s string
		b.Eval(`[...document.querySelectorAll("button.next-char")].map(e => e.textContent).join("").replace("？", "")`, &s)
		return s
	}
	if got := written(); got != text {
		t.Errorf("the page writes %q, natively it is %q", got, text)
	}
	b.Click(`button.next-char`)
	b.WaitFor("the first place", `document.querySelector(".next-distribution .lab-part").textContent.includes("第 1 个字")`)
	var rows []string
	b.Eval(`[...document.querySelectorAll(".lab-live .next-row")].map(e => e.querySelector(".next-pick").textContent + " " + e.querySelector(".next-number").textContent)`, &rows)
	for i, row := range rows[:10] {
		symbol, percent, _ := strings.Cut(row, " ")
		if c := want.Prediction.Rows[i]; symbol != c.Symbol || math.Abs(pageNumber(t, percent)-100*c.Plain) > 0.051 {
			t.Errorf("row %d is %q, want %s %.2f%%", i, row, c.Symbol, 100*c.Plain)
		}
	}
	// Another path from the first character on, by keyboard.
	other := 1
	if rows[1][:len(want.Written.Steps[0].Symbol)] == want.Written.Steps[0].Symbol {
		other = 0
	}
	b.Eval(fmt.Sprintf(`document.querySelectorAll(".lab-live button.next-pick")[%d].focus()`, other), nil)
	b.Press("\r")
	in.Path = want.Prediction.Rows[other].Symbol
	var forked engine.NextStatic
	if err := client.Call(context.Background(), engine.OpNextStatic, in, &forked); err != nil {
		t.Fatal(err)
	}
	text = in.Path
	for _, s := range forked.Written.Steps {
		text += s.Symbol
	}
	b.WaitFor("the other path", labState("next-token", "ready")+fmt.Sprintf(` && [...document.querySelectorAll("button.next-char")].map(e => e.textContent).join("").startsWith(%q)`, text))
	clean(t, b)

	// xray: a cell, its explanation, and the prediction without a residual.
	open(b, h.root+"labs/xray/#lab=xray.1&text=%E6%98%A5%E6%B1%9F%E6%BD%AE%E6%B0%B4&tensor=layers.1.heads.2.weights&at=4.1")
	b.WaitFor("the pass", labState("xray", "ready")+` && document.querySelector(".lab-explain-title").textContent.includes("[4,1]")`)
	x := engine.XrayInput{Text: "春江潮水", Temperature: 1, Seed: 1}
	value := func(c engine.XrayCell) float64 {
		var e engine.XrayExplanation
		if err := client.Call(context.Background(), engine.OpXrayExplain, engine.XrayCellInput{Xray: x, Cell: c}, &e); err != nil {
			t.Fatal(err)
		}
		return e.Explanation.Result
	}
	shown := func() float64 {
		title := b.Text(".lab-explain-title")
		return pageNumber(t, title[strings.LastIndex(title, "=")+1:])
	}
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 2e-3*math.Max(0.1, math.Abs(want)) {
			t.Errorf("%s is %v on the page, %v natively", what, got, want)
		}
	}
	near("the weight", shown(), value(engine.XrayCell{Tensor: "layers.1.heads.2.weights", Row: 4, Col: 1}))
	b.Focus(".lab-main")
	b.Press("\r") // to the first operand
	b.WaitFor("the scores before", `document.querySelector(".lab-explain-title").textContent.includes("因果掩码后")`)
	near("the masked score", shown(), value(engine.XrayCell{Tensor: "layers.1.heads.2.masked", Row: 4, Col: 0}))

	b.Eval(`document.querySelector(".xray-parts summary").click()`, nil)
	b.Click(`.xray-parts [aria-label="关掉 第 2 层 前馈的残差"]`)
	b.WaitFor("the pass without it", labState("xray", "ready")+` && document.querySelector(".xray-view").textContent.includes("KL 散度")`)
	x.Ablate = []engine.XrayPart{{Part: "ffn_residual", Layer: 2}}
	var pass engine.XrayOutput
	if err := client.Call(context.Background(), engine.OpXray, x, &pass); err != nil {
		t.Fatal(err)
	}
	var cells []string
	b.Eval(`[...document.querySelectorAll(".xray-view tbody tr")].map(r => JSON.stringify([...r.children].map(c => c.textContent)))`, &cells)
	if len(cells) != len(pass.Now) {
		t.Fatalf("%d rows, want %d", len(cells), len(pass.Now))
	}
	for i, raw := range cells {
		var cell []string
		if err := json.Unmarshal([]byte(raw), &cell); err != nil {
			t.Fatal(err)
		}
		if cell[0] != pass.Now[i].Symbol || math.Abs(pageNumber(t, cell[1])-100*pass.Whole[i].Probability) > 0.011 || math.Abs(pageNumber(t, cell[2])-100*pass.Now[i].Probability) > 0.011 {
			t.Errorf("row %v, want %+v before, %+v after", cell, pass.Whole[i], pass.Now[i])
		}
	}
	clean(t, b)
}
