package run

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"courselab/app/engine"
	"courselab/app/engine/serve/sheet"
	"courselab/attention/safetensors"
)

// count is a run that counts up to a total.
type count struct {
	total, done int
	step        float64
	bytes       int64
	fail        error
	each        func()
}

func (c *count) Step(ctx context.Context) error {
	if c.each != nil {
		c.each()
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.fail != nil {
		return c.fail
	}
	c.done++
	return nil
}

func (c *count) At() engine.Progressed {
	return engine.Progressed{What: "数数", Done: float64(c.done), Total: float64(c.total), Unit: "步"}
}

func (c *count) Sheet(context.Context) (engine.Sheet, error) {
	return engine.Sheet{Verdict: engine.Verdict{Text: "数到 " + strconv.Itoa(c.done)}}, nil
}

func (c *count) Bytes() int64 { return c.bytes }

func (c *count) Set(in *sheet.Input) (bool, error) {
	if int(in.Number("total")) != c.total {
		return false, nil
	}
	c.step = in.Number("step")
	return true, in.Err()
}

func (c *count) Save(w io.Writer, metadata map[string]string) error {
	return safetensors.Write(w, []safetensors.Source{{Name: "done", DType: safetensors.F32, Shape: []int{1}, Values: []float32{float32(c.done)}}}, metadata)
}

func (c *count) Load(data []byte) error {
	f, err := safetensors.Parse(data)
	if err != nil {
		return err
	}
	d, ok := f.Tensor("done")
	if !ok || d.Values()[0] > float32(c.total) {
		return errors.New("no such count")
	}
	c.done = int(d.Values()[0])
	return nil
}

// counting makes counts of the size that the input "bytes" says.
func counting(change func(*count)) Lab {
	return Lab{
		Version: "1",
		Bytes:   func(in *sheet.Input) (int64, error) { return int64(in.NumberOr("bytes", 10)), in.Err() },
		Begin: func(in *sheet.Input) (Run, error) {
			c := &count{total: int(in.Number("total")), bytes: int64(in.NumberOr("bytes", 10))}
			if change != nil {
				change(c)
			}
			return c, in.Err()
		},
	}
}

func ask(lab string, maker Lab, steps int, pairs ...string) Ask {
	values := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return Ask{Lab: lab, Maker: maker, Steps: steps, Values: values, Input: sheet.New(context.Background(), values, sheet.Options{Lab: lab})}
}

func TestGoesOn(t *testing.T) {
	r, maker, ctx := NewRuns(100), counting(nil), context.Background()
	if out, err := r.Look(ctx, "a"); err != nil || out.Run.Exists || out.Run.Limit != 100 {
		t.Fatalf("before: %+v, %v", out, err)
	}
	out, err := r.Go(ctx, ask("a", maker, 2, "total", "5"))
	if err != nil || out.Run.At.Done != 2 || out.Run.Ended || out.Run.Bytes != 10 || !out.Run.Saves || out.Sheet.Verdict.Text != "数到 2" {
		t.Fatalf("two steps: %+v, %v", out, err)
	}
	if out, err = r.Go(ctx, ask("a", maker, 0, "total", "5")); err != nil || out.Run.At.Done != 5 || !out.Run.Ended {
		t.Fatalf("to the end: %+v, %v", out, err)
	}
	fresh := ask("a", maker, 1, "total", "5")
	fresh.Fresh = true
	if out, err = r.Go(ctx, fresh); err != nil || out.Run.At.Done != 1 {
		t.Fatalf("anew: %+v, %v", out, err)
	}
	r.Drop("a")
	if out, err = r.Look(ctx, "a"); err != nil || out.Run.Exists || !out.Sheet.Empty() {
		t.Fatalf("dropped: %+v, %v", out, err)
	}
}

func TestCancelledRests(t *testing.T) {
	r := NewRuns(100)
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	maker := counting(func(c *count) {
		c.each = func() {
			if n++; n == 4 {
				cancel()
			}
		}
	})
	if _, err := r.Go(ctx, ask("a", maker, 0, "total", "9")); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
	out, err := r.Go(context.Background(), ask("a", maker, 0, "total", "9"))
	if err != nil || out.Run.At.Done != 9 || n != 10 {
		t.Fatalf("gone on: %+v, %v; %d steps tried", out, err, n)
	}
}

func TestOtherValues(t *testing.T) {
	r, maker, ctx := NewRuns(100), counting(nil), context.Background()
	if _, err := r.Go(ctx, ask("a", maker, 1, "total", "5", "step", "1")); err != nil {
		t.Fatal(err)
	}
	// One that may change while it is under way.
	out, err := r.Go(ctx, ask("a", maker, 1, "total", "5", "step", "2"))
	if err != nil || out.Run.At.Done != 2 || out.Run.Values["step"] != "2" {
		t.Fatalf("set: %+v, %v", out, err)
	}
	// One that may not: the run stays.
	_, err = r.Go(ctx, ask("a", maker, 1, "total", "6", "step", "2"))
	var known *engine.Error
	if !errors.As(err, &known) || known.Code != engine.BadInput {
		t.Fatalf("other total: %v", err)
	}
	if out, err = r.Look(ctx, "a"); err != nil || out.Run.At.Done != 2 || out.Run.Values["total"] != "5" {
		t.Fatalf("after: %+v, %v", out, err)
	}
}

func TestFailedRunIsGone(t *testing.T) {
	r, maker := NewRuns(100), counting(func(c *count) { c.fail = errors.New("broken") })
	if _, err := r.Go(context.Background(), ask("a", maker, 1, "total", "5")); err == nil || err.Error() != "broken" {
		t.Fatal(err)
	}
	if out, _ := r.Look(context.Background(), "a"); out.Run.Exists {
		t.Error("a run that broke is kept")
	}
}

func TestMemoryIsBounded(t *testing.T) {
	r, maker, ctx := NewRuns(100), counting(nil), context.Background()
	begin := func(lab, bytes string, steps int) error {
		_, err := r.Go(ctx, ask(lab, maker, steps, "total", "3", "bytes", bytes))
		return err
	}
	for _, x := range []struct {
		lab, bytes string
		steps      int
	}{{"ended", "40", 3}, {"resting", "40", 1}, {"new", "50", 1}} {
		if err := begin(x.lab, x.bytes, x.steps); err != nil {
			t.Fatalf("%s: %v", x.lab, err)
		}
	}
	for lab, exists := range map[string]bool{"ended": false, "resting": true, "new": true} {
		if out, _ := r.Look(ctx, lab); out.Run.Exists != exists {
			t.Errorf("%s: exists %v", lab, !exists)
		}
	}
	// What rests is not given up for another; the refusal says how much there is.
	err := begin("late", "21000000", 1)
	var known *engine.Error
	if !errors.As(err, &known) || known.Code != engine.BadInput || !strings.Contains(known.Message, "21 MB") {
		t.Fatalf("too large: %v", err)
	}
	if err := begin("late", "11", 1); !errors.As(err, &known) {
		t.Fatalf("no room: %v", err)
	}
	// A lab's own earlier run makes room for the next.
	again := ask("new", maker, 1, "total", "3", "bytes", "60")
	again.Fresh = true
	if _, err := r.Go(ctx, again); err != nil {
		t.Fatal(err)
	}
}

func TestFiles(t *testing.T) {
	r, maker, ctx := NewRuns(100), counting(nil), context.Background()
	if _, err := r.Save("a", maker); err == nil {
		t.Fatal("nothing was saved")
	}
	if _, err := r.Go(ctx, ask("a", maker, 3, "total", "5")); err != nil {
		t.Fatal(err)
	}
	file, err := r.Save("a", maker)
	if err != nil || file.Name != "a.safetensors" {
		t.Fatal(file.Name, err)
	}
	input := func(values map[string]string) *sheet.Input {
		return sheet.New(ctx, values, sheet.Options{Lab: "a"})
	}
	other := NewRuns(100)
	out, err := other.Open(ctx, "a", maker, file.Data, input)
	if err != nil || out.Run.At.Done != 3 || out.Run.Values["total"] != "5" {
		t.Fatalf("%+v, %v", out, err)
	}
	if out, err = other.Go(ctx, ask("a", maker, 0, "total", "5")); err != nil || !out.Run.Ended {
		t.Fatalf("%+v, %v", out, err)
	}
	newer := maker
	newer.Version = "2"
	damaged := bytes.Clone(file.Data)
	for name, open := range map[string]func() error{
		"truncated":     func() error { _, err := other.Open(ctx, "a", maker, file.Data[:len(file.Data)-1], input); return err },
		"empty":         func() error { _, err := other.Open(ctx, "a", maker, nil, input); return err },
		"other lab":     func() error { _, err := other.Open(ctx, "b", maker, file.Data, input); return err },
		"other version": func() error { _, err := other.Open(ctx, "a", newer, file.Data, input); return err },
		"a model": func() error {
			var plain bytes.Buffer
			if err := (&count{}).Save(&plain, nil); err != nil {
				t.Fatal(err)
			}
			_, err := other.Open(ctx, "a", maker, plain.Bytes(), input)
			return err
		},
		"beyond its end": func() error {
			copy(damaged[len(damaged)-4:], []byte{0, 0, 0x80, 0x43}) // 256
			_, err := other.Open(ctx, "a", maker, damaged, input)
			return err
		},
	} {
		var known *engine.Error
		if err := open(); !errors.As(err, &known) || known.Code != engine.BadInput || known.Field != "file" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if out, err := other.Look(ctx, "a"); err != nil || out.Run.At.Done != 5 {
		t.Errorf("a file that was refused changed the run: %+v, %v", out, err)
	}
}

func TestTells(t *testing.T) {
	r := NewRuns(100)
	maker := counting(func(c *count) { c.each = func() { time.Sleep(time.Millisecond) } })
	a := ask("a", maker, 0, "total", "50")
	var kinds []engine.Kind
	a.Emit = func(reply engine.Reply) {
		kinds = append(kinds, reply.Kind)
		var out engine.RunOutput
		if reply.Kind == engine.Partial && (json.Unmarshal(reply.Output, &out) != nil || out.Sheet.Empty()) {
			t.Error("a partial reply without a sheet")
		}
	}
	if _, err := r.Go(context.Background(), a); err != nil {
		t.Fatal(err)
	}
	if len(kinds) < 2 || kinds[0] != engine.Progress || kinds[1] != engine.Partial {
		t.Errorf("told %v", kinds)
	}
}
