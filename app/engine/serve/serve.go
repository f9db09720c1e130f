package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"

	"courselab/app/engine"
)

// Handler computes one operation. It may emit Progress and Partial replies, of
// which it fills Kind, Progress, Output and Tensors only. The output is encoded
// as JSON; the tensors travel beside it and must not be touched afterwards.
type Handler func(ctx context.Context, in json.RawMessage, emit func(engine.Reply)) (output any, tensors []engine.Tensor, err error)

// Server answers requests. It is safe for use by several goroutines.
type Server struct {
	handlers map[string]Handler

	mu      sync.Mutex
	running map[uint64]context.CancelFunc
}

// New returns a server that knows no operation.
func New() *Server {
	return &Server{handlers: map[string]Handler{}, running: map[uint64]context.CancelFunc{}}
}

// Register sets the handler of an operation, before the first request.
func (s *Server) Register(op string, h Handler) { s.handlers[op] = h }

// Accept takes up a message and returns at once. Replies go to send, from any
// goroutine, in order for each request. It reports whether the message was a
// ping, which the transport answers.
func (s *Server) Accept(m engine.Message, send func(engine.Reply)) (ping bool) {
	switch {
	case m.Request != nil:
		ctx, cancel := context.WithCancel(context.Background())
		id := m.Request.ID
		s.mu.Lock()
		s.running[id] = cancel
		s.mu.Unlock()
		go func() {
			defer func() {
				s.mu.Lock()
				delete(s.running, id)
				s.mu.Unlock()
				cancel()
			}()
			s.Handle(ctx, *m.Request, send)
		}()
	case m.Cancel != 0:
		s.mu.Lock()
		cancel := s.running[m.Cancel]
		s.mu.Unlock()
		if cancel != nil {
			cancel()
		}
	}
	return m.Ping
}

// Handle answers one request: Started, what the handler emits, and the final
// reply.
func (s *Server) Handle(ctx context.Context, r engine.Request, send func(engine.Reply)) {
	reply := func(a engine.Reply) {
		a.Version, a.ID = engine.Version, r.ID
		if a.Error != nil && a.Error.Op == "" {
			a.Error.Op = r.Op
		}
		send(a)
	}
	fail := func(e *engine.Error) { reply(engine.Reply{Kind: engine.Failed, Error: e}) }

	if r.Version != engine.Version {
		fail(&engine.Error{Code: engine.BadVersion,
			Message: fmt.Sprintf("页面与计算程序的版本不同（%d 与 %d），请刷新页面", r.Version, engine.Version)})
		return
	}
	handler, ok := s.handlers[r.Op]
	if !ok {
		fail(&engine.Error{Code: engine.UnknownOp, Message: "计算程序不认识这个操作：" + r.Op})
		return
	}
	reply(engine.Reply{Kind: engine.Started})
	// The word that it has begun must be out before anything can go wrong.
	if err := Tick(ctx); err != nil {
		reply(engine.Reply{Kind: engine.Cancelled})
		return
	}
	output, tensors, err := guarded(withSlice(ctx), handler, r.Input, reply)
	if err != nil {
		var known *engine.Error
		switch {
		case errors.As(err, &known):
			fail(known)
		case ctx.Err() != nil:
			reply(engine.Reply{Kind: engine.Cancelled})
		default:
			fail(&engine.Error{Code: engine.Internal, Message: "计算时出了内部错误：" + err.Error()})
		}
		return
	}
	text, err := engine.EncodeOutput(output)
	if err != nil {
		fail(&engine.Error{Code: engine.Internal, Message: "结果无法编码：" + err.Error()})
		return
	}
	reply(engine.Reply{Kind: engine.Done, Output: text, Tensors: tensors})
}

// guarded turns a panic of a handler into an error: it is a fault of ours, and
// no reason to take the other labs' work along.
func guarded(ctx context.Context, h Handler, in json.RawMessage, emit func(engine.Reply)) (output any, tensors []engine.Tensor, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return h(ctx, in, emit)
}
