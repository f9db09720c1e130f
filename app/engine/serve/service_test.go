package serve

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"courselab/app/engine"
)

// withPairs is sheetOf with the changes as pairs of name and value.
func withPairs(t testing.TB, lab string, pairs ...string) engine.Sheet {
	t.Helper()
	changes := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		changes[pairs[i]] = pairs[i+1]
	}
	return sheetOf(t, lab, changes)
}

// figureIn returns the figure whose title begins so.
func figureIn(t testing.TB, s engine.Sheet, title string) engine.Figure {
	t.Helper()
	for _, p := range s.Parts {
		for _, f := range p.Figures {
			if strings.HasPrefix(f.Title, title) {
				return f
			}
		}
	}
	t.Fatalf("no figure %q", title)
	return engine.Figure{}
}

func tableIn(t testing.TB, s engine.Sheet, title string) engine.FactTable {
	t.Helper()
	for _, p := range s.Parts {
		for _, f := range p.Tables {
			if strings.HasPrefix(f.Title, title) {
				return f
			}
		}
	}
	t.Fatalf("no table %q", title)
	return engine.FactTable{}
}

func quantityIn(t testing.TB, s engine.Sheet, name string) engine.Quantity {
	t.Helper()
	for _, p := range s.Parts {
		for _, q := range p.Quantities {
			if strings.HasPrefix(q.Name, name) {
				return q
			}
		}
	}
	t.Fatalf("no quantity %q", name)
	return engine.Quantity{}
}

// leading reads the number that a cell begins with.
func leading(t testing.TB, text string) float64 {
	t.Helper()
	text, _, _ = strings.Cut(text, " ")
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatalf("%q is no number", text)
	}
	return v
}

// halfWidth reads what follows ±.
func halfWidth(t testing.TB, text string) float64 {
	t.Helper()
	_, after, ok := strings.Cut(text, "± ")
	if !ok {
		t.Fatalf("%q has no interval", text)
	}
	return leading(t, after)
}

func TestServingLab(t *testing.T) {
	s := withPairs(t, "serving")
	if len(s.Faults) > 0 || s.Answer != "many" || s.Verdict.Tone != engine.Warn {
		t.Errorf("verdict %+v, answer %q, faults %v", s.Verdict, s.Answer, s.Faults)
	}
	// Latency rises with load, and the tail first.
	last := 0.0
	rows := figureIn(t, s, "首字时间随负载").Table.Rows
	for i, row := range rows {
		p50, p99 := leading(t, row[2]), leading(t, row[4])
		if p50 < 0.98*last || p99 < p50 {
			t.Errorf("at %s %%: median %v after %v, p99 %v", row[0], p50, last, p99)
		}
		last = p50
		if throughput, offered := leading(t, row[7]), leading(t, row[1]); i < 5 && math.Abs(throughput-offered) > 0.05*offered {
			t.Errorf("at %s %%: %v answered of %v a second", row[0], throughput, offered)
		}
	}
	first, top := leading(t, rows[0][8]), leading(t, rows[0][9])
	if first < 95 || top > 20 {
		t.Errorf("at 30 %% busy %v %%, %v requests a step: busy should not mean full", first, top)
	}
	// The simulator agrees with the formula where there is one.
	for _, row := range tableIn(t, s, "同一个模拟器").Rows {
		want, got := leading(t, row.Cells[1].Text), row.Cells[2].Text
		if math.Abs(leading(t, got)-want) > 2*halfWidth(t, got) {
			t.Errorf("%s servers: %s, in theory %v", row.Cells[0].Text, got, want)
		}
	}
	// N+1 of the lesson: 98.01, 99.970 %.
	rows2 := tableIn(t, s, "多一个副本").Rows
	if got := rows2[1].Cells[1].Text; !strings.HasPrefix(got, "99.9702") || !strings.HasPrefix(rows2[0].Cells[1].Text, "98.01%") {
		t.Errorf("N+1 %s, N %s", got, rows2[0].Cells[1].Text)
	}
	if figureIn(t, s, "最挤的时候").SVG == "" || len(figureIn(t, s, "排队与在算").Table.Rows) < 100 {
		t.Error("no course of events")
	}
}

func TestServingLabSays(t *testing.T) {
	if s := withPairs(t, "serving", "pattern", "recorded"); len(s.Faults) > 0 || len(s.Parts) != 4 {
		t.Errorf("a recording: %v, %d parts", s.Faults, len(s.Parts))
	}
	if s := withPairs(t, "serving", "queue", "1", "timeout", "2", "load", "130", "fail", "1"); s.Verdict.Tone != engine.Bad {
		t.Errorf("overload with limits: %+v", s.Verdict)
	}
	for field, pairs := range map[string][]string{
		"trace":  {"pattern", "recorded", "trace", "1,2,3\n0,1,1"},
		"gpu":    {"model", "llama-3-70b"},
		"gpus":   {"gpus", "3"},
		"prompt": {"prompt", "8000", "output", "2000"},
	} {
		s := withPairs(t, "serving", pairs...)
		if len(s.Faults) != 1 || s.Faults[0].Field != field || strings.ContainsAny(s.Faults[0].Message, "never") && field == "gpu" {
			t.Errorf("%v: %+v", pairs, s.Faults)
		}
	}
}

