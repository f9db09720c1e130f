package serve

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"courselab/app/engine"
)

func testServer() *Server {
	s := New()
	s.Register("double", func(_ context.Context, in json.RawMessage, emit func(engine.Reply)) (any, []engine.Tensor, error) {
		var n int
		if err := json.Unmarshal(in, &n); err != nil {
			return nil, nil, &engine.Error{Code: engine.BadInput, Field: "n", Message: "须是整数"}
		}
		emit(engine.Reply{Kind: engine.Progress, Progress: &engine.Progressed{What: "算", Done: 1, Total: 2, Unit: "步"}})
		return 2 * n, []engine.Tensor{{Rows: 1, Cols: 1, Data: []float32{float32(2 * n)}}}, nil
	})
	s.Register("panic", func(context.Context, json.RawMessage, func(engine.Reply)) (any, []engine.Tensor, error) {
		var m map[string]int
		m["x"] = 1
		return nil, nil, nil
	})
	s.Register("endless", func(ctx context.Context, _ json.RawMessage, _ func(engine.Reply)) (any, []engine.Tensor, error) {
		for {
			if err := Pause(ctx); err != nil {
				return nil, nil, err
			}
		}
	})
	s.Register("unencodable", func(context.Context, json.RawMessage, func(engine.Reply)) (any, []engine.Tensor, error) {
		return func() {}, nil, nil
	})
	return s
}

func testClient(t *testing.T) *engine.Client {
	c := engine.NewClient(InProcess(testServer()), engine.Options{})
	t.Cleanup(c.Stop)
	return c
}

func TestInProcess(t *testing.T) {
	c := testClient(t)
	var out int
	tensors, err := c.CallTensors(t.Context(), "double", 21, &out)
	if err != nil || out != 42 {
		t.Fatalf("got %d, %v", out, err)
	}
	if want := []engine.Tensor{{Rows: 1, Cols: 1, Data: []float32{42}}}; !reflect.DeepEqual(tensors, want) {
		t.Errorf("tensors %v, want %v", tensors, want)
	}
}

func TestRepliesComeInOrder(t *testing.T) {
	var kinds []engine.Kind
	testServer().Handle(t.Context(), engine.Request{Version: engine.Version, ID: 5, Op: "double", Input: []byte("1")},
		func(r engine.Reply) {
			if r.ID != 5 || r.Version != engine.Version {
				t.Errorf("reply %+v", r)
			}
			kinds = append(kinds, r.Kind)
		})
	if want := []engine.Kind{engine.Started, engine.Progress, engine.Done}; !reflect.DeepEqual(kinds, want) {
		t.Errorf("kinds %v, want %v", kinds, want)
	}
}

func TestFailures(t *testing.T) {
	c := testClient(t)
	for _, tt := range []struct {
		op    string
		input any
		code  engine.Code
		says  string
	}{
		{"double", "x", engine.BadInput, "整数"},
		{"nothing", 1, engine.UnknownOp, "nothing"},
		{"panic", 1, engine.Internal, "nil map"},
		{"unencodable", 1, engine.Internal, "编码"},
	} {
		var failure *engine.Error
		err := c.Call(t.Context(), tt.op, tt.input, nil)
		if !errors.As(err, &failure) || failure.Code != tt.code || failure.Op != tt.op || !strings.Contains(failure.Message, tt.says) {
			t.Errorf("%s: %v", tt.op, err)
		}
	}
	// Whatever went wrong, the engine goes on.
	if err := c.Call(t.Context(), "double", 1, nil); err != nil {
		t.Error(err)
	}
}

func TestCancelEndsTheHandler(t *testing.T) {
	s := testServer()
	c := engine.NewClient(InProcess(s), engine.Options{})
	defer c.Stop()
	ended := make(chan engine.Kind, 1)
	started := make(chan struct{})
	cancel := c.Do(t.Context(), "", "endless", nil, func(r engine.Reply) {
		if r.Kind == engine.Started {
			close(started)
		}
		if r.Kind.Final() {
			ended <- r.Kind
		}
	})
	<-started
	cancel()
	if k := <-ended; k != engine.Cancelled {
		t.Errorf("ended %s", k)
	}
	// The handler itself comes to its end: nothing runs any more.
	for {
		s.mu.Lock()
		n := len(s.running)
		s.mu.Unlock()
		if n == 0 {
			return
		}
		Tick(t.Context())
	}
}

func TestVersionMismatch(t *testing.T) {
	var got engine.Reply
	testServer().Handle(t.Context(), engine.Request{Version: engine.Version + 1, ID: 1, Op: "double"}, func(r engine.Reply) { got = r })
	if got.Kind != engine.Failed || got.Error.Code != engine.BadVersion {
		t.Errorf("got %+v", got)
	}
}
