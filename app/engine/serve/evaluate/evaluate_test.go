package evaluate

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"courselab/app/engine"
	"courselab/app/engine/serve/run"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/app/modeltest"
	"courselab/app/registry"
	"courselab/attention"
	"courselab/attention/blas"
	"courselab/attention/evaluate"
	"courselab/attention/prune"
	"courselab/sim"
	"courselab/sim/judge"
)

func backend() attention.Backend { return blas.Backend{} }

var shiya = sync.OnceValues(modeltest.Shiya)

func input(values map[string]string) *sheet.Input {
	all := map[string]string{
		"task": "choice", "rule": "sum", "versions": "int8,int4,pruned50", "item": "12", "own": "",
		"check": "rhyme", "openings": "10", "samples": "20", "k": "5", "temperature": "0.8",
		"steps": "20", "leaked": "100", "rate": "0.002", "p1": "72", "p2": "67", "discordant": "15", "power": "80", "seed": "1",
	}
	for k, v := range values {
		all[k] = v
	}
	return sheet.New(context.Background(), all, sheet.Options{
		Lab: "evaluate",
		Model: func(context.Context, func(engine.Reply)) (*attention.Model, *attention.Tokenizer, error) {
			m, t := shiya()
			return m, t, nil
		},
		Backend: func(context.Context) attention.Backend { return backend() },
	})
}

