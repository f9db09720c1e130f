package shrink

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/app/engine/serve/run"
	"courselab/app/engine/serve/sheet"
	"courselab/app/format"
	"courselab/app/modeltest"
	"courselab/app/registry"
	"courselab/attention"
	"courselab/attention/prune"
	"courselab/attention/train"
)

var small, words = modeltest.Open(modeltest.Files(5))

// input is what a handler reads: the registry's defaults, and pairs that differ.
func input(t *testing.T, lab string, emit func(engine.Reply), pairs ...string) *sheet.Input {
	t.Helper()
	l, ok := registry.Find(lab)
	if !ok {
		t.Fatal(lab)
	}
	values := map[string]string{}
	for _, p := range l.Inputs {
		values[p.Name] = p.Default
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return sheet.New(t.Context(), values, sheet.Options{Lab: lab, Emit: emit,
		Model: func(context.Context, func(engine.Reply)) (*attention.Model, *attention.Tokenizer, error) {
			return small, words, nil
		}})
}

// cells finds a row of the chart's table by its method and setting.
func cells(t *testing.T, s engine.Sheet, method, setting string) []string {
	t.Helper()
	for _, p := range s.Parts {
		for _, f := range p.Figures {
			for _, r := range f.Table.Rows {
				if r[0] == method && r[1] == setting {
					return r
				}
			}
		}
	}
	t.Fatalf("no point %s, %s", method, setting)
	return nil
}

// TestPruneIsComputed recomputes what the quick sheet shows of each method.
func TestPruneIsComputed(t *testing.T) {
	l := &Lab{}
	documents, err := heldOut(small, words, quickPoems)
	if err != nil {
		t.Fatal(err)
	}
	for _, pairs := range [][]string{
		{"method", "global", "share", "40"}, {"method", "matrix", "share", "40"}, {"method", "two"},
		{"method", "heads", "heads", "2"}, {"method", "heads", "heads", "2", "order", "reverse"}, {"method", "columns", "share", "25"},
	} {
		partials := 0
		s, err := l.Prune(input(t, "prune", func(r engine.Reply) {
			if r.Kind == engine.Partial {
				partials++
				var first engine.Sheet
				if json.Unmarshal(r.Output, &first) != nil || len(first.Parts) < 2 {
					t.Error("the quick part lacks its parts")
				}
			}
		}, pairs...))
		if err != nil {
			t.Fatal(pairs, err)
		}
		if partials != 2 {
			t.Errorf("%v: %d partial sheets", pairs, partials)
		}
		chosen := readSetting(input(t, "prune", nil, pairs...))
		var imp train.Importance
		if chosen.structured() {
			if imp, err = l.importances(input(t, "prune", nil), small, attention.Go{}, 1); err != nil {
				t.Fatal(err)
			}
		}
		cut, err := chosen.cut(small, imp)
		if err != nil {
			t.Fatal(err)
		}
		loss, err := train.HeldOut(t.Context(), cut.model, attention.Reference{}, documents, 1000)
		if err != nil {
			t.Fatal(err)
		}
		row := cells(t, s, methodNames[chosen.method], chosen.words())
		if want := format.Plain(float64(cut.bytes) / 1000); row[2] != want {
			t.Errorf("%v: %s KB, want %s", pairs, row[2], want)
		}
		if want := format.Fixed(loss, 4); row[3] != want && math.Abs(loss-parse(t, row[3])) > 2e-4 {
			t.Errorf("%v: loss %s, want %s", pairs, row[3], want)
		}
		if chosen.structured() {
			if cut.bytes != 2*cut.structure.Parameters() || cut.size.NonzeroProducts >= cut.size.Products {
				t.Errorf("%v: %d bytes, %+v", pairs, cut.bytes, cut.size)
			}
		} else if s.Answer != "same" || cut.size.Dense != prune.Measure(small).Dense {
			t.Errorf("%v: answer %q", pairs, s.Answer)
		}
	}
	in := input(t, "prune", nil, "method", "heads", "heads", "9")
	var faults *sheet.Faults
	if _, err := l.Prune(in); !errors.As(err, &faults) || faults.All[0].Field != "heads" {
		t.Errorf("nine heads of eight: %v", err)
	}
}

func parse(t *testing.T, s string) float64 {
	t.Helper()
	var v float64
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// finish takes a run to its end; each of the steps named is broken off once.
func finish(t *testing.T, maker run.Lab, in *sheet.Input, broken ...int) run.Run {
	t.Helper()
	need, err := maker.Bytes(in)
	if err != nil {
		t.Fatal(err)
	}
	r, err := maker.Begin(in)
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; r.At().Done < r.At().Total; n++ {
		for _, b := range broken {
			if b != n {
				continue
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			in.Under(ctx)
			if err := r.Step(ctx); !errors.Is(err, context.Canceled) {
				t.Fatalf("broken off at %d: %v", n, err)
			}
			in.Under(t.Context())
		}
		if err := r.Step(t.Context()); err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
		if n%9 == 0 {
			if s, err := r.Sheet(t.Context()); err != nil || s.Empty() {
				t.Fatalf("sheet after step %d: %v", n, err)
			}
		}
	}
	if r.Bytes() > need {
		t.Errorf("%d bytes held, %d foreseen", r.Bytes(), need)
	}
	if r.Step(t.Context()) == nil {
		t.Error("a step beyond the end was taken")
	}
	return r
}

func TestPruneRun(t *testing.T) {
	maker := (&Lab{}).PruneRun()
	pairs := []string{"method", "matrix", "share", "60", "texts", "8", "recover", "6"}
	in := input(t, "prune", nil, pairs...)
	r := finish(t, maker, in).(*comparison)
	other := finish(t, maker, input(t, "prune", nil, pairs...), 3, 8, 12, 29, 36).(*comparison)
	if r.after != other.after || len(r.points) != len(other.points) {
		t.Errorf("a run that was broken off ends otherwise: %+v, %+v", r.after, other.after)
	}
	s, err := r.Sheet(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	// The point of the chosen setting, before and after, and quantised ones.
	before := cells(t, s, methodNames[matrix], "同比例 60%")
	after := cells(t, s, recovered, "同比例 60%")
	cells(t, s, rounded, "int8，每通道")
	cells(t, s, rounded, "int4，每组 32 个")
	if before[2] != after[2] {
		t.Errorf("training changed the bytes from %s to %s", before[2], after[2])
	}
	if len(r.curve) != 6 || r.curve[5].Divergence >= r.curve[0].Divergence {
		t.Errorf("the divergence goes %v", r.curve)
	}
	want, err := train.HeldOut(t.Context(), small, attention.Reference{}, r.documents, 1000)
	if err != nil || math.Abs(r.points[0].Loss-want) > 1e-4 {
		t.Errorf("the whole model has %v, want %v", r.points[0].Loss, want)
	}
	if len(r.alone) != 8 || s.Verdict.Text == "" || !strings.Contains(s.Verdict.Text, "int8") {
		t.Errorf("%d heads, %q", len(r.alone), s.Verdict.Text)
	}
}

func TestDistilRun(t *testing.T) {
	maker := (&Lab{}).DistilRun()
	for _, student := range []string{narrow, half} {
		pairs := []string{"student", student, "texts", "8", "steps", "20", "temperature", "2", "weight", "0.8"}
		r := finish(t, maker, input(t, "distil", nil, pairs...)).(*school)
		other := finish(t, maker, input(t, "distil", nil, pairs...), 2, 8, 9, 13, 20).(*school)
		last := len(r.read) - 1
		if r.read[last] != other.read[last] {
			t.Errorf("%s: a run that was broken off ends otherwise: %+v, %+v", student, r.read[last], other.read[last])
		}
		if r.read[0].alone != r.read[0].taught || r.read[last].alone == r.read[last].taught {
			t.Errorf("%s: the students begin at %+v and end at %+v", student, r.read[0], r.read[last])
		}
		if r.read[last].divergence >= r.read[1].divergence {
			t.Errorf("%s: the divergence goes from %v to %v", student, r.read[1].divergence, r.read[last].divergence)
		}
		s, err := r.Sheet(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		row := cells(t, s, byTeacher, "fp16")
		if want := format.Plain(float64(2*weights(r.student)) / 1000); row[2] != want {
			t.Errorf("%s: the student takes %s KB, want %s", student, row[2], want)
		}
		if s.Answer != "teacher" && s.Answer != "data" && s.Answer != "same" {
			t.Errorf("answer %q", s.Answer)
		}
	}
}

// TestStudentsAreWhole: a student counts what its shape says, and half a teacher
// has the teacher's first and last layers.
func TestStudentsAreWhole(t *testing.T) {
	for _, kind := range []string{narrow, half} {
		s, err := newStudent(small, kind, 1)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, p := range s.Parameters() {
			n += len(p.Values)
		}
		if int64(n) != weights(s.Config) {
			t.Errorf("%s: %d parameters, want %d", kind, n, weights(s.Config))
		}
	}
	for _, c := range []struct {
		layers, n int
		want      []int
	}{{4, 2, []int{0, 3}}, {2, 1, []int{0}}, {32, 16, nil}, {5, 2, []int{0, 4}}} {
		got := inherited(c.layers, c.n)
		for i, v := range c.want {
			if got[i] != v {
				t.Errorf("%d of %d layers: %v", c.n, c.layers, got)
			}
		}
		for i := 1; i < len(got); i++ {
			if got[i] <= got[i-1] || got[i] >= c.layers {
				t.Errorf("%d of %d layers: %v", c.n, c.layers, got)
			}
		}
	}
	if small.Layers[0].WQ.Data[0] == 0 {
		t.Error("the teacher was changed")
	}
}

func TestDistilNamesWhatIsWrong(t *testing.T) {
	l := &Lab{}
	for field, value := range map[string]string{"text": "床前X", "temperature": "0", "weight": "2", "student": "x"} {
		var faults *sheet.Faults
		if _, err := l.Distil(input(t, "distil", nil, field, value)); !errors.As(err, &faults) || faults.All[0].Field != field || faults.All[0].Message == "" {
			t.Errorf("%s = %s: %v", field, value, err)
		}
	}
	if s, err := l.Distil(input(t, "distil", nil, "temperature", "4")); err != nil || len(s.Parts) != 2 || s.Answer != "" {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestSpearman(t *testing.T) {
	for _, c := range []struct {
		x, y []float64
		want float64
	}{
		{[]float64{1, 2, 3}, []float64{10, 20, 90}, 1}, {[]float64{1, 2, 3}, []float64{3, 2, 1}, -1},
		{[]float64{1, 2, 3, 4, 5}, []float64{2, 1, 4, 3, 5}, 0.8}, {[]float64{1, 1}, []float64{1, 2}, 0},
	} {
		if got := spearman(c.x, c.y); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v and %v: %v, want %v", c.x, c.y, got, c.want)
		}
	}
}