func TestArchitectureLab(t *testing.T) {
	s := withPairs(t, "architecture")
	if s.Answer != "fifth" {
		t.Errorf("answer %q", s.Answer)
	}
	last := math.Inf(1)
	rows := tableIn(t, s, "怎样分给副本").Rows
	for i, row := range rows {
		wait := leading(t, row.Cells[1].Text)
		if wait >= last {
			t.Errorf("%s waits %v after %v", row.Cells[0].Text, wait, last)
		}
		last = wait
		if i == 0 || i == 4 { // 8 and 1.491 in the lesson
			want := map[int]float64{0: 8, 4: 1.491}[i]
			if got := row.Cells[1].Text; leading(t, row.Cells[2].Text) != want || math.Abs(wait-want) > 2*halfWidth(t, got) {
				t.Errorf("%s: %s, in theory %s, in the lesson %v", row.Cells[0].Text, got, row.Cells[2].Text, want)
			}
		}
	}
	rows = tableIn(t, withPairs(t, "architecture", "scenario", "async"), "同步还是异步").Rows
	if sync, async := leading(t, rows[0].Cells[1].Text), leading(t, rows[3].Cells[1].Text); sync > 95 || async != 100 {
		t.Errorf("answered %v %% at once, %v %% from a queue", sync, async)
	}
	if all, some := leading(t, rows[3].Cells[5].Text), leading(t, rows[4].Cells[5].Text); some > all/2 {
		t.Errorf("urgent ones wait %v s among all, %v s before the rest", all, some)
	}
	rows = tableIn(t, withPairs(t, "architecture", "scenario", "hotcold"), "很多个微调模型").Rows
	if mixed, lora := leading(t, rows[0].Cells[3].Text), leading(t, rows[3].Cells[3].Text); lora > mixed/2 {
		t.Errorf("mixed %v s, LoRA %v s", mixed, lora)
	}
	rows = tableIn(t, withPairs(t, "architecture", "scenario", "edge"), "集中还是").Rows
	if one, many := leading(t, rows[0].Cells[1].Text), leading(t, rows[1].Cells[1].Text); many < 3*one {
		t.Errorf("one queue %v s, four %v s", one, many)
	}
	rows = tableIn(t, withPairs(t, "architecture", "service", "batch", "load", "85"), "怎样分给副本").Rows
	if turns, prefix := leading(t, rows[1].Cells[7].Text), leading(t, rows[5].Cells[7].Text); prefix < turns+20 {
		t.Errorf("prefixes kept: %v %% by turns, %v %% by prefix", turns, prefix)
	}
	if s := withPairs(t, "architecture", "scenario", "edge", "replicas", "2"); len(s.Faults) != 1 || s.Faults[0].Field != "sites" {
		t.Errorf("two replicas at four places: %v", s.Faults)
	}
}

func TestCacheLab(t *testing.T) {
	s := withPairs(t, "cache")
	formula, drawn := quantityIn(t, s, "命中率（公式）"), quantityIn(t, s, "命中率（模拟）")
	if s.Answer != "some" || math.Abs(*formula.Value-*drawn.Value) > 0.005 {
		t.Errorf("answer %q, %s and %s", s.Answer, formula.Text, drawn.Text)
	}
	// What everything fits into hits as the lesson says: 49.7 % at a day.
	s = withPairs(t, "cache", "cached", "100000")
	if got := *quantityIn(t, s, "命中率（公式）").Value; math.Abs(got-0.497) > 1e-3 {
		t.Errorf("all of them for a day: %v", got)
	}
	s = withPairs(t, "cache", "ttl", "0")
	if s.Verdict.Tone != engine.Bad {
		t.Errorf("for ever, with dear mistakes: %+v", s.Verdict)
	}
	s = withPairs(t, "cache", "kind", "semantic")
	right := quantityIn(t, s, "答对")
	if len(s.Faults) > 0 || !strings.Contains(right.Note, "随机抽") || math.Abs(*quantityIn(t, s, "命中里最多容许").Value-0.0148) > 1e-12 {
		t.Errorf("semantic: %v %+v", s.Faults, right)
	}
	if s := withPairs(t, "cache", "kind", "semantic", "threshold", "0.75"); s.Verdict.Tone != engine.Bad {
		t.Errorf("a low threshold: %+v", s.Verdict)
	}
}

func TestEmergenceLab(t *testing.T) {
	s := withPairs(t, "emergence")
	if s.Answer != "smaller" || len(s.Faults) > 0 {
		t.Errorf("answer %q, %v", s.Answer, s.Faults)
	}
	// p^8 in the table is the third column to the power of eight.
	for _, row := range figureIn(t, s, "整串全对").Table.Rows {
		p, all := leading(t, row[2])/100, leading(t, row[3])/100
		if math.Abs(math.Pow(p, 8)-all) > 1e-4 {
			t.Errorf("%s: %v to the power of 8 is not %v", row[0], p, all)
		}
	}
	for _, ruler := range []string{"token", "wrong", "loss"} {
		if s := withPairs(t, "emergence", "ruler", ruler); !strings.Contains(s.Verdict.Text, "没有跃起") {
			t.Errorf("%s: %q", ruler, s.Verdict.Text)
		}
	}
	few := figureIn(t, withPairs(t, "emergence", "questions", "10"), "一次测试").Table.Rows
	many := figureIn(t, withPairs(t, "emergence", "questions", "100000"), "一次测试").Table.Rows
	count := func(rows [][]string) (zeros int) {
		for _, r := range rows {
			if r[3] == "0" {
				zeros++
			}
		}
		return zeros
	}
	if count(few) <= count(many) {
		t.Errorf("%d zeros of 10 questions, %d of 100,000", count(few), count(many))
	}
}