func goOn(t *testing.T, r run.Run, steps int) {
	t.Helper()
	for range steps {
		if at := r.At(); at.Done >= at.Total {
			return
		}
		if err := r.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// checkSheet looks for what no sheet may show.
func checkSheet(t *testing.T, s engine.Sheet) {
	t.Helper()
	if s.Empty() || s.Verdict.Text == "" {
		t.Errorf("an empty sheet: %+v", s)
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"NaN", "Inf", "−0.0\"", "%!"} {
		if strings.Contains(string(text), bad) {
			t.Errorf("%s in %s", bad, text)
		}
	}
}

// table returns the rows of the table with a title.
func table(t *testing.T, s engine.Sheet, title string) [][]string {
	t.Helper()
	for _, part := range s.Parts {
		for _, table := range part.Tables {
			if table.Title != title {
				continue
			}
			var rows [][]string
			for _, row := range table.Rows {
				var cells []string
				for _, c := range row.Cells {
					cells = append(cells, c.Text)
				}
				if len(cells) != len(table.Columns) {
					t.Errorf("%s: %d cells under %d columns", title, len(cells), len(table.Columns))
				}
				rows = append(rows, cells)
			}
			return rows
		}
	}
	t.Fatalf("no table %q", title)
	return nil
}

func TestSheetScoresAQuestion(t *testing.T) {
	s, err := Sheet(input(nil))
	if err != nil {
		t.Fatal(err)
	}
	checkSheet(t, s)
	// The words of the lab's first experiment.
	if !strings.HasPrefix(s.Verdict.Text, "按概率合计选“蝉鸣高树静，”，错；按字平均选“谁家吹短笛，吹落一天星。”，对。") {
		t.Error(s.Verdict.Text)
	}
	rows := table(t, s, "每个选项的似然")
	if len(rows) != evaluate.Choices {
		t.Fatalf("%d choices", len(rows))
	}
	ticks := [7]int{}
	for _, row := range rows {
		for i, cell := range row {
			if strings.Contains(cell, "✓") {
				ticks[i]++
			}
		}
	}
	if ticks != [7]int{2: 1, 3: 1, 4: 1, 6: 1} {
		t.Errorf("ticks %v", ticks)
	}
	if got := table(t, s, "题集"); len(got) != 3 || got[0][1] != "29" || got[0][2] != "29" {
		t.Errorf("%v", got)
	}
	if s.Answer != "thousands" || !strings.Contains(s.Because, "9,333") {
		t.Errorf("%s: %s", s.Answer, s.Because)
	}
}

func TestOwnQuestion(t *testing.T) {
	s, err := Sheet(input(map[string]string{"own": "白日依山尽，黄河入海流。欲穷千里目，\n*更上一层楼。\n不见长安路。\n上楼。"}))
	if err != nil {
		t.Fatal(err)
	}
	checkSheet(t, s)
	if rows := table(t, s, "每个选项的似然"); len(rows) != 3 || rows[0][0] != "更上一层楼。（正确）" || rows[2][1] != "3" {
		t.Errorf("%v", rows)
	}
	for own, says := range map[string]string{
		"白日\n*山😀\n水":                        "😀",
		"白日\n*山":                            "1 个选项",
		"白日\n山\n水":                          "前面加 *",
		"白日\n*山\n*水":                        "只能有一个",
		"白日\n*山\n山":                         "写了两次",
		"白日\n*\n山":                          "没有字",
		"日\n*山\n" + strings.Repeat("水", 71): "71 个字",
		strings.Repeat("日", 60) + "\n*" + strings.Repeat("山", 20) + "\n水": "上下文 71 个字",
		"e\u0301\n*山\n水": "不认识",
	} {
		_, err := Sheet(input(map[string]string{"own": own}))
		var faults *sheet.Faults
		if !errors.As(err, &faults) || len(faults.All) != 1 || faults.All[0].Field != "own" || !strings.Contains(faults.All[0].Message, says) {
			t.Errorf("%q: %v, want one that says %s", own, err, says)
		}
	}
}

func FuzzParseOwn(f *testing.F) {
	f.Add("白日\n*山\n水")
	f.Add("\n\n＊山\r\n水\n")
	f.Fuzz(func(t *testing.T, text string) {
		item, err := parseOwn(text)
		if err != nil {
			return
		}
		if len(item.Choices) < 2 || len(item.Choices) > maxOwnChoices || item.Answer < 0 || item.Answer >= len(item.Choices) {
			t.Errorf("%q: %+v", text, item)
		}
	})
}

func TestSettingsAreChecked(t *testing.T) {
	for _, c := range []struct{ field, value string }{
		{"rule", "best"}, {"check", "song"}, {"k", "21"}, {"versions", "int1"}, {"item", "175"}, {"item", "1.5"}, {"discordant", "4"}, {"p2", "72"}, {"power", "100"},
	} {
		_, err := Sheet(input(map[string]string{c.field: c.value}))
		faults, ok := sheet.Explain(err, nil)
		if !ok || len(faults) != 1 || faults[0].Field != c.field {
			t.Errorf("%s = %s: %v", c.field, c.value, err)
		}
	}
	if _, err := begin(input(map[string]string{"task": "none"})); err == nil {
		t.Error("no such task")
	}
}

func TestChoicesRun(t *testing.T) {
	in := input(map[string]string{"versions": "pruned80"})
	begun, err := begin(in)
	if err != nil {
		t.Fatal(err)
	}
	r := begun.(*choices)
	if need, err := bytes(in); err != nil || need < r.Bytes()-1<<19 || need > 2*r.Bytes() {
		t.Errorf("estimate %d, holds %d, %v", need, r.Bytes(), err)
	}
	s, err := r.Sheet(t.Context())
	if err != nil || !strings.Contains(s.Verdict.Text, "还没有") {
		t.Errorf("before: %+v, %v", s, err)
	}
	r.items, r.poems = r.items[:9], r.poems[:3]
	goOn(t, r, 9)
	if s, err = r.Sheet(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkSheet(t, s)
	goOn(t, r, 100)
	if at := r.At(); at.Done != 12 || at.Total != 12 {
		t.Errorf("%+v", at)
	}
	if s, err = r.Sheet(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkSheet(t, s)
	rows := table(t, s, "各版本的得分")
	right, _ := marks(r.answers[0], r.rule)
	n := 0
	for _, ok := range right {
		if ok {
			n++
		}
	}
	p, wilson := judge.Wilson(n, 9)
	if rows[0][2] != count(n) || rows[0][3] != "9" || rows[0][4] != format.Fixed(100*p, 1) || rows[0][5] != interval(wilson) || rows[0][1] != "2246" {
		t.Errorf("%v, %d right", rows[0], n)
	}
	if want := format.Number(evaluate.Perplexity(r.likelihoods[0]...)); rows[0][7] != want {
		t.Errorf("perplexity %s, want %s", rows[0][7], want)
	}
	if a, b := evaluate.Perplexity(r.likelihoods[0]...), evaluate.Perplexity(r.likelihoods[1]...); b < 5*a {
		t.Errorf("perplexities %v and %v", a, b)
	}
	c, err := r.compare(1)
	if err != nil {
		t.Fatal(err)
	}
	if row := table(t, s, "与原版配对比较")[0]; row[1] != count(c.OnlyA) || row[2] != count(c.OnlyB) || row[5] != chance(c.P) {
		t.Errorf("%v, %+v", row, c)
	}
}

// TestSpansOfTheLesson counts again what the lesson says of the questions whose
// choices differ in length.
func TestSpansOfTheLesson(t *testing.T) {
	m, tokenizer := shiya()
	s, err := scorer(input(nil), m, tokenizer)
	if err != nil {
		t.Fatal(err)
	}
	var spans []evaluate.Answered
	for _, item := range allItems(tokenizer) {
		if item.Kind != evaluate.Span {
			continue
		}
		a, err := s.Answer(t.Context(), item)
		if err != nil {
			t.Fatal(err)
		}
		spans = append(spans, a)
	}
	for rule, want := range map[evaluate.Rule]int{evaluate.Sum: 31, evaluate.PerCharacter: 48, evaluate.Lift: 74} {
		if got := 100 * float64(rule.Correct(spans)) / float64(len(spans)); len(spans) != 58 || math.Abs(got-float64(want)) > 0.51 {
			t.Errorf("rule %d: %v%% of %d, want %d", rule, got, len(spans), want)
		}
	}
	if part := rulesPart(spans); !strings.Contains(part.Text, "58 题里，按合计有 58 题选了短的") {
		t.Error(part.Text)
	}
}

func TestWritingRun(t *testing.T) {
	begun, err := begin(input(map[string]string{"task": "writing", "versions": "pruned50", "openings": "2", "samples": "3", "k": "2", "check": "form"}))
	if err != nil {
		t.Fatal(err)
	}
	r := begun.(*writing)
	for r.At().Done < r.At().Total {
		s, err := r.Sheet(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		checkSheet(t, s)
		goOn(t, r, 3)
	}
	s, err := r.Sheet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	checkSheet(t, s)
	rows := table(t, s, "各版本写得怎样")
	sum := 0.0
	for _, c := range r.passed[0] {
		q, err := sim.PassAtK(3, float64(c), 2)
		if err != nil {
			t.Fatal(err)
		}
		sum += q.Value / 2
	}
	if len(rows) != 2 || rows[0][1] != "2" || rows[0][3] != "6" || rows[0][6] != format.Fixed(100*sum, 1) {
		t.Errorf("%v, want %v", rows, sum)
	}
	if len(r.latest) != keptSamples || len(table(t, s, "每题通过的份数")) != 2 {
		t.Errorf("%d poems kept", len(r.latest))
	}
	// Each sample has a draw of its own.
	if a, b := r.latest[0].poem, r.latest[1].poem; a == b {
		t.Errorf("%s twice", a)
	}
}

// TestLeakRun: three poems that were trained on are answered better, and the
// site's model is left as it was.
func TestLeakRun(t *testing.T) {
	in := input(map[string]string{"task": "leak", "rule": "character", "leaked": "10", "steps": "16", "rate": "0.002"})
	begun, err := begin(in)
	if err != nil {
		t.Fatal(err)
	}
	r := begun.(*leak)
	if need, err := bytes(in); err != nil || need < r.Bytes() {
		t.Errorf("estimate %d, holds %d, %v", need, r.Bytes(), err)
	}
	site, _ := shiya()
	was := site.Clone()
	var leaked, fresh []evaluate.Item
	for i, item := range r.items {
		switch {
		case r.leaked[item.Poem]:
			leaked = append(leaked, item)
		case i >= len(r.items)/2+1 && len(fresh) < len(leaked):
			fresh = append(fresh, item)
		}
	}
	if len(leaked) != 9 {
		t.Fatalf("%d leaked questions", len(leaked))
	}
	r.items, r.plan = append(leaked, fresh...), []int{0, r.steps}
	goOn(t, r, len(r.items)+1)
	s, err := r.Sheet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	checkSheet(t, s)
	first := r.loss
	goOn(t, r, 1000)
	if s, err = r.Sheet(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkSheet(t, s)
	if r.loss > first/2 {
		t.Errorf("loss %v, at first %v", r.loss, first)
	}
	all := r.complete()
	before, _, _ := r.score(all[0], r.groups()[0])
	after, _, _ := r.score(all[1], r.groups()[0])
	if len(all) != 2 || after.n != 9 || after.right < 8 || after.right <= before.right {
		t.Errorf("%d of %d right, before %d", after.right, after.n, before.right)
	}
	for i, p := range site.Parameters() {
		if !slices.Equal(p.Values, was.Parameters()[i].Values) {
			t.Fatalf("%s of the site's model was changed", p.Name)
		}
	}
}

// TestVersions holds the size and name of each compression, and that the lab
// offers just these.
func TestVersions(t *testing.T) {
	lab, ok := registry.Find("evaluate")
	if !ok {
		t.Fatal("no lab")
	}
	param, _ := lab.Input("versions")
	var values []string
	for i, c := range compressions {
		values = append(values, c.value)
		if param.Options[i].Value != c.value || param.Options[i].Label != c.name {
			t.Errorf("%s %s is offered as %v", c.value, c.name, param.Options[i])
		}
	}
	in := input(map[string]string{"versions": strings.Join(values, ",")})
	wanted, err := versionsOf(in)
	if err != nil {
		t.Fatal(err)
	}
	m, tokenizer := shiya()
	all, err := build(in, m, tokenizer, wanted)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range all {
		if i > 0 && (v.bytes >= all[0].bytes || v.bytes < all[0].bytes/9) {
			t.Errorf("%s: %d bytes, the original %d", v.name, v.bytes, all[0].bytes)
		}
	}
	if all[1].bytes*100 < all[0].bytes*50 || all[1].bytes*100 > all[0].bytes*53 {
		t.Errorf("int8 takes %d of %d bytes", all[1].bytes, all[0].bytes)
	}
	halved := m.Clone()
	if err := prune.Halve(halved); err != nil {
		t.Fatal(err)
	}
	for i, p := range halved.Parameters() {
		if !slices.Equal(p.Values, m.Parameters()[i].Values) {
			t.Errorf("%s is not float16 as it is", p.Name)
		}
	}
}
