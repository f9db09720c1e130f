package sheet

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"courselab/app/engine"
	"courselab/sim"
)

func TestInputNotesFaults(t *testing.T) {
	in := New(context.Background(), map[string]string{"n": "4096", "bad": "x", "inf": "Inf", "list": "a,b", "on": "1", "none": ""}, Options{Lab: "fit"})
	if in.Number("n") != 4096 || in.NumberOr("none", 7) != 7 || !in.On("on") || in.On("n") || len(in.List("list")) != 2 || in.List("none") != nil || in.Err() != nil {
		t.Errorf("what is right is not read: %v", in.Err())
	}
	in.Number("bad")
	in.Number("inf")
	in.Number("absent")
	in.Model("list") // no catalogue here
	var faults *Faults
	if err := in.Err(); !errors.As(err, &faults) || len(faults.All) != 4 {
		t.Fatalf("faults %v", err)
	}
	for i, field := range []string{"bad", "inf", "absent", "list"} {
		if faults.All[i].Field != field || faults.All[i].Message == "" {
			t.Errorf("fault %d: %+v", i, faults.All[i])
		}
	}
	in.Fault("long", strings.Repeat("长", 3))
}

func TestKeysTellDrawingsApart(t *testing.T) {
	key := func(lab, what, v string) string {
		return New(context.Background(), map[string]string{"a": v, "b": "1"}, Options{Lab: lab}).Key(what)
	}
	seen := map[string]bool{}
	for _, k := range []string{key("fit", "x", "1"), key("fit", "y", "1"), key("fit", "x", "2"), key("cost", "x", "1")} {
		if seen[k] {
			t.Errorf("%s twice", k)
		}
		seen[k] = true
	}
	if key("fit", "x", "1") != key("fit", "x", "1") {
		t.Error("one drawing, two keys")
	}
}

func TestQuantityExplainsItself(t *testing.T) {
	q, err := sim.WeightBytes(7e9, 16)
	if err != nil {
		t.Fatal(err)
	}
	got := Quantity(q)
	if got.Text != "14 GB" || got.Formula != q.Formula || len(got.Terms) != len(q.Terms) || *got.Value != 14e9 {
		t.Errorf("%+v", got)
	}
	if in := In(q, "GiB"); in.Text != "13.04 GiB" || in.Unit != "GiB" {
		t.Errorf("%+v", in)
	}
	if in := In(q, "parsec"); in.Text != got.Text {
		t.Errorf("an unknown unit: %+v", in)
	}
	none := Quantity(sim.Quantity{Name: "x", Value: math.NaN(), Terms: []sim.Term{{Symbol: "a", Value: math.Inf(1)}}})
	if none.Value != nil || none.Text != "—" || none.Terms[0].Text != "—" {
		t.Errorf("%+v", none)
	}
	if zero := Plain("x", math.Copysign(0, -1), "CNY"); math.Signbit(*zero.Value) || zero.Text != "¥0" {
		t.Errorf("%+v", zero)
	}
}

func TestExplain(t *testing.T) {
	_, err := sim.WeightBytes(-1, 16)
	faults, ok := Explain(Rename(err, "params", "model"), map[string]string{"model": "m"})
	if !ok || len(faults) != 1 || faults[0].Field != "model" || faults[0].Value != "m" || !strings.Contains(faults[0].Message, "超出") {
		t.Errorf("%+v, %v", faults, ok)
	}
	if _, ok := Explain(errors.New("a fault of ours"), nil); ok {
		t.Error("our fault put on the learner")
	}
	if err := Rename(nil, "a", "b"); err != nil {
		t.Error(err)
	}
}

func TestPartialAndProgress(t *testing.T) {
	var sent []engine.Reply
	ctx, cancel := context.WithCancel(context.Background())
	in := New(ctx, nil, Options{Emit: func(r engine.Reply) { sent = append(sent, r) }})
	in.Partial(engine.Sheet{Verdict: engine.Verdict{Text: "快"}})
	if err := in.Progress("算", 1, 2, "次"); err != nil {
		t.Error(err)
	}
	if len(sent) != 2 || sent[0].Kind != engine.Partial || sent[1].Progress.Done != 1 {
		t.Errorf("sent %+v", sent)
	}
	cancel()
	if in.Progress("算", 2, 2, "次") == nil {
		t.Error("a request that was given up goes on")
	}
}

func TestColumns(t *testing.T) {
	got := Columns("模型", "带宽（GB/s）")
	if got[0] != (engine.Column{Name: "模型"}) || got[1] != (engine.Column{Name: "带宽", Unit: "GB/s"}) {
		t.Errorf("%+v", got)
	}
}
