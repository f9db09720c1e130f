package quiz

import (
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/env"
	"courselab/app/progress"

	goapp "github.com/maxence-charriere/go-app/v10/pkg/app"
	"golang.org/x/net/html"
)

// elements parses a page and calls visit for each element.
func elements(t *testing.T, page string, visit func(n *html.Node, attributes map[string]string)) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		attributes := map[string]string{}
		for _, a := range n.Attr {
			attributes[a.Key] = a.Val
		}
		visit(n, attributes)
	}
}

func TestPrerendered(t *testing.T) {
	page := goapp.HTMLString(View(Props{Lesson: lesson(), Env: &env.Env{
		Shown: map[string]engine.DrawOutput{"q-compute": {Shown: map[string]string{"layers": "32"}}},
	}}))
	for _, text := range []string{"自测", "说明", "题干", "甲项", "乙项", "丙项", "第一步", "第二步", "第三步", "权重由", "32", "想一想", "GiB", "页面载入完成后即可作答"} {
		if !strings.Contains(page, text) {
			t.Errorf("%q is missing", text)
		}
	}
	for _, secret := range []string{"解释", "答案甲", "softmax", "根号", "data-mark", "正确"} {
		if strings.Contains(page, secret) {
			t.Errorf("%q is given away", secret)
		}
	}
	controls := 0
	elements(t, page, func(n *html.Node, a map[string]string) {
		switch n.Data {
		case "input", "button":
			controls++
			if _, off := a["disabled"]; !off {
				t.Errorf("%s %v is not disabled", n.Data, a)
			}
			if _, on := a["checked"]; on {
				t.Errorf("%v is checked", a)
			}
		}
		if _, styled := a["style"]; styled {
			t.Errorf("%s has a style attribute", n.Data)
		}
	})
	// 3 radios, 3 boxes, 6 movers, 2 gaps, 1 number, 5 buttons.
	if controls != 20 {
		t.Errorf("%d controls", controls)
	}
	// The ids of an order question follow the shuffled order, not the right one.
	if first := strings.Index(page, `quiz-q-order-option-0-text`); first < 0 || strings.Index(page, `quiz-q-order-option-1-text`) < first {
		t.Error("ids of steps do not count the order shown")
	}
}

// TestNamed: every control has a name, and ids are unique, in every state.
func TestNamed(t *testing.T) {
	m := mountWith(t, &answerer{t: t}, &progress.Memory{})
	check := func(state string) {
		ids := map[string]bool{}
		var wanted []string
		labels := map[string]bool{}
		page := m.page()
		elements(t, page, func(n *html.Node, a map[string]string) {
			if id := a["id"]; id != "" {
				if ids[id] {
					t.Errorf("%s: id %s twice", state, id)
				}
				ids[id] = true
			}
			if n.Data == "label" {
				labels[a["for"]] = true
			}
			for _, ref := range []string{"aria-labelledby", "aria-describedby", "for"} {
				wanted = append(wanted, strings.Fields(a[ref])...)
			}
		})
		elements(t, page, func(n *html.Node, a map[string]string) {
			if n.Data == "input" && !labels[a["id"]] && a["aria-label"] == "" {
				t.Errorf("%s: input %s has no name", state, a["id"])
			}
		})
		for _, id := range wanted {
			if !ids[id] {
				t.Errorf("%s: nothing has the id %s", state, id)
			}
		}
	}
	check("fresh")
	for _, id := range pageKinds {
		m.do(func(s *sheet) { wrong(s, id); s.check(id) })
	}
	m.do(func(s *sheet) { s.write("q-compute", 0, "2"); s.check("q-compute") })
	check("checked")
	page := m.page()
	for _, text := range []string{"你选了，但不对", "漏选", "正确答案", "解释甲", "解释乙", "解释次序", "应在第", "根号 d", "解释填空", "2·L", "只重做错题（4 道）", "已答 5 题，答对 1 题"} {
		if !strings.Contains(page, text) {
			t.Errorf("checked: %q is missing", text)
		}
	}
	m.do(func(s *sheet) { s.retryWrong() })
	check("retried")
	page = m.page()
	for _, secret := range []string{"解释甲", "解释乙", "解释次序", "解释填空", "根号 d"} {
		if strings.Contains(page, secret) {
			t.Errorf("retried: %q still shows", secret)
		}
	}
}

func TestTypedTextIsEscaped(t *testing.T) {
	m := mountWith(t, &answerer{t: t}, &progress.Memory{})
	m.do(func(s *sheet) {
		s.write("q-fill", 0, `"><script>alert(1)</script>`)
		s.write("q-fill", 1, `'&<b>`)
		s.check("q-fill")
	})
	values := map[string]bool{}
	elements(t, m.page(), func(n *html.Node, a map[string]string) {
		if n.Data == "script" {
			t.Error("typed text became an element")
		}
		if n.Data == "input" {
			values[a["value"]] = true
		}
	})
	if !values[`"><script>alert(1)</script>`] || !values[`'&<b>`] {
		t.Errorf("values %v", values)
	}
}

func TestFillPlaceholders(t *testing.T) {
	upper := func(v string) (string, bool) { return "[" + strings.ToUpper(v) + "]", v != "keep" }
	for prompt, want := range map[string]string{
		"":                               "",
		"no placeholder":                 "no placeholder",
		`a<span data-blank="0"></span>b`: "a[0]b",
		`<span data-blank="x">…</span><span data-blank="y"></span>`: "[X][Y]",
		`<span data-blank="keep">…</span>`:                          `<span data-blank="keep">…</span>`,
		`<span data-blank="0`:                                       `<span data-blank="0`,
		`<span data-blank="0">`:                                     `<span data-blank="0">`,
		`<span data-param="0"></span>`:                              `<span data-param="0"></span>`,
		`&lt;span data-blank="0"&gt;&lt;/span&gt;`:                  `&lt;span data-blank="0"&gt;&lt;/span&gt;`,
	} {
		if got := fill(prompt, "blank", upper); got != want {
			t.Errorf("%q: %q, want %q", prompt, got, want)
		}
	}
}

// TestGapOutsideThePrompt: a gap that the prompt does not show has an input.
func TestGapOutsideThePrompt(t *testing.T) {
	l := lesson()
	l.Quiz.Questions[3].Prompt = `<p><span data-blank="1"></span><span data-blank="1"></span><span data-blank="7"></span></p>`
	s := newSheet(l, newStore(&progress.Memory{}), seeds())
	p := s.task("q-fill").prompt(true, nil)
	if strings.Count(p, "<input") != 2 || strings.Count(p, `data-text="0"`) != 1 || strings.Count(p, `data-text="1"`) != 1 {
		t.Errorf("%s", p)
	}
}

func FuzzFill(f *testing.F) {
	f.Add(`<p>a<span data-blank="0"></span></p>`)
	f.Add(`<span data-blank="<span data-blank="0">`)
	f.Fuzz(func(t *testing.T, prompt string) {
		kept := fill(prompt, "blank", func(string) (string, bool) { return "", false })
		if kept != prompt {
			t.Fatalf("%q became %q with nothing replaced", prompt, kept)
		}
	})
}
